//! What other programs and people take: files in their formats. No I/O but writing to what the caller gives.
//!
//! Everything starts with a [`Document`]. Each format is a module with a function `write(&document, output)`, which writes
//! as it goes: ten million findings need no more memory than one. What comes from a registry is foreign text: each format
//! takes the sting out of it in its own way, and says how.

pub mod html;
pub mod markdown;

mod overview;

use std::io;

use crate::judge::{Assessment, Verdict};

pub mod csv;
pub mod cyclonedx;
pub mod envelope;
pub mod json;
pub mod junit;
pub mod ndjson;
pub mod openvex;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod prometheus;
pub mod rows;
pub mod sarif;

mod groups;
mod identity;
mod json_text;
#[cfg(test)]
mod samples;

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

    /// A UUID for the document in a format: another one for other snapshots, another time or other artifacts, but the same
    /// for the same.
    fn id(&self, format: &str) -> String {
        let inventory = self.assessment.inventory();
        let mut parts = vec![format.to_owned(), self.assessment.time().to_rfc3339()];
        for current in inventory.current() {
            parts.push(current.source.registry.to_string());
            parts.push(current.source.started_at.to_rfc3339());
        }
        for info in inventory.report() {
            parts.push(info.artifact.full_name());
            parts.push(info.findings().count().to_string());
        }
        identity::uuid(parts.iter().map(String::as_str))
    }
}

/// What `serde_json` could not write: nearly always because the output failed.
impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}
