//! Tags that moved.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ArtifactInfo;
use crate::name::{Digest, RepositoryName};

/// A tag that is on another artifact than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TagChange {
    /// The registry, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Arc<str>>,
    /// The repository.
    pub repository: RepositoryName,
    /// The tag.
    pub tag: String,
    /// What it was on; `None` where there was no such tag.
    pub old: Option<Digest>,
    /// What it is on; `None` where there is no such tag any more.
    pub new: Option<Digest>,
}

pub(super) fn changes(old: &[&ArtifactInfo], new: &[&ArtifactInfo]) -> Vec<TagChange> {
    let mut holders: BTreeMap<_, [Option<&Digest>; 2]> = BTreeMap::new();
    for (side, artifacts) in [old, new].into_iter().enumerate() {
        for info in artifacts {
            for tag in info.tags() {
                holders.entry((&info.artifact.registry, &info.artifact.repository, tag)).or_default()[side] =
                    Some(&info.artifact.digest);
            }
        }
    }
    holders
        .into_iter()
        .filter(|(_, [old, new])| old != new)
        .map(|((registry, repository, tag), [old, new])| TagChange {
            registry: registry.clone(),
            repository: repository.clone(),
            tag: tag.to_owned(),
            old: old.cloned(),
            new: new.cloned(),
        })
        .collect()
}
