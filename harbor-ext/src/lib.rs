//! Ask questions of a whole Harbor registry.
//!
//! A [`Harbor`] is made once and asked with queries: [`Harbor::repositories`], [`Harbor::artifacts`] and
//! [`Harbor::reports`]. A query is a value; it is narrowed, and then streamed or collected. What comes of reports is
//! put into an [`analysis::ArtifactReport`], which answers questions without any further request.
//!
//! Three promises, in this order:
//!
//! 1. **Nothing is lost silently.** Every artifact that the registry listed is in the result, with a report or with the
//!    reason why there is none; whatever could not be listed is a [`Failure`]. Failures are data.
//! 2. **It is kind to the server.** Few requests, a concurrency that adapts to the server, polite repeats.
//! 3. **It is fast and small.** A finding that many images share is held once.
//!
//! ```no_run
//! use harbor_ext::analysis::ArtifactReport;
//! use harbor_ext::{Credentials, Harbor};
//!
//! # async fn example(secret: String) -> Result<(), harbor_ext::Error> {
//! let harbor = Harbor::builder("https://harbor.example.com")
//!     .credentials(Credentials::robot("auditor", secret))
//!     .build()?;
//!
//! let collected = harbor.reports().projects(["library", "mirrors"]).collect().await;
//! println!("{}", collected.summary);
//! for failure in &collected.failures {
//!     println!("not read: {failure}");
//! }
//!
//! let report = ArtifactReport::from(collected.items);
//! for (info, finding) in report.findings().with_cve("CVE-2021-44228") {
//!     println!("{} has {} {}", info.artifact, finding.package(), finding.version());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! For every operation of Harbor that has no query of its own there is [`Harbor::client`]. The crates [`chrono`],
//! [`harbor_api`] and [`reqwest`] are re-exported, so that their types come in the right version. A [`Fetching`] is a
//! [`futures::Stream`]: `use futures::StreamExt` to go through it.
//!
//! # Where things are
//!
//! Data moves one way: [`name`] → fetching ([`Harbor`], [`Query`]) → [`model`] → [`version`] → [`analysis`] →
//! [`Snapshot`] and `archive` → [`Inventory`] → `judge` → `export`. `model`, `version`, `analysis` and `judge` do no I/O,
//! `export` only writes to what it is given.
//!
//! # Features
//!
//! `rustls` (default) or `native-tls`, and `gzip` for compressed answers. Of the parts that not everybody needs, `archive` keeps
//! snapshots in files, `judge` knows policies and what others know of vulnerabilities, `export` writes other programs'
//! formats, `parquet` that one, and `cli` is the program `harbor-ext`.
//!
//! `docs/recipes-rust.md` in the repository has a short program for each of many questions, and `docs/permissions.md` what an
//! account needs.

pub mod access;
pub mod analysis;
#[cfg(feature = "archive")]
pub mod archive;
pub mod condition;
#[cfg(feature = "export")]
pub mod export;
pub mod failure;
#[cfg(feature = "judge")]
pub mod judge;
pub mod model;
pub mod name;
pub mod schema;
pub mod text;
pub mod version;

mod budget;
mod client;
mod credentials;
mod error;
mod fetch;
mod harbor;
mod inventory;
mod outcome;
mod redaction;
mod session;
mod settings;
mod snapshot;

pub use chrono;
pub use credentials::Credentials;
pub use error::Error;
pub use failure::{Failure, FailureKind, Permission};
pub use fetch::{AccessCheck, Fetched, Fetching, HasTags, Lookup, Query, Stopper};
pub use harbor::{Harbor, HarborBuilder};
pub use harbor_api::{self, http_client};
pub use inventory::{Current, FirstSeen, Inventory, InventoryBuilder, TrendPoint};
pub use outcome::{Advice, Collected, Progress, StateCounts, Summary};
pub use reqwest;
pub use settings::{Concurrency, RetryPolicy};
pub use snapshot::{Snapshot, Source};

/// The examples of the READMEs are compiled as tests. Those of harbor-api are among them because its own documentation
/// tests are off: the generated code has an example for each operation that is not meant to run.
#[cfg(doctest)]
mod readmes {
    #[doc = include_str!("../../README.md")]
    struct Workspace;

    #[doc = include_str!("../../harbor-api/README.md")]
    struct Api;

    #[doc = include_str!("../../docs/permissions.md")]
    struct Permissions;

    #[doc = include_str!("../../docs/recipes-rust.md")]
    struct RecipesInRust;

    #[cfg(feature = "archive")]
    #[doc = include_str!("../../docs/recipes.md")]
    struct Recipes;

    #[cfg(all(feature = "archive", feature = "judge"))]
    #[doc = include_str!("../../docs/policy.md")]
    struct Policies;

    #[cfg(all(feature = "archive", feature = "export"))]
    #[doc = include_str!("../../docs/formats.md")]
    struct Formats;
}
