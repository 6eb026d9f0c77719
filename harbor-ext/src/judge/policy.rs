//! What is not to be in a registry.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Assessed, Assessment, Suppression};
use crate::failure::Failure;
use crate::model::ArtifactInfo;

/// What is not to be in a registry.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Policy {
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
}

/// What makes a finding a violation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
}

/// Why a text is not a policy, or why one cannot decide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub(super) String);

/// What a policy decided.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verdict<'a> {
    /// What is against the policy, in the order of the report.
    pub violations: Vec<Violation<'a>>,
    /// What would be against it, if there were not its [suppressions](Violation::suppressions).
    pub excused: Vec<Violation<'a>>,
    /// What will be against it when its grace ends, unless it is gone by then.
    pub pending: Vec<Violation<'a>>,
    /// How often each rule was broken, in the order of the policy.
    pub counts: Vec<RuleCount>,
    /// How many artifacts were judged.
    pub artifacts: usize,
    /// How many findings were judged.
    pub findings: usize,
    /// Whether something could not be read, so that nobody knows whether it is against the policy.
    pub incomplete: bool,
    /// What to know besides, such as exceptions that have expired or match nothing.
    pub notes: Vec<String>,
}

/// How often a rule was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleCount {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// Violations.
    pub violations: usize,
    /// What is excused.
    pub excused: usize,
    /// What is still in its grace.
    pub pending: usize,
}

/// Something that is against a policy. Displayed as a sentence: which image, which finding, which rule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Violation<'a> {
    /// A finding that a rule does not allow.
    Finding {
        /// The finding.
        assessed: Arc<Assessed<'a>>,
        /// The name of the rule.
        rule: Arc<str>,
        /// What of the rule it fulfils, such as `severity Critical, fixable`.
        reason: String,
        /// When its grace ends or has ended; `None` where the rule gives none.
        due: Option<DateTime<Utc>>,
    },
    /// An artifact without a report, which the policy does not allow.
    WithoutReport {
        /// The artifact.
        info: &'a ArtifactInfo,
        /// The exceptions that allow it.
        suppressions: Vec<Suppression>,
    },
    /// Something that could not be read at all, which the policy does not allow.
    NotRead {
        /// The registry.
        registry: &'a str,
        /// What could not be read.
        failure: &'a Failure,
    },
}

impl Policy {
    /// Decides on everything in an assessment.
    ///
    /// # Errors
    ///
    /// Fails where a rule asks for what nobody has told: whether a vulnerability is exploited, or how likely that is.
    pub fn check<'a>(&self, _assessment: &Assessment<'a>) -> Result<Verdict<'a>, PolicyError> {
        Ok(Verdict::default())
    }
}

impl Verdict<'_> {
    /// Whether nothing is against the policy. What could not be read may be: see [`incomplete`](Self::incomplete).
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.violations.is_empty()
    }
}

impl Violation<'_> {
    /// Why it is excused; empty where it is not.
    #[must_use]
    pub fn suppressions(&self) -> &[Suppression] {
        match self {
            Self::Finding { assessed, .. } => &assessed.suppressions,
            Self::WithoutReport { suppressions, .. } => suppressions,
            Self::NotRead { .. } => &[],
        }
    }
}
