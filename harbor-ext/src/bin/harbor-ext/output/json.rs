//! JSON that can be shown in a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::plain;

/// Writes one value for people and programs.
pub(crate) fn write(value: &impl Serialize, output: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(output, "{}", harmless(&text))
}

/// Writes an array with an element on each line, one after the other: a listing may be long.
pub(crate) fn write_array(values: impl IntoIterator<Item = impl Serialize>, output: &mut dyn Write) -> io::Result<()> {
    let mut separator = "[\n";
    for value in values {
        write!(output, "{separator}  {}", harmless(&serde_json::to_string(&value)?))?;
        separator = ",\n";
    }
    writeln!(output, "{}", if separator == "[\n" { "[]" } else { "\n]" })
}

/// The same JSON without characters that do something to a terminal. ASCII ones are escaped already, and others stand only
/// in strings, where an escape means the same.
fn harmless(json: &str) -> Cow<'_, str> {
    let is_active = |character: char| !character.is_ascii() && plain::is_active(character);
    if !json.contains(is_active) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_active(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a text cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_active_is_written_and_nothing_lost() {
        let texts = ["plain", "a\u{1b}[31m", "\u{202e}x\u{9b}", "\u{e0041}", "größer"];
        let mut output = Vec::new();
        write_array(texts, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), texts);
        assert!(!text.replace('\n', "").contains(plain::is_active), "{text:?}");
        let mut output = Vec::new();
        write_array([0; 0], &mut output).unwrap();
        assert_eq!(output, b"[]\n");
    }
}
