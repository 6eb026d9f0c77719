//! Findings together with what others know of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::allowlists::{Accepted, List};
use super::{EpssScore, KevEntry, Knowledge, NAMED, Suppression, vex};
use crate::inventory::Inventory;
use crate::model::{ArtifactInfo, FindingRef};
use crate::text::{Quoted, counted, some_of};

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
    /// The user name of the owner of the project, where the registry tells it.
    pub owner: Option<&'a str>,
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
    accepted: Accepted<'a>,
    notes: Vec<String>,
}

impl<'a> Assessment<'a> {
    /// Assesses everything that is in the newest snapshots as of a time, by which expiries are judged.
    #[must_use]
    pub fn new(inventory: &'a Inventory, knowledge: &'a Knowledge, time: DateTime<Utc>) -> Self {
        let mut notes = notes(knowledge, time);
        let accepted = Accepted::new(inventory, time, &mut notes);
        Self { prepared: Arc::new(Prepared { inventory, knowledge, time, accepted, notes }) }
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
        let owner = this.inventory().owner(info);
        let list = self.prepared.accepted.list_of(&info.artifact).cloned();
        info.findings().map(move |finding| Assessed { owner, ..this.assess_by(list.as_deref(), info, finding) })
    }

    /// One finding of an artifact.
    #[must_use]
    pub fn assess(&self, info: &'a ArtifactInfo, finding: FindingRef<'a>) -> Assessed<'a> {
        let list = self.prepared.accepted.list_of(&info.artifact).map(|list| &**list);
        Assessed { owner: self.inventory().owner(info), ..self.assess_by(list, info, finding) }
    }

    /// All but the owner, who is the same for all findings of an artifact.
    fn assess_by(&self, list: Option<&List>, info: &'a ArtifactInfo, finding: FindingRef<'a>) -> Assessed<'a> {
        let Prepared { inventory, knowledge, .. } = &*self.prepared;
        let exploitation = match &knowledge.kev {
            None => Exploitation::Unknown,
            Some(kev) => kev.get(finding.id()).map_or(Exploitation::NotListed, Exploitation::Known),
        };
        let likelihood = match &knowledge.epss {
            None => Likelihood::Unknown,
            Some(epss) => epss.get(finding.id()).map_or(Likelihood::NotScored, Likelihood::Scored),
        };
        let by_allowlist = list.and_then(|list| list.suppression(finding.id()));
        let by_vex = vex::suppression(&knowledge.vex, &info.artifact, finding);
        let suppressions = by_allowlist.into_iter().chain(by_vex).collect();
        let first_seen = inventory.first_seen(info, &finding);
        Assessed { info, finding, exploitation, likelihood, suppressions, first_seen, owner: None }
    }
}

/// After so many days without a new release, entries are missing for certain.
const KEV_IS_OLD_AFTER: i64 = 14;
/// Scores are made every day.
const EPSS_IS_OLD_AFTER: i64 = 7;

/// What to know of the knowledge.
fn notes(knowledge: &Knowledge, time: DateTime<Utc>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(kev) = &knowledge.kev {
        let days = kev.age_at(time).map(|age| age.num_days());
        let subject = format!("The catalogue of known exploited vulnerabilities ({})", Quoted(&kev.version));
        notes.extend(note_of_age(&subject, days, KEV_IS_OLD_AFTER));
    }
    if let Some(epss) = &knowledge.epss {
        let days = epss.age_at(time).map(|age| age.num_days());
        notes.extend(note_of_age("The list of EPSS scores", days, EPSS_IS_OLD_AFTER));
    }
    for document in &knowledge.vex {
        let unrecognised = document.unrecognised();
        if !unrecognised.is_empty() {
            let products = unrecognised
                .iter()
                .map(|product| format!("\"{}\" ({})", Quoted(&product.product), Quoted(&product.reason)));
            let name = match &*document.id {
                "" => "a VEX document without an identifier".to_owned(),
                id => format!("the VEX document \"{}\"", Quoted(id)),
            };
            notes.push(format!(
                "Of {name}, {} could not be recognised, so that what is said of them does not count: {}.",
                counted(unrecognised.len(), "product"),
                some_of(products, NAMED),
            ));
        }
    }
    notes
}

fn note_of_age(subject: &str, days: Option<i64>, limit: i64) -> Option<String> {
    match days {
        None => Some(format!("{subject} has no date: nobody knows how old it is.")),
        Some(days) if days > limit => {
            let age = counted(usize::try_from(days).unwrap_or_default(), "day");
            Some(format!("{subject} is {age} old: get a newer one."))
        }
        Some(_) => None,
    }
}

impl Assessed<'_> {
    /// Whether something says that it does not count.
    #[must_use]
    pub fn is_suppressed(&self) -> bool {
        !self.suppressions.is_empty()
    }
}

#[cfg(test)]
mod tests;
