//! Which members an object has.

use serde_json::Value;

/// The members that a scanner always has, in a list and alone.
pub(crate) const SCANNER_MEMBERS: [&str; 9] = [
    "access_credential",
    "auth",
    "create_time",
    "description",
    "disabled",
    "is_default",
    "skip_certVerify",
    "update_time",
    "use_internal_addr",
];

/// The date of what never happened.
pub(crate) const NEVER: &str = "0001-01-01T00:00:00.000Z";

/// Checks that an object has all members that are always there, and beside them only members that may be.
#[track_caller]
pub(crate) fn assert_members(object: &Value, always: &[&str], maybe: &[&str]) {
    let members = object.as_object().unwrap_or_else(|| panic!("not an object: {object}"));
    for name in always {
        assert!(members.contains_key(*name), "no {name} in {object}");
    }
    for (name, value) in members {
        let known = always.contains(&name.as_str()) || maybe.contains(&name.as_str());
        assert!(known, "unknown member {name} in {object}");
        if !always.contains(&name.as_str()) {
            assert!(!is_empty(value), "{name} should be absent, because it is empty, in {object}");
        }
    }
}

/// Checks that a list which is always there is either `null` or has elements.
#[track_caller]
pub(crate) fn assert_null_or_filled(object: &Value, name: &str) {
    let list = object.get(name).unwrap_or_else(|| panic!("no {name} in {object}"));
    assert!(list.is_null() || list.as_array().is_some_and(|list| !list.is_empty()), "{name} of {object}");
}

/// Checks that a text is a time in UTC with three digits of the second.
#[track_caller]
pub(crate) fn assert_time(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("not a time: {value}"));
    let pattern = NEVER.bytes().zip(text.bytes());
    let fits =
        |(pattern, byte): (u8, u8)| if pattern.is_ascii_digit() { byte.is_ascii_digit() } else { pattern == byte };
    assert!(text.len() == NEVER.len() && pattern.into_iter().all(fits), "not a time with milliseconds: {text}");
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(_) => false,
    }
}
