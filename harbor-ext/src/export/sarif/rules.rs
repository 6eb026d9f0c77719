//! The vulnerabilities of a SARIF file, which it calls rules.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::message::{LONG, SHORT, escaped};
use crate::export::identity;
use crate::judge::Assessed;
use crate::model::{Finding, Severity};
use crate::text;

/// The vulnerabilities of a part, with their places.
#[derive(Debug, Default)]
pub(super) struct Rules<'a> {
    pub(super) rules: Vec<Rule<'a>>,
    pub(super) places: HashMap<Cow<'a, str>, usize>,
}

/// A vulnerability.
#[derive(Clone, Debug)]
pub(super) struct Rule<'a> {
    finding: &'a Finding,
    score: f64,
    severity: Severity,
}

impl<'a> Rules<'a> {
    pub(super) fn add(&mut self, rule: Rule<'a>) {
        match self.places.get(&rule.id()) {
            Some(place) => self.rules[*place].absorb(&rule),
            None => {
                self.places.insert(rule.id(), self.rules.len());
                self.rules.push(rule);
            }
        }
    }
}

impl<'a> Rule<'a> {
    pub(super) fn of(assessed: &Assessed<'a>) -> Self {
        let finding = assessed.finding.get();
        let severity = finding.severity();
        Self { finding, severity, score: finding.cvss_score().unwrap_or_else(|| usual_score(severity)) }
    }

    pub(super) fn id(&self) -> Cow<'a, str> {
        rule_id(self.finding)
    }

    /// Two findings of the same vulnerability may be rated differently.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.score = self.score.max(other.score);
        self.severity = self.severity.max(other.severity);
    }

    pub(super) fn written(&self) -> Value {
        let finding = self.finding;
        let id = rule_id(finding);
        let description = match finding.description().is_empty() {
            true => Cow::Borrowed("There is no description."),
            false => finding.description().into(),
        };
        let mut tags = vec!["security".to_owned(), "vulnerability".to_owned(), self.severity.as_str().to_uppercase()];
        // GitHub shows ten tags and refuses more than twenty.
        let weaknesses = finding.cwe_ids().filter_map(identity::weakness).take(5);
        tags.extend(weaknesses.map(|number| format!("external/cwe/cwe-{number:03}")));
        let links: Vec<String> = finding.links().filter_map(identity::link).filter(|link| link.len() <= LONG).collect();
        let help = match links.is_empty() {
            true => format!("Upgrade the affected packages to a fixed version of {id}."),
            false => format!("Read more:\n{}", links.iter().take(10).cloned().collect::<Vec<_>>().join("\n")),
        };
        let mut rule = json!({
            "id": id,
            "shortDescription": { "text": escaped(&id, SHORT) },
            "fullDescription": { "text": escaped(&description, LONG) },
            "help": { "text": escaped(&help, usize::MAX) },
            "defaultConfiguration": { "level": level(self.severity) },
            "properties": {
                "tags": tags,
                "precision": "very-high",
                "problem.severity": problem(self.severity),
                "security-severity": format!("{:.1}", self.score),
            },
        });
        if let Some(link) = links.first() {
            rule["helpUri"] = link.as_str().into();
        }
        rule
    }
}

impl Serialize for Rule<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

pub(super) fn rule_id(finding: &Finding) -> Cow<'_, str> {
    text::within(text::line(identity::vulnerability(finding)), SHORT)
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown | Severity::None => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match level(severity) {
        "note" => "recommendation",
        level => level,
    }
}

/// The score of what was rated by a word only: the middle of what the word means in CVSS 3.
fn usual_score(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Negligible | Severity::Unknown | Severity::None => 0.0,
    }
}
