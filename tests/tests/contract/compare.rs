//! Compares what was on the wire with what was decoded and serialised again.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Number, Value};

/// What got lost, added or changed between two values, one line each; nothing if they mean the
/// same.
///
/// These mean the same:
///
/// - a member that is `null` and one that is absent, because both decode to `None`;
/// - two spellings of one instant, because times are decoded, not kept as text;
/// - `5` and `5.0`, because JSON has one kind of number.
pub(crate) fn differences(wire: &Value, decoded: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", wire, decoded, &mut found);
    found
}

fn compare(place: &str, wire: &Value, decoded: &Value, found: &mut Vec<String>) {
    match (wire, decoded) {
        (Value::Object(wire), Value::Object(decoded)) => {
            for name in wire.keys().chain(decoded.keys().filter(|name| !wire.contains_key(*name))) {
                let member = |object: &serde_json::Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                compare(&format!("{place}/{name}"), &member(wire), &member(decoded), found);
            }
        }
        (Value::Array(wire), Value::Array(decoded)) if wire.len() == decoded.len() => {
            for (index, (wire, decoded)) in wire.iter().zip(decoded).enumerate() {
                compare(&format!("{place}/{index}"), wire, decoded, found);
            }
        }
        (Value::Number(wire), Value::Number(decoded)) if same_number(wire, decoded) => {}
        (Value::String(wire), Value::String(decoded)) if same_text(wire, decoded) => {}
        _ if wire == decoded => {}
        _ => found.push(format!("{place}: {wire} became {decoded}")),
    }
}

fn same_number(one: &Number, other: &Number) -> bool {
    one == other || (one.is_f64() != other.is_f64() && one.as_f64() == other.as_f64())
}

fn same_text(one: &str, other: &str) -> bool {
    one == other || instant(one).is_some_and(|time| instant(other) == Some(time))
}

fn instant(text: &str) -> Option<String> {
    let time = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    Some(time.to_rfc3339_opts(SecondsFormat::Nanos, true))
}
