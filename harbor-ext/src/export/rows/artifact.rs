//! An artifact and whether it has a report, as one row.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Cell, Row};
use crate::analysis::Distribution;
use crate::judge::{Assessment, Exploitation};
use crate::model::{ArtifactInfo, Severity};

/// An artifact, whether it has a report or why it has none, and how many findings it has, as one row.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ArtifactRow<'a> {
    /// The host of the registry, where it is known.
    pub registry: Option<&'a str>,
    /// The project.
    pub project: &'a str,
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
    /// The size in bytes, where it is known.
    pub size: Option<u64>,
    /// When it was pushed.
    pub pushed_at: Option<DateTime<Utc>>,
    /// When it was last pulled.
    pub pulled_at: Option<DateTime<Utc>>,
    /// Whether it has a report, and if not, why: `reported`, `not_scanned` and so on.
    pub state: &'static str,
    /// The same in a sentence, with what went wrong.
    pub explanation: String,
    /// The name of the scanner.
    pub scanner: Option<&'a str>,
    /// The version of the scanner.
    pub scanner_version: Option<&'a str>,
    /// When the scanner made the report.
    pub scanned_at: Option<DateTime<Utc>>,
    /// How many findings it has, suppressed ones included; unknown without a report, as all that follow.
    pub findings: Option<usize>,
    /// How many of them are suppressed.
    pub suppressed: Option<usize>,
    /// How many of them have a version that fixes them.
    pub fixable: Option<usize>,
    /// How many of them are known to be exploited; unknown without a catalogue, too.
    pub kev: Option<usize>,
    /// How many of them are critical.
    pub critical: Option<usize>,
    /// How many of them are high.
    pub high: Option<usize>,
    /// How many of them are medium.
    pub medium: Option<usize>,
    /// How many of them are low.
    pub low: Option<usize>,
    /// How many of them are negligible, rated as harmless, or not rated.
    pub other: Option<usize>,
}

impl<'a> ArtifactRow<'a> {
    /// An artifact with what an assessment says of its findings.
    #[must_use]
    pub fn new(assessment: &Assessment<'a>, info: &'a ArtifactInfo) -> Self {
        let artifact = &info.artifact;
        let report = info.state.report();
        let scanner = report.and_then(|report| report.scanner());
        let counts = report.map(|_| Counts::of(assessment, info));
        let count = |of: fn(&Counts) -> usize| counts.as_ref().map(of);
        Self {
            registry: artifact.registry.as_deref(),
            project: artifact.repository.project().as_str(),
            repository: artifact.repository.full(),
            digest: artifact.digest.as_str(),
            tags: artifact.tag_names().collect(),
            os: artifact.platform.os.as_deref(),
            architecture: artifact.platform.architecture.as_deref(),
            size: (artifact.size > 0).then_some(artifact.size),
            pushed_at: artifact.push_time,
            pulled_at: artifact.pull_time,
            state: info.state.name(),
            explanation: info.state.to_string(),
            scanner: scanner.map(|scanner| &*scanner.name).filter(|name| !name.is_empty()),
            scanner_version: scanner.map(|scanner| &*scanner.version).filter(|version| !version.is_empty()),
            scanned_at: report.and_then(|report| report.generated_at()),
            findings: count(|counts| counts.findings),
            suppressed: count(|counts| counts.suppressed),
            fixable: count(|counts| counts.fixable),
            kev: assessment.knowledge().kev.is_some().then(|| count(|counts| counts.exploited)).flatten(),
            critical: count(|counts| counts.severities.get(Severity::Critical)),
            high: count(|counts| counts.severities.get(Severity::High)),
            medium: count(|counts| counts.severities.get(Severity::Medium)),
            low: count(|counts| counts.severities.get(Severity::Low)),
            other: count(|counts| {
                let others = [Severity::Negligible, Severity::Unknown, Severity::None];
                others.into_iter().map(|severity| counts.severities.get(severity)).sum()
            }),
        }
    }
}

impl Row for ArtifactRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "registry",
        "project",
        "repository",
        "digest",
        "tags",
        "os",
        "architecture",
        "size",
        "pushed_at",
        "pulled_at",
        "state",
        "explanation",
        "scanner",
        "scanner_version",
        "scanned_at",
        "findings",
        "suppressed",
        "fixable",
        "kev",
        "critical",
        "high",
        "medium",
        "low",
        "other",
    ];

    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        [
            self.registry.into(),
            self.project.into(),
            self.repository.into(),
            self.digest.into(),
            self.tags.as_slice().into(),
            self.os.into(),
            self.architecture.into(),
            self.size.into(),
            self.pushed_at.into(),
            self.pulled_at.into(),
            self.state.into(),
            self.explanation.as_str().into(),
            self.scanner.into(),
            self.scanner_version.into(),
            self.scanned_at.into(),
            self.findings.into(),
            self.suppressed.into(),
            self.fixable.into(),
            self.kev.into(),
            self.critical.into(),
            self.high.into(),
            self.medium.into(),
            self.low.into(),
            self.other.into(),
        ]
        .into_iter()
    }
}

/// The findings of one artifact in numbers.
#[derive(Default)]
struct Counts {
    findings: usize,
    suppressed: usize,
    fixable: usize,
    exploited: usize,
    severities: Distribution,
}

impl Counts {
    fn of<'a>(assessment: &Assessment<'a>, info: &'a ArtifactInfo) -> Self {
        let severities: Distribution = info.findings().map(|finding| finding.severity()).collect();
        let mut counts = Self { findings: severities.total(), severities, ..Self::default() };
        for assessed in assessment.findings_of(info) {
            counts.suppressed += usize::from(assessed.is_suppressed());
            counts.fixable += usize::from(assessed.finding.fixable());
            counts.exploited += usize::from(matches!(assessed.exploitation, Exploitation::Known(_)));
        }
        counts
    }
}
