//! What is against a policy, in numbers and by example.

use super::worst::{Rank, Worst};
use crate::failure::Failure;
use crate::judge::{Assessed, Verdict, Violation};
use crate::model::ArtifactInfo;

/// What is against a policy.
pub(in crate::export) struct Violations<'a> {
    pub(in crate::export) verdict: &'a Verdict<'a>,
    /// The worst findings that are violations, the worst first.
    pub(in crate::export) findings: Vec<FindingViolation<'a>>,
    /// How many such findings there are, rule by rule.
    pub(in crate::export) all_findings: usize,
    /// Images without a report, where the policy does not allow that.
    pub(in crate::export) without_report: Vec<&'a ArtifactInfo>,
    /// What could not be read, where the policy does not allow that.
    pub(in crate::export) not_read: Vec<&'a Failure>,
    /// The worst findings that would be violations if nothing excused them.
    pub(in crate::export) excused: Vec<FindingViolation<'a>>,
}

/// A finding that a rule does not allow.
#[derive(Clone, Copy)]
pub(in crate::export) struct FindingViolation<'a> {
    pub(in crate::export) assessed: &'a Assessed<'a>,
    pub(in crate::export) rule: &'a str,
    pub(in crate::export) reason: &'a str,
}

impl<'a> Violations<'a> {
    pub(super) fn of(verdict: &'a Verdict<'a>, limit: usize) -> Self {
        let (mut without_report, mut not_read) = (Vec::new(), Vec::new());
        for violation in &verdict.violations {
            match violation {
                Violation::Finding { .. } => {}
                Violation::WithoutReport { info, .. } => without_report.push(*info),
                Violation::NotRead { failure, .. } => not_read.push(*failure),
            }
        }
        let (findings, all_findings) = worst(&verdict.violations, limit);
        let (excused, _) = worst(&verdict.excused, limit);
        Self { verdict, findings, all_findings, without_report, not_read, excused }
    }
}

/// The worst findings among violations, and how many findings there are among them.
fn worst<'a>(violations: &'a [Violation<'a>], limit: usize) -> (Vec<FindingViolation<'a>>, usize) {
    let mut worst = Worst::new(limit);
    for violation in violations {
        if let Violation::Finding { assessed, rule, reason, .. } = violation {
            worst.push(Rank::of(assessed), FindingViolation { assessed, rule, reason });
        }
    }
    worst.finish()
}
