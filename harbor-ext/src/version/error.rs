//! Why a text is not a version.

use std::borrow::Cow;
use std::fmt;

use super::Scheme;

/// Why a text is not a version of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VersionError {
    scheme: Scheme,
    text: Box<str>,
    reason: Reason,
}

/// Why a text is not a version: nearly always a sentence that is known beforehand.
pub(super) type Reason = Cow<'static, str>;

impl VersionError {
    /// The scheme that the text was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The text that was refused, with unprintable characters escaped, cut after 80 characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong with the text.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    pub(super) fn new(scheme: Scheme, text: &str, reason: Reason) -> Self {
        Self { scheme, text: shown(text), reason }
    }
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, text, reason } = self;
        write!(f, "\"{text}\" is not a version by the rules of {scheme}: {reason}")
    }
}

impl std::error::Error for VersionError {}

/// A text as errors show it.
pub(super) fn shown(text: &str) -> Box<str> {
    let mut characters = text.chars();
    let mut shown: String = characters.by_ref().take(SHOWN).flat_map(char::escape_debug).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown.into()
}

/// The number of characters of a refused text that an error shows.
const SHOWN: usize = 80;
