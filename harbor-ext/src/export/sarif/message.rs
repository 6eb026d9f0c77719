//! The texts of SARIF files.

use std::borrow::Cow;

use crate::text;

/// The most characters of short texts, of long ones and of names; GitHub takes 1,024 for each description.
pub(super) const SHORT: usize = 250;
pub(super) const LONG: usize = 1_000;

/// Text for the `text` of a message: plain, and with what would be a link or a placeholder escaped (sections 3.11.5 and
/// 3.11.6 of the specification).
pub(super) fn escaped(text: &str, limit: usize) -> Cow<'_, str> {
    let plain = text::within(text::lines(text), limit);
    if !plain.contains(['[', ']', '{', '}', '\\']) {
        return plain.into_owned().into();
    }
    let mut escaped = String::with_capacity(plain.len() + 8);
    for character in plain.chars() {
        match character {
            '[' | ']' | '\\' => escaped.extend(['\\', character]),
            '{' | '}' => escaped.extend([character, character]),
            _ => escaped.push(character),
        }
    }
    escaped.into()
}
