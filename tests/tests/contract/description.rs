//! Reads the operations to test from the description that the client is generated from.

use std::{fs, path::Path};

use serde_json::{Map, Value};

/// The description, and the operations in it.
#[derive(Debug)]
pub(crate) struct Description {
    document: Value,
    pub(crate) operations: Vec<Operation>,
}

/// One operation, with what a test needs to call it and to answer it.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: String,
    /// The path below the base URL, with its parameters in braces.
    pub(crate) path: String,
    pub(crate) parameters: Vec<Parameter>,
    /// The schema of the body of the request.
    pub(crate) body: Option<Value>,
    pub(crate) content: Content,
}

/// One parameter of an operation.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) schema: Value,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// What a successful answer holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// JSON of this schema.
    Json(Value),
    /// Anything else, handed out as bytes.
    Bytes,
    /// Nothing.
    Empty,
}

impl Description {
    /// Reads `harbor-openapi.yaml` at the root of the workspace.
    pub(crate) fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../harbor-openapi.yaml");
        let text = fs::read_to_string(&file).expect("the description is readable");
        let document: Value = serde_norway::from_str(&text).expect("the description is YAML");
        let operations = members(&document["paths"])
            .flat_map(|(path, item)| {
                members(item)
                    .filter(|(_, operation)| operation["operationId"].is_string())
                    .map(|(method, operation)| read_operation(&document, path, method, item, operation))
            })
            .collect();
        Self { document, operations }
    }

    /// The operation with this id.
    pub(crate) fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The schema that is meant: behind a reference, and with the parts of `allOf` put together.
    pub(crate) fn resolve(&self, schema: &Value) -> Value {
        let mut resolved = follow(&self.document, schema).clone();
        let Some(parts) = resolved.get("allOf").and_then(Value::as_array).cloned() else {
            return resolved;
        };
        let target = resolved.as_object_mut().expect("a schema is an object");
        target.remove("allOf");
        for part in &parts {
            merge(target, &self.resolve(part));
        }
        resolved
    }
}

impl Operation {
    /// The parameters that travel in one place.
    pub(crate) fn parameters_in(&self, place: Place) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }
}

/// The members of an object, none for anything else.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn read_operation(document: &Value, path: &str, method: &str, item: &Value, operation: &Value) -> Operation {
    let parameters = [item, operation]
        .into_iter()
        .flat_map(|owner| owner["parameters"].as_array().into_iter().flatten())
        .map(|parameter| read_parameter(follow(document, parameter)))
        .collect();
    let (_, answer) = members(&operation["responses"])
        .find(|(status, _)| status.starts_with('2'))
        .unwrap_or_else(|| panic!("{} describes no success", operation["operationId"]));
    let body = operation.get("requestBody").map(|body| follow(document, body));
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        parameters,
        body: body.map(|body| body["content"]["application/json"]["schema"].clone()),
        content: read_content(follow(document, answer)),
    }
}

fn read_parameter(parameter: &Value) -> Parameter {
    Parameter {
        name: text(&parameter["name"]),
        place: match &*text(&parameter["in"]) {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            other => panic!("a parameter in {other}"),
        },
        required: parameter["required"] == true,
        schema: parameter["schema"].clone(),
    }
}

fn read_content(answer: &Value) -> Content {
    let content = &answer["content"];
    match content.get("application/json") {
        Some(media) => Content::Json(media["schema"].clone()),
        None if members(content).next().is_some() => Content::Bytes,
        None => Content::Empty,
    }
}

fn follow<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').expect("references stay in the document");
            follow(document, document.pointer(pointer).expect("references have a target"))
        }
        None => schema,
    }
}

/// Adds the keywords of a part of `allOf`; members and required names of both are kept.
fn merge(target: &mut Map<String, Value>, part: &Value) {
    for (keyword, value) in members(part) {
        match (target.get_mut(keyword), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new.clone()),
            (Some(Value::Array(old)), Value::Array(new)) => old.extend(new.clone()),
            (Some(_), _) => {}
            (None, _) => {
                target.insert(keyword.clone(), value.clone());
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
