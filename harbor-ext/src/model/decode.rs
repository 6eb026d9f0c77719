//! From the body of a report answer to its findings.
//!
//! The body is cut, not modelled: any type may stand in any member of a finding, and the report is
//! still read (see [`Finding`]). What cannot be a report is an error that says where in the body
//! and shows what stands there, so that it can be told from "no report".

use std::fmt;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::content::Content;
use super::json::{self, Members};
use super::report::{Findings, FindingsBuilder};
use super::{Finding, FindingPool, Report, Scanner};

/// The media type of today's reports.
pub const MEDIA_TYPE_1_1: &str = "application/vnd.security.vulnerability.report; version=1.1";

/// The media type of older reports.
pub const MEDIA_TYPE_1_0: &str = "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";

/// What the body of a report answer holds.
#[derive(Debug, PartialEq)]
pub enum Body {
    /// No report: `{}`. Harbor does not say here why.
    Empty,
    /// A report.
    Report(Report),
}

/// Why a body could not be read as a report, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    offset: usize,
    message: String,
    snippet: String,
}

/// Reads the body of `GET …/additions/vulnerabilities`.
///
/// The report is looked for under [`MEDIA_TYPE_1_1`], then under [`MEDIA_TYPE_1_0`], then in the
/// first member of any other name that looks like one. Members that are `null` do not count.
/// Missing or `null` `vulnerabilities` are no findings. A byte order mark and white space around
/// the body are allowed; of members with the same name the last one counts.
///
/// # Errors
///
/// Where the body is not JSON (which includes text that is not UTF-8: Harbor never writes it, so
/// that it is damage), is not an object, holds something but no report, or holds
/// `vulnerabilities` that are not an array of objects. One element that is not an object fails the
/// report: it stands for a finding that would be lost.
pub fn report(body: &[u8], pool: &FindingPool) -> Result<Body, DecodeError> {
    let body = Source::new(body)?;
    let members = body.members()?;
    let Some(value) = body.find_report(&members)? else {
        return Ok(Body::Empty);
    };
    let members = json::members(value.get()).map_err(|_| body.error_at(value, "the report is not an object"))?;
    Ok(Body::Report(Report {
        generated_at: text_of(&members, "generated_at").into(),
        scanner: members.get("scanner").and_then(scanner),
        severity: text_of(&members, "severity").into(),
        findings: match members.get("vulnerabilities") {
            Some(vulnerabilities) => body.findings(vulnerabilities, pool)?,
            None => Findings::default(),
        },
    }))
}

impl DecodeError {
    /// How many bytes of the body stand before the place, give or take one.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong, in a sentence without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// At most 80 printable characters of the body around the place.
    #[must_use]
    pub fn snippet(&self) -> &str {
        &self.snippet
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, message, snippet } = self;
        write!(f, "{message} at byte {offset}, near `{snippet}`")
    }
}

impl std::error::Error for DecodeError {}

/// The members that a report has, by which one is recognised under an unknown media type.
const REPORT_MEMBERS: [&str; 3] = ["vulnerabilities", "scanner", "generated_at"];

/// A body that is text, and the means to say where in it something is.
struct Source<'a> {
    bytes: &'a [u8],
    text: &'a str,
}

