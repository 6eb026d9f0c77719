//! What a policy decided.

use crate::export::overview::{FindingRow, Overview, Remainder, Violations};

/// What is against the policy.
pub(super) struct ViolationsSection<'a> {
    pub(super) violations: &'a Violations<'a>,
    pub(super) findings: Vec<FindingRow>,
    pub(super) all_findings: Remainder,
    pub(super) excused: Vec<FindingRow>,
    pub(super) all_excused: Remainder,
}

impl<'a> ViolationsSection<'a> {
    pub(super) fn new(overview: &Overview<'_>, violations: &'a Violations<'a>) -> Self {
        let Violations { verdict, findings, all_findings, excused, .. } = violations;
        let rows = |of: &[_]| of.iter().map(|violation| FindingRow::of_violation(overview, violation)).collect();
        Self {
            violations,
            findings: rows(findings),
            all_findings: Remainder { shown: findings.len(), total: *all_findings },
            excused: rows(excused),
            all_excused: Remainder { shown: excused.len(), total: verdict.excused.len() },
        }
    }
}
