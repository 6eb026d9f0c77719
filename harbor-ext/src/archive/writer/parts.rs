//! Records are put together into parts, compressed, and written.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::archive::format::{Counts, End, FORMAT, Header, LARGEST_PART, USUAL_PART, VERSION, hexadecimal};
use crate::outcome::Summary;
use crate::snapshot::Source;

/// What a killed crawl loses at most.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// The level of compression of whole parts. Measured on parts of synthetic crawls, each on one core: level 3 leaves 22 to 25 %
/// of the text at 120 to 370 MB/s, level 9 some 22 to 23 % at 40 to 70 MB/s, level 19 some 20 to 21 % at 1 MB/s. A crawl
/// brings less than 10 MB/s.
const LEVEL: i32 = 9;

/// The level of small parts, which cost little whatever the level. It makes archives of few reports smaller by a tenth.
const LEVEL_OF_SMALL: i32 = 19;

/// What counts as small: so many bytes take level 19 a quarter of a second.
const SMALL: usize = 256 << 10;

/// Whole lines of an archive, and what they add to it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) text: Vec<u8>,
    pub(super) counts: Counts,
}

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Message {
    Lines(Lines),
    End { finished_at: DateTime<Utc>, summary: Box<Summary> },
}

/// The file as the thread left it.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) bytes: u64,
    pub(super) counts: Counts,
}

/// The parts of a file, one after another.
pub(super) struct Parts {
    file: File,
    source: Source,
    compressor: Compressor<'static>,
    hasher: Sha256,
    /// The part that is being put together, and what it adds.
    part: Lines,
    /// When its first record came.
    since: Option<Instant>,
    number: u64,
    before: Counts,
    bytes: u64,
}

impl Parts {
    /// Begins with a part that has nothing but its header, so that there is an archive from the beginning.
    pub(super) fn new(file: File, source: Source) -> io::Result<Self> {
        let mut compressor = Compressor::new(LEVEL)?;
        compressor.set_parameter(CParameter::ChecksumFlag(true))?;
        let mut parts = Self {
            file,
            source,
            compressor,
            hasher: Sha256::new(),
            part: Lines::default(),
            since: None,
            number: 0,
            before: Counts::default(),
            bytes: 0,
        };
        parts.begin_part()?;
        parts.write_part()?;
        Ok(parts)
    }

    /// Writes what it is told, until the end is told or nobody can tell it any more.
    pub(super) fn run(mut self, receiver: &Receiver<Message>) -> io::Result<Written> {
        loop {
            let wait = self.since.map_or(LONGEST_WAIT, |since| LONGEST_WAIT.saturating_sub(since.elapsed()));
            match receiver.recv_timeout(wait) {
                Ok(Message::Lines(lines)) => self.push(&lines)?,
                Ok(Message::End { finished_at, summary }) => return self.end(finished_at, &summary),
                Err(RecvTimeoutError::Timeout) => self.write_rest()?,
                Err(RecvTimeoutError::Disconnected) => {
                    self.write_rest()?;
                    break;
                }
            }
        }
        self.written()
    }

    fn push(&mut self, lines: &Lines) -> io::Result<()> {
        if self.part.text.len() + lines.text.len() > LARGEST_PART {
            self.write_part()?;
        }
        self.since.get_or_insert_with(Instant::now);
        self.part.text.extend_from_slice(&lines.text);
        self.part.counts = self.part.counts.plus(lines.counts);
        let is_old = self.since.is_some_and(|since| since.elapsed() >= LONGEST_WAIT);
        if is_old || self.part.text.len() >= USUAL_PART { self.write_part() } else { Ok(()) }
    }

    fn end(mut self, finished_at: DateTime<Utc>, summary: &Summary) -> io::Result<Written> {
        self.hasher.update(&self.part.text);
        let sha256 = hexadecimal(&mem::take(&mut self.hasher).finalize());
        let counts = self.before.plus(self.part.counts);
        let end = End { finished_at, summary: Cow::Borrowed(summary), counts, sha256 };
        write_record(&mut self.part.text, "end", &end)?;
        self.write_part()?;
        self.written()
    }

    fn write_rest(&mut self) -> io::Result<()> {
        if self.since.is_some() { self.write_part() } else { Ok(()) }
    }

    /// Writes the part to the disk and begins the next one.
    fn write_part(&mut self) -> io::Result<()> {
        if self.part.text.len() > LARGEST_PART {
            // Records leave room for a header. Nobody asks for that much.
            return Err(io::Error::other("what was asked for takes more than a MiB to say"));
        }
        let level = if self.part.text.len() <= SMALL { LEVEL_OF_SMALL } else { LEVEL };
        self.compressor.set_compression_level(level)?;
        let packed = self.compressor.compress(&self.part.text)?;
        self.file.write_all(&packed)?;
        self.file.sync_data()?;
        self.hasher.update(&self.part.text);
        self.bytes += packed.len() as u64;
        self.before = self.before.plus(self.part.counts);
        self.number += 1;
        self.since = None;
        self.begin_part()
    }

    fn begin_part(&mut self) -> io::Result<()> {
        self.part.text.clear();
        self.part.counts = Counts::default();
        let header = Header {
            format: FORMAT.into(),
            version: VERSION,
            part: self.number,
            before: self.before,
            source: Cow::Borrowed(&self.source),
        };
        write_line(&mut self.part.text, &header)
    }

    fn written(self) -> io::Result<Written> {
        self.file.sync_all()?;
        Ok(Written { bytes: self.bytes, counts: self.before })
    }
}

/// Writes a line with one record: an object whose only member is the kind.
pub(super) fn write_record(text: &mut Vec<u8>, kind: &'static str, record: &impl Serialize) -> io::Result<()> {
    text.extend_from_slice(b"{\"");
    text.extend_from_slice(kind.as_bytes());
    text.extend_from_slice(b"\":");
    serde_json::to_writer(&mut *text, record)?;
    text.extend_from_slice(b"}\n");
    Ok(())
}

/// Writes a line with an object.
pub(super) fn write_line(text: &mut Vec<u8>, object: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *text, object)?;
    text.push(b'\n');
    Ok(())
}
