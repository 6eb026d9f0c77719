//! An index from vulnerabilities and packages to those who have them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::ArtifactReport;
use super::address::AddressMap;
use super::keys::AnyCase;
use crate::model::{ArtifactInfo, Finding, Report};

pub use self::matches::Matches;
use self::postings::Postings;

mod matches;
mod postings;

/// An index of a report: which artifacts have a vulnerability or a package, and where.
///
/// Worth its while where many such questions are asked of one report. One question alone is answered faster by
/// [`ArtifactReport::findings`], which needs no index.
///
/// Making it takes two passes over the findings, of which those that artifacts share, and those of artifacts that share
/// their report, are handled once. It costs 8 bytes for each finding of each report, and some more for each that differs.
/// A look-up takes no longer for a larger registry; what is found is gone through without a search.
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
    reports: Vec<Holders<'a>>,
    postings: Postings,
    by_cve: NumbersByText<'a>,
    by_package: NumbersByText<'a>,
}

/// For each identifier or package, sorted, the numbers of the findings that differ. A list rather than a map, because a
/// map would have to be asked with a text that lives as long as its own.
type NumbersByText<'a> = Box<[(AnyCase<'a>, Box<[u32]>)]>;

/// A report and the artifacts whose report it is, in the order of the artifacts.
#[derive(Debug)]
struct Holders<'a> {
    report: &'a Report,
    artifacts: Vec<&'a ArtifactInfo>,
}

impl<'a> Index<'a> {
    /// Makes the index of a report.
    #[must_use]
    pub fn new(report: &'a ArtifactReport) -> Self {
        let reports = holders(report);
        let mut by_cve: HashMap<AnyCase<'a>, Vec<u32>> = HashMap::new();
        let mut by_package: HashMap<AnyCase<'a>, Vec<u32>> = HashMap::new();
        let mut numbers: AddressMap<Finding, u32> = AddressMap::default();
        let mut counts: Vec<usize> = Vec::new();
        for finding in reports.iter().flat_map(|holders| holders.report.findings()) {
            let number = *numbers.entry(Arc::as_ptr(finding.shared())).or_insert_with(|| {
                let number = counts.len() as u32;
                by_cve.entry(AnyCase(finding.get().id())).or_default().push(number);
                by_package.entry(AnyCase(finding.get().package())).or_default().push(number);
                counts.push(0);
                number
            });
            counts[number as usize] += 1;
        }
        let postings = Postings::new(&counts, reports.iter().map(|holders| holders.report), &numbers);
        Self { reports, postings, by_cve: sorted(by_cve), by_package: sorted(by_package) }
    }

    /// The findings of one vulnerability.
    ///
    /// The identifier is compared whole and whatever its capitals: `CVE-2020-1234` does not find `CVE-2020-12345`. The
    /// empty one finds what has no identifier.
    #[must_use]
    pub fn with_cve(&self, id: &str) -> Matches<'_, 'a> {
        Matches::new(self, numbers_of(&self.by_cve, id))
    }

    /// The findings in one package, whose name is compared whole and whatever its capitals.
    #[must_use]
    pub fn with_package(&self, name: &str) -> Matches<'_, 'a> {
        Matches::new(self, numbers_of(&self.by_package, name))
    }
}

fn sorted(numbers: HashMap<AnyCase<'_>, Vec<u32>>) -> NumbersByText<'_> {
    let mut numbers: Vec<_> = numbers.into_iter().map(|(text, numbers)| (text, numbers.into())).collect();
    numbers.sort_unstable_by_key(|(text, _)| *text);
    numbers.into()
}

fn numbers_of<'i>(numbers: &'i NumbersByText<'_>, text: &str) -> &'i [u32] {
    let place = numbers.binary_search_by(|(known, _)| known.cmp_to(text));
    place.map(|place| &*numbers[place].1).unwrap_or_default()
}

/// The reports in the order in which they appear, each once.
fn holders(report: &ArtifactReport) -> Vec<Holders<'_>> {
    let mut reports: Vec<Holders<'_>> = Vec::new();
    let mut places: AddressMap<Report, usize> = AddressMap::default();
    for info in report {
        let Some(report) = info.state.report() else { continue };
        match places.entry(std::ptr::from_ref(report)) {
            Entry::Occupied(place) => reports[*place.get()].artifacts.push(info),
            Entry::Vacant(vacant) => {
                vacant.insert(reports.len());
                reports.push(Holders { report, artifacts: vec![info] });
            }
        }
    }
    reports
}

#[cfg(test)]
mod tests;
