//! JSON that people read, too.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use harbor_ext::text;
use serde::Serialize;

/// Writes one value on as many lines as make it readable.
pub(crate) fn write(value: &impl Serialize, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{}", harmless(&serde_json::to_string_pretty(value)?))
}

/// The same JSON without characters that do something to a terminal: apart from the ends of its lines they stand only in
/// texts, where an escape means the same.
fn harmless(json: &str) -> Cow<'_, str> {
    let is_escaped = |character: char| text::is_active(character) && character != '\n';
    if !json.contains(is_escaped) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_escaped(character) {
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
        let texts = ["plain", "a\u{1b}[31m", "\u{202e}x\u{9b}\u{7f}", "\u{e0041}", "größer"];
        let mut output = Vec::new();
        write(&texts, &mut output).unwrap();
        let json = String::from_utf8(output).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), texts);
        assert!(!json.replace('\n', "").contains(text::is_active), "{json:?}");
    }
}
