//! Who a project belongs to.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::name::ProjectName;

/// Who a project belongs to, and with it every artifact in it: Harbor notes no owner of a single artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Owner {
    /// The project.
    pub project: ProjectName,
    /// Harbor's number for the owner. A project that a robot made belongs to the first administrator.
    pub id: i64,
    /// The user name of the owner; `None` where the list of projects does not tell it and the account may not be read.
    pub name: Option<String>,
    /// The account of the owner, where the caller may read it: that takes an administrator, the owner, or a system robot
    /// with the permission `user:read`.
    pub user: Option<User>,
    /// Why there is no [`user`](Self::user), where there is none.
    pub failure: Option<Failure>,
}

/// The account of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct User {
    /// Harbor's number for the user.
    pub id: i64,
    /// The name to log in with.
    pub name: String,
    /// The name in life; empty where it is not told.
    pub real_name: String,
    /// The mail address; empty where it is not told.
    pub email: String,
    /// What somebody noted about the account.
    pub comment: String,
    /// Whether the user administers the Harbor.
    pub is_administrator: bool,
    /// When the account was made.
    pub creation_time: Option<DateTime<Utc>>,
    /// When something about it changed last.
    pub update_time: Option<DateTime<Utc>>,
}

/// The user name, or Harbor's number where that is all there is.
impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => formatter.pad(name),
            None => write!(formatter, "user {}", self.id),
        }
    }
}
