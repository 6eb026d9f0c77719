//! The readable parts of a file, whatever is between them.
//!
//! A part is a frame of zstd with its size and its checksum. Where there is none, the next one is looked for by the bytes
//! that every frame begins with.

use std::fmt;
use std::io::{self, Read};
use std::mem;

use memchr::memmem;
use zstd::bulk::Decompressor;
use zstd::zstd_safe;

use crate::archive::format::LARGEST_PART;

/// What every frame begins with.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The longest header of a frame.
const LONGEST_HEADER: usize = 18;

/// The bit of a frame's fifth byte that says that there is a checksum.
const HAS_CHECKSUM: u8 = 1 << 2;

/// How many places of a file may look like a frame and be none, before the rest is taken for lost: each costs time, and only
/// a file that is made to cost time has that many.
const MOST_DISAPPOINTMENTS: u32 = 10_000;

/// How much is read at once.
const PIECE: usize = 256 << 10;

/// Finds the readable frames of a file one after another. It holds no more of the file than one frame.
pub(super) struct Frames<R> {
    input: R,
    buffer: Vec<u8>,
    /// Where in the buffer the unread bytes begin.
    start: usize,
    is_at_end: bool,
    error: Option<io::Error>,
    decompressor: Decompressor<'static>,
    /// How many bytes before the unread ones could not be read as frames, since the last frame.
    skipped: u64,
    disappointments: u32,
}

/// The text of a frame, and how many bytes before it were none of a frame.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) text: Vec<u8>,
    pub(super) skipped: u64,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(input: R) -> io::Result<Self> {
        Ok(Self {
            input,
            buffer: Vec::new(),
            start: 0,
            is_at_end: false,
            error: None,
            decompressor: Decompressor::new()?,
            skipped: 0,
            disappointments: 0,
        })
    }

    /// The next readable frame; `None` at the end, or when so many bytes were passed over as `patience`.
    pub(super) fn next(&mut self, patience: u64) -> Option<Frame> {
        while self.skipped < patience {
            if self.disappointments >= MOST_DISAPPOINTMENTS {
                self.skip_rest();
            }
            self.fill(LONGEST_HEADER);
            if self.unread().is_empty() {
                return None;
            }
            if let Some((text, length)) = self.unpack() {
                self.start += length;
                let skipped = mem::take(&mut self.skipped);
                return Some(Frame { text, skipped });
            }
            self.skip();
        }
        None
    }

    /// The first bytes that were not read yet.
    pub(super) fn peek(&mut self) -> &[u8] {
        self.fill(LONGEST_HEADER);
        self.unread()
    }

    /// How many bytes since the last frame were none of a frame.
    pub(super) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Why reading ended before the end of the file, if so.
    pub(super) fn error(&self) -> Option<&io::Error> {
        self.error.as_ref()
    }

    /// Gives the error away.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// The text of the frame that begins here, and its length in the file.
    fn unpack(&mut self) -> Option<(Vec<u8>, usize)> {
        let header = self.unread();
        if !header.starts_with(&MAGIC) || header.get(4)? & HAS_CHECKSUM == 0 {
            return None;
        }
        let size = zstd_safe::get_frame_content_size(header).ok()??;
        let size = usize::try_from(size).ok().filter(|size| *size <= LARGEST_PART)?;
        self.fill(zstd_safe::compress_bound(size) + LONGEST_HEADER);
        let bytes = self.unread();
        let length = zstd_safe::find_frame_compressed_size(bytes).ok().filter(|length| *length <= bytes.len())?;
        let bytes = &self.buffer[self.start..self.start + length];
        let text = self.decompressor.decompress(bytes, size).ok()?;
        (text.len() == size).then_some((text, length))
    }

    /// Goes on to the next place that looks like a frame, as far as it is in the buffer.
    fn skip(&mut self) {
        let unread = self.unread();
        if unread.starts_with(&MAGIC) {
            self.disappointments += 1;
        }
        let unread = self.unread();
        let rest = unread.get(1..).unwrap_or_default();
        let next = memmem::find(rest, &MAGIC).map(|place| place + 1);
        // The beginning of the next one may be at the end of the buffer.
        let place = next.unwrap_or_else(|| unread.len().saturating_sub(MAGIC.len() - 1).max(1));
        self.start += place;
        self.skipped += place as u64;
    }

    /// Counts what is left, without looking for anything.
    fn skip_rest(&mut self) {
        loop {
            let left = self.unread().len();
            self.start += left;
            self.skipped += left as u64;
            self.fill(PIECE);
            if self.unread().is_empty() {
                return;
            }
        }
    }

    fn unread(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reads until there are so many unread bytes, or the end.
    fn fill(&mut self, wanted: usize) {
        if self.unread().len() >= wanted || self.is_at_end {
            return;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        while self.buffer.len() < wanted && !self.is_at_end {
            // As much as comes, and never what only the header of a frame promises.
            let before = self.buffer.len();
            match self.input.by_ref().take(PIECE as u64).read_to_end(&mut self.buffer) {
                Ok(_) => self.is_at_end = self.buffer.len() == before,
                Err(error) => {
                    self.is_at_end = true;
                    self.error = Some(error);
                }
            }
        }
    }
}

impl<R> fmt::Debug for Frames<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Frames").field("skipped", &self.skipped).finish_non_exhaustive()
    }
}
