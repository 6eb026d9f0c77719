//! What a policy decided, as rows.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Cell, Row, in_words};
use crate::judge::Violation;
use crate::model::{Artifact, Severity};

/// Something that is against a policy, or would be, as one row.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ViolationRow<'a> {
    /// `violation`, `excused` (by an exception or a suppression), or `pending` (still in its grace).
    pub decision: &'static str,
    /// What it is about: `finding`, `without_report`, or `not_read`.
    pub kind: &'static str,
    /// A sentence: which image, which finding, which rule, and what to do.
    pub message: String,
    /// The name of the rule, for findings.
    pub rule: Option<&'a str>,
    /// What of the rule it fulfils, or why there is no report.
    pub reason: String,
    /// When its grace ends or has ended, where the rule gives one.
    pub due: Option<DateTime<Utc>>,
    /// Why it is excused.
    pub suppressions: Vec<String>,
    /// The host of the registry, where it is known.
    pub registry: Option<&'a str>,
    /// The project, where it is known.
    pub project: Option<&'a str>,
    /// The whole name of the repository, where it is known.
    pub repository: Option<&'a str>,
    /// The digest of the artifact, where it is known.
    pub digest: Option<&'a str>,
    /// The tags of the artifact.
    pub tags: Vec<&'a str>,
    /// The identifier of the vulnerability, for findings, as all that follows.
    pub cve: Option<&'a str>,
    /// The vulnerable package.
    pub package: Option<&'a str>,
    /// The version of the package that is installed.
    pub version: Option<&'a str>,
    /// The version that fixes it.
    pub fix_version: Option<&'a str>,
    /// How bad it is.
    pub severity: Option<Severity>,
}

impl<'a> ViolationRow<'a> {
    pub(super) fn new(decision: &'static str, violation: &'a Violation<'_>) -> Self {
        let suppressions = violation.suppressions().iter().map(in_words).collect();
        let row = Self { decision, suppressions, message: violation.to_string(), ..Self::empty() };
        match violation {
            Violation::Finding { assessed, rule, reason, due, .. } => {
                let finding = assessed.finding.get();
                Self {
                    kind: "finding",
                    rule: Some(rule),
                    reason: reason.clone(),
                    due: *due,
                    cve: Some(finding.id()),
                    package: Some(finding.package()),
                    version: Some(finding.version()),
                    fix_version: finding.fixable().then(|| finding.fix_version()),
                    severity: Some(finding.severity()),
                    ..row.of(&assessed.info.artifact)
                }
            }
            Violation::WithoutReport { info, .. } => {
                Self { kind: "without_report", reason: info.state.to_string(), ..row.of(&info.artifact) }
            }
            Violation::NotRead { registry, failure, .. } => Self {
                kind: "not_read",
                reason: failure.to_string(),
                registry: Some(registry),
                project: failure.target.project.as_ref().map(|project| project.as_str()),
                repository: failure.target.repository.as_ref().map(|repository| repository.full()),
                digest: failure.target.digest.as_ref().map(|digest| digest.as_str()),
                ..row
            },
        }
    }

    fn of(self, artifact: &'a Artifact) -> Self {
        Self {
            registry: artifact.registry.as_deref(),
            project: Some(artifact.repository.project().as_str()),
            repository: Some(artifact.repository.full()),
            digest: Some(artifact.digest.as_str()),
            tags: artifact.tag_names().collect(),
            ..self
        }
    }

    fn empty() -> Self {
        Self {
            decision: "",
            kind: "",
            message: String::new(),
            rule: None,
            reason: String::new(),
            due: None,
            suppressions: Vec::new(),
            registry: None,
            project: None,
            repository: None,
            digest: None,
            tags: Vec::new(),
            cve: None,
            package: None,
            version: None,
            fix_version: None,
            severity: None,
        }
    }
}

impl Row for ViolationRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "decision",
        "kind",
        "message",
        "rule",
        "reason",
        "due",
        "suppressions",
        "registry",
        "project",
        "repository",
        "digest",
        "tags",
        "cve",
        "package",
        "version",
        "fix_version",
        "severity",
    ];

    fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        [
            self.decision.into(),
            self.kind.into(),
            self.message.as_str().into(),
            self.rule.into(),
            self.reason.as_str().into(),
            self.due.into(),
            self.suppressions.as_slice().into(),
            self.registry.into(),
            self.project.into(),
            self.repository.into(),
            self.digest.into(),
            self.tags.as_slice().into(),
            self.cve.into(),
            self.package.into(),
            self.version.into(),
            self.fix_version.into(),
            self.severity.map(Severity::as_str).into(),
        ]
        .into_iter()
    }
}
