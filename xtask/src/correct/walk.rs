//! Visiting every schema of a description.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The operations of a description.
pub(crate) fn operations(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
}

/// Calls `visit` for every schema in `components/schemas`, with its component's name, outer ones first.
pub(super) fn components(document: &mut Value, visit: &mut impl FnMut(&str, &mut Map<String, Value>)) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        schema_and_parts(schema, &mut |schema| visit(name, schema));
    }
}

/// Calls `visit` for every schema of the operations, parameters and answers.
pub(super) fn elsewhere(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    for place in ["/paths", "/components/parameters", "/components/responses"] {
        if let Some(value) = document.pointer_mut(place) {
            under_schema_keys(value, visit);
        }
    }
}

/// Calls `visit` for every schema there is.
pub(super) fn everywhere(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    components(document, &mut |_, schema| visit(schema));
    elsewhere(document, visit);
}

/// Calls `visit` for a schema and all within it, outer ones first.
pub(super) fn schema_and_parts(schema: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    let Value::Object(schema) = schema else {
        return;
    };
    visit(schema);
    for key in ["items", "additionalProperties"] {
        if let Some(part) = schema.get_mut(key) {
            schema_and_parts(part, visit);
        }
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        schema_and_parts(property, visit);
    }
    for key in ["allOf", "oneOf"] {
        let parts = schema.get_mut(key).and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten() {
            schema_and_parts(part, visit);
        }
    }
}

/// The schemas that an answer can hold, directly or within another.
pub(super) fn answered(document: &Value) -> BTreeSet<String> {
    let paths = document.get("paths").and_then(Value::as_object);
    let operations = paths.into_iter().flat_map(Map::values).filter_map(Value::as_object).flat_map(Map::values);
    let answers = operations.filter_map(|operation| operation.get("responses"));
    reachable(document, answers.chain(document.pointer("/components/responses")))
}

/// The schemas that parts of a description refer to, directly or within another.
pub(crate) fn reachable<'a>(document: &'a Value, parts: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut pending: Vec<&Value> = parts.into_iter().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(members) => {
                pending.extend(members.values());
                let Some(reference) = members.get("$ref").and_then(Value::as_str) else {
                    continue;
                };
                let Some(name) = reference.strip_prefix("#/components/schemas/") else {
                    continue;
                };
                if names.insert(name.to_owned()) {
                    pending.extend(document.pointer("/components/schemas").and_then(|schemas| schemas.get(name)));
                }
            }
            Value::Array(elements) => pending.extend(elements),
            _ => {}
        }
    }
    names
}

fn under_schema_keys(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == "schema" {
                    schema_and_parts(member, visit);
                } else {
                    under_schema_keys(member, visit);
                }
            }
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| under_schema_keys(element, visit)),
        _ => {}
    }
}
