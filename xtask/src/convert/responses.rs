//! Answers: status codes, media types, headers.

use serde_json::{Map, Value, json};

use super::{Converter, members};
use crate::{error::Error, place::Place};

impl Converter<'_> {
    /// Converts the answers of one operation, shared ones included.
    pub(super) fn responses(
        &mut self,
        operation: &Value,
        produces: &[&str],
        place: &Place<'_>,
    ) -> Result<Value, Error> {
        let within = place.member("responses");
        let mut responses = Map::new();
        for (code, response) in members(operation, "responses", place)? {
            let here = within.member(code);
            if code.starts_with("x-") {
                continue;
            }
            if code != "default" && !is_status(code) {
                return Err(Error::at(&here, "the status is neither three digits nor `default`"));
            }
            let (response, _) = self.shared("responses", response, &here)?;
            responses
                .insert(code.to_uppercase().replace("DEFAULT", "default"), self.response(response, produces, &here)?);
        }
        Ok(Value::Object(responses))
    }

    fn response(&mut self, response: &Value, produces: &[&str], place: &Place<'_>) -> Result<Value, Error> {
        let mut converted = Map::new();
        converted.insert("description".to_owned(), json!(""));
        let within = place.member("headers");
        let mut headers = Map::new();
        for (name, header) in members(response, "headers", place)? {
            headers.insert(name.clone(), json!({ "schema": self.schema(header, &within.member(name))? }));
        }
        if !headers.is_empty() {
            converted.insert("headers".to_owned(), Value::Object(headers));
        }
        if let Some(source) = response.get("schema").filter(|schema| !schema.is_null()) {
            let schema = self.schema(source, &place.member("schema"))?;
            converted.insert("content".to_owned(), content(schema, produces));
        }
        Ok(Value::Object(converted))
    }
}

/// Lists a schema under the media types that an operation produces.
///
/// JSON wins where there is a choice: it is what the generated client asks for.
fn content(schema: Value, produces: &[&str]) -> Value {
    let file = schema.get("format") == Some(&json!("binary"));
    let json_wanted =
        produces.is_empty() || produces.iter().any(|media_type| is_json(media_type) || *media_type == "*/*");
    if json_wanted && !file {
        return json!({ "application/json": { "schema": schema } });
    }
    let mut media_types: Vec<&str> = produces.iter().copied().filter(|media_type| !is_json(media_type)).collect();
    if media_types.is_empty() {
        media_types.push("application/octet-stream");
    }
    let entry = |media_type: &str| (media_type.to_owned(), json!({ "schema": schema }));
    Value::Object(media_types.into_iter().map(entry).collect())
}

/// Whether the generator takes a media type for JSON.
pub(crate) fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.starts_with("application/json;")
}

fn is_status(code: &str) -> bool {
    let code = code.as_bytes();
    code.len() == 3
        && (b'1'..=b'5').contains(&code[0])
        && (code[1..].iter().all(u8::is_ascii_digit) || code[1..].eq_ignore_ascii_case(b"xx"))
}
