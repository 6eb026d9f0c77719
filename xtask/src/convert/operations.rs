//! Paths and operations.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Converter, members, strings};
use crate::{
    error::Error,
    names::{snake_case, unique},
    place::Place,
};

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Functions that the generated client has already, and names that the structs of operations would
/// hide from the generated code.
const RESERVED: [&str; 29] = [
    "api_version",
    "baseurl",
    "byte_stream",
    "client",
    "client_hooks",
    "client_info",
    "clone",
    "default",
    "err",
    "error",
    "exec",
    "from",
    "inner",
    "into",
    "new",
    "new_with_client",
    "none",
    "ok",
    "operation_info",
    "option",
    "post",
    "pre",
    "request_builder_ext",
    "response_value",
    "result",
    "some",
    "string",
    "try_from",
    "try_into",
];

impl<'a> Converter<'a> {
    /// Converts every operation.
    pub(super) fn paths(&mut self) -> Result<Value, Error> {
        let swagger = self.swagger;
        let within = Place::ROOT.member("paths");
        let mut taken: BTreeSet<String> = RESERVED.map(str::to_owned).into();
        let mut paths = Map::new();
        for (path, item) in members(swagger, "paths", &Place::ROOT)? {
            if path.starts_with("x-") {
                continue;
            }
            let here = within.member(path);
            if !path.starts_with('/') {
                return Err(Error::at(&here, "a path must start with a slash"));
            }
            if item.get("$ref").is_some() {
                return Err(Error::at(&here, "a path that is a reference cannot be converted"));
            }
            let mut converted = Map::new();
            for method in METHODS {
                let Some(operation) = item.get(method).filter(|operation| operation.is_object()) else {
                    continue;
                };
                let place = here.member(method);
                let id = operation_id(operation, method, path);
                let unique_id = unique(&id, snake_case, &mut taken);
                if operation.get("operationId").and_then(Value::as_str) != Some(&unique_id) {
                    self.note(&place, &format!("the operation is called `{unique_id}`"));
                }
                if let Some(operation) = self.operation(operation, item, path, &unique_id, &place)? {
                    converted.insert(method.to_owned(), operation);
                }
            }
            if !converted.is_empty() {
                paths.insert(path.clone(), Value::Object(converted));
            }
        }
        Ok(Value::Object(paths))
    }

    /// Converts one operation; `None` where the generator has no way to express its body.
    fn operation(
        &mut self,
        source: &'a Value,
        item: &'a Value,
        path: &'a str,
        id: &str,
        place: &Place<'_>,
    ) -> Result<Option<Value>, Error> {
        let swagger = self.swagger;
        let of_all = |key: &str| strings(source.get(key).filter(|own| own.is_array()).or_else(|| swagger.get(key)));
        let parameters = self.collect_parameters(source, item, path, place)?;
        let mut operation = Map::new();
        operation.insert("operationId".to_owned(), json!(id));
        let tags = strings(source.get("tags"));
        if !tags.is_empty() {
            operation.insert("tags".to_owned(), json!(tags));
        }
        if source.get("deprecated") == Some(&Value::Bool(true)) {
            operation.insert("deprecated".to_owned(), Value::Bool(true));
        }
        if let Some(security @ Value::Array(_)) = source.get("security") {
            operation.insert("security".to_owned(), security.clone());
        }
        match self.request_body(&parameters, &of_all("consumes"), place)? {
            RequestBody::None => {}
            RequestBody::Some(body) => {
                operation.insert("requestBody".to_owned(), body);
            }
            RequestBody::Multipart => {
                self.note(place, &format!("`{id}` is left out: the generator has no multipart/form-data"));
                return Ok(None);
            }
        }
        let parameters = self.parameters(&parameters)?;
        if !parameters.is_empty() {
            operation.insert("parameters".to_owned(), Value::Array(parameters));
        }
        let responses = self.responses(source, &of_all("produces"), place)?;
        operation.insert("responses".to_owned(), responses);
        Ok(Some(Value::Object(operation)))
    }
}

/// The body of an operation in the notation of OpenAPI 3.0.
#[derive(Debug)]
pub(super) enum RequestBody {
    None,
    Some(Value),
    Multipart,
}

/// The name of an operation, made of method and path where it has none.
fn operation_id(operation: &Value, method: &str, path: &str) -> String {
    match operation.get("operationId").and_then(Value::as_str).map(str::trim) {
        Some(id) if id.chars().any(|c| c.is_ascii_alphanumeric()) => id.to_owned(),
        _ => {
            let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            words.fold(method.to_owned(), |id, word| format!("{id}_{word}"))
        }
    }
}
