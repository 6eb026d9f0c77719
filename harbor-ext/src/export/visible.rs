//! Text that comes from elsewhere, such that a reader sees all of it and not too much.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// What stands where a text was cut.
pub(super) const CUT: &str = "… [cut]";

/// What becomes of a character before a reader sees it.
pub(super) enum Shown {
    /// It is shown as it is.
    Plain(char),
    /// It has no shape of its own, or changes how others are shown: its number is shown in its place.
    Hidden(char),
}

/// Whether a character can be shown as it is. The ends of lines and tabs become spaces, as in any running text.
///
/// Hidden are control characters, which a terminal obeys, the marks that turn the direction of writing, by which `gpj.exe`
/// is read as `exe.jpg`, and everything that takes no room, by which two names look the same.
pub(super) fn shown(character: char) -> Shown {
    match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Shown::Plain(' '),
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => Shown::Hidden(character),
        _ => Shown::Plain(character),
    }
}

/// Writes a text with everything visible; `plain` writes a character that can be shown, escaped as the format wants it.
pub(super) fn write_visible<W: Write>(
    output: &mut W,
    text: &str,
    mut plain: impl FnMut(&mut W, char) -> fmt::Result,
) -> fmt::Result {
    for character in text.chars() {
        match shown(character) {
            Shown::Plain(character) => plain(output, character)?,
            Shown::Hidden(character) => write!(output, "⟨U+{:04X}⟩", u32::from(character))?,
        }
    }
    Ok(())
}

/// The first so many characters of a text, with a mark where it was cut.
pub(super) fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}{CUT}", &text[..end])),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visible(text: &str) -> String {
        let mut written = String::new();
        write_visible(&mut written, text, |output, character| output.write_char(character)).unwrap();
        written
    }

    #[test]
    fn what_nobody_sees_is_shown_by_its_number() {
        for (text, expected) in [
            ("a\u{202e}gpj.exe", "a⟨U+202E⟩gpj.exe"),
            ("\u{1b}[31mred", "⟨U+001B⟩[31mred"),
            ("open\u{200b}ssl", "open⟨U+200B⟩ssl"),
            ("two\r\nlines\tand\u{2028}more", "two  lines and more"),
            ("tag\u{e0041}", "tag⟨U+E0041⟩"),
            ("Größe, 漢字, emoji 🚢", "Größe, 漢字, emoji 🚢"),
        ] {
            assert_eq!(visible(text), expected);
        }
    }

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(cut("harbor", 6), "harbor");
        assert_eq!(cut("harbour", 6), "harbou… [cut]");
        assert_eq!(cut("äöü", 2), "äö… [cut]");
        assert_eq!(cut("", 0), "");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            let visible = visible(&text);
            prop_assert!(visible.chars().all(|character| matches!(shown(character), Shown::Plain(same) if same == character)));
            prop_assert!(!visible.chars().any(char::is_control));
        }
    }
}
