//! What an account may read, as [`Harbor::check_access`](crate::Harbor::check_access) found it out.

use std::fmt;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, MissingPermission, Permission, missing_permissions};
use crate::name::ProjectName;

/// Who the server takes the caller for, and what may be read in which project.
///
/// Displayed as a table for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Access {
    /// The address of the Harbor.
    pub url: String,
    /// The version of the Harbor; it is not told to anonymous callers.
    pub version: Option<String>,
    /// Who the server takes the caller for.
    pub caller: Caller,
    /// How many projects the caller can see. Public ones are among them.
    pub visible_projects: usize,
    /// What may be read in each project, sorted by name.
    pub projects: Vec<ProjectAccess>,
    /// What could not be found out, for other reasons than a missing permission.
    pub failures: Vec<Failure>,
}

/// Who the server takes the caller for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Caller {
    /// Nobody, as was asked for.
    Anonymous,
    /// A user.
    User {
        /// The name to log in with.
        name: String,
        /// Whether the user administers the Harbor, and so may read everything.
        is_administrator: bool,
        /// Whether Harbor itself checks the password. That costs it 98 ms of processor time for every request (from
        /// v2.15.2 on), some 40 times as much as a robot.
        is_local: bool,
    },
    /// A robot account.
    Robot {
        /// Its full name.
        name: String,
        /// When it ends, as far as the server tells.
        expiry: Expiry,
    },
}

/// When a robot account ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Expiry {
    /// Never.
    Never,
    /// At this time. From then on the server treats it as anonymous.
    At(DateTime<Utc>),
    /// The server does not tell: that takes the permission `robot:list`.
    NotTold,
}

/// What may be read in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ProjectAccess {
    /// The project.
    pub project: ProjectName,
    /// Whether the list of projects shows it.
    pub is_visible: bool,
    /// Listing repositories: `repository:list`.
    pub repositories: Check,
    /// Listing artifacts: `artifact:list`.
    pub artifacts: Check,
    /// Reading vulnerability reports: `artifact-addition:read`.
    pub reports: Check,
    /// Reading which scanner the project uses: `scanner:read`. Without it, images that are in several projects have their
    /// reports fetched once for each; nothing is lost.
    pub scanner: Check,
}

/// What came of trying something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// It is allowed.
    Allowed,
    /// It is not.
    Missing {
        /// The permission that would allow it.
        permission: Permission,
    },
    /// It was not tried, as for want of an artifact to try it on, or in vain.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl Access {
    /// The permissions that are missing for reading everything, each with its project.
    #[must_use]
    pub fn missing_permissions(&self) -> Vec<MissingPermission> {
        let mut missing: Vec<MissingPermission> = Vec::new();
        for project in &self.projects {
            let checks = [&project.repositories, &project.artifacts, &project.reports, &project.scanner];
            missing.extend(checks.into_iter().filter_map(|check| match check {
                Check::Missing { permission } => Some(MissingPermission::new(&project.project, permission)),
                Check::Allowed | Check::Unknown { .. } => None,
            }));
        }
        missing.extend(missing_permissions(&self.failures));
        missing
    }

    /// Whether every vulnerability report of the projects that were looked at can be read, as far as one report of each
    /// tells.
    ///
    /// Where there was no report to try it on, that takes that repositories and artifacts may be listed.
    #[must_use]
    pub fn can_read_all_reports(&self) -> bool {
        // Whoever has read a report has found it, with or without a list of repositories: not all servers need one.
        let is_good = |project: &ProjectAccess| match project.reports {
            Check::Allowed => project.artifacts == Check::Allowed,
            Check::Unknown { .. } => [&project.repositories, &project.artifacts] == [&Check::Allowed; 2],
            Check::Missing { .. } => false,
        };
        self.failures.is_empty() && self.projects.iter().all(is_good)
    }
}

impl fmt::Display for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.version.as_deref().unwrap_or("of a version that it does not tell");
        writeln!(formatter, "{}: Harbor {version}", self.url)?;
        writeln!(formatter, "{}", self.caller)?;
        writeln!(formatter, "{} projects are visible", self.visible_projects)?;
        let names = self.projects.iter().map(|project| project.project.as_str().chars().count());
        let width = names.max().unwrap_or_default().max("project".len());
        if !self.projects.is_empty() {
            writeln!(formatter, "{:<width$}  repositories  artifacts  reports  scanner", "project")?;
        }
        for project in &self.projects {
            let [repositories, artifacts, reports, scanner] =
                [&project.repositories, &project.artifacts, &project.reports, &project.scanner].map(Check::word);
            let note = if project.is_visible { "" } else { "  (not among the visible projects)" };
            let name = &project.project;
            writeln!(formatter, "{name:<width$}  {repositories:<12}  {artifacts:<9}  {reports:<7}  {scanner}{note}")?;
        }
        for missing in self.missing_permissions() {
            writeln!(formatter, "{missing}")?;
        }
        for failure in &self.failures {
            writeln!(formatter, "not found out: {failure}")?;
        }
        if self.projects.is_empty() {
            return formatter.write_str("there is no vulnerability report to read: no project is visible");
        }
        // What is missing above may be no more than what saves requests.
        let all = if self.can_read_all_reports() { "all" } else { "not all" };
        write!(formatter, "{all} vulnerability reports can be read")
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => formatter.write_str("asked anonymously: only what is public can be read"),
            Self::User { name, is_administrator, is_local } => {
                let administrator = if *is_administrator { ", an administrator" } else { "" };
                write!(formatter, "asked as the user {name}{administrator}")?;
                if *is_local {
                    formatter.write_str(
                        "; the password of a local user costs the server 98 ms of processor time a request: a robot is \
                         some 40 times cheaper",
                    )?;
                }
                Ok(())
            }
            Self::Robot { name, expiry } => match expiry {
                Expiry::Never => write!(formatter, "asked as the robot {name}, which never expires"),
                Expiry::At(time) => write!(formatter, "asked as the robot {name}, which expires at {time}"),
                Expiry::NotTold => {
                    write!(formatter, "asked as the robot {name}, whose expiry is told only with robot:list")
                }
            },
        }
    }
}

impl Check {
    /// `yes`, `no`, or `?` where it is not known.
    fn word(&self) -> &'static str {
        match self {
            Self::Allowed => "yes",
            Self::Missing { .. } => "no",
            Self::Unknown { .. } => "?",
        }
    }
}
