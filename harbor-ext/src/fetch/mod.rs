//! The only part that does I/O: one work queue, and what is fetched through it.
//!
//! - [`query`] is what a caller asks for, [`stream`] what it gets while waiting, [`collect`] what comes of it.
//! - [`queue`] runs jobs on some [`terms`]; [`limit`], [`server`], [`backoff`] and [`cause`] decide how many, when, and
//!   how often.
//! - [`listing`] finds projects, repositories and artifacts by [`pages`]; [`walk`] yields them, and [`reports`] fetches
//!   the report of each artifact, or [`explain`]s why there is none, for an index by its
//!   [`children`].
//! - [`requests`] asks for each kind of list, [`convert`] makes of its rows what is wanted, and an [`interner`] holds once
//!   what they repeat.
//! - [`lookup`] asks for one thing by its name, [`single`] is how an artifact is found. [`owner`] and [`access`] ask
//!   step by step, each step a [`batch`]; so do the [`allowlists`].

mod access;
mod allowlists;
mod backoff;
mod batch;
mod cause;
mod children;
mod collect;
mod convert;
mod details;
mod explain;
mod family;
mod globs;
mod interner;
mod labels;
mod limit;
mod listing;
mod lookup;
mod naming;
mod owner;
mod pages;
mod query;
mod queue;
mod reports;
mod requests;
mod selection;
mod server;
mod sharing;
mod sieve;
mod single;
mod stream;
mod terms;
mod walk;

pub use access::AccessCheck;
pub(crate) use allowlists::allowlists;
pub(crate) use cause::Cause;
pub use lookup::Lookup;
pub(crate) use owner::owners;
pub use query::{Fetched, HasTags, Query};
pub use stream::{Fetching, Stopper};
