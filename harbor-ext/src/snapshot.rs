//! What one registry held at one time.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Allowlists, ArtifactInfo};
use crate::outcome::Collected;

/// What one registry held at one time: everything that a crawl of its reports found, and what it could not read.
///
/// It is what an archive (feature `archive`) keeps in a file and what an [`Inventory`](crate::Inventory) is made of.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Snapshot {
    /// Where it comes from.
    pub source: Source,
    /// What was found. What an archive has lost is among the failures.
    pub collected: Collected<ArtifactInfo>,
    /// Which vulnerabilities the registry and its projects accept.
    pub allowlists: Allowlists,
}

/// Where a snapshot comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Source {
    /// The registry, as its artifacts [have it](crate::model::Artifact::registry).
    pub registry: Arc<str>,
    /// Its address.
    pub url: String,
    /// The version of the Harbor, where it tells.
    pub harbor_version: Option<String>,
    /// When the crawl began: what is here was so at that time or later.
    pub started_at: DateTime<Utc>,
    /// When it ended; `None` where it was killed.
    pub finished_at: Option<DateTime<Utc>>,
    /// What was asked for, one condition each, for people; empty for everything.
    pub selection: Vec<String>,
}

impl Snapshot {
    /// A snapshot without allowlists.
    #[must_use]
    pub fn new(source: Source, collected: Collected<ArtifactInfo>) -> Self {
        Self { source, collected, allowlists: Allowlists::default() }
    }

    /// Whether everything that was asked for could be read, to the end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.collected.is_complete() && self.source.finished_at.is_some()
    }
}

impl Source {
    /// A registry that was asked for everything at this time.
    #[must_use]
    pub fn new(registry: impl Into<Arc<str>>, url: impl Into<String>, started_at: DateTime<Utc>) -> Self {
        Self {
            registry: registry.into(),
            url: url.into(),
            harbor_version: None,
            started_at,
            finished_at: None,
            selection: Vec::new(),
        }
    }
}
