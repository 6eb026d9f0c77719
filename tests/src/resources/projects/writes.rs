//! Creating, changing and deleting projects.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::SHOWN;
use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{Allowlist, Caller, Project, Registry};
use crate::resources::allowlists::AllowlistRequest;
use crate::wire::errors::Refusal;
use crate::wire::parameters::is_true;

/// Why a project cannot be deleted.
pub(crate) const NOT_EMPTY: &str = "the project contains repositories, can not be deleted";

/// The values that only projects have which stand for another registry; the simulator has no such projects.
const OF_PROXIES: [&str; 4] =
    ["max_upstream_conn", "proxy_cache_filter_kind", "proxy_cache_filter_pattern", "proxy_speed_kb"];

#[derive(Deserialize)]
struct ProjectRequest {
    #[serde(default)]
    project_name: String,
    #[serde(default)]
    public: Option<bool>,
    #[serde(default, deserialize_with = "known_values")]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    cve_allowlist: Option<AllowlistRequest>,
    #[serde(default)]
    storage_limit: Option<i64>,
    #[serde(default)]
    registry_id: Option<i64>,
}

impl ProjectRequest {
    /// What the request says about the visibility, in either of the two places.
    fn public(&self) -> Result<Option<bool>, Refusal> {
        match self.metadata.get("public").map(String::as_str) {
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            None | Some("") => Ok(self.public),
            Some(other) => {
                let message = format!("metadata.public should only be 'true' or 'false', but got: '{other}'");
                Err(Refusal::bad_request(message))
            }
        }
    }

    /// The policy of retention that the request names, which clients cannot choose.
    fn retention_id(&self) -> Option<&str> {
        self.metadata.get("retention_id").map(String::as_str)
    }

    /// Checks the number of another registry, of which the simulator has none.
    fn check_registry(&self) -> Result<(), Refusal> {
        match self.registry_id {
            None => Ok(()),
            Some(id @ ..=0) => Err(Refusal::bad_request(format!(
                "bad request: {id} is invalid value of registry_id, it should be geater than 0"
            ))),
            Some(_) => Err(Refusal::internal("there is no such registry")),
        }
    }

