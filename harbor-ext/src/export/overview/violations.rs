//! What is against a policy, in numbers and by example.

use super::worst::{Rank, Worst};
use crate::judge::{Assessed, Verdict, Violation};
use crate::text::counted;

/// What is against a policy.
pub(in crate::export) struct Violations<'a> {
    pub(in crate::export) verdict: &'a Verdict<'a>,
    /// The worst findings that are violations, the worst first.
    pub(in crate::export) findings: Vec<FindingViolation<'a>>,
    /// How many such findings there are, rule by rule.
    pub(in crate::export) all_findings: usize,
    /// How many images have no report, where the policy does not allow that.
    pub(in crate::export) without_report: usize,
    /// How many things could not be read, where the policy does not allow that.
    pub(in crate::export) not_read: usize,
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
        let count =
            |is: fn(&Violation<'_>) -> bool| verdict.violations.iter().filter(|violation| is(violation)).count();
        let without_report = count(|violation| matches!(violation, Violation::WithoutReport { .. }));
        let not_read = count(|violation| matches!(violation, Violation::NotRead { .. }));
        let (findings, all_findings) = worst(&verdict.violations, limit);
        let (excused, _) = worst(&verdict.excused, limit);
        Self { verdict, findings, all_findings, without_report, not_read, excused }
    }

    /// What was decided, in one sentence.
    pub(in crate::export) fn decision(&self) -> String {
        let judged =
            format!("{} in {}", counted(self.verdict.findings, "finding"), counted(self.verdict.artifacts, "image"));
        let decided = match self.verdict.violations.len() {
            0 => format!("Nothing is against the policy in {judged}"),
            total => format!("{} against the policy in {judged}", counted(total, "violation")),
        };
        let unknown = if self.verdict.incomplete { ", and nobody knows about what could not be read" } else { "" };
        format!("{decided}{unknown}.")
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
