//! JSON cut into pieces without reading them.
//!
//! A report must survive any type in any place, and must be given back as it came. So objects are
//! cut into members, each a slice of the body, and a member is only read where its type fits.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use memchr::{memchr, memchr3};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The members of a JSON object in the order in which they came, duplicates included.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

/// A JSON value kept as text, without white space between its tokens, so that equal texts compare
/// equal however they were laid out.
#[derive(Clone)]
pub(crate) struct Json(Box<RawValue>);

/// The text of a JSON value, which is written as that value.
pub(crate) struct JsonText<'a>(pub(crate) &'a str);

/// The text of a value without white space between its tokens.
pub(crate) fn compact(value: &RawValue) -> Cow<'_, str> {
    without_white_space(value.get()).map_or(Cow::Borrowed(value.get()), Cow::Owned)
}

/// Cuts an object into its members.
///
/// # Errors
///
/// Where the text is not JSON, or not an object.
pub(crate) fn members(json: &str) -> serde_json::Result<Members<'_>> {
    serde_json::from_str(json)
}

/// Reads a JSON string; `None` for any other value.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str(json).ok().map(|Text(text)| text)
}

/// Reads an array of strings; `None` for any other value.
pub(crate) fn texts(json: &str) -> Option<Vec<Cow<'_, str>>> {
    let texts: Vec<Text<'_>> = serde_json::from_str(json).ok()?;
    Some(texts.into_iter().map(|Text(text)| text).collect())
}

/// Reads a number; `None` for any other value and for one that is too large for a float.
pub(crate) fn number(json: &str) -> Option<f64> {
    serde_json::from_str(json).ok()
}

impl<'a> Members<'a> {
    /// The JSON of a member; of the last one where the name occurs several times.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// Removes a member, however often it occurs.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| key != name);
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some((Text(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

/// A string that is borrowed from the body unless it holds an escape.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

impl Json {
    /// Keeps a text; `None` where it is not JSON.
    pub(crate) fn read(json: &str) -> Option<Self> {
        serde_json::from_str::<&RawValue>(json).ok().map(Self::from)
    }

    /// The JSON text.
    pub(crate) fn get(&self) -> &str {
        self.0.get()
    }
}

impl From<&RawValue> for Json {
    fn from(value: &RawValue) -> Self {
        match compact(value) {
            // Taking white space out of valid JSON leaves valid JSON; should it ever not, the value is
            // kept as it came.
            Cow::Owned(compact) => Self(RawValue::from_string(compact).unwrap_or_else(|_| value.to_owned())),
            Cow::Borrowed(_) => Self(value.to_owned()),
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get())
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Json {}

impl Hash for Json {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &RawValue = serde_json::from_str(self.0).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

/// The text without white space outside of strings; `None` where there is none.
fn without_white_space(json: &str) -> Option<String> {
    let is_control_white_space = || memchr3(b'\t', b'\n', b'\r', json.as_bytes()).is_some();
    if memchr(b' ', json.as_bytes()).is_none() && !is_control_white_space() {
        return None;
    }
    let mut in_string = false;
    let mut after_backslash = false;
    let mut is_significant = |c: char| {
        let was_in_string = in_string;
        match c {
            _ if after_backslash => after_backslash = false,
            '\\' => after_backslash = true,
            '"' => in_string = !in_string,
            _ => {}
        }
        was_in_string || !c.is_ascii_whitespace()
    };
    let first = json.find(|c| !is_significant(c))?;
    let (before, rest) = json.split_at(first);
    Some(before.chars().chain(rest.chars().skip(1).filter(|c| is_significant(*c))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> &RawValue {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn objects_are_cut_into_slices_of_the_body() {
        let body = r#"{ "a\n": [1, {"b": 1e400}] , "c":"x", "c" : null}"#;
        let members = members(body).unwrap();
        assert_eq!(members.0.len(), 3);
        assert_eq!(members.get("a\n").unwrap().get(), r#"[1, {"b": 1e400}]"#);
        assert_eq!(members.get("c").unwrap().get(), "null");
        assert!(members.get("d").is_none());
        for other in ["[]", "1", "\"x\"", "null", "", "{", "{\"a\":1} x"] {
            assert!(super::members(other).is_err(), "{other}");
        }
    }

    #[test]
    fn values_are_read_only_where_the_type_fits() {
        assert!(matches!(text(r#""plain""#), Some(Cow::Borrowed("plain"))));
        assert_eq!(text(r#""a\u003cb\n""#).as_deref(), Some("a<b\n"));
        assert_eq!(text(r#""\ud800""#), None);
        assert_eq!(text("1"), None);
        assert_eq!(texts(r#"["a",""]"#), Some(vec!["a".into(), "".into()]));
        assert_eq!(texts(r#"["a",1]"#), None);
        assert_eq!(texts("null"), None);
        assert_eq!(number("7"), Some(7.0));
        assert_eq!(number("1e400"), None);
        assert_eq!(number("\"7\""), None);
    }

    #[test]
    fn white_space_between_tokens_does_not_count() {
        let wide = "{ \"a b\" :\t[ 1 ,\n \"c \\\" d\\\\\" , { } ] }";
        let narrow = "{\"a b\":[1,\"c \\\" d\\\\\",{}]}";
        assert_eq!(Json::from(raw(wide)).get(), narrow);
        assert_eq!(Json::from(raw(wide)), Json::from(raw(narrow)));
        assert_eq!(without_white_space(narrow), None);
    }
}
