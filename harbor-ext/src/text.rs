//! Text that comes from elsewhere, made harmless for people who read it.
//!
//! Names, versions and descriptions come from images that anybody may have pushed. Whatever shows them to people shows
//! characters that do something by their numbers instead, the same everywhere: in a terminal, a page, a spreadsheet, a
//! sentence.

use std::borrow::Cow;
use std::fmt::{self, Write};

#[cfg(feature = "export")]
pub(crate) use self::cut::within;
pub use self::cut::{CUT, cut};
pub use self::words::{Count, counted, some_of};

mod cut;
mod words;

/// Whether a character does something other than being read.
///
/// Active are control characters, which a terminal obeys, the marks that turn the direction of writing, by which `gpj.exe`
/// is read as `exe.jpg`, everything that takes no room, by which two names look the same, the ends of lines, and what XML
/// cannot hold.
#[must_use]
pub fn is_active(character: char) -> bool {
    // Nearly all text is ASCII.
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    matches!(
        character,
        '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text on one line: ends of lines and tabs become spaces, other [active](is_active) characters their numbers.
///
/// ```
/// assert_eq!(harbor_ext::text::line("two\nlines \u{1b}[31m"), "two lines ⟨U+001B⟩[31m");
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return text.into();
    }
    let mut visible = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match shown(character) {
            Shown::Plain(character) => visible.push(character),
            number => visible.push_str(&number.to_string()),
        }
    }
    visible.into()
}

/// A text on as many lines as it has: ends of lines become `\n`, they and tabs stay, and other [active](is_active)
/// characters become their numbers.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| is_active(character) && !matches!(character, '\n' | '\t')) {
        return text.into();
    }
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let parts = unified.split_inclusive(['\n', '\t']).map(|part| match part.strip_suffix(['\n', '\t']) {
        Some(text) => format!("{}{}", line(text), &part[text.len()..]),
        None => line(part).into_owned(),
    });
    parts.collect::<String>().into()
}

/// What a reader sees in the place of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A character.
    Plain(char),
    /// The number of a character.
    Number(char),
}

/// What a reader sees in the place of a character, in running text.
pub(crate) fn shown(character: char) -> Shown {
    match character {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Shown::Plain(' '),
        _ if is_active(character) => Shown::Number(character),
        _ => Shown::Plain(character),
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(character) => formatter.write_char(*character),
            Self::Number(character) => write!(formatter, "⟨U+{:04X}⟩", u32::from(*character)),
        }
    }
}

/// Shows the beginning of a text on one line, inside of a sentence.
#[cfg(feature = "judge")]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

#[cfg(feature = "judge")]
impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        cut(self.0, LONGEST).chars().try_for_each(|character| shown(character).fmt(formatter))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_does_something_is_shown_by_its_number() {
        for (text, expected) in [
            ("a\u{202e}gpj.exe", "a⟨U+202E⟩gpj.exe"),
            ("\u{1b}[31mred\u{9b}0m", "⟨U+001B⟩[31mred⟨U+009B⟩0m"),
            ("open\u{200b}ssl", "open⟨U+200B⟩ssl"),
            ("two\r\nlines\tand\u{2028}more", "two  lines and more"),
            ("tag\u{e0041}\0\u{ffff}", "tag⟨U+E0041⟩⟨U+0000⟩⟨U+FFFF⟩"),
            ("Größe, 漢字, emoji 🚢", "Größe, 漢字, emoji 🚢"),
        ] {
            assert_eq!(line(text), expected);
        }
        assert!(matches!(line("zlib1g 1:1.2.11"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\r\nb\rc\td\u{2028}\u{7}\n"), "a\nb\nc\td\n⟨U+0007⟩\n");
        assert!(matches!(lines("a\n\tb\n"), Cow::Borrowed(_)));
    }

    #[cfg(feature = "judge")]
    #[test]
    fn a_quotation_is_bounded() {
        assert_eq!(Quoted("a\u{1b}\nb").to_string(), "a⟨U+001B⟩ b");
        assert!(Quoted(&"x".repeat(1_000_000)).to_string().len() < 220);
    }

    proptest! {
        #[test]
        fn nothing_active_is_left(text in "(.|\\s|\\p{C}){0,20}") {
            prop_assert!(!line(&text).contains(is_active));
            prop_assert!(!lines(&text).replace(['\n', '\t'], "").contains(is_active));
            let (line_once, lines_once) = (line(&text).into_owned(), lines(&text).into_owned());
            prop_assert_eq!(line(&line_once), &*line_once);
            prop_assert_eq!(lines(&lines_once), &*lines_once);
        }
    }
}
