//! Reading a description as YAML or JSON.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::Error;

/// Reads a text as JSON or YAML.
///
/// JSON is nearly a part of YAML, but for characters that are written as surrogates.
pub(crate) fn parse(text: &str) -> Result<Value, Error> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{')
        && let Ok(Tolerant(value)) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    Tolerant::deserialize(serde_norway::Deserializer::from_str(text))
        .map(|Tolerant(value)| value)
        .map_err(|error| Error::new(format!("neither YAML nor JSON: {error}")))
}

/// A value whose keys may be numbers (`200:`) and may come twice, the last one counting.
struct Tolerant(Value);

impl<'de> Deserialize<'de> for Tolerant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Tolerant)
    }
}

struct ValueVisitor;

impl<'de> DeserializeSeed<'de> for ValueVisitor {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of YAML")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(ValueVisitor)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = entries.next_key_seed(ValueVisitor)? {
            let key = match key {
                Value::String(key) => key,
                other => other.to_string(),
            };
            members.insert(key, entries.next_value_seed(ValueVisitor)?);
        }
        // The merge key of YAML: what it brings counts where the map says nothing itself.
        if let Some(Value::Object(merged)) = members.remove("<<") {
            for (key, value) in merged {
                members.entry(key).or_insert(value);
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_may_be_numbers() {
        assert_eq!(parse("200: ok\ntrue: yes").unwrap(), json!({ "200": "ok", "true": "yes" }));
    }

    #[test]
    fn of_two_equal_keys_the_last_counts() {
        assert_eq!(parse("a: 1\na: 2").unwrap(), json!({ "a": 2 }));
        assert_eq!(parse("{\"a\": 1, \"a\": 2}").unwrap(), json!({ "a": 2 }));
    }

    #[test]
    fn maps_may_be_merged() {
        let text = "a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}";
        assert_eq!(parse(text).unwrap()["b"], json!({ "x": 3, "y": 2 }));
    }

    #[test]
    fn quoted_text_may_go_on_with_less_indentation() {
        let text = "a:\n    b:\n        c: \"one\n   two\n two and a half\"\n    d: 1\n";
        assert_eq!(parse(text).unwrap(), json!({ "a": { "b": { "c": "one two two and a half" }, "d": 1 } }));
    }

    #[test]
    fn json_may_have_surrogates_and_escaped_slashes_and_tabs() {
        assert_eq!(parse("\u{feff}{\n\t\"a\\/b\": \"\\ud83d\\ude00\"}").unwrap(), json!({ "a/b": "😀" }));
    }

    #[test]
    fn nothing_is_null_and_nonsense_is_an_error_with_a_place() {
        assert_eq!(parse("").unwrap(), Value::Null);
        let error = parse("a: [").unwrap_err().to_string();
        assert!(error.contains("line") && !error.contains('\n'), "{error}");
    }
}
