//! When findings were first seen.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use self::identities::Identities;
use super::coverage::Coverage;
use crate::model::Finding;
use crate::name::RepositoryName;

pub(super) use self::recorder::Recorder;

mod identities;
mod recorder;
mod sets;
mod walk;

/// Since when a repository has had a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct FirstSeen {
    /// When the oldest snapshot that had it was begun.
    pub time: DateTime<Utc>,
    /// Whether an older snapshot could tell that it was not there then. Where none could, the finding is at least so old.
    pub is_exact: bool,
}

/// When the findings of all repositories were first seen.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    identities: Identities,
    registries: HashMap<Arc<str>, HashMap<RepositoryName, Sightings>>,
    /// The answers that there are, so that each finding needs only the number of one.
    answers: Vec<FirstSeen>,
}

/// For each finding of a repository, by the number of its identity, the number of the answer; sorted.
type Sightings = Box<[(u32, u32)]>;

/// What must be known of a crawl to tell by it what was not there.
#[derive(Clone, Debug)]
pub(super) struct Crawl {
    pub(super) registry: Arc<str>,
    pub(super) selection: Vec<String>,
    pub(super) time: DateTime<Utc>,
    pub(super) coverage: Coverage,
}

impl History {
    pub(super) fn first_sighting(
        &self,
        registry: &str,
        repository: &RepositoryName,
        finding: &Finding,
    ) -> Option<FirstSeen> {
        let sightings = self.registries.get(registry)?.get(repository)?;
        let identity = self.identities.get(finding)?;
        let place = sightings.binary_search_by_key(&identity, |(identity, _)| *identity).ok()?;
        self.answers.get(sightings[place].1 as usize).copied()
    }
}
