//! JSON bodies: one line, no HTML escaping, a newline at the end; and the escaping of the one body
//! that differs.

use axum::http::StatusCode;
use bytes::Bytes;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::answer::Answer;
use super::errors::Refusal;

/// The content type of a success.
pub(crate) const SUCCESS: &str = "application/json";

/// Answers 200 with a value as JSON.
pub(crate) fn answer<T: Serialize>(value: &T) -> Result<Answer, Refusal> {
    let mut body =
        serde_json::to_vec(value).map_err(|error| Refusal::internal(format!("cannot write the answer: {error}")))?;
    body.push(b'\n');
    Ok(Answer::new(StatusCode::OK, SUCCESS, Bytes::from(body)))
}

/// Whether a number is zero, for members that Harbor leaves out then.
pub(crate) fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// Whether a score is left out, because it is zero or there is none.
pub(crate) fn is_no_score(score: &Option<f64>) -> bool {
    score.is_none_or(|score| score == 0.0)
}

/// Serialises a score, without a fraction where it has none.
pub(crate) fn serialize_score<S: Serializer>(score: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match score {
        Some(score) => without_empty_fraction(*score).serialize(serializer),
        None => serializer.serialize_none(),
    }
}

/// A number as Go writes it: 8 instead of 8.0.
pub(crate) fn without_empty_fraction(number: f64) -> Value {
    let text = number.to_string();
    text.parse::<i64>().map_or_else(|_| Value::from(number), Value::from)
}

/// Appends JSON text with `<`, `>`, `&` and the two line separators escaped, as Go's encoder does
/// by default.
///
/// These characters can occur in JSON inside of strings only, so that no parsing is needed.
pub(crate) fn push_html_escaped(out: &mut String, json: &str) {
    for character in json.chars() {
        match character {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            other => out.push(other),
        }
    }
}

/// Removes the white space between the tokens of a JSON text.
pub(crate) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for character in json.chars() {
        if in_string {
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{compact, push_html_escaped};

    #[test]
    fn compacts_outside_of_strings_only() {
        let pretty = "{ \"a \\\" b\" : [ 1 ,\n\t2 ], \"c\\\\\" : \" \" }";
        assert_eq!(compact(pretty), "{\"a \\\" b\":[1,2],\"c\\\\\":\" \"}");
    }

    #[test]
    fn escapes_what_the_encoder_escapes() {
        let mut out = String::new();
        push_html_escaped(&mut out, "\"<a&b>\u{2028}é\"");
        assert_eq!(out, "\"\\u003ca\\u0026b\\u003e\\u2028é\"");
    }
}
