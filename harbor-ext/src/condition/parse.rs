//! Reading a condition from a pair of Harbor's query language.

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{Condition, ConditionError, NumberKey, Test, TextKey, TimeKey, refuse};

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let Some((key, value)) = text.split_once('=') else {
            return Err(ConditionError(format!("a condition has the form key=value: \"{}\"", super::shorten(text))));
        };
        if let Some(key) = TextKey::ALL.into_iter().find(|known| known.name() == key) {
            return text_condition(key, value);
        }
        if let Some(key) = NumberKey::ALL.into_iter().find(|known| known.name() == key) {
            let number = |text: &str| text.parse::<i64>().ok();
            return match ends(value, number)
                .ok_or_else(|| refuse(key.name(), "is no number and no range of numbers"))?
            {
                (Some(from), Some(to)) => Self::number(key, from..=to),
                (Some(from), None) => Self::number(key, from..),
                (None, Some(to)) => Self::number(key, ..=to),
                (None, None) => Self::number(key, ..),
            };
        }
        if let Some(key) = TimeKey::ALL.into_iter().find(|known| known.name() == key) {
            return match ends(value, time).ok_or_else(|| refuse(key.name(), "is no time and no range of times"))? {
                (Some(from), Some(to)) => Self::time(key, from..=to),
                (Some(from), None) => Self::time(key, from..),
                (None, Some(to)) => Self::time(key, ..=to),
                (None, None) => Self::time(key, ..),
            };
        }
        match (key, value) {
            ("tags", "*") => Ok(Self::tagged()),
            ("tags", "nil") => Ok(Self::untagged()),
            ("tags", value) => match value.strip_prefix('~') {
                Some(part) => Self::tag_contains(part),
                None => Self::tag(value),
            },
            ("labels", value) => label_condition(value),
            ("base", "*") => Ok(Self(Test::Children)),
            ("base", _) => Err(ConditionError("Harbor knows base=* and nothing else for this key".to_owned())),
            (key, _) => Err(ConditionError(format!(
                "\"{}\" is no key that is known to work: Harbor ignores what it does not know, and lists everything",
                super::shorten(key)
            ))),
        }
    }
}

fn text_condition(key: TextKey, value: &str) -> Result<Condition, ConditionError> {
    let of_list =
        |list: &str| list.split(' ').map(|item| item.trim_matches(['\'', '"']).to_owned()).collect::<Vec<_>>();
    match value.chars().next() {
        Some('~') => Condition::contains(key, &value[1..]),
        Some('{') => match value[1..].strip_suffix('}') {
            Some(list) => Condition::any_of(key, of_list(list).into_iter().filter(|item| !item.is_empty())),
            None => Err(refuse(key.name(), "has a list without an end")),
        },
        Some('[' | '(') => Err(refuse(key.name(), "takes a text, a part of one or a list, and no range")),
        _ => Condition::is(key, value.strip_prefix('\\').unwrap_or(value)),
    }
}

fn label_condition(value: &str) -> Result<Condition, ConditionError> {
    let wrong = || refuse("labels", "takes the numbers of labels in parentheses, such as (1 2)");
    let list = value.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(wrong)?;
    let ids = list.split(' ').filter(|id| !id.is_empty()).map(|id| id.parse().map_err(|_| wrong()));
    Condition::labels(ids.collect::<Result<Vec<i64>, _>>()?)
}

/// The two ends of a range, or a single value as both of them.
fn ends<T: Copy>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<(Option<T>, Option<T>)> {
    let Some(range) = value.strip_prefix('[') else {
        let only = read(value)?;
        return Some((Some(only), Some(only)));
    };
    let (from, to) = range.strip_suffix(']')?.split_once('~')?;
    let end = |text: &str| match text.trim() {
        "" => Some(None),
        text => read(text).map(Some),
    };
    Some((end(from)?, end(to)?))
}

/// Reads a time: RFC 3339, or the same without a zone, which is UTC, and with a space for the `T`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    let layouts = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let plain = || layouts.iter().find_map(|layout| NaiveDateTime::parse_from_str(text, layout).ok());
    zoned.ok().or_else(|| plain().map(|time| time.and_utc()))
}
