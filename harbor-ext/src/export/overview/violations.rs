//! What is against a policy, in numbers and by example.

use std::collections::BTreeMap;

use super::worst::{Rank, Worst};
use crate::failure::Failure;
use crate::judge::{Assessed, Verdict, Violation};
use crate::model::ArtifactInfo;

/// What is against a policy.
pub(in crate::export) struct Violations<'a> {
    /// How many there are.
    pub(in crate::export) total: usize,
    /// How many there are of each rule, by its name.
    pub(in crate::export) by_rule: BTreeMap<&'a str, usize>,
    /// The worst findings that are violations, the worst first, each with rule and reason.
    pub(in crate::export) findings: Vec<(&'a Assessed<'a>, &'a str, &'a str)>,
    /// Images without a report, where the policy does not allow that.
    pub(in crate::export) without_report: Vec<&'a ArtifactInfo>,
    /// What could not be read, where the policy does not allow that.
    pub(in crate::export) not_read: Vec<&'a Failure>,
    /// What to know besides.
    pub(in crate::export) notes: &'a [String],
}

impl<'a> Violations<'a> {
    pub(super) fn of(verdict: &'a Verdict<'a>, limit: usize) -> Self {
        let mut worst = Worst::new(limit);
        let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut without_report, mut not_read) = (Vec::new(), Vec::new());
        for violation in &verdict.violations {
            let rule = match violation {
                Violation::Finding { assessed, rule, reason } => {
                    worst.push(Rank::of(assessed), (&**assessed, rule.as_str(), reason.as_str()));
                    rule
                }
                Violation::WithoutReport { info, .. } => {
                    without_report.push(*info);
                    "images without a report"
                }
                Violation::NotRead { failure, .. } => {
                    not_read.push(*failure);
                    "what could not be read"
                }
            };
            *by_rule.entry(rule).or_default() += 1;
        }
        let total = verdict.violations.len();
        Self { total, by_rule, findings: worst.finish().0, without_report, not_read, notes: &verdict.notes }
    }
}
