//! How much there is of everything.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::ser::{Serialize, Serializer};

use super::ArtifactReport;
use super::address::AddressMap;
use super::keys::{self, AnyCase, FindingKey};
use crate::model::{ArtifactInfo, Finding, FindingRef, Severity};

/// How much there is of everything. The units are those of the [module](crate::analysis).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Artifacts.
    pub artifacts: usize,
    /// Artifacts that have a report.
    pub reported: usize,
    /// Findings in all artifacts together.
    pub findings: usize,
    /// Those of the findings that a newer version fixes.
    pub fixable: usize,
    /// Those of the findings that no version fixes yet.
    pub unfixable: usize,
    /// Findings that differ in the identifier, the package or its version.
    pub unique_findings: usize,
    /// Identifiers that differ. Findings without one do not count.
    pub unique_cves: usize,
}

/// How many there are of each severity.
///
/// Ordered by harm: one with more of the worst is greater, whatever the number of the others.
/// Serialises as a map from each severity, the worst first, to its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distribution {
    /// The worst first, so that the derived order is the one by harm.
    worst_first: [usize; Severity::ALL.len()],
}

impl ArtifactReport {
    /// How much there is of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Tally::of(self).counts()
    }

    /// How many findings there are of each severity.
    #[must_use]
    pub fn distribution(&self) -> Distribution {
        self.findings().map(|(_, finding)| finding.severity()).collect()
    }

    /// How many unique CVEs there are of each severity; one that is rated differently in different
    /// packages counts with its worst.
    #[must_use]
    pub fn cve_distribution(&self) -> Distribution {
        Tally::of(self).worst_by_cve.into_values().collect()
    }
}

/// Counts in the making.
#[derive(Debug, Default)]
pub(super) struct Tally<'a> {
    artifacts: usize,
    reported: usize,
    fixable: usize,
    /// How many findings there are of each severity.
    pub(super) severities: Distribution,
    addresses: AddressMap<Finding, ()>,
    unique: HashSet<FindingKey<'a>>,
    worst_by_cve: HashMap<AnyCase<'a>, Severity>,
}

impl<'a> Tally<'a> {
    pub(super) fn of(artifacts: impl IntoIterator<Item = &'a ArtifactInfo>) -> Self {
        let mut tally = Self::default();
        for info in artifacts {
            tally.artifacts += 1;
            tally.reported += usize::from(info.state.report().is_some());
            for finding in info.findings() {
                tally.add(finding);
            }
        }
        tally
    }

    pub(super) fn counts(&self) -> Counts {
        let findings = self.severities.total();
        Counts {
            artifacts: self.artifacts,
            reported: self.reported,
            findings,
            fixable: self.fixable,
            unfixable: findings - self.fixable,
            unique_findings: self.unique.len(),
            unique_cves: self.worst_by_cve.len(),
        }
    }

    fn add(&mut self, finding: FindingRef<'a>) {
        self.severities.add(finding.severity());
        self.fixable += usize::from(finding.fixable());
        // Comparing addresses first leaves few contents to compare. Contents must be compared too,
        // because artifacts of two queries do not share their findings.
        if self.addresses.insert(Arc::as_ptr(finding.shared()), ()).is_some() {
            return;
        }
        let key = keys::of(finding.get());
        self.unique.insert(key);
        if !finding.id().is_empty() {
            let worst = self.worst_by_cve.entry(key.0).or_insert(Severity::None);
            *worst = finding.severity().max(*worst);
        }
    }
}

impl Distribution {
    /// How many there are of one severity.
    #[must_use]
    pub fn get(&self, severity: Severity) -> usize {
        self.worst_first[place(severity)]
    }

    /// Each severity with its number, the worst first, zeros too.
    pub fn iter(&self) -> impl Iterator<Item = (Severity, usize)> {
        Severity::ALL.into_iter().rev().zip(self.worst_first)
    }

    /// How many there are altogether.
    #[must_use]
    pub fn total(&self) -> usize {
        self.worst_first.iter().sum()
    }

    /// The worst severity that occurs.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.iter().find(|(_, count)| *count > 0).map(|(severity, _)| severity)
    }

    pub(super) fn add(&mut self, severity: Severity) {
        self.worst_first[place(severity)] += 1;
    }
}

fn place(severity: Severity) -> usize {
    Severity::Critical as usize - severity as usize
}

impl FromIterator<Severity> for Distribution {
    fn from_iter<I: IntoIterator<Item = Severity>>(severities: I) -> Self {
        let mut distribution = Self::default();
        for severity in severities {
            distribution.add(severity);
        }
        distribution
    }
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{clean, finding, report_of, reported, unscanned};

    #[test]
    fn findings_count_for_each_artifact_and_unique_ones_once() {
        let shared = finding("CVE-1", "a", "1", "2", "High");
        let report = report_of([
            reported("p/one", 1, &[shared.clone(), finding("CVE-1", "b", "1", "", "Critical")]),
            reported("p/two", 2, &[shared.clone(), finding("cve-1", "c", "1", "", "Low")]),
            reported("p/three", 3, &[finding("", "d", "1", "", "Medium"), shared]),
            unscanned("p/four", 4),
            clean("p/five", 5),
        ]);
        let counts = report.counts();
        assert_eq!(
            counts,
            Counts {
                artifacts: 5,
                reported: 4,
                findings: 6,
                fixable: 3,
                unfixable: 3,
                unique_findings: 4,
                unique_cves: 1,
            }
        );
        let count = |severity| report.distribution().get(severity);
        assert_eq!(count(Severity::High), 3);
        assert_eq!(count(Severity::Critical), 1);
        assert_eq!(report.distribution().total(), 6);
        assert_eq!(report.cve_distribution().get(Severity::Critical), 1);
        assert_eq!(report.cve_distribution().total(), 1);
    }

    #[test]
    fn findings_of_two_pools_are_compared_by_content() {
        let one = reported("p/one", 1, &[finding("CVE-1", "a", "1", "", "High")]);
        let two = reported("p/two", 2, &[finding("CVE-1", "a", "1", "", "High")]);
        let [(_, first), (_, second)] = [&one, &two].map(|info| (0, info.findings().next().unwrap()));
        assert!(!Arc::ptr_eq(first.shared(), second.shared()));
        assert_eq!(report_of([one, two]).counts().unique_findings, 1);
    }

    #[test]
    fn a_distribution_is_ordered_by_harm() {
        let distribution = |severities: &[Severity]| severities.iter().copied().collect::<Distribution>();
        let critical = distribution(&[Severity::Critical]);
        let many = distribution(&[Severity::High; 100]);
        assert!(critical > many);
        assert!(many > distribution(&[Severity::High; 99]));
        assert!(distribution(&[Severity::None]) > distribution(&[]));
        assert_eq!(many.worst(), Some(Severity::High));
        assert_eq!(distribution(&[]).worst(), None);
        assert_eq!(
            serde_json::to_string(&critical).unwrap(),
            r#"{"Critical":1,"High":0,"Medium":0,"Low":0,"Negligible":0,"Unknown":0,"None":0}"#,
        );
    }
}
