//! Schemas: definitions, bodies, answers, and the types of parameters.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Converter, elements, local_name, members, strings};
use crate::{error::Error, keywords::CHECKS, names::snake_case, place::Place};

impl Converter<'_> {
    /// Converts every definition.
    pub(super) fn schemas(&mut self) -> Result<Value, Error> {
        let definitions = Place::ROOT.member("definitions");
        let mut schemas = Map::new();
        let swagger = self.swagger;
        for (definition, value) in members(swagger, "definitions", &Place::ROOT)? {
            let here = definitions.member(definition);
            let schema = self.schema(value, &here)?;
            let name = self.names[definition.as_str()].clone();
            if schema == json!({ "$ref": format!("#/components/schemas/{name}") }) {
                return Err(Error::at(&here, "the definition refers to nothing but itself"));
            }
            schemas.insert(name, schema);
        }
        Ok(Value::Object(schemas))
    }

    /// Converts one schema and those within it.
    pub(super) fn schema(&mut self, source: &Value, place: &Place<'_>) -> Result<Value, Error> {
        match source {
            Value::Object(_) => {}
            Value::Null | Value::Bool(true) => return Ok(json!({})),
            _ => return Err(Error::at(place, "expected a schema, which is an object")),
        }
        let nullable = ["x-nullable", "x-isnullable"].iter().any(|key| source.get(key) == Some(&Value::Bool(true)));
        if let Some(reference) = source.get("$ref") {
            let reference = self.reference(reference, place)?;
            // The other members beside a reference have no meaning, but being null has.
            return Ok(if nullable { json!({ "allOf": [reference], "nullable": true }) } else { reference });
        }

        let mut schema = self.typed(source, place);
        if nullable {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
        for key in CHECKS.into_iter().chain(["format"]) {
            let fits = |value: &&Value| !value.is_null() && (key != "format" || value.is_string());
            if let Some(value) = source.get(key).filter(fits) {
                schema.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(values) = enumeration(source, schema.get("type")) {
            schema.insert("enum".to_owned(), values);
        }
        self.object_members(source, &mut schema, place)?;
        if schema.get("type") == Some(&json!("array")) {
            let items = match source.get("items") {
                Some(items @ Value::Object(_)) => self.schema(items, &place.member("items"))?,
                _ => json!({}),
            };
            schema.insert("items".to_owned(), items);
        }
        let within = place.member("allOf");
        let mut parts = Vec::new();
        for (index, part) in elements(source, "allOf", place)?.enumerate() {
            parts.push(self.schema(part, &within.member(&index.to_string()))?);
        }
        if !parts.is_empty() {
            schema.insert("allOf".to_owned(), Value::Array(parts));
        }
        Ok(Value::Object(schema))
    }

    fn reference(&self, reference: &Value, place: &Place<'_>) -> Result<Value, Error> {
        let name = local_name("definitions", reference, place)?;
        match self.names.get(name.as_str()) {
            Some(component) => Ok(json!({ "$ref": format!("#/components/schemas/{component}") })),
            None => Err(Error::at(place, format_args!("the reference to `{name}` in `definitions` leads nowhere"))),
        }
    }

    /// Starts a schema with its type, which is guessed from the other keywords where it is missing.
    fn typed(&mut self, source: &Value, place: &Place<'_>) -> Map<String, Value> {
        let mut schema = Map::new();
        let mut declared: Vec<&str> = match source.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(list) => strings(Some(list)),
            None if source.get("properties").or(source.get("additionalProperties")).is_some() => {
                vec!["object"]
            }
            None if source.get("items").is_some() => vec!["array"],
            None => vec![],
        };
        if declared.contains(&"null") {
            declared.retain(|name| *name != "null");
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
        match declared[..] {
            [name @ ("array" | "boolean" | "integer" | "number" | "object" | "string")] => {
                schema.insert("type".to_owned(), json!(name));
            }
            ["file"] => {
                schema.insert("type".to_owned(), json!("string"));
                schema.insert("format".to_owned(), json!("binary"));
            }
            [] => {}
            [..] => self.note(place, "no type of Swagger, so any value is taken"),
        }
        schema
    }

    fn object_members(
        &mut self,
        source: &Value,
        schema: &mut Map<String, Value>,
        place: &Place<'_>,
    ) -> Result<(), Error> {
        let within = place.member("properties");
        let mut properties = Map::new();
        let mut fields = BTreeSet::new();
        for (name, value) in members(source, "properties", place)? {
            let here = within.member(name);
            if fields.insert(snake_case(name)) {
                properties.insert(name.clone(), self.schema(value, &here)?);
            } else {
                self.note(&here, "left out: another property becomes the same field");
            }
        }
        // Some properties say `required: true` of themselves, which means nothing.
        let mut required = strings(source.get("required"));
        required.retain(|name| properties.contains_key(*name));
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), Value::Object(properties));
        }
        // `false` is left out: a later Harbor may send members that this description does not know.
        if let Some(values @ (Value::Object(_) | Value::Bool(true))) = source.get("additionalProperties") {
            let values = self.schema(values, &place.member("additionalProperties"))?;
            schema.insert("additionalProperties".to_owned(), values);
        }
        Ok(())
    }
}

/// The allowed values, unless they do not fit the type.
fn enumeration(source: &Value, declared: Option<&Value>) -> Option<Value> {
    let values = source.get("enum")?.as_array()?;
    let fits = |value: &Value| match declared.and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        _ => false,
    };
    (!values.is_empty() && values.iter().all(fits)).then(|| Value::Array(values.clone()))
}
