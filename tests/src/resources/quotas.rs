//! How much projects may hold, and how much they do.

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;

use crate::http::{Call, Outcome};
use crate::registry::Project;
use crate::wire::errors::Refusal;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

/// Amounts by resource; there is one.
pub(crate) type Amounts = BTreeMap<&'static str, i64>;

#[derive(Serialize)]
struct QuotaAnswer<'a> {
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    hard: Amounts,
    id: i64,
    #[serde(rename = "ref")]
    reference: Reference<'a>,
    #[serde(serialize_with = "time::serialize_optional")]
    update_time: Option<DateTime<Utc>>,
    used: Amounts,
}

#[derive(Serialize)]
struct Reference<'a> {
    id: i64,
    name: &'a str,
    owner_name: &'static str,
}

/// A quota in a list; each project has one, under its own number.
struct QuotaRow<'a> {
    project: &'a Project,
    used: i64,
}

impl Row for QuotaRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            // No limit is more than any limit.
            "hard.storage" if self.project.storage_limit == -1 => Some(Cell::Integer(i64::MAX)),
            "hard.storage" => Some(Cell::Integer(self.project.storage_limit)),
            "used.storage" => Some(Cell::Integer(self.used)),
            "creation_time" => Some(Cell::Time(Some(self.project.created))),
            "update_time" => Some(Cell::Time(Some(updated(self.project)))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.project.id
    }
}

/// Lists the quotas.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("quota:list")?;
    let selection = Selection::without_query(call.asked.parameters);
    let given = |name: &str| call.asked.parameters.text(name).filter(|text| !text.is_empty());
    let of_projects = given("reference").is_none_or(|kind| kind == "project");
    let wanted = given("reference_id").map(str::to_owned);
    let rows = call.registry.projects().iter().filter(|_| of_projects);
    let rows = rows.filter(|project| wanted.as_ref().is_none_or(|id| *id == project.id.to_string()));
    let selected = selection.of(rows.map(row).collect(), &["-creation_time"])?;
    let rows: Vec<_> = selected.rows.iter().map(answer).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Answers one quota, which unlike those of the list does not tell when it changed.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_system("quota:read")?;
    let id = call.asked.number("id");
    let project = call.registry.project_of_id(id);
    let project = project.ok_or_else(|| Refusal::not_found(format!("quota {id} not found")))?;
    json::answer(&QuotaAnswer { update_time: None, ..answer(&row(project)) })
}

/// An amount of storage.
pub(crate) fn storage(bytes: i64) -> Amounts {
    BTreeMap::from([("storage", bytes)])
}

fn row(project: &Project) -> QuotaRow<'_> {
    QuotaRow { project, used: project.size() }
}

/// When what the project holds changed last, in whole seconds; that there is nothing is known since the project is there.
fn updated(project: &Project) -> DateTime<Utc> {
    let pushes = project.repositories().iter().map(|repository| repository.updated.trunc_subsecs(0));
    pushes.max().unwrap_or(project.created)
}

fn answer<'a>(row: &QuotaRow<'a>) -> QuotaAnswer<'a> {
    let project = row.project;
    QuotaAnswer {
        creation_time: project.created,
        hard: storage(project.storage_limit),
        id: project.id,
        reference: Reference { id: project.id, name: project.name(), owner_name: "" },
        update_time: Some(updated(project)),
        used: storage(row.used),
    }
}
