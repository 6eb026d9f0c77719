//! How much there is of everything.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::ArtifactReport;
use super::address::{AddressMap, NumberMap, NumberSet};
use super::keys::{self, AnyCase, FindingKey};
use crate::model::{ArtifactInfo, Finding, Severity};

/// How much there is of everything. The units are those of the [module](crate::analysis).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
/// Ordered by harm: one with more of the worst is greater, whatever the number of the others. Displayed without zeros,
/// such as `2 Critical, 13 High`.
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
        Tally::of(self, &mut Identities::default()).counts()
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
        Tally::of(self, &mut Identities::default()).worst_by_cve.into_values().collect()
    }
}

/// Counts in the making.
#[derive(Debug, Default)]
pub(super) struct Tally {
    artifacts: usize,
    reported: usize,
    fixable: usize,
    /// How many findings there are of each severity.
    pub(super) severities: Distribution,
    unique: NumberSet,
    worst_by_cve: NumberMap<Severity>,
}

/// Numbers for what is the same, so that it need be compared only once for all tallies.
#[derive(Debug, Default)]
pub(super) struct Identities<'a> {
    by_address: AddressMap<Finding, Identity>,
    findings: HashMap<FindingKey<'a>, usize>,
    cves: HashMap<AnyCase<'a>, usize>,
}

#[derive(Clone, Copy, Debug)]
struct Identity {
    finding: usize,
    /// `None` where the finding has no identifier.
    cve: Option<usize>,
}

impl Tally {
    pub(super) fn of<'a>(
        artifacts: impl IntoIterator<Item = &'a ArtifactInfo>,
        identities: &mut Identities<'a>,
    ) -> Self {
        let mut tally = Self::default();
        for info in artifacts {
            tally.artifacts += 1;
            tally.reported += usize::from(info.state.report().is_some());
            for finding in info.findings() {
                tally.add(finding.get(), identities.of(finding.get()));
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

    fn add(&mut self, finding: &Finding, identity: Identity) {
        self.severities.add(finding.severity());
        self.fixable += usize::from(finding.fixable());
        self.unique.insert(identity.finding);
        if let Some(cve) = identity.cve {
            let worst = self.worst_by_cve.entry(cve).or_insert(Severity::None);
            *worst = finding.severity().max(*worst);
        }
    }
}

impl<'a> Identities<'a> {
    fn of(&mut self, finding: &'a Finding) -> Identity {
        let Self { by_address, findings, cves } = self;
        // Comparing addresses first leaves few contents to compare. Contents must be compared too,
        // because artifacts of two queries do not share their findings.
        *by_address.entry(std::ptr::from_ref(finding)).or_insert_with(|| {
            let key = keys::of(finding);
            let (next_finding, next_cve) = (findings.len(), cves.len());
            Identity {
                finding: *findings.entry(key).or_insert(next_finding),
                cve: (!finding.id().is_empty()).then(|| *cves.entry(key.0).or_insert(next_cve)),
            }
        })
    }
}

impl Distribution {
    /// How many there are of one severity.
    #[must_use]
    pub fn get(&self, severity: Severity) -> usize {
        self.worst_first[place(severity)]
    }

    /// Each severity with its number, the worst first, zeros too. `.rev()` begins with the most harmless one.
    #[must_use]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Severity, usize)> + ExactSizeIterator {
        Severity::ALL.into_iter().rev().zip(self.worst_first)
    }

    /// How many there are altogether.
    #[must_use]
    pub fn total(&self) -> usize {
        // What was read from a file may be any numbers.
        self.worst_first.into_iter().fold(0, usize::saturating_add)
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

impl fmt::Display for Distribution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.iter().filter(|(_, count)| *count > 0);
        let words: Vec<String> = counts.map(|(severity, count)| format!("{count} {severity}")).collect();
        formatter.write_str(if words.is_empty() { "no findings".into() } else { words.join(", ") }.as_str())
    }
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

/// Severities that are absent have the number 0. Another word than those of [`Severity`] is an error, so that no number
/// is dropped.
impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut distribution = Self::default();
        for (word, count) in BTreeMap::<String, usize>::deserialize(deserializer)? {
            let severity = Severity::ALL.into_iter().find(|severity| severity.as_str() == word);
            let severity = severity.ok_or_else(|| D::Error::custom(format_args!("{word:?} is not a severity")))?;
            distribution.worst_first[place(severity)] = count;
        }
        Ok(distribution)
    }
}

impl JsonSchema for Distribution {
    fn schema_name() -> Cow<'static, str> {
        "Distribution".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let count =
            |severity: Severity| (severity.as_str().to_owned(), serde_json::json!({ "type": "integer", "minimum": 0 }));
        let properties: serde_json::Map<String, Value> = Severity::ALL.into_iter().rev().map(count).collect();
        json_schema!({
            "description": "How many there are of each severity.",
            "type": "object",
            "properties": properties,
            "required": Severity::ALL.map(Severity::as_str),
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::analysis::samples::{clean, finding, report_of, reported, unscanned};

    /// R9: findings by severity, each where it occurs; and the unique ones, each once.
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
    fn numbers_from_a_file_may_be_of_any_size() {
        let read: Distribution = serde_json::from_value(serde_json::json!({ "High": usize::MAX, "Low": 1 })).unwrap();
        assert_eq!(read.total(), usize::MAX);
    }

    /// S3: sorted by severity, here the worst first.
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

    /// S3: pairs of severity and number, ascending or descending.
    #[test]
    fn a_distribution_is_shown_without_zeros_and_gone_through_from_both_ends() {
        let distribution: Distribution = [Severity::Low, Severity::Critical, Severity::Low].into_iter().collect();
        assert_eq!(distribution.to_string(), "1 Critical, 2 Low");
        assert_eq!(Distribution::default().to_string(), "no findings");
        assert_eq!(distribution.iter().next(), Some((Severity::Critical, 1)));
        assert!(distribution.iter().rev().map(|(severity, _)| severity).eq(Severity::ALL));
    }

    #[test]
    fn a_distribution_is_written_and_read_again() {
        let distribution: Distribution = [Severity::Low, Severity::None, Severity::Low].into_iter().collect();
        let json = serde_json::to_string(&distribution).unwrap();
        assert_eq!(serde_json::from_str::<Distribution>(&json).unwrap(), distribution);
        assert_eq!(serde_json::from_str::<Distribution>(r#"{"Low":2}"#).unwrap().total(), 2);
        assert!(serde_json::from_str::<Distribution>(r#"{"Moderate":2}"#).is_err());
    }
}
