//! Which function answers which operation.

use super::{Asked, Call, Outcome, artifacts, exports, projects, reports, repositories, scanners, security, system};
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
        "ListVulnerabilities" => Read(security::list),
        "downloadScanData" => Write(exports::download),
        "exportScanData" => Write(exports::start),
        "getArtifact" => Read(artifacts::get),
        "getCurrentUserInfo" => Read(system::current_user),
        "getHealth" => Read(system::health),
        "getPing" => Read(system::ping),
        "getProject" => Read(projects::get),
        "getRepository" => Read(repositories::get),
        "getScanDataExportExecution" => Write(exports::get),
        "getScanDataExportExecutionList" => Write(exports::list),
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
        "listTags" => Read(artifacts::tags),
        _ => return None,
    })
}
