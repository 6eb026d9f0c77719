//! A repository, as a list of repositories gives it.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::name::RepositoryName;

/// A repository, as a list of repositories gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Repository {
    /// Its name, with that of its project.
    pub name: RepositoryName,
    /// Harbor's number for it.
    pub id: i64,
    /// Harbor's number for its project.
    pub project_id: Option<i64>,
    /// How many artifacts it holds. Children of an index and accessories do not count.
    pub artifact_count: i64,
    /// How often something was pulled from it.
    pub pull_count: i64,
    /// Its description; empty where there is none.
    pub description: String,
    /// When it was made.
    pub creation_time: Option<DateTime<Utc>>,
    /// When something about it changed last.
    pub update_time: Option<DateTime<Utc>>,
}

impl Repository {
    /// A repository of which nothing but its name is known.
    #[must_use]
    pub fn new(name: RepositoryName) -> Self {
        Self {
            name,
            id: 0,
            project_id: None,
            artifact_count: 0,
            pull_count: 0,
            description: String::new(),
            creation_time: None,
            update_time: None,
        }
    }
}

/// Its name, so that a repository can be given wherever one can be named.
impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(formatter)
    }
}

/// Its name.
impl AsRef<RepositoryName> for Repository {
    fn as_ref(&self) -> &RepositoryName {
        &self.name
    }
}
