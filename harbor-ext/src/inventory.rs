//! Several snapshots as one thing to ask.

use schemars::JsonSchema;
use serde::Serialize;

use chrono::{DateTime, Utc};

use self::history::History;
use crate::analysis::ArtifactReport;
use crate::failure::Failure;
use crate::model::{Allowlists, ArtifactInfo, Finding};
use crate::outcome::Summary;
use crate::snapshot::{Snapshot, Source};

pub use self::builder::InventoryBuilder;
pub use self::history::FirstSeen;
pub use self::trend::TrendPoint;

mod builder;
mod coverage;
mod held;
mod history;
mod trend;

/// Several snapshots as one thing to ask: what the registries hold now, how it came to be, and when findings were first
/// seen.
///
/// Of the snapshots of one registry that were asked for the same, the newest says what it holds; the others are only its
/// history. The order in which they are given does not matter, and the same snapshot twice counts once.
///
/// # Which snapshots are current
///
/// A snapshot takes the place of all older ones of its registry that were asked for no more than it was: one of
/// everything that of all, one of a part (a project, say) that of older ones of the same part. So a crawl of one project
/// does not hide an older one of the whole registry: both are [current](Self::current). Nor does one that was killed, or
/// that could not list the registry: what it has is newer, but what it lacks may be there.
///
/// Where current snapshots overlap, each artifact is there once: as the newest of them lists it, with the report of the
/// older where the newer has none. What was deleted since the older one cannot be told from what the newer one was not
/// asked for, and stays.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    report: ArtifactReport,
    current: Vec<Current>,
    trend: Vec<TrendPoint>,
    history: History,
}

/// A snapshot that says what its registry holds, without its artifacts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
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

impl Inventory {
    /// Puts snapshots together, in any order. They are taken one after the other, so that an iterator which reads each
    /// from a file when it is asked for it keeps memory small.
    #[must_use]
    pub fn new(snapshots: impl IntoIterator<Item = Snapshot>) -> Self {
        let mut builder = Self::builder();
        for snapshot in snapshots {
            builder.add(snapshot);
        }
        builder.build()
    }

    /// Starts without snapshots, which are then added one after the other.
    #[must_use]
    pub fn builder() -> InventoryBuilder {
        InventoryBuilder::default()
    }

    /// What the registries hold, by their current snapshots: each artifact once, sorted by registry, then as the items of
    /// a query.
    #[must_use]
    pub fn report(&self) -> &ArtifactReport {
        &self.report
    }

    /// The current snapshots, sorted by registry, those of one registry with the newest first.
    #[must_use]
    pub fn current(&self) -> &[Current] {
        &self.current
    }

    /// What each snapshot came to, the oldest first.
    ///
    /// Points of one registry that were asked for the same make a line. The registries have no common line: they are not
    /// read at the same times, and a sum would jump whenever one of them is missing.
    #[must_use]
    pub fn trend(&self) -> &[TrendPoint] {
        &self.trend
    }

    /// Whether everything could be read in every current snapshot, to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.current.iter().all(Current::is_complete)
    }

    /// What could not be read in the current snapshots, each failure with where it comes from: a failure does not name
    /// its registry, because whatever holds failures does.
    pub fn failures(&self) -> impl Iterator<Item = (&Source, &Failure)> {
        self.current.iter().flat_map(|current| current.failures.iter().map(|failure| (&current.source, failure)))
    }

    /// When the finding was first seen in this repository: the time of [`first_sighting`](Self::first_sighting).
    #[must_use]
    pub fn first_seen(&self, info: &ArtifactInfo, finding: &Finding) -> Option<DateTime<Utc>> {
        self.first_sighting(info, finding).map(|sighting| sighting.time)
    }

    /// Since when the repository has the finding without a break: the oldest snapshot of its registry since which every
    /// one that could tell has it. `None` where only the newest snapshot has it and no older one could tell, and
    /// where it is not there any more.
    ///
    /// A finding is known by registry, repository, vulnerability and package, capitals ignored, whatever the image and
    /// the version of the package: an image that is rebuilt with another version that is still vulnerable keeps it, and
    /// so does another tag. What was gone and is back again starts anew.
    ///
    /// A snapshot without the finding ends nothing unless it could tell: it was not killed, no failure concerns the
    /// repository, and no artifact there lacks the report that it could have, as one that was not scanned yet or whose
    /// scan failed. A snapshot of a part of the registry can tell only what was seen in other snapshots of the same part,
    /// and nothing by a repository that it does not list. So in doubt a finding is older rather than younger.
    ///
    /// ```
    /// # use harbor_ext::Inventory;
    /// # let inventory = Inventory::default();
    /// for (info, finding) in inventory.report().critical() {
    ///     if let Some(sighting) = inventory.first_sighting(info, &finding) {
    ///         let words = if sighting.is_exact { "since" } else { "at least since" };
    ///         println!("{info} has {} {words} {}", finding.id(), sighting.time);
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn first_sighting(&self, info: &ArtifactInfo, finding: &Finding) -> Option<FirstSeen> {
        self.history.first_sighting(info.artifact.registry.as_deref()?, &info.artifact.repository, finding)
    }
}

impl Current {
    /// Whether everything that was asked for could be read, to the end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.source.finished_at.is_some()
    }
}

#[cfg(test)]
mod tests;
