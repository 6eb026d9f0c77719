//! What is otherwise for some projects.

use std::collections::HashMap;

use super::exception::matches_in;
use super::{Counting, Policy, Rule, Treatment, WhenMissing, WhenUnread};
use crate::analysis::Pattern;
use crate::text::Quoted;

/// What is otherwise for some projects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ProjectPolicy {
    pub(super) projects: Vec<Pattern>,
    /// The names of rules that do not apply.
    pub(super) off: Vec<String>,
    /// In place of rules of the same name, or besides the others.
    pub(super) rules: Vec<Rule>,
    pub(super) unscanned: Option<WhenMissing>,
    pub(super) unsupported: Option<WhenMissing>,
    pub(super) failed: Option<WhenUnread>,
    pub(super) suppressed: Option<Counting>,
    pub(super) unrated: Option<Counting>,
}

/// What is for one project.
#[derive(Clone, Debug)]
pub(super) struct Settings<'p> {
    pub(super) rules: Vec<&'p Rule>,
    pub(super) treatment: Treatment,
}

/// What is for each project, found once.
#[derive(Debug)]
pub(super) struct SettingsByProject<'p, 'a> {
    policy: &'p Policy,
    known: HashMap<(&'a str, &'a str), usize>,
    settings: Vec<Settings<'p>>,
    /// Which parts of the policy for projects were for one of them.
    used: Vec<bool>,
}

impl<'p, 'a> SettingsByProject<'p, 'a> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        Self { policy, known: HashMap::new(), settings: Vec::new(), used: vec![false; policy.projects.len()] }
    }

    /// What is for a project of a registry; the registry may be empty, which is none that is known.
    pub(super) fn of(&mut self, registry: &'a str, project: &'a str) -> &Settings<'p> {
        let Self { policy, known, settings, used } = self;
        let place = *known.entry((registry, project)).or_insert_with(|| {
            settings.push(Settings::new(policy, registry, project, used));
            settings.len() - 1
        });
        &self.settings[place]
    }

    /// Which parts were for no project: a misspelt name must not pass for a stricter rule.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let unused = (1..).zip(&self.policy.projects).zip(&self.used).filter(|(_, used)| !**used);
        unused.map(|((number, own), _)| {
            let names: Vec<String> = own.projects.iter().map(ToString::to_string).collect();
            let names = names.join(", ");
            format!("Projects {number} ({}) of the policy are none of those judged: check the name.", Quoted(&names))
        })
    }
}

impl<'p> Settings<'p> {
    fn new(policy: &'p Policy, registry: &str, project: &str, used: &mut [bool]) -> Self {
        let mut settings = Self { rules: policy.rules.iter().collect(), treatment: policy.treatment };
        let is_for = |own: &&ProjectPolicy| own.projects.iter().any(|pattern| matches_in(pattern, registry, project));
        for (own, used) in policy.projects.iter().zip(used).filter(|(own, _)| is_for(own)) {
            *used = true;
            settings.change(own);
        }
        settings
    }

    fn change(&mut self, own: &'p ProjectPolicy) {
        self.rules.retain(|rule| !own.off.iter().any(|name| **name == *rule.name));
        for rule in &own.rules {
            match self.rules.iter_mut().find(|known| known.name == rule.name) {
                Some(known) => *known = rule,
                None => self.rules.push(rule),
            }
        }
        let Treatment { unscanned, unsupported, failed, suppressed, unrated } = &mut self.treatment;
        *unscanned = own.unscanned.unwrap_or(*unscanned);
        *unsupported = own.unsupported.unwrap_or(*unsupported);
        *failed = own.failed.unwrap_or(*failed);
        *suppressed = own.suppressed.unwrap_or(*suppressed);
        *unrated = own.unrated.unwrap_or(*unrated);
    }
}
