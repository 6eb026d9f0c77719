//! Reading an archive, whatever became of it.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use self::beginning::{describe, source};
use self::findings::Findings;
use self::frames::{Frame, Frames};
use self::record::Line;
use self::words::{bytes, describe_counts};
use super::ArchiveError;
use super::format::{Counts, FORMAT, Header, LARGEST_PART, VERSION};
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo, FindingPool};
use crate::outcome::Summary;
use crate::snapshot::{Snapshot, Source};

mod beginning;
mod ending;
mod findings;
mod frames;
mod record;
mod snapshot;
mod words;

/// Reads an archive as a whole. Findings are taken from the pool, so that several archives share them.
///
/// An archive that a killed crawl has left, or that was damaged, is read as far as it can be:
/// [`Source::finished_at`] is `None` where its end is missing, and the failures of the phase
/// [`ReadingArchive`](crate::failure::Phase::ReadingArchive) say what was lost.
///
/// # Errors
///
/// When the file cannot be opened, or is no archive.
pub fn read(path: impl AsRef<Path>, pool: &FindingPool) -> Result<Snapshot, ArchiveError> {
    Ok(Reader::open(path, pool)?.into_snapshot())
}

/// Reads an archive record by record, in the order in which they were written.
///
/// It holds the findings and a few MiB of the file, however long that is. What was damaged is passed over and told; after
/// that it goes on with the next part of the file that can be read.
///
/// ```no_run
/// use harbor_ext::archive::{Reader, Record};
/// use harbor_ext::model::FindingPool;
///
/// let pool = FindingPool::new();
/// let reader = Reader::open("harbor.archive", &pool)?;
/// println!("from {}", reader.source().registry);
/// for record in reader {
///     match record {
///         Record::Artifact(info) => println!("{}: {}", info.artifact, info.state),
///         Record::Failure(failure) => println!("{failure}"),
///         _ => {}
///     }
/// }
/// # Ok::<(), harbor_ext::archive::ArchiveError>(())
/// ```
#[derive(Debug)]
pub struct Reader<'p, R> {
    frames: Frames<R>,
    pool: &'p FindingPool,
    source: Source,
    findings: Findings,
    /// The text of the part that is being read, and how much of it was.
    text: Vec<u8>,
    place: usize,
    /// The number of the next part.
    part: u64,
    /// What was read, or is known to be lost.
    counts: Counts,
    /// Of everything that was read; nothing once something was lost.
    hasher: Option<Sha256>,
    /// What this version does not know, and how often it came.
    unknown: BTreeMap<String, u64>,
    records: VecDeque<Record>,
    has_ended: bool,
    is_over: bool,
}

/// What an archive holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Record {
    /// An artifact. One whose findings were lost is [`Failed`](crate::model::ReportState::Failed), and the failure says so.
    Artifact(ArtifactInfo),
    /// What the crawl could not read, or what of the archive was lost. The failure of an artifact does not come again.
    Failure(Failure),
    /// The allowlists; of several the last ones count.
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
        Self::begin(File::open(path).map_err(error)?, path, pool)
    }
}

impl<'p, R: Read> Reader<'p, R> {
    /// Begins to read an archive from anywhere.
    ///
    /// # Errors
    ///
    /// When it cannot be read from, or there is no archive.
    pub fn new(input: R, pool: &'p FindingPool) -> Result<Self, ArchiveError> {
        Self::begin(input, Path::new(""), pool)
    }

