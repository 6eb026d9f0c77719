//! What a reader says.

use crate::archive::format::Counts;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::fetch::Cause;

/// How many records of each kind, in words.
pub(super) fn describe_counts(counts: Counts) -> String {
    let Counts { findings, artifacts, failures, allowlists } = counts;
    let counts = [
        (artifacts, "artifacts"),
        (findings, "different findings"),
        (failures, "failures"),
        (allowlists, "sets of allowlists"),
    ];
    let texts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    if texts.is_empty() { "no records".to_owned() } else { texts.join(", ") }
}

/// A number of bytes in words.
pub(super) fn bytes(count: u64) -> String {
    if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") }
}

/// A failure to read an archive.
pub(super) fn failure(kind: FailureKind, message: &str) -> Failure {
    Cause::new(kind, message).into_failure(Phase::ReadingArchive, Target::default(), 0)
}
