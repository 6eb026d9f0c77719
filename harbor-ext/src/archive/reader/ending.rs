//! How an archive ends, and what of it is lost.

use std::io::Read;
use std::mem;

use sha2::Digest;

use super::words::{bytes, describe_counts, failure};
use super::{Reader, Record};
use crate::archive::format::{Counts, End, hexadecimal};
use crate::failure::FailureKind;

impl<R: Read> Reader<'_, R> {
    pub(super) fn take_end(&mut self, end: End<'_>) {
        let rest = self.text.len() - self.place;
        if rest > 0 {
            self.lose(format!("{} of text behind its end were not read", bytes(rest as u64)));
            self.place = self.text.len();
        }
        match end.counts.minus(self.counts) {
            Some(missing) if missing == Counts::default() => {}
            Some(missing) => self.lose(format!("missing are {}", describe_counts(missing))),
            None => self.lose("it holds more than its end says".to_owned()),
        }
        if let Some(hasher) = self.hasher.take()
            && end.sha256 != hexadecimal(&hasher.finalize())
        {
            self.lose("its checksum is not that of what was read: do not rely on it".to_owned());
        }
        self.has_ended = true;
        self.source.finished_at = Some(end.finished_at);
        self.records.push_back(Record::End { finished_at: end.finished_at, summary: end.summary.into_owned() });
    }

    /// Says at the end of the file what is missing there, and what was not understood.
    pub(super) fn take_end_of_file(&mut self) {
        let skipped = self.frames.skipped();
        if let Some(error) = self.frames.error() {
            let message = format!("reading broke off, and everything behind is missing: {error}");
            self.tell(FailureKind::Interrupted, message);
        }
        match (self.has_ended, skipped) {
            (true, 0) => {}
            (true, _) => self.lose(format!("{} behind its end were not read", bytes(skipped))),
            (false, 0) => self.tell(
                FailureKind::Interrupted,
                "it has no end: the crawl was killed or goes on, or the file was cut off".to_owned(),
            ),
            (false, _) => self.tell(
                FailureKind::Interrupted,
                format!(
                    "it has no end: the crawl was killed or goes on, or the file was cut off or damaged; the last {} \
                     cannot be read",
                    bytes(skipped)
                ),
            ),
        }
        for (what, count) in mem::take(&mut self.unknown) {
            let message = format!("{count} times it has a {what}, which this version of harbor-ext does not know");
            self.tell(FailureKind::Undecodable, message);
        }
    }

    /// Counts what this version does not know. Of names that somebody has made up there may be any number.
    pub(super) fn pass_over(&mut self, what: &str, name: &str) {
        const MOST_NAMES: usize = 20;
        const LONGEST_NAME: usize = 40;
        let short: String = name.chars().take(LONGEST_NAME).collect();
        let mut key = format!("{what} {short:?}");
        if self.unknown.len() >= MOST_NAMES && !self.unknown.contains_key(&key) {
            key = format!("{what} of another name");
        }
        *self.unknown.entry(key).or_default() += 1;
    }

    pub(super) fn lose(&mut self, message: String) {
        self.hasher = None;
        self.tell(FailureKind::Undecodable, message);
    }

    fn tell(&mut self, kind: FailureKind, message: String) {
        self.records.push_back(Record::Failure(failure(kind, &message)));
    }
}
