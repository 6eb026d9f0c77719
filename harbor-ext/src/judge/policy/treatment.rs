//! What to think of what rules cannot judge.

use serde::Deserialize;

/// What to think of findings and artifacts that the rules cannot judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Treatment {
    /// Artifacts that could have a report and have none: never scanned, scan failed, being scanned.
    pub unscanned: WhenMissing,
    /// Artifacts that no scanner can scan, such as charts.
    pub unsupported: WhenMissing,
    /// What could not be read.
    pub failed: WhenUnread,
    /// Findings that allowlists or VEX documents accept.
    pub suppressed: Counting,
    /// Findings without the severity, the CVSS score or the EPSS score that a rule asks for.
    pub unrated: Counting,
}

/// What to think of an artifact without a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenMissing {
    /// It is against the policy.
    Violation,
    /// It is not, and a note says how many there are.
    #[default]
    Allow,
}

/// What to think of what could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenUnread {
    /// It is against the policy.
    Violation,
    /// The verdict is [incomplete](crate::judge::Verdict::incomplete).
    #[default]
    Incomplete,
}

/// Whether findings count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// They do: what is accepted is against the policy all the same, and what is not rated is as bad as can be.
    Count,
    /// They do not, which the verdict shows.
    #[default]
    Ignore,
}
