//! What each operation answers from the state, and which function answers which operation.

mod allowlists;
mod artifacts;
mod configurations;
mod exports;
mod groups;
mod icons;
mod labels;
mod members;
mod projects;
mod quotas;
mod repositories;
mod robots;
mod scanners;
mod schedules;
mod search;
mod security;
mod statistics;
mod system;
mod users;

use artifacts::{additions, reports, scans};

use crate::http::{Asked, Call, Outcome};
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
        "CopyArtifact" => Write(artifacts::writes::copy),
        "CreateLabel" => Write(labels::create),
        "DeleteLabel" => Write(labels::delete),
        "GetLabelByID" => Read(labels::get),
        "GetRobotByID" => Read(robots::get),
        "ListLabels" => Read(labels::list),
        "ListRobot" => Read(robots::list),
        "ListVulnerabilities" => Read(security::list),
        "UpdateLabel" => Write(labels::update),
        "addLabel" => Write(artifacts::labels::attach),
        "createProject" => Write(projects::writes::create),
        "createTag" => Write(artifacts::writes::create_tag),
        "deleteArtifact" => Write(artifacts::writes::delete),
        "deleteProject" => Write(projects::writes::delete),
        "deleteRepository" => Write(repositories::writes::delete),
        "deleteTag" => Write(artifacts::writes::delete_tag),
        "downloadScanData" => Write(exports::download),
        "exportScanData" => Write(exports::start),
        "getAddition" => Read(additions::get),
        "getArtifact" => Read(artifacts::get),
        "getConfigurations" => Read(configurations::get),
        "getCurrentUserInfo" => Read(users::current),
        "getCurrentUserPermissions" => Read(users::permissions),
        "getGCSchedule" => Read(schedules::garbage_collection),
        "getHealth" => Read(system::health),
        "getIcon" => Read(icons::get),
        "getLatestScanAllMetrics" => Read(schedules::last_scan_all),
        "getLatestScheduledScanAllMetrics" => Read(schedules::last_scheduled_scan_all),
        "getLogExts" => Read(projects::details::logs),
        "getLogs" => Read(projects::details::logs),
        "getPermissions" => Read(users::all_permissions),
        "getPing" => Read(system::ping),
        "getProject" => Read(projects::get),
        "getProjectDeletable" => Read(projects::details::deletable),
        "getProjectMember" => Read(members::get),
        "getProjectMetadata" => Read(projects::details::value),
        "getProjectSummary" => Read(projects::details::summary),
        "getPurgeSchedule" => Read(schedules::purge),
        "getQuota" => Read(quotas::get),
        "getReportLog" => Read(scans::log),
        "getRepository" => Read(repositories::get),
        "getScanAllSchedule" => Read(schedules::scan_all),
        "getScanDataExportExecution" => Write(exports::get),
        "getScanDataExportExecutionList" => Write(exports::list),
        "getScanner" => Read(scanners::get),
        "getScannerMetadata" => Read(scanners::metadata),
        "getScannerOfProject" => Read(scanners::of_project),
        "getSchedulePaused" => Read(schedules::paused),
        "getSecuritySummary" => Read(security::summary),
        "getStatistic" => Read(statistics::get),
        "getSystemCVEAllowlist" => Read(allowlists::get),
        "getSystemInfo" => Read(system::info),
        "getUser" => Read(users::get),
        "getVolumes" => Read(system::volumes),
        "getVulnerabilitiesAddition" => Read(reports::get),
        "headProject" => Read(projects::head),
        "listAccessories" => Read(artifacts::accessories),
        "listAllRepositories" => Read(repositories::list_all),
        "listArtifacts" => Read(artifacts::list),
        "listArtifactsOfProject" => Read(artifacts::list_of_project),
        "listAuditLogExts" => Read(system::logs),
        "listAuditLogs" => Read(system::logs),
        "listProjectMembers" => Read(members::list),
        "listProjectMetadatas" => Read(projects::details::values),
        "listProjects" => Read(projects::list),
        "listQuotas" => Read(quotas::list),
        "listRegistries" => Read(system::registries),
        "listReplicationPolicies" => Read(system::replication_policies),
        "listRepositories" => Read(repositories::list),
        "listScannerCandidatesOfProject" => Read(scanners::candidates),
        "listScanners" => Read(scanners::list),
        "listSchedules" => Read(schedules::list),
        "listTags" => Read(artifacts::tags),
        "listUserGroups" => Read(groups::list),
        "listUsers" => Read(users::list),
        "putSystemCVEAllowlist" => Write(allowlists::put),
        "removeLabel" => Write(artifacts::labels::detach),
        "scanArtifact" => Write(scans::start),
        "search" => Read(search::search),
        "searchUserGroups" => Read(groups::search),
        "searchUsers" => Read(users::search),
        "setScannerAsDefault" => Write(scanners::set_default),
        "setScannerOfProject" => Write(scanners::choose),
        "stopScanArtifact" => Write(scans::stop),
        "updateProject" => Write(projects::writes::update),
        "updateRepository" => Write(repositories::writes::update),
        _ => return None,
    })
}
