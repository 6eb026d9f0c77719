//! Conditions on artifacts that the server decides: a typed form of Harbor's query language (`q`).
//!
//! The language has traps, and a [`Condition`] is made so that none of them can be met:
//!
//! - a key that Harbor does not know is ignored, and the answer is everything: keys are enumerations;
//! - a value of the wrong type is an internal error of the server: each kind of key takes values of its type;
//! - of two conditions on one key only the last counts: [`Conditions`] combines them, or refuses the second;
//! - `q` is decoded twice, and has no escape for a comma: [`Conditions::encode`] encodes what can be, and what cannot is
//!   refused when the condition is made.
//!
//! ```
//! use harbor_ext::condition::{Condition, Conditions, NumberKey, TextKey};
//!
//! let charts = Condition::is(TextKey::Kind, "CHART")?;
//! let large = Condition::number(NumberKey::Size, 1_000_000..)?;
//! let mut conditions = Conditions::default();
//! conditions.add(charts)?;
//! conditions.add(large)?;
//! assert_eq!(conditions.to_string(), "type=CHART,size=[1000000~]");
//! # Ok::<(), harbor_ext::condition::ConditionError>(())
//! ```
//!
//! A query takes them by [`Query::condition`](crate::Query::condition).

use std::collections::BTreeSet;
use std::fmt;
use std::ops::RangeBounds;

use chrono::{DateTime, Utc};

use crate::model::Artifact;
use crate::name::Tag;

use span::Span;

pub use combined::Conditions;

mod combined;
mod parse;
mod span;
#[cfg(test)]
mod tests;

/// One condition on artifacts. Equal conditions ask for the same.
///
/// Parsed from and displayed as a pair of Harbor's query language, as the server reads it after decoding: `type=IMAGE`,
/// `media_type=~helm`, `size=[1~100]`, `tags=*`. What Harbor would ignore, misread or fail on is refused with the reason.
///
/// ```
/// use harbor_ext::condition::Condition;
///
/// assert_eq!("tags=*".parse::<Condition>()?, Condition::tagged());
/// assert!("kind=IMAGE".parse::<Condition>().is_err(), "Harbor does not know the key, and would list everything");
/// # Ok::<(), harbor_ext::condition::ConditionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(Test);

/// A key whose values are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TextKey {
    /// [`Artifact::digest`].
    Digest,
    /// [`Artifact::kind`], such as `IMAGE`; `type` on the wire.
    Kind,
    /// [`Artifact::media_type`].
    MediaType,
    /// [`Artifact::manifest_media_type`].
    ManifestMediaType,
    /// [`Artifact::artifact_type`]. Servers before 2.11 do not know it: there, each list says so as a failure.
    ArtifactType,
}

/// A key whose values are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NumberKey {
    /// [`Artifact::id`].
    Id,
    /// [`Artifact::size`], in bytes.
    Size,
}

/// A key whose values are times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TimeKey {
    /// [`Artifact::push_time`].
    PushTime,
    /// [`Artifact::pull_time`]. What was never pulled counts as pulled in the year 1, as Harbor has it: a range without
    /// a beginning holds it.
    PullTime,
}

/// Why a condition cannot be: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConditionError(String);

