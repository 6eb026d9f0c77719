//! Vulnerabilities that a registry or a project accepts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::name::ProjectName;

/// Vulnerabilities that a registry or a project accepts: Harbor does not block images for their sake, and leaves them in
/// every report all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Allowlist {
    /// The identifiers, such as `CVE-2021-44228`, in Harbor's order.
    pub cves: Vec<String>,
    /// When it ends; `None` for never. From then on nothing on it is accepted.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Which allowlist a project goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProjectAllowlist {
    /// That of the registry.
    System,
    /// One of its own, in whose place the registry's does not count.
    Own(Allowlist),
}

/// What the allowlists of a registry say, as far as they could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Allowlists {
    /// That of the registry; `None` where it was not asked for or could not be read.
    pub system: Option<Allowlist>,
    /// Those of the projects. A project that is not here was not asked for or could not be read, which does not mean that
    /// it accepts nothing.
    pub projects: BTreeMap<ProjectName, ProjectAllowlist>,
    /// The user names of the owners of the projects, which come in the same answers, as far as they are told.
    #[serde(default)]
    pub owners: BTreeMap<ProjectName, String>,
    /// What could not be read.
    pub failures: Vec<Failure>,
}

impl Allowlist {
    /// Whether it counts at this time.
    #[must_use]
    pub fn is_valid_at(&self, time: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| time < end)
    }

    /// Whether it lists this identifier; capitals do not count.
    #[must_use]
    pub fn lists(&self, id: &str) -> bool {
        self.cves.iter().any(|cve| cve.eq_ignore_ascii_case(id))
    }
}
