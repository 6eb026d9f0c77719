//! A simulated Harbor for tests: real sockets, real state, and answers that agree with the real
//! server byte for byte where that matters.
//!
//! ```
//! use harbor_testkit::{Registry, SimulatedHarbor};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), harbor_testkit::StartError> {
//! let harbor = SimulatedHarbor::builder().registry(Registry::demo()).start().await?;
//! println!("{}/api/v2.0/projects", harbor.url());
//! assert!(harbor.requests().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! Tests without a runtime start it with [`SimulatedHarborBuilder::start_blocking`].
//!
//! The state is a [`Registry`]: the demo, a folder of reports, what a real registry told of itself, a synthetic one
//! of any size, or one built by hand. The server pretends to be one of five releases ([`HarborVersion`]), with or
//! without the nginx that comes with them ([`SimulatedHarborBuilder::behind_nginx`]). A [`Fault`] makes it misbehave,
//! a [`Hold`] keeps answers back until the test lets them go, and the log tells what was asked.
//!
//! It answers the routes that a client needs to read a whole registry: projects with their members, quotas, labels,
//! robots and scanners, repositories, artifacts of a repository and of a project, tags, accessories, vulnerability
//! reports, SBOMs and other additions, the security hub, users, statistics, the search, and what there is to know of the
//! system. Projects, labels, tags and accepted vulnerabilities can be changed, artifacts copied and deleted, scans
//! started and stopped, and findings exported into a file. Other routes of Harbor are 501, unknown ones 404.
//!
//! A scan that a client starts stands still until the test calls [`Registry::advance_scans`], or follows the clock; see
//! [`ScanPace`]. All images share their findings, as in Harbor: a later scan of one changes what the reports of others
//! say; see [`Duplicates`].

mod auth;
mod connection;
mod control;
mod fault;
mod hold;
mod http;
mod incoming;
mod log;
mod login;
mod nginx;
mod outage;
mod outgoing;
mod random;
mod registry;
mod resources;
mod server;
mod service;
mod session;
mod version;
mod wire;

pub use auth::Authorization;
pub use fault::{Fault, FaultSpecError};
pub use hold::Hold;
pub use log::{Exchange, Request, Stats};
pub use registry::{
    Accessory, Addition, Allowlist, Artifact, Duplicates, Expected, Finding, Label, ListedArtifact, LoadError,
    Platform, Project, Registry, Report, ReportError, Repository, Robot, Role, Scale, Scan, ScanPace, Scanner,
    UnknownRole, User,
};
pub use server::{Changed, SimulatedHarbor, SimulatedHarborBuilder, StartError};
pub use version::{HarborVersion, UnknownVersion};

/// The page for users, so that its example is run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
