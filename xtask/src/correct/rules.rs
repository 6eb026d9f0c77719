//! Corrections that hold for any place of any release.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{naming::name_types, walk};
use crate::{convert::is_json, names::pascal_case};

/// A correction of everything that has a certain form.
pub(super) struct Rule {
    pub(super) name: &'static str,
    /// Corrects the description and says in how many places.
    pub(super) apply: fn(&mut Value) -> usize,
}

/// Rules that come before the corrections of single places.
pub(super) const FIRST: &[Rule] = &[
    // The generator wants one kind of success. Harbor answers other codes of 2xx than declared (a
    // started retention run is 201 where 200 is declared first), and a range takes them all.
    Rule {
        name: "one-success",
        apply: one_success,
    },
    // Any operation can fail with any status: 422 is declared on 10 of 203 operations and comes
    // from all, and every body that Harbor itself writes is `Errors` (src/lib/http/error.go).
    Rule {
        name: "one-error",
        apply: one_error,
    },
];

/// Rules that come after them, because those bring schemas of their own.
pub(super) const LAST: &[Rule] = &[
    // Go marks the elements of `ExtraAttrs`, of the parameters of rules and of schedules as any
    // value; a running Harbor puts strings, numbers and lists there.
    Rule {
        name: "maps-of-any-value",
        apply: maps_of_any_value,
    },
    // A list or map that is nil in Go is `null` in JSON: `"labels":null` for an artifact without.
    Rule {
        name: "null-lists-and-maps",
        apply: null_lists_and_maps,
    },
    // Go leaves out what is zero, false or empty, also what the description requires
    // (`ProjectDeletable.deletable` is missing exactly when it is false).
    Rule {
        name: "nothing-required-in-answers",
        apply: nothing_required_in_answers,
    },
    // Histories of garbage collection answer schedule types outside of the declared list, and a
    // later Harbor adds words: an unknown one must not make a whole page unreadable.
    Rule {
        name: "open-words-in-answers",
        apply: open_words_in_answers,
    },
    // The generator makes a variant of each word, and two words must not become one name.
    Rule {
        name: "words-with-distinct-names",
        apply: words_with_distinct_names,
    },
    // Harbor checks what it gets. A client that checks as well refuses answers of a later Harbor,
    // and `minLength` of `X-Request-Id` alone costs one type per operation.
    Rule {
        name: "no-validation",
        apply: no_validation,
    },
    // The same number is int32 here, int64 there, and most have no format: ids and sizes are
    // 64 bits wide in Harbor. A float of 32 bits turns the score 9.8 into 9.800000190734863.
    Rule {
        name: "wide-numbers",
        apply: wide_numbers,
    },
    // Formats that do not belong to their type, and those for which the generated code would need
    // further crates; Harbor sends unset addresses as empty strings, which are no addresses.
    Rule {
        name: "only-known-formats",
        apply: only_known_formats,
    },
    // Lists in one parameter are separated by commas (the default of Swagger 2.0), which the
    // generator cannot write: it repeats the parameter, of which Harbor reads one.
    Rule {
        name: "lists-in-parameters",
        apply: lists_in_parameters,
    },
    // The generator does not notice when it gives one name to two types.
    Rule {
        name: "named-types",
        apply: name_types,
    },
];

fn one_success(document: &mut Value) -> usize {
    let mut changed = 0;
    for operation in walk::operations(document) {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let mut successes = take_successes(responses);
        let success = match successes.len() {
            1 => successes.remove(0),
            _ => unified(&successes),
        };
        responses.insert("2XX".to_owned(), described(success, "Success."));
        changed += 1;
    }
    changed
}

/// Takes the declared successes out; `default` counts where there is no other.
fn take_successes(responses: &mut Map<String, Value>) -> Vec<Value> {
    let codes: Vec<String> = responses
        .keys()
        .filter(|code| code.starts_with('2'))
        .cloned()
        .collect();
    let mut successes: Vec<Value> = codes
        .iter()
        .filter_map(|code| responses.remove(code))
        .collect();
    if successes.is_empty() {
        successes.extend(responses.remove("default"));
    }
    successes
}

/// One answer that can hold each of several.
fn unified(successes: &[Value]) -> Value {
    let mut headers = Map::new();
    let mut schemas: Vec<Value> = Vec::new();
    let mut raw = Map::new();
    let mut empty = false;
    for success in successes {
        headers.extend(
            success
                .get("headers")
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
        );
        let content = success
            .get("content")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        empty |= content.is_empty();
        for (media_type, entry) in content {
            let schema = entry.get("schema").cloned().unwrap_or_else(|| json!({}));
            if !is_json(&media_type) {
                raw.insert(media_type, entry);
            } else if !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
    }
    let mut success = Map::new();
    if !headers.is_empty() {
        success.insert("headers".to_owned(), Value::Object(headers));
    }
    let content = match schemas.len() {
        _ if !raw.is_empty() && !schemas.is_empty() => Some(any_bytes()),
        _ if !raw.is_empty() => Some(Value::Object(raw)),
        0 => None,
        1 if empty => {
            Some(json!({ "application/json": { "schema": nullable(schemas.remove(0)) } }))
        }
        1 => Some(json!({ "application/json": { "schema": schemas.remove(0) } })),
        _ if empty => Some(
            json!({ "application/json": { "schema": { "oneOf": schemas, "nullable": true } } }),
        ),
        _ => Some(json!({ "application/json": { "schema": { "oneOf": schemas } } })),
    };
    if let Some(content) = content {
        success.insert("content".to_owned(), content);
    }
    Value::Object(success)
}

/// The content of an answer whose bytes are the caller's to read.
pub(super) fn any_bytes() -> Value {
    json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } })
}

