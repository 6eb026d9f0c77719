//! What is allowed all the same.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::analysis::Pattern;
use crate::judge::identifiers::ById;
use crate::judge::{Suppression, SuppressionSource};
use crate::model::{Artifact, Finding};
use crate::text::Quoted;

/// What is allowed all the same: what matches one pattern of each kind that is given.
///
/// One that names neither vulnerabilities nor packages is for whole images: their findings, and that they have no report.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exception {
    /// The vulnerabilities.
    pub cves: Vec<Pattern>,
    /// The packages.
    pub packages: Vec<Pattern>,
    /// The repositories, as `project/path` or with the host in front.
    pub repositories: Vec<Pattern>,
    /// The projects, alone or with the host in front.
    pub projects: Vec<Pattern>,
    /// The registries.
    pub registries: Vec<Pattern>,
    /// Why.
    pub reason: Arc<str>,
    /// When it ends.
    pub expires: Expiry,
}

/// When an exception ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Never.
    Never,
    /// From this time on it does not count.
    At(DateTime<Utc>),
}

/// The exceptions of a policy that count, and how often each was needed.
#[derive(Debug)]
pub(super) struct Exceptions<'p> {
    exceptions: &'p [Exception],
    valid: Vec<bool>,
    used: Vec<usize>,
    /// Those that are for single vulnerabilities.
    by_id: ById<Vec<usize>>,
    /// The others.
    by_pattern: Vec<usize>,
}

impl Exception {
    fn is_valid_at(&self, time: DateTime<Utc>) -> bool {
        match self.expires {
            Expiry::Never => true,
            Expiry::At(end) => time < end,
        }
    }

    fn is_for(&self, artifact: &Artifact, finding: Option<&Finding>) -> bool {
        let is_for_finding = match finding {
            Some(finding) => {
                allows(&self.cves, |pattern| pattern.matches(finding.id()))
                    && allows(&self.packages, |pattern| pattern.matches(finding.package()))
            }
            None => self.cves.is_empty() && self.packages.is_empty(),
        };
        let registry = artifact.registry.as_deref().unwrap_or_default();
        is_for_finding
            && allows(&self.registries, |pattern| pattern.matches(registry))
            && allows(&self.projects, |pattern| matches_in(pattern, registry, artifact.repository.project().as_str()))
            && allows(&self.repositories, |pattern| matches_in(pattern, registry, artifact.repository.full()))
    }

    fn suppression(&self) -> Suppression {
        let expires_at = match self.expires {
            Expiry::Never => None,
            Expiry::At(end) => Some(end),
        };
        Suppression { source: SuppressionSource::Exception, reason: Arc::clone(&self.reason), expires_at }
    }

    /// What it is for, in words.
    fn subject(&self) -> String {
        let kinds = [&self.cves, &self.packages, &self.repositories, &self.projects, &self.registries];
        let patterns = kinds.into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        Quoted(&patterns).to_string()
    }
}

impl<'p> Exceptions<'p> {
    pub(super) fn new(exceptions: &'p [Exception], time: DateTime<Utc>) -> Self {
        let mut by_id: ById<Vec<usize>> = ById::default();
        let mut by_pattern = Vec::new();
        for (place, exception) in exceptions.iter().enumerate().filter(|(_, exception)| exception.is_valid_at(time)) {
            let names: Vec<_> = exception.cves.iter().map(ToString::to_string).collect();
            match names.is_empty() || names.iter().any(|name| name.contains(['*', '?', '[', '{', '\\'])) {
                true => by_pattern.push(place),
                false => names.iter().for_each(|name| by_id.entry(name).push(place)),
            }
        }
        let valid = exceptions.iter().map(|exception| exception.is_valid_at(time)).collect();
        Self { exceptions, valid, used: vec![0; exceptions.len()], by_id, by_pattern }
    }

    /// Why something against the policy is allowed; without a finding, that there is no report.
    pub(super) fn suppressions(&mut self, artifact: &Artifact, finding: Option<&Finding>) -> Vec<Suppression> {
        let by_id = finding.and_then(|finding| self.by_id.get(finding.id())).map_or(&[][..], Vec::as_slice);
        let mut places: Vec<usize> = by_id.iter().chain(&self.by_pattern).copied().collect();
        places.sort_unstable();
        places.dedup();
        places.retain(|place| self.exceptions[*place].is_for(artifact, finding));
        places.iter().for_each(|place| self.used[*place] += 1);
        places.into_iter().map(|place| self.exceptions[place].suppression()).collect()
    }

    /// Which have expired and which nothing needs.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let numbered = (1..).zip(self.exceptions).zip(self.valid.iter().zip(&self.used));
        numbered.filter_map(|((number, exception), (valid, used))| {
            let subject = exception.subject();
            match (exception.expires, valid, used) {
                (Expiry::At(end), false, _) => Some(format!(
                    "Exception {number} ({subject}) ended on {}: renew it with a reason, or take it out.",
                    end.format("%Y-%m-%d %H:%M UTC"),
                )),
                (_, _, 0) => {
                    Some(format!("Exception {number} ({subject}) is for nothing here that is against a rule: take it out, unless other images need it."))
                }
                _ => None,
            }
        })
    }
}

/// Whether a name matches alone or with the registry in front.
pub(super) fn matches_in(pattern: &Pattern, registry: &str, name: &str) -> bool {
    pattern.matches(name) || (!registry.is_empty() && pattern.matches(&format!("{registry}/{name}")))
}

/// Any where there are none.
fn allows(patterns: &[Pattern], matches: impl FnMut(&Pattern) -> bool) -> bool {
    patterns.is_empty() || patterns.iter().any(matches)
}
