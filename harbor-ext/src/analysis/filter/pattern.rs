//! Patterns of names.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};
use thiserror::Error;

/// A pattern that a whole name has to match, whatever its capitals.
///
/// Names are compared exactly unless a pattern is asked for, because a name that is taken for a pattern finds what nobody
/// meant: `CVE-2020-1234` as the beginning of `CVE-2020-12345`. A pattern that makes no sense is an error when it is
/// made, not when it is used.
///
/// ```
/// # use harbor_ext::analysis::Pattern;
/// assert!(Pattern::regex("CVE-2020-.*")?.matches("cve-2020-1234"));
/// assert!(!Pattern::regex("CVE-2020")?.matches("CVE-2020-1234"));
/// assert!(Pattern::glob("library/*")?.matches("library/nginx"));
/// assert!(!Pattern::glob("library/*")?.matches("library/base/nginx"));
/// assert!(Pattern::glob("library/**")?.matches("library/base/nginx"));
/// # Ok::<(), harbor_ext::analysis::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Box<str>,
    matcher: Matcher,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{pattern:?} is not a pattern: {reason}")]
#[non_exhaustive]
pub struct PatternError {
    /// What should have been one.
    pub pattern: String,
    /// Why it is none.
    pub reason: String,
}

#[derive(Clone, Debug)]
enum Matcher {
    Regex(Regex),
    Glob(GlobMatcher),
}

impl Pattern {
    /// A regular expression, in the syntax of the crate [`regex`].
    ///
    /// It has to match the whole name: `openssl` does not match `libopenssl-dev`, and `.*openssl.*` does. `(?-i)` at
    /// its start makes capitals count.
    ///
    /// # Errors
    ///
    /// Fails for what is no regular expression, and for one that would take more than some 10 MB of memory.
    pub fn regex(pattern: &str) -> Result<Self, PatternError> {
        let refuse = |error: &dyn fmt::Display| PatternError::new(pattern, error);
        // Read on its own first, so that nothing like `a)|(b` can reach beyond the anchors that are put around it.
        Regex::new(pattern).map_err(|error| refuse(&error))?;
        let whole = RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
            .case_insensitive(true)
            .build()
            .map_err(|error| refuse(&error))?;
        Ok(Self { text: pattern.into(), matcher: Matcher::Regex(whole) })
    }

    /// A pattern as shells have it: `?` is any character, `*` any number of them, neither of them a `/`; `**` between
    /// slashes, or at an end, is any number of path segments; `{a,b}` is one of several, `[a-z]` a set of characters.
    ///
    /// # Errors
    ///
    /// Fails for what is no such pattern, such as `[a`.
    pub fn glob(pattern: &str) -> Result<Self, PatternError> {
        let glob = GlobBuilder::new(pattern)
            .literal_separator(true)
            .case_insensitive(true)
            .build()
            .map_err(|error| PatternError::new(pattern, &error.kind()))?;
        Ok(Self { text: pattern.into(), matcher: Matcher::Glob(glob.compile_matcher()) })
    }

    /// Whether the whole of a name matches. The empty name, which stands for none, never does.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        !name.is_empty()
            && match &self.matcher {
                Matcher::Regex(regex) => regex.is_match(name),
                Matcher::Glob(glob) => glob.is_match(name),
            }
    }
}

/// Patterns are equal if they are written the same way.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        let kind = |pattern: &Self| std::mem::discriminant(&pattern.matcher);
        self.text == other.text && kind(self) == kind(other)
    }
}

/// The pattern as it was given, a regular expression between slashes.
impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.matcher {
            Matcher::Regex(_) => write!(formatter, "/{}/", self.text),
            Matcher::Glob(_) => formatter.write_str(&self.text),
        }
    }
}

impl PatternError {
    fn new(pattern: &str, reason: &dyn fmt::Display) -> Self {
        Self { pattern: pattern.into(), reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C3: a pattern is for the whole name, whatever its capitals unless it says otherwise, and takes linear time.
    #[test]
    fn a_regular_expression_matches_whole_names() {
        let matches = |pattern: &str, name: &str| Pattern::regex(pattern).unwrap().matches(name);
        assert!(matches("lib|libssl", "libssl"));
        assert!(!matches("a|b", "ab"));
        assert!(!matches("lib", "libssl") && !matches("ssl", "libssl") && matches(".*SSL.*", "libssl1.1"));
        assert!(!matches("(?-i)SSL", "ssl") && matches("(?-i)SSL", "SSL"));
        assert!(!matches("a$", "a\n"));
        assert!(!matches(".*", ""), "a name that is missing");
        // An engine that goes back and tries again would take longer than anybody waits.
        assert!(!matches("(a*)*b", &"a".repeat(10_000)));
    }

    #[test]
    fn a_glob_minds_slashes() {
        let matches = |pattern: &str, name: &str| Pattern::glob(pattern).unwrap().matches(name);
        assert!(matches("v1.*", "v1.2") && !matches("v1.*", "v12"));
        assert!(matches("p/{a,b}", "p/b") && matches("P/?", "p/a") && !matches("p?a", "p/a"));
        assert!(matches("**/nginx", "library/base/nginx") && !matches("*/nginx", "library/base/nginx"));
        assert!(!matches("**", ""), "a name that is missing");
    }

    /// I14: a bad pattern is an error when it is made.
    #[test]
    fn a_bad_pattern_says_so_at_once() {
        for pattern in ["(", "a)|(b", "[", "*", r"\"] {
            let error = Pattern::regex(pattern).unwrap_err();
            assert_eq!(error.pattern, pattern);
            assert!(error.to_string().contains("is not a pattern"), "{error}");
        }
        for pattern in ["[a", "{a", "a}"] {
            let error = Pattern::glob(pattern).unwrap_err();
            assert!(!error.reason.is_empty() && error.pattern == pattern, "{error}");
        }
        assert!(Pattern::regex("(((a{1000}){1000}){1000})").is_err());
    }

    #[test]
    fn equal_patterns_are_written_alike() {
        assert_eq!(Pattern::regex("a").unwrap(), Pattern::regex("a").unwrap());
        assert_ne!(Pattern::regex("a").unwrap(), Pattern::glob("a").unwrap());
        assert_eq!(Pattern::regex("a.b").unwrap().to_string(), "/a.b/");
    }
}
