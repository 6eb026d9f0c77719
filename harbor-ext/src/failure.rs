//! What could not be read, and why.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::notes::{Note, notes};
pub use self::permission::{MissingPermission, Permission, missing_permissions};
use crate::name::{ArtifactReference, Digest, ProjectName, RepositoryName, Tag};

mod notes;
mod permission;

/// One thing that could not be read: what was being done, to what, what came back, and how often it was tried.
///
/// Failures are data. Those of a bulk query are in [`Collected::failures`](crate::Collected::failures); one that
/// belongs to an artifact is also the state of that artifact,
/// [`ReportState::Failed`](crate::model::ReportState::Failed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Failure {
    /// What was being done.
    pub phase: Phase,
    /// What it was done to.
    // Boxed, so that a failure is small enough to be an error.
    pub target: Box<Target>,
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The HTTP status of the answer, where there was one.
    pub status: Option<u16>,
    /// Harbor's code, such as `FORBIDDEN`; for an answer that is not Harbor's, the name of the status.
    pub code: Option<String>,
    /// What came back, in one sentence. Never holds a credential.
    pub message: String,
    /// The `X-Request-Id` of the answer: an administrator finds the cause in Harbor's log by it.
    pub request_id: Option<String>,
    /// How many requests were made in vain; 0 where none was made.
    pub attempts: u32,
}

/// What was being done when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Phase {
    /// Checking what the caller asked for; nothing was sent.
    Asking,
    /// Finding out who the server takes the caller for.
    Identifying,
    /// Listing projects.
    ListingProjects,
    /// Listing repositories.
    ListingRepositories,
    /// Finding out which labels there are.
    ReadingLabels,
    /// Listing artifacts.
    ListingArtifacts,
    /// Reading a single artifact.
    ReadingArtifact,
    /// Fetching a vulnerability report.
    FetchingReport,
    /// Finding out why there is no report.
    ExplainingReport,
    /// Reading which scanner a project uses.
    ReadingScanner,
    /// Reading the account of the caller.
    ReadingUser,
    /// Reading the account of the owner of a project.
    ReadingOwner,
    /// Reading a robot account.
    ReadingRobot,
    /// Calling an operation of the generated client.
    Calling,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// What was asked for makes no sense, such as an invalid name or an empty list of projects.
    InvalidInput,
    /// What was asked for by name does not exist.
    NotFound,
    /// The server took the caller for nobody although credentials were given.
    NotAuthenticated,
    /// The caller lacks a permission.
    Forbidden,
    /// No connection could be made, or it was lost before an answer came.
    Connection,
    /// The server took too long.
    Timeout,
    /// The answer broke off.
    Interrupted,
    /// The server, or something in front of it, had too much to do or was away.
    Overloaded,
    /// The server failed on this request.
    Server,
    /// The server refused the request.
    Refused,
    /// A list ended before all that it had announced.
    Incomplete,
    /// The answer could not be understood.
    Undecodable,
    /// The time that the caller gave the query was over: see [`Query::deadline`](crate::Query::deadline).
    DeadlineExceeded,
}

/// What something was done to. Parts that do not apply are absent.
// The registry is not among them: a failure belongs to a query or a snapshot of one registry, which says which, and
// `Inventory::failures` gives those of several with where they come from. Here it would be in every message.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Target {
    /// The project.
    pub project: Option<ProjectName>,
    /// The repository.
    pub repository: Option<RepositoryName>,
    /// The tag, where an artifact was asked for by its tag.
    #[serde(default)]
    pub tag: Option<Tag>,
    /// The artifact's digest.
    pub digest: Option<Digest>,
}

impl Failure {
    /// A failure found before anything was sent.
    pub(crate) fn of_input(target: Target, message: String) -> Self {
        Self {
            phase: Phase::Asking,
            target: Box::new(target),
            kind: FailureKind::InvalidInput,
            status: None,
            code: None,
            message,
            request_id: None,
            attempts: 0,
        }
    }

    /// The permission that the account lacks, in Harbor's own words, where that is what failed.
    ///
    /// To accounts other than administrators, Harbor says the same of a project that does not exist.
    #[must_use]
    pub fn missing_permission(&self) -> Option<Permission> {
        // A registry in read-only mode refuses as well, but says `DENIED`.
        let is_refused = self.kind == FailureKind::Forbidden && self.code.as_deref() != Some("DENIED");
        is_refused.then(|| Permission::needed_for(self.phase)).flatten()
    }

