//! Writing an archive while a crawl runs.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::ArchiveError;
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo};
use crate::outcome::Summary;
use crate::snapshot::Source;

/// Writes an archive while a crawl runs.
///
/// It writes into a file of its own beside the target, whose name ends with `.partial` and which only the owner may read.
/// [`finish`](Self::finish) gives it the name of the target, so that there is never half an archive under that name.
/// Without it, when the crawl is killed or the writer dropped, the partial file stays and can be [read](super::read): what
/// came more than some seconds before is in it.
#[derive(Debug)]
pub struct Writer {
    partial: PathBuf,
}

/// An archive that was written to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// Where it is.
    pub path: PathBuf,
    /// How many bytes it takes.
    pub bytes: u64,
    /// How many artifacts are in it.
    pub artifacts: u64,
    /// How many different findings are in it.
    pub findings: u64,
}

impl Writer {
    /// Begins an archive that will have this path.
    ///
    /// # Errors
    ///
    /// When the partial file cannot be created or written.
    pub fn create(path: impl AsRef<Path>, source: &Source) -> Result<Self, ArchiveError> {
        let _ = source;
        Ok(Self { partial: path.as_ref().into() })
    }

    /// Where the archive is until it is finished.
    #[must_use]
    pub fn partial_path(&self) -> &Path {
        &self.partial
    }

    /// Adds an artifact. Its failure, if it has one, belongs to it and is not [added](Self::fail) as well.
    ///
    /// # Errors
    ///
    /// When what was added before cannot be written, or the artifact is too large.
    pub fn write(&mut self, info: &ArtifactInfo) -> Result<(), ArchiveError> {
        let _ = info;
        Ok(())
    }

    /// Adds a failure that came out of the crawl in the place of an item.
    ///
    /// # Errors
    ///
    /// When what was added before cannot be written.
    pub fn fail(&mut self, failure: &Failure) -> Result<(), ArchiveError> {
        let _ = failure;
        Ok(())
    }

    /// Adds the allowlists.
    ///
    /// # Errors
    ///
    /// When what was added before cannot be written, or they are too large.
    pub fn allowlists(&mut self, allowlists: &Allowlists) -> Result<(), ArchiveError> {
        let _ = allowlists;
        Ok(())
    }

    /// Ends the archive and gives it its name. What had that name before is replaced.
    ///
    /// # Errors
    ///
    /// When it cannot be written to its end or renamed; the partial file stays.
    pub fn finish(self, finished_at: DateTime<Utc>, summary: &Summary) -> Result<Finished, ArchiveError> {
        let _ = (finished_at, summary);
        Ok(Finished { path: self.partial, bytes: 0, artifacts: 0, findings: 0 })
    }
}
