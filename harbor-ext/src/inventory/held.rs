//! The snapshots that are current, while more may come.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::Current;
use super::coverage::Quality;
use crate::analysis::ArtifactReport;
use crate::model::Artifact;

/// The snapshots that no other one has taken the place of yet.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldSnapshots {
    snapshots: Vec<Held>,
}

/// A snapshot with its artifacts.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) current: Current,
    pub(super) report: ArtifactReport,
    pub(super) quality: Quality,
}

impl HeldSnapshots {
    /// Takes in a snapshot, or drops it where another one has taken its place. Which are held in the end does not depend
    /// on the order: what takes the place of one takes that of everything whose place that one takes.
    pub(super) fn add(&mut self, new: Held) {
        if self.snapshots.iter().any(|known| known.replaces(&new)) {
            return;
        }
        self.snapshots.retain(|known| !new.replaces(known));
        self.snapshots.push(new);
    }

    /// All artifacts, each once, and the snapshots, sorted as the inventory has them.
    pub(super) fn into_parts(mut self) -> (ArtifactReport, Vec<Current>) {
        self.snapshots.sort_by(|one, other| {
            let (one, other) = (&one.current.source, &other.current.source);
            let newest_first = (other.started_at, &other.selection).cmp(&(one.started_at, &one.selection));
            one.registry.cmp(&other.registry).then(newest_first)
        });
        let mut reports: BTreeMap<Arc<str>, ArtifactReport> = BTreeMap::new();
        let mut current = Vec::new();
        for held in self.snapshots.into_iter().rev() {
            let registry = Arc::clone(&held.current.source.registry);
            let report = match reports.remove(&registry) {
                Some(older) => overlay(older, held.report),
                None => held.report,
            };
            reports.insert(registry, report);
            current.push(held.current);
        }
        current.reverse();
        let mut report: ArtifactReport = reports.into_values().flatten().collect();
        report.sort();
        (report, current)
    }
}

impl Held {
    /// Whether this one says all that the other says, and says it later or better.
    fn replaces(&self, other: &Self) -> bool {
        let (source, other_source) = (&self.current.source, &other.current.source);
        if source.registry != other_source.registry {
            return false;
        }
        let is_for_the_same = source.selection == other_source.selection;
        if is_for_the_same && source.started_at == other_source.started_at {
            return self.quality >= other.quality;
        }
        let is_for_no_less = match (self.quality.is_conclusive, other.quality.is_conclusive) {
            (true, _) => is_for_the_same || source.selection.is_empty(),
            (false, false) => is_for_the_same,
            (false, true) => false,
        };
        is_for_no_less && source.started_at > other_source.started_at
    }
}

/// The artifacts of two snapshots of a registry, each once: as the newer one lists it, with the state that is better told.
fn overlay(older: ArtifactReport, newer: ArtifactReport) -> ArtifactReport {
    let key = |artifact: &Artifact| (artifact.repository.clone(), artifact.digest.clone());
    let newest: HashMap<_, _> = newer.iter().map(|info| (key(&info.artifact), Arc::clone(&info.artifact))).collect();
    let together = older.merge(newer).into_iter().map(|mut info| {
        if let Some(artifact) = newest.get(&key(&info.artifact)) {
            info.artifact = Arc::clone(artifact);
        }
        info
    });
    together.collect()
}
