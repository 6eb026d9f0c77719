//! Generating the client, and finding the operation or schema at fault where that fails.

use std::{
    collections::BTreeSet,
    panic::{self, AssertUnwindSafe},
};

use serde_json::{Value, json};

use crate::{codegen, correct::reachable, error::Error};

/// Generates the client for a description; `text` is the same description as YAML.
pub(crate) fn client(document: &Value, text: &str) -> Result<String, Error> {
    attempt(text).map_err(|problem| blame(document, &problem))
}

fn attempt(text: &str) -> Result<String, String> {
    match guarded(|| codegen::generate(text, false)) {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(one_line(&error.to_string())),
        Err(message) => Err(format!("the generator gave up: {message}")),
    }
}

/// Runs something that may panic, as the generator does on what it cannot express, and turns the
/// panic into its message.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied());
        one_line(message.unwrap_or("no reason given"))
    })
}

/// Generates every operation and every schema alone until one fails alone.
fn blame(document: &Value, problem: &str) -> Error {
    let fails = |part: &Value| attempt(&part.to_string()).err();
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let part = alone(document, json!({ path: { method: operation } }), &BTreeSet::new());
            if let Some(problem) = fails(&part) {
                let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default();
                let place = format!("operation `{id}` ({} {path})", method.to_uppercase());
                return Error::at(&place, problem);
            }
        }
    }
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    for (name, _) in schemas {
        let part = alone(document, json!({}), &BTreeSet::from([name.clone()]));
        if let Some(problem) = fails(&part) {
            return Error::at(&format!("schema `{name}`"), problem);
        }
    }
    Error::new(format!("no client can be generated, although each operation alone can: {problem}"))
}

/// A description of the given paths and schemas and of what they refer to.
fn alone(document: &Value, paths: Value, schemas: &BTreeSet<String>) -> Value {
    let shared = ["/components/responses", "/components/parameters"].map(|place| document.pointer(place));
    let mut names = reachable(document, shared.into_iter().flatten().chain([&paths]));
    for name in schemas {
        names.insert(name.clone());
        names.extend(reachable(document, document.pointer("/components/schemas").and_then(|all| all.get(name))));
    }
    let mut part = document.clone();
    part["paths"] = paths;
    if let Some(all) = part.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        all.retain(|name, _| names.contains(name));
    }
    part
}

/// The first line of a message, shortened: the generator prints whole structures.
fn one_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(responses: Value, schemas: Value) -> Value {
        let fine = json!({ "operationId": "fine", "responses": { "2XX": { "description": "" } } });
        let other = json!({ "operationId": "other", "responses": responses });
        json!({
            "openapi": "3.0.3",
            "info": { "title": "", "version": "" },
            "paths": { "/a": { "get": fine }, "/b": { "put": other } },
            "components": { "schemas": schemas },
        })
    }

    fn problem(document: &Value) -> String {
        client(document, &document.to_string()).unwrap_err().to_string()
    }

    #[test]
    fn a_panic_of_the_generator_names_the_operation() {
        let text = json!({ "application/json": { "schema": { "type": "string" } } });
        let two_kinds = json!({ "200": { "description": "", "content": text }, "204": { "description": "" } });
        let problem = problem(&document(two_kinds, json!({})));
        assert!(problem.starts_with("operation `other` (PUT /b): the generator gave up: "), "{problem}");
        assert_eq!(problem.lines().count(), 1);
    }

    #[test]
    fn a_schema_that_nothing_uses_is_named_too() {
        let schemas = json!({ "Fine": { "type": "object" }, "Bad": { "type": "string", "enum": ["a", "A"] } });
        let problem = problem(&document(json!({}), schemas));
        assert!(problem.starts_with("schema `Bad`: the generator gave up: "), "{problem}");
    }
}
