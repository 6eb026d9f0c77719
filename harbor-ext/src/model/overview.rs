//! What Harbor tells about the scans of an artifact without its report.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scanner, Severity};
use crate::name::Digest;

/// What the vulnerability scans of an artifact amount to, as Harbor summarises them; one entry of `scan_overview` on the
/// wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ScanOverview {
    /// Harbor's word for where the scan stands: `Pending`, `Scheduled`, `Running`, `Stopped`, `Error` or `Success`. For
    /// an index it is `Success` as soon as the scan of one child succeeded.
    pub scan_status: String,
    /// The scanner's word for the worst finding, such as `High`; `None` until a scan has succeeded.
    #[serde(rename = "severity")]
    pub severity_text: Option<String>,
    /// How many findings there are; `None` until a scan has succeeded, which is not the same as no findings.
    pub summary: Option<VulnerabilitySummary>,
    /// The share of an index's children whose scan succeeded, in percent; `None` where Harbor does not give it.
    pub complete_percent: Option<i64>,
    /// When the scan began.
    pub start_time: Option<DateTime<Utc>>,
    /// When the scan ended.
    pub end_time: Option<DateTime<Utc>>,
    /// How long the scan took, in seconds, as Harbor counts. For an index that is still being scanned the number can be
    /// far below zero.
    pub duration: Option<i64>,
    /// The scanner; `None` until a scan has succeeded.
    pub scanner: Option<Scanner>,
    /// Harbor's name for the report.
    pub report_id: Option<String>,
}

/// How many findings an artifact has, as Harbor counts them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct VulnerabilitySummary {
    /// All findings.
    pub total: u64,
    /// Findings for which there is a fixed version.
    pub fixable: u64,
    /// The findings of each severity, in the scanner's words; `summary` on the wire. Severities without findings are
    /// missing, and words that have no [`Severity`] are kept.
    #[serde(rename = "summary")]
    pub by_severity: BTreeMap<String, u64>,
}

/// Where the SBOM of an artifact stands, as Harbor tells it from 2.11 on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SbomOverview {
    /// Harbor's word for where the making of the SBOM stands, as in [`ScanOverview::scan_status`].
    pub scan_status: String,
    /// The digest of the accessory that holds the SBOM, once there is one.
    pub sbom_digest: Option<Digest>,
    /// When the making of the SBOM began.
    pub start_time: Option<DateTime<Utc>>,
    /// When the making of the SBOM ended.
    pub end_time: Option<DateTime<Utc>>,
    /// How long that took, in seconds.
    pub duration: Option<i64>,
    /// The scanner that made it.
    pub scanner: Option<Scanner>,
    /// Harbor's name for the report.
    pub report_id: Option<String>,
}

impl ScanOverview {
    /// The severity of the worst finding: [`Unknown`](Severity::Unknown) for a word without a known meaning, and `None`
    /// until a scan has succeeded.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.severity_text.as_deref().map(Severity::parse)
    }

    /// Whether it speaks for some children of an index only: the scans of the others have not succeeded.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.complete_percent.is_some_and(|percent| percent < 100)
    }
}

impl VulnerabilitySummary {
    /// How many findings have this severity; 0 where the summary does not mention it.
    ///
    /// Words without a known meaning count as [`Unknown`](Severity::Unknown), so that the counts of all severities add
    /// up to those of all words.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        let of_severity = self.by_severity.iter().filter(|(word, _)| Severity::parse(word) == severity);
        of_severity.map(|(_, count)| *count).fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// S20: the counts are lifted out of `summary`, 0 where a severity is absent, and unknown words are not lost.
    #[test]
    fn counts_are_lifted_out_of_the_summary() {
        let text =
            json!({"total": 10, "fixable": 4, "summary": {"Critical": 1, "High": 2, "Dreadful": 3, "Unknown": 4}});
        let summary: VulnerabilitySummary = serde_json::from_value(text.clone()).unwrap();
        let counts = Severity::ALL.map(|severity| summary.count(severity));
        assert_eq!(counts, [0, 7, 0, 0, 0, 2, 1]);
        assert_eq!(counts.iter().sum::<u64>(), summary.total);
        assert_eq!((summary.fixable, summary.by_severity["Dreadful"]), (4, 3));
        assert_eq!(serde_json::to_value(&summary).unwrap(), text);
        let clean: VulnerabilitySummary = serde_json::from_value(json!({"summary": {}})).unwrap();
        assert_eq!((clean.total, clean.count(Severity::High)), (0, 0));
    }

    /// S20: the severity is read from its word, and nothing is said before a scan has succeeded.
    #[test]
    fn an_overview_says_nothing_before_a_scan_has_succeeded() {
        let running = ScanOverview { scan_status: "Running".to_owned(), ..ScanOverview::default() };
        assert_eq!((running.severity(), running.summary.as_ref(), running.is_partial()), (None, None, false));
        let of =
            |word: &str| ScanOverview { severity_text: Some(word.to_owned()), ..ScanOverview::default() }.severity();
        assert_eq!([of("High"), of("Dreadful")], [Some(Severity::High), Some(Severity::Unknown)]);
        let partial = |percent| ScanOverview { complete_percent: percent, ..ScanOverview::default() }.is_partial();
        assert_eq!([partial(Some(50)), partial(Some(100)), partial(None)], [true, false, false]);
    }
}
