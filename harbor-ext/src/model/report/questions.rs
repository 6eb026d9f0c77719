//! Questions to one report.

use std::cmp::{Ordering, Reverse};

use super::{FindingRef, Report};
use crate::model::{Finding, Severity};

/// Questions to the report. Findings come in the order of the report unless a method says otherwise; the first of them
/// is what Python's `harborapi` returns where it returns one.
impl Report {
    /// The findings that a newer version of the package fixes.
    pub fn fixable(&self) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(|finding| finding.fixable())
    }

    /// The findings that no version of the package fixes yet.
    pub fn unfixable(&self) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(|finding| !finding.fixable())
    }

    /// The findings of exactly this severity.
    pub fn with_severity(&self, severity: Severity) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(move |finding| finding.severity() == severity)
    }

    /// The findings of this severity or a worse one.
    pub fn with_severity_at_least(&self, severity: Severity) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(move |finding| finding.severity() >= severity)
    }

    /// The findings of one vulnerability, by [`Finding::has_id`].
    pub fn with_cve(&self, id: &str) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(move |finding| finding.has_id(id))
    }

    /// The findings in one package, by [`Finding::is_in_package`].
    pub fn with_package(&self, name: &str) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(move |finding| finding.is_in_package(name))
    }

    /// The findings with a text in their description, by [`Finding::description_contains`].
    pub fn with_description(&self, text: &str) -> impl Iterator<Item = FindingRef<'_>> {
        self.findings().filter(move |finding| finding.description_contains(text))
    }

    /// The score of every finding that has one, by [`Finding::cvss_score`]. A score of 0.0 is there only where a vector
    /// says so: unknown ones are left out, also where Harbor writes 0 for them.
    pub fn cvss_scores(&self) -> impl Iterator<Item = f64> {
        self.findings().filter_map(|finding| finding.cvss_score())
    }

    /// The findings, the worst first, each severity in the order of the report.
    ///
    /// For the most harmless first, collect [`findings`](Self::findings) and sort them by [`Finding::severity`].
    #[must_use]
    pub fn sorted_by_severity(&self) -> Vec<FindingRef<'_>> {
        let mut findings: Vec<_> = self.findings().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity()));
        findings
    }

    /// As [`sorted_by_severity`](Self::sorted_by_severity), with the higher score first among findings of one severity,
    /// and unknown scores last.
    #[must_use]
    pub fn sorted_by_severity_and_score(&self) -> Vec<FindingRef<'_>> {
        let mut findings: Vec<_> = self.findings().collect();
        findings.sort_by(|a, b| b.severity().cmp(&a.severity()).then_with(|| by_score(a, b)));
        findings
    }

    /// The `n` findings with the highest scores, or all where there are fewer: by score, unknown ones last, then the
    /// worse severity first, then by identifier, then in the order of the report.
    #[must_use]
    pub fn top(&self, n: usize) -> Vec<FindingRef<'_>> {
        top(self.findings(), n)
    }

    /// As [`top`](Self::top), among the [`fixable`](Self::fixable) findings.
    #[must_use]
    pub fn top_fixable(&self, n: usize) -> Vec<FindingRef<'_>> {
        top(self.fixable(), n)
    }
}

/// The methods that are named after severities.
macro_rules! severities {
    ($($method:ident: $severity:ident),+ $(,)?) => {
        impl Report {$(
            #[doc = concat!("The findings of severity [`", stringify!($severity), "`](Severity::", stringify!($severity), ").")]
            pub fn $method(&self) -> impl Iterator<Item = FindingRef<'_>> {
                self.with_severity(Severity::$severity)
            }
        )+}
    };
}

severities! {
    critical: Critical,
    high: High,
    medium: Medium,
    low: Low,
    negligible: Negligible,
    unknown: Unknown,
    none: None,
}

fn top<'a>(findings: impl Iterator<Item = FindingRef<'a>>, n: usize) -> Vec<FindingRef<'a>> {
    let mut findings: Vec<_> = findings.collect();
    findings
        .sort_by(|a, b| by_score(a, b).then_with(|| b.severity().cmp(&a.severity())).then_with(|| a.id().cmp(b.id())));
    findings.truncate(n);
    findings
}

/// The higher score first; an unknown one is below all others. No score is NaN.
fn by_score(a: &Finding, b: &Finding) -> Ordering {
    b.cvss_score().partial_cmp(&a.cvss_score()).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests;
