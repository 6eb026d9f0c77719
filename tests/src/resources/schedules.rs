//! Work that the server does on its own: what is planned, and how scanning everything went.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use bytes::Bytes;
use serde::Serialize;
use serde_json::json;

use crate::http::{Answer, Call, Outcome};
use crate::registry::{Artifact, Project, Repository};
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::rows::{Cell, Row, Selection};

/// How many artifacts a scan of everything has scanned.
#[derive(Serialize)]
struct Metrics {
    completed: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<BTreeMap<&'static str, usize>>,
    ongoing: bool,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'static str>,
}

/// A schedule that every new server has.
struct Planned {
    id: i64,
    vendor: &'static str,
    /// The number of what is planned, among things of the vendor.
    number: Option<i64>,
}

/// The words for where a scan stands, the ones that decide about several images first.
const STATES: [&str; 5] = ["Running", "Pending", "Error", "Stopped", "Success"];

const PLANNED: [Planned; 2] = [
    Planned { id: 1, vendor: "SYSTEM_ARTIFACT_CLEANUP", number: None },
    Planned { id: 2, vendor: "EXECUTION_SWEEP", number: Some(-1) },
];

impl Row for &Planned {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.id)),
            "vendor_type" => Some(Cell::Text(self.vendor)),
            "vendor_id" => Some(Cell::Integer(self.number.unwrap_or(0))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.id
    }
}

/// Lists what is planned.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("jobservice-monitor:list")?;
    let selection = Selection::without_query(call.asked.parameters);
    let selected = selection.of(PLANNED.iter().collect(), &["id"])?;
    let started = call.registry.users().first().map(|administrator| administrator.created);
    let rows = selected.rows.iter().map(|Planned { id, vendor, number }| {
        let mut row = json!({
            "cron": "0 0 0 * * *",
            "id": id,
            "update_time": started.as_ref().map(crate::wire::time::text),
            "vendor_type": vendor,
        });
        if let Some(number) = number {
            row["vendor_id"] = json!(number);
        }
        row
    });
    call.list(&rows.collect::<Vec<_>>(), selected.total, selection.page)
}

/// Answers that nothing is paused.
pub(crate) fn paused(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    match call.asked.argument("job_type") {
        "all" => json::answer(&json!({"paused": false})),
        _ => Err(Refusal::bad_request("job_type can only be 'all'")),
    }
}

/// Answers that no garbage collection is planned: with nothing.
pub(crate) fn garbage_collection(call: &Call<'_>) -> Outcome {
    call.permit_system("garbage-collection:read")?;
    nothing()
}

/// Answers that no purge of the log is planned: with nothing.
pub(crate) fn purge(call: &Call<'_>) -> Outcome {
    call.permit_system("purge-audit:read")?;
    nothing()
}

/// Answers that no scan of everything is planned: with nothing.
pub(crate) fn scan_all(call: &Call<'_>) -> Outcome {
    permit_scan_all(call)?;
    nothing()
}

/// Answers how the last scan of everything went, taking every scan for a part of it that no client started.
pub(crate) fn last_scan_all(call: &Call<'_>) -> Outcome {
    permit_scan_all(call)?;
    let repositories = call.registry.projects().iter().flat_map(Project::repositories);
    let artifacts = repositories.flat_map(|repository| repository.listed().map(move |artifact| (repository, artifact)));
    let mut metrics: BTreeMap<_, usize> = STATES.iter().map(|state| (*state, 0)).collect();
    for state in artifacts.filter_map(|(repository, artifact)| state(call, repository, artifact)) {
        *metrics.entry(state).or_default() += 1;
    }
    let total = metrics.values().sum();
    if total == 0 {
        return never();
    }
    let completed = total - metrics["Running"] - metrics["Pending"];
    let ongoing = completed < total;
    json::answer(&Metrics { completed, metrics: Some(metrics), ongoing, total, trigger: Some("Manual") })
}

/// Answers that no planned scan of everything ever ran.
pub(crate) fn last_scheduled_scan_all(call: &Call<'_>) -> Outcome {
    permit_scan_all(call)?;
    never()
}

/// Lets those pass who may read of scans of everything, where there is a default scanner to do them.
fn permit_scan_all(call: &Call<'_>) -> Result<(), Refusal> {
    call.permit_system("scan-all:read")?;
    match call.registry.scanners().default_scanner() {
        Some(_) => Ok(()),
        None => Err(Refusal::precondition("no scanner is configured, it's not possible to scan")),
    }
}

/// Where the scan of an artifact stands, which is an index where it has several images.
fn state(call: &Call<'_>, repository: &Repository, artifact: &Artifact) -> Option<&'static str> {
    let images = call.registry.images(repository, artifact);
    let states: Vec<_> =
        images.iter().filter_map(|image| call.registry.status_before_clients(image.digest())).collect();
    STATES.into_iter().find(|state| states.contains(state))
}

fn never() -> Outcome {
    json::answer(&Metrics { completed: 0, metrics: None, ongoing: false, total: 0, trigger: None })
}

fn nothing() -> Outcome {
    Ok(Answer::new(StatusCode::OK, json::SUCCESS, Bytes::new()))
}
