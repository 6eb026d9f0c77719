//! What other programs and people take: files in their formats. No I/O but writing to what the caller gives.

pub mod html;
pub mod markdown;

mod overview;
mod visible;

use std::io;

use crate::judge::{Assessment, Verdict};

/// What is exported: an assessment, and what a policy decided on it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Document<'a> {
    /// The findings and what is known of them. Its time is that of the document.
    pub assessment: &'a Assessment<'a>,
    /// What a policy decided, where one was asked.
    pub verdict: Option<&'a Verdict<'a>>,
}

/// Why something could not be exported.
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
