//! Text at hand, and the means to say where in the body something is.

use serde_json::value::RawValue;

use super::DecodeError;
use super::outline::Outline;
use crate::model::json::{self, Members};

/// What is left of a body, as text.
pub(super) struct Source<'a> {
    outline: &'a Outline,
    text: &'a str,
    /// The length of the whole body.
    length: usize,
}

/// Bytes that stand at an offset of the body, as text.
pub(super) fn text(bytes: &[u8], offset: usize) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        match error.error_len() {
            Some(_) => DecodeError::new(bytes, place, offset + place, "the body is not UTF-8 text".into()),
            None => DecodeError::cut_off(bytes, offset + bytes.len()),
        }
    })
}

/// Checks that the text that stands at an offset of the body is one value of JSON.
pub(super) fn check(text: &str, offset: usize) -> Result<(), DecodeError> {
    serde_json::from_str(text).map(|_: &RawValue| ()).map_err(|error| {
        if error.is_eof() {
            return DecodeError::cut_off(text.as_bytes(), offset + text.len());
        }
        let place = offset_of(text, error.line(), error.column());
        DecodeError::new(text.as_bytes(), place, offset + place, not_json(&error))
    })
}

impl<'a> Source<'a> {
    pub(super) fn new(outline: &'a Outline, length: usize) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(outline.text()).map_err(|error| {
            let place = error.valid_up_to();
            let message = "the body is not UTF-8 text".into();
            DecodeError::new(outline.text(), place, outline.place_in_body(place), message)
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Self { outline, text, length })
    }

    /// The members of the object that the body is.
    pub(super) fn members(&self) -> Result<Members<'a>, DecodeError> {
        json::members(self.text).map_err(|error| {
            let start = self.text.trim_start();
            let before = self.text.len() - start.len();
            match start.chars().next() {
                None => self.error_in_text(before, "the body is empty"),
                Some('<') => self.error_in_text(before, "the body is HTML or XML instead of JSON"),
                Some('{') if error.is_eof() => DecodeError::cut_off(self.outline.text(), self.length),
                Some('{') => self.error_in_text(offset_of(self.text, error.line(), error.column()), &not_json(&error)),
                Some(_) => self.error_in_text(before, "the body is not a JSON object"),
            }
        })
    }

    /// Where a part begins in the text of the outline.
    pub(super) fn place(&self, part: &RawValue) -> usize {
        part.get().as_ptr() as usize - self.outline.text().as_ptr() as usize
    }

    /// The offset in the body of a part.
    pub(super) fn offset_of(&self, part: &RawValue) -> usize {
        self.outline.place_in_body(self.place(part))
    }

    /// An error at a part of the body.
    pub(super) fn error_at(&self, part: &RawValue, message: &str) -> DecodeError {
        self.error_at_place(self.place(part), message)
    }

    /// An error about the body as a whole.
    pub(super) fn error(&self, message: &str) -> DecodeError {
        self.error_at_place(0, message)
    }

    /// An error at a place of the text behind a byte order mark.
    fn error_in_text(&self, place: usize, message: &str) -> DecodeError {
        self.error_at_place(self.outline.text().len() - self.text.len() + place, message)
    }

    fn error_at_place(&self, place: usize, message: &str) -> DecodeError {
        DecodeError::new(self.outline.text(), place, self.outline.place_in_body(place), message.into())
    }
}

/// The offset of a place that the parser gives as a line and a column in bytes, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The parser's message without its line and column, which say less than an offset does.
fn not_json(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rfind(" at line ").map_or(&*message, |end| &message[..end]);
    format!("the body is not JSON: {message}")
}
