//! What an account may do, in Harbor's own words, and what it lacks.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Failure, Phase};
use crate::name::ProjectName;

/// A permission of a robot account, in Harbor's own words: what may be done to what.
///
/// Displayed as `artifact:list`, and serialised as one entry of `access` in the JSON of a robot:
/// `{"resource": "artifact", "action": "list"}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    /// What it is about, such as `artifact`.
    pub resource: String,
    /// What may be done to it, such as `list`.
    pub action: String,
}

/// A permission that was missing, and how much that stopped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct MissingPermission {
    /// The project where it was missing; `None` for what does not belong to a project.
    pub project: Option<ProjectName>,
    /// The permission.
    pub permission: Permission,
    /// How many things could not be read for want of it: reports, or lists of unknown length.
    pub count: u64,
}

impl Permission {
    /// A permission by its resource and action, such as `artifact` and `list`.
    #[must_use]
    pub fn new(resource: impl Into<String>, action: impl Into<String>) -> Self {
        Self { resource: resource.into(), action: action.into() }
    }

    /// What Harbor asks for before it answers; nothing is known about requests of the caller's own.
    pub(crate) fn needed_for(phase: Phase) -> Option<Self> {
        let (resource, action) = match phase {
            Phase::ListingProjects => ("project", "list"),
            Phase::ListingRepositories => ("repository", "list"),
            Phase::ListingArtifacts | Phase::ExplainingReport => ("artifact", "list"),
            Phase::ReadingLabels => ("label", "list"),
            Phase::ReadingArtifact => ("artifact", "read"),
            Phase::FetchingReport => ("artifact-addition", "read"),
            Phase::ReadingScanner => ("scanner", "read"),
            Phase::ReadingUser | Phase::ReadingOwner => ("user", "read"),
            Phase::ReadingRobot => ("robot", "list"),
            Phase::Asking | Phase::Identifying | Phase::ReadingAllowlists | Phase::ReadingArchive | Phase::Calling => {
                return None;
            }
        };
        Some(Self::new(resource, action))
    }
}

impl MissingPermission {
    /// A permission that was missing once.
    pub(crate) fn new(project: &ProjectName, permission: &Permission) -> Self {
        Self { project: Some(project.clone()), permission: permission.clone(), count: 1 }
    }
}

/// The permissions that were missing, each once for a project, sorted by project.
#[must_use]
pub fn missing_permissions(failures: &[Failure]) -> Vec<MissingPermission> {
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for failure in failures {
        if let Some(permission) = failure.missing_permission() {
            *counts.entry((failure.target.project.clone(), permission)).or_default() += 1;
        }
    }
    let missing = |((project, permission), count)| MissingPermission { project, permission, count };
    counts.into_iter().map(missing).collect()
}

impl fmt::Display for Permission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{}:{}", self.resource, self.action))
    }
}

impl fmt::Display for MissingPermission {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { project, permission, count } = self;
        match project {
            Some(project) => write!(formatter, "no permission {permission} on project {project}")?,
            None => write!(formatter, "no permission {permission}")?,
        }
        match count {
            1 => Ok(()),
            count => write!(formatter, " ({count} times)"),
        }
    }
}
