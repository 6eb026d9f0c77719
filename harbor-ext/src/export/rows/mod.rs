//! Findings and artifacts as flat rows, the same in every format: NDJSON, CSV, Parquet, and the tables of the program.
//!
//! The names of the columns stay as they are; further ones may come, at the end of a group. Unknown is `null` or empty, and
//! never `false` or 0.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::Document;

pub use artifact::ArtifactRow;
pub use finding::FindingRow;
pub(super) use finding::in_words;
pub use violation::ViolationRow;

mod artifact;
mod finding;
mod violation;

/// Something that can be a row of a table.
pub trait Row {
    /// The names of the columns.
    const COLUMNS: &'static [&'static str];

    /// What stands in each column, in their order.
    fn cells(&self) -> impl Iterator<Item = Cell<'_>>;
}

/// What stands in one column of a row. Displayed as text for people, with lists joined by `, `; that text may still have
/// anything in it that a registry can say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// Nothing is known.
    Unknown,
    /// A text.
    Text(Cow<'a, str>),
    /// Several texts.
    List(Vec<Cow<'a, str>>),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// A truth.
    Flag(bool),
    /// A time.
    Time(DateTime<Utc>),
    /// A day.
    Date(NaiveDate),
}

/// Every finding in every artifact, in the order of the report.
pub fn findings<'a>(document: &Document<'a>) -> impl Iterator<Item = FindingRow<'a>> + use<'a> {
    document.assessment.findings().map(FindingRow::from)
}

/// Every artifact, with a report or without, in the order of the report.
pub fn artifacts<'a>(document: &Document<'a>) -> impl Iterator<Item = ArtifactRow<'a>> + use<'a> {
    let assessment = document.assessment;
    assessment.inventory().report().iter().map(move |info| ArtifactRow::new(assessment, info))
}

/// What a policy decided: what is against it, what is excused, and what is still in its grace; nothing without a policy.
pub fn violations<'a>(document: &Document<'a>) -> impl Iterator<Item = ViolationRow<'a>> + use<'a> {
    document.verdict.into_iter().flat_map(|verdict| {
        let violations = verdict.violations.iter().map(|one| ViolationRow::new("violation", one));
        let excused = verdict.excused.iter().map(|one| ViolationRow::new("excused", one));
        let pending = verdict.pending.iter().map(|one| ViolationRow::new("pending", one));
        violations.chain(excused).chain(pending)
    })
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::Text(text) => formatter.write_str(text),
            Self::List(items) => formatter.write_str(&items.join(", ")),
            Self::Whole(number) => number.fmt(formatter),
            Self::Number(number) => number.fmt(formatter),
            Self::Flag(flag) => flag.fmt(formatter),
            Self::Time(time) => formatter.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Self::Date(date) => date.fmt(formatter),
        }
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a [&'a str]> for Cell<'a> {
    fn from(items: &'a [&'a str]) -> Self {
        Self::List(items.iter().map(|item| Cow::Borrowed(*item)).collect())
    }
}

impl<'a> From<&'a [String]> for Cell<'a> {
    fn from(items: &'a [String]) -> Self {
        Self::List(items.iter().map(|item| Cow::Borrowed(&**item)).collect())
    }
}

impl From<f64> for Cell<'_> {
    /// What is no number is unknown.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Unknown }
    }
}

impl From<bool> for Cell<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<DateTime<Utc>> for Cell<'_> {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Time(time)
    }
}

impl From<NaiveDate> for Cell<'_> {
    fn from(date: NaiveDate) -> Self {
        Self::Date(date)
    }
}

impl From<usize> for Cell<'_> {
    fn from(number: usize) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests;
