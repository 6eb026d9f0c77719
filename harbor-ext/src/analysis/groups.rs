//! Findings put into groups, and how far a group reaches.

use std::collections::{BTreeSet, HashMap};
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
    pub(super) projects: BTreeSet<&'a str>,
    last: Option<Place<'a>>,
}

/// The artifact that a finding is in. Numbers are those of the order in which [`by_repository`] goes, so that counting
/// takes no more than remembering the last place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    artifact: usize,
    repository: usize,
    project: usize,
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
            self.projects.insert(place.name.project().as_str());
        }
    }
}

/// Every finding of every artifact, those of a repository and those of a project together.
pub(super) fn by_repository(report: &ArtifactReport) -> impl Iterator<Item = (Place<'_>, FindingRef<'_>)> {
    let mut artifacts: Vec<&ArtifactInfo> = report.iter().collect();
    artifacts.sort_by(|a, b| a.artifact.repository.cmp(&b.artifact.repository));
    let mut last: Option<Place<'_>> = None;
    artifacts.into_iter().flat_map(move |info| {
        let place = Place::after(last, &info.artifact.repository);
        last = Some(place);
        info.findings().map(move |finding| (place, finding))
    })
}

impl<'a> Place<'a> {
    /// The place of the next artifact, of which the repository is known.
    fn after(last: Option<Self>, name: &'a RepositoryName) -> Self {
        let Some(Self { artifact, repository, project, name: known }) = last else {
            return Self { artifact: 0, repository: 0, project: 0, name };
        };
        let (other_repository, other_project) = (known != name, known.project() != name.project());
        Self {
            artifact: artifact + 1,
            repository: repository + usize::from(other_repository),
            project: project + usize::from(other_project),
            name,
        }
    }
}
