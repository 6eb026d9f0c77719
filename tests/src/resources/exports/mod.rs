//! The export of findings into a file: started, polled, and downloaded once.

mod csv;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{Caller, Export, ExportContent, MEDIA_TYPE, Project, Registry};
use crate::wire::errors::Refusal;
use crate::wire::{json, time};

/// What an export is restricted to.
#[derive(Deserialize)]
struct Criteria {
    projects: Option<Vec<i64>>,
    labels: Option<Vec<i64>>,
    repositories: Option<String>,
    tags: Option<String>,
    #[serde(rename = "cveIds")]
    cve_ids: Option<String>,
}

#[derive(Serialize)]
struct Execution<'a> {
    #[serde(serialize_with = "time::serialize_optional")]
    end_time: Option<DateTime<Utc>>,
    file_present: bool,
    id: i64,
    #[serde(serialize_with = "time::serialize")]
    start_time: DateTime<Utc>,
    status: &'static str,
    status_text: &'static str,
    trigger: &'static str,
    user_id: i64,
    user_name: &'a str,
}

/// Starts an export. What it holds is decided now, as the job of a real Harbor starts at once.
pub(crate) fn start(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let criteria: Criteria = asked.body("criteria", "ScanDataExportRequest")?;
    let call = asked.of(registry);
    let project = project(&call, &criteria)?;
    permit(&call, project.id, "export-cve:create")?;
    let (Caller::User(name) | Caller::Robot(name)) = asked.caller else {
        return Err(Refusal::unauthorized());
    };
    // Robots have no row in the table of users.
    let user = registry.user(name).ok_or_else(|| Refusal::not_found(format!("user {name} not found")))?;
    let (user, project_id) = ((user.id, user.name.clone()), project.id);
    let content = csv::write(registry, project, &criteria);
    let id = registry.start_export(user, project_id, content);
    json::answer(&json!({"id": id}))
}

/// Answers how far an export of the caller is.
pub(crate) fn get(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let id = asked.number("execution_id");
    let is_own = find(&asked.of(registry), id)?;
    if !is_own {
        // The server makes the message of an error that is not there.
        return Err(Refusal::forbidden("<nil>"));
    }
    registry.poll_exports(|export| export.id == id);
    json::answer(&registry.export(id).map(execution))
}

/// Lists the exports of the caller, the newest first.
pub(crate) fn list(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    call.permit_login()?;
    for export in registry.exports().iter().filter(|export| is_own(asked, export)) {
        permit(&call, export.project_id, "export-cve:read")?;
    }
    registry.poll_exports(|export| is_own(asked, export));
    let own = registry.exports().iter().rev().filter(|export| is_own(asked, export));
    json::answer(&json!({"items": own.map(execution).collect::<Vec<_>>()}))
}

/// Sends the file of an export of the caller, which is gone from then on.
pub(crate) fn download(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let id = asked.number("execution_id");
    let is_own = find(&asked.of(registry), id)?;
    let content = registry.export(id).map(|export| export.content.clone());
    match content {
        _ if !is_own => Ok(Answer::empty(StatusCode::FORBIDDEN)),
        Some(ExportContent::File(file)) => {
            registry.delete_export(id);
            let disposition = format!("attachment; filename=\"scandata_export_{id}.csv\"");
            Ok(Answer::new(StatusCode::OK, "text/csv", file).with_header("content-disposition", &disposition))
        }
        _ => Ok(Answer::empty(StatusCode::NOT_FOUND)),
    }
}

/// Whether an export is the caller's, who may read exports of its project at least.
fn find(call: &Call<'_>, id: i64) -> Result<bool, Refusal> {
    call.permit_login()?;
    let export = call.registry.export(id);
    let export = export.ok_or_else(|| Refusal::not_found(format!("execution {id} not found")))?;
    permit(call, export.project_id, "export-cve:read")?;
    Ok(is_own(&call.asked, export))
}

fn is_own(asked: &Asked<'_>, export: &Export) -> bool {
    matches!(asked.caller, Caller::User(name) if *name == export.user)
}

/// Checks what was asked for, before it is looked at who asks.
fn project<'a>(call: &Call<'a>, criteria: &Criteria) -> Result<&'a Project, Refusal> {
    let kind = call.asked.header("x-scan-data-type");
    if kind != MEDIA_TYPE {
        return Err(Refusal::bad_request(format!("bad request: Unsupported MIME type : {kind}")));
    }
    let projects = criteria.projects.as_deref().unwrap_or_default();
    let [id] = projects else {
        let projects: Vec<_> = projects.iter().map(i64::to_string).collect();
        return Err(Refusal::bad_request(format!(
            "bad request: only support export single project, invalid value: [{}]",
            projects.join(" ")
        )));
    };
    let missing = || Refusal::not_found(format!("resource not found: project {id} not found"));
    let project = call.registry.project_of_id(*id).ok_or_else(missing)?;
    for text in [&criteria.repositories, &criteria.tags, &criteria.cve_ids].into_iter().flatten() {
        if text.contains(' ') {
            return Err(Refusal::bad_request(format!(
                "bad request: invalid criteria value, please remove additional spaces for input: {text}"
            )));
        }
    }
    Ok(project)
}

/// Lets those pass who may export the findings of a project.
fn permit(call: &Call<'_>, project_id: i64, permission: &str) -> Result<(), Refusal> {
    let project = call.registry.project_of_id(project_id);
    let permitted = project.is_some_and(|project| call.registry.permits(call.asked.caller, project, permission));
    if permitted || call.is_administrator() { Ok(()) } else { Err(call.denied()) }
}

fn execution(export: &Export) -> Execution<'_> {
    let ended = export.ended();
    Execution {
        end_time: ended,
        file_present: matches!(export.content, ExportContent::File(_)),
        id: export.id,
        start_time: export.started,
        status: export.status(),
        status_text: match export.content {
            ExportContent::Nothing => "No vulnerabilities found or matched",
            ExportContent::Failed if ended.is_some() => {
                "Please contact the system administrator to check the logs of jobservice."
            }
            _ => "",
        },
        trigger: "MANUAL",
        user_id: export.user_id,
        user_name: &export.user,
    }
}
