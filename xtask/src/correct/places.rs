//! Corrections of single places, read from `corrections.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Applied, answers, walk};
use crate::error::Error;

/// The entries of `corrections.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Corrections {
    #[serde(default)]
    answer: Vec<Answer>,
    #[serde(default)]
    property: Vec<Property>,
    /// Schemas that Harbor may not describe at all.
    #[serde(default)]
    schema: BTreeMap<String, Value>,
}

/// A success that is not what the operation says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    operation: String,
    #[serde(rename = "is")]
    kind: AnswerKind,
    /// The schema, where `is = "json"`.
    schema: Option<Value>,
    #[expect(dead_code, reason = "for the reader of the file, and required so that none lacks it")]
    why: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum AnswerKind {
    /// JSON of another schema than described.
    Json,
    /// As described, or an empty body.
    MaybeEmpty,
    /// Bytes, not JSON.
    Bytes,
}

/// A property that is not what its schema says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Property {
    schema: String,
    property: String,
    /// The name that it has on the wire.
    rename: Option<String>,
    /// The schema that it has on the wire.
    value: Option<Value>,
    #[expect(dead_code, reason = "for the reader of the file, and required so that none lacks it")]
    why: String,
}

impl Corrections {
    /// Reads the text of `corrections.toml`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| Error::new(format!("corrections.toml: {}", error.message())))
    }

    /// Applies every entry.
    pub(super) fn apply(&self, document: &mut Value) -> Vec<Applied> {
        let mut applied = Vec::new();
        for answer in &self.answer {
            let times = answer.apply(document);
            applied.push(Applied { name: format!("answer of {}", answer.operation), times });
        }
        for property in &self.property {
            let times = property.apply(document);
            applied.push(Applied { name: format!("{}.{}", property.schema, property.property), times });
        }
        self.add_schemas(document);
        applied
    }

    /// Adds those schemas that are referred to and missing; each can refer to further ones.
    fn add_schemas(&self, document: &mut Value) {
        loop {
            let wanted = walk::reachable(document, document.get("paths"));
            let mut schemas = self.schema.iter().filter(|(name, _)| wanted.contains(*name));
            if !schemas.any(|(name, schema)| answers::add_schema(document, name, schema.clone())) {
                return;
            }
        }
    }
}

impl Answer {
    fn apply(&self, document: &mut Value) -> usize {
        let wanted = json!(self.operation);
        let operation = walk::operations(document).find(|operation| operation.get("operationId") == Some(&wanted));
        let Some(success) = operation
            .and_then(|operation| operation.get_mut("responses"))
            .and_then(|responses| responses.get_mut("2XX"))
        else {
            return 0;
        };
        let content = match self.kind {
            AnswerKind::Bytes => answers::any_bytes(),
            AnswerKind::Json => {
                let schema = self.schema.clone().unwrap_or_else(|| json!({}));
                json!({ "application/json": { "schema": schema } })
            }
            AnswerKind::MaybeEmpty => {
                let Some(schema) = success.pointer("/content/application~1json/schema") else {
                    return 0;
                };
                json!({ "application/json": { "schema": answers::nullable(schema.clone()) } })
            }
        };
        success["content"] = content;
        1
    }
}

impl Property {
    fn apply(&self, document: &mut Value) -> usize {
        let schemas = document.pointer_mut("/components/schemas").and_then(|schemas| schemas.get_mut(&self.schema));
        let Some(properties) = schemas.and_then(|schema| schema.get_mut("properties")).and_then(Value::as_object_mut)
        else {
            return 0;
        };
        let Some(described) = properties.remove(&self.property) else {
            return 0;
        };
        let name = self.rename.as_ref().unwrap_or(&self.property);
        properties.insert(name.clone(), self.value.clone().unwrap_or(described));
        1
    }
}
