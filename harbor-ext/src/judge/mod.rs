//! What findings mean: which are exploited, likely to be, accepted, or against a policy. No I/O.
//!
//! [`Knowledge`] is what others know, read from texts that the caller has. An [`Assessment`] puts it together with an
//! [`Inventory`](crate::Inventory), finding by finding. Nothing is taken out: what is accepted stays, with the reason.
//! A [`Policy`] decides on an assessment, and gives a [`Verdict`].

mod allowlists;
mod assessment;
mod epss;
mod identifiers;
mod kev;
mod knowledge;
mod policy;
mod suppression;
mod text;
mod verdict;
mod vex;

#[cfg(test)]
mod samples;

pub use assessment::{Assessed, Assessment, Exploitation, Likelihood};
pub use epss::{Epss, EpssScore};
pub use kev::{Kev, KevEntry};
pub use knowledge::{Knowledge, KnowledgeError};
pub use policy::{Counting, Exception, Expiry, Policy, PolicyError, Rule, Treatment, WhenMissing, WhenUnread};
pub use suppression::{Suppression, SuppressionSource};
pub use verdict::{RuleCount, Verdict, Violation};
pub use vex::{UnrecognisedProduct, Vex, VexFormat, VexStatus};
