//! JSON that is written as it goes, and that a terminal may show.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::ser::Formatter;

use super::ExportError;
use crate::text::is_active;

/// Writes a value as JSON on one line, without an end of it.
///
/// What a terminal would obey or the eye would be deceived by is escaped inside of texts, which changes nothing of their
/// meaning.
pub(super) fn write<W: io::Write>(value: &impl Serialize, output: W) -> Result<(), ExportError> {
    value.serialize(&mut serde_json::Serializer::with_formatter(output, Escaping))?;
    Ok(())
}

/// Something that is serialised as a list, whose items are made one after another.
pub(super) struct Each<F>(pub(super) F);

impl<F: Fn() -> I, I: IntoIterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // By hand, because not all iterators know their length, and JSON does not need it.
        serializer.collect_seq(self.0())
    }
}

/// Escapes more than JSON demands.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((place, character)) = rest.char_indices().find(|(_, character)| is_active(*character)) {
            writer.write_all(&rest.as_bytes()[..place])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[place + character.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut output = Vec::new();
        write(value, &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped() {
        assert_eq!(
            written(&"a\u{9b}b\u{202e}\u{7f}\u{2028}\n\u{e0041}ü"),
            r#""a\u009bb\u202e\u007f\u2028\n\udb40\udc41ü""#
        );
    }

    #[test]
    fn lists_are_made_as_they_are_written() {
        assert_eq!(written(&Each(|| (0..3).filter(|number| *number != 1))), "[0,2]");
    }

    proptest! {
        #[test]
        fn escaping_changes_no_meaning(text in "(.|\\s|\\p{C}|[\u{80}-\u{9f}\u{2028}\"\\\\]){0,20}") {
            let json = written(&text);
            prop_assert!(!json.chars().any(is_active));
            prop_assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), Value::String(text));
        }
    }
}
