//! Searching in texts.

/// Whether `part` stands anywhere in `text`, whatever the capitals of both.
pub(super) fn contains(text: &str, part: &str) -> bool {
    // Nearly all texts are ASCII, and are searched without a copy.
    if text.is_ascii() && part.is_ascii() {
        return contains_ascii(text.as_bytes(), part.as_bytes());
    }
    lower_case(text).contains(&lower_case(part))
}

fn contains_ascii(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else {
        return true;
    };
    let starts = text.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(first)).map(|(start, _)| start);
    starts
        .map(|start| &text[start + 1..])
        .any(|after| after.get(..rest.len()).is_some_and(|after| after.eq_ignore_ascii_case(rest)))
}

/// Letter by letter: `str::to_lowercase` makes a letter depend on its neighbours, which may be cut off in a part.
fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn capitals_do_not_count_in_any_alphabet() {
        for (text, part) in [
            ("foo\nbar", "O\nB"),
            ("foo", ""),
            ("", ""),
            ("aab", "ab"),
            ("Übergröße", "GRÖ"),
            ("ΟΔΟΣ!", "οδοσ"),
            ("İstanbul", "STAN"),
        ] {
            assert!(contains(text, part), "{part:?} in {text:?}");
        }
        for (text, part) in [("foo", "fooo"), ("foo\nbar", "o b"), ("", "a"), ("abc", "a.c"), ("größe", "grosse")] {
            assert!(!contains(text, part), "{part:?} in {text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_part_of_a_text_is_found_in_it(before in ".{0,8}", part in ".{0,8}", after in ".{0,8}") {
            let text = format!("{before}{part}{after}");
            prop_assert!(contains(&text, &part));
            prop_assert!(contains(&text.to_ascii_uppercase(), &part.to_ascii_lowercase()));
        }

        #[test]
        fn what_is_found_stands_there(text in "[abAB]{0,8}", part in "[abAB]{0,3}") {
            prop_assert_eq!(contains(&text, &part), text.to_ascii_lowercase().contains(&part.to_ascii_lowercase()));
        }
    }
}