/// What an artifact is tested for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Text(TextKey, TextPattern),
    Number(NumberKey, Span<i64>),
    /// In microseconds since 1970, which is what the database keeps.
    Time(TimeKey, Span<i64>),
    Tags(TagPattern),
    /// Harbor's numbers of labels that it has all of.
    Labels(BTreeSet<i64>),
    /// No test: children of indexes are listed, too.
    Children,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TextPattern {
    Is(String),
    Contains(String),
    /// At least two.
    AnyOf(BTreeSet<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum TagPattern {
    Is(Tag),
    Contains(String),
    Any,
    None,
}

impl Condition {
    /// The text is this one, capitals included.
    ///
    /// # Errors
    ///
    /// The text is empty or has a comma or a zero in it, which Harbor cannot be asked for.
    pub fn is(key: TextKey, text: impl Into<String>) -> Result<Self, ConditionError> {
        let text = text.into();
        check_text(&text)?;
        Ok(Self(Test::Text(key, TextPattern::Is(text))))
    }

    /// The text has this one in it, whatever the capitals.
    ///
    /// # Errors
    ///
    /// As [`is`](Self::is).
    pub fn contains(key: TextKey, part: impl Into<String>) -> Result<Self, ConditionError> {
        let part = part.into();
        check_text(&part)?;
        Ok(Self(Test::Text(key, TextPattern::Contains(part))))
    }

    /// The text is one of these, capitals included.
    ///
    /// # Errors
    ///
    /// As [`is`](Self::is); or there is no text, or one of several has a space in it or a quotation mark at an end.
    pub fn any_of(key: TextKey, texts: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, ConditionError> {
        let mut texts: BTreeSet<String> = texts.into_iter().map(Into::into).collect();
        texts.iter().try_for_each(|text| check_text(text))?;
        if texts.len() > 1 {
            texts.iter().try_for_each(|text| check_member(text))?;
            return Ok(Self(Test::Text(key, TextPattern::AnyOf(texts))));
        }
        match texts.pop_first() {
            Some(only) => Self::is(key, only),
            None => Err(ConditionError("an empty list of texts matches nothing; leave it out to match all".to_owned())),
        }
    }

    /// The number lies in a range, such as `1..=100` or `1_000_000..`.
    ///
    /// # Errors
    ///
    /// No number lies in the range, or all do.
    pub fn number(key: NumberKey, range: impl RangeBounds<i64>) -> Result<Self, ConditionError> {
        let span = Span::of_numbers(&range).map_err(|why| refuse(key.name(), why))?;
        Ok(Self(Test::Number(key, span)))
    }

    /// The time lies in a range, such as `monday..tuesday`, which holds its beginning and not its end. Counted in
    /// microseconds, as in Harbor's database; what comes over the wire is cut to milliseconds.
    ///
    /// # Errors
    ///
    /// No time lies in the range, or all do, or a bound is not in the years 1 to 9999.
    pub fn time(key: TimeKey, range: impl RangeBounds<DateTime<Utc>>) -> Result<Self, ConditionError> {
        let span = Span::of_times(&range).map_err(|why| refuse(key.name(), why))?;
        Ok(Self(Test::Time(key, span)))
    }

    /// It carries this tag, exactly.
    ///
    /// # Errors
    ///
    /// The text cannot be a tag, or it is `nil`, which stands for no tag in Harbor's language.
    pub fn tag(name: &str) -> Result<Self, ConditionError> {
        if name == "nil" {
            return Err(ConditionError(
                "Harbor cannot be asked for the tag nil: it would list what has no tag".to_owned(),
            ));
        }
        let tag = name.parse().map_err(|error: crate::name::NameError| ConditionError(error.to_string()))?;
        Ok(Self(Test::Tags(TagPattern::Is(tag))))
    }

    /// One of its tags has this text in it; capitals count, unlike in other texts.
    ///
    /// # Errors
    ///
    /// The text is empty, or has something in it that no tag has.
    pub fn tag_contains(part: impl Into<String>) -> Result<Self, ConditionError> {
        let part = part.into();
        let is_of_tag = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if part.is_empty() || !part.chars().all(is_of_tag) {
            return Err(ConditionError(format!("no tag can have \"{}\" in it", part.escape_debug())));
        }
        Ok(Self(Test::Tags(TagPattern::Contains(part))))
    }

    /// It carries any tag.
    #[must_use]
    pub fn tagged() -> Self {
        Self(Test::Tags(TagPattern::Any))
    }

    /// It carries no tag.
    #[must_use]
    pub fn untagged() -> Self {
        Self(Test::Tags(TagPattern::None))
    }

    /// It has the labels of these numbers, all of them.
    pub(crate) fn labels(ids: impl IntoIterator<Item = i64>) -> Result<Self, ConditionError> {
        let ids: BTreeSet<i64> = ids.into_iter().collect();
        if ids.is_empty() {
            return Err(ConditionError("Harbor fails on an empty list of labels".to_owned()));
        }
        Ok(Self(Test::Labels(ids)))
    }

    /// Whether an artifact fulfils the condition, as far as it tells.
    ///
    /// What it does not tell counts as fulfilled: labels that were not asked for, times that are missing. So do the
    /// fractions of a second that are cut off on the wire.
    #[must_use]
    pub fn matches(&self, artifact: &Artifact) -> bool {
        match &self.0 {
            Test::Text(key, pattern) => pattern.matches(key.of(artifact)),
            Test::Number(NumberKey::Id, span) => span.contains(artifact.id),
            Test::Number(NumberKey::Size, span) => span.contains(artifact.size.try_into().unwrap_or(i64::MAX)),
            Test::Time(TimeKey::PushTime, span) => artifact.push_time.is_none_or(|time| span.may_contain(time)),
            Test::Time(TimeKey::PullTime, span) => match artifact.pull_time {
                Some(time) => span.may_contain(time),
                None => span.has_no_beginning(),
            },
            Test::Tags(TagPattern::Is(tag)) => artifact.tag_names().any(|name| name == tag.as_str()),
            Test::Tags(TagPattern::Contains(part)) => artifact.tag_names().any(|name| name.contains(part)),
            Test::Tags(TagPattern::Any) => !artifact.tags.is_empty(),
            Test::Tags(TagPattern::None) => artifact.tags.is_empty(),
            Test::Labels(ids) => {
                let has = |labels: &Vec<_>, id| labels.iter().any(|label: &crate::model::Label| label.id == id);
                artifact.labels.as_ref().is_none_or(|labels| ids.iter().all(|id| has(labels, *id)))
            }
            Test::Children => true,
        }
    }

    /// The key in Harbor's language.
    fn key(&self) -> &'static str {
        match &self.0 {
            Test::Text(key, _) => key.name(),
            Test::Number(key, _) => key.name(),
            Test::Time(key, _) => key.name(),
            Test::Tags(_) => "tags",
            Test::Labels(_) => "labels",
            Test::Children => "base",
        }
    }

    /// The value in Harbor's language, before any encoding.
    fn value(&self) -> String {
        match &self.0 {
            Test::Text(_, pattern) => pattern.value(),
            Test::Number(_, span) => span.value(|number| number.to_string()),
            Test::Time(_, span) => span.value(span::time_text),
            Test::Tags(TagPattern::Is(tag)) => tag.to_string(),
            Test::Tags(TagPattern::Contains(part)) => format!("~{part}"),
            Test::Tags(TagPattern::None) => "nil".to_owned(),
            Test::Labels(ids) => format!("({})", ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")),
            Test::Tags(TagPattern::Any) | Test::Children => "*".to_owned(),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.key(), self.value())
    }
}

impl TextKey {
    const ALL: [Self; 5] = [Self::Digest, Self::Kind, Self::MediaType, Self::ManifestMediaType, Self::ArtifactType];

    fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Kind => "type",
            Self::MediaType => "media_type",
            Self::ManifestMediaType => "manifest_media_type",
            Self::ArtifactType => "artifact_type",
        }
    }

    fn of(self, artifact: &Artifact) -> &str {
        match self {
            Self::Digest => artifact.digest.as_str(),
            Self::Kind => &artifact.kind,
            Self::MediaType => &artifact.media_type,
            Self::ManifestMediaType => &artifact.manifest_media_type,
            Self::ArtifactType => artifact.artifact_type.as_deref().unwrap_or_default(),
        }
    }
}

impl NumberKey {
    const ALL: [Self; 2] = [Self::Id, Self::Size];

    fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Size => "size",
        }
    }
}