impl<'a> Source<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| error_in(bytes, error.valid_up_to(), "the body is not UTF-8 text".into()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Self { bytes, text })
    }

    fn members(&self) -> Result<Members<'a>, DecodeError> {
        json::members(self.text).map_err(|error| {
            let start = self.text.trim_start();
            let message = match start.chars().next() {
                None => "the body is empty".into(),
                Some('<') => "the body is HTML or XML instead of JSON".into(),
                Some('{') if error.is_eof() => "the body ends before its JSON does".into(),
                Some('{') => format!("the body is not JSON: {}", without_place(&error)),
                Some(_) => "the body is not a JSON object".into(),
            };
            let offset = match start.starts_with('{') {
                true if error.is_eof() => self.text.len(),
                true => offset_of(self.text, error.line(), error.column()),
                false => self.text.len() - start.len(),
            };
            error_in(self.bytes, self.bytes.len() - self.text.len() + offset, message)
        })
    }

    /// The report, or `None` where there is nothing at all.
    fn find_report(&self, members: &Members<'a>) -> Result<Option<&'a RawValue>, DecodeError> {
        let is_there = |value: &&RawValue| value.get() != "null";
        let known = [MEDIA_TYPE_1_1, MEDIA_TYPE_1_0]
            .into_iter()
            .find_map(|media_type| members.get(media_type).filter(is_there));
        if let Some(known) = known {
            // An empty object here is not a clean report: Harbor always writes the vulnerabilities.
            let error = || self.error_at(known, "there is no report in its place");
            return if looks_like_a_report(known) { Ok(Some(known)) } else { Err(error()) };
        }
        let mut others = members.0.iter().map(|(_, value)| *value).filter(is_there);
        let Some(first) = others.clone().next() else {
            return Ok(None);
        };
        match others.find(|value| looks_like_a_report(value)) {
            Some(report) => Ok(Some(report)),
            None => Err(self.error_at(first, "the body holds something that is not a report")),
        }
    }

    fn findings(&self, vulnerabilities: &'a RawValue, pool: &FindingPool) -> Result<Findings, DecodeError> {
        let elements: Option<Vec<&'a RawValue>> = serde_json::from_str(vulnerabilities.get())
            .map_err(|_| self.error_at(vulnerabilities, "the vulnerabilities are not an array"))?;
        let elements = elements.unwrap_or_default();
        let mut findings = FindingsBuilder::with_capacity(elements.len());
        for element in elements {
            let members =
                json::members(element.get()).map_err(|_| self.error_at(element, "a vulnerability is not an object"))?;
            let (finding, digests) = share(members, pool);
            findings.push(finding, digests, read_digests);
        }
        Ok(findings.finish())
    }

    /// An error at a part of the body.
    fn error_at(&self, part: &RawValue, message: &str) -> DecodeError {
        let offset = part.get().as_ptr() as usize - self.bytes.as_ptr() as usize;
        error_in(self.bytes, offset, message.into())
    }
}

/// Splits an element into its shared finding and the JSON of its digests.
fn share<'a>(mut members: Members<'a>, pool: &FindingPool) -> (Arc<Finding>, &'a str) {
    let mut digests = "";
    members.0.retain(|(name, value)| {
        // Reports of 1.0 from before Harbor 2.2 have one digest under the singular. What is not of
        // the expected type stays with the finding, so that it is not lost.
        let is_digests = match &**name {
            "artifact_digests" => value.get() == "null" || json::texts(value.get()).is_some(),
            "artifact_digest" => json::text(value.get()).is_some(),
            _ => false,
        };
        if is_digests {
            digests = value.get();
        }
        !is_digests
    });
    (pool.share(Content::new(members)), digests)
}

fn read_digests(json: &str) -> Box<[Box<str>]> {
    let mut digests: Vec<Box<str>> = Vec::new();
    let texts = json::texts(json).or_else(|| Some(vec![json::text(json)?]));
    for digest in texts.into_iter().flatten() {
        // Harbor repeats a digest where it has merged two equal findings of one child.
        if !digest.is_empty() && !digests.iter().any(|known| **known == *digest) {
            digests.push(digest.into());
        }
    }
    digests.into()
}

fn looks_like_a_report(value: &RawValue) -> bool {
    json::members(value.get()).is_ok_and(|members| REPORT_MEMBERS.into_iter().any(|name| members.get(name).is_some()))
}

/// A member as text: the JSON text of what is not a string, empty for `null` and for none.
fn text_of(members: &Members<'_>, name: &str) -> String {
    match members.get(name).map(RawValue::get) {
        None | Some("null") => String::new(),
        Some(json) => json::text(json).map_or_else(|| json.to_owned(), |text| text.into_owned()),
    }
}

fn scanner(value: &RawValue) -> Option<Scanner> {
    if value.get() == "null" {
        return None;
    }
    Some(match json::members(value.get()) {
        Ok(members) => Scanner {
            name: text_of(&members, "name"),
            vendor: text_of(&members, "vendor"),
            version: text_of(&members, "version"),
        },
        Err(_) => Scanner { name: value.get().to_owned(), ..Scanner::default() },
    })
}

/// The offset of a place that the parser gives as a line and a column in bytes, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The parser's message without its line and column, which say less than an offset does.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}

fn error_in(body: &[u8], offset: usize, message: String) -> DecodeError {
    const BEFORE: usize = 20;
    const LENGTH: usize = 80;
    let start = offset.saturating_sub(BEFORE).min(body.len());
    // Enough bytes for characters of four bytes each.
    let end = body.len().min(start + 4 * LENGTH);
    let snippet = String::from_utf8_lossy(&body[start..end])
        .chars()
        .map(|c| if is_printable(c) { c } else { ' ' })
        .take(LENGTH)
        .collect();
    DecodeError { offset, message, snippet }
}

/// Whether a character can be shown as it is, on a terminal too.
fn is_printable(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1
}

#[cfg(test)]
mod tests;
