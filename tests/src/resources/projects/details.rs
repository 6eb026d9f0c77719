//! What a project has beside its repositories: numbers, values, and whether it can go.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::metadata;
use crate::http::{Call, Outcome};
use crate::registry::Role;
use crate::resources::quotas::{Amounts, storage};
use crate::wire::json;
use crate::wire::rows::Selection;

#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    members: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<QuotaSummary>,
    repo_count: usize,
}

#[derive(Serialize)]
struct QuotaSummary {
    hard: Amounts,
    used: Amounts,
}

/// Answers how much a project holds, and how many members it has, as far as the caller may know.
pub(crate) fn summary(call: &Call<'_>) -> Outcome {
    let project = call.project("project:read")?;
    let may = |permission: &str| call.registry.permits(call.asked.caller, project, permission);
    let quota = || QuotaSummary { hard: storage(project.storage_limit), used: storage(project.size()) };
    let mut members = BTreeMap::new();
    for (name, role) in project.members().filter(|_| may("member:list")) {
        if call.registry.user(name).is_some() {
            *members.entry(count_name(role)).or_insert(0) += 1;
        }
    }
    let quota = may("quota:read").then(quota);
    json::answer(&Summary { members, quota, repo_count: project.repositories().len() })
}

/// Answers whether a project can be deleted, and why not.
pub(crate) fn deletable(call: &Call<'_>) -> Outcome {
    let project = call.project("project:delete")?;
    match project.repositories().is_empty() {
        true => json::answer(&json!({"deletable": true})),
        false => json::answer(&json!({"message": super::writes::NOT_EMPTY})),
    }
}

/// Answers all values of a project as they are stored.
pub(crate) fn values(call: &Call<'_>) -> Outcome {
    json::answer(&metadata(call.project("metadata:read")?))
}

/// Answers one value of a project; nothing where it is not set.
pub(crate) fn value(call: &Call<'_>) -> Outcome {
    let mut values = metadata(call.project("metadata:read")?);
    values.retain(|key, _| *key == call.asked.argument("meta_name"));
    json::answer(&values)
}

/// Lists the log of a project, which this server does not write.
pub(crate) fn logs(call: &Call<'_>) -> Outcome {
    call.project("log:list")?;
    let selection = Selection::from_parameters(call.asked.parameters)?;
    call.list::<()>(&[], 0, selection.page)
}

fn count_name(role: Role) -> &'static str {
    match role {
        Role::ProjectAdmin => "project_admin_count",
        Role::Developer => "developer_count",
        Role::Guest => "guest_count",
        Role::Maintainer => "maintainer_count",
        Role::LimitedGuest => "limited_guest_count",
    }
}
