//! Projects.

pub(super) mod details;
pub(super) mod writes;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::allowlists::{self, AllowlistAnswer};
use crate::http::{Answer, Call, Outcome};
use crate::registry::{Caller, Project, Role};
use crate::wire::errors::Refusal;
use crate::wire::q::{Pattern, Query};
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

/// A project as JSON.
#[derive(Serialize)]
pub(crate) struct ProjectAnswer<'a> {
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_user_role_id: Option<i64>,
    current_user_role_ids: Option<[i64; 1]>,
    cve_allowlist: AllowlistAnswer<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<&'a str, String>>,
    name: &'a str,
    owner_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_name: Option<&'a str>,
    project_id: i64,
    repo_count: usize,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
}

/// A project in a list, with the number of its owner.
struct ProjectRow<'a> {
    project: &'a Project,
    owner_id: i64,
}

/// The values of a project that its answer shows; others are seen only where they are asked for by name.
pub(crate) const SHOWN: [&str; 13] = [
    "auto_sbom_generation",
    "auto_scan",
    "enable_content_trust",
    "enable_content_trust_cosign",
    "max_upstream_conn",
    "prevent_vul",
    "proxy_cache_filter_kind",
    "proxy_cache_filter_pattern",
    "proxy_speed_kb",
    "public",
    "retention_id",
    "reuse_sys_cve_allowlist",
    "severity",
];

impl Row for ProjectRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "name" => Some(Cell::Text(self.project.name())),
            "project_id" => Some(Cell::Integer(self.project.id)),
            "owner_id" => Some(Cell::Integer(self.owner_id)),
            "registry_id" => Some(Cell::Integer(0)),
            "deleted" => Some(Cell::Boolean(false)),
            "creation_time" => Some(Cell::Time(Some(self.project.created))),
            "update_time" => Some(Cell::Time(Some(self.project.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.project.id
    }

    fn example(name: &str) -> Option<Cell<'static>> {
        match name {
            "name" => Some(Cell::Text("")),
            "project_id" | "owner_id" | "registry_id" => Some(Cell::Integer(0)),
            "deleted" => Some(Cell::Boolean(false)),
            "creation_time" | "update_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }
}

/// Lists the projects that the caller may see.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let special = Special::take_from(call, &mut selection.query);
    let projects = call.registry.projects().iter();
    let visible = projects.filter(|project| call.registry.lists(call.asked.caller, project));
    let wanted = visible.filter(|project| special.allows(project));
    let rows = wanted.map(|project| ProjectRow { project, owner_id: owner_id(call, project) }).collect();
    let selected = selection.of(rows, &["name"])?;
    let with_detail = call.asked.parameters.flag("with_detail", true);
    let rows: Vec<_> = selected.rows.iter().map(|row| answer(call, row.project, with_detail)).collect();
    call.list_with_links_if_any(&rows, selected.total, selection.page)
}

/// Answers one project.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let project = call.project("project:read")?;
    json::answer(&answer(call, project, true))
}

/// Tells by the status alone whether a project of a name exists.
pub(crate) fn head(call: &Call<'_>) -> Outcome {
    let name = call.asked.parameters.text("project_name").unwrap_or_default();
    match (call.asked.caller, call.registry.project(name)) {
        (Caller::Anonymous, _) => Err(Refusal::unauthorized()),
        (_, Some(_)) => Ok(Answer::empty(StatusCode::OK)),
        (_, None) => Err(Refusal::not_found(format!("project {name} not found"))),
    }
}

/// The keys of `q` that are no columns, and the plain parameters `name`, `public` and `owner`, which win over them.
#[derive(Default)]
struct Special {
    /// A part of the name.
    name: Option<String>,
    /// The visibilities wanted: those of both spellings of the key count.
    public: Vec<bool>,
    /// The owners wanted, of both spellings again.
    owners: Vec<String>,
}

