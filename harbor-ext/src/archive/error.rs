//! Why an archive could not be written or opened.

use std::io;
use std::path::PathBuf;

/// Why an archive could not be written or opened. Damage inside of an archive is none of these: it is among the failures
/// of what was read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The file system, or what is read from, did not do what it was asked for.
    #[error("cannot {deed} {path:?}")]
    Io {
        /// What was being done, such as `create`.
        deed: &'static str,
        /// The file.
        path: PathBuf,
        /// What came back.
        #[source]
        source: io::Error,
    },
    /// There is no archive in the file, or nothing of it can be read.
    #[error("{path:?} is not an archive of harbor-ext, or damaged from its beginning: {why}")]
    NotAnArchive {
        /// The file; empty where it is none.
        path: PathBuf,
        /// What there is instead.
        why: String,
    },
    /// The archive was written by a later version of this crate.
    #[error(
        "{path:?} is an archive of version {version}, and this program reads version 1 only: use a later harbor-ext"
    )]
    TooNew {
        /// The file; empty where it is none.
        path: PathBuf,
        /// The version of the format.
        version: u64,
    },
    /// Something is too large for an archive.
    #[error("{what} takes {size} bytes, and an archive holds at most {limit} in one piece")]
    TooLarge {
        /// What it is, such as an artifact, by its name.
        what: String,
        /// Its size as JSON.
        size: usize,
        /// The most that fits.
        limit: usize,
    },
}
