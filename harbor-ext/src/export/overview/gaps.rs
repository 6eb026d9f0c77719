//! What is missing in the data, in sentences.

use crate::inventory::{Current, Inventory};
use crate::model::ReportState;
use crate::text::{Count, counted};

/// What is missing in the data. Nobody can know what would be there.
pub(in crate::export) struct Gaps {
    /// One sentence for each kind of gap; empty where everything is there.
    pub(in crate::export) sentences: Vec<String>,
    /// How many images have no report, by state, the most frequent first. Indexes whose images are listed are not among
    /// them.
    pub(in crate::export) without_report: Vec<(&'static str, usize)>,
}

impl Gaps {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let without_report = without_report(inventory);
        let mut sentences: Vec<String> = inventory.current().iter().flat_map(gaps_of).collect();
        if inventory.current().is_empty() {
            sentences.push("No registry was read: this report says nothing about any image.".to_owned());
        } else if inventory.report().is_empty() {
            sentences.push("There is no image here: this report says nothing about any image.".to_owned());
        }
        // What cannot be scanned will never have a report, so that it is told among the images and is no alarm.
        let unknown: Vec<_> = without_report.iter().filter(|(words, _)| *words != UNSUPPORTED).collect();
        let total: usize = unknown.iter().map(|(_, count)| count).sum();
        if total > 0 {
            let states: Vec<_> = unknown.iter().map(|(words, count)| format!("{} {words}", Count(*count))).collect();
            let (have, their) = if total == 1 { ("has", "its") } else { ("have", "their") };
            sentences.push(format!(
                "{} {have} no report, so that nothing is known of {their} vulnerabilities: {}.",
                counted(total, "image"),
                states.join(", "),
            ));
        }
        Self { sentences, without_report }
    }
}

/// The words for what will never have a report.
const UNSUPPORTED: &str = "cannot be scanned";

/// What a crawl did not get to.
fn gaps_of(current: &Current) -> Vec<String> {
    let Current { source, summary, failures, .. } = current;
    let registry = &source.registry;
    let mut gaps = Vec::new();
    if source.finished_at.is_none() {
        gaps.push(format!("Reading {registry} was broken off before its end: what came later is missing."));
    }
    if !failures.is_empty() {
        let things = counted(failures.len(), "thing");
        gaps.push(format!("{things} could not be read in {registry}: see “What could not be read”."));
    }
    let seen = summary.listed.saturating_add(summary.left_out);
    if summary.announced > seen {
        let missing = usize::try_from(summary.announced - seen).unwrap_or(usize::MAX);
        gaps.push(format!("{registry} announced {} more than it listed.", counted(missing, "item")));
    }
    if !source.selection.is_empty() {
        gaps.push(format!("Only a part of {registry} was asked for: {}.", source.selection.join("; ")));
    }
    gaps
}

/// The words for an image without a report; `None` where it has one, or where its images have.
pub(in crate::export) fn reason(state: &ReportState) -> Option<&'static str> {
    Some(match state {
        ReportState::Reported(_) | ReportState::InChildren => return None,
        ReportState::NotScanned => "never scanned",
        ReportState::ChildrenNotScanned { .. } => "with images that were not scanned",
        ReportState::Running => "being scanned",
        ReportState::ScanFailed { .. } => "with a failed scan",
        ReportState::Unsupported => UNSUPPORTED,
        ReportState::Unavailable => "without report for no stated reason",
        ReportState::NoScanner => "without scanner",
        ReportState::Forbidden(_) => "whose report may not be read",
        ReportState::Failed(_) => "whose report could not be read",
    })
}

fn without_report(inventory: &Inventory) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for words in inventory.report().iter().filter_map(|info| reason(&info.state)) {
        match counts.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => counts.push((words, 1)),
        }
    }
    counts.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    counts
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::model::ArtifactInfo;
    use crate::outcome::{Collected, Summary};
    use crate::snapshot::{Snapshot, Source};

    fn sentences(items: Vec<ArtifactInfo>) -> Vec<String> {
        let mut source = Source::new("h", "https://h", DateTime::UNIX_EPOCH);
        source.finished_at = Some(DateTime::UNIX_EPOCH);
        let collected = Collected { items, failures: Vec::new(), summary: Summary::default() };
        Gaps::of(&Inventory::new([Snapshot::new(source, collected)])).sentences
    }

    /// A registry shows nothing to whom it grants nothing, and says nothing of it.
    #[test]
    fn no_image_at_all_is_a_gap() {
        let sentences = sentences(Vec::new());
        assert!(sentences.iter().any(|sentence| sentence.contains("There is no image")), "{sentences:?}");
    }

    #[test]
    fn nothing_is_missing_where_everything_is_there() {
        let image = super::super::samples::image(1, super::super::samples::reported(&[]), "v1");
        assert_eq!(sentences(vec![image]), Vec::<String>::new());
    }
}
