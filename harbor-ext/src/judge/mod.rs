//! What findings mean: which are exploited, likely to be, accepted, or against a policy. No I/O.
//!
//! [`Knowledge`] is what others know, read from texts that the caller has. An [`Assessment`] puts it together with an
//! [`Inventory`](crate::Inventory), finding by finding. Nothing is taken out: what is accepted stays, with the reason.
//! A [`Policy`] decides on an assessment, and gives a [`Verdict`].
//!
//! ```
//! use std::fs::File;
//!
//! use harbor_ext::Inventory;
//! use harbor_ext::chrono::Utc;
//! use harbor_ext::judge::{Assessment, Epss, Kev, Knowledge, Policy, Vex};
//!
//! # fn example(inventory: Inventory) -> Result<(), Box<dyn std::error::Error>> {
//! let mut knowledge = Knowledge::default();
//! knowledge.kev = Some(Kev::parse(File::open("known_exploited_vulnerabilities.json")?)?);
//! knowledge.epss = Some(Epss::parse(File::open("epss_scores-current.csv.gz")?)?);
//! knowledge.vex.push(Vex::parse(File::open("shop.openvex.json")?)?);
//!
//! let assessment = Assessment::new(&inventory, &knowledge, Utc::now());
//! let verdict = Policy::parse(&std::fs::read_to_string("policy.toml")?)?.check(&assessment)?;
//! for note in assessment.notes().iter().chain(&verdict.notes) {
//!     println!("note: {note}");
//! }
//! for violation in &verdict.violations {
//!     println!("{violation}");
//! }
//! # Ok(())
//! # }
//! ```

mod allowlists;
mod assessment;
mod epss;
mod identifiers;
mod kev;
mod knowledge;
mod policy;
mod suppression;
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

/// How many of several things a note names.
const NAMED: usize = 5;
