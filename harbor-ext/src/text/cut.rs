//! The beginnings of texts that are too long.

use std::borrow::Cow;

/// What stands where [`cut`] has cut a text.
pub const CUT: &str = "… [cut]";

/// The first so many characters of a text, with [`CUT`] behind them if there were more.
///
/// ```
/// assert_eq!(harbor_ext::text::cut("harbour", 6), "harbou… [cut]");
/// ```
#[must_use]
pub fn cut(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        None => text.into(),
        Some((end, _)) => format!("{}{CUT}", &text[..end]).into(),
    }
}

/// The text, or its beginning with a mark that says how much of it is missing, such that it is no longer than the `limit`
/// of a format, in characters (of UTF-16 as well as of Unicode).
#[cfg(feature = "export")]
pub(crate) fn within(text: Cow<'_, str>, limit: usize) -> Cow<'_, str> {
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
    format!("{kept}… [{left_out} more characters]").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(cut("harbor", 6), "harbor");
        assert_eq!(cut("harbour", 6), "harbou… [cut]");
        assert_eq!(cut("äöü", 2), "äö… [cut]");
        assert_eq!(cut("", 0), "");
    }

    #[cfg(feature = "export")]
    #[test]
    fn what_does_not_fit_says_how_much_is_missing() {
        assert_eq!(within("abc".into(), 3), "abc");
        assert_eq!(within("a".repeat(100).into(), 50), format!("{}… [90 more characters]", "a".repeat(10)));
    }

    #[cfg(feature = "export")]
    proptest::proptest! {
        #[test]
        fn what_is_within_a_limit_is_no_longer(text in "[a😀\u{301}]{0,200}", limit in 41usize..100) {
            let within = within(text.as_str().into(), limit);
            proptest::prop_assert!(within.encode_utf16().count() <= limit);
            proptest::prop_assert_eq!(*within == text, text.encode_utf16().count() <= limit);
        }
    }
}
