//! The description as text, the same bytes for the same content.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use crate::error::Error;

/// Keys that come first, in this order, wherever they occur; the others follow by name.
const FIRST: [&str; 19] = [
    "openapi",
    "info",
    "servers",
    "security",
    "paths",
    "components",
    "operationId",
    "summary",
    "tags",
    "deprecated",
    "name",
    "in",
    "required",
    "parameters",
    "requestBody",
    "responses",
    "type",
    "format",
    "nullable",
];

/// Writes a description as YAML below a comment.
pub(crate) fn yaml(document: &Value, comment: &str) -> Result<String, Error> {
    let body = serde_norway::to_string(&Ordered(document))
        .map_err(|error| Error::new(format!("the description cannot be written as YAML: {error}")))?;
    let comment: String = comment.lines().map(|line| format!("# {line}\n")).collect();
    Ok(comment + &body)
}

/// A value whose keys are written in a fixed order, however upstream arranged them.
struct Ordered<'a>(&'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut keys: Vec<&String> = members.keys().collect();
                keys.sort_by_key(|key| (FIRST.iter().position(|first| first == key).unwrap_or(FIRST.len()), *key));
                let mut map = serializer.serialize_map(Some(keys.len()))?;
                for key in keys {
                    map.serialize_entry(key, &Ordered(&members[key]))?;
                }
                map.end()
            }
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(Ordered)),
            scalar => scalar.serialize(serializer),
        }
    }
}
