//! The operations of Harbor's API, as `harbor-openapi.yaml` lists them.

use std::collections::BTreeSet;

use crate::version::HarborVersion;

/// An operation of the API.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The `operationId` of the description.
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    /// The path behind the base path, without slashes around it.
    path: &'static str,
    pub(crate) parameters: &'static [Parameter],
    /// The content types that callers may ask for, the preferred one first.
    pub(crate) produces: &'static [&'static str],
}

/// A parameter of an operation, in the path, the query or a header.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) is_integer: bool,
    pub(crate) is_required: bool,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// What a path means.
#[derive(Debug)]
pub(crate) struct Matched {
    /// The operation of the method, if the path has it.
    pub(crate) operation: Option<&'static Operation>,
    /// The values of the parameters in the path of the operation, decoded once.
    pub(crate) arguments: Vec<(&'static str, String)>,
    /// The methods that the path has, as Harbor's message lists them.
    pub(crate) methods: String,
}

static OPERATIONS: &[Operation] = &include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The operations that the description no longer has: robots of projects, until 2.13 took them away.
static FORMER_OPERATIONS: &[Operation] = &[
    Operation::former("ListRobotV1", "GET", "projects/{project_name_or_id}/robots"),
    Operation::former("CreateRobotV1", "POST", "projects/{project_name_or_id}/robots"),
    Operation::former("GetRobotByIDV1", "GET", "projects/{project_name_or_id}/robots/{robot_id}"),
    Operation::former("UpdateRobotV1", "PUT", "projects/{project_name_or_id}/robots/{robot_id}"),
    Operation::former("DeleteRobotV1", "DELETE", "projects/{project_name_or_id}/robots/{robot_id}"),
];

/// Shorter names for the operations that reading a registry needs.
const SHORT_NAMES: [(&str, &str); 16] = [
    ("accessories", "listAccessories"),
    ("all-repositories", "listAllRepositories"),
    ("artifact", "getArtifact"),
    ("current-user", "getCurrentUserInfo"),
    ("health", "getHealth"),
    ("ping", "getPing"),
    ("project", "getProject"),
    ("project-artifacts", "listArtifactsOfProject"),
    ("projects", "listProjects"),
    ("reports", "getVulnerabilitiesAddition"),
    ("repositories", "listRepositories"),
    ("repository", "getRepository"),
    ("repository-artifacts", "listArtifacts"),
    ("scanner", "getScannerOfProject"),
    ("systeminfo", "getSystemInfo"),
    ("tags", "listTags"),
];

/// The names that stand for several operations, or for requests that are none.
const GROUPS: [&str; 4] = ["artifacts", "outside", "overview", "unknown"];

impl Operation {
    /// An operation that is known by name only, because it is not simulated.
    const fn former(id: &'static str, method: &'static str, path: &'static str) -> Self {
        Self { id, method, path, parameters: &[], produces: &["application/json"] }
    }

    /// The name by which faults and the log know the operation: the short one where there is one.
    pub(crate) fn name(&self) -> &'static str {
        SHORT_NAMES.iter().find(|(_, id)| *id == self.id).map_or(self.id, |(name, _)| name)
    }

    /// Whether the operation has a parameter of a name.
    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == name)
    }
}

impl Matched {
    /// Finds the operation of a method and a path, given as its decoded segments, or `None` where no method has the path.
    /// Where two paths fit, the one with a fixed segment in front of a parameter wins: `users/current` is not the user of
    /// the number `current`, as long as the method has that.
    pub(crate) fn of(method: &str, segments: &[String], version: HarborVersion) -> Option<Self> {
        let fits = OPERATIONS.iter().chain(FORMER_OPERATIONS).filter(|operation| version.has(operation.id));
        let fits: Vec<_> = fits.filter(|operation| arguments(operation.path, segments).is_some()).collect();
        let of_method = fits.iter().copied().filter(|operation| operation.method == method);
        let operation = of_method.min_by_key(|operation| parameter_positions(operation.path));
        let path = operation.or(fits.first().copied())?.path;
        let methods: BTreeSet<_> = fits.iter().map(|operation| operation.method).collect();
        Some(Self {
            operation,
            arguments: arguments(path, segments)?,
            methods: methods.into_iter().collect::<Vec<_>>().join(","),
        })
    }
}

/// The `operationId` that a name stands for, short or not; groups stand for none.
pub(crate) fn id_of(name: &str) -> Option<&'static str> {
    let short = SHORT_NAMES.iter().find(|(short, _)| *short == name).map(|(_, id)| *id);
    short.or_else(|| OPERATIONS.iter().map(|operation| operation.id).find(|id| *id == name))
}

/// Whether a fault or a hold can be restricted to a name.
pub(crate) fn is_name(name: &str) -> bool {
    GROUPS.contains(&name) || id_of(name).is_some()
}

/// The names that a fault or a hold can be restricted to, beside the ids of all operations.
pub(crate) fn short_names() -> String {
    let names = SHORT_NAMES.iter().map(|(name, _)| *name).chain(GROUPS);
    names.collect::<Vec<_>>().join(", ")
}

/// The values of a path's parameters, or `None` where the segments do not fit the path.
fn arguments(path: &'static str, segments: &[String]) -> Option<Vec<(&'static str, String)>> {
    let mut arguments = Vec::new();
    let mut segments = segments.iter();
    for expected in path.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => arguments.push((name, segment.clone())),
            None if expected == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(arguments)
}

/// For each segment whether it is a parameter: fixed segments sort first.
fn parameter_positions(path: &str) -> Vec<bool> {
    path.split('/').map(|segment| segment.starts_with('{')).collect()
}

#[cfg(test)]
mod tests {
    use super::{Matched, OPERATIONS, SHORT_NAMES, id_of};
    use crate::version::HarborVersion;

    fn of(method: &str, path: &str) -> Option<Matched> {
        let segments: Vec<_> = path.split('/').map(str::to_owned).collect();
        Matched::of(method, &segments, HarborVersion::V2_15)
    }

    #[test]
    fn short_names_stand_for_operations() {
        for (name, id) in SHORT_NAMES {
            assert_eq!(id_of(name), Some(id));
        }
        assert_eq!(id_of("scanArtifact"), Some("scanArtifact"));
        assert_eq!(id_of("artifacts"), None);
        assert!(OPERATIONS.len() > 200, "{} operations", OPERATIONS.len());
    }

    #[test]
    fn fixed_segments_win() {
        let id = |matched: Matched| matched.operation.map(|operation| operation.id);
        assert_eq!(of("GET", "users/current").and_then(id), Some("getCurrentUserInfo"));
        assert_eq!(of("PUT", "users/current").and_then(id), Some("updateUserProfile"));
        let user = of("GET", "users/7").unwrap();
        assert_eq!(user.arguments, [("user_id", "7".to_owned())]);
        assert_eq!(user.methods, "DELETE,GET,PUT");
        assert_eq!(id(user), Some("getUser"));
        assert_eq!(of("PATCH", "users/7").and_then(id), None);
        assert!(of("GET", "users/7/nothing").is_none());
    }
}
