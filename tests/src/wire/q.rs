//! The `q` language: `key=value` pairs joined by commas, without an escape for the comma.

use chrono::{DateTime, Utc};

use super::errors::Refusal;
use super::parameters;
use super::time;

/// A parsed `q`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    terms: Vec<(String, Pattern)>,
}

/// What a key is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pattern {
    /// The text itself; never read as a number or a time.
    Exact(String),
    /// A part of the text.
    Fuzzy(String),
    /// From a bound to a bound, both inclusive.
    Range(Option<Scalar>, Option<Scalar>),
    /// Any of some values.
    AnyOf(Vec<Scalar>),
    /// All of some values.
    AllOf(Vec<Scalar>),
}

/// A member of a range or a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Time(DateTime<Utc>),
    Integer(i64),
    Text(String),
}

impl Query {
    /// Parses a `q` that the query string already decoded once; it is decoded a second time here,
    /// as Harbor does.
    pub(crate) fn parse(once_decoded: &str) -> Result<Self, Refusal> {
        let text = parameters::unescape(once_decoded).unwrap_or_else(|| once_decoded.to_owned());
        let mut query = Self::default();
        if text.is_empty() {
            return Ok(query);
        }
        for pair in text.split(',') {
            let (key, value) = match pair.split_once('=') {
                Some((key, value)) if !key.is_empty() && !value.is_empty() => (key, value),
                _ => {
                    return Err(Refusal::bad_request(
                        "the query string must contain \"=\" and the key/value cannot be empty",
                    ));
                }
            };
            let pattern =
                pattern(value).ok_or_else(|| Refusal::bad_request(format!("invalid query string value: {value}")))?;
            query.terms.retain(|(known, _)| known != key);
            query.terms.push((key.to_owned(), pattern));
        }
        Ok(query)
    }

    /// Compares a key with something else than the caller does.
    pub(crate) fn set(&mut self, key: &str, pattern: Pattern) {
        self.take(key);
        self.terms.push((key.to_owned(), pattern));
    }

    /// Takes a key out, for the keys that a list handles itself.
    pub(crate) fn take(&mut self, key: &str) -> Option<Pattern> {
        let position = self.terms.iter().position(|(known, _)| known == key)?;
        Some(self.terms.remove(position).1)
    }

    /// The keys and what they are compared with; all of them must match.
    pub(crate) fn terms(&self) -> &[(String, Pattern)] {
        &self.terms
    }
}

fn pattern(value: &str) -> Option<Pattern> {
    let inner = |closing: char| value[1..].strip_suffix(closing);
    match value.as_bytes().first()? {
        b'[' => range(inner(']')?),
        b'{' => Some(Pattern::AnyOf(members(inner('}')?))),
        b'(' => Some(Pattern::AllOf(members(inner(')')?))),
        b'~' if value.len() > 1 => Some(Pattern::Fuzzy(value[1..].to_owned())),
        b'~' => None,
        _ => Some(Pattern::Exact(value.strip_prefix('\\').unwrap_or(value).to_owned())),
    }
}

fn range(text: &str) -> Option<Pattern> {
    let (minimum, maximum) = text.split_once('~')?;
    let (minimum, maximum) = (minimum.trim(), maximum.trim());
    if maximum.contains('~') || (minimum.is_empty() && maximum.is_empty()) {
        return None;
    }
    let bound = |text: &str| (!text.is_empty()).then(|| scalar(text));
    Some(Pattern::Range(bound(minimum), bound(maximum)))
}

fn members(text: &str) -> Vec<Scalar> {
    text.split(' ').map(scalar).filter(|member| *member != Scalar::Text(String::new())).collect()
}

fn scalar(text: &str) -> Scalar {
    if let Some(time) = time::from_query(text) {
        return Scalar::Time(time);
    }
    match text.parse() {
        Ok(number) => Scalar::Integer(number),
        Err(_) => Scalar::Text(text.trim_matches(['\'', '"']).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, Query, Scalar};

    #[test]
    fn reads_each_pattern() {
        let text = |text: &str| Scalar::Text(text.to_owned());
        let cases = [
            ("k=v", Pattern::Exact("v".to_owned())),
            ("k=5", Pattern::Exact("5".to_owned())),
            (r"k=\~v", Pattern::Exact("~v".to_owned())),
            ("k=a=b", Pattern::Exact("a=b".to_owned())),
            ("k=~v", Pattern::Fuzzy("v".to_owned())),
            ("k=[1~]", Pattern::Range(Some(Scalar::Integer(1)), None)),
            ("k=[~x]", Pattern::Range(None, Some(text("x")))),
            ("k={1 'two'}", Pattern::AnyOf(vec![Scalar::Integer(1), text("two")])),
            ("k=(1 2)", Pattern::AllOf(vec![Scalar::Integer(1), Scalar::Integer(2)])),
            ("k=[ 1 ~ ]", Pattern::Range(Some(Scalar::Integer(1)), None)),
            ("k={'' 1}", Pattern::AnyOf(vec![Scalar::Integer(1)])),
            ("k=()", Pattern::AllOf(Vec::new())),
        ];
        for (q, expected) in cases {
            assert_eq!(Query::parse(q).unwrap().take("k"), Some(expected), "{q}");
        }
    }

    #[test]
    fn decodes_a_second_time() {
        let value = |q: &str| Query::parse(q).unwrap().take("e");
        assert_eq!(value("e=v1+x"), Some(Pattern::Exact("v1 x".to_owned())));
        assert_eq!(value("e=v1%2Bx"), Some(Pattern::Exact("v1+x".to_owned())));
        assert_eq!(value("e=%zz"), Some(Pattern::Exact("%zz".to_owned())));
    }

    #[test]
    fn refuses_what_harbor_refuses() {
        for q in ["abc", "=v", "k=", "k=[1", "k={1", "k=[~]", "k=[ ~ ]", "k=[1~2~3]", "k=(1", "a=1,", "k=~"] {
            assert!(Query::parse(q).is_err(), "{q}");
        }
        assert!(Query::parse("").unwrap().terms().is_empty());
    }
}
