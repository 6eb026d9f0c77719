//! Draws values from schemas: whole ones, and ones with the liberties that Harbor takes.

use serde_json::{Map, Value, json};

use crate::description::{Description, members};

/// Which of the many values of a schema to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Flavour {
    /// Everything is there, with values at the edges of their types.
    Full,
    /// Only what the schema requires: Harbor leaves out what is zero, false or empty.
    Minimal,
    /// `null` for everything that may be absent, and for every array and map: Harbor writes empty
    /// lists so.
    Nulls,
    /// The date that Harbor writes for a time that was never set.
    ZeroDates,
    /// Words that no enumeration knows, in every text.
    UnknownWords,
    /// Each object has a member that the schema does not know, as those of a later Harbor will.
    ExtraMembers,
}

/// The flavours of answers that the wire is known to bring.
pub(crate) const FLAVOURS: [Flavour; 6] =
    [Flavour::Full, Flavour::Minimal, Flavour::Nulls, Flavour::ZeroDates, Flavour::UnknownWords, Flavour::ExtraMembers];

/// A word that is in no enumeration.
const UNKNOWN_WORD: &str = "unheard-of";

/// The member that [`Flavour::ExtraMembers`] adds.
const EXTRA_MEMBER: &str = "unheard_of_member";

/// Keeps schemas that contain themselves finite.
const MAXIMUM_DEPTH: usize = 8;

/// Draws a value of a schema. The same call always draws the same value, and flavours differ only
/// in what they are about.
pub(crate) fn draw(description: &Description, schema: &Value, flavour: Flavour) -> Value {
    Draw { description, flavour, count: 0 }.value(schema, 0)
}

struct Draw<'a> {
    description: &'a Description,
    flavour: Flavour,
    /// How many scalars were drawn: each of them is another value.
    count: u32,
}

impl Draw<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let schema = self.description.resolve(schema);
        if let Some(words) = schema["enum"].as_array() {
            return self.word(words);
        }
        match schema["type"].as_str() {
            Some("object") => self.object(&schema, depth),
            Some("array") if depth >= MAXIMUM_DEPTH => json!([]),
            Some("array") => (0..2).map(|_| self.value(&schema["items"], depth + 1)).collect(),
            Some("string") => self.text(&schema),
            Some("integer") => self.integer(&schema),
            Some("number") => json!(f64::from(self.next()) + 0.8),
            Some("boolean") => json!(self.next() % 2 == 1),
            None if schema.get("properties").is_some() => self.object(&schema, depth),
            None => self.anything(),
            Some(other) => panic!("a schema of type {other}"),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let required = |name: &str| schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
        let mut object = Map::new();
        for (name, property) in members(&schema["properties"]) {
            let optional = !required(name);
            if optional && (self.flavour == Flavour::Minimal || depth >= MAXIMUM_DEPTH) {
                continue;
            }
            let value = match self.flavour {
                Flavour::Nulls if optional || self.is_collection(property) => Value::Null,
                _ => self.value(property, depth + 1),
            };
            object.insert(name.clone(), value);
        }
        match &schema["additionalProperties"] {
            Value::Object(values) if self.flavour != Flavour::Minimal => {
                for key in ["plain", "odd key; version=1.1"] {
                    object.insert(key.to_owned(), self.value(&Value::Object(values.clone()), depth + 1));
                }
            }
            _ if self.flavour == Flavour::ExtraMembers && schema.get("properties").is_some() => {
                object.insert(EXTRA_MEMBER.to_owned(), json!({ "deep": [1, null, "text"] }));
            }
            _ => {}
        }
        Value::Object(object)
    }

    fn is_collection(&self, schema: &Value) -> bool {
        let schema = self.description.resolve(schema);
        schema["type"] == "array" || (schema["type"] == "object" && schema.get("properties").is_none())
    }

    fn word(&mut self, words: &[Value]) -> Value {
        let word = &words[self.next() as usize % words.len()];
        match self.flavour {
            Flavour::UnknownWords if word.is_string() => json!(UNKNOWN_WORD),
            _ => word.clone(),
        }
    }

    fn text(&mut self, schema: &Value) -> Value {
        let number = self.next();
        match schema["format"].as_str() {
            Some("date-time") if self.flavour == Flavour::ZeroDates => {
                json!("0001-01-01T00:00:00.000Z")
            }
            Some("date-time") => json!(format!("2026-02-03T04:05:{:02}.{:03}Z", number % 60, number % 1000)),
            _ if self.flavour == Flavour::UnknownWords => json!(UNKNOWN_WORD),
            _ => json!(format!("\"text\" {number} \u{e4}\u{1f433}\n</>")),
        }
    }

    /// A number that only its own format can hold.
    fn integer(&mut self, schema: &Value) -> Value {
        let number = self.next();
        if let Some(maximum) = schema["maximum"].as_u64() {
            return json!(u64::from(number) % maximum + 1);
        }
        match schema["format"].as_str() {
            Some("int8") => json!(number % 128),
            Some("int" | "int32") => json!(i32::MAX - i32::try_from(number).expect("few scalars")),
            Some("uint64") => json!(u64::MAX - u64::from(number)),
            _ => json!(i64::MAX - i64::from(number)),
        }
    }

    /// JSON of any kind, each kind in turn.
    fn anything(&mut self) -> Value {
        let number = self.next();
        match number % 5 {
            0 => json!(number),
            1 => json!(format!("text {number}")),
            2 => json!([number, "text", false]),
            3 => json!({ "deep": { "number": number } }),
            _ => json!(true),
        }
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }
}
