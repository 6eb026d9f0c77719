//! Reads exchanges with a real Harbor, and finds the operation that each belongs to.

use std::{fs, path::PathBuf};

use percent_encoding::percent_decode_str;
use reqwest::Url;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::{
    call::Arguments,
    compare::differences,
    description::{Description, Operation, Parameter, Place, members},
    requests::{Given, draw_arguments},
    wire::{BASE_PATH, Reply, Request},
};

/// A request that a real Harbor got, and what it answered.
#[derive(Debug, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    /// The id of the operation, where the recording says it.
    pub(crate) operation: Option<String>,
    pub(crate) method: String,
    /// Path and query as they were sent.
    pub(crate) target: String,
    headers: Value,
    body: Option<Value>,
    pub(crate) status: u16,
    response_headers: Value,
    /// The body, if it is JSON; it can be `null`.
    #[serde(default, deserialize_with = "present")]
    pub(crate) response_json: Option<Value>,
    response_text: Option<String>,
    #[serde(default)]
    trailing_newline: bool,
}

/// Arguments that make a recorded request again.
#[derive(Debug)]
pub(crate) struct Retold {
    pub(crate) arguments: Arguments,
    /// Whether path, query and body are all as recorded. They are not if the recorded request has a
    /// parameter or a member of the body that is not described, or a value that its type cannot
    /// hold.
    pub(crate) faithful: bool,
}

/// Headers that belong to the connection of that time.
const STALE_HEADERS: [&str; 4] = ["connection", "content-encoding", "content-length", "transfer-encoding"];

/// The recorded exchanges in a file, or nothing where there are no recordings.
pub(crate) fn exchanges(file: &str) -> Option<Vec<Recorded>> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    Some(read(file)?.lines().map(parse).collect())
}

/// The recorded registry as its API told it, or nothing where there are no recordings.
pub(crate) fn registry() -> Option<Value> {
    Some(serde_json::from_str(&read("registry.json")?).expect("the registry is JSON"))
}

fn read(file: &str) -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/captures");
    fs::read_to_string(folder.join(file)).ok()
}

impl Recorded {
    /// The operation whose method and path the request has, the one with the fewest parameters if
    /// there are several: `/users/current` is not a user's id.
    pub(crate) fn find_operation<'a>(&self, description: &'a Description) -> Option<&'a Operation> {
        let url = self.url();
        let path = url.path().strip_prefix(BASE_PATH)?;
        description
            .operations
            .iter()
            .filter(|operation| operation.method == self.method && match_path(&operation.path, path).is_some())
            .min_by_key(|operation| operation.parameters_in(Place::Path).count())
    }

    /// Takes the arguments of the operation out of the recorded request. What cannot be taken is
    /// drawn.
    pub(crate) fn retell(&self, description: &Description, operation: &Operation) -> Retold {
        let url = self.url();
        let path = url.path().strip_prefix(BASE_PATH).unwrap_or_default();
        let path_parameters = match_path(&operation.path, path).unwrap_or_default();
        let pairs = pairs(&url);
        let mut arguments = draw_arguments(description, operation, Given::Required);
        let mut faithful = pairs
            .iter()
            .all(|(name, _)| operation.parameters_in(Place::Query).any(|parameter| parameter.name == *name));
        for parameter in &operation.parameters {
            let texts = match parameter.place {
                Place::Path => texts_of(parameter, &path_parameters),
                Place::Query => texts_of(parameter, &pairs),
                Place::Header => self.header(&parameter.name),
            };
            match read_parameter(description, parameter, &texts) {
                Some(value) => {
                    arguments.parameters.insert(parameter.name.clone(), value);
                }
                None => faithful &= texts.is_empty() && !parameter.required,
            }
        }
        match self.accepted_body() {
            Some(body) if describes(description, operation, body) => arguments.body = Some(body.clone()),
            Some(_) => faithful = false,
            None => {}
        }
        Retold { arguments, faithful }
    }

    /// What a request asks otherwise than the recorded one, one line each. It may be encoded
    /// differently.
    pub(crate) fn differences(&self, request: &Request) -> Vec<String> {
        let (recorded, sent) = (self.url(), parse(&request.target));
        let mut found = Vec::new();
        if segments(&recorded) != segments(&sent) || pairs(&recorded) != pairs(&sent) {
            found.push(format!("{} was sent as {}", self.target, request.target));
        }
        if let Some(body) = self.accepted_body() {
            let sent = serde_json::from_slice(&request.body).unwrap_or_default();
            found.extend(differences(body, &sent).into_iter().map(|line| format!("body{line}")));
        }
        found
    }

    /// The body of a request that Harbor accepted: the others are malformed on purpose.
    fn accepted_body(&self) -> Option<&Value> {
        self.body.as_ref().filter(|body| self.status < 300 && body.is_object())
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Vec<u8> {
        match (&self.response_text, &self.response_json) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(json)) if self.trailing_newline => format!("{json}\n").into_bytes(),
            (None, Some(json)) => json.to_string().into_bytes(),
            (None, None) => panic!("{} has no body", self.name),
        }
    }

    /// The answer once more.
    pub(crate) fn reply(&self) -> Reply {
        let headers = members(&self.response_headers)
            .filter(|(name, _)| !STALE_HEADERS.contains(&&*name.to_ascii_lowercase()))
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect();
        Reply { status: self.status, headers, body: self.body() }
    }

    fn header(&self, name: &str) -> Vec<String> {
        members(&self.headers)
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| value.as_str().map(str::to_owned))
            .collect()
    }

    fn url(&self) -> Url {
        parse(&self.target)
    }
}