impl Special {
    fn take_from(call: &Call<'_>, query: &mut Query) -> Self {
        let parameters = call.asked.parameters;
        let given = |name: &str| parameters.text(name).filter(|text| !text.is_empty());
        let mut special = Self::default();
        if let Some(part) = given("name") {
            query.take("name");
            special.name = Some(part.to_lowercase());
        }
        if let Some(owner) = given("owner") {
            query.take("owner");
            special.owners.push(owner.to_owned());
        }
        if given("public").is_some() || call.asked.is_anonymous() {
            query.take("public");
            // Nobody who is unknown sees private projects: their `q` does not count, their parameter finds none.
            special.public.extend(call.asked.is_anonymous().then_some(true));
            special.public.extend(given("public").map(|_| parameters.flag("public", false)));
        }
        // Deleted projects are never listed.
        query.take("deleted");
        special.public.extend(["public", "Public"].iter().filter_map(|key| query.take(key)).map(is_true));
        let owners = ["owner", "Owner"].iter().filter_map(|key| query.take(key));
        // Patterns for the owner are ignored.
        special.owners.extend(owners.filter_map(|pattern| match pattern {
            Pattern::Exact(owner) => Some(owner),
            _ => None,
        }));
        special
    }

    fn allows(&self, project: &Project) -> bool {
        self.name.as_ref().is_none_or(|part| project.name().to_lowercase().contains(part))
            && self.public.iter().all(|public| *public == project.is_public())
            && self.owners.iter().all(|owner| *owner == project.owner)
    }
}

/// Whether a value of `public` means public; everything but two words means private.
fn is_true(pattern: Pattern) -> bool {
    matches!(pattern, Pattern::Exact(text) if text == "1" || text.eq_ignore_ascii_case("true"))
}

/// A project as the search answers it, without the details that other tables have.
pub(crate) fn plain_answer<'a>(call: &Call<'_>, project: &'a Project) -> ProjectAnswer<'a> {
    ProjectAnswer { metadata: Some(shown_metadata(project)), ..answer(call, project, false) }
}

/// The values of a project, the visibility among them.
pub(crate) fn metadata(project: &Project) -> BTreeMap<&str, String> {
    let others = project.metadata.iter().map(|(key, value)| (key.as_str(), value.clone()));
    let scanner = project.scanner.iter().map(|uuid| ("projectScanner", uuid.clone()));
    others.chain(scanner).chain([("public", project.is_public().to_string())]).collect()
}

fn answer<'a>(call: &Call<'_>, project: &'a Project, with_detail: bool) -> ProjectAnswer<'a> {
    let role = match call.asked.caller {
        Caller::User(name) => project.role_of(name).map(Role::number),
        _ => None,
    };
    let id = with_detail.then_some(project.id);
    ProjectAnswer {
        creation_time: project.created,
        current_user_role_id: role,
        current_user_role_ids: role.map(|role| [role]),
        // The times of the list never make it here.
        cve_allowlist: AllowlistAnswer {
            creation_time: None,
            expires_at: project.allowlist.expires.filter(|_| with_detail),
            id,
            items: with_detail.then(|| allowlists::items(&project.allowlist)),
            project_id: id,
            update_time: None,
        },
        metadata: with_detail.then(|| shown_metadata(project)),
        name: project.name(),
        owner_id: owner_id(call, project),
        owner_name: with_detail.then_some(&project.owner),
        project_id: project.id,
        repo_count: project.repositories().len(),
        update_time: project.updated,
    }
}

/// What of the values is shown: the known ones, and the severity in Harbor's own words.
fn shown_metadata(project: &Project) -> BTreeMap<&str, String> {
    let mut shown = metadata(project);
    shown.retain(|key, _| SHOWN.contains(key));
    if let Some(severity) = shown.get_mut("severity") {
        *severity = match severity.to_lowercase().as_str() {
            "negligible" => "none".to_owned(),
            other => other.to_owned(),
        };
    }
    shown
}

fn owner_id(call: &Call<'_>, project: &Project) -> i64 {
    call.registry.user(&project.owner).map_or(1, |owner| owner.id)
}
