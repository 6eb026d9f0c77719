//! Splitting a document into files that platforms take.

use std::iter::Peekable;
use std::{fmt, io};

use super::items::{self, Item, Place};
use super::rules::{Rule, Rules};
use super::written::{self, Run};
use crate::export::{Document, ExportError, json_text};

/// How large a file may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most results in a file. By default 5,000, which is what GitHub shows of a run.
    pub results: usize,
    /// The most bytes of a file, not compressed. By default 10,000,000: what is smaller than GitHub's limit for compressed
    /// files before it is compressed is so afterwards.
    pub bytes: usize,
}

/// The parts of a document, made by [`parts`](super::parts).
///
/// An entry that is larger than a file may be has one for itself; that takes limits of a few thousand bytes, because all
/// texts are bounded.
#[must_use = "parts are made only when the iterator is used"]
pub struct Parts<'a> {
    document: Document<'a>,
    limits: Limits,
    items: Peekable<Box<dyn Iterator<Item = (Place, Item<'a>)> + 'a>>,
    /// How many parts there have been.
    done: usize,
}

/// One file.
#[derive(Debug)]
pub struct Part<'a> {
    document: Document<'a>,
    number: usize,
    /// The first of its items, and how many there are.
    first: Place,
    count: usize,
    rules: Rules<'a>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { results: 5_000, bytes: 10_000_000 }
    }
}

impl Limits {
    /// No limits: everything becomes one part.
    #[must_use]
    pub fn none() -> Self {
        Self { results: usize::MAX, bytes: usize::MAX }
    }

    /// Other numbers of results.
    #[must_use]
    pub fn with_results(mut self, results: usize) -> Self {
        self.results = results;
        self
    }

    /// Another size.
    #[must_use]
    pub fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }
}

impl<'a> Parts<'a> {
    pub(super) fn new(document: Document<'a>, limits: Limits) -> Self {
        let items: Box<dyn Iterator<Item = (Place, Item<'a>)> + 'a> =
            Box::new(items::from(&document, Place::default()));
        Self { document, limits, items: items.peekable(), done: 0 }
    }

    fn next_part(&mut self) -> Result<Part<'a>, ExportError> {
        let number = self.done;
        let first = self.items.peek().map(|(place, _)| *place).unwrap_or_default();
        let mut part = Part { document: self.document, number, first, count: 0, rules: Rules::default() };
        let (mut results, mut bytes) = (0, items::length(&part.run())?);
        let is_measured = self.limits.bytes < usize::MAX;
        while let Some((_, item)) = self.items.peek() {
            // A comma each, and the rule of the finding where it is the first of its vulnerability.
            let mut room = if is_measured { 1 + written::length(&self.document, item, &part.rules)? } else { 0 };
            let rule = match item {
                Item::Finding(assessed) => Some(Rule::of(assessed)),
                Item::Failure(..) | Item::WithoutReport(_) => None,
            };
            let is_new = |rule: &&Rule<'_>| !part.rules.places.contains_key(&rule.id());
            if let Some(rule) = rule.as_ref().filter(is_new).filter(|_| is_measured) {
                // A rule may get a worse severity and a higher score later on, with longer words for them.
                const WORSE: usize = 30;
                room += WORSE + items::length(rule)?;
            }
            let is_full =
                results + usize::from(rule.is_some()) > self.limits.results || bytes + room > self.limits.bytes;
            if is_full && part.count > 0 {
                break;
            }
            (results, bytes) = (results + usize::from(rule.is_some()), bytes + room);
            if let Some(rule) = rule {
                part.rules.add(rule);
            }
            part.count += 1;
            self.items.next();
        }
        self.done += 1;
        Ok(part)
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, ExportError>;

    fn next(&mut self) -> Option<Self::Item> {
        // The first one is there even if it is empty, because that is what a scan without findings is.
        (self.done == 0 || self.items.peek().is_some()).then(|| self.next_part())
    }
}

impl<'a> Part<'a> {
    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number + 1
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn write(&self, mut output: impl io::Write) -> Result<(), ExportError> {
        json_text::write(&self.run(), &mut output)?;
        output.write_all(b"\n")?;
        Ok(output.flush()?)
    }

    fn run(&self) -> Run<'_, 'a> {
        Run {
            document: &self.document,
            number: self.number(),
            rules: &self.rules,
            first: self.first,
            count: self.count,
        }
    }
}

impl fmt::Debug for Parts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Parts").field("limits", &self.limits).field("done", &self.done).finish_non_exhaustive()
    }
}
