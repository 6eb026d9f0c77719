//! What an answer lacks, said in full before anybody relies on it.

use harbor_ext::analysis::ArtifactReport;
use harbor_ext::failure;
use harbor_ext::text::counted;
use harbor_ext::{Failure, Inventory, Source};

use crate::ending::Ending;
use crate::output::messages::Messages;

/// A registry lists nothing, and no error, to whom it grants nothing; and a name may be misspelt.
pub(super) const NO_IMAGE: &str = "there is no image to tell anything of, which does not make anything clean: check what was asked for, and what the account may read by `harbor-ext access`";

/// Says what could not be read and which images have no report, and ends accordingly.
pub(super) fn tell(inventory: &Inventory, messages: Messages) -> Ending {
    for current in inventory.current() {
        tell_source(&current.source, &current.failures, messages);
        for advice in &current.summary.advice {
            messages.say(&format!("advice: {advice}"));
        }
    }
    let report = inventory.report();
    tell_without_report(report, messages);
    let complete = inventory.is_complete();
    if complete && report.is_empty() {
        messages.warn(NO_IMAGE);
    }
    Ending::of(complete && !report.is_empty())
}

/// Says what could not be read in one snapshot.
pub(super) fn tell_source(source: &Source, failures: &[Failure], messages: Messages) {
    let registry = &source.registry;
    if source.finished_at.is_none() {
        let day = source.started_at.format("%Y-%m-%d %H:%M UTC");
        messages.warn(&format!("the crawl of {registry} on {day} did not end: what would have come later is missing"));
    }
    for note in failure::notes(failures) {
        messages.warn(&format!("not read from {registry}: {note}"));
    }
}

/// Says how many images nobody knows anything of, by the reason.
pub(super) fn tell_without_report(report: &ArtifactReport, messages: Messages) {
    let states = report.states();
    let others = || states.iter().filter(|(state, _)| !["reported", "in_children"].contains(*state));
    let count: usize = others().map(|(_, count)| count).sum();
    let reasons: Vec<String> = others().map(|(state, count)| format!("{count} {}", state.replace('_', " "))).collect();
    if count > 0 {
        let images = if count == 1 { "image has" } else { "images have" };
        let reasons = reasons.join(", ");
        messages.warn(&format!("{count} {images} no report, which does not make them clean: {reasons}"));
    }
}

/// Says how many findings were left out because nobody can tell whether they were chosen.
pub(super) fn tell_undecided(count: usize, ending: Ending, messages: Messages) -> Ending {
    if count == 0 {
        return ending;
    }
    let findings = counted(count, "finding");
    messages.warn(&format!(
        "{findings} could not be decided and may be meant: the version cannot be compared with what was asked for, or there \
         is no CVSS score; without versions and --cvss, all are listed"
    ));
    Ending::Incomplete
}
