//! The vulnerability report of an artifact.

use axum::http::StatusCode;
use bytes::Bytes;

use crate::http::{Answer, Call, Outcome};
use crate::registry::MEDIA_TYPE;
use crate::wire::errors::Refusal;
use crate::wire::json;

/// The header that names the media types that the caller wants.
const ACCEPT_HEADER: &str = "x-accept-vulnerabilities";

/// Answers the report under its media type, or `{}` where there is none.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let (project, repository, artifact) = super::find(call, "artifact-addition:read")?;
    if call.registry.scanner_of(project).is_none() {
        let message = format!("no scanner registration configured for project: {}", project.id);
        return Err(Refusal::not_found(message));
    }
    // While the scanner is down, it can scan nothing, but older reports may be served.
    let serves_stored = !call.registry.is_scanner_healthy() && call.asked.version.serves_reports_without_scanner();
    if !serves_stored && !call.registry.can_scan(project, repository, artifact) {
        let name = format!("{}/{}@{}", project.name(), repository.name(), artifact.digest());
        return Err(Refusal::not_found(format!("report not found for {name}")));
    }
    let body = match accepts_reports(call) {
        true => call.registry.report_body(repository, artifact, call.asked.version.has_statuses()),
        false => None,
    };
    // This one body has no newline at its end.
    let body = body.map_or_else(|| Bytes::from_static(b"{}"), Bytes::from);
    Ok(Answer::new(StatusCode::OK, json::SUCCESS, body))
}

/// Whether the media type of today's reports is among those that the caller names, byte for byte.
///
/// Without the header, or with an empty one, it is.
pub(crate) fn accepts_reports(call: &Call<'_>) -> bool {
    let values = call.asked.headers.get_all(ACCEPT_HEADER).iter().filter_map(|value| value.to_str().ok());
    let values: Vec<_> = values.filter(|value| !value.is_empty()).collect();
    values.is_empty() || values.iter().flat_map(|value| value.split(',')).any(|kind| kind.trim() == MEDIA_TYPE)
}
