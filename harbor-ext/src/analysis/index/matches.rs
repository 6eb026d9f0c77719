//! What an index finds.

use super::Index;
use super::postings::Merge;
use crate::model::{ArtifactInfo, FindingRef};

/// What an [`Index`] finds: each finding, with the artifact that it is in.
///
/// Artifacts come in the order of the report, except that those that share their report come together, at the place of
/// the first of them. Within one, findings come in the order of its report.
#[derive(Clone, Debug)]
pub struct Matches<'i, 'a> {
    index: &'i Index<'a>,
    places: Merge<'i>,
    /// The artifacts that share the report at hand, from the one at hand on.
    artifacts: &'i [&'a ArtifactInfo],
    /// The positions in that report that match, and the next of them.
    positions: Vec<u32>,
    next: usize,
}

impl<'i, 'a> Matches<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>, numbers: &[u32]) -> Self {
        let places = index.postings.merged(numbers);
        Self { index, places, artifacts: &[], positions: Vec::new(), next: 0 }
    }

    /// The artifacts that match, each once, from the one at hand on.
    pub fn artifacts(mut self) -> impl Iterator<Item = &'a ArtifactInfo> {
        std::iter::from_fn(move || {
            if self.artifacts.is_empty() {
                self.next_report()?;
            }
            let (first, rest) = self.artifacts.split_first()?;
            self.artifacts = rest;
            Some(*first)
        })
    }

    /// Goes on to the next report that matches.
    fn next_report(&mut self) -> Option<()> {
        let report = self.places.peek()?.report;
        self.artifacts = &self.index.reports[report as usize].artifacts;
        self.positions.clear();
        while let Some(place) = self.places.next_if(|place| place.report == report) {
            self.positions.push(place.position);
        }
        self.next = 0;
        Some(())
    }
}

impl<'a> Iterator for Matches<'_, 'a> {
    type Item = (&'a ArtifactInfo, FindingRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.positions.len() {
            self.artifacts = self.artifacts.get(1..).unwrap_or_default();
            self.next = 0;
        }
        if self.artifacts.is_empty() {
            self.next_report()?;
        }
        let info = *self.artifacts.first()?;
        let position = *self.positions.get(self.next)?;
        self.next += 1;
        Some((info, info.state.report()?.findings().nth(position as usize)?))
    }
}
