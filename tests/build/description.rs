//! Reading the description: references, members, parameters.

use serde_json::Value;

/// The parameters of an operation, those of its path first.
pub(super) fn parameters<'a>(
    document: &'a Value,
    item: &'a Value,
    operation: &'a Value,
) -> impl Iterator<Item = &'a Value> {
    let owners = [item, operation].into_iter();
    let parameters = owners.flat_map(|owner| owner["parameters"].as_array().into_iter().flatten());
    parameters.map(|parameter| follow(document, parameter))
}

/// What a value refers to, or the value itself.
pub(super) fn follow<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            document.pointer(pointer).expect("references have a target")
        }
        None => value,
    }
}

/// The members of an object, none where it is something else.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
