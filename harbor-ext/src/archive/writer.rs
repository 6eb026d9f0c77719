//! Writing an archive while a crawl runs.

use std::fs;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;

use self::files::{create_partial, sync_folder};
use self::numbers::Numbers;
use self::parts::{Lines, Message, Written, write_line, write_record};
use self::thread::{Thread, USUAL_MESSAGE};
use super::ArchiveError;
use super::format::LARGEST_RECORD;
use crate::failure::Failure;
use crate::model::{Allowlists, Artifact, ArtifactInfo, Referenced, ReportState};
use crate::outcome::Summary;
use crate::snapshot::Source;

mod files;
mod numbers;
mod parts;
mod thread;

/// Writes an archive while a crawl runs.
///
/// It writes into a file of its own beside the target, whose name ends with `.partial` and which only the owner may read.
/// [`finish`](Self::finish) gives it the name of the target, so that there is never half an archive under that name.
/// Without it, when the crawl is killed or the writer dropped, the partial file stays and can be [read](super::read): what
/// came more than some seconds before is in it.
///
/// Compressing and writing is done by a thread. A method waits only where more comes than that thread can write, so that
/// memory stays bounded. It holds on to every finding that it has written.
///
/// ```no_run
/// use futures::StreamExt;
/// use harbor_ext::archive::Writer;
/// use harbor_ext::chrono::Utc;
/// use harbor_ext::{Harbor, Source};
///
/// # async fn example(harbor: Harbor) -> Result<(), harbor_ext::archive::ArchiveError> {
/// let source = Source::new(harbor.registry(), harbor.url().as_str(), Utc::now());
/// let mut writer = Writer::create("harbor.archive", &source)?;
/// let mut fetching = harbor.reports().stream();
/// while let Some(next) = fetching.next().await {
///     match next {
///         Ok(info) => writer.write(&info)?,
///         Err(failure) => writer.fail(&failure)?,
///     }
/// }
/// writer.allowlists(&harbor.allowlists().await)?;
/// let finished = writer.finish(Utc::now(), &fetching.summary())?;
/// println!("{} artifacts in {} bytes", finished.artifacts, finished.bytes);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an archive without an end is one of a crawl that was killed"]
pub struct Writer {
    target: PathBuf,
    partial: PathBuf,
    numbers: Numbers,
    /// What the thread was not told yet.
    lines: Lines,
    thread: Thread,
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
    /// When the path is that of a folder, or the partial file cannot be created or written.
    pub fn create(path: impl AsRef<Path>, source: &Source) -> Result<Self, ArchiveError> {
        let target = path.as_ref().to_path_buf();
        let failed = |deed, path: &Path, source| ArchiveError::Io { deed, path: path.into(), source };
        if target.is_dir() {
            return Err(failed("write", &target, io::ErrorKind::IsADirectory.into()));
        }
        let (partial, file) = create_partial(&target).map_err(|source| failed("create", &target, source))?;
        // When the crawl ended is not known before its end.
        let source = Source { finished_at: None, ..source.clone() };
        let thread = Thread::start(file, source).map_err(|source| failed("write", &partial, source))?;
        Ok(Self { target, partial, numbers: Numbers::default(), lines: Lines::default(), thread })
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
    /// When what was added before could not be written, or the artifact or one of its findings is too large. In the second
    /// case the archive goes on without the artifact.
    pub fn write(&mut self, info: &ArtifactInfo) -> Result<(), ArchiveError> {
        let name = || info.artifact.name_with_digest();
        let Some(report) = info.state.report() else {
            self.add(name, |text| {
                let record = Unreported { artifact: &info.artifact, state: &info.state };
                write_line(text, &record)
            })?;
            self.lines.counts.artifacts += 1;
            return self.send();
        };
        for finding in report.findings() {
            if self.numbers.number(finding.shared()).is_none() {
                self.add(name, |text| write_record(text, "finding", finding.get()))?;
                self.lines.counts.findings += 1;
                self.numbers.add(finding.shared());
                if self.lines.text.len() >= USUAL_MESSAGE {
                    self.send()?;
                }
            }
        }
        let numbers = &self.numbers;
        let number = |finding: &_| numbers.number(finding).unwrap_or_default() as i64;
        let record =
            Reported { artifact: &info.artifact, report: report.referenced(info.artifact.digest.as_str(), number) };
        add(&mut self.lines.text, name, |text| write_line(text, &record))?;
        self.lines.counts.artifacts += 1;
        self.send()
    }

    /// Adds a failure that came out of the crawl in the place of an item.
    ///
    /// # Errors
    ///
    /// When what was added before could not be written.
    pub fn fail(&mut self, failure: &Failure) -> Result<(), ArchiveError> {
        self.add(|| "a failure".to_owned(), |text| write_record(text, "failure", failure))?;
        self.lines.counts.failures += 1;
        self.send()
    }

    /// Adds the allowlists. Those that are added last count.
    ///
    /// # Errors
    ///
    /// When what was added before could not be written, or they are too large.
    pub fn allowlists(&mut self, allowlists: &Allowlists) -> Result<(), ArchiveError> {
        self.add(|| "the allowlists".to_owned(), |text| write_record(text, "allowlists", allowlists))?;
        self.lines.counts.allowlists += 1;
        self.send()
    }

    /// Ends the archive and gives it its name. What had that name before is replaced, and never by half an archive.
    ///
    /// # Errors
    ///
    /// When it cannot be written to its end or renamed; the partial file stays.
    pub fn finish(mut self, finished_at: DateTime<Utc>, summary: &Summary) -> Result<Finished, ArchiveError> {
        self.send()?;
        self.tell(Message::End { finished_at, summary: Box::new(summary.clone()) })?;
        let Written { bytes, counts } = self.thread.join().map_err(|source| self.failed("write", source))?;
        fs::rename(&self.partial, &self.target).map_err(|source| self.failed("rename", source))?;
        sync_folder(&self.target).map_err(|source| self.failed("rename", source))?;
        let path = mem::take(&mut self.target);
        Ok(Finished { path, bytes, artifacts: counts.artifacts, findings: counts.findings })
    }

    fn add(
        &mut self,
        name: impl Fn() -> String,
        write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        add(&mut self.lines.text, name, write)
    }

    fn send(&mut self) -> Result<(), ArchiveError> {
        let lines = mem::take(&mut self.lines);
        self.tell(Message::Lines(lines))
    }

    fn tell(&mut self, message: Message) -> Result<(), ArchiveError> {
        self.thread.tell(message).map_err(|source| self.failed("write", source))
    }

    fn failed(&self, deed: &'static str, source: io::Error) -> ArchiveError {
        ArchiveError::Io { deed, path: self.partial.clone(), source }
    }
}

/// Adds lines that are written by a function; none where they are too large.
fn add(
    text: &mut Vec<u8>,
    name: impl Fn() -> String,
    write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
) -> Result<(), ArchiveError> {
    let start = text.len();
    let result = write(text);
    let size = text.len() - start;
    if size > LARGEST_RECORD {
        text.truncate(start);
        return Err(ArchiveError::TooLarge { what: name(), size, limit: LARGEST_RECORD });
    }
    result.map_err(|source| {
        text.truncate(start);
        ArchiveError::Io { deed: "write", path: name().into(), source }
    })
}

/// An artifact without a report.
#[derive(Serialize)]
struct Unreported<'a> {
    artifact: &'a Artifact,
    state: &'a ReportState,
}

/// An artifact with the references of its report.
#[derive(Serialize)]
struct Reported<'a> {
    artifact: &'a Artifact,
    #[serde(flatten)]
    report: Referenced<'a>,
}
