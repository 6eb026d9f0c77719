//! What the simulated Harbor does not do yet.

/// Behaviours that the simulated Harbor lacks, with what they wait for. One that holds makes its test fail, so that this
/// list cannot be longer than the truth.
pub(crate) const AWAITED: &[(&str, &str)] = &[
    ("access::system_resources_need_an_administrator", "listUsers, listQuotas, listScanners and listRegistries"),
    ("projects::deletable_ones", "getProjectDeletable"),
    ("projects::summaries", "getProjectSummary"),
    ("resources::quotas_have_hard_limits", "listQuotas and getQuota"),
    ("resources::quotas_that_do_not_exist", "listQuotas and getQuota"),
    ("resources::scan_all_without_a_schedule", "getScanAllSchedule and getLatestScanAllMetrics"),
    ("resources::search_finds_names", "search"),
    ("resources::search_finds_nothing", "search"),
    ("resources::statistics_need_a_login", "getStatistic"),
    ("resources::statistics_of_an_administrator", "getStatistic"),
    ("resources::the_allowlist_of_the_system", "getSystemCVEAllowlist"),
    ("resources::users_are_listed", "listUsers"),
    ("routes::have_their_methods", "the methods of routes that are not simulated"),
    ("sessions::a_token_lets_a_session_write", "deleteProject, and tokens that are accepted"),
    ("writes::a_project_exists_once", "createProject"),
    ("writes::a_project_is_created_and_deleted", "createProject and deleteProject"),
    ("writes::a_project_with_repositories_stays", "deleteProject"),
    ("writes::bodies_are_checked", "createProject"),
    ("writes::labels_are_created_and_deleted", "createProject, CreateLabel and DeleteLabel"),
    ("writes::names_are_checked", "createProject"),
];
