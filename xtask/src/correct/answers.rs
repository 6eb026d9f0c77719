//! Rules for the answers of operations: one success, one failure.

use serde_json::{Map, Value, json};

use super::walk;
use crate::convert::is_json;

pub(super) fn one_success(document: &mut Value) -> usize {
    let mut changed = 0;
    for operation in walk::operations(document) {
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
            continue;
        };
        let mut successes = take_successes(responses);
        let success = match successes.len() {
            1 => successes.remove(0),
            _ => unified(&successes),
        };
        responses.insert("2XX".to_owned(), described(success, "Success."));
        changed += 1;
    }
    changed
}

/// Takes the declared successes out; `default` counts where there is no other.
fn take_successes(responses: &mut Map<String, Value>) -> Vec<Value> {
    let codes: Vec<String> = responses.keys().filter(|code| code.starts_with('2')).cloned().collect();
    let mut successes: Vec<Value> = codes.iter().filter_map(|code| responses.remove(code)).collect();
    if successes.is_empty() {
        successes.extend(responses.remove("default"));
    }
    successes
}

/// One answer that can hold each of several.
fn unified(successes: &[Value]) -> Value {
    let mut headers = Map::new();
    let mut schemas: Vec<Value> = Vec::new();
    let mut raw = Map::new();
    let mut empty = false;
    for success in successes {
        headers.extend(success.get("headers").and_then(Value::as_object).cloned().unwrap_or_default());
        let content = success.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
        empty |= content.is_empty();
        for (media_type, entry) in content {
            let schema = entry.get("schema").cloned().unwrap_or_else(|| json!({}));
            if !is_json(&media_type) {
                raw.insert(media_type, entry);
            } else if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
    }
    let mut success = Map::new();
    if !headers.is_empty() {
        success.insert("headers".to_owned(), Value::Object(headers));
    }
    let content = match schemas.len() {
        _ if !raw.is_empty() && !schemas.is_empty() => Some(any_bytes()),
        _ if !raw.is_empty() => Some(Value::Object(raw)),
        0 => None,
        1 if empty => Some(json!({ "application/json": { "schema": nullable(schemas.remove(0)) } })),
        1 => Some(json!({ "application/json": { "schema": schemas.remove(0) } })),
        _ if empty => Some(json!({ "application/json": { "schema": { "oneOf": schemas, "nullable": true } } })),
        _ => Some(json!({ "application/json": { "schema": { "oneOf": schemas } } })),
    };
    if let Some(content) = content {
        success.insert("content".to_owned(), content);
    }
    Value::Object(success)
}

/// The content of an answer whose bytes are the caller's to read.
pub(super) fn any_bytes() -> Value {
    json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } })
}

/// The same schema, or `null`.
pub(super) fn nullable(mut schema: Value) -> Value {
    if schema.get("$ref").is_some() {
        return json!({ "allOf": [schema], "nullable": true });
    }
    schema["nullable"] = Value::Bool(true);
    schema
}

fn described(mut response: Value, description: &str) -> Value {
    response["description"] = json!(description);
    response
}

pub(super) fn one_error(document: &mut Value) -> usize {
    let mut changed = 0;
    for operation in walk::operations(document) {
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
            continue;
        };
        responses.retain(|code, _| code.starts_with('2'));
        for range in ["4XX", "5XX"] {
            responses.insert(range.to_owned(), json!({ "$ref": "#/components/responses/Errors" }));
        }
        changed += 1;
    }
    let reference = json!({ "$ref": "#/components/schemas/Errors" });
    let errors = json!({ "description": "Failure.", "content": { "application/json": { "schema": reference } } });
    document["components"]["responses"] = json!({ "Errors": errors });
    let text = json!({ "type": "string" });
    add_schema(document, "Error", json!({ "type": "object", "properties": { "code": text, "message": text } }));
    let list = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Error" } });
    add_schema(document, "Errors", json!({ "type": "object", "properties": { "errors": list } }));
    changed
}

/// Adds a schema unless the description has one of that name.
pub(super) fn add_schema(document: &mut Value, name: &str, schema: Value) -> bool {
    let schemas = &mut document["components"]["schemas"];
    let missing = schemas.get(name).is_none();
    if missing {
        schemas[name] = schema;
    }
    missing
}
