//! Names for the types that Harbor describes in place.
//!
//! The generator names such a type after where it stands and does not notice when another has that
//! name. So each becomes a component of its own here, under the same name where it is free.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{answers::nullable, walk};
use crate::names::{pascal_case, unique};

/// Makes components of all objects and enumerations that are described in place.
pub(super) fn name_types(document: &mut Value) -> usize {
    let mut namer = Namer::new(document);
    let mut schemas = document["components"]["schemas"].take();
    for (name, schema) in schemas.as_object_mut().into_iter().flatten() {
        namer.parts(schema, &pascal_case(name));
    }
    document["components"]["schemas"] = schemas;

    let shared = document.pointer_mut("/components/parameters").and_then(Value::as_object_mut);
    for (name, parameter) in shared.into_iter().flatten() {
        namer.member(parameter, "schema", &pascal_case(name));
    }
    for operation in walk::operations(document) {
        namer.operation(operation);
    }
    let named = namer.components.len();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(namer.components);
    }
    named
}

#[derive(Debug)]
struct Namer {
    taken: BTreeSet<String>,
    components: Map<String, Value>,
}

impl Namer {
    fn new(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object);
        let taken = schemas.into_iter().flatten().map(|(name, _)| pascal_case(name)).collect();
        Self { taken, components: Map::new() }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>) {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
        let id = pascal_case(id);
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
            let name = format!("{id}{}", pascal_case(name));
            self.member(parameter, "schema", &name);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            self.content(body, &format!("{id}Body"));
        }
        if let Some(success) = operation.get_mut("responses").and_then(|responses| responses.get_mut("2XX")) {
            self.content(success, &format!("{id}Response"));
        }
    }

    fn content(&mut self, owner: &mut Value, name: &str) {
        let content = owner.get_mut("content").and_then(Value::as_object_mut);
        for entry in content.into_iter().flat_map(Map::values_mut) {
            self.member(entry, "schema", name);
        }
    }

    /// Names the schema that is the member `key` of `owner`, and those within it.
    fn member(&mut self, owner: &mut Value, key: &str, name: &str) {
        let Some(schema) = owner.get_mut(key) else {
            return;
        };
        self.parts(schema, name);
        if is_named(schema) {
            let name = unique(name, pascal_case, &mut self.taken);
            let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
            let mut component = std::mem::replace(schema, reference);
            let was_nullable = component.as_object_mut().and_then(|component| component.remove("nullable"));
            if was_nullable == Some(Value::Bool(true)) {
                *schema = nullable(schema.take());
            }
            self.components.insert(name, component);
        }
    }

    /// Names the schemas within a schema.
    fn parts(&mut self, schema: &mut Value, name: &str) {
        self.member(schema, "items", &format!("{name}Item"));
        self.member(schema, "additionalProperties", &format!("{name}Value"));
        if let Some(properties) = schema.get_mut("properties") {
            let keys: Vec<String> = properties.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
            for key in keys {
                self.member(properties, &key, &format!("{name}{}", pascal_case(&key)));
            }
        }
    }
}

/// Whether the generator makes a type of its own of a schema.
fn is_named(schema: &Value) -> bool {
    schema.get("properties").is_some() || schema.get("enum").is_some()
}