    /// What the caller can do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match (self.kind, self.phase) {
            (FailureKind::NotAuthenticated, _) => "check the credentials, and whether the robot is disabled or expired",
            (FailureKind::Refused, _) if self.status.is_some_and(|status| (300..400).contains(&status)) => {
                "give the address that it names"
            }
            (
                FailureKind::NotFound | FailureKind::Forbidden | FailureKind::Refused | FailureKind::Undecodable,
                Phase::Identifying,
            ) => "check that the address leads to a Harbor",
            (FailureKind::InvalidInput, _) => "correct what was asked for",
            (FailureKind::NotFound, _) => "check the name: it may be misspelt, deleted, or hidden from this account",
            // Harbor says "forbidden" to robots for what does not exist, too.
            (FailureKind::Forbidden, Phase::ListingRepositories) => {
                "check that the project exists, and give the robot the permission repository:list on it"
            }
            (FailureKind::Forbidden, Phase::ListingArtifacts | Phase::ExplainingReport) => {
                "check that the project exists, and give the robot the permission artifact:list on it"
            }
            (FailureKind::Forbidden, Phase::ReadingArtifact) => {
                "check that the project exists, and give the robot the permission artifact:read on it"
            }
            (FailureKind::Forbidden, Phase::FetchingReport) => {
                "give the robot the permission artifact-addition:read on this project"
            }
            (FailureKind::Forbidden, Phase::ReadingOwner) => {
                "ask as an administrator, or give the system robot the permission user:read"
            }
            (FailureKind::Forbidden, _) => "ask the administrator of the Harbor for access",
            (FailureKind::Connection, _) => "check the address, the network and the certificate",
            (FailureKind::Timeout | FailureKind::Interrupted | FailureKind::Overloaded, _) => {
                "try again later, or with a lower fixed concurrency"
            }
            (FailureKind::Server, _) => "look the request id up in Harbor's log",
            (FailureKind::Refused, _) => {
                "check that this Harbor's version has the route, and what stands in front of it"
            }
            (FailureKind::Incomplete, _) => "run the query again",
            (FailureKind::DeadlineExceeded, _) => "give the query more time, or narrow it",
            (FailureKind::Undecodable, _) => {
                "check that the address leads to Harbor's API, and report the answer if it does"
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.phase)?;
        if *self.target != Target::default() {
            let preposition = if self.phase == Phase::Asking { "for" } else { "of" };
            write!(formatter, " {preposition} {}", self.target)?;
        }
        write!(formatter, ": ")?;
        if let Some(status) = self.status {
            write!(formatter, "status {status}, ")?;
        }
        write!(formatter, "{}", self.message)?;
        match self.attempts {
            0 | 1 => {}
            attempts => write!(formatter, " (after {attempts} attempts)")?,
        }
        if let Some(request_id) = &self.request_id {
            write!(formatter, " [request {request_id}]")?;
        }
        write!(formatter, "; {}", self.advice())
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Phase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Asking => "checking the query",
            Self::Identifying => "checking the credentials",
            Self::ListingProjects => "listing the projects",
            Self::ListingRepositories => "listing the repositories",
            Self::ReadingLabels => "reading the labels",
            Self::ListingArtifacts => "listing the artifacts",
            Self::ReadingArtifact => "reading the artifact",
            Self::FetchingReport => "fetching the report",
            Self::ExplainingReport => "finding out why there is no report",
            Self::ReadingScanner => "reading the scanner",
            Self::ReadingUser => "reading the account",
            Self::ReadingOwner => "reading the account of the owner",
            Self::ReadingRobot => "reading the robot",
            Self::Calling => "calling the API",
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.repository, &self.project) {
            (Some(repository), _) => write!(formatter, "{repository}")?,
            (None, Some(project)) => write!(formatter, "project {project}")?,
            (None, None) => formatter.write_str("the registry")?,
        }
        match (&self.digest, &self.tag) {
            (Some(digest), _) => write!(formatter, "@{digest}"),
            (None, Some(tag)) => write!(formatter, ":{tag}"),
            (None, None) => Ok(()),
        }
    }
}

impl From<ProjectName> for Target {
    fn from(project: ProjectName) -> Self {
        Self { project: Some(project), ..Self::default() }
    }
}

impl From<RepositoryName> for Target {
    fn from(repository: RepositoryName) -> Self {
        Self { project: Some(repository.project().clone()), repository: Some(repository), ..Self::default() }
    }
}

impl From<ArtifactReference> for Target {
    fn from(reference: ArtifactReference) -> Self {
        let (tag, digest) = (reference.tag().cloned(), reference.digest().cloned());
        Self { tag, digest, ..reference.repository().clone().into() }
    }
}
