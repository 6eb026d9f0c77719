//! Values in files of policies, as people write them.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use crate::analysis::Pattern;
use crate::judge::policy::Expiry;
use crate::model::{Severity, UnknownSeverity};
use crate::text::Quoted;

/// A severity that a person wrote.
#[derive(serde::Deserialize)]
#[serde(try_from = "String")]
pub(super) struct SeverityWord(pub(super) Severity);

impl TryFrom<String> for SeverityWord {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        word.parse().map(Self).map_err(|error: UnknownSeverity| error.to_string())
    }
}

/// A length of time, such as `30d`.
#[derive(serde::Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Span(pub(super) TimeDelta);

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hours = |unit| match unit {
            'h' => Some(1),
            'd' => Some(24),
            'w' => Some(24 * 7),
            _ => None,
        };
        let mut number = text.trim().chars();
        let unit = number.next_back().and_then(hours);
        // Longer ones than a century are mistakes, and need not be added to dates.
        let number = number.as_str().parse().ok().filter(|number: &i64| (0..=36_500 * 24).contains(number));
        let total = unit.zip(number).map(|(unit, number)| unit * number).filter(|hours| *hours <= 36_500 * 24);
        total.and_then(TimeDelta::try_hours).map(Self).ok_or_else(|| {
            format!("\"{}\" is no length of time; write 12h, 30d or 2w, a century at most", Quoted(&text))
        })
    }
}

/// One pattern or several.
#[derive(Default)]
pub(super) struct Patterns(pub(super) Vec<Pattern>);

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PatternsVisitor)
    }
}

struct PatternsVisitor;

impl<'de> Visitor<'de> for PatternsVisitor {
    type Value = Patterns;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a pattern or a list of patterns")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Patterns, E> {
        pattern(text).map(|pattern| Patterns(vec![pattern]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Patterns, A::Error> {
        let mut patterns = Vec::new();
        while let Some(text) = list.next_element::<String>()? {
            patterns.push(pattern(&text)?);
        }
        match patterns.is_empty() {
            true => Err(de::Error::custom("an empty list matches nothing: leave it out for everything")),
            false => Ok(Patterns(patterns)),
        }
    }
}

fn pattern<E: de::Error>(text: &str) -> Result<Pattern, E> {
    match text.trim() {
        "" => Err(E::custom("an empty pattern matches nothing")),
        text => Pattern::glob(text).map_err(E::custom),
    }
}

/// A date, a time, or "never", as TOML's own or as text.
impl<'de> Deserialize<'de> for Expiry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text,
            toml::Value::Datetime(time) => time.to_string(),
            _ => return Err(de::Error::custom(HOW_TO_EXPIRE)),
        };
        read_expiry(text.trim()).ok_or_else(|| de::Error::custom(HOW_TO_EXPIRE))
    }
}

const HOW_TO_EXPIRE: &str = "expires has to be a date such as 2026-12-31, a time with an offset, or \"never\"";

fn read_expiry(text: &str) -> Option<Expiry> {
    if text == "never" {
        return Some(Expiry::Never);
    }
    let at_time = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    // The day itself still counts.
    let after_day = |day: NaiveDate| Some(day.succ_opt()?.and_hms_opt(0, 0, 0)?.and_utc());
    let end: Option<DateTime<Utc>> = text.parse().ok().and_then(after_day).or_else(at_time);
    end.map(Expiry::At)
}
