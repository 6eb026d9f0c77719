//! JSON bodies of requests, and what Harbor says of those that it cannot read.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Map, Value};

use super::errors::Refusal;

/// Reads a body as an object. `parameter` and `model` are the names that Harbor's messages have for it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], parameter: &str, model: &str) -> Result<T, Refusal> {
    if body.is_empty() {
        return Err(Refusal::invalid(&[format!("{parameter} in body is required")]));
    }
    let unreadable =
        |reason: String| Refusal::invalid(&[format!("parsing {parameter} body from \"\" failed, because {reason}")]);
    let value: Value = serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Eof => unreadable("unexpected EOF".to_owned()),
        _ => unreadable("invalid character in the JSON text".to_owned()),
    })?;
    let kind = kind(&value);
    let mistyped = || unreadable(format!("json: cannot unmarshal {kind} into Go value of type models.{model}"));
    match value {
        // For Harbor's program `null` changes nothing, and so leaves the object empty.
        Value::Null => serde_json::from_value(Value::Object(Map::new())).map_err(|_| mistyped()),
        // A struct could be read from an array, too, which Harbor's program does not do.
        Value::Array(_) => Err(mistyped()),
        value => serde_json::from_value(value).map_err(|_| mistyped()),
    }
}

/// The refusal of a body that can be read, but has not the members that it must have.
pub(crate) fn invalid(problem: &str) -> Refusal {
    // The list of what is wrong with the body is a member of the list of what is wrong with the request.
    Refusal::invalid(&[format!("validation failure list:\n{problem}")])
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
    use serde_json::{Map, Value};

    use super::read;

    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "only its shape counts")]
    struct Pair(i64, i64);

    fn message(body: &str) -> String {
        let refusal = read::<Map<String, Value>>(body.as_bytes(), "project", "ProjectReq").unwrap_err();
        let answer: Value = serde_json::from_slice(&refusal.answer().body).unwrap();
        answer["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn says_what_harbor_says() {
        let list = "validation failure list:\n";
        assert_eq!(message(""), format!("{list}project in body is required"));
        let parsing = format!("{list}parsing project body from \"\" failed, because ");
        assert_eq!(message("{\"a\""), format!("{parsing}unexpected EOF"));
        assert_eq!(
            message("[]"),
            format!("{parsing}json: cannot unmarshal array into Go value of type models.ProjectReq")
        );
        assert!(read::<Map<String, Value>>(b"{}", "project", "ProjectReq").is_ok());
        assert_eq!(read::<Map<String, Value>>(b"null", "project", "ProjectReq").unwrap(), Map::new());
        assert!(read::<Pair>(b"[1,2]", "project", "ProjectReq").is_err());
    }
}
