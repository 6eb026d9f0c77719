//! Where the data comes from, and what is not in it.

use std::collections::BTreeSet;

use super::Overview;
use super::gaps::reason;
use super::rows::{NAMES, TEXT};
use super::words::minute;
use crate::failure;
use crate::inventory::{Current, Inventory};
use crate::judge::Knowledge;
use crate::text::{Count, counted, cut, some_of};

/// How long a failure may be, in characters.
const FAILURE: usize = 1000;

/// Where the data comes from.
pub(in crate::export) struct SourceLine<'a> {
    pub(in crate::export) current: &'a Current,
    pub(in crate::export) read: String,
    pub(in crate::export) states: String,
}

/// Images without a report, for one reason.
pub(in crate::export) struct WithoutReport {
    pub(in crate::export) reason: &'static str,
    pub(in crate::export) total: usize,
    pub(in crate::export) names: Vec<String>,
}

/// What stands for several things that are not all shown.
pub(in crate::export) struct Remainder {
    pub(in crate::export) shown: usize,
    pub(in crate::export) total: usize,
}

impl Remainder {
    /// The words under a list that is not whole; `None` under one that is.
    pub(in crate::export) fn words(&self, thing: &str) -> Option<String> {
        (self.shown < self.total).then(|| format!("{} of {} shown.", Count(self.shown), counted(self.total, thing)))
    }
}

pub(in crate::export) fn sources<'a>(inventory: &'a Inventory) -> Vec<SourceLine<'a>> {
    let line = |current: &'a Current| {
        let Current { source, summary, .. } = current;
        let read = match source.finished_at {
            Some(end) => format!("{} to {}", minute(source.started_at), minute(end)),
            None => format!("{}, broken off before its end", minute(source.started_at)),
        };
        let states = if summary.states.total() == 0 { "no reports".to_owned() } else { summary.states.to_string() };
        SourceLine { current, read, states }
    };
    inventory.current().iter().map(line).collect()
}

/// What is known besides, each with its name and date, or what it means that it is not there.
pub(in crate::export) fn knowledge(knowledge: &Knowledge) -> [(&'static str, String); 3] {
    let kev = match &knowledge.kev {
        Some(kev) => format!("catalogue {}, released {}", kev.version, kev.released),
        None => "not given: which vulnerabilities are exploited is not known".to_owned(),
    };
    let epss = match &knowledge.epss {
        Some(epss) => format!("scores of {}, model {}", epss.date, epss.model),
        None => "not given: how likely exploitation is, is not known".to_owned(),
    };
    let vex = match knowledge.vex.as_slice() {
        [] => "not given".to_owned(),
        documents => {
            let ids = documents.iter().map(|vex| cut(&vex.id, TEXT));
            format!("{}: {}", counted(documents.len(), "document"), some_of(ids, NAMES))
        }
    };
    [("CISA KEV", kev), ("FIRST EPSS", epss), ("VEX", vex)].map(|(name, words)| (name, words))
}

/// The registries, each once: several snapshots of parts of one may be current.
pub(super) fn registries(inventory: &Inventory) -> BTreeSet<&str> {
    inventory.current().iter().map(|current| &*current.source.registry).collect()
}

/// The registries by name, for the title.
pub(in crate::export) fn title(inventory: &Inventory) -> String {
    let registries = registries(inventory);
    if registries.is_empty() { "no registry".to_owned() } else { some_of(registries, NAMES) }
}

/// What could not be read, each thing once, with its registry where there are several.
pub(in crate::export) fn failures(inventory: &Inventory, limit: usize) -> (Vec<String>, Remainder) {
    let several = registries(inventory).len() > 1;
    let notes = inventory.current().iter().flat_map(|current| {
        let registry = &current.source.registry;
        let place = if several { format!("{registry}: ") } else { String::new() };
        failure::notes(&current.failures).into_iter().map(move |note| format!("{place}{note}"))
    });
    let notes: Vec<_> = notes.collect();
    let shown: Vec<_> = notes.iter().take(limit).map(|note| cut(note, FAILURE).into_owned()).collect();
    let all = Remainder { shown: shown.len(), total: notes.len() };
    (shown, all)
}

/// The images without a report, by reason, with so many names each as can be read.
pub(in crate::export) fn without_report(overview: &Overview<'_>, limit: usize) -> Vec<WithoutReport> {
    let mut groups: Vec<_> = overview.gaps.without_report.iter().map(WithoutReport::new).collect();
    for info in overview.inventory().report() {
        let Some(group) = reason(&info.state).and_then(|words| groups.iter_mut().find(|group| group.reason == words))
        else {
            continue;
        };
        if group.names.len() < limit {
            group.names.push(overview.name(&info.artifact));
        }
    }
    groups
}

impl WithoutReport {
    fn new((reason, total): &(&'static str, usize)) -> Self {
        Self { reason, total: *total, names: Vec::new() }
    }

    /// How many are not named.
    pub(in crate::export) fn more(&self) -> Count {
        Count(self.total - self.names.len())
    }
}
