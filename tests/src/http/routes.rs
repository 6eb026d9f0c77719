//! What a path means.

use super::operations::{Matched, Operation};
use crate::version::HarborVersion;
use crate::wire::parameters::unescape_path;

/// The path under which the API lives.
const BASE: &str = "/api/v2.0/";

/// What a request means.
#[derive(Debug)]
pub(crate) enum Route {
    /// A path of the API.
    Api(Matched),
    /// A path under the API that Harbor does not have.
    Unknown,
    /// Anything else.
    Outside,
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
    /// Finds the operation of a method and a path with merged slashes.
    pub(crate) fn of(method: &str, path: &str, version: HarborVersion) -> Self {
        let resolved = resolve_dots(path);
        let Some(rest) = resolved.strip_prefix(BASE) else {
            return Self::Outside;
        };
        let segments = rest.trim_end_matches('/').split('/').map(unescape_path);
        let segments = segments.collect::<Option<Vec<_>>>();
        match segments.and_then(|segments| Matched::of(method, &segments, version)) {
            Some(mut matched) => {
                decode_repository_name(&mut matched);
                Self::Api(matched)
            }
            None => Self::Unknown,
        }
    }

    /// The operation, where the request is one.
    pub(crate) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Api(matched) => matched.operation,
            Self::Unknown | Self::Outside => None,
        }
    }

    /// The name by which faults and the log know the request.
    pub(crate) fn name(&self) -> &'static str {
        match (self, self.operation()) {
            (_, Some(operation)) => operation.name(),
            (Self::Outside, None) => "outside",
            (_, None) => "unknown",
        }
    }

    /// The values of the parameters in the path.
    pub(crate) fn arguments(&self) -> &[(&'static str, String)] {
        match self {
            Self::Api(matched) => &matched.arguments,
            Self::Unknown | Self::Outside => &[],
        }
    }

    /// The project that the path names.
    pub(crate) fn project(&self) -> Option<&str> {
        self.argument("project_name").or_else(|| self.argument("project_name_or_id"))
    }

    /// The repository that the path names, without the project.
    pub(crate) fn repository(&self) -> Option<&str> {
        self.argument("repository_name")
    }

    fn argument(&self, name: &str) -> Option<&str> {
        self.arguments().iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// Names of repositories are encoded twice by careful clients; for the others the second decoding changes nothing.
fn decode_repository_name(matched: &mut Matched) {
    for (name, value) in &mut matched.arguments {
        if let ("repository_name", Some(decoded)) = (*name, unescape_path(value)) {
            *value = decoded;
        }
    }
}

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