/// The same schema, or `null`.
pub(super) fn nullable(mut schema: Value) -> Value {
    if schema.get("$ref").is_some() {
        return json!({ "allOf": [schema], "nullable": true });
    }
    schema["nullable"] = Value::Bool(true);
    schema
}

fn described(mut response: Value, description: &str) -> Value {
    response["description"] = json!(description);
    response
}

fn one_error(document: &mut Value) -> usize {
    let mut changed = 0;
    for operation in walk::operations(document) {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        responses.retain(|code, _| code.starts_with('2'));
        for range in ["4XX", "5XX"] {
            responses.insert(
                range.to_owned(),
                json!({ "$ref": "#/components/responses/Errors" }),
            );
        }
        changed += 1;
    }
    let reference = json!({ "$ref": "#/components/schemas/Errors" });
    let errors = json!({ "description": "Failure.", "content": { "application/json": { "schema": reference } } });
    document["components"]["responses"] = json!({ "Errors": errors });
    let text = json!({ "type": "string" });
    add_schema(
        document,
        "Error",
        json!({ "type": "object", "properties": { "code": text, "message": text } }),
    );
    let list = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Error" } });
    add_schema(
        document,
        "Errors",
        json!({ "type": "object", "properties": { "errors": list } }),
    );
    changed
}

/// Adds a schema unless the description has one of that name.
pub(super) fn add_schema(document: &mut Value, name: &str, schema: Value) -> bool {
    let schemas = &mut document["components"]["schemas"];
    let missing = schemas.get(name).is_none();
    if missing {
        schemas[name] = schema;
    }
    missing
}

fn maps_of_any_value(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        if let Some(values) = schema
            .get_mut("additionalProperties")
            .filter(|values| is_free_object(values))
        {
            *values = json!({});
            changed += 1;
        }
    });
    changed
}

/// Whether a schema says no more than `type: object`.
fn is_free_object(schema: &Value) -> bool {
    schema.get("type") == Some(&json!("object"))
        && ["properties", "additionalProperties", "allOf"]
            .iter()
            .all(|key| schema.get(key).is_none())
}

fn null_lists_and_maps(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let required = schema.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| {
            required
                .as_array()
                .is_some_and(|names| names.contains(&json!(name)))
        };
        let properties = schema
            .get_mut("properties")
            .and_then(Value::as_object_mut)
            .into_iter()
            .flatten();
        let optional = properties
            .filter(|(name, _)| !is_required(name))
            .map(|(_, part)| part);
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

fn nothing_required_in_answers(document: &mut Value) -> usize {
    in_answers(document, |schema| schema.remove("required").is_some())
}

fn open_words_in_answers(document: &mut Value) -> usize {
    in_answers(document, |schema| schema.remove("enum").is_some())
}

fn words_with_distinct_names(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let Some(words) = schema.get("enum").and_then(Value::as_array) else {
            return;
        };
        let names: BTreeSet<String> = words
            .iter()
            .filter_map(Value::as_str)
            .map(pascal_case)
            .collect();
        if names.len() != words.len() {
            schema.remove("enum");
            changed += 1;
        }
    });
    changed
}

/// Changes every schema that an answer can hold, and counts those that changed.
fn in_answers(
    document: &mut Value,
    mut change: impl FnMut(&mut Map<String, Value>) -> bool,
) -> usize {
    let answered = walk::answered(document);
    let mut changed = 0;
    walk::components(document, &mut |name, schema| {
        if answered.contains(name) {
            changed += usize::from(change(schema));
        }
    });
    for operation in walk::operations(document) {
        let success = operation
            .get_mut("responses")
            .and_then(|responses| responses.get_mut("2XX"));
        let content = success
            .and_then(|success| success.get_mut("content"))
            .and_then(Value::as_object_mut);
        for entry in content.into_iter().flat_map(Map::values_mut) {
            if let Some(schema) = entry.get_mut("schema") {
                walk::schema_and_parts(schema, &mut |schema| {
                    changed += usize::from(change(schema))
                });
            }
        }
    }
    changed
}

fn no_validation(document: &mut Value) -> usize {
    const CHECKS: [&str; 12] = [
        "default",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "uniqueItems",
    ];
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        changed += CHECKS
            .iter()
            .filter(|check| schema.remove(**check).is_some())
            .count();
    });
    changed
}

fn wide_numbers(document: &mut Value) -> usize {
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

fn only_known_formats(document: &mut Value) -> usize {
    let mut changed = 0;
    walk::everywhere(document, &mut |schema| {
        let known = match (
            schema.get("type").and_then(Value::as_str),
            schema.get("format").and_then(Value::as_str),
        ) {
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

fn lists_in_parameters(document: &mut Value) -> usize {
    let mut changed = 0;
    let mut mend = |parameter: &mut Value| {
        let is_list = parameter.pointer("/schema/type") == Some(&json!("array"));
        let is_repeated = parameter.get("in") == Some(&json!("query"))
            && parameter.get("explode") == Some(&json!(true));
        if let Some(parameter) = parameter
            .as_object_mut()
            .filter(|_| is_list && !is_repeated)
        {
            parameter.insert("schema".to_owned(), json!({ "type": "string" }));
            parameter.retain(|key, _| !matches!(key.as_str(), "explode" | "style"));
            changed += 1;
        }
    };
    let shared = document
        .pointer_mut("/components/parameters")
        .and_then(Value::as_object_mut);
    shared
        .into_iter()
        .flat_map(Map::values_mut)
        .for_each(&mut mend);
    for operation in walk::operations(document) {
        let own = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        own.into_iter().flatten().for_each(&mut mend);
    }
    changed
}
