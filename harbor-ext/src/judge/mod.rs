//! What findings mean: which are exploited, likely to be, accepted, or against a policy. No I/O.
//!
//! [`Knowledge`] is what others know, read from texts that the caller has. An [`Assessment`] puts it together with an
//! [`Inventory`](crate::Inventory), finding by finding. Nothing is taken out: what is accepted stays, with the reason.
//! A [`Policy`] decides on an assessment, and gives a [`Verdict`].

mod assessment;
mod epss;
mod kev;
mod policy;
mod suppression;
mod vex;

pub use assessment::{Assessed, Assessment, Exploitation, Likelihood};
pub use epss::{Epss, EpssScore};
pub use kev::{Kev, KevEntry};
pub use policy::{Policy, PolicyError, Rule, RuleCount, Verdict, Violation};
pub use suppression::{Suppression, SuppressionSource};
pub use vex::Vex;

/// What others know of vulnerabilities. What is not here is not known, which is not the same as harmless.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Knowledge {
    /// The catalogue of vulnerabilities that are known to be exploited.
    pub kev: Option<Kev>,
    /// How likely vulnerabilities are to be exploited.
    pub epss: Option<Epss>,
    /// What vendors and owners say of vulnerabilities in their products.
    pub vex: Vec<Vex>,
}