    /// Where the snapshot comes from. When the crawl ended is known at its [end](Record::End) only.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    fn begin(input: R, path: &Path, pool: &'p FindingPool) -> Result<Self, ArchiveError> {
        // What is no archive is not read to its end.
        const PATIENCE: u64 = 2 * LARGEST_PART as u64;
        let failed = |source| ArchiveError::Io { deed: "read", path: path.into(), source };
        let mut frames = Frames::new(input).map_err(failed)?;
        let beginning = describe(frames.peek());
        let Some(frame) = frames.next(PATIENCE) else {
            return Err(match frames.take_error() {
                Some(error) => failed(error),
                None => ArchiveError::NotAnArchive { path: path.into(), why: beginning.to_owned() },
            });
        };
        let source = source(&frame.text, path)?;
        let mut reader = Self {
            frames,
            pool,
            source,
            findings: Findings::default(),
            text: Vec::new(),
            place: 0,
            part: 0,
            counts: Counts::default(),
            hasher: Some(Sha256::new()),
            unknown: BTreeMap::new(),
            records: VecDeque::new(),
            has_ended: false,
            is_over: false,
        };
        reader.take_frame(frame);
        Ok(reader)
    }

    /// Takes the next part, unless it belongs elsewhere.
    fn take_frame(&mut self, frame: Frame) {
        let Frame { text, skipped } = frame;
        let first = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |end| end + 1);
        let header: Header<'_> = match serde_json::from_slice(&text[..first]) {
            Ok(header) => header,
            Err(_) => return self.lose(format!("{} of text belong to no archive", bytes(text.len() as u64))),
        };
        let missing = header.before.minus(self.counts);
        let is_next = header.format == FORMAT && header.version == VERSION && *header.source == self.source;
        let Some(missing) = missing.filter(|_| is_next && header.part >= self.part && !self.has_ended) else {
            let part = header.part;
            return self.lose(format!("part {part} does not belong where it stands, and was not read"));
        };
        if skipped > 0 || missing != Counts::default() || header.part > self.part {
            let parts = header.part - self.part;
            self.lose(format!(
                "{} before part {} cannot be read; missing are {}",
                if skipped > 0 { bytes(skipped) } else { format!("{parts} parts") },
                header.part,
                describe_counts(missing)
            ));
        }
        self.counts = header.before;
        self.part = header.part.saturating_add(1);
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&text[..first]);
        }
        self.text = text;
        self.place = first;
    }

    /// Reads the next line of the part; `false` where there is none.
    fn take_line(&mut self) -> bool {
        let rest = &self.text[self.place..];
        if rest.is_empty() {
            return false;
        }
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let line = &rest[..length];
        let read = record::Read::line(line, self.pool, &self.findings);
        if let (Some(hasher), false) =
            (&mut self.hasher, matches!(&read, Ok(read) if matches!(read.line, Line::End(_))))
        {
            hasher.update(line);
        }
        self.place += length;
        match read {
            Ok(read) => {
                for member in read.unknown {
                    self.pass_over("member", &member);
                }
                self.take(read.line);
            }
            Err(why) => {
                // Findings are counted, so that nothing behind this line can be relied on.
                let rest = self.text.len() - self.place + length;
                self.place = self.text.len();
                let part = self.part.saturating_sub(1);
                self.lose(format!("{} of part {part} cannot be understood: {why}", bytes(rest as u64)));
            }
        }
        true
    }

    fn take(&mut self, line: Line) {
        let counts = &mut self.counts;
        // Where a file says that there were as many before as can be counted, no more can be told apart.
        let count = |count: &mut u64| *count = count.saturating_add(1);
        let lost = match line {
            Line::Finding(finding) => {
                let number = counts.findings;
                count(&mut counts.findings);
                match finding {
                    Some(finding) => return self.findings.push(number, finding),
                    None => format!("finding {number} cannot be understood"),
                }
            }
            Line::Artifact(artifact) => {
                count(&mut counts.artifacts);
                match artifact {
                    Ok(info) => return self.records.push_back(Record::Artifact(info)),
                    Err(why) => format!("artifact {} cannot be understood: {why}", counts.artifacts),
                }
            }
            Line::Failure(failure) => {
                count(&mut counts.failures);
                match failure {
                    Ok(failure) => return self.records.push_back(Record::Failure(failure)),
                    Err(why) => format!("failure {} cannot be understood: {why}", counts.failures),
                }
            }
            Line::Allowlists(allowlists) => {
                count(&mut counts.allowlists);
                match allowlists {
                    Ok(allowlists) => return self.records.push_back(Record::Allowlists(allowlists)),
                    Err(why) => format!("the allowlists cannot be understood: {why}"),
                }
            }
            Line::End(Ok(end)) => return self.take_end(*end),
            Line::End(Err(why)) => format!("its end cannot be understood: {why}"),
            Line::Unknown(kind) => return self.pass_over("record", &kind),
        };
        self.lose(lost);
    }
}

impl<R: Read> Iterator for Reader<'_, R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        loop {
            if let Some(record) = self.records.pop_front() {
                return Some(record);
            }
            if self.is_over {
                return None;
            }
            if !self.take_line() {
                match self.frames.next(u64::MAX) {
                    Some(frame) => self.take_frame(frame),
                    None => {
                        self.is_over = true;
                        self.take_end_of_file();
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
