//! Questions about what was collected: who has a vulnerability, what can be fixed, what is worst.
//!
//! Everything starts with an [`ArtifactReport`], made of the items of a query:
//!
//! ```
//! # use harbor_ext::analysis::ArtifactReport;
//! # let items = Vec::new();
//! let report = ArtifactReport::from(items);
//! for (artifact, finding) in report.with_cve("CVE-2021-44228") {
//!     println!("{} has {} {}", artifact.artifact, finding.package(), finding.version());
//! }
//! ```
//!
//! Nothing here does I/O or copies a finding. The units are the same everywhere. An *artifact* is
//! one that was listed: the same content in two repositories is two artifacts. A *finding* is one
//! in an artifact, and counts again in the next one. *Unique* findings and CVEs count once however
//! many artifacts have them. Any identifier that a scanner gives is called a CVE, `GHSA-…` too, and
//! two that differ only in capitals are one. Artifacts without a report have no findings, which
//! does not make them clean: [`ArtifactReport::states`] says how many there are.

pub mod diff;

mod address;
mod ages;
mod artifacts;
mod counts;
mod cves;
mod fixes;
mod groups;
mod index;
mod keys;
mod latest;
mod packages;
mod places;
mod plan;
mod report;
mod statistics;
mod unique;

pub use ages::{AgeBucket, AgeBuckets, AgeContents, ScanFreshness};
pub use artifacts::ArtifactSummary;
pub use counts::{Counts, Distribution};
pub use cves::CveSummary;
pub use fixes::Fix;
pub use index::{Index, Matches};
pub use packages::PackageSummary;
pub use places::PlaceSummary;
pub use plan::{Affected, FixPlan, Incomparable, NotComparable, Upgrade};
pub use report::ArtifactReport;
pub use statistics::CvssStatistics;
pub use unique::FindingSummary;

#[cfg(test)]
mod sums;

#[cfg(test)]
mod samples;
