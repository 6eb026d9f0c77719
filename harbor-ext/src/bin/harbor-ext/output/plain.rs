//! Text that does nothing to a terminal but being read.

use std::borrow::Cow;
use std::fmt::Write;

/// A text on one line. Whatever could move the cursor, change colours, or turn the order of letters around is shown by its
/// number instead: names and descriptions come from images that anybody may have pushed.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => shown.push(' '),
            _ if is_active(character) => {
                // Writing to a text cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// How many characters of a text people get to see. Longer than any name that a registry takes, and short enough that one
/// package with a name of a megabyte does not hide all others.
const LONGEST: usize = 1000;

/// A text on one line that is not too long to be looked at.
pub(crate) fn short_line(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => line(text),
        Some((end, _)) => Cow::Owned(format!("{}…", line(&text[..end]))),
    }
}

/// A number of things in words.
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Whether a character does something to a terminal.
pub(super) fn is_active(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(character, '\u{61c}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_but_text() {
        assert_eq!(line("zlib1g 1:1.2.11"), "zlib1g 1:1.2.11");
        assert_eq!(line("a\u{1b}[31mb\u{7}"), "a\\u{1b}[31mb\\u{7}");
        assert_eq!(line("one\ntwo\tthree\r"), "one two three ");
        assert_eq!(line("\u{202e}gpj.exe\u{9b}31m"), "\\u{202e}gpj.exe\\u{9b}31m");
        assert_eq!(line("größer 版本"), "größer 版本");
    }

    #[test]
    fn no_text_hides_all_others() {
        assert_eq!(short_line(&"ä".repeat(LONGEST)), "ä".repeat(LONGEST));
        assert_eq!(short_line(&"ä".repeat(1_000_000)), format!("{}…", "ä".repeat(LONGEST)));
        assert_eq!(short_line("a\u{7}"), "a\\u{7}");
    }
}
