//! Vulnerability reports, kept as text.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;
use thiserror::Error;

use super::Scanner;
use super::finding::{Finding, Key, Members, StoredFinding, text_of};
use super::rows::Duplicates;
use crate::wire::json::compact;

/// The media type of the reports that today's scanners produce.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.security.vulnerability.report; version=1.1";

/// A vulnerability report, served as it is but for the digests.
#[derive(Clone, Debug)]
pub struct Report {
    /// The members before `vulnerabilities`, as a name and compact JSON. Copies of a report share
    /// them.
    pub(super) before: Arc<Vec<(String, String)>>,
    pub(super) findings: Findings,
    /// The members behind `vulnerabilities`.
    pub(super) after: Vec<(String, String)>,
    severity: String,
}

/// A report that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The text is not JSON, or not an object.
    #[error("not a report at line {line}, column {column}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the parser says.
        source: serde_json::Error,
    },
    /// The object is neither a report nor a report under its media type.
    #[error("neither a report nor a report under its media type: there is no member `vulnerabilities`")]
    NotAReport,
}

/// The findings of a report.
#[derive(Clone, Debug)]
pub(crate) enum Findings {
    /// Something else than an array in the place of the findings, such as `null`.
    Verbatim(String),
    Listed(Vec<Arc<StoredFinding>>),
    /// A part of a table that many reports share: every `stride`th finding from `start`.
    Drawn {
        table: Arc<[Arc<StoredFinding>]>,
        start: usize,
        stride: usize,
        count: usize,
    },
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl ReportError {
    pub(crate) fn from_parser(source: serde_json::Error) -> Self {
        Self::Json { line: source.line(), column: source.column(), source }
    }
}

impl Report {
    /// A report of a clean image.
    #[must_use]
    pub fn new() -> Self {
        let member = |name: &str, json: &str| (name.to_owned(), json.to_owned());
        let before = vec![
            member("generated_at", "\"2026-01-01T12:34:56.123456789Z\""),
            member("scanner", &Scanner::usual_identity().to_string()),
            member("severity", "\"\""),
        ];
        Self {
            before: Arc::new(before),
            findings: Findings::Listed(Vec::new()),
            after: Vec::new(),
            severity: String::new(),
        }
    }

    /// Reads a report, bare or under its media type, and keeps it as it is.
    ///
    /// # Errors
    ///
    /// Fails when the text is not JSON or has no member `vulnerabilities`.
    pub fn from_json(json: &str) -> Result<Self, ReportError> {
        let Members(members) = parse(json)?;
        let has_findings = |members: &[(String, &RawValue)]| members.iter().any(|(name, _)| name == "vulnerabilities");
        if has_findings(&members) {
            return Self::from_members(&members);
        }
        match members.first() {
            Some((_, wrapped)) => match parse(wrapped.get()) {
                Ok(Members(members)) if has_findings(&members) => Self::from_members(&members),
                _ => Err(ReportError::NotAReport),
            },
            None => Err(ReportError::NotAReport),
        }
    }

    /// Adds a finding; the severity of the report follows.
    #[must_use]
    pub fn with_finding(self, finding: &Finding) -> Self {
        self.with_stored(Arc::new(finding.to_stored()))
    }

    /// Adds findings; the severity of the report follows.
    #[must_use]
    pub fn with_findings<'a>(self, findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings.into_iter().fold(self, Self::with_finding)
    }

    /// A copy of the report that draws its findings from a table.
    pub(crate) fn drawing(&self, table: &Arc<[Arc<StoredFinding>]>, start: usize, stride: usize, count: usize) -> Self {
        let table = Arc::clone(table);
        let mut report = self.clone();
        report.findings = Findings::Drawn { table, start, stride, count };
        report
    }

    /// The number of findings in the scanner's report, those that it holds twice too.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.findings {
            Findings::Verbatim(_) => 0,
            Findings::Listed(findings) => findings.len(),
            Findings::Drawn { count, .. } => *count,
        }
    }

    /// Whether the report has no findings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The findings that are served where no other report changed their rows.
    pub(super) fn served(&self, duplicates: Duplicates) -> Vec<&Arc<StoredFinding>> {
        match &self.findings {
            Findings::Verbatim(_) => Vec::new(),
            Findings::Drawn { table, start, stride, count } => {
                (0..*count).map(|index| &table[(start + index * stride) % table.len()]).collect()
            }
            Findings::Listed(findings) if duplicates == Duplicates::Served => findings.iter().collect(),
            Findings::Listed(findings) => {
                let mut seen: HashSet<&Key> = HashSet::with_capacity(findings.len());
                let mut served = Vec::with_capacity(findings.len());
                for finding in findings {
                    if finding.key.as_ref().is_none_or(|key| seen.insert(key)) {
                        served.push(finding);
                    }
                }
                served
            }
        }
    }

    /// The word in the member `severity`.
    pub(crate) fn severity(&self) -> &str {
        &self.severity
    }

    fn from_members(members: &[(String, &RawValue)]) -> Result<Self, ReportError> {
        let position = members.iter().position(|(name, _)| name == "vulnerabilities");
        let position = position.ok_or(ReportError::NotAReport)?;
        let keep = |members: &[(String, &RawValue)]| {
            let members = members.iter();
            members.map(|(name, value)| (name.clone(), compact(value.get()))).collect::<Vec<_>>()
        };
        let raw = members[position].1.get();
        let findings = match serde_json::from_str::<Vec<&RawValue>>(raw) {
            Ok(elements) => {
                let stored = elements.into_iter().map(StoredFinding::from_json).map(Arc::new);
                Findings::Listed(stored.collect())
            }
            Err(_) => Findings::Verbatim(compact(raw)),
        };
        Ok(Self {
            before: Arc::new(keep(&members[..position])),
            findings,
            after: keep(&members[position + 1..]),
            severity: text_of(members, "severity").unwrap_or_default(),
        })
    }

    fn with_stored(mut self, finding: Arc<StoredFinding>) -> Self {
        let worst = match rank(&finding.severity) > rank(&self.severity) {
            true => finding.severity.clone(),
            false => self.severity.clone(),
        };
        if let Findings::Listed(findings) = &mut self.findings {
            findings.push(finding);
        }
        self.with_severity(&worst)
    }

    /// Sets the severity of the whole report.
    pub(crate) fn with_severity(mut self, severity: &str) -> Self {
        severity.clone_into(&mut self.severity);
        self.with_member("severity", &Value::from(severity).to_string())
    }

    /// Sets a member before the findings, if the report has it.
    pub(crate) fn with_member(mut self, name: &str, json: &str) -> Self {
        for (known, value) in Arc::make_mut(&mut self.before) {
            if known == name {
                json.clone_into(value);
            }
        }
        self
    }

    /// A member beside the findings, as JSON.
    pub(crate) fn member(&self, name: &str) -> Option<&str> {
        let mut members = self.before.iter().chain(self.after.iter());
        members.find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// How bad a severity is, for the severity of a whole report.
pub(crate) fn rank(severity: &str) -> u8 {
    match severity {
        "" => 0,
        "None" | "Negligible" => 1,
        "Low" => 3,
        "Medium" => 4,
        "High" => 5,
        "Critical" => 6,
        _ => 2,
    }
}

fn parse(json: &str) -> Result<Members<'_>, ReportError> {
    serde_json::from_str(json).map_err(ReportError::from_parser)
}
