//! One pass over all findings, whatever their number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::worst::{Rank, Worst};
use crate::judge::{Assessed, Assessment, Exploitation, SuppressionSource};
use crate::model::{ArtifactInfo, Severity};

/// What all findings come to. A finding *counts* unless something suppresses it.
pub(in crate::export) struct Tally<'a> {
    /// The findings of each severity, the worst first.
    pub(in crate::export) severities: Vec<SeverityLine>,
    /// All images, the worst first.
    pub(in crate::export) images: Vec<ImageLine<'a>>,
    /// The worst findings, the worst first.
    pub(in crate::export) worst: Vec<Assessed<'a>>,
    /// How many findings there are, suppressed ones too.
    pub(in crate::export) findings: usize,
    /// What is suppressed, by what and why.
    pub(in crate::export) suppressed: Vec<SuppressedLine<'a>>,
    /// How many findings of each vulnerability are suppressed, by its identifier in capitals.
    pub(in crate::export) suppressed_by_cve: HashMap<String, usize>,
}

/// The findings of one severity.
#[derive(Clone, Copy, Debug)]
pub(in crate::export) struct SeverityLine {
    pub(in crate::export) severity: Severity,
    /// Those that count and have a fix.
    pub(in crate::export) fixable: usize,
    /// Those that count and have none.
    pub(in crate::export) unfixable: usize,
    /// Those that count and are known to be exploited.
    pub(in crate::export) exploited: usize,
    /// Those that do not count.
    pub(in crate::export) suppressed: usize,
}

/// An image and its findings.
#[derive(Clone, Copy, Debug)]
pub(in crate::export) struct ImageLine<'a> {
    pub(in crate::export) info: &'a ArtifactInfo,
    /// How many of each severity count, the worst first.
    pub(in crate::export) counts: [usize; Severity::ALL.len()],
    pub(in crate::export) fixable: usize,
    pub(in crate::export) exploited: usize,
    pub(in crate::export) suppressed: usize,
}

/// Findings of one vulnerability that are suppressed for one reason.
#[derive(Clone, Debug)]
pub(in crate::export) struct SuppressedLine<'a> {
    pub(in crate::export) id: &'a str,
    pub(in crate::export) source: String,
    pub(in crate::export) reason: Arc<str>,
    pub(in crate::export) expires_at: Option<DateTime<Utc>>,
    pub(in crate::export) findings: usize,
}

/// Vulnerability, source, reason and expiry.
type SuppressionKey<'a> = (&'a str, String, Arc<str>, Option<DateTime<Utc>>);

impl<'a> Tally<'a> {
    /// Goes through all findings and keeps so many of the worst.
    pub(super) fn of(assessment: &Assessment<'a>, limit: usize) -> Self {
        let mut severities: Vec<_> = Severity::ALL.into_iter().rev().map(SeverityLine::new).collect();
        let mut images = Vec::new();
        let mut worst = Worst::new(limit);
        let mut suppressed: BTreeMap<SuppressionKey<'a>, usize> = BTreeMap::new();
        let mut suppressed_by_cve: HashMap<String, usize> = HashMap::new();
        for info in assessment.inventory().report() {
            let mut image = ImageLine::new(info);
            for assessed in assessment.findings_of(info) {
                let place = place(assessed.finding.severity());
                image.count(&assessed, place);
                severities[place].count(&assessed);
                if assessed.is_suppressed() {
                    let id = assessed.finding.get().id();
                    *suppressed_by_cve.entry(id.to_ascii_uppercase()).or_default() += 1;
                    for suppression in &assessed.suppressions {
                        let source = source_words(&suppression.source);
                        let key = (id, source, suppression.reason.clone(), suppression.expires_at);
                        *suppressed.entry(key).or_default() += 1;
                    }
                }
                worst.push(Rank::of(&assessed), assessed);
            }
            images.push(image);
        }
        images.sort_by_key(|image| (Reverse(image.exploited > 0), Reverse(image.counts), image.info));
        let (worst, findings) = worst.finish();
        Self { severities, images, worst, findings, suppressed: lines(suppressed), suppressed_by_cve }
    }
}

impl SeverityLine {
    fn new(severity: Severity) -> Self {
        Self { severity, fixable: 0, unfixable: 0, exploited: 0, suppressed: 0 }
    }

    fn count(&mut self, assessed: &Assessed<'_>) {
        if assessed.is_suppressed() {
            self.suppressed += 1;
            return;
        }
        *if assessed.finding.fixable() { &mut self.fixable } else { &mut self.unfixable } += 1;
        self.exploited += usize::from(is_exploited(assessed));
    }

    /// All that count.
    pub(in crate::export) fn total(&self) -> usize {
        self.fixable + self.unfixable
    }

    /// Whether there is anything to show.
    pub(in crate::export) fn is_empty(&self) -> bool {
        self.total() + self.suppressed == 0
    }
}

impl<'a> ImageLine<'a> {
    fn new(info: &'a ArtifactInfo) -> Self {
        Self { info, counts: [0; Severity::ALL.len()], fixable: 0, exploited: 0, suppressed: 0 }
    }

    fn count(&mut self, assessed: &Assessed<'_>, place: usize) {
        if assessed.is_suppressed() {
            self.suppressed += 1;
            return;
        }
        self.counts[place] += 1;
        self.fixable += usize::from(assessed.finding.fixable());
        self.exploited += usize::from(is_exploited(assessed));
    }

    /// How many of a severity count.
    pub(in crate::export) fn get(&self, severity: Severity) -> usize {
        self.counts[place(severity)]
    }

    /// How many count that are less than low.
    pub(in crate::export) fn others(&self) -> usize {
        self.total() - Severity::COLUMNS.map(|severity| self.get(severity)).iter().sum::<usize>()
    }

    /// All that count.
    pub(in crate::export) fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

/// Who suppresses, for people.
pub(in crate::export) fn source_words(source: &SuppressionSource) -> String {
    match source {
        SuppressionSource::SystemAllowlist => "allowlist of the registry".to_owned(),
        SuppressionSource::ProjectAllowlist => "allowlist of the project".to_owned(),
        SuppressionSource::Vex { document, status, justification } => {
            let justification = justification.as_deref().map(|words| format!(", {words}")).unwrap_or_default();
            format!("VEX: {status}{justification} ({document})")
        }
        SuppressionSource::Exception => "exception of the policy".to_owned(),
    }
}

/// The reasons by which most is suppressed first.
fn lines(suppressed: BTreeMap<SuppressionKey<'_>, usize>) -> Vec<SuppressedLine<'_>> {
    let line =
        |((id, source, reason, expires_at), findings)| SuppressedLine { id, source, reason, expires_at, findings };
    let mut lines: Vec<_> = suppressed.into_iter().map(line).collect();
    lines.sort_by_key(|line| Reverse(line.findings));
    lines
}

fn is_exploited(assessed: &Assessed<'_>) -> bool {
    matches!(assessed.exploitation, Exploitation::Known(_))
}

/// Where the counts of a severity are: the worst first.
fn place(severity: Severity) -> usize {
    Severity::Critical as usize - severity as usize
}
