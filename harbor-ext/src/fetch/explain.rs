//! Why there is no report: read from the refusal, or from the artifact with its scan overview.

use std::sync::Arc;

use harbor_api::types;

use crate::failure::{Failure, FailureKind};
use crate::model::{Artifact, ReportState};

/// Why there was no report.
#[derive(Debug)]
pub(crate) enum Explanation {
    State(ReportState),
    /// By now there should be one: a scan ended between the two requests.
    Scanned,
}

/// Reads the reason from an artifact that was listed with its overview.
///
/// Harbor answers `{}` alike for "never scanned", "being scanned", "scan failed" and "one image of the index was never
/// scanned". The overview tells them apart; where it is missing, the link to the report tells "not scanned" from
/// "cannot be scanned, or the scanner is down".
pub(crate) fn explain(artifact: &types::Artifact) -> Explanation {
    let has_link = artifact.addition_links.as_ref().is_some_and(|links| links.contains_key("vulnerabilities"));
    let overview = artifact.scan_overview.as_ref().and_then(|overviews| overviews.values().next());
    let Some(overview) = overview else {
        let state = if has_link { ReportState::NotScanned } else { ReportState::Unavailable };
        return Explanation::State(state);
    };
    match overview.scan_status.as_deref().unwrap_or_default() {
        "Pending" | "Scheduled" | "Running" => Explanation::State(ReportState::Running),
        "Success" => Explanation::Scanned,
        status => Explanation::State(ReportState::ScanFailed { status: status.into() }),
    }
}

/// The state of an artifact whose report could not be fetched. Two refusals of Harbor are not failures but answers.
pub(crate) fn state_of_failure(artifact: &Artifact, failure: Failure) -> ReportState {
    // The page of a proxy is quoted in the middle of a message, Harbor's own words begin it.
    let is_told = |text: &str| failure.status == Some(404) && failure.message.starts_with(text);
    if is_told("no scanner registration") {
        ReportState::NoScanner
    } else if is_told("report not found") && (artifact.has_vulnerability_link || is_image(artifact)) {
        // The scanner claimed the type when the artifact was listed, or every scanner does: so it is down. Harbor before
        // 2.14 then denies reports that it has.
        ReportState::Unavailable
    } else if is_told("report not found") {
        ReportState::Unsupported
    } else if failure.kind == FailureKind::Forbidden {
        ReportState::Forbidden(Arc::new(failure))
    } else {
        ReportState::Failed(Arc::new(failure))
    }
}

/// Whether it is an image or an index of images. An attestation calls itself an image, but has no platform.
fn is_image(artifact: &Artifact) -> bool {
    &*artifact.kind == "IMAGE" && !artifact.platform.is_unknown()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(json: serde_json::Value) -> types::Artifact {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_overview_and_the_link_tell_why() {
        let link = serde_json::json!({ "vulnerabilities": { "absolute": false, "href": "/x" } });
        let scanned = |status: &str| serde_json::json!({ "addition_links": link, "scan_overview": { "m": { "scan_status": status } } });
        for (json, wanted) in [
            (serde_json::json!({ "addition_links": link }), "not_scanned"),
            (serde_json::json!({}), "unavailable"),
            (serde_json::json!({ "addition_links": link, "scan_overview": {} }), "not_scanned"),
            (scanned("Pending"), "running"),
            (scanned("Scheduled"), "running"),
            (scanned("Running"), "running"),
            (scanned("Error"), "scan_failed"),
            (scanned("Stopped"), "scan_failed"),
            (scanned("Some new word"), "scan_failed"),
            (scanned("Success"), "scanned"),
        ] {
            let name = match explain(&artifact(json.clone())) {
                Explanation::State(state) => state.name(),
                Explanation::Scanned => "scanned",
            };
            assert_eq!(name, wanted, "{json}");
        }
    }
}
