//! The table by which the simulator routes.

use serde_json::Value;

use super::description::{follow, members, parameters};

/// Writes every operation of the description as an element of a Rust array.
pub(super) fn write(document: &Value) -> String {
    let mut table = String::from("[\n");
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            let mut parameters: Vec<_> = parameters(document, item, operation).map(parameter).collect();
            // The order in which Harbor lists what is wrong with them.
            parameters.sort();
            table += &format!(
                "Operation {{ id: {id:?}, method: {:?}, path: {:?}, parameters: &[{}], produces: &{:?} }},\n",
                method.to_uppercase(),
                path.trim_matches('/'),
                parameters.join(", "),
                produces(document, operation),
            );
        }
    }
    table + "]\n"
}

fn parameter(parameter: &Value) -> String {
    let place = match parameter["in"].as_str() {
        Some("path") => "Path",
        Some("query") => "Query",
        Some("header") => "Header",
        place => panic!("a parameter is in the unexpected place {place:?}"),
    };
    format!(
        "Parameter {{ name: {:?}, place: Place::{place}, is_integer: {}, is_required: {} }}",
        parameter["name"].as_str().expect("a parameter has a name"),
        parameter["schema"]["type"] == "integer",
        parameter["required"] == true,
    )
}

/// The content types that callers may ask for, the preferred one first. JSON is always among them, and where the answer
/// has a type of its own it is the only one.
fn produces<'a>(document: &'a Value, operation: &'a Value) -> Vec<&'a str> {
    const JSON: &str = "application/json";
    let successes = members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let kinds = successes.flat_map(|(_, answer)| members(&follow(document, answer)["content"]));
    let kinds = kinds.map(|(kind, _)| kind.as_str()).filter(|kind| ![JSON, "*/*"].contains(kind));
    kinds.chain([JSON]).collect()
}
