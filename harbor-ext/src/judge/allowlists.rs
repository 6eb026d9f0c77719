//! What registries and projects accept.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::identifiers::ById;
use super::{NAMED, Suppression, SuppressionSource};
use crate::inventory::Inventory;
use crate::model::{Allowlist, Allowlists, Artifact, ProjectAllowlist};
use crate::text::{Quoted, counted, some_of};

/// What the projects of an inventory accept at one time.
///
/// Harbor's rule: a project goes either by the allowlist of its registry or by one of its own, and what has expired does
/// not count at all.
#[derive(Debug, Default)]
pub(super) struct Accepted<'a> {
    /// By registry, then by project; a project that accepts nothing is not here.
    projects: HashMap<&'a str, HashMap<&'a str, Arc<List>>>,
    /// The only registry, by which artifacts go that do not say theirs.
    only: Option<&'a str>,
}

/// An allowlist that counts.
#[derive(Debug)]
pub(super) struct List {
    ids: ById<()>,
    suppression: Suppression,
}

impl<'a> Accepted<'a> {
    /// Puts together what counts at a time, and notes what does not and what is not known.
    pub(super) fn new(inventory: &'a Inventory, time: DateTime<Utc>, notes: &mut Vec<String>) -> Self {
        let mut present: HashMap<Option<&str>, BTreeSet<&'a str>> = HashMap::new();
        for info in inventory.report() {
            let Artifact { registry, repository, .. } = &*info.artifact;
            present.entry(registry.as_deref()).or_default().insert(repository.project().as_str());
        }
        // A registry has several current snapshots where parts of it were crawled later.
        let registries: BTreeSet<&'a str> =
            inventory.current().iter().map(|current| &*current.source.registry).collect();
        let only = registries.first().copied().filter(|_| registries.len() == 1);
        if only.is_none() && present.contains_key(&None) {
            notes.push("Some artifacts do not say which registry they are from: what it accepts is not known.".into());
        }
        let mut accepted = Self { projects: HashMap::new(), only };
        for registry in registries {
            let unnamed = only.and_then(|_| present.get(&None));
            let projects: BTreeSet<_> =
                present.get(&Some(registry)).into_iter().chain(unnamed).flatten().copied().collect();
            let known = inventory.allowlists(registry);
            accepted.projects.insert(registry, lists(registry, &known, &projects, time, notes));
        }
        accepted
    }

    /// The allowlist that an artifact goes by, where there is one that counts.
    pub(super) fn list_of(&self, artifact: &Artifact) -> Option<&Arc<List>> {
        let registry = artifact.registry.as_deref().or(self.only)?;
        self.projects.get(registry)?.get(artifact.repository.project().as_str())
    }
}

impl List {
    fn new(list: &Allowlist, source: SuppressionSource) -> Self {
        let mut ids = ById::default();
        for id in &list.cves {
            ids.insert(id.trim(), ());
        }
        Self { ids, suppression: Suppression { source, reason: Arc::default(), expires_at: list.expires_at } }
    }

    pub(super) fn suppression(&self, id: &str) -> Option<Suppression> {
        self.ids.get(id).map(|()| self.suppression.clone())
    }
}

/// The lists that count for these projects of a registry.
fn lists<'a>(
    registry: &str,
    known: &Allowlists,
    projects: &BTreeSet<&'a str>,
    time: DateTime<Utc>,
    notes: &mut Vec<String>,
) -> HashMap<&'a str, Arc<List>> {
    let registry = Quoted(registry);
    let of: BTreeMap<&str, &ProjectAllowlist> =
        known.projects.iter().map(|(project, list)| (project.as_str(), list)).collect();
    let valid = |list: &Allowlist, source| {
        (list.is_valid_at(time) && !list.cves.is_empty()).then(|| Arc::new(List::new(list, source)))
    };
    let expired = |list: &Allowlist| match list.expires_at {
        Some(end) if time >= end && !list.cves.is_empty() => {
            let verb = if list.cves.len() == 1 { "counts" } else { "count" };
            Some(format!("ended on {}: {} {verb} again", end.date_naive(), counted(list.cves.len(), "vulnerability")))
        }
        _ => None,
    };
    let system = known.system.as_ref().and_then(|list| valid(list, SuppressionSource::SystemAllowlist));
    let (mut lists, mut unread, mut by_system) = (HashMap::new(), Vec::new(), false);
    for project in projects {
        let list = match of.get(project) {
            Some(ProjectAllowlist::Own(list)) => {
                if let Some(ended) = expired(list) {
                    notes.push(format!("The allowlist of project {} in {registry} {ended}.", Quoted(project)));
                }
                valid(list, SuppressionSource::ProjectAllowlist)
            }
            Some(ProjectAllowlist::System) => {
                by_system = true;
                system.clone()
            }
            None => {
                unread.push(Quoted(project));
                None
            }
        };
        if let Some(list) = list {
            lists.insert(*project, list);
        }
    }
    if by_system {
        match &known.system {
            Some(list) => notes.extend(expired(list).map(|ended| format!("The allowlist of {registry} {ended}."))),
            None => notes.push(format!("The allowlist of {registry} was not read: what it accepts is not known.")),
        }
    }
    if !unread.is_empty() {
        let (count, names) = (counted(unread.len(), "project"), some_of(&unread, NAMED));
        notes.push(format!(
            "The allowlists of {count} in {registry} were not read: what {names} may accept is not known."
        ));
    }
    lists
}
