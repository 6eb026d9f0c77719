//! Foreign text in Markdown.

use crate::text::{Shown, cut, shown};

/// How long a text may be, in characters.
const LENGTH: usize = 300;

/// A text as a span of code, in which nothing is markup, a link or a mention; a dash where it is empty.
///
/// A backtick would end the span, and a pipe the cell of a table, escaped or not by the reader's program: both are shown
/// by their numbers, as what cannot be seen.
pub(super) fn code(text: &str) -> String {
    let text = cut(text.trim(), LENGTH);
    if text.is_empty() {
        return "–".to_owned();
    }
    let visible = text.chars().map(|character| match character {
        '`' | '|' => Shown::Number(character).to_string(),
        _ => shown(character).to_string(),
    });
    format!("`{}`", visible.collect::<String>())
}

/// A sentence of our own that may have foreign words in it.
///
/// All signs that mean something are escaped. Some mean something all the same: an `@` calls a person. They are shown by
/// their numbers.
pub(super) fn prose(text: &str) -> String {
    let text = cut(text, 4 * LENGTH);
    let escaped = text.chars().map(|character| match character {
        '@' | '`' | '|' => Shown::Number(character).to_string(),
        '\\' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+' | '!' | '&' | '~' | '$' | '=' => {
            format!("\\{character}")
        }
        _ => shown(character).to_string(),
    });
    // Addresses become links by themselves.
    escaped.collect::<String>().replace("://", "\\://").replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn code_cannot_be_left() {
        for (text, expected) in [
            ("openssl", "`openssl`"),
            ("a`b|c", "`a⟨U+0060⟩b⟨U+007C⟩c`"),
            ("@admin #1 <b> www.x.y\n\n# no", "`@admin #1 <b> www.x.y  # no`"),
            ("", "–"),
            ("\u{202e}x", "`⟨U+202E⟩x`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn prose_has_no_markup() {
        assert_eq!(prose("see [x](http://y) or @z <b>"), "see \\[x\\]\\(http\\://y\\) or ⟨U+0040⟩z \\<b\\>");
    }

    proptest! {
        #[test]
        fn code_is_one_span_on_one_line(text in any::<String>()) {
            let code = code(&text);
            prop_assert!(!code.contains(['|', '\n', '\r']));
            if code != "–" {
                let inner = code.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
                prop_assert!(inner.is_some_and(|inner| !inner.is_empty() && !inner.contains('`')));
            }
        }
    }
}
