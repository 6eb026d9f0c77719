//! An inventory in the making.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::coverage::{Coverage, Quality};
use super::held::{Held, HeldSnapshots};
use super::history::{Crawl, Recorder};
use super::{Current, Inventory, TrendPoint};
use crate::analysis::ArtifactReport;
use crate::model::ArtifactInfo;
use crate::snapshot::Snapshot;

/// An inventory in the making, to which snapshots are added one after the other, in any order.
///
/// Of a snapshot that is not current only numbers are kept, and which repository had which finding: 8 bytes for each
/// finding of each repository, however many snapshots have it. So a month of archives takes hardly more memory than the
/// newest of them. Those that come first cost least if they are the newest.
///
/// ```
/// # use harbor_ext::{Inventory, Snapshot};
/// # let snapshots: Vec<Snapshot> = Vec::new();
/// let mut builder = Inventory::builder();
/// for snapshot in snapshots {
///     builder.add(snapshot);
/// }
/// let inventory = builder.build();
/// ```
#[derive(Clone, Debug, Default)]
pub struct InventoryBuilder {
    /// Where each crawl is in `crawls`, by what tells it from others.
    numbers: HashMap<Identity, usize>,
    crawls: Vec<Noted>,
    recorder: Recorder,
    held: HeldSnapshots,
}

/// What tells a crawl from all others: its registry, what was asked for, and when it began.
type Identity = (Arc<str>, Vec<String>, DateTime<Utc>);

/// What is kept of a crawl.
#[derive(Clone, Debug)]
struct Noted {
    quality: Quality,
    point: TrendPoint,
    crawl: Crawl,
}

impl InventoryBuilder {
    /// Adds a snapshot.
    pub fn add(&mut self, snapshot: Snapshot) {
        let is_complete = snapshot.is_complete();
        let Snapshot { mut source, collected, allowlists } = snapshot;
        source.selection.sort_unstable();
        source.selection.dedup();
        let report: ArtifactReport =
            collected.items.into_iter().map(|info| of_registry(info, &source.registry)).collect();
        let coverage = Coverage::of(&source, &collected.failures);
        let quality = Quality::of(&coverage, &report, &collected.failures);

        let next = self.crawls.len();
        let number = *self
            .numbers
            .entry((Arc::clone(&source.registry), source.selection.clone(), source.started_at))
            .or_insert(next);
        self.recorder.record(number as u32, &source.registry, &coverage, &report);
        let noted = || Noted {
            quality,
            point: TrendPoint::new(&source, is_complete, &report),
            crawl: Crawl {
                registry: Arc::clone(&source.registry),
                selection: source.selection.clone(),
                time: source.started_at,
                coverage,
            },
        };
        match self.crawls.get_mut(number) {
            None => self.crawls.push(noted()),
            Some(known) if known.quality < quality => *known = noted(),
            Some(_) => {}
        }
        let current = Current { source, summary: collected.summary, failures: collected.failures, allowlists };
        self.held.add(Held { current, report, quality });
    }

    /// What the snapshots come to.
    #[must_use]
    pub fn build(self) -> Inventory {
        let (report, current) = self.held.into_parts();
        let (mut trend, crawls): (Vec<_>, Vec<_>) =
            self.crawls.into_iter().map(|noted| (noted.point, noted.crawl)).unzip();
        trend.sort_by(|one, other| {
            (one.time, &one.registry, &one.selection).cmp(&(other.time, &other.registry, &other.selection))
        });
        Inventory { report, current, trend, history: self.recorder.into_history(&crawls) }
    }
}

/// The artifact as one of the registry that its snapshot is of, whatever it says itself.
fn of_registry(mut info: ArtifactInfo, registry: &Arc<str>) -> ArtifactInfo {
    if info.artifact.registry.as_ref() != Some(registry) {
        Arc::make_mut(&mut info.artifact).registry = Some(Arc::clone(registry));
    }
    info
}
