//! Yes, no, or not known.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

/// What a filter says of a finding or of an artifact: yes, no, or that nobody can tell from what was read.
///
/// An image without a report has no finding of a vulnerability, and still nobody may say that it is free of it. So the
/// third answer goes through `&`, `|` and `!` by the rules of Kleene's logic: what is not known decides nothing, and
/// its opposite is not known either. Ordered `No < Unknown < Yes`, so that *and* is the lesser and *or* the greater.
///
/// ```
/// # use harbor_ext::analysis::Answer;
/// assert_eq!(Answer::Unknown & Answer::No, Answer::No);
/// assert_eq!(Answer::Unknown | Answer::No, Answer::Unknown);
/// assert_eq!(!Answer::Unknown, Answer::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// It is not so.
    No,
    /// It cannot be told from what was read.
    Unknown,
    /// It is so.
    Yes,
}

impl Answer {
    /// Whether it is known to be so.
    #[must_use]
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// Whether it is known not to be so.
    #[must_use]
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// Whether it cannot be told.
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self == Self::Unknown
    }

    /// The answer to "all of these": yes for none of them. Asks no further than the first *no*.
    pub(super) fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        !Self::any(answers.into_iter().map(Not::not))
    }

    /// The answer to "any of these": no for none of them. Asks no further than the first *yes*.
    pub(in crate::analysis) fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = Self::No;
        for answer in answers {
            sum = sum | answer;
            if sum.is_yes() {
                break;
            }
        }
        sum
    }

    /// The answer of a value that may be missing: without it there is none.
    pub(super) fn of<T>(value: Option<T>, test: impl FnOnce(T) -> bool) -> Self {
        value.map_or(Self::Unknown, |value| test(value).into())
    }

    /// The same for a text, which is missing where it is empty.
    pub(super) fn of_text<'a>(text: impl Into<Option<&'a str>>, test: impl FnOnce(&'a str) -> bool) -> Self {
        Self::of(text.into().filter(|text| !text.is_empty()), test)
    }
}

impl From<bool> for Answer {
    fn from(is_so: bool) -> Self {
        if is_so { Self::Yes } else { Self::No }
    }
}

impl BitAnd for Answer {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.min(other)
    }
}

impl BitOr for Answer {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERS: [Answer; 3] = [Answer::No, Answer::Unknown, Answer::Yes];

    #[test]
    fn the_tables_are_those_of_kleene() {
        use Answer::{No, Unknown, Yes};
        let and = [[No, No, No], [No, Unknown, Unknown], [No, Unknown, Yes]];
        let or = [[No, Unknown, Yes], [Unknown, Unknown, Yes], [Yes, Yes, Yes]];
        for (row, left) in ANSWERS.into_iter().enumerate() {
            for (column, right) in ANSWERS.into_iter().enumerate() {
                assert_eq!(left & right, and[row][column], "{left} and {right}");
                assert_eq!(left | right, or[row][column], "{left} or {right}");
                assert_eq!(Answer::all([left, right]), left & right);
                assert_eq!(Answer::any([left, right]), left | right);
                assert_eq!(!(left & right), !left | !right);
            }
            assert_eq!(!!left, left);
        }
        assert_eq!((Answer::all([]), Answer::any([])), (Yes, No));
    }

    #[test]
    fn nothing_is_asked_once_it_is_decided() {
        let mut asked = 0;
        let mut ask = |answer| {
            asked += 1;
            answer
        };
        assert!(Answer::any([Answer::Unknown, Answer::Yes, Answer::No].into_iter().map(&mut ask)).is_yes());
        assert!(Answer::all([Answer::Unknown, Answer::No, Answer::Yes].into_iter().map(&mut ask)).is_no());
        assert_eq!(asked, 4);
    }

    #[test]
    fn what_is_missing_is_unknown() {
        assert_eq!(Answer::of(None::<u8>, |_| true), Answer::Unknown);
        assert_eq!(Answer::of(Some(1), |one| one == 1), Answer::Yes);
        assert_eq!(Answer::of_text("", |_| true), Answer::Unknown);
        assert_eq!(Answer::of_text(Some("a"), |text| text == "b"), Answer::No);
    }
}
