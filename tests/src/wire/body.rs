//! JSON bodies of requests, and what Harbor says of those that it cannot read.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Error, Map, Value};

use super::errors::Refusal;

/// What the two programs say of the same malformed text: the beginning of the one message, and the end of the other.
const MISTAKES: [(&str, &str); 5] = [
    ("key must be a string", "looking for beginning of object key string"),
    ("expected `:`", "after object key"),
    ("expected `,` or `}`", "after object key:value pair"),
    ("expected `,` or `]`", "after array element"),
    ("expected value", "looking for beginning of value"),
];

/// The types of members, as the message of the one program names what it expected, and as the other names the type.
const TYPES: [(&str, &str); 3] =
    [("expected a string", "string"), ("expected i64", "int64"), ("expected a boolean", "bool")];

/// Reads a body as an object. `parameter` and `model` are the names that Harbor's messages have for it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], parameter: &str, model: &str) -> Result<T, Refusal> {
    if body.trim_ascii().is_empty() {
        return Err(Refusal::invalid(&[format!("{parameter} in body is required")]));
    }
    let unreadable =
        |reason: String| Refusal::invalid(&[format!("parsing {parameter} body from \"\" failed, because {reason}")]);
    // What follows the first value is not looked at.
    let value = Value::deserialize(&mut Deserializer::from_slice(body));
    let mut object = match value.map_err(|error| unreadable(syntax(body, &error)))? {
        Value::Object(object) => object,
        Value::Null => Map::new(),
        value => {
            let kind = kind(&value);
            return Err(unreadable(format!("json: cannot unmarshal {kind} into Go value of type models.{model}")));
        }
    };
    // For Harbor's program `null` changes nothing, whether it is the body or a member.
    object.retain(|_, value| !value.is_null());
    match serde_json::from_value(Value::Object(object.clone())) {
        Ok(body) => Ok(body),
        Err(error) => Err(unreadable(mistyped::<T>(&object, model).unwrap_or_else(|| error.to_string()))),
    }
}

/// The refusal of a body that can be read, but has not the members that it must have.
pub(crate) fn invalid(problem: &str) -> Refusal {
    // The list of what is wrong with the body is a member of the list of what is wrong with the request.
    Refusal::invalid(&[format!("validation failure list:\n{problem}")])
}

/// What is wrong with a text that is no JSON.
fn syntax(body: &[u8], error: &Error) -> String {
    if error.is_eof() {
        return "unexpected EOF".to_owned();
    }
    let line = body.split(|byte| *byte == b'\n').nth(error.line().saturating_sub(1));
    let byte = line.and_then(|line| line.get(error.column().saturating_sub(1))).copied().unwrap_or_default();
    let said = error.to_string();
    let place = MISTAKES.iter().find(|(beginning, _)| said.starts_with(beginning));
    let place = place.map_or("looking for beginning of value", |(_, place)| place);
    match byte {
        b'"' => format!("invalid character '\"' {place}"),
        byte => format!("invalid character '{}' {place}", char::from(byte).escape_debug()),
    }
}

/// Which member has not the type that it must have, where that is a plain one.
fn mistyped<T: DeserializeOwned>(object: &Map<String, Value>, model: &str) -> Option<String> {
    // Alone each member that is right can be read, as no type of a body needs one.
    let alone = |(name, value): (&String, &Value)| Map::from_iter([(name.clone(), value.clone())]);
    let problem = |member| serde_json::from_value::<T>(Value::Object(alone(member))).err().map(|error| (member, error));
    let ((name, value), error) = object.iter().find_map(problem)?;
    let said = error.to_string();
    let (_, expected) = TYPES.iter().find(|(end, _)| said.ends_with(end))?;
    let kind = kind(value);
    Some(format!("json: cannot unmarshal {kind} into Go struct field {model}.{name} of type {expected}"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::read;

    #[derive(Debug, Default, PartialEq, serde::Deserialize)]
    #[serde(default)]
    struct Project {
        project_name: String,
        storage_limit: Option<i64>,
        public: Option<bool>,
    }

    fn message(body: &str) -> String {
        let refusal = read::<Project>(body.as_bytes(), "project", "ProjectReq").unwrap_err();
        let answer: Value = serde_json::from_slice(&refusal.answer().body).unwrap();
        answer["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn says_what_harbor_says() {
        let list = "validation failure list:\n";
        assert_eq!(message(""), format!("{list}project in body is required"));
        assert_eq!(message(" \n"), format!("{list}project in body is required"));
        let field = "json: cannot unmarshal";
        for (body, reason) in [
            ("{\"a\"", "unexpected EOF".to_owned()),
            ("[]", format!("{field} array into Go value of type models.ProjectReq")),
            ("\"x\"", format!("{field} string into Go value of type models.ProjectReq")),
            ("hello", "invalid character 'h' looking for beginning of value".to_owned()),
            ("{\"a\":\n x}", "invalid character 'x' looking for beginning of value".to_owned()),
            ("{a: 1}", "invalid character 'a' looking for beginning of object key string".to_owned()),
            ("{\"a\" 1}", "invalid character '1' after object key".to_owned()),
            ("{\"a\": 1 \"b\"}", "invalid character '\"' after object key:value pair".to_owned()),
            (
                "{\"project_name\": 5}",
                format!("{field} number into Go struct field ProjectReq.project_name of type string"),
            ),
            (
                "{\"storage_limit\": \"5\"}",
                format!("{field} string into Go struct field ProjectReq.storage_limit of type int64"),
            ),
            ("{\"public\": \"true\"}", format!("{field} string into Go struct field ProjectReq.public of type bool")),
        ] {
            assert_eq!(
                message(body),
                format!("{list}parsing project body from \"\" failed, because {reason}"),
                "{body}"
            );
        }
    }

    #[test]
    fn reads_what_harbor_reads() {
        let read = |body: &str| read::<Project>(body.as_bytes(), "project", "ProjectReq").ok();
        assert_eq!(read("{}"), Some(Project::default()));
        assert_eq!(read("null"), Some(Project::default()));
        assert_eq!(read("{\"project_name\": null}"), Some(Project::default()));
        let named = Project { project_name: "a".to_owned(), ..Project::default() };
        assert_eq!(read("{\"project_name\": \"a\", \"unknown\": 1} and more"), Some(named));
    }
}
