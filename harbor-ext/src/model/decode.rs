//! From the body of a report answer to its findings.
//!
//! The body is cut, not modelled: any type may stand in any member of a finding, and the report is
//! still read (see [`Finding`](super::Finding)). What cannot be a report is an error that says where in the body
//! and shows what stands there, so that it can be told from "no report".

use std::collections::HashMap;
use std::mem;

use serde_json::value::RawValue;

use self::list::ListReader;
use self::outline::Outline;
use self::source::Source;
use super::json::{self, Members};
use super::report::{Findings, Head, MEDIA_TYPE_MEMBER, unguarded};
use super::{FindingPool, Report};

pub use self::error::DecodeError;

mod error;
mod list;
mod outline;
mod scan;
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
    let mut decoder = Decoder::new(pool);
    decoder.push(body)?;
    decoder.finish()
}

/// Reads a report as [`Report`] itself is serialised: without an envelope.
pub(super) fn bare_report(json: &str, pool: &FindingPool) -> Result<Report, DecodeError> {
    let mut decoder = Decoder::with_list_depth(pool, 1);
    decoder.push(json.as_bytes())?;
    decoder.finish_bare()
}

/// Reads the body of a report answer as it arrives, piece by piece; see [`report`] for what it reads.
///
/// Of a body there is never more in memory than a piece and one element that is not complete, besides the findings that
/// are new to the pool. An element that the pool has seen before, byte for byte apart from its `artifact_digests`, is
/// recognised and not read again.
///
/// ```
/// # use harbor_ext::model::decode::{self, Body, Decoder};
/// # use harbor_ext::model::FindingPool;
/// let pool = FindingPool::new();
/// let mut decoder = Decoder::new(&pool);
/// for piece in [&br#"{"application/vnd.security.vulnerability.report; version=1.1":{"vulner"#[..], br#"abilities":[]}}"#] {
///     decoder.push(piece)?;
/// }
/// let Body::Report(report) = decoder.finish()? else { panic!("there is a report") };
/// assert!(report.is_empty());
/// # Ok::<(), decode::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Decoder<'p> {
    pool: &'p FindingPool,
    outline: Outline,
    /// The lists that were read, by the place of their beginning in the outline.
    lists: Vec<(usize, Result<Findings, DecodeError>)>,
    /// The list that is being read.
    list: Option<ListReader<'p>>,
    length: usize,
}

impl<'p> Decoder<'p> {
    /// A decoder that takes findings from a pool, and adds new ones to it.
    #[must_use]
    pub fn new(pool: &'p FindingPool) -> Self {
        Self::with_list_depth(pool, 2)
    }

    fn with_list_depth(pool: &'p FindingPool, list_depth: usize) -> Self {
        Self { pool, outline: Outline::new(list_depth), lists: Vec::new(), list: None, length: 0 }
    }

    /// How many bytes were read.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// Reads the next piece of the body, of any length.
    ///
    /// # Errors
    ///
    /// Where the body cannot be a report whatever follows; nothing more must be pushed then.
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), DecodeError> {
        while !piece.is_empty() {
            let taken = match self.list.take() {
                None => {
                    let (taken, begins_list) = self.outline.push(piece);
                    self.list = begins_list.then(|| ListReader::new(self.pool));
                    taken
                }
                Some(mut list) => match list.push(piece, self.length)? {
                    None => {
                        self.list = Some(list);
                        piece.len()
                    }
                    Some(taken) => {
                        self.outline.go_on_at(self.length + taken);
                        self.lists.push((self.outline.text().len() - 1, list.finish()));
                        taken
                    }
                },
            };
            self.length += taken;
            piece = &piece[taken..];
        }
        Ok(())
    }

    /// What the body holds, which was read to its end.
    ///
    /// # Errors
    ///
    /// As those of [`report`].
    pub fn finish(self) -> Result<Body, DecodeError> {
        let Self { pool, outline, mut lists, list, length } = self;
        let source = source(&outline, list.as_ref(), length)?;
        let members = source.members()?;
        let Some((media_type, value)) = find_report(&source, &members)? else {
            return Ok(Body::Empty);
        };
        let members = json::members(value.get()).map_err(|_| source.error_at(value, "the report is not an object"))?;
        let head = Head::read(media_type, &members, pool);
        let findings = findings(&source, &members, &mut lists, pool)?;
        Ok(Body::Report(Report { head, findings }))
    }

    fn finish_bare(self) -> Result<Report, DecodeError> {
        let Self { pool, outline, mut lists, list, length } = self;
        let source = source(&outline, list.as_ref(), length)?;
        let mut members = source.members()?;
        if !is_report(&members) {
            return Err(source.error("this is not a report"));
        }
        let media_type = match members.get(MEDIA_TYPE_MEMBER) {
            None => MEDIA_TYPE_1_1.into(),
            Some(value) => json::text(value.get()).ok_or_else(|| source.error_at(value, "a media type is a text"))?,
        };
        members.remove(MEDIA_TYPE_MEMBER);
        for (name, _) in &mut members.0 {
            if let Some(unguarded) = unguarded(name) {
                *name = unguarded.to_owned().into();
            }
        }
        let head = Head::read(&media_type, &members, pool);
        let findings = findings(&source, &members, &mut lists, pool)?;
        Ok(Report { head, findings })
    }
}

/// The outline of a body of this length, unless its last list has no end.
fn source<'a>(outline: &'a Outline, list: Option<&ListReader<'_>>, length: usize) -> Result<Source<'a>, DecodeError> {
    match list {
        Some(list) => Err(list.unfinished(length)),
        None => Source::new(outline, length),
    }
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
    let all = members.0.iter().map(|(name, value)| (&**name, *value));
    let mut others = all.clone().filter(|(_, value)| is_there(value));
    let Some((_, first)) = others.clone().next() else {
        return Ok(None);
    };
    let last: HashMap<&str, &RawValue> = all.collect();
    let is_last = |name: &str, value: &RawValue| last.get(name).is_some_and(|last| std::ptr::eq(*last, value));
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

/// The findings of a report: one of the lists that were read, or what stands in their place.
fn findings(
    body: &Source<'_>,
    report: &Members<'_>,
    lists: &mut [(usize, Result<Findings, DecodeError>)],
    pool: &FindingPool,
) -> Result<Findings, DecodeError> {
    let Some(vulnerabilities) = report.get("vulnerabilities") else {
        return Ok(Findings::default());
    };
    let place = body.place(vulnerabilities);
    if let Some((_, list)) = lists.iter_mut().find(|(start, _)| *start == place) {
        return mem::replace(list, Ok(Findings::default()));
    }
    // A list whose name is written in another way, such as with escapes, was not taken for one.
    let json = vulnerabilities.get();
    let (Some(inner), offset) = (json.strip_prefix('['), body.offset_of(vulnerabilities)) else {
        return match json {
            "null" => Ok(Findings::default()),
            _ => Err(body.error_at(vulnerabilities, "the vulnerabilities are not an array")),
        };
    };
    let mut list = ListReader::new(pool);
    list.push(inner.as_bytes(), offset + 1)?;
    list.finish()
}

#[cfg(test)]
mod tests;