/// Whether the operation knows all members of a body.
fn describes(description: &Description, operation: &Operation, body: &Value) -> bool {
    let schema = description.resolve(operation.body.as_ref().unwrap_or(&Value::Null));
    schema.get("additionalProperties").is_some()
        || members(body).all(|(name, _)| schema["properties"].get(name).is_some())
}

fn segments(url: &Url) -> Vec<String> {
    url.path().trim_end_matches('/').split('/').map(decode).collect()
}

fn pairs(url: &Url) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = url.query_pairs().into_owned().collect();
    pairs.sort();
    pairs
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn parse(target: &str) -> Url {
    Url::parse(&format!("http://harbor{target}")).unwrap_or_else(|error| panic!("{target}: {error}"))
}

/// The parameters in a path, decoded once, if the path fits the template.
fn match_path(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let template: Vec<_> = template.trim_end_matches('/').split('/').collect();
    let path: Vec<_> = path.trim_end_matches('/').split('/').collect();
    if template.len() != path.len() {
        return None;
    }
    let mut parameters = Vec::new();
    for (wanted, segment) in template.into_iter().zip(path) {
        match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
            Some(name) => parameters.push((name.to_owned(), decode(segment))),
            None if wanted == segment => {}
            None => return None,
        }
    }
    Some(parameters)
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}

fn texts_of(parameter: &Parameter, pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().filter(|(name, _)| *name == parameter.name).map(|(_, text)| text.clone()).collect()
}

/// The value that texts stand for, if they are of the parameter's type.
fn read_parameter(description: &Description, parameter: &Parameter, texts: &[String]) -> Option<Value> {
    let schema = description.resolve(&parameter.schema);
    if schema["type"] == "array" {
        let items = texts.iter().map(|text| read_scalar(&schema["items"], text));
        return items.collect::<Option<Vec<_>>>().filter(|items| !items.is_empty()).map(Value::Array);
    }
    match texts {
        [text] => read_scalar(&schema, text),
        _ => None,
    }
}

fn read_scalar(schema: &Value, text: &str) -> Option<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().find(|word| *word == text).cloned();
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), Some("int" | "int32")) => text.parse::<i32>().ok().map(|number| json!(number)),
        (Some("integer"), _) => text.parse::<i64>().ok().map(|number| json!(number)),
        (Some("boolean"), _) => text.parse::<bool>().ok().map(|truth| json!(truth)),
        (Some("string"), _) => Some(json!(text)),
        (kind, _) => panic!("a parameter of type {kind:?}"),
    }
}
