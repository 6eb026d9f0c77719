//! A finding in an artifact, as one row.

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Cell, Row};
use crate::judge::{Assessed, Exploitation, Likelihood, Suppression, SuppressionSource};
use crate::model::Severity;

/// A finding in an artifact, as one row: everything that is known of it, without anything nested.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FindingRow<'a> {
    /// The host of the registry, where it is known.
    pub registry: Option<&'a str>,
    /// The project.
    pub project: &'a str,
    /// The user name of the owner of the project, where it is known.
    pub owner: Option<&'a str>,
    /// The whole name of the repository, the project included.
    pub repository: &'a str,
    /// The digest of the artifact.
    pub digest: &'a str,
    /// The tags of the artifact, in the order of the list.
    pub tags: Vec<&'a str>,
    /// The operating system of the image.
    pub os: Option<&'a str>,
    /// The architecture of the image.
    pub architecture: Option<&'a str>,
    /// When the artifact was pushed.
    pub pushed_at: Option<DateTime<Utc>>,
    /// For an index, the digests of those of its images that have the finding.
    pub image_digests: Vec<&'a str>,
    /// The name of the scanner.
    pub scanner: Option<&'a str>,
    /// The version of the scanner.
    pub scanner_version: Option<&'a str>,
    /// When the scanner made the report.
    pub scanned_at: Option<DateTime<Utc>>,
    /// The identifier of the vulnerability, such as `CVE-2021-44228` or `GHSA-…`.
    pub cve: &'a str,
    /// The vulnerable package.
    pub package: &'a str,
    /// The version of the package that is installed.
    pub version: &'a str,
    /// The version that fixes it, as the scanner wrote it; several with commas.
    pub fix_version: Option<&'a str>,
    /// Whether there is a version that fixes it.
    pub fixable: bool,
    /// How bad it is.
    pub severity: Severity,
    /// The CVSS score to work with, from 0.0 to 10.0.
    pub cvss_score: Option<f64>,
    /// What the vendor does about it, such as `fixed` or `will_not_fix`.
    pub status: Option<&'a str>,
    /// Whether CISA's catalogue has it as known to be exploited; unknown without a catalogue.
    pub kev: Option<bool>,
    /// When it was added to the catalogue.
    pub kev_added: Option<NaiveDate>,
    /// Until when the catalogue wants it to be dealt with.
    pub kev_due: Option<NaiveDate>,
    /// The probability that it is exploited within 30 days, from 0 to 1, by FIRST's EPSS.
    pub epss: Option<f64>,
    /// The share of all vulnerabilities that have this probability or a lower one, from 0 to 1.
    pub epss_percentile: Option<f64>,
    /// Whether something says that it does not count.
    pub suppressed: bool,
    /// Why it does not count, one text for each reason: who says so, and why.
    pub suppressions: Vec<String>,
    /// When it was first seen in this repository, where older snapshots tell.
    pub first_seen: Option<DateTime<Utc>>,
    /// The kinds of weakness, such as `CWE-79`.
    pub cwe_ids: Vec<&'a str>,
    /// Where to read more.
    pub links: Vec<&'a str>,
    /// What it is about, in the scanner's words.
    pub description: Option<&'a str>,
}

