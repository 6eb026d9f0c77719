//! Findings put into groups, and how far a group reaches.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use super::ArtifactReport;
use super::address::AddressMap;
use crate::model::{ArtifactInfo, Finding, FindingRef};
use crate::name::RepositoryName;

/// Groups of findings by a key, in the order in which they appeared.
///
/// A registry reports the same findings again and again. So the key is made, and the group told
/// about the finding, only for the first occurrence; all others are found by the finding's address.
pub(super) struct Groups<K, G> {
    groups: Vec<G>,
    by_key: HashMap<K, usize>,
    by_address: AddressMap<Finding, usize>,
}

/// Where the findings of a group are.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach<'a> {
    pub(super) findings: usize,
    pub(super) artifacts: usize,
    pub(super) repositories: usize,
    projects: BTreeSet<(Option<&'a str>, &'a str)>,
    last: Option<Place<'a>>,
}

/// The artifact that a finding is in. Numbers are those of the order in which [`by_repository`] goes, so that counting
/// takes no more than remembering the last place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    artifact: usize,
    repository: usize,
    project: usize,
    registry: Option<&'a str>,
    name: &'a RepositoryName,
}

impl<K: Eq + Hash, G: Default> Groups<K, G> {
    pub(super) fn new() -> Self {
        Self { groups: Vec::new(), by_key: HashMap::new(), by_address: AddressMap::default() }
    }

    /// The group of a finding. A finding that was not seen before is given to `absorb` first.
    ///
    /// Equal findings of two queries have two addresses, so that `absorb` may see a content twice.
    pub(super) fn group_of<'a>(
        &mut self,
        finding: &'a Arc<Finding>,
        key: impl FnOnce(&'a Finding) -> K,
        absorb: impl FnOnce(&mut G, &'a Finding),
    ) -> &mut G {
        let Self { groups, by_key, by_address } = self;
        let index = *by_address.entry(Arc::as_ptr(finding)).or_insert_with(|| {
            let index = *by_key.entry(key(finding)).or_insert_with(|| {
                groups.push(G::default());
                groups.len() - 1
            });
            absorb(&mut groups[index], finding);
            index
        });
        &mut groups[index]
    }

    pub(super) fn into_groups(self) -> Vec<G> {
        self.groups
    }
}

impl<'a> Reach<'a> {
    /// Adds a finding in an artifact. Places must come as [`by_repository`] gives them.
    pub(super) fn add(&mut self, place: Place<'a>) {
        self.findings += 1;
        let last = self.last.replace(place);
        if last.is_none_or(|last| last.artifact != place.artifact) {
            self.artifacts += 1;
        }
        if last.is_none_or(|last| last.repository != place.repository) {
            self.repositories += 1;
        }
        if last.is_none_or(|last| last.project != place.project) {
            self.projects.insert((place.registry, place.name.project().as_str()));
        }
    }

    /// The names of the projects.
    pub(super) fn projects(&self) -> BTreeSet<&'a str> {
        self.projects.iter().map(|(_, project)| *project).collect()
    }

    /// How many projects there are: those of two registries are two, whatever their names.
    pub(super) fn project_count(&self) -> usize {
        self.projects.len()
    }

    /// The names of the projects by registry, where that is known.
    pub(super) fn projects_by_registry(&self) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut by_registry: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (registry, project) in &self.projects {
            if let Some(registry) = registry {
                by_registry.entry(*registry).or_default().insert(*project);
            }
        }
        by_registry
    }
}

/// Every finding of every artifact, those of a repository, of a project and of a registry together.
pub(super) fn by_repository(report: &ArtifactReport) -> impl Iterator<Item = (Place<'_>, FindingRef<'_>)> {
    let mut artifacts: Vec<&ArtifactInfo> = report.iter().collect();
    artifacts.sort_by(|a, b| a.artifact.repository_key().cmp(&b.artifact.repository_key()));
    let mut last: Option<Place<'_>> = None;
    artifacts.into_iter().flat_map(move |info| {
        let place = Place::after(last, info.artifact.repository_key());
        last = Some(place);
        info.findings().map(move |finding| (place, finding))
    })
}

impl<'a> Place<'a> {
    /// The place of the next artifact, of which the repository is known.
    fn after(last: Option<Self>, (registry, name): (Option<&'a str>, &'a RepositoryName)) -> Self {
        let Some(Self { artifact, repository, project, registry: known_registry, name: known }) = last else {
            return Self { artifact: 0, repository: 0, project: 0, registry, name };
        };
        let other_registry = known_registry != registry;
        let (other_repository, other_project) =
            (other_registry || known != name, other_registry || known.project() != name.project());
        Self {
            artifact: artifact + 1,
            repository: repository + usize::from(other_repository),
            project: project + usize::from(other_project),
            registry,
            name,
        }
    }
}
