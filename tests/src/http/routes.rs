//! Which operation a path means, and which of them the simulator answers.

use axum::http::Method;

use super::{Call, Outcome, artifacts, projects, reports, repositories, system};
use crate::wire::errors::Refusal;
use crate::wire::paging::Page;
use crate::wire::parameters::unescape_path;

/// The path under which the API lives.
const BASE: &str = "/api/v2.0/";

/// What a request means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Ping,
    Health,
    SystemInfo,
    CurrentUser,
    Projects,
    Project {
        project: String,
    },
    Scanner {
        project: String,
    },
    Repositories {
        project: String,
    },
    AllRepositories,
    Repository {
        project: String,
        repository: String,
    },
    ProjectArtifacts {
        project: String,
    },
    Artifacts {
        project: String,
        repository: String,
    },
    Artifact(Target),
    Tags(Target),
    Accessories(Target),
    Report(Target),
    /// A path that Harbor has and the simulator has not.
    NotSimulated,
    /// A path under the API that Harbor does not have.
    Unknown,
    /// A path beside the API but under `/api/`.
    OtherApi,
    /// Anything else is a page of the portal.
    Portal,
}

/// The artifact that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) project: String,
    pub(crate) repository: String,
    pub(crate) reference: String,
}

/// Merges repeated slashes, as Harbor does before anything else sees the path.
pub(crate) fn merge_slashes(path: &str) -> String {
    let mut merged = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !merged.ends_with('/') {
            merged.push(character);
        }
    }
    merged
}

impl Route {
    /// Finds the operation of a path with merged slashes.
    pub(crate) fn of(path: &str, lists_project_artifacts: bool) -> Self {
        let resolved = resolve_dots(path);
        let Some(rest) = resolved.strip_prefix(BASE) else {
            return match resolved.starts_with("/api/") {
                true => Self::OtherApi,
                false => Self::Portal,
            };
        };
        let segments = rest.trim_end_matches('/').split('/').map(unescape_path);
        let Some(segments) = segments.collect::<Option<Vec<_>>>() else {
            return Self::Unknown;
        };
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match Self::of_segments(&segments) {
            Self::ProjectArtifacts { .. } if !lists_project_artifacts => Self::Unknown,
            route => route,
        }
    }

    fn of_segments(segments: &[&str]) -> Self {
        match segments {
            ["ping"] => Self::Ping,
            ["health"] => Self::Health,
            ["systeminfo"] => Self::SystemInfo,
            ["users", "current"] => Self::CurrentUser,
            ["repositories"] => Self::AllRepositories,
            ["projects"] => Self::Projects,
            ["projects", project] => Self::Project { project: (*project).to_owned() },
            ["projects", project, rest @ ..] => Self::in_project((*project).to_owned(), rest),
            [first, ..] if OTHER_RESOURCES.contains(first) => Self::NotSimulated,
            _ => Self::Unknown,
        }
    }

    fn in_project(project: String, segments: &[&str]) -> Self {
        match segments {
            ["scanner"] => Self::Scanner { project },
            ["artifacts"] => Self::ProjectArtifacts { project },
            ["repositories"] => Self::Repositories { project },
            ["repositories", repository, rest @ ..] => {
                // Names are encoded twice by careful clients; for the others the second decoding
                // changes nothing.
                let repository = unescape_path(repository).unwrap_or_else(|| (*repository).to_owned());
                Self::in_repository(project, repository, rest)
            }
            [first, ..] if OTHER_PROJECT_RESOURCES.contains(first) => Self::NotSimulated,
            _ => Self::Unknown,
        }
    }

