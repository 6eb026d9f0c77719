//! What is not to be in a registry.

use super::{Assessed, Assessment};
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
    pub name: String,
}

/// Why a text is not a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub(super) String);

/// What a policy decided.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verdict<'a> {
    /// What is against the policy, in the order of the report.
    pub violations: Vec<Violation<'a>>,
    /// What to know besides, such as exceptions that have expired or match nothing.
    pub notes: Vec<String>,
}

/// Something that is against a policy. Displayed as a sentence: which image, which finding, which rule.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Violation<'a> {
    /// A finding that a rule does not allow.
    Finding {
        /// The finding.
        assessed: Box<Assessed<'a>>,
        /// The name of the rule.
        rule: String,
        /// What of the rule it fulfils, such as `severity Critical, fixable`.
        reason: String,
    },
    /// An artifact without a report, which the policy does not allow.
    WithoutReport {
        /// The artifact.
        info: &'a ArtifactInfo,
    },
    /// Something that could not be read at all, which the policy does not allow.
    NotRead {
        /// What could not be read.
        failure: &'a Failure,
    },
}

impl Policy {
    /// Decides on everything in an assessment.
    #[must_use]
    pub fn check<'a>(&self, _assessment: &Assessment<'a>) -> Verdict<'a> {
        Verdict::default()
    }
}

impl Verdict<'_> {
    /// Whether nothing is against the policy.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.violations.is_empty()
    }
}
