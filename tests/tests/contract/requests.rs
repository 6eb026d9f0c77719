//! Draws arguments for an operation, and checks the request that the client makes of them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::{
    call::Arguments,
    compare::differences,
    description::{Content, Description, Operation, Parameter, Place},
    samples::{Flavour, draw},
    wire::{BASE_PATH, Request},
};

/// Which arguments an operation is called with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Given {
    /// Every parameter and a whole body.
    All,
    /// No parameter and no member of the body that can be left out.
    Required,
}

/// What a path segment keeps as it is; the texts drawn here hold nothing else that could be kept.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Draws arguments, the texts among them with everything that has a meaning in a URL.
pub(crate) fn draw_arguments(description: &Description, operation: &Operation, given: Given) -> Arguments {
    let flavour = match given {
        Given::All => Flavour::Full,
        Given::Required => Flavour::Minimal,
    };
    let parameters = operation
        .parameters
        .iter()
        .filter(|parameter| parameter.required || given == Given::All)
        .map(|parameter| {
            let schema = description.resolve(&parameter.schema);
            (parameter.name.clone(), draw_parameter(description, parameter, &schema))
        })
        .collect();
    let body = operation.body.as_ref().map(|schema| draw(description, schema, flavour));
    Arguments { parameters, body }
}

fn draw_parameter(description: &Description, parameter: &Parameter, schema: &Value) -> Value {
    if let Some(words) = schema["enum"].as_array() {
        return words[words.len() - 1].clone();
    }
    match (schema["type"].as_str(), parameter.place) {
        (Some("array"), _) => {
            let item = description.resolve(&schema["items"]);
            json!([draw_parameter(description, parameter, &item), draw_parameter(description, parameter, &item)])
        }
        (Some("integer"), _) => json!(7),
        (Some("boolean"), _) => json!(true),
        // Harbor wants `/` and `%` encoded twice: its clients encode once, and the generated code
        // again.
        (Some("string"), Place::Path) => json!("deep%2Fname/with \u{fc}?#-._~"),
        (Some("string"), Place::Query) => json!("name=~\u{e4}&+ %2F,key=[1~2]"),
        (Some("string"), Place::Header) => json!("text/one; version=1.1, text/two"),
        (kind, place) => panic!("{} is {kind:?} in {place:?}", parameter.name),
    }
}

/// What is wrong with a request, one line each.
pub(crate) fn check_request(operation: &Operation, arguments: &Arguments, request: &Request) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |what: &str, wanted: &str, got: &str| {
        if wanted != got {
            wrong.push(format!("{what}: wanted {wanted}, sent {got}"));
        }
    };
    expect("method", &operation.method, &request.method);
    expect("path", &expected_path(operation, arguments), request.path());
    expect("query", &format!("{:?}", expected_query(operation, arguments)), &format!("{:?}", request.query));
    for parameter in operation.parameters_in(Place::Header) {
        let wanted = arguments.parameters.get(&parameter.name).map(plain);
        let got = request.header(&parameter.name);
        expect(&parameter.name, wanted.as_deref().unwrap_or_default(), got.unwrap_or_default());
    }
    let user_agent = request.header("user-agent").unwrap_or_default();
    expect("user agent", harbor_api::USER_AGENT, user_agent);
    // Asked for JSON, Harbor wraps files and logs in it.
    let accept = request.header("accept").unwrap_or_default();
    match operation.content {
        Content::Json(_) => expect("accept", "application/json", accept),
        Content::Bytes => expect("accept", "*/*", accept),
        Content::Empty => {}
    }
    match &arguments.body {
        Some(body) => match serde_json::from_slice(&request.body) {
            Ok(sent) => wrong.extend(differences(body, &sent).into_iter().map(|line| format!("body{line}"))),
            Err(error) => wrong.push(format!("body: {error}")),
        },
        None => expect("body", "", &String::from_utf8_lossy(&request.body)),
    }
    wrong
}

fn expected_path(operation: &Operation, arguments: &Arguments) -> String {
    let path = operation.parameters_in(Place::Path).fold(operation.path.clone(), |path, parameter| {
        let text = plain(&arguments.parameters[&parameter.name]);
        path.replace(&format!("{{{}}}", parameter.name), &utf8_percent_encode(&text, &SEGMENT).to_string())
    });
    format!("{BASE_PATH}{path}")
}

fn expected_query(operation: &Operation, arguments: &Arguments) -> Vec<(String, String)> {
    let mut query = Vec::new();
    for parameter in operation.parameters_in(Place::Query) {
        match arguments.parameters.get(&parameter.name) {
            Some(Value::Array(items)) => query.extend(items.iter().map(|item| (parameter.name.clone(), plain(item)))),
            Some(value) => query.push((parameter.name.clone(), plain(value))),
            None => {}
        }
    }
    query.sort();
    query
}

/// A scalar as it is written outside of JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
