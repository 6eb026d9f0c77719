//! The functions through which the contract tests call every operation.

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::description::{follow, members, parameters};

/// A table of the operations by id, and the functions in it.
pub(super) fn write(document: &Value) -> String {
    let mut functions = String::new();
    let mut table = String::new();
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let setters = write_setters(document, id, item, operation);
            let name = id.to_snake_case();
            let end = end(document, operation);
            functions += &format!(
                "/// `{} {path}`\n\
                 fn {name}<'a>(client: &'a Client, arguments: &'a Arguments) -> Call<'a> {{\n\
                 Box::pin(async move {{\n\
                 let mut call = client.{name}();\n\
                 {setters}{end}\n\
                 }})\n\
                 }}\n\n",
                method.to_uppercase()
            );
            table += &format!("({id:?}, {name}),\n");
        }
    }
    format!(
        "use harbor_api::{{Client, types}};\n\
         use super::{{Arguments, Call, Function, bytes, empty, json}};\n\n\
         /// Every operation of the description by its id.\n\
         pub(crate) const OPERATIONS: &[(&str, Function)] = &[\n{table}];\n\n{functions}"
    )
}

/// A statement for each parameter and for the body.
fn write_setters(document: &Value, id: &str, item: &Value, operation: &Value) -> String {
    let mut setters = String::new();
    for parameter in parameters(document, item, operation) {
        let name = parameter["name"].as_str().expect("a parameter has a name");
        let kind = rust_type(&parameter["schema"], &format!("{id}-{name}"));
        let setter = name.to_snake_case();
        setters += &format!(
            "if let Some(value) = arguments.parameter::<{kind}>({name:?}) {{ call = call.{setter}(value); }}\n"
        );
    }
    if let Some(body) = operation.get("requestBody") {
        let schema = &follow(document, body)["content"]["application/json"]["schema"];
        let kind = rust_type(schema, &format!("{id}-body"));
        setters += &format!("call = call.body(arguments.body::<{kind}>());\n");
    }
    setters
}

/// The expression that sends the request and collects the answer: the client knows three kinds of
/// success.
fn end(document: &Value, operation: &Value) -> &'static str {
    let success = members(&operation["responses"]).find(|(status, _)| status.starts_with('2'));
    let (_, answer) = success.expect("every operation describes a success");
    let content = &follow(document, answer)["content"];
    if content.get("application/json").is_some() {
        "json(call.send().await)"
    } else if members(content).next().is_some() {
        "bytes(call.send().await).await"
    } else {
        "empty(call.send().await)"
    }
}

/// The type that a setter takes for a schema; `name` is what the generator calls it if it needs a
/// name.
fn rust_type(schema: &Value, name: &str) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let (_, target) = reference.rsplit_once('/').expect("a reference is a path");
        return format!("types::{}", target.to_pascal_case());
    }
    if ["enum", "properties"].iter().any(|keyword| schema.get(keyword).is_some()) {
        return format!("types::{}", name.to_pascal_case());
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("boolean"), _) => "bool".to_owned(),
        (Some("integer"), Some("int32")) => "i32".to_owned(),
        (Some("integer"), _) => "i64".to_owned(),
        (Some("string"), _) => "String".to_owned(),
        (Some("array"), _) => format!("Vec<{}>", rust_type(&schema["items"], &format!("{name}-item"))),
        (Some("object"), _) => match &schema["additionalProperties"] {
            Value::Object(values) if !values.is_empty() => {
                let values = rust_type(&schema["additionalProperties"], &format!("{name}-value"));
                format!("std::collections::HashMap<String, {values}>")
            }
            _ => "serde_json::Map<String, serde_json::Value>".to_owned(),
        },
        (kind, _) => panic!("{name} is of the unexpected type {kind:?}"),
    }
}
