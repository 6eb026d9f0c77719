//! SARIF 2.1.0, for code scanning.
//!
//! A rule is a vulnerability, a result is a finding in an artifact: its place is the image, and inside of that the package.
//! Suppressed findings are results with suppressions. What could not be read, and every artifact without a report, is a
//! notification, and then the run was not successful.
//!
//! Platforms refuse or silently shorten what is too large: GitHub takes 10 MB compressed, 25,000 rules and 25,000 results in
//! a run, shows 5,000 of these and 10 tags of a rule, and takes one run of a category in a file. [`parts`] splits by the
//! number of results and by bytes, so that nothing of it happens. Each part is a file of its own with its own category
//! (`automationDetails.id`).
//!
//! Fingerprints are made of registry, repository, tag (or digest, where there is none), platform, vulnerability and package,
//! so that a finding stays the same when the image is built anew. Texts are plain: brackets and braces, which SARIF would
//! take for links and placeholders, are escaped as it demands.

use std::io;

use super::{Document, ExportError};

pub use parts::{Limits, Part, Parts};

mod items;
mod message;
mod parts;
mod rules;
mod written;

/// Splits a document into files that platforms take.
///
/// There is at least one part, and everything is in exactly one of them. Each is made twice, once to measure and once to be
/// written, so that none is held in memory.
///
/// ```no_run
/// # fn example(document: &harbor_ext::export::Document<'_>) -> Result<(), Box<dyn std::error::Error>> {
/// use std::fs::File;
///
/// use harbor_ext::export::sarif::{self, Limits};
///
/// for part in sarif::parts(document, Limits::default()) {
///     part?.write(File::create("some name")?)?;
/// }
/// # Ok(())
/// # }
/// ```
pub fn parts<'a>(document: &Document<'a>, limits: Limits) -> Parts<'a> {
    Parts::new(*document, limits)
}

/// Writes everything as one file, however large.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    parts(document, Limits::none()).try_for_each(|part| part?.write(&mut output))
}

#[cfg(test)]
mod tests;
