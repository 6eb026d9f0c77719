//! Foreign text that people and programs read as plain text.

use std::borrow::Cow;

/// What stands for a character that is not written.
const REPLACEMENT: char = '\u{fffd}';

/// The text without what is not text: control characters (with which a terminal can be told to do things) and those that
/// turn the direction of writing (with which a text can be made to look like another one) become U+FFFD. Ends of lines
/// become `\n`; they and tabs stay.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| is_unprintable(character) || character == '\r') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => plain.push('\n'),
            _ if is_unprintable(character) => plain.push(REPLACEMENT),
            _ => plain.push(character),
        }
    }
    plain.into()
}

/// As [`plain`], on one line.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    match text.contains(['\n', '\t', '\u{2028}', '\u{2029}']) {
        true => text.replace(['\n', '\t', '\u{2028}', '\u{2029}'], " ").into(),
        false => text,
    }
}

/// The text, or its beginning with a mark that says how much of it is missing, such that it is no longer than `limit`
/// characters (of UTF-16 as well as of Unicode).
pub(super) fn cut(text: Cow<'_, str>, limit: usize) -> Cow<'_, str> {
    // Every character of UTF-16 takes at least one byte of UTF-8.
    if text.len() <= limit || text.encode_utf16().count() <= limit {
        return text;
    }
    const ROOM_FOR_MARK: usize = 40;
    let mut room = limit.saturating_sub(ROOM_FOR_MARK);
    let fits = |character: &char| match room.checked_sub(character.len_utf16()) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let kept: String = text.chars().take_while(fits).collect();
    let left_out = text.chars().count() - kept.chars().count();
    format!("{kept}\u{2026} [{left_out} more characters]").into()
}

/// Whether a character is none that people read: a control character other than the ends of lines and tabs, or one that
/// turns the direction of what follows. Marks that belong to text of right-to-left scripts are none of these.
pub(super) fn is_unprintable(character: char) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_text_is_seen() {
        assert_eq!(plain("a\u{1b}[31mb\u{9b}2Jc\u{202e}d\0"), "a\u{fffd}[31mb\u{fffd}2Jc\u{fffd}d\u{fffd}");
        assert_eq!(plain("a\r\nb\rc\td"), "a\nb\nc\td");
        assert_eq!(line("a\r\nb\u{2028}c\td"), "a b c d");
        assert!(matches!(plain("שלום\u{200f}, Grüße\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_was_cut_says_so() {
        assert_eq!(cut("abc".into(), 3), "abc");
        assert_eq!(cut("a".repeat(100).into(), 50), format!("{}\u{2026} [90 more characters]", "a".repeat(10)));
    }

    proptest! {
        #[test]
        fn a_cut_text_is_no_longer_than_the_limit(text in "[a😀\u{301}]{0,200}", limit in 41usize..100) {
            let cut = cut(text.as_str().into(), limit);
            prop_assert!(cut.encode_utf16().count() <= limit);
            prop_assert_eq!(*cut == text, text.encode_utf16().count() <= limit);
        }

        #[test]
        fn plain_text_stays_plain(text in "\\PC{0,20}|(.|\\s|\\p{C}){0,20}") {
            let once = plain(&text).into_owned();
            prop_assert!(!once.chars().any(|character| is_unprintable(character) || character == '\r'));
            prop_assert_eq!(&plain(&once), &once);
            prop_assert!(!line(&text).contains('\n'));
        }
    }
}
