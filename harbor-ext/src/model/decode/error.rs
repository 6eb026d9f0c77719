//! Why a body could not be read, and where in it.

use std::fmt;

/// Why a body could not be read as a report, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    offset: usize,
    message: String,
    snippet: String,
    is_cut_off: bool,
}

impl DecodeError {
    /// An error at an offset of a body. `window` is what is at hand of the body, and `place` the offset in it.
    pub(super) fn new(window: &[u8], place: usize, offset: usize, message: String) -> Self {
        const BEFORE: usize = 20;
        const LENGTH: usize = 80;
        let start = place.saturating_sub(BEFORE).min(window.len());
        // Enough bytes for characters of four bytes each.
        let end = window.len().min(start + 4 * LENGTH);
        let snippet = String::from_utf8_lossy(&window[start..end])
            .chars()
            .map(|c| if is_printable(c) { c } else { ' ' })
            .take(LENGTH)
            .collect();
        Self { offset, message, snippet, is_cut_off: false }
    }

    /// The error of a body that ends too early, after this many bytes.
    pub(super) fn cut_off(window: &[u8], length: usize) -> Self {
        let message = "the body ends before its JSON does".into();
        Self { is_cut_off: true, ..Self::new(window, window.len(), length, message) }
    }

    /// How many bytes of the body stand before the place, give or take one.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong, in a sentence without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// At most 80 printable characters of the body around the place.
    #[must_use]
    pub fn snippet(&self) -> &str {
        &self.snippet
    }

    /// Whether the body is JSON up to its end, and ends too early. It may come whole when it is asked for again.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        self.is_cut_off
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, message, snippet, .. } = self;
        write!(f, "{message} at byte {offset}, near `{snippet}`")
    }
}

impl std::error::Error for DecodeError {}

/// Whether a character can be shown as it is, on a terminal too.
fn is_printable(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1
}
