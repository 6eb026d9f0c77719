//! What a registry says: artifacts, their vulnerability reports, and the findings in them.
//!
//! Nothing here does I/O. The types are filled from answers that somebody else fetched, and they
//! keep two rules. *Nothing is lost*: a value of an unexpected type, an unknown word or an unknown
//! member is kept as it came and only the accessors normalise. *A finding is held once*: reports
//! hold [`Arc`](std::sync::Arc)s to findings that a [`FindingPool`] shares among all reports, so
//! that memory grows with the findings that differ, not with the images that have them.
//!
//! Texts that many artifacts have, such as types and platforms, are `Arc<str>`: artifacts that were read together share them,
//! and take half of the memory. `&*artifact.kind` is the text.

pub mod cvss;
pub mod decode;
pub mod latest;
pub mod time;

mod allowlist;
mod artifact;
mod children;
mod content;
mod finding;
mod info;
pub(crate) mod json;
mod overview;
mod owner;
mod parents;
mod pool;
mod report;
mod repository;
mod seed;
mod severity;
mod state;
mod text;

pub use allowlist::{Allowlist, Allowlists, ProjectAllowlist};
pub use artifact::{Accessory, Artifact, ArtifactTag, Child, Label, Platform};
pub use children::ChildFindings;
pub use finding::Finding;
pub use info::ArtifactInfo;
pub use overview::{SbomOverview, ScanOverview, VulnerabilitySummary};
pub use owner::{Owner, User};
pub use parents::Parents;
pub use pool::FindingPool;
pub use report::{Envelope, FindingRef, Report, Scanner};
pub(crate) use report::{Packed, Packer};
#[cfg(feature = "archive")]
pub(crate) use report::{Referenced, References, Unreferenced};
pub use repository::Repository;
pub use seed::{Seed, SharesFindings};
pub use severity::{Severity, UnknownSeverity};
pub use state::ReportState;
