//! Deciding.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::exception::Exceptions;
use super::project::{Settings, SettingsByProject};
use super::rule::Met;
use super::{Counting, Policy, PolicyError, Rule, WhenMissing, WhenUnread};
use crate::failure::{Failure, Target};
use crate::inventory::Inventory;
use crate::judge::{Assessed, Assessment, RuleCount, Verdict, Violation};
use crate::model::{ArtifactInfo, FindingRef, ReportState};
use crate::text::{Quoted, counted};

impl Policy {
    /// Decides on everything in an assessment.
    ///
    /// A finding that meets several rules is a violation of each of them.
    ///
    /// # Errors
    ///
    /// Fails where a rule asks for what nobody has told: whether a vulnerability is exploited, or how likely that is.
    pub fn check<'a>(&self, assessment: &Assessment<'a>) -> Result<Verdict<'a>, PolicyError> {
        self.require_knowledge(assessment)?;
        let mut check = Check::new(self, assessment);
        for info in assessment.inventory().report() {
            check.artifact(info);
        }
        check.lists(assessment.inventory());
        Ok(check.into_verdict())
    }

    fn require_knowledge(&self, assessment: &Assessment<'_>) -> Result<(), PolicyError> {
        let knowledge = assessment.knowledge();
        let lacks = |rule: &&Rule| {
            (rule.kev.is_some() && knowledge.kev.is_none()) || (rule.epss.is_some() && knowledge.epss.is_none())
        };
        match self.all_rules().find(lacks) {
            None => Ok(()),
            Some(rule) => {
                let (name, member, source) = match rule.kev.is_some() && knowledge.kev.is_none() {
                    true => (&rule.name, "kev", "CISA's catalogue of known exploited vulnerabilities"),
                    false => (&rule.name, "epss", "FIRST's list of EPSS scores"),
                };
                let name = Quoted(name);
                Err(PolicyError(format!("the rule \"{name}\" asks for {member}: give {source}, or take the rule out")))
            }
        }
    }

    fn all_rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().chain(self.projects.iter().flat_map(|project| &project.rules))
    }
}

/// The names of the rules of a policy, each once, in the order of the file.
fn rule_names(policy: &Policy) -> Vec<Arc<str>> {
    let mut known = HashSet::new();
    policy.all_rules().map(|rule| &rule.name).filter(|name| known.insert(Arc::clone(name))).cloned().collect()
}

/// A decision in the making.
struct Check<'p, 'a> {
    assessment: Assessment<'a>,
    time: DateTime<Utc>,
    settings: SettingsByProject<'p, 'a>,
    exceptions: Exceptions<'p>,
    verdict: Verdict<'a>,
    /// The place of a rule among the counts.
    places: HashMap<Arc<str>, usize>,
    /// What could not be read and is told of with its artifact.
    told: HashSet<(&'a str, &'a Target)>,
    unrated: usize,
    allowed_without_report: BTreeMap<&'static str, usize>,
}

impl<'p, 'a> Check<'p, 'a> {
    fn new(policy: &'p Policy, assessment: &Assessment<'a>) -> Self {
        let names = rule_names(policy);
        let time = assessment.time();
        Self {
            assessment: assessment.clone(),
            time,
            settings: SettingsByProject::new(policy),
            exceptions: Exceptions::new(&policy.exceptions, time),
            places: names.iter().cloned().zip(0..).collect(),
            verdict: Verdict { counts: names.into_iter().map(RuleCount::new).collect(), ..Verdict::default() },
            told: HashSet::new(),
            unrated: 0,
            allowed_without_report: BTreeMap::new(),
        }
    }

    fn artifact(&mut self, info: &'a ArtifactInfo) {
        let registry = info.artifact.registry.as_deref().unwrap_or_default();
        let settings = self.settings.of(registry, info.artifact.repository.project().as_str()).clone();
        self.verdict.artifacts += 1;
        match &info.state {
            ReportState::Reported(report) => {
                for finding in report.findings() {
                    self.finding(info, finding, &settings);
                }
            }
            // The images of an index are judged themselves.
            ReportState::InChildren => {}
            ReportState::Forbidden(failure) | ReportState::Failed(failure) => {
                self.told.insert((registry, &*failure.target));
                self.unread(registry, failure, settings.treatment.failed);
            }
            ReportState::Unsupported => self.without_report(info, settings.treatment.unsupported),
            _ => self.without_report(info, settings.treatment.unscanned),
        }
    }

