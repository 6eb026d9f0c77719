//! Decimal numbers of any length.

use std::cmp::Ordering;

/// A natural number of any length: versions hold dates, time stamps and hashes that no machine word takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Number {
    /// Without leading zeros, so that equal numbers have equal digits; empty for zero.
    digits: Box<str>,
}

impl Number {
    /// The value of ASCII digits; the empty text is zero.
    pub(super) fn new(digits: &str) -> Self {
        Self { digits: digits.trim_start_matches('0').into() }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.digits.len().cmp(&other.digits.len()).then_with(|| self.digits.cmp(&other.digits))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Cuts a text after the ASCII digits that it begins with.
pub(super) fn split_digits(text: &str) -> (&str, &str) {
    split_while(text, |character| character.is_ascii_digit())
}

/// Cuts a text before the first character that is not wanted.
pub(super) fn split_while(text: &str, is_wanted: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|character| !is_wanted(character)).unwrap_or(text.len()))
}

/// Whether a text is a number: one ASCII digit or more, and nothing else.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
