//! Texts of others in sentences of ours.

use std::fmt;

/// The longest text that is quoted whole.
const LONGEST: usize = 200;

/// Shows a text that came from a registry or a file: no control character and nothing that turns the direction of
/// writing gets into a terminal, and what is long is cut.
pub(super) struct Printable<'a>(pub(super) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LONGEST) {
            match is_harmless(character) {
                true => write!(formatter, "{character}")?,
                false => write!(formatter, "{}", character.escape_unicode())?,
            }
        }
        match characters.next() {
            Some(_) => formatter.write_str("…"),
            None => Ok(()),
        }
    }
}

/// The whole of a text in one line, without what could harm a terminal.
pub(super) fn harmless(text: &str) -> String {
    text.chars().map(|character| if is_harmless(character) { character } else { ' ' }).collect()
}

/// The first few of many, and how many more there are.
pub(super) fn some_of<T: fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    const SHOWN: usize = 5;
    let mut items = items.into_iter();
    let shown: Vec<_> = items.by_ref().take(SHOWN).map(|item| item.to_string()).collect();
    match items.count() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// "1 day", "2 days", "2 vulnerabilities".
pub(super) fn counted(count: impl TryInto<i64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(i64::MAX);
    match (count, noun.strip_suffix('y').filter(|stem| !stem.ends_with('a'))) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}

fn is_harmless(character: char) -> bool {
    let is_invisible = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    !character.is_control() && !is_invisible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_cannot_harm_a_terminal() {
        let shown = |text: &str| Printable(text).to_string();
        assert_eq!(shown("openssl 1.1 – für \"alle\""), "openssl 1.1 – für \"alle\"");
        assert_eq!(
            shown("a\u{1b}[31m\r\nb\u{202e}c\u{2066}\u{0}\u{9b}"),
            r"a\u{1b}[31m\u{d}\u{a}b\u{202e}c\u{2066}\u{0}\u{9b}"
        );
        assert_eq!(shown(&"x".repeat(LONGEST)).chars().count(), LONGEST);
        assert_eq!(shown(&"x".repeat(1_000_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn many_are_shown_in_part() {
        assert_eq!(some_of(["a", "b"]), "a, b");
        assert_eq!(some_of(0..7), "0, 1, 2, 3, 4 and 2 more");
        assert_eq!([counted(1, "day"), counted(0, "day"), counted(2, "entry")], ["1 day", "0 days", "2 entries"]);
    }
}
