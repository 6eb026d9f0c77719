//! Which function answers which operation.

use super::{
    Asked, Call, Outcome, additions, artifacts, exports, labels, projects, reports, repositories, scanners, scans,
    security, system,
};
use crate::registry::Registry;

/// The function that answers an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    /// Answers from the state.
    Read(fn(&Call<'_>) -> Outcome),
    /// Changes the state.
    Write(fn(&mut Registry, &Asked<'_>) -> Outcome),
}

/// The function for an operation, or `None` where the operation is not simulated.
pub(crate) fn handler(operation: &str) -> Option<Handler> {
    use Handler::{Read, Write};
    Some(match operation {
        "CreateLabel" => Write(labels::create),
        "DeleteLabel" => Write(labels::delete),
        "GetLabelByID" => Read(labels::get),
        "ListLabels" => Read(labels::list),
        "ListVulnerabilities" => Read(security::list),
        "UpdateLabel" => Write(labels::update),
        "addLabel" => Write(labels::attach),
        "downloadScanData" => Write(exports::download),
        "exportScanData" => Write(exports::start),
        "getAddition" => Read(additions::get),
        "getArtifact" => Read(artifacts::get),
        "getCurrentUserInfo" => Read(system::current_user),
        "getHealth" => Read(system::health),
        "getPing" => Read(system::ping),
        "getProject" => Read(projects::get),
        "getReportLog" => Read(scans::log),
        "getRepository" => Read(repositories::get),
        "getScanDataExportExecution" => Write(exports::get),
        "getScanDataExportExecutionList" => Write(exports::list),
        "getScanner" => Read(scanners::get),
        "getScannerMetadata" => Read(scanners::metadata),
        "getScannerOfProject" => Read(scanners::of_project),
        "getSecuritySummary" => Read(security::summary),
        "getSystemInfo" => Read(system::info),
        "getVulnerabilitiesAddition" => Read(reports::get),
        "headProject" => Read(projects::head),
        "listAccessories" => Read(artifacts::accessories),
        "listAllRepositories" => Read(repositories::list_all),
        "listArtifacts" => Read(artifacts::list),
        "listArtifactsOfProject" => Read(artifacts::list_of_project),
        "listProjects" => Read(projects::list),
        "listRepositories" => Read(repositories::list),
        "listScannerCandidatesOfProject" => Read(scanners::candidates),
        "listScanners" => Read(scanners::list),
        "listTags" => Read(artifacts::tags),
        "scanArtifact" => Write(scans::start),
        "stopScanArtifact" => Write(scans::stop),
        "removeLabel" => Write(labels::detach),
        "setScannerAsDefault" => Write(scanners::set_default),
        "setScannerOfProject" => Write(scanners::choose),
        _ => return None,
    })
}