    fn finding(&mut self, info: &'a ArtifactInfo, finding: FindingRef<'a>, settings: &Settings<'p>) {
        self.verdict.findings += 1;
        let by_itself = |rule: &&'p Rule| rule.is_met_by(finding.get());
        let mut met =
            settings.rules.iter().map(|rule| (*rule, by_itself(rule))).filter(|(_, met)| *met != Met::No).peekable();
        if met.peek().is_none() {
            return;
        }
        let mut assessed = self.assessment.assess(info, finding);
        let mut broken = Vec::new();
        let mut is_unrated = false;
        for (rule, met) in met {
            match met.min(rule.is_met_in(&assessed, self.time)) {
                Met::No => {}
                Met::IfUnratedCounts if settings.treatment.unrated == Counting::Ignore => is_unrated = true,
                _ => broken.push(rule),
            }
        }
        self.unrated += usize::from(is_unrated && broken.is_empty());
        if broken.is_empty() {
            return;
        }
        let is_accepted = settings.treatment.suppressed == Counting::Ignore && assessed.is_suppressed();
        let exceptions = self.exceptions.suppressions(&info.artifact, Some(finding.get()));
        let is_excused = is_accepted || !exceptions.is_empty();
        assessed.suppressions.extend(exceptions);
        let assessed = Arc::new(assessed);
        for rule in broken {
            self.broken(rule, &assessed, is_excused);
        }
    }

    fn broken(&mut self, rule: &Rule, assessed: &Arc<Assessed<'a>>, is_excused: bool) {
        let due = rule.due(assessed);
        let violation = Violation::Finding {
            assessed: Arc::clone(assessed),
            rule: Arc::clone(&rule.name),
            reason: rule.reason(assessed, self.time),
            due,
        };
        let Verdict { violations, excused, pending, counts, .. } = &mut self.verdict;
        let count = self.places.get(&rule.name).and_then(|place| counts.get_mut(*place));
        let (list, number) = match (is_excused, due.is_some_and(|due| self.time < due)) {
            (true, _) => (excused, count.map(|count| &mut count.excused)),
            (false, true) => (pending, count.map(|count| &mut count.pending)),
            (false, false) => (violations, count.map(|count| &mut count.violations)),
        };
        list.push(violation);
        if let Some(number) = number {
            *number += 1;
        }
    }

    fn without_report(&mut self, info: &'a ArtifactInfo, treatment: WhenMissing) {
        self.verdict.without_report += 1;
        if treatment == WhenMissing::Allow {
            *self.allowed_without_report.entry(info.state.name()).or_default() += 1;
            return;
        }
        let suppressions = self.exceptions.suppressions(&info.artifact, None);
        let list = match suppressions.is_empty() {
            true => &mut self.verdict.violations,
            false => &mut self.verdict.excused,
        };
        list.push(Violation::WithoutReport { info, suppressions });
    }

    fn unread(&mut self, registry: &'a str, failure: &'a Failure, treatment: WhenUnread) {
        self.verdict.unread += 1;
        match treatment {
            WhenUnread::Violation => self.verdict.violations.push(Violation::NotRead { registry, failure }),
            WhenUnread::Incomplete => self.verdict.incomplete = true,
        }
    }

    /// What could not even be listed.
    fn lists(&mut self, inventory: &'a Inventory) {
        for current in inventory.current() {
            let registry = &*current.source.registry;
            for failure in &current.failures {
                let project = failure.target.project.as_ref().map_or("", |project| project.as_str());
                let treatment = self.settings.of(registry, project).treatment.failed;
                if !self.told.contains(&(registry, &*failure.target)) {
                    self.unread(registry, failure, treatment);
                }
            }
            if current.source.finished_at.is_none() {
                self.verdict.incomplete = true;
                let registry = Quoted(registry);
                self.verdict.notes.push(format!("The crawl of {registry} did not come to its end: crawl it again."));
            }
        }
    }

    fn into_verdict(mut self) -> Verdict<'a> {
        let notes = &mut self.verdict.notes;
        for (state, count) in self.allowed_without_report {
            let artifacts = counted(count, "artifact");
            notes.push(format!(
                "{artifacts} without a report ({state}): nobody knows what is in them; the policy allows it."
            ));
        }
        if self.unrated > 0 {
            let findings = counted(self.unrated, "finding");
            notes.push(format!(
                "{findings} without the severity or score that a rule asks for: taken for harmless (unrated = \"ignore\")."
            ));
        }
        notes.extend(self.settings.notes());
        notes.extend(self.exceptions.notes());
        self.verdict
    }
}
