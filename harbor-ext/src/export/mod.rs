//! What other programs and people take: files in their formats. No I/O but writing to what the caller gives.
//!
//! Everything starts with a [`Document`]. Each format is a module with a function `write(&document, output)`, which writes
//! as it goes: ten million findings need no more memory than one. What comes from a registry is foreign text: each format
//! takes the sting out of it in its own way, and says how.

use std::io;

use crate::judge::{Assessment, Verdict};

pub mod csv;
pub mod ndjson;
pub mod rows;

mod json_text;
#[cfg(test)]
mod samples;
mod text;

/// What is exported: an assessment, and what a policy decided on it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Document<'a> {
    /// The findings and what is known of them. Its time is that of the document.
    pub assessment: &'a Assessment<'a>,
    /// What a policy decided, where one was asked.
    pub verdict: Option<&'a Verdict<'a>>,
}

/// Why something could not be exported. What has been written by then is of no use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It could not be written.
    #[error("the export could not be written")]
    Write(#[from] io::Error),
    /// The format cannot hold it.
    #[error("{0}")]
    Unfit(String),
}

impl<'a> Document<'a> {
    /// An assessment without a policy.
    #[must_use]
    pub fn new(assessment: &'a Assessment<'a>) -> Self {
        Self { assessment, verdict: None }
    }

    /// The same with what a policy decided.
    #[must_use]
    pub fn with_verdict(mut self, verdict: &'a Verdict<'a>) -> Self {
        self.verdict = Some(verdict);
        self
    }
}

/// What `serde_json` could not write: nearly always because the output failed.
impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}
