//! Labels: of the registry and of projects.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{Label, Registry};
use crate::wire::errors::Refusal;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

/// The longest name, in bytes.
const LONGEST_NAME: usize = 128;

/// A label as JSON.
#[derive(Serialize)]
pub(crate) struct LabelAnswer<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    color: &'a str,
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    id: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<i64>,
    scope: &'static str,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
}

#[derive(Deserialize)]
pub(super) struct LabelRequest {
    #[serde(default)]
    pub(super) id: i64,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    color: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    project_id: i64,
}

impl Row for &Label {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.id)),
            "name" => Some(Cell::Text(&self.name)),
            "description" => Some(Cell::Text(&self.description)),
            "color" => Some(Cell::Text(&self.color)),
            "scope" => Some(Cell::Text(self.scope())),
            "project_id" => Some(Cell::Integer(self.project.unwrap_or(0))),
            "creation_time" => Some(Cell::Time(Some(self.created))),
            "update_time" => Some(Cell::Time(Some(self.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.id
    }
}

/// Lists the labels of the registry, which everyone may see, or of a project.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let parameters = call.asked.parameters;
    let mut selection = Selection::from_parameters(parameters)?;
    let project = match parameters.text("scope").unwrap_or_default() {
        "g" => None,
        "p" => match parameters.text("project_id").and_then(|text| text.parse().ok()).unwrap_or(0) {
            0 => return Err(Refusal::bad_request("must with project ID when to query project labels")),
            id => Some(call.project_of_id(id, "label:list")?.id),
        },
        other => return Err(Refusal::bad_request(format!("invalid scope: {other}"))),
    };
    for key in ["Level", "Scope", "ProjectID"] {
        selection.query.take(key);
    }
    let part = parameters.text("name").unwrap_or_default().to_lowercase();
    let labels = call.registry.labels().iter().filter(|label| label.project == project);
    let rows = labels.filter(|label| label.name.to_lowercase().contains(&part)).collect();
    let selected = selection.of(rows, &["id"])?;
    let rows: Vec<_> = selected.rows.into_iter().map(answer).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Answers one label.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let label = wanted(call)?;
    permit(call, label.project, "label:read")?;
    json::answer(&answer(label))
}

/// Creates a label.
pub(crate) fn create(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: LabelRequest = asked.body("label", "Label")?;
    let call = asked.of(registry);
    let project = match body.scope.as_str() {
        "g" => None,
        "p" => Some(body.project_id),
        _ => return Err(Refusal::bad_request("unsupported label scope")),
    };
    permit(&call, project, "label:create")?;
    if body.name.len() > LONGEST_NAME {
        // Only what changes a label is checked before it comes to the database.
        return Err(Refusal::internal("the column is too short for the name"));
    }
    check_unique(registry, &body.name, project, None)?;
    let label = Label::new(0, body.name).with_color(body.color).with_description(body.description);
    let id = registry.create_label(Label { project, ..label });
    let location = format!("{}/{id}", asked.path.trim_end_matches('/'));
    Ok(Answer::empty(StatusCode::CREATED).with_header("location", &location))
}

/// Changes the name, the description and the colour of a label.
pub(crate) fn update(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let body: LabelRequest = asked.body("label", "Label")?;
    let call = asked.of(registry);
    let label = wanted(&call)?;
    permit(&call, label.project, "label:update")?;
    check_name(&body.name)?;
    check_unique(registry, &body.name, label.project, Some(label.id))?;
    let LabelRequest { name, description, color, .. } = body;
    let label = label.clone();
    let updated = registry.ids.now();
    registry.put_label(Label { name, description, color, updated, ..label });
    Ok(Answer::empty(StatusCode::OK))
}

/// Deletes a label, also from the artifacts that have it.
pub(crate) fn delete(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    let label = wanted(&call)?;
    permit(&call, label.project, "label:delete")?;
    let id = label.id;
    registry.delete_label(id);
    Ok(Answer::empty(StatusCode::OK))
}

/// A label as JSON.
pub(crate) fn answer(label: &Label) -> LabelAnswer<'_> {
    LabelAnswer {
        color: &label.color,
        creation_time: label.created,
        description: &label.description,
        id: label.id,
        name: &label.name,
        project_id: label.project,
        scope: label.scope(),
        update_time: label.updated,
    }
}

/// The label of the number in the path. That there is none is told to everyone.
fn wanted<'a>(call: &Call<'a>) -> Result<&'a Label, Refusal> {
    let id = call.asked.number("label_id");
    call.registry.label(id).ok_or_else(|| Refusal::not_found(format!("label {id} not found")))
}

/// Lets those pass who may do something with the labels of a project, or of the registry.
fn permit(call: &Call<'_>, project: Option<i64>, permission: &str) -> Result<(), Refusal> {
    match project {
        Some(id) => call.project_of_id(id, permission).map(|_| ()),
        None => call.permit_system(permission),
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    match name.len() {
        0 => Err(Refusal::bad_request("cannot be empty")),
        1..=LONGEST_NAME => Ok(()),
        _ => Err(Refusal::bad_request("max length is 128")),
    }
}

/// Refuses a name that another label of the registry or of the project has.
fn check_unique(registry: &Registry, name: &str, project: Option<i64>, own: Option<i64>) -> Result<(), Refusal> {
    let mut others = registry.labels().iter().filter(|label| Some(label.id) != own);
    match others.any(|label| label.project == project && label.name == name) {
        true => Err(Refusal::conflict(format!("label {name} already exists"))),
        false => Ok(()),
    }
}
