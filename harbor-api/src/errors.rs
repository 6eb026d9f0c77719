//! Error answers that are not Harbor's, turned into Harbor's shape.
//!
//! Harbor describes an error as `{"errors":[{"code","message"}]}`. Its proxy answers in HTML, a crashed handler sends
//! nothing, and some operations send other JSON. The generated code would lose the status of all of these.

use bytes::{Bytes, BytesMut};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};

/// How much of an error's body is read: the rest of a portal page tells nothing.
const READ_LIMIT: usize = 64 * 1024;

/// How many characters of a foreign body are quoted in the message.
const QUOTE_LIMIT: usize = 300;

/// Makes the body of a failed answer one that the generated code can decode, with status and headers as they came.
pub(crate) async fn normalise(response: Response) -> Response {
    let status = response.status();
    let content_type = text_header(&response, header::CONTENT_TYPE);
    let (parts, body) = split(response).await;
    let body = match body {
        Ok(bytes) if is_documented(&bytes) => bytes,
        Ok(bytes) => substitute(status, &describe(&bytes, content_type.as_deref())),
        Err(error) => substitute(status, &format!("the body of the answer broke off: {}", error.without_url())),
    };
    rebuild(parts, body)
}

/// Gives an answer another body, with the headers that describe the old one corrected.
pub(crate) fn rebuild(mut parts: http::response::Parts, body: Bytes) -> Response {
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
    Response::from(http::Response::from_parts(parts, body))
}

/// Parts an answer from its body, which is read up to [`READ_LIMIT`].
async fn split(mut response: Response) -> (http::response::Parts, reqwest::Result<Bytes>) {
    let mut body = BytesMut::new();
    let outcome = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > READ_LIMIT => {
                body.extend_from_slice(&chunk[..READ_LIMIT - body.len()]);
                break Ok(body.freeze());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break Ok(body.freeze()),
            Err(error) => break Err(error),
        }
    };
    (http::Response::from(response).into_parts().0, outcome)
}

/// Whether a body is an error list as Harbor describes it, with something in it.
fn is_documented(body: &[u8]) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return false;
    };
    let Some(Value::Array(errors)) = members.get("errors") else {
        return false;
    };
    let is_text =
        |error: &Value, member: &str| error.get(member).is_none_or(|value| value.is_string() || value.is_null());
    !errors.is_empty()
        && errors.iter().all(|error| error.is_object() && is_text(error, "code") && is_text(error, "message"))
}

/// Harbor's shape for what is not Harbor's.
fn substitute(status: StatusCode, message: &str) -> Bytes {
    // Harbor itself derives the codes of such statuses from the reason phrase.
    let reason = status.canonical_reason().unwrap_or("unknown status");
    let code: String = reason
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' })
        .collect();
    Bytes::from(json!({ "errors": [{ "code": code, "message": message }] }).to_string())
}

/// One sentence on a body that is not an error list.
fn describe(body: &[u8], content_type: Option<&str>) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return "the answer has an empty body".to_owned();
    }
    let kind = content_type.unwrap_or("of no stated type");
    match page_title(text) {
        Some(title) => format!("the answer is a page ({kind}) titled {:?}", quote(title)),
        None => format!("the answer is not an error of Harbor ({kind}): {}", quote(text)),
    }
}

fn page_title(text: &str) -> Option<&str> {
    // ASCII lower-casing keeps every byte offset.
    let lower = text.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let length = lower[start..].find("</title>")?;
    Some(text[start..start + length].trim())
}

fn quote(text: &str) -> String {
    let mut quoted: String =
        text.chars().take(QUOTE_LIMIT).map(|character| if character.is_control() { ' ' } else { character }).collect();
    if text.chars().nth(QUOTE_LIMIT).is_some() {
        quoted.push('…');
    }
    quoted
}

fn text_header(response: &Response, name: header::HeaderName) -> Option<String> {
    Some(response.headers().get(name)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &[u8]) -> String {
        let document: Value = serde_json::from_slice(body).unwrap();
        document["errors"][0]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn an_error_list_is_left_alone() {
        assert!(is_documented(br#"{"errors":[{"code":"NOT_FOUND","message":"artifact p/r:t not found"}]}"#));
        assert!(is_documented(br#"{"errors":[{"code":null}]}"#));
    }

    #[test]
    fn other_bodies_are_not_error_lists() {
        for body in ["", "{}", "[]", "null", r#"{"errors":[]}"#, r#"{"errors":null}"#, r#"{"errors":["x"]}"#, "<html>"]
        {
            assert!(!is_documented(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn the_code_is_the_reason_phrase() {
        let document: Value = serde_json::from_slice(&substitute(StatusCode::BAD_GATEWAY, "x")).unwrap();
        assert_eq!(document["errors"][0]["code"], "BAD_GATEWAY");
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        let page = b"<html>\r\n<head><TITLE>502 Bad Gateway</TITLE></head></html>";
        let body = substitute(StatusCode::BAD_GATEWAY, &describe(page, Some("text/html")));
        assert_eq!(message(&body), r#"the answer is a page (text/html) titled "502 Bad Gateway""#);
    }

    #[test]
    fn foreign_text_is_quoted_and_bounded() {
        let long = "é\n".repeat(QUOTE_LIMIT);
        let sentence = describe(long.as_bytes(), None);
        assert!(sentence.contains("é é"), "{sentence}");
        assert!(sentence.ends_with('…'));
        assert!(sentence.chars().count() < QUOTE_LIMIT + 80);
    }

    #[test]
    fn an_empty_body_is_called_empty() {
        assert_eq!(describe(b" \n", None), "the answer has an empty body");
    }
}
