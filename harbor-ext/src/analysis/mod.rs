//! Questions about what was collected: who has a vulnerability, what can be fixed, what is worst.
//!
//! Everything starts with an [`ArtifactReport`], made of the items of a query:
//!
//! ```
//! # use harbor_ext::analysis::ArtifactReport;
//! # let items = Vec::new();
//! let report = ArtifactReport::from(items);
//! for (artifact, finding) in report.findings().with_cve("CVE-2021-44228") {
//!     println!("{} has {} {}", artifact.artifact, finding.package(), finding.version());
//! }
//! ```
//!
//! There are two views of it: whole artifacts ([`ArtifactReport::with_cve`] and the like give a smaller report), and
//! single findings ([`ArtifactReport::findings`]). What these have no name for is asked with filters, which are values and
//! put together with `&`, `|` and `!`:
//!
//! ```
//! use harbor_ext::analysis::{ArtifactFilter, FindingFilter, Pattern};
//! use harbor_ext::model::Severity;
//! use harbor_ext::version::VersionRange;
//!
//! # fn example(report: harbor_ext::analysis::ArtifactReport) -> Result<(), Box<dyn std::error::Error>> {
//! let vulnerable = FindingFilter::package("openssl") & FindingFilter::version(VersionRange::parse("<3.0.7")?);
//! let urgent = FindingFilter::severity_at_least(Severity::High) & FindingFilter::fixable();
//! let filter = ArtifactFilter::has(vulnerable | urgent)
//!     & ArtifactFilter::repository_matching(Pattern::glob("shop/**")?)
//!     & !ArtifactFilter::tag("old");
//!
//! let parts = report.partition(&filter);
//! println!("{} for certain, {} that nobody can tell", parts.matching.len(), parts.undecided.len());
//! # Ok(())
//! # }
//! ```
//!
//! Findings are summed up by what they have in common: [`by_cve`](ArtifactReport::by_cve),
//! [`by_package`](ArtifactReport::by_package), [`by_finding`](ArtifactReport::by_finding),
//! [`by_artifact`](ArtifactReport::by_artifact), [`by_repository`](ArtifactReport::by_repository),
//! [`by_project`](ArtifactReport::by_project), [`by_owner`](ArtifactReport::by_owner), or anything else with
//! [`grouped_by`](ArtifactReport::grouped_by). Each has every finding in exactly one group and sorts the worst or the
//! furthest reaching first, so that the first `n` are the top `n`; ties are broken to the end, and the order of the
//! artifacts does not matter. [`fix_plan`](ArtifactReport::fix_plan) says what to upgrade, an [`Index`] answers many
//! questions for single vulnerabilities or packages, and a [`Diff`](diff::Diff) compares two reports.
//!
//! Nothing here does I/O or copies a finding. The units are the same everywhere. An *artifact* is
//! one that was listed: the same content in two repositories is two artifacts. A *finding* is one
//! in an artifact, and counts again in the next one. *Unique* findings and CVEs count once however
//! many artifacts have them. Any identifier that a scanner gives is called a CVE, `GHSA-…` too, and
//! two that differ only in capitals are one. Artifacts without a report have no findings, which
//! does not make them clean: [`ArtifactReport::states`] says how many there are.

pub mod diff;

pub(crate) mod address;
pub(crate) mod keys;

mod ages;
mod artifacts;
mod counts;
mod cves;
mod filter;
mod findings;
mod fixes;
mod groups;
mod index;
mod latest;
mod packages;
mod places;
mod plan;
mod report;
mod statistics;
mod unique;
mod views;

pub use ages::{AgeBucket, AgeBuckets, AgeContents, ScanFreshness};
pub use artifacts::ArtifactSummary;
pub use counts::{Counts, Distribution};
pub use cves::CveSummary;
pub use filter::{Answer, ArtifactFilter, FindingFilter, Pattern, PatternError};
pub use findings::Findings;
pub use fixes::Fix;
pub use index::{Index, Matches};
pub use packages::PackageSummary;
pub use places::PlaceSummary;
pub use plan::{Affected, FixPlan, Incomparable, NotComparable, Upgrade};
pub use report::ArtifactReport;
pub use statistics::CvssStatistics;
pub use unique::FindingSummary;
pub use views::Partition;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod sums;
