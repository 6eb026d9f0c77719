//! A plan in the making.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::target::{self, Fixes};
use super::{Affected, Candidate, FixPlan, Incomparable, NotComparable, Upgrade};
use crate::analysis::keys::AnyCaseSet;
use crate::model::{ArtifactInfo, Finding, Severity};
use crate::version::{Confidence, Guess, Scheme, guess};

/// A plan in the making: first a verdict on every candidate, then the count of where they are.
pub(super) struct PlanBuilder<'a> {
    /// For each candidate its part; `None` where it has no fix.
    part_of: Vec<Option<usize>>,
    parts: Vec<Part<'a>>,
    not_fixable: usize,
}

/// What becomes an upgrade, or something that is not comparable.
struct Part<'a> {
    package: &'a str,
    version: &'a str,
    verdict: Verdict<'a>,
    ids: AnyCaseSet<'a>,
    fix_versions: BTreeSet<&'a str>,
    affected: Affected<'a>,
}

enum Verdict<'a> {
    Upgrade { target: &'a str, scheme: Scheme, confidence: Confidence },
    NotComparable(Incomparable),
}

/// Findings in the same version of a package, with the same scheme.
#[derive(Default)]
struct Installed<'a> {
    members: Vec<usize>,
    fixes: Vec<Fixes<'a>>,
    /// The least sure of them all, so that a plan is not surer than what it is made of.
    confidence: Option<Confidence>,
}

impl<'a> PlanBuilder<'a> {
    pub(super) fn new(candidates: &[Candidate<'a>], scheme_of: impl Fn(&Finding) -> Option<Scheme>) -> Self {
        let mut installed: BTreeMap<(&str, &str, Scheme), Installed<'a>> = BTreeMap::new();
        let mut not_comparable: BTreeMap<(&str, &str, Incomparable), Vec<usize>> = BTreeMap::new();
        for (number, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| candidate.finding.fixable()) {
            let finding = candidate.finding;
            let guess = match scheme_of(finding) {
                Some(scheme) => Some(Guess { scheme, confidence: Confidence::Given }),
                None => guess(finding.package(), finding.version(), candidate.distribution),
            };
            match guess.ok_or(Incomparable::NoScheme).and_then(|guess| Ok((guess, Fixes::of(finding, guess.scheme)?))) {
                Ok((Guess { scheme, confidence }, fixes)) => {
                    let group = installed.entry((finding.package(), finding.version(), scheme)).or_default();
                    group.members.push(number);
                    group.fixes.push(fixes);
                    group.confidence = Some(group.confidence.map_or(confidence, |known| known.min(confidence)));
                }
                Err(reason) => {
                    not_comparable.entry((finding.package(), finding.version(), reason)).or_default().push(number);
                }
            }
        }

        let mut builder = Self { part_of: vec![None; candidates.len()], parts: Vec::new(), not_fixable: 0 };
        for ((package, version, scheme), Installed { members, fixes, confidence }) in installed {
            if let (Some(target), Some(confidence)) = (target::lowest(&fixes), confidence) {
                let verdict = Verdict::Upgrade { target, scheme, confidence };
                builder.add(Part::new(package, version, verdict), &members, candidates);
            }
        }
        for ((package, version, reason), members) in not_comparable {
            builder.add(Part::new(package, version, Verdict::NotComparable(reason)), &members, candidates);
        }
        builder
    }

    fn add(&mut self, mut part: Part<'a>, members: &[usize], candidates: &[Candidate<'a>]) {
        for number in members {
            part.absorb(candidates[*number].finding);
            self.part_of[*number] = Some(self.parts.len());
        }
        self.parts.push(part);
    }

    /// Counts a candidate in an artifact. Those of an artifact come together.
    pub(super) fn count(&mut self, candidate: Option<usize>, info: &'a ArtifactInfo) {
        let Some(part) = candidate.and_then(|number| self.part_of[number]) else {
            self.not_fixable += 1;
            return;
        };
        let affected = &mut self.parts[part].affected;
        affected.findings += 1;
        if !affected.artifacts.last().is_some_and(|last| std::ptr::eq(*last, info)) {
            affected.artifacts.push(info);
        }
    }

    pub(super) fn finish(mut self) -> FixPlan<'a> {
        // They come sorted by package, version and scheme or reason, and equals stay so.
        self.parts.sort_by_key(|part| {
            let Affected { findings, artifacts, severity, .. } = &part.affected;
            (Reverse((*findings, artifacts.len(), *severity)), part.package, part.version)
        });
        let mut plan = FixPlan { upgrades: Vec::new(), not_comparable: Vec::new(), not_fixable: self.not_fixable };
        for Part { package, version, verdict, ids, fix_versions, mut affected } in self.parts {
            affected.cves = ids.into_spellings();
            match verdict {
                Verdict::Upgrade { target, scheme, confidence } => {
                    plan.upgrades.push(Upgrade { package, version, target, scheme, confidence, affected });
                }
                Verdict::NotComparable(reason) => {
                    plan.not_comparable.push(NotComparable { package, version, reason, fix_versions, affected });
                }
            }
        }
        plan
    }
}

impl<'a> Part<'a> {
    fn new(package: &'a str, version: &'a str, verdict: Verdict<'a>) -> Self {
        let affected = Affected { severity: Severity::None, ..Affected::default() };
        Self { package, version, verdict, ids: AnyCaseSet::default(), fix_versions: BTreeSet::new(), affected }
    }

    /// Takes in what a finding says, apart from who has it.
    fn absorb(&mut self, finding: &'a Finding) {
        if !finding.id().is_empty() {
            self.ids.insert(finding.id());
        }
        self.fix_versions.insert(finding.fix_version());
        self.affected.severity = self.affected.severity.max(finding.severity());
    }
}
