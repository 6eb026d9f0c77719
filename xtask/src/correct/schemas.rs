//! Rules for schemas, wherever they stand.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk;
use crate::{keywords::CHECKS, names::pascal_case};

pub(super) fn maps_of_any_value(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        if let Some(values) = schema.get_mut("additionalProperties").filter(|values| is_free_object(values)) {
            *values = json!({});
            changed += 1;
        }
    });
    changed
}

/// Whether a schema says no more than `type: object`.
fn is_free_object(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("object"))
        && ["properties", "additionalProperties", "allOf"].iter().all(|key| schema.get(key).is_none())
}

pub(super) fn null_lists_and_maps(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let required = schema.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| required.as_array().is_some_and(|names| names.contains(&json!(name)));
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten();
        let optional = properties.filter(|(name, _)| !is_required(name)).map(|(_, part)| part);
        for part in optional.filter(|part| is_list_or_map(part)) {
            part["nullable"] = Value::Bool(true);
            changed += 1;
        }
        for key in ["items", "additionalProperties"] {
            if let Some(part) = schema.get_mut(key).filter(|part| is_list_or_map(part)) {
                part["nullable"] = Value::Bool(true);
                changed += 1;
            }
        }
    });
    changed
}

fn is_list_or_map(schema: &Value) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => true,
        Some("object") => schema.get("properties").is_none(),
        _ => false,
    }
}

pub(super) fn nothing_required_in_answers(document: &mut Value) -> usize {
    in_answers(document, |schema| schema.remove("required").is_some())
}

pub(super) fn open_words_in_answers(document: &mut Value) -> usize {
    in_answers(document, |schema| schema.remove("enum").is_some())
}

pub(super) fn words_with_distinct_names(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let Some(words) = schema.get("enum").and_then(Value::as_array) else {
            return;
        };
        let names: BTreeSet<String> = words.iter().filter_map(Value::as_str).map(pascal_case).collect();
        if names.len() != words.len() {
            schema.remove("enum");
            changed += 1;
        }
    });
    changed
}

/// Changes every schema that an answer can hold, and counts those that changed.
fn in_answers(document: &mut Value, mut change: impl FnMut(&mut Map<String, Value>) -> bool) -> usize {
    let answered = walk::answered(document);
    let mut changed = 0;
    walk::components(document, &mut |name, schema| {
        if answered.contains(name) {
            changed += usize::from(change(schema));
        }
    });
    for operation in walk::operations(document) {
        let success = operation.get_mut("responses").and_then(|responses| responses.get_mut("2XX"));
        let content = success.and_then(|success| success.get_mut("content")).and_then(Value::as_object_mut);
        for entry in content.into_iter().flat_map(Map::values_mut) {
            if let Some(schema) = entry.get_mut("schema") {
                walk::schema_and_parts(schema, &mut |schema| changed += usize::from(change(schema)));
            }
        }
    }
    changed
}

pub(super) fn no_validation(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        changed += CHECKS.iter().filter(|check| schema.remove(**check).is_some()).count();
    });
    changed
}

pub(super) fn wide_numbers(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let format = schema.get("format").and_then(Value::as_str);
        let wide = match schema.get("type").and_then(Value::as_str) {
            Some("integer") if format == Some("uint64") => return,
            Some("integer") => "int64",
            Some("number") => "double",
            _ => return,
        };
        if format != Some(wide) {
            schema.insert("format".to_owned(), json!(wide));
            changed += 1;
        }
    });
    changed
}

pub(super) fn only_known_formats(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let known = match (schema.get("type").and_then(Value::as_str), schema.get("format").and_then(Value::as_str)) {
            (_, None) | (Some("integer" | "number"), _) => true,
            (Some("string"), Some(format)) => matches!(format, "binary" | "date" | "date-time"),
            _ => false,
        };
        if !known {
            schema.remove("format");
            changed += 1;
        }
    });
    changed
}

pub(super) fn lists_in_parameters(document: &mut Value) -> usize {
    let mut changed = 0;
    let mut mend = |parameter: &mut Value| {
        let is_list = parameter.pointer("/schema/type") == Some(&json!("array"));
        let is_repeated =
            parameter.get("in") == Some(&json!("query")) && parameter.get("explode") == Some(&json!(true));
        if let Some(parameter) = parameter.as_object_mut().filter(|_| is_list && !is_repeated) {
            parameter.insert("schema".to_owned(), json!({ "type": "string" }));
            parameter.retain(|key, _| !matches!(key.as_str(), "explode" | "style"));
            changed += 1;
        }
    };
    let shared = document.pointer_mut("/components/parameters").and_then(Value::as_object_mut);
    shared.into_iter().flat_map(Map::values_mut).for_each(&mut mend);
    for operation in walk::operations(document) {
        let own = operation.get_mut("parameters").and_then(Value::as_array_mut);
        own.into_iter().flatten().for_each(&mut mend);
    }
    changed
}
