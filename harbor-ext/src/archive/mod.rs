//! Snapshots in files: one crawl of one registry each.
//!
//! An archive is one file. It is written while the crawl runs, by a [`Writer`], and read again as a whole by [`read`] or
//! record by record by a [`Reader`]. It holds everything that came of the crawl: artifacts with their reports, failures,
//! allowlists, and the summary. What is read again writes the same JSON as what was written. A finding that many reports
//! have is in it once.
//!
//! Nothing is lost silently here, too: what is missing because a crawl was killed or a file was damaged is told as
//! [`Failure`](crate::Failure)s of the phase [`ReadingArchive`](crate::failure::Phase::ReadingArchive), and everything
//! else is returned.
//!
//! `docs/archive.md` in the repository describes the format; `zstd -dc FILE` gives it as lines of JSON.

pub use error::ArchiveError;
pub use reader::{Reader, Record, read};
pub use writer::{Finished, Writer};

mod error;
mod format;
mod reader;
mod writer;
