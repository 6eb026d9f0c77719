//! What an index finds.

use super::Index;
use super::postings::Merge;
use crate::model::{ArtifactInfo, Finding, FindingRef, Report};

/// What an [`Index`] finds: each finding, with the artifact that it is in.
///
/// Artifacts come in the order of the report, except that those that share their report come together, at the place of
/// the first of them. Within one, findings come in the order of its report.
#[derive(Clone, Debug)]
pub struct Matches<'i, 'a> {
    index: &'i Index<'a>,
    /// The addresses of the findings that are looked for, sorted.
    wanted: Vec<usize>,
    /// The reports that have one of them, apart from the one at hand.
    reports: Merge<'i>,
    /// The artifacts that share the report at hand, from the one at hand on.
    artifacts: &'i [&'a ArtifactInfo],
    /// What matches in that report, and the next of it.
    findings: Vec<FindingRef<'a>>,
    next: usize,
}

impl<'i, 'a> Matches<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>, numbers: &[u32]) -> Self {
        let mut wanted: Vec<_> = numbers.iter().map(|number| address(index.findings[*number as usize])).collect();
        wanted.sort_unstable();
        let reports = index.postings.merged(numbers);
        Self { index, wanted, reports, artifacts: &[], findings: Vec::new(), next: 0 }
    }

    /// The artifacts that match, each once, from the one at hand on. This is faster than going through the findings.
    pub fn artifacts(mut self) -> impl Iterator<Item = &'a ArtifactInfo> {
        std::iter::from_fn(move || {
            if self.artifacts.is_empty() {
                self.artifacts = self.index.holders.artifacts(self.reports.next()?);
            }
            let (first, rest) = self.artifacts.split_first()?;
            self.artifacts = rest;
            Some(*first)
        })
    }

    /// Goes on to the next report that matches.
    fn next_report(&mut self) -> Option<()> {
        self.artifacts = self.index.holders.artifacts(self.reports.next()?);
        let report = self.artifacts.first().and_then(|info| info.state.report());
        let findings = report.into_iter().flat_map(Report::findings);
        self.findings.clear();
        self.findings.extend(findings.filter(|finding| self.wanted.binary_search(&address(finding.get())).is_ok()));
        Some(())
    }
}

impl<'a> Iterator for Matches<'_, 'a> {
    type Item = (&'a ArtifactInfo, FindingRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.findings.len() {
            self.artifacts = self.artifacts.get(1..).unwrap_or_default();
            self.next = 0;
        }
        if self.artifacts.is_empty() {
            self.next_report()?;
        }
        let (info, finding) = (*self.artifacts.first()?, *self.findings.get(self.next)?);
        self.next += 1;
        Some((info, finding))
    }
}

fn address(finding: &Finding) -> usize {
    std::ptr::from_ref(finding).addr()
}