impl TimeKey {
    const ALL: [Self; 2] = [Self::PushTime, Self::PullTime];

    fn name(self) -> &'static str {
        match self {
            Self::PushTime => "push_time",
            Self::PullTime => "pull_time",
        }
    }
}

impl TextPattern {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::Contains(part) => text.to_lowercase().contains(&part.to_lowercase()),
            Self::AnyOf(wanted) => wanted.contains(text),
        }
    }

    fn value(&self) -> String {
        match self {
            // What begins like another pattern is told from it by a backslash, which Harbor drops.
            Self::Is(text) if text.starts_with(['~', '[', '{', '(', '\\']) => format!("\\{text}"),
            Self::Is(text) => text.clone(),
            Self::Contains(part) => format!("~{part}"),
            // In quotation marks, which Harbor drops, nothing is taken for a number or a time.
            Self::AnyOf(texts) => {
                let quoted: Vec<String> = texts.iter().map(|text| format!("'{text}'")).collect();
                format!("{{{}}}", quoted.join(" "))
            }
        }
    }
}

/// The value of `q` for any of some texts, encoded once; `None` where Harbor cannot be asked for them at once.
pub(crate) fn encode_any_of(texts: impl IntoIterator<Item = impl Into<String>>) -> Option<String> {
    let mut conditions = Conditions::default();
    conditions.add(Condition::any_of(TextKey::Digest, texts).ok()?).ok()?;
    Some(conditions.encode().split_off("digest=".len()))
}

/// Refuses what cannot be the value of any pattern.
fn check_text(text: &str) -> Result<(), ConditionError> {
    let why = if text.is_empty() {
        "an empty text"
    } else if text.contains(',') {
        "a text with a comma in it"
    } else if text.contains('\0') {
        "a text with a zero in it"
    } else {
        return Ok(());
    };
    Err(ConditionError(format!("Harbor cannot be asked for {why}: \"{}\"", shorten(text))))
}

/// Refuses what cannot stand in a list.
fn check_member(text: &str) -> Result<(), ConditionError> {
    let quotes = ['\'', '"'];
    if text.contains(' ') || text.starts_with(quotes) || text.ends_with(quotes) {
        let why = "with a space in it or a quotation mark at an end, unless it is the only one";
        return Err(ConditionError(format!("Harbor cannot be asked for a text {why}: \"{}\"", shorten(text))));
    }
    Ok(())
}

fn refuse(key: &str, why: &str) -> ConditionError {
    ConditionError(format!("the condition on {key} {why}"))
}

/// A text for a message: its beginning, without control characters.
fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = text.chars();
    let beginning: String = characters.by_ref().take(LONGEST).collect();
    let rest = if characters.next().is_some() { "…" } else { "" };
    format!("{}{rest}", beginning.escape_debug())
}
