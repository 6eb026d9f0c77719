//! A part of a text, or of a list.

use std::num::NonZeroU32;
use std::ops::Range;

/// Where something begins and ends, in 8 bytes; 4 GiB are out of its reach.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    start: u32,
    /// One more than the end, so that no span takes up no more space than one.
    end: NonZeroU32,
}

impl Span {
    /// `None` where it is out of reach.
    pub(super) fn new(range: Range<usize>) -> Option<Self> {
        let end = u32::try_from(range.end).ok()?.checked_add(1)?;
        Some(Self { start: u32::try_from(range.start).ok()?, end: NonZeroU32::new(end)? })
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end.get() as usize - 1
    }

    /// What it is of a text.
    pub(super) fn of(self, text: &str) -> &str {
        &text[self.range()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_small_and_knows_its_reach() {
        assert_eq!(size_of::<Option<Span>>(), 8);
        for range in [0..0, 3..7, 0..u32::MAX as usize - 1] {
            assert_eq!(Span::new(range.clone()).unwrap().range(), range);
        }
        assert!(Span::new(0..u32::MAX as usize).is_none());
        assert!(Span::new(0..usize::MAX).is_none());
    }
}