impl<'a> From<Assessed<'a>> for FindingRow<'a> {
    fn from(assessed: Assessed<'a>) -> Self {
        let (artifact, finding) = (&assessed.info.artifact, assessed.finding.get());
        let report = assessed.info.state.report();
        let scanner = report.and_then(|report| report.scanner());
        let own_digest = artifact.digest.as_str();
        let images = assessed.finding.artifact_digests().filter(|digest| *digest != own_digest);
        let (kev, entry) = match assessed.exploitation {
            Exploitation::Known(entry) => (Some(true), Some(entry)),
            Exploitation::NotListed => (Some(false), None),
            Exploitation::Unknown => (None, None),
        };
        let score = match assessed.likelihood {
            Likelihood::Scored(score) => Some(score),
            Likelihood::NotScored | Likelihood::Unknown => None,
        };
        Self {
            registry: artifact.registry.as_deref(),
            project: artifact.repository.project().as_str(),
            owner: assessed.owner,
            repository: artifact.repository.full(),
            digest: own_digest,
            tags: artifact.tag_names().collect(),
            os: artifact.platform.os.as_deref(),
            architecture: artifact.platform.architecture.as_deref(),
            pushed_at: artifact.push_time,
            image_digests: images.collect(),
            scanner: scanner.map(|scanner| &*scanner.name).and_then(known),
            scanner_version: scanner.map(|scanner| &*scanner.version).and_then(known),
            scanned_at: report.and_then(|report| report.generated_at()),
            cve: finding.id(),
            package: finding.package(),
            version: finding.version(),
            fix_version: known(finding.fix_version()),
            fixable: finding.fixable(),
            severity: finding.severity(),
            cvss_score: finding.cvss_score(),
            status: known(finding.status()),
            kev,
            kev_added: entry.map(|entry| entry.added),
            kev_due: entry.and_then(|entry| entry.due),
            epss: score.map(|score| score.probability),
            epss_percentile: score.map(|score| score.percentile),
            suppressed: assessed.is_suppressed(),
            suppressions: assessed.suppressions.iter().map(in_words).collect(),
            first_seen: assessed.first_seen,
            cwe_ids: finding.cwe_ids().collect(),
            links: finding.links().collect(),
            description: known(finding.description()),
        }
    }
}

impl Row for FindingRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "registry",
        "project",
        "owner",
        "repository",
        "digest",
        "tags",
        "os",
        "architecture",
        "pushed_at",
        "image_digests",
        "scanner",
        "scanner_version",
        "scanned_at",
        "cve",
        "package",
        "version",
        "fix_version",
        "fixable",
        "severity",
        "cvss_score",
        "status",
        "kev",
        "kev_added",
        "kev_due",
        "epss",
        "epss_percentile",
        "suppressed",
        "suppressions",
        "first_seen",
        "cwe_ids",
        "links",
        "description",
    ];

    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        [
            self.registry.into(),
            self.project.into(),
            self.owner.into(),
            self.repository.into(),
            self.digest.into(),
            self.tags.as_slice().into(),
            self.os.into(),
            self.architecture.into(),
            self.pushed_at.into(),
            self.image_digests.as_slice().into(),
            self.scanner.into(),
            self.scanner_version.into(),
            self.scanned_at.into(),
            self.cve.into(),
            self.package.into(),
            self.version.into(),
            self.fix_version.into(),
            self.fixable.into(),
            self.severity.as_str().into(),
            self.cvss_score.into(),
            self.status.into(),
            self.kev.into(),
            self.kev_added.into(),
            self.kev_due.into(),
            self.epss.into(),
            self.epss_percentile.into(),
            self.suppressed.into(),
            self.suppressions.as_slice().into(),
            self.first_seen.into(),
            self.cwe_ids.as_slice().into(),
            self.links.as_slice().into(),
            self.description.into(),
        ]
        .into_iter()
    }
}

/// A suppression in words: who says so, and why.
pub(in crate::export) fn in_words(suppression: &Suppression) -> String {
    let source = match &suppression.source {
        SuppressionSource::SystemAllowlist => "allowlist of the registry".to_owned(),
        SuppressionSource::ProjectAllowlist => "allowlist of the project".to_owned(),
        SuppressionSource::Vex { document, status, justification } => {
            let justification = justification.as_deref().map(|word| format!(", {word}")).unwrap_or_default();
            format!("VEX {document}: {status}{justification}")
        }
        SuppressionSource::Exception => "exception of the policy".to_owned(),
    };
    let reason = if suppression.reason.is_empty() { String::new() } else { format!(": {}", suppression.reason) };
    let end = suppression.expires_at.map(|time| format!(" (until {})", time.format("%Y-%m-%d"))).unwrap_or_default();
    format!("{source}{reason}{end}")
}

/// The text; `None` where it is empty, which is how Harbor says that there is none.
fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