    /// Sets the values that the request has beside the visibility.
    fn set_metadata(&self, project: &mut Project) {
        let is_taken = |key: &str| !matches!(key, "public" | "retention_id") && !OF_PROXIES.contains(&key);
        let values = self.metadata.iter().filter(|(key, _)| is_taken(key));
        project.metadata.extend(values.map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// Reads the values that Harbor knows, which are texts; whatever else there is means nothing.
fn known_values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values: Option<BTreeMap<String, Value>> = Option::deserialize(deserializer)?;
    let known = values.into_iter().flatten().filter(|(key, _)| SHOWN.contains(&key.as_str()));
    let texts = known.filter_map(|(key, value)| match value {
        Value::Null => None,
        Value::String(text) => Some(Ok((key, text))),
        _ => Some(Err(Error::custom(format!("{key} is no text")))),
    });
    texts.collect()
}

/// Creates a project, which belongs to the caller.
pub(crate) fn create(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: ProjectRequest = asked.body("project", "ProjectReq")?;
    let call = asked.of(registry);
    let owner = owner(&call)?;
    if body.registry_id.is_some() && !call.is_administrator() {
        return Err(Refusal::forbidden("Only system admin can create proxy cache project"));
    }
    let limit = match body.storage_limit {
        Some(limit) if call.is_administrator() && limit != 0 => limit,
        _ => -1,
    };
    let public = body.public()?.unwrap_or(false);
    if body.retention_id().is_some_and(|id| !id.is_empty()) {
        return Err(Refusal::bad_request(
            "bad request: the retention_id in the request's payload when creating a project should be omitted, \
             alternatively passing an empty string",
        ));
    }
    body.check_registry()?;
    if limit < -1 {
        let message = format!("bad request: invalid non-positive value for quota limit, value={limit}");
        return Err(Refusal::bad_request(message));
    }
    check_name(&body.project_name)?;
    if registry.project(&body.project_name).is_some() {
        let message = format!("The project named {} already exists", body.project_name);
        return Err(Refusal::conflict(message));
    }
    let project = Project::new(&body.project_name).owned_by(owner).with_storage_limit(limit);
    let mut project = if public { project.public() } else { project };
    // A new project has no list of accepted vulnerabilities, whatever the request says.
    body.set_metadata(&mut project);
    registry.add_project(project);
    let id = registry.project(&body.project_name).map_or(0, Project::id);
    let by_name = is_true(asked.header("x-resource-name-in-location"));
    let last = if by_name { body.project_name } else { id.to_string() };
    let location = format!("{}/{last}", asked.path.trim_end_matches('/'));
    Ok(Answer::empty(StatusCode::CREATED).with_header("location", &location))
}

/// Changes what a request names. All of that is in other tables, so that the time of the last change stays.
pub(crate) fn update(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: ProjectRequest = asked.body("project", "ProjectReq")?;
    let name = asked.of(registry).project("project:update")?.name().to_owned();
    let Some(project) = registry.project_mut(&name) else {
        return Err(Refusal::not_found(format!("project {name} not found")));
    };
    let project_of_list = body.cve_allowlist.as_ref().map_or(0, |list| list.project_id);
    if ![0, project.id].contains(&project_of_list) {
        return Err(Refusal::bad_request(format!(
            "project_id in cve_allowlist must be {} but it's {project_of_list}",
            project.id
        )));
    }
    if body.retention_id().is_some_and(|id| project.metadata.get("retention_id").is_none_or(|known| known != id)) {
        return Err(Refusal::bad_request(
            "the retention_id in the request's payload when updating a project should be omitted, alternatively passing \
             the one that has already been associated to this project",
        ));
    }
    let allowlist = body.cve_allowlist.as_ref().map(Allowlist::from);
    if allowlist.as_ref().is_some_and(Allowlist::has_duplicates) {
        return Err(Refusal::internal("a vulnerability is on the list twice"));
    }
    // Unlike for a new project, only the values count here.
    if let Some(public) = body.metadata.get("public").filter(|public| !public.is_empty()) {
        project.set_public(public == "true");
    }
    body.set_metadata(project);
    if let Some(allowlist) = allowlist {
        project.allowlist = allowlist;
    }
    Ok(Answer::empty(StatusCode::OK))
}

/// Deletes a project that has no repositories.
pub(crate) fn delete(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    let project = call.project("project:delete")?;
    if !project.repositories().is_empty() {
        return Err(Refusal::precondition(format!("precondition failed: {NOT_EMPTY}")));
    }
    let name = project.name().to_owned();
    registry.delete_project(&name);
    Ok(Answer::empty(StatusCode::OK))
}

/// Whom a new project belongs to. Projects of robots belong to the administrator.
fn owner(call: &Call<'_>) -> Result<String, Refusal> {
    match call.asked.caller {
        Caller::Anonymous => Err(Refusal::unauthorized()),
        Caller::User(name) => Ok(name.clone()),
        Caller::Robot(name) if call.registry.robot(name).is_some_and(|robot| robot.home.is_some()) => {
            Err(Refusal::forbidden("Only system level robot can create project"))
        }
        Caller::Robot(_) => Ok("admin".to_owned()),
    }
}

/// Names are lower-case letters and digits, with single separators between them.
fn check_name(name: &str) -> Result<(), Refusal> {
    if !(1..=255).contains(&name.len()) {
        let message = format!("Project name {name} is illegal in length. (greater than 255 or less than 1)");
        return Err(Refusal::bad_request(message));
    }
    let is_letter = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let parts = name.split(is_letter).filter(|separator| !separator.is_empty());
    let separated = parts
        .into_iter()
        .all(|separator| matches!(separator, "." | "_" | "__") || separator.chars().all(|one| one == '-'));
    match separated && name.starts_with(is_letter) && name.ends_with(is_letter) {
        true => Ok(()),
        false => Err(Refusal::bad_request("project name is not in lower case or contains illegal characters")),
    }
}
