//! What can be fixed, by the update that fixes it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::ArtifactReport;
use super::groups::Groups;
use crate::model::{ArtifactInfo, Finding, Severity};

/// A package that should be brought to another version, and what that fixes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Fix<'a> {
    /// The package.
    pub package: &'a str,
    /// The version that is installed.
    pub version: &'a str,
    /// The version to bring it to, as the scanner wrote it: there may be several, separated by
    /// commas.
    pub fix_version: &'a str,
    /// The vulnerabilities that this fixes, sorted.
    pub cves: BTreeSet<&'a str>,
    /// The worst severity among them.
    pub severity: Severity,
    /// The artifacts that have the package in that version with such a finding, in the order of the
    /// report. Serialised by name.
    #[serde(serialize_with = "serialize_names")]
    #[schemars(with = "Vec<String>")]
    pub artifacts: Vec<&'a ArtifactInfo>,
}

impl ArtifactReport {
    /// What can be fixed: one entry for each package, installed version and fix version.
    ///
    /// Sorted by the number of artifacts, then by severity, each the highest first, then by
    /// package, installed version and fix version as text. Versions are not compared: what fixes
    /// one vulnerability may not fix the other.
    #[must_use]
    pub fn fixes(&self) -> Vec<Fix<'_>> {
        let mut groups = Groups::<_, Fix<'_>>::new();
        for (artifact, finding) in self.fixable() {
            let fix = groups.group_of(finding.shared(), Fix::key, |fix, finding| fix.absorb(finding));
            // Findings of an artifact come together.
            if !fix.artifacts.last().is_some_and(|last| std::ptr::eq(*last, artifact)) {
                fix.artifacts.push(artifact);
            }
        }
        let mut fixes = groups.into_groups();
        fixes.sort_by(|a, b| {
            (b.artifacts.len(), b.severity)
                .cmp(&(a.artifacts.len(), a.severity))
                .then_with(|| (a.package, a.version, a.fix_version).cmp(&(b.package, b.version, b.fix_version)))
        });
        fixes
    }
}

impl<'a> Fix<'a> {
    fn key(finding: &'a Finding) -> [&'a str; 3] {
        [finding.package(), finding.version(), finding.fix_version()]
    }

    /// Takes in what a finding says, apart from who has it.
    fn absorb(&mut self, finding: &'a Finding) {
        let is_first = self.fix_version.is_empty();
        [self.package, self.version, self.fix_version] = Self::key(finding);
        self.cves.extend(Some(finding.id()).filter(|id| !id.is_empty()));
        self.severity = if is_first { finding.severity() } else { self.severity.max(finding.severity()) };
    }
}

pub(super) fn serialize_names<S: Serializer>(artifacts: &[&ArtifactInfo], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(names(artifacts))
}

/// The names of artifacts, by which they can be pulled.
pub(super) fn names(artifacts: &[&ArtifactInfo]) -> impl Iterator<Item = String> {
    artifacts.iter().map(|info| info.artifact.full_name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{finding, report_of, reported, unscanned};

    #[test]
    fn an_update_says_what_it_fixes_and_where() {
        let report = report_of([
            reported(
                "p/one",
                1,
                &[
                    finding("CVE-2", "ssl", "1", "2", "Low"),
                    finding("CVE-1", "ssl", "1", "2", "Critical"),
                    finding("CVE-3", "ssl", "1", "3", "Critical"),
                    finding("CVE-4", "ssl", "1", "", "Critical"),
                    finding("CVE-5", "a", "1", "2", "Low"),
                ],
            ),
            reported(
                "p/two",
                2,
                &[finding("CVE-1", "ssl", "1", "2", "Critical"), finding("CVE-5", "z", "1", "2", "High")],
            ),
            unscanned("p/three", 3),
        ]);
        let fixes = report.fixes();
        let steps: Vec<_> = fixes.iter().map(|fix| (fix.package, fix.fix_version)).collect();
        assert_eq!(steps, [("ssl", "2"), ("ssl", "3"), ("z", "2"), ("a", "2")]);
        assert_eq!(fixes[0].cves, BTreeSet::from(["CVE-1", "CVE-2"]));
        assert_eq!(fixes[0].severity, Severity::Critical);
        let ids: Vec<_> = fixes[0].artifacts.iter().map(|info| info.artifact.id).collect();
        assert_eq!(ids, [1, 2]);
        let json = serde_json::to_value(&fixes[2]).unwrap();
        let digest = &fixes[2].artifacts[0].artifact.digest;
        assert_eq!(json["artifacts"], serde_json::json!([format!("p/two@{digest}")]));
    }
    #[test]
    fn what_is_only_harmless_is_not_unknown() {
        let finding = |severity| finding("CVE-1", "a", "1", "2", severity);
        let severity_of = |findings: &[_]| report_of([reported("p/one", 1, findings)]).fixes()[0].severity;
        assert_eq!(severity_of(&[finding("None")]), Severity::None);
        assert_eq!(severity_of(&[finding("None"), finding("Unknown")]), Severity::Unknown);
    }
}
