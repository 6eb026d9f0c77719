//! The elements of one list of vulnerabilities, read as they come.

use std::mem;

use super::DecodeError;
use super::scan::ValueScan;
use super::source;
use crate::model::FindingPool;
use crate::model::content::Content;
use crate::model::json;
use crate::model::report::{ARTIFACT_DIGESTS, Digests, Findings, FindingsBuilder};

/// Reads the elements of a list, from behind its opening bracket up to its closing one.
#[derive(Debug)]
pub(super) struct ListReader<'p> {
    pool: &'p FindingPool,
    findings: FindingsBuilder,
    expected: Expected,
    /// What came of an element that is not complete.
    begun: Vec<u8>,
    scan: ValueScan,
    /// Why the list is none of vulnerabilities. Whether that matters shows only at the end of the body.
    error: Option<DecodeError>,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    ElementOrEnd,
    Element,
    CommaOrEnd,
}

impl<'p> ListReader<'p> {
    pub(super) fn new(pool: &'p FindingPool) -> Self {
        Self {
            pool,
            findings: FindingsBuilder::new(),
            expected: Expected::ElementOrEnd,
            begun: Vec::new(),
            scan: ValueScan::default(),
            error: None,
        }
    }

    /// Takes bytes that stand at an offset of the body; gives how many of them stand before the end of the list, if
    /// they reach it.
    pub(super) fn push(&mut self, bytes: &[u8], offset: usize) -> Result<Option<usize>, DecodeError> {
        let Some(mut place) = self.complete(bytes, offset)? else {
            return Ok(None);
        };
        while let Some(byte) = bytes.get(place) {
            let at = Place { bytes, place, offset: offset + place };
            match (byte, self.expected) {
                (b' ' | b'\t' | b'\r' | b'\n', _) => place += 1,
                (b']', Expected::ElementOrEnd | Expected::CommaOrEnd) => return Ok(Some(place)),
                (b',', Expected::CommaOrEnd) => {
                    self.expected = Expected::Element;
                    place += 1;
                }
                (_, Expected::CommaOrEnd) => return Err(at.error("the body is not JSON: expected `,` or `]`")),
                (b',' | b']' | b'}', _) => return Err(at.error("the body is not JSON: expected value")),
                (_, Expected::Element | Expected::ElementOrEnd) => {
                    self.expected = Expected::CommaOrEnd;
                    place += self.take_first(at)?;
                }
            }
        }
        Ok(None)
    }

    /// What the list held.
    pub(super) fn finish(self) -> Result<Findings, DecodeError> {
        match self.error {
            None => Ok(self.findings.finish()),
            Some(error) => Err(error),
        }
    }

    /// Why the list has no end in a body of this length.
    pub(super) fn unfinished(&self, length: usize) -> DecodeError {
        let start = length - self.begun.len();
        match source::text(&self.begun, start).and_then(|text| source::check(text, start)) {
            Err(error) if !self.begun.is_empty() => error,
            _ => DecodeError::cut_off(&self.begun, length),
        }
    }

    /// Completes the element that has begun; gives where the rest begins, or nothing if it is still not complete.
    fn complete(&mut self, bytes: &[u8], offset: usize) -> Result<Option<usize>, DecodeError> {
        if self.begun.is_empty() {
            return Ok(Some(0));
        }
        let Some(end) = self.scan.end(bytes) else {
            self.begun.extend_from_slice(bytes);
            return Ok(None);
        };
        self.begun.extend_from_slice(&bytes[..end]);
        let mut element = mem::take(&mut self.begun);
        if self.take_known(&element).is_none() {
            self.take_new(Place { bytes: &element, place: 0, offset: offset + end - element.len() }, element.len())?;
        }
        // Its room is used again.
        element.clear();
        self.begun = element;
        Ok(Some(end))
    }

    /// Takes the element that begins at a place, or what there is of it; gives its length.
    fn take_first(&mut self, at: Place<'_>) -> Result<usize, DecodeError> {
        let bytes = &at.bytes[at.place..];
        if let Some(length) = self.take_known(bytes) {
            return Ok(length);
        }
        self.scan = ValueScan::default();
        let Some(length) = self.scan.end(bytes) else {
            self.begun.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        self.take_new(at, length)?;
        Ok(length)
    }

    /// Takes an element whose text was seen before; gives its length.
    fn take_known(&mut self, bytes: &[u8]) -> Option<usize> {
        let recognised = self.pool.recognise(bytes, self.findings.last_list())?;
        let set = match recognised.digests {
            Some(digests) => self.findings.set_of_list(&bytes[digests])?,
            None => self.findings.set_of_nothing(),
        };
        self.findings.push(recognised.finding, set);
        Some(recognised.length)
    }

    /// Takes an element that is read by the parser.
    fn take_new(&mut self, at: Place<'_>, length: usize) -> Result<(), DecodeError> {
        let element = &at.bytes[at.place..at.place + length];
        let text = source::text(element, at.offset)?;
        let Ok(mut members) = json::members(text) else {
            source::check(text, at.offset)?;
            self.error.get_or_insert_with(|| at.error("a vulnerability is not an object"));
            return Ok(());
        };
        let digests = Digests::place(&members, text);
        let set = self.findings.take_digests(&mut members);
        // Lists of another kind stay with the finding, which then is not the same with another list.
        let is_taken = !members.0.iter().any(|(name, _)| name == ARTIFACT_DIGESTS);
        let content = Content::new(text, members, digests.filter(|_| is_taken));
        let finding = self.pool.share(content.ok_or_else(|| at.error("a vulnerability has 4 GiB or more"))?);
        self.findings.push(finding, set);
        Ok(())
    }
}

/// A place in the bytes at hand, and its offset in the body.
#[derive(Clone, Copy)]
struct Place<'a> {
    bytes: &'a [u8],
    place: usize,
    offset: usize,
}

impl Place<'_> {
    fn error(self, message: &str) -> DecodeError {
        DecodeError::new(self.bytes, self.place, self.offset, message.into())
    }
}
