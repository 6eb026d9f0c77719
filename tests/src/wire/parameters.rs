//! The query string: split, decoded once, and read as the types that Harbor's description gives.

use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;

use super::errors::Refusal;

/// The parameters of a query string, decoded once; of a repeated one the last counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// Reads a query string, and refuses one that is not well formed.
    pub(crate) fn parse(query: &str) -> Result<Self, Refusal> {
        if query.contains(';') {
            return Err(Refusal::bad_request("invalid semicolon separator in query"));
        }
        match pairs(query) {
            Some(pairs) => Ok(Self { pairs }),
            None => Err(Refusal::bad_request(format!("invalid URL escape {:?}", broken_escape(query)))),
        }
    }

    /// Reads what can be read of a query string, as the code that builds links does.
    pub(crate) fn parse_leniently(query: &str) -> Self {
        let pairs = query.split('&').filter(|part| !part.contains(';')).filter_map(pairs);
        Self { pairs: pairs.flatten().collect() }
    }

    /// The last value of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A flag.
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        match self.text(name) {
            None | Some("") => default,
            Some(value) => is_true(value),
        }
    }

    /// Replaces a parameter.
    pub(crate) fn set(&mut self, name: &str, value: i64) {
        self.pairs.retain(|(key, _)| key != name);
        self.pairs.push((name.to_owned(), value.to_string()));
    }

    /// Writes the query string anew, sorted by name.
    pub(crate) fn encode(&self) -> String {
        let mut pairs: Vec<_> = self.pairs.iter().collect();
        pairs.sort_by(|left, right| left.0.cmp(&right.0));
        let encoded = pairs.iter().map(|(key, value)| format!("{}={}", escape_component(key), escape_component(value)));
        encoded.collect::<Vec<_>>().join("&")
    }
}

/// Whether the value of a flag, in the query or in a header, means yes: a handful of words do, everything else is no.
pub(crate) fn is_true(value: &str) -> bool {
    const TRUE: [&str; 10] = ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"];
    TRUE.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether a request says that a number in the place of a project is its name.
pub(crate) fn names_resources(headers: &HeaderMap) -> bool {
    headers.get("x-is-resource-name").and_then(|value| value.to_str().ok()).is_some_and(is_true)
}

/// Decodes a query component: `+` is a space, and a damaged escape makes it fail.
pub(crate) fn unescape(text: &str) -> Option<String> {
    decode(&text.replace('+', " "))
}

/// Decodes a path segment: `+` stays, and a damaged escape makes it fail.
pub(crate) fn unescape_path(text: &str) -> Option<String> {
    decode(text)
}

fn decode(text: &str) -> Option<String> {
    let decoded = || percent_decode_str(text).decode_utf8_lossy().into_owned();
    broken_escape(text).is_empty().then(decoded)
}

/// The first percent sign without two digits behind it, with what is there instead; empty where there is none.
fn broken_escape(text: &str) -> String {
    let is_broken = |escape: &[u8]| escape.len() < 3 || !escape[1..].iter().all(u8::is_ascii_hexdigit);
    let signs = text.bytes().enumerate().filter(|(_, byte)| *byte == b'%');
    let mut escapes = signs.map(|(position, _)| &text.as_bytes()[position..text.len().min(position + 3)]);
    escapes.find(|escape| is_broken(escape)).map(String::from_utf8_lossy).unwrap_or_default().into_owned()
}

fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pairs = parts.map(|part| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((unescape(key)?, unescape(value)?))
    });
    pairs.collect()
}

fn escape_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
