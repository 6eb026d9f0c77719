//! Writing an archive while a crawl runs.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};

use self::numbers::Numbers;
use self::parts::{Lines, Message, USUAL_MESSAGE, Written, write_line, write_record};
use super::ArchiveError;
use super::format::LARGEST_RECORD;
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo, Referenced};
use crate::outcome::Summary;
use crate::snapshot::Source;

mod numbers;
mod parts;

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
        let (sender, handle) = parts::start(file, source).map_err(|source| failed("write", &partial, source))?;
        let thread = Thread { sender: Some(sender), handle: Some(handle) };
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
        let written = self.thread.join().and_then(|written| written.ok_or_else(already_failed));
        let Written { bytes, counts } = written.map_err(|source| self.failed("write", source))?;
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
        let is_told = self.thread.sender.as_ref().is_some_and(|sender| sender.send(message).is_ok());
        if is_told {
            return Ok(());
        }
        let error = self.thread.join().err().unwrap_or_else(already_failed);
        Err(self.failed("write", error))
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

fn already_failed() -> io::Error {
    io::Error::other("what came before could not be written")
}

/// Creates a file beside the target that nobody else has and nobody else may read.
fn create_partial(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut options = OpenOptions::new();
    // Neither what is there nor what a link leads to is touched.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    const ATTEMPTS: usize = 10;
    let mut error = io::Error::from(io::ErrorKind::AlreadyExists);
    for _ in 0..ATTEMPTS {
        let mut partial = name.to_owned();
        partial.push(format!(".{:08x}.partial", fastrand::u32(..)));
        let path = target.with_file_name(partial);
        match options.open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(taken) if taken.kind() == io::ErrorKind::AlreadyExists => error = taken,
            Err(error) => return Err(error),
        }
    }
    Err(error)
}

/// Makes sure that the new name of a file is on the disk, where that can be done.
fn sync_folder(file: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot, and a folder may be one that may be written and not read.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied) => Ok(()),
        result => result,
    }
}

/// The thread that writes.
#[derive(Debug)]
struct Thread {
    sender: Option<SyncSender<Message>>,
    handle: Option<JoinHandle<io::Result<Written>>>,
}

impl Thread {
    /// Lets the thread write what it was told, and waits for it; `None` where that was done before.
    fn join(&mut self) -> io::Result<Option<Written>> {
        self.sender = None;
        match self.handle.take().map(JoinHandle::join) {
            None => Ok(None),
            Some(Ok(result)) => result.map(Some),
            Some(Err(_)) => Err(io::Error::other("the thread that writes the archive broke down")),
        }
    }
}

/// What was added before is in the partial file once the writer is dropped.
impl Drop for Thread {
    fn drop(&mut self) {
        if let Err(error) = self.join() {
            tracing::warn!("the archive was not written to its end: {error}");
        }
    }
}

/// An artifact without a report.
#[derive(serde::Serialize)]
struct Unreported<'a> {
    artifact: &'a crate::model::Artifact,
    state: &'a crate::model::ReportState,
}

/// An artifact with the references of its report.
#[derive(serde::Serialize)]
struct Reported<'a> {
    artifact: &'a crate::model::Artifact,
    #[serde(flatten)]
    report: Referenced<'a>,
}
