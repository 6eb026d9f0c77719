//! What a SARIF file is made of, one after another: what could not be read, then the findings.

use std::io;

use crate::export::{Document, ExportError, json_text};
use crate::failure::Failure;
use crate::judge::Assessed;
use crate::model::{ArtifactInfo, ReportState};

/// One entry of a file.
pub(super) enum Item<'a> {
    /// Something that could not be read.
    Failure(&'a str, &'a Failure),
    /// An artifact without a report.
    WithoutReport(&'a ArtifactInfo),
    /// A finding in an artifact.
    Finding(Box<Assessed<'a>>),
}

/// Where an entry is among those of its document, so that a part can begin there at once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    /// The number of the failure.
    failure: usize,
    /// The number of the artifact.
    artifact: usize,
    /// The number of the finding in the artifact.
    finding: usize,
}

/// All entries from a place on: failures, then artifact by artifact what there is to say of it.
pub(super) fn from<'a>(document: &Document<'a>, start: Place) -> impl Iterator<Item = (Place, Item<'a>)> + use<'a> {
    let assessment = document.assessment;
    let current = assessment.inventory().current().iter();
    let failures = current.flat_map(|current| {
        let registry = &*current.source.registry;
        current.failures.iter().map(move |failure| Item::Failure(registry, failure))
    });
    let failures = failures.enumerate().skip(start.failure);
    let failures = failures.map(|(failure, item)| (Place { failure, ..Place::default() }, item));

    let artifacts = assessment.inventory().report().iter().enumerate().skip(start.artifact);
    let artifacts = artifacts.flat_map(move |(artifact, info)| {
        // The images of an index that is in its images are entries themselves.
        let is_missing = !matches!(info.state, ReportState::Reported(_) | ReportState::InChildren);
        let missing = is_missing.then_some(Item::WithoutReport(info)).into_iter();
        let findings = assessment.findings_of(info).map(|assessed| Item::Finding(Box::new(assessed)));
        let first = if artifact == start.artifact { start.finding } else { 0 };
        let items = missing.chain(findings).enumerate().skip(first);
        items.map(move |(finding, item)| (Place { failure: usize::MAX, artifact, finding }, item))
    });
    failures.chain(artifacts)
}

/// The length of a value as JSON.
pub(super) fn length(value: &impl serde::Serialize) -> Result<usize, ExportError> {
    struct Counter(usize);

    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut counter = Counter(0);
    json_text::write(value, &mut counter)?;
    Ok(counter.0)
}
