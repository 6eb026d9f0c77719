//! Findings as rows of the database: what the security hub and the CVE export read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use serde_json::Value;

use super::finding::StoredFinding;
use super::scan::known_severity;
use super::{Artifact, Duplicates, Kind, Registry};

/// A finding, read from the text that reports serve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) fix_version: String,
    pub(crate) severity: String,
    pub(crate) status: String,
    pub(crate) description: String,
    pub(crate) links: Vec<String>,
    pub(crate) cwe_ids: Vec<String>,
    /// The preferred score of CVSS 3, which may be there and 0.
    pub(crate) score: Option<f64>,
    pub(crate) vendor_attributes: Value,
}

/// How many findings of which severity a scanner's report held, each as often as it was in there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SeverityCounts {
    pub(crate) critical: usize,
    pub(crate) high: usize,
    pub(crate) medium: usize,
    pub(crate) low: usize,
    pub(crate) none: usize,
    pub(crate) unknown: usize,
    pub(crate) fixable: usize,
}

/// The records of many images, each finding read once however many reports share it.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    registry: &'a Registry,
    positions: HashMap<*const StoredFinding, Option<usize>>,
    records: Vec<Record>,
}

impl<'a> Records<'a> {
    pub(crate) fn new(registry: &'a Registry) -> Self {
        Self { registry, positions: HashMap::new(), records: Vec::new() }
    }

    /// The positions of an image's findings, in the order of its report; none without a report.
    pub(crate) fn of(&mut self, image: &Artifact) -> Vec<usize> {
        let findings = self.registry.served_findings(image).into_iter();
        findings.filter_map(|finding| self.position(finding)).collect()
    }

    /// The record at a position.
    pub(crate) fn get(&self, position: usize) -> &Record {
        &self.records[position]
    }

    fn position(&mut self, finding: &Arc<StoredFinding>) -> Option<usize> {
        match self.positions.entry(Arc::as_ptr(finding)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let position = value(finding).map(|value| {
                    self.records.push(Record::from_value(&value));
                    self.records.len() - 1
                });
                *new.insert(position)
            }
        }
    }
}

impl SeverityCounts {
    pub(crate) fn add(&mut self, other: &Self) {
        self.critical += other.critical;
        self.high += other.high;
        self.medium += other.medium;
        self.low += other.low;
        self.none += other.none;
        self.unknown += other.unknown;
        self.fixable += other.fixable;
    }

    pub(crate) fn total(&self) -> usize {
        self.critical + self.high + self.medium + self.low + self.none + self.unknown
    }
}

impl Registry {
    /// The numbers that the database keeps beside the report of an image, as they were when it was scanned.
    pub(crate) fn severity_counts(&self, image: &Artifact) -> SeverityCounts {
        let mut counts = SeverityCounts::default();
        let report = self.scan(image.digest()).report();
        for finding in report.map(|report| report.served(Duplicates::Served)).unwrap_or_default() {
            let count = match known_severity(&finding.severity) {
                "Critical" => &mut counts.critical,
                "High" => &mut counts.high,
                "Medium" => &mut counts.medium,
                "Low" => &mut counts.low,
                "None" => &mut counts.none,
                _ => &mut counts.unknown,
            };
            *count += 1;
            counts.fixable += usize::from(finding.fixable);
        }
        counts
    }

    /// The name of the scanner that wrote the report of an image.
    pub(crate) fn scanner_name(&self, image: &Artifact) -> String {
        let scanner = self.scan(image.digest()).report().and_then(|report| report.member("scanner"));
        let scanner: Option<Value> = scanner.and_then(|scanner| serde_json::from_str(scanner).ok());
        let name = scanner.as_ref().and_then(|scanner| scanner["name"].as_str());
        name.unwrap_or("Trivy").to_owned()
    }

    /// Where the report of a digest is in the database; the places of those of which that is unknown are last and equal.
    pub(crate) fn report_rank(&self, digest: &str) -> usize {
        self.report_ranks.get(digest).copied().unwrap_or(usize::MAX)
    }

    /// The findings that are served for an image; an index has none of its own.
    fn served_findings(&self, image: &Artifact) -> Vec<&Arc<StoredFinding>> {
        let report = match image.kind {
            Kind::Image => self.scan(image.digest()).report(),
            _ => None,
        };
        report.map(|report| self.rows().served(report)).unwrap_or_default()
    }
}

/// A finding as JSON; a malformed one is no row of the database.
fn value(finding: &StoredFinding) -> Option<Value> {
    let mut text = String::with_capacity(finding.len() + 8);
    finding.push_to(&mut text, &[""], true);
    serde_json::from_str(&text).ok().filter(Value::is_object)
}

impl Record {
    fn from_value(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        Self {
            id: text("id"),
            package: text("package"),
            version: text("version"),
            fix_version: text("fix_version"),
            severity: text("severity"),
            status: text("status"),
            description: text("description"),
            links: texts(&value["links"]),
            cwe_ids: texts(&value["cwe_ids"]),
            score: value["preferred_cvss"]["score_v3"].as_f64(),
            vendor_attributes: value["vendor_attributes"].clone(),
        }
    }
}

/// A list that the database keeps as one text, so that an empty one has one empty member.
fn texts(value: &Value) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    let texts: Vec<_> = texts.map(str::to_owned).collect();
    if texts.is_empty() { vec![String::new()] } else { texts }
}
