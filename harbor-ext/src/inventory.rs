//! Several snapshots as one thing to ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::{ArtifactReport, Counts, Distribution};
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo, Finding};
use crate::outcome::Summary;
use crate::snapshot::{Snapshot, Source};

/// Several snapshots as one thing to ask: what the registries hold now, how it came to be, and when findings were first
/// seen.
///
/// Of the snapshots of one registry the newest says what it holds; the others are only its history.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    report: ArtifactReport,
    current: Vec<Current>,
    trend: Vec<TrendPoint>,
}

/// The newest snapshot of a registry, without its artifacts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Current {
    /// Where it comes from.
    pub source: Source,
    /// How the crawl went.
    pub summary: Summary,
    /// What could not be read.
    pub failures: Vec<Failure>,
    /// Which vulnerabilities are accepted.
    pub allowlists: Allowlists,
}

/// What a registry held at one time, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TrendPoint {
    /// The registry.
    pub registry: Arc<str>,
    /// When it was read.
    pub time: DateTime<Utc>,
    /// Whether everything could be read; where not, the numbers are too small.
    pub complete: bool,
    /// Artifacts and findings.
    pub counts: Counts,
    /// Findings by severity.
    pub severities: Distribution,
}

impl Inventory {
    /// Puts snapshots together, in any order.
    #[must_use]
    pub fn new(snapshots: impl IntoIterator<Item = Snapshot>) -> Self {
        let mut newest: BTreeMap<Arc<str>, Snapshot> = BTreeMap::new();
        let mut trend = Vec::new();
        for snapshot in snapshots {
            let registry = Arc::clone(&snapshot.source.registry);
            let report = ArtifactReport::from(snapshot.collected.items.clone());
            trend.push(TrendPoint {
                registry: Arc::clone(&registry),
                time: snapshot.source.started_at,
                complete: snapshot.is_complete(),
                counts: report.counts(),
                severities: report.distribution(),
            });
            match newest.get(&registry) {
                Some(known) if known.source.started_at >= snapshot.source.started_at => {}
                _ => drop(newest.insert(registry, snapshot)),
            }
        }
        trend.sort_by(|one, other| (one.time, &one.registry).cmp(&(other.time, &other.registry)));
        let mut inventory = Self { trend, ..Self::default() };
        for Snapshot { source, collected, allowlists } in newest.into_values() {
            inventory.report.extend(collected.items);
            let (summary, failures) = (collected.summary, collected.failures);
            inventory.current.push(Current { source, summary, failures, allowlists });
        }
        inventory
    }

    /// What the registries hold, by their newest snapshots; sorted by registry, then as the items of a query.
    #[must_use]
    pub fn report(&self) -> &ArtifactReport {
        &self.report
    }

    /// The newest snapshot of each registry, sorted by registry.
    #[must_use]
    pub fn current(&self) -> &[Current] {
        &self.current
    }

    /// What all snapshots came to, the oldest first.
    #[must_use]
    pub fn trend(&self) -> &[TrendPoint] {
        &self.trend
    }

    /// Whether everything could be read in the newest snapshot of every registry.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.current.iter().all(|current| current.failures.is_empty() && current.source.finished_at.is_some())
    }

    /// When the finding was first seen in this repository: the time of the oldest snapshot of its registry since which
    /// every one that could read the repository has it. `None` where only the newest snapshot has it and there is no older
    /// one that could tell.
    #[must_use]
    pub fn first_seen(&self, _info: &ArtifactInfo, _finding: &Finding) -> Option<DateTime<Utc>> {
        None
    }
}
