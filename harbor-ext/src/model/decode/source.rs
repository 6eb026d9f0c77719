//! A body that is text, and the means to say where in it something is.

use serde_json::value::RawValue;

use super::DecodeError;
use crate::model::json::{self, Members};

/// A body that is text.
pub(super) struct Source<'a> {
    bytes: &'a [u8],
    text: &'a str,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| DecodeError::new(bytes, error.valid_up_to(), "the body is not UTF-8 text".into()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Self { bytes, text })
    }

    /// The members of the object that the body is.
    pub(super) fn members(&self) -> Result<Members<'a>, DecodeError> {
        json::members(self.text).map_err(|error| {
            let start = self.text.trim_start();
            let message = match start.chars().next() {
                None => "the body is empty".into(),
                Some('<') => "the body is HTML or XML instead of JSON".into(),
                Some('{') if error.is_eof() => "the body ends before its JSON does".into(),
                Some('{') => format!("the body is not JSON: {}", without_place(&error)),
                Some(_) => "the body is not a JSON object".into(),
            };
            let offset = match start.starts_with('{') {
                true if error.is_eof() => self.text.len(),
                true => offset_of(self.text, error.line(), error.column()),
                false => self.text.len() - start.len(),
            };
            DecodeError::new(self.bytes, self.bytes.len() - self.text.len() + offset, message)
        })
    }

    /// An error at a part of the body.
    pub(super) fn error_at(&self, part: &RawValue, message: &str) -> DecodeError {
        let offset = part.get().as_ptr() as usize - self.bytes.as_ptr() as usize;
        DecodeError::new(self.bytes, offset, message.into())
    }

    /// An error about the body as a whole.
    pub(super) fn error(&self, message: &str) -> DecodeError {
        DecodeError::new(self.bytes, 0, message.into())
    }
}

/// The offset of a place that the parser gives as a line and a column in bytes, both from 1.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column.saturating_sub(1)).min(text.len())
}

/// The parser's message without its line and column, which say less than an offset does.
fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message,
    }
}