    fn in_repository(project: String, repository: String, segments: &[&str]) -> Self {
        match segments {
            [] => Self::Repository { project, repository },
            ["artifacts"] => Self::Artifacts { project, repository },
            ["artifacts", reference, rest @ ..] => {
                let reference = (*reference).to_owned();
                let target = Target { project, repository, reference };
                match rest {
                    [] => Self::Artifact(target),
                    ["tags"] => Self::Tags(target),
                    ["accessories"] => Self::Accessories(target),
                    ["additions", "vulnerabilities"] => Self::Report(target),
                    ["additions", _] | ["scan" | "labels" | "tags", ..] => Self::NotSimulated,
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }

    /// The name of the operation, by which faults and the log know it.
    pub(crate) fn operation(&self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Health => "health",
            Self::SystemInfo => "systeminfo",
            Self::CurrentUser => "current-user",
            Self::Projects => "projects",
            Self::Project { .. } => "project",
            Self::Scanner { .. } => "scanner",
            Self::Repositories { .. } => "repositories",
            Self::AllRepositories => "all-repositories",
            Self::Repository { .. } => "repository",
            Self::ProjectArtifacts { .. } => "project-artifacts",
            Self::Artifacts { .. } => "repository-artifacts",
            Self::Artifact(_) => "artifact",
            Self::Tags(_) => "tags",
            Self::Accessories(_) => "accessories",
            Self::Report(_) => "reports",
            Self::NotSimulated => "not-simulated",
            Self::Unknown | Self::OtherApi => "unknown",
            Self::Portal => "portal",
        }
    }

    /// The project that the path names.
    pub(crate) fn project(&self) -> Option<&str> {
        match self {
            Self::Project { project }
            | Self::Scanner { project }
            | Self::Repositories { project }
            | Self::Repository { project, .. }
            | Self::ProjectArtifacts { project }
            | Self::Artifacts { project, .. } => Some(project),
            Self::Artifact(target) | Self::Tags(target) | Self::Accessories(target) | Self::Report(target) => {
                Some(&target.project)
            }
            _ => None,
        }
    }

    /// The repository that the path names, without the project.
    pub(crate) fn repository(&self) -> Option<&str> {
        match self {
            Self::Repository { repository, .. } | Self::Artifacts { repository, .. } => Some(repository),
            Self::Artifact(target) | Self::Tags(target) | Self::Accessories(target) | Self::Report(target) => {
                Some(&target.repository)
            }
            _ => None,
        }
    }

    /// The methods that Harbor has for the path, in the order of its own message.
    fn methods(&self) -> &'static str {
        match self {
            Self::Projects => "GET,HEAD,POST",
            Self::Project { .. } | Self::Repository { .. } => "DELETE,GET,PUT",
            Self::Scanner { .. } => "GET,PUT",
            Self::Artifacts { .. } | Self::Tags(_) => "GET,POST",
            Self::Artifact(_) => "DELETE,GET",
            _ => "GET",
        }
    }

    /// Answers the operation.
    pub(crate) fn answer(&self, call: &Call<'_>, method: &Method, decoded_path: &str) -> Outcome {
        match self {
            Self::Unknown => {
                return Err(Refusal::not_found(format!("path {decoded_path} was not found")));
            }
            Self::NotSimulated => {
                return Err(Refusal::not_simulated(method.as_str(), decoded_path));
            }
            Self::OtherApi => return Ok(system::page_not_found()),
            Self::Portal => return Ok(system::portal()),
            _ => {}
        }
        if !self.methods().split(',').any(|known| known == method.as_str()) {
            return Err(Refusal::method_not_allowed(method.as_str(), self.methods()));
        }
        match (method, self) {
            (&Method::GET, route) => route.read(call),
            (&Method::HEAD, Self::Projects) => projects::head(call),
            _ => Err(Refusal::not_simulated(method.as_str(), decoded_path)),
        }
    }

    fn is_list(&self) -> bool {
        matches!(
            self,
            Self::Projects
                | Self::Repositories { .. }
                | Self::AllRepositories
                | Self::ProjectArtifacts { .. }
                | Self::Artifacts { .. }
                | Self::Tags(_)
                | Self::Accessories(_)
        )
    }

    fn read(&self, call: &Call<'_>) -> Outcome {
        system::check_accept(call, self)?;
        if self.is_list() {
            // Parameters are validated before anybody asks who the caller is; `q` is read after that.
            Page::from_parameters(call.parameters)?;
        }
        match self {
            Self::Ping => Ok(system::ping(call)),
            Self::Health => system::health(),
            Self::SystemInfo => system::info(call),
            Self::CurrentUser => system::current_user(call),
            Self::Projects => projects::list(call),
            Self::Project { project } => projects::get(call, project),
            Self::Scanner { project } => projects::scanner(call, project),
            Self::Repositories { project } => repositories::list(call, project),
            Self::AllRepositories => repositories::list_all(call),
            Self::Repository { project, repository } => repositories::get(call, project, repository),
            Self::ProjectArtifacts { project } => artifacts::list_of_project(call, project),
            Self::Artifacts { project, repository } => artifacts::list(call, project, repository),
            Self::Artifact(target) => artifacts::get(call, target),
            Self::Tags(target) => artifacts::tags(call, target),
            Self::Accessories(target) => artifacts::accessories(call, target),
            Self::Report(target) => reports::get(call, target),
            Self::NotSimulated | Self::Unknown | Self::OtherApi | Self::Portal => {
                Err(Refusal::internal("not an operation"))
            }
        }
    }
}

/// The first segments of the paths that Harbor has and the simulator has not.
const OTHER_RESOURCES: [&str; 25] = [
    "audit-logs",
    "auditlog-exts",
    "configurations",
    "export",
    "icons",
    "internalconfig",
    "jobservice",
    "labels",
    "ldap",
    "p2p",
    "permissions",
    "quotas",
    "registries",
    "replication",
    "retentions",
    "robots",
    "scanners",
    "scans",
    "schedules",
    "search",
    "security",
    "statistics",
    "system",
    "usergroups",
    "users",
];

/// The same for the segment behind the name of a project.
const OTHER_PROJECT_RESOURCES: [&str; 10] = [
    "_deletable",
    "immutabletagrules",
    "logs",
    "members",
    "metadatas",
    "preheat",
    "robots",
    "scanner",
    "summary",
    "webhook",
];

/// Resolves the segments `.` and `..`; escaped ones are names.
fn resolve_dots(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            other => segments.push(other),
        }
    }
    format!("/{}", segments.join("/"))
}
