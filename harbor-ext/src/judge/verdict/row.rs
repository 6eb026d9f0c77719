//! Violations as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Violation;
use crate::failure::Failure;
use crate::judge::{Assessed, EpssScore, Exploitation, Likelihood, Suppression};
use crate::model::{Artifact, ArtifactInfo, Severity};

/// Something that is against a policy, or would be.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "Violation")]
pub(super) struct Row<'a> {
    /// What it is.
    kind: Kind,
    /// A sentence: which image, which finding, which rule, what to do.
    message: String,
    /// The name of the rule that does not allow a finding.
    rule: Option<&'a str>,
    /// What of the rule the finding fulfils.
    reason: Option<&'a str>,
    /// What to do about it.
    advice: String,
    /// The host of the registry, where it is known.
    registry: Option<&'a str>,
    /// The artifact.
    image: Option<Image<'a>>,
    /// The finding.
    finding: Option<Finding<'a>>,
    /// When the grace ends or has ended.
    due: Option<DateTime<Utc>>,
    /// What could not be read.
    failure: Option<&'a Failure>,
    /// What speaks for it.
    suppressions: &'a [Suppression],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Finding,
    WithoutReport,
    NotRead,
}

/// The artifact of a violation.
#[derive(Serialize, JsonSchema)]
struct Image<'a> {
    /// Project and path.
    repository: &'a str,
    /// All of its tags.
    tags: Vec<&'a str>,
    /// The digest.
    digest: &'a str,
    /// Whether it has a report, and why not.
    state: &'static str,
}

/// The finding of a violation.
#[derive(Serialize, JsonSchema)]
struct Finding<'a> {
    /// The identifier of the vulnerability.
    id: &'a str,
    /// The package.
    package: &'a str,
    /// The version that is installed.
    version: &'a str,
    /// The version that fixes it, as the scanner wrote it; empty where there is none.
    fix_version: &'a str,
    /// How bad it is.
    severity: Severity,
    /// The CVSS score, where it is known.
    cvss: Option<f64>,
    /// Whether it is known to be exploited; `null` where nobody told.
    exploited: Option<bool>,
    /// Since when it is listed as exploited.
    exploited_since: Option<NaiveDate>,
    /// How likely it is to be exploited, where it has a score.
    epss: Option<EpssScore>,
    /// When it was first seen, where older snapshots tell.
    first_seen: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Violation<'_>> for Row<'a> {
    fn from(violation: &'a Violation<'_>) -> Self {
        let mut row = Self {
            kind: Kind::NotRead,
            message: violation.to_string(),
            rule: None,
            reason: None,
            advice: violation.advice(),
            registry: violation.info().and_then(|info| info.artifact.registry.as_deref()),
            image: violation.info().map(Image::from),
            finding: None,
            due: None,
            failure: None,
            suppressions: violation.suppressions(),
        };
        match violation {
            Violation::Finding { assessed, rule, reason, due } => {
                (row.kind, row.finding, row.due) = (Kind::Finding, Some(Finding::from(&**assessed)), *due);
                (row.rule, row.reason) = (Some(&**rule), Some(&**reason));
            }
            Violation::WithoutReport { .. } => row.kind = Kind::WithoutReport,
            Violation::NotRead { registry, failure } => {
                row.failure = Some(failure);
                row.registry = Some(*registry).filter(|registry| !registry.is_empty());
            }
        }
        row
    }
}

impl<'a> From<&'a ArtifactInfo> for Image<'a> {
    fn from(info: &'a ArtifactInfo) -> Self {
        let Artifact { repository, digest, .. } = &*info.artifact;
        Self {
            repository: repository.full(),
            tags: info.tags().collect(),
            digest: digest.as_str(),
            state: info.state.name(),
        }
    }
}

impl<'a> From<&'a Assessed<'_>> for Finding<'a> {
    fn from(assessed: &'a Assessed<'_>) -> Self {
        let finding = assessed.finding.get();
        let (exploited, exploited_since) = match assessed.exploitation {
            Exploitation::Known(entry) => (Some(true), Some(entry.added)),
            Exploitation::NotListed => (Some(false), None),
            Exploitation::Unknown => (None, None),
        };
        Self {
            id: finding.id(),
            package: finding.package(),
            version: finding.version(),
            fix_version: finding.fix_version(),
            severity: finding.severity(),
            cvss: finding.cvss_score(),
            exploited,
            exploited_since,
            epss: match assessed.likelihood {
                Likelihood::Scored(score) => Some(score),
                _ => None,
            },
            first_seen: assessed.first_seen,
        }
    }
}
