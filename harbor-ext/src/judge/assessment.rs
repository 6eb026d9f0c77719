//! Findings together with what others know of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{EpssScore, KevEntry, Knowledge, Suppression};
use crate::inventory::Inventory;
use crate::model::{ArtifactInfo, FindingRef};

/// The findings of an inventory together with what others know of them.
///
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Assessment<'a> {
    prepared: Arc<Prepared<'a>>,
}

/// A finding in an artifact together with what others know of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Assessed<'a> {
    /// The artifact.
    pub info: &'a ArtifactInfo,
    /// The finding.
    pub finding: FindingRef<'a>,
    /// Whether it is known to be exploited.
    pub exploitation: Exploitation<'a>,
    /// How likely it is to be exploited.
    pub likelihood: Likelihood,
    /// Why it does not count, each for itself; empty where it does.
    pub suppressions: Vec<Suppression>,
    /// When it was first seen, where older snapshots tell.
    pub first_seen: Option<DateTime<Utc>>,
}

/// Whether a vulnerability is known to be exploited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exploitation<'a> {
    /// The catalogue lists it.
    Known(&'a KevEntry),
    /// The catalogue does not list it.
    NotListed,
    /// There is no catalogue.
    Unknown,
}

/// How likely a vulnerability is to be exploited.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Likelihood {
    /// It has this score.
    Scored(EpssScore),
    /// It has no score.
    NotScored,
    /// There are no scores.
    Unknown,
}

/// What is looked up for every finding, put together once.
#[derive(Debug)]
struct Prepared<'a> {
    inventory: &'a Inventory,
    knowledge: &'a Knowledge,
    time: DateTime<Utc>,
    notes: Vec<String>,
}

impl<'a> Assessment<'a> {
    /// Assesses everything that is in the newest snapshots as of a time, by which expiries are judged.
    #[must_use]
    pub fn new(inventory: &'a Inventory, knowledge: &'a Knowledge, time: DateTime<Utc>) -> Self {
        Self { prepared: Arc::new(Prepared { inventory, knowledge, time, notes: Vec::new() }) }
    }

    /// The inventory.
    #[must_use]
    pub fn inventory(&self) -> &'a Inventory {
        self.prepared.inventory
    }

    /// What others know.
    #[must_use]
    pub fn knowledge(&self) -> &'a Knowledge {
        self.prepared.knowledge
    }

    /// As of when it is.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.prepared.time
    }

    /// What to know before relying on it: allowlists that have expired or could not be read, old catalogues, products of
    /// VEX documents that cannot be recognised.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.prepared.notes
    }

    /// Every finding of every artifact, in the order of the report.
    pub fn findings(&self) -> impl Iterator<Item = Assessed<'a>> + use<'a> {
        let this = self.clone();
        self.inventory().report().iter().flat_map(move |info| this.findings_of(info))
    }

    /// Every finding of an artifact, in the order of its report.
    pub fn findings_of(&self, info: &'a ArtifactInfo) -> impl Iterator<Item = Assessed<'a>> + use<'a> {
        let this = self.clone();
        info.findings().map(move |finding| this.assess(info, finding))
    }

    /// One finding of an artifact.
    #[must_use]
    pub fn assess(&self, info: &'a ArtifactInfo, finding: FindingRef<'a>) -> Assessed<'a> {
        let exploitation = match &self.knowledge().kev {
            None => Exploitation::Unknown,
            Some(kev) => kev.get(finding.id()).map_or(Exploitation::NotListed, Exploitation::Known),
        };
        let likelihood = match &self.knowledge().epss {
            None => Likelihood::Unknown,
            Some(epss) => epss.get(finding.id()).map_or(Likelihood::NotScored, Likelihood::Scored),
        };
        let first_seen = self.inventory().first_seen(info, &finding);
        Assessed { info, finding, exploitation, likelihood, suppressions: Vec::new(), first_seen }
    }
}

impl Assessed<'_> {
    /// Whether something says that it does not count.
    #[must_use]
    pub fn is_suppressed(&self) -> bool {
        !self.suppressions.is_empty()
    }
}
