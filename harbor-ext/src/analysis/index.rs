//! An index from vulnerabilities and packages to those who have them.

use std::collections::HashMap;

use super::ArtifactReport;
use super::address::AddressMap;
use super::keys::AnyCase;
use crate::model::{Finding, Report};

use self::holders::Holders;
pub use self::matches::Matches;
use self::postings::Postings;

mod holders;
mod matches;
mod postings;

/// An index of a report: which artifacts have a vulnerability or a package, and where.
///
/// Worth its while where many such questions are asked of one report. One question alone is answered faster by
/// [`ArtifactReport::findings`], which needs no index.
///
/// Making it takes two passes over the findings, of which those that artifacts share, and those of artifacts that share
/// their report, are handled once. It costs 4 bytes for each finding of each report, 12 for each artifact, and some more
/// for each finding that differs. A look-up takes no longer for a larger registry, and going through what it finds looks
/// at no report that has none of it.
///
/// ```
/// # use harbor_ext::analysis::{ArtifactReport, Index};
/// # let report = ArtifactReport::default();
/// let index = Index::new(&report);
/// for id in ["CVE-2021-44228", "CVE-2021-45046"] {
///     println!("{id}: {} artifacts", index.with_cve(id).artifacts().count());
/// }
/// ```
#[derive(Debug)]
pub struct Index<'a> {
    holders: Holders<'a>,
    /// The findings that differ, by their number.
    findings: Vec<&'a Finding>,
    postings: Postings,
    by_cve: NumbersByText<'a>,
    by_package: NumbersByText<'a>,
}

/// For each identifier or package the numbers of the findings that differ.
#[derive(Debug, Default)]
struct NumbersByText<'a> {
    /// Places in the list rather than the numbers: what a map lends lives no longer than the text that it is asked with.
    places: HashMap<AnyCase<'a>, usize>,
    numbers: Vec<Vec<u32>>,
}

impl<'a> Index<'a> {
    /// Makes the index of a report.
    #[must_use]
    pub fn new(report: &'a ArtifactReport) -> Self {
        let holders = Holders::of(report);
        let (mut by_cve, mut by_package) = (NumbersByText::default(), NumbersByText::default());
        let mut numbers: AddressMap<Finding, u32> = AddressMap::default();
        let mut findings: Vec<&'a Finding> = Vec::new();
        let mut counts: Vec<usize> = Vec::new();
        for finding in holders.reports().flat_map(Report::findings) {
            let finding = finding.get();
            let number = *numbers.entry(std::ptr::from_ref(finding)).or_insert_with(|| {
                let number = findings.len() as u32;
                by_cve.add(finding.id(), number);
                by_package.add(finding.package(), number);
                findings.push(finding);
                counts.push(0);
                number
            });
            counts[number as usize] += 1;
        }
        let postings = Postings::new(&counts, holders.reports(), &numbers);
        Self { holders, findings, postings, by_cve, by_package }
    }

    /// The findings of one vulnerability.
    ///
    /// The identifier is compared whole and whatever its capitals: `CVE-2020-1234` does not find `CVE-2020-12345`. The
    /// empty one finds what has no identifier.
    #[must_use]
    pub fn with_cve(&self, id: &str) -> Matches<'_, 'a> {
        Matches::new(self, self.by_cve.of(id))
    }

    /// The findings in one package, whose name is compared whole and whatever its capitals.
    #[must_use]
    pub fn with_package(&self, name: &str) -> Matches<'_, 'a> {
        Matches::new(self, self.by_package.of(name))
    }
}

impl<'a> NumbersByText<'a> {
    fn add(&mut self, text: &'a str, number: u32) {
        let place = *self.places.entry(AnyCase(text)).or_insert(self.numbers.len());
        match self.numbers.get_mut(place) {
            Some(numbers) => numbers.push(number),
            None => self.numbers.push(vec![number]),
        }
    }

    fn of(&self, text: &str) -> &[u32] {
        let place = self.places.get(&AnyCase(text)).copied();
        place.and_then(|place| self.numbers.get(place)).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
