//! Findings put into groups, and how far a group reaches.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use super::ArtifactReport;
use super::address::AddressMap;
use crate::model::{ArtifactInfo, Finding, FindingRef};

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
    last: Option<&'a ArtifactInfo>,
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
    /// Adds a finding in an artifact. Artifacts must come as [`by_repository`] gives them.
    pub(super) fn add(&mut self, info: &'a ArtifactInfo) {
        self.findings += 1;
        let repository = &info.artifact.repository;
        match self.last.replace(info) {
            Some(last) if std::ptr::eq(last, info) => return,
            Some(last) if last.artifact.repository == *repository => {}
            _ => {
                self.repositories += 1;
                self.projects.insert(repository.project().as_str());
            }
        }
        self.artifacts += 1;
    }
}

/// Every finding of every artifact, those of a repository together, so that counting repositories takes no more than
/// remembering the last one.
pub(super) fn by_repository(report: &ArtifactReport) -> impl Iterator<Item = (&ArtifactInfo, FindingRef<'_>)> {
    let mut artifacts: Vec<&ArtifactInfo> = report.iter().collect();
    artifacts.sort_by(|a, b| a.artifact.repository.cmp(&b.artifact.repository));
    artifacts.into_iter().flat_map(|info| info.findings().map(move |finding| (info, finding)))
}
