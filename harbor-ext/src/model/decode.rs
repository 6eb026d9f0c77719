//! From the body of a report answer to its findings.
//!
//! The body is cut, not modelled: any type may stand in any member of a finding, and the report is
//! still read (see [`Finding`](super::Finding)). What cannot be a report is an error that says where in the body
//! and shows what stands there, so that it can be told from "no report".

use serde_json::value::RawValue;

use self::source::Source;
use super::content::Content;
use super::json::{self, Members};
use super::report::{Findings, FindingsBuilder, Head, MEDIA_TYPE_MEMBER, unguarded};
use super::{FindingPool, Report};

pub use self::error::DecodeError;

mod error;
mod source;

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

/// Reads the body of `GET …/additions/vulnerabilities`.
///
/// The report is looked for under [`MEDIA_TYPE_1_1`], then under [`MEDIA_TYPE_1_0`], then in the
/// first member of any other name that looks like one. Members that are `null` do not count.
/// Missing or `null` `vulnerabilities` are no findings. A byte order mark and white space around
/// the body are allowed; of members with the same name the last one counts. Harbor sends one report at most; a
/// second one beside it would be the same in another form, and is not read.
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
    let Some((media_type, value)) = find_report(&body, &members)? else {
        return Ok(Body::Empty);
    };
    let members = json::members(value.get()).map_err(|_| body.error_at(value, "the report is not an object"))?;
    let findings = findings(&body, &members, pool)?;
    Ok(Body::Report(Report { head: Head::read(media_type, &members), findings }))
}

/// Reads a report as [`Report`] itself is serialised: without an envelope.
pub(super) fn bare_report(json: &str, pool: &FindingPool) -> Result<Report, DecodeError> {
    let body = Source::new(json.as_bytes())?;
    let mut members = body.members()?;
    if !is_report(&members) {
        return Err(body.error("this is not a report"));
    }
    let media_type = match members.get(MEDIA_TYPE_MEMBER) {
        None => MEDIA_TYPE_1_1.into(),
        Some(value) => json::text(value.get()).ok_or_else(|| body.error_at(value, "a media type is a text"))?,
    };
    members.remove(MEDIA_TYPE_MEMBER);
    for (name, _) in &mut members.0 {
        if let Some(unguarded) = unguarded(name) {
            *name = unguarded.to_owned().into();
        }
    }
    let findings = findings(&body, &members, pool)?;
    Ok(Report { head: Head::read(&media_type, &members), findings })
}

/// The members that a report has, by which one is recognised under an unknown media type.
const REPORT_MEMBERS: [&str; 3] = ["vulnerabilities", "scanner", "generated_at"];

/// The report and its media type, or `None` where there is nothing at all.
fn find_report<'m, 'a>(
    body: &Source<'a>,
    members: &'m Members<'a>,
) -> Result<Option<(&'m str, &'a RawValue)>, DecodeError> {
    let is_there = |value: &RawValue| value.get() != "null";
    let known = [MEDIA_TYPE_1_1, MEDIA_TYPE_1_0].into_iter().find_map(|media_type| {
        let value = members.get(media_type).filter(|value| is_there(value))?;
        Some((media_type, value))
    });
    if let Some((media_type, value)) = known {
        // An empty object here is not a clean report: Harbor always writes the vulnerabilities.
        let error = || body.error_at(value, "there is no report in its place");
        return if looks_like_a_report(value) { Ok(Some((media_type, value))) } else { Err(error()) };
    }
    let mut others = members.0.iter().map(|(name, value)| (&**name, *value)).filter(|(_, value)| is_there(value));
    let Some((_, first)) = others.clone().next() else {
        return Ok(None);
    };
    let is_last = |name: &str, value: &RawValue| members.get(name).is_some_and(|last| std::ptr::eq(last, value));
    match others.find(|(name, value)| looks_like_a_report(value) && is_last(name, value)) {
        Some(report) => Ok(Some(report)),
        None => Err(body.error_at(first, "the body holds something that is not a report")),
    }
}

fn looks_like_a_report(value: &RawValue) -> bool {
    json::members(value.get()).is_ok_and(|members| is_report(&members))
}

fn is_report(members: &Members<'_>) -> bool {
    REPORT_MEMBERS.into_iter().any(|name| members.get(name).is_some())
}

fn findings(body: &Source<'_>, report: &Members<'_>, pool: &FindingPool) -> Result<Findings, DecodeError> {
    let Some(vulnerabilities) = report.get("vulnerabilities") else {
        return Ok(Findings::default());
    };
    let elements: Option<Vec<&RawValue>> = serde_json::from_str(vulnerabilities.get())
        .map_err(|_| body.error_at(vulnerabilities, "the vulnerabilities are not an array"))?;
    let elements = elements.unwrap_or_default();
    let mut findings = FindingsBuilder::with_capacity(elements.len());
    for element in elements {
        let mut members =
            json::members(element.get()).map_err(|_| body.error_at(element, "a vulnerability is not an object"))?;
        let digests = findings.take_digests(&mut members);
        findings.push(pool.share(Content::new(members)), digests);
    }
    Ok(findings.finish())
}

#[cfg(test)]
mod tests;
