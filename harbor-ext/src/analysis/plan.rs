//! Which packages to upgrade to which version, and what that removes.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use self::builder::PlanBuilder;
use super::ArtifactReport;
use super::address::AddressMap;
use super::fixes::serialize_names;
use crate::model::{ArtifactInfo, Finding, Report, Severity};
use crate::version::{Confidence, Distribution, Scheme};

mod builder;
mod target;

/// What to upgrade, and what would still be there.
///
/// Every finding is in exactly one of the three parts, and counts as often as it occurs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FixPlan<'a> {
    /// The upgrades, sorted by the findings that they remove, then by artifacts, then by severity, each the highest
    /// first, then by package and installed version.
    pub upgrades: Vec<Upgrade<'a>>,
    /// What has a fix that cannot be compared with what is installed, in the same order.
    pub not_comparable: Vec<NotComparable<'a>>,
    /// How many findings have no fix.
    pub not_fixable: usize,
}

/// One upgrade of a package that is installed in one version: the lowest fix that removes all findings in it whose fix
/// can be compared.
///
/// Displayed as a sentence, such as `upgrading ssl from 1.0 to 1.2 removes 8 findings in 4 images`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Upgrade<'a> {
    /// The package.
    pub package: &'a str,
    /// The version that is installed.
    pub version: &'a str,
    /// The version to upgrade to, as the scanner wrote it; of a range such as `>= 1.2` where it begins.
    pub target: &'a str,
    /// The scheme that these versions were compared by.
    pub scheme: Scheme,
    /// How sure the scheme is.
    pub confidence: Confidence,
    /// What this removes.
    #[serde(flatten)]
    pub affected: Affected<'a>,
}

/// A package in a version to which its fixes cannot be compared, for one reason.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct NotComparable<'a> {
    /// The package.
    pub package: &'a str,
    /// The version that is installed.
    pub version: &'a str,
    /// Why its fixes cannot be compared.
    pub reason: Incomparable,
    /// The fixes as the scanner wrote them, each perhaps several versions with commas between.
    pub fix_versions: BTreeSet<&'a str>,
    /// What has such a fix.
    #[serde(flatten)]
    pub affected: Affected<'a>,
}

/// Some findings, and where they are.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Affected<'a> {
    /// How many findings there are in all artifacts together.
    pub findings: usize,
    /// Their vulnerabilities, sorted. Findings without an identifier have none.
    pub cves: BTreeSet<&'a str>,
    /// The worst severity among them.
    pub severity: Severity,
    /// The artifacts that they are in, in the order of the report. Serialised by name.
    #[serde(serialize_with = "serialize_names")]
    #[schemars(with = "Vec<String>")]
    pub artifacts: Vec<&'a ArtifactInfo>,
}

/// Why a fix cannot be compared with what is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Incomparable {
    /// Nothing tells the scheme of the versions.
    NoScheme,
    /// The installed version is not one of the scheme.
    InstalledVersion,
    /// No fix is a version of the scheme.
    FixVersion,
    /// All fixes are older than what is installed, or the same, so that scanner and scheme contradict each other.
    NotNewer,
}

impl ArtifactReport {
    /// Which packages to upgrade to which version.
    ///
    /// Findings in the same version of the same package go together. Of several versions that fix one of them, the
    /// lowest above the installed one decides; of several findings, the one that needs the highest version. Where a
    /// finding is fixed in several lines of releases, a version counts as fixed only if it belongs to a line that is:
    /// with fixes in `2.8.11` and `2.9.10`, `2.8.12` is one, and `2.9.9` is not.
    ///
    /// The scheme is [guessed](crate::version::guess) from package, version, and the distribution that the findings of
    /// the same report show. Where that gives none, findings are [not comparable](FixPlan::not_comparable), never
    /// guessed silently; [`fix_plan_with`](Self::fix_plan_with) lets the caller say more.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// # let report = ArtifactReport::default();
    /// for upgrade in report.fix_plan().upgrades.iter().take(10) {
    ///     println!("{upgrade}");
    /// }
    /// ```
    #[must_use]
    pub fn fix_plan(&self) -> FixPlan<'_> {
        self.fix_plan_with(|_| None)
    }

    /// As [`fix_plan`](Self::fix_plan), with the caller's word for the scheme where `scheme_of` gives one.
    #[must_use]
    pub fn fix_plan_with(&self, scheme_of: impl Fn(&Finding) -> Option<Scheme>) -> FixPlan<'_> {
        let candidates = Candidates::of(self);
        let mut plan = PlanBuilder::new(&candidates.list, scheme_of);
        for info in self {
            let Some(report) = info.state.report() else { continue };
            for finding in report.findings() {
                plan.count(candidates.number(report, finding.shared()), info);
            }
        }
        plan.finish()
    }
}

/// A finding in images of one distribution: what a verdict is about.
#[derive(Clone, Copy, Debug)]
struct Candidate<'a> {
    finding: &'a Finding,
    distribution: Option<Distribution>,
}

/// All candidates, each once.
#[derive(Debug, Default)]
struct Candidates<'a> {
    list: Vec<Candidate<'a>>,
    numbers: BTreeMap<Option<Distribution>, AddressMap<Finding, usize>>,
    distributions: AddressMap<Report, Option<Distribution>>,
}

impl<'a> Candidates<'a> {
    fn of(report: &'a ArtifactReport) -> Self {
        let mut candidates = Self::default();
        let Self { list, numbers, distributions } = &mut candidates;
        for report in report.iter().filter_map(|info| info.state.report()) {
            let Entry::Vacant(vacant) = distributions.entry(std::ptr::from_ref(report)) else {
                continue;
            };
            let distribution = *vacant.insert(report.distribution());
            let numbers = numbers.entry(distribution).or_default();
            for finding in report.findings() {
                numbers.entry(Arc::as_ptr(finding.shared())).or_insert_with(|| {
                    list.push(Candidate { finding: finding.get(), distribution });
                    list.len() - 1
                });
            }
        }
        candidates
    }

    /// The number of the candidate that a finding of a report is.
    fn number(&self, report: &Report, finding: &Arc<Finding>) -> Option<usize> {
        let distribution = self.distributions.get(&std::ptr::from_ref(report))?;
        self.numbers.get(distribution)?.get(&Arc::as_ptr(finding)).copied()
    }
}

impl fmt::Display for Upgrade<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { package, version, target, affected, .. } = self;
        let (findings, images) = (affected.findings, affected.artifacts.len());
        let plural = |count| if count == 1 { "" } else { "s" };
        write!(
            f,
            "upgrading {package} from {version} to {target} removes {findings} finding{} in {images} image{}",
            plural(findings),
            plural(images),
        )
    }
}

#[cfg(test)]
mod tests;
