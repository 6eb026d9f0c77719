//! How names are compared: exactly with one or several, or with a pattern.

use std::cmp::Ordering;
use std::fmt;

use super::Pattern;

/// What a name is compared with. The empty name is that of what has none.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Names {
    OneOf(Words),
    Matching(Pattern),
}

/// Whole words, sorted, each once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Words {
    words: Box<[Box<str>]>,
    capitals: Capitals,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Capitals {
    Count,
    Ignored,
}

impl Names {
    pub(super) fn one(name: &str) -> Self {
        Self::several([name])
    }

    pub(super) fn several(names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::OneOf(Words::new(names, Capitals::Ignored))
    }

    pub(super) fn match_name(&self, name: &str) -> bool {
        match self {
            Self::OneOf(words) => words.contains(name),
            Self::Matching(pattern) => pattern.matches(name),
        }
    }

    /// Whether looking up an answer given earlier is cheaper than comparing again.
    pub(super) fn are_costly(&self) -> bool {
        match self {
            Self::OneOf(words) => words.words.len() > 1,
            Self::Matching(_) => true,
        }
    }
}

impl Words {
    pub(super) fn new(words: impl IntoIterator<Item: AsRef<str>>, capitals: Capitals) -> Self {
        let mut words: Vec<_> = words.into_iter().map(|word| Box::<str>::from(word.as_ref())).collect();
        words.sort_by(|a, b| capitals.compare(a, b));
        words.dedup_by(|a, b| capitals.compare(a, b).is_eq());
        Self { words: words.into(), capitals }
    }

    pub(super) fn contains(&self, word: &str) -> bool {
        match &*self.words {
            // Comparing lengths first makes this the quicker way for one.
            [only] => self.capitals.are_equal(only, word),
            several => several.binary_search_by(|known| self.capitals.compare(known, word)).is_ok(),
        }
    }
}

impl Capitals {
    fn are_equal(self, a: &str, b: &str) -> bool {
        match self {
            Self::Count => a == b,
            Self::Ignored => a.eq_ignore_ascii_case(b),
        }
    }

    fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Count => a.cmp(b),
            Self::Ignored => lower_case(a).cmp(lower_case(b)),
        }
    }
}

fn lower_case(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().map(|byte| byte.to_ascii_lowercase())
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(words) => words.fmt(formatter),
            Self::Matching(pattern) => write!(formatter, "matching {pattern}"),
        }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.words {
            [only] => formatter.write_str(only),
            several => write!(formatter, "one of [{}]", several.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_empty_name_is_that_of_what_has_none() {
        assert!(Names::one("").match_name("") && !Names::one("").match_name("a"));
        assert!(Names::several(["", "a"]).match_name("") && !Names::one("a").match_name(""));
        assert!(!Names::several([""; 0]).match_name("a") && !Names::several([""; 0]).match_name(""));
    }

    #[test]
    fn capitals_count_where_they_should() {
        let words = Words::new(["v1", "V1", "v2"], Capitals::Count);
        assert!(words.contains("V1") && words.contains("v2") && !words.contains("V2"));
        assert_eq!(words.to_string(), "one of [V1, v1, v2]");
        assert_eq!(Words::new(["v1", "V1"], Capitals::Ignored).to_string(), "v1");
    }

    proptest! {
        #[test]
        fn several_words_are_found_as_one_by_one(
            words in proptest::collection::vec("[aAbB]{0,3}", 0..6),
            word in "[aAbB]{0,3}",
        ) {
            let found = words.iter().any(|known| known.eq_ignore_ascii_case(&word));
            prop_assert_eq!(Names::several(&words).match_name(&word), found);
        }
    }
}
