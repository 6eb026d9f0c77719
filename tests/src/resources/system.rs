//! The server itself: whether it is there, what it is, and who asks.

use chrono::Utc;
use serde::Serialize;
use serde_json::json;

use crate::http::{Call, Outcome};
use crate::registry::Caller;
use crate::wire::errors::Refusal;
use crate::wire::rows::Selection;
use crate::wire::{json, text, time};

/// What `/systeminfo` tells everyone, and what only those with a login.
#[derive(Serialize)]
struct SystemInfo {
    auth_mode: &'static str,
    banner_message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_url: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    harbor_version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_ca_root: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_enable: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc_provider_name: Option<&'static str>,
    primary_auth_mode: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_creation_restriction: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_only: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry_storage_provider_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registry_url: Option<&'static str>,
    self_registration: bool,
}

/// Answers `Pong`, as JSON to those who ask for it.
pub(crate) fn ping(call: &Call<'_>) -> Outcome {
    text::answer(call.asked.headers, "Pong")
}

/// Answers how the components are; the scanner is the one that can be down.
pub(crate) fn health(call: &Call<'_>) -> Outcome {
    let names = ["core", "database", "jobservice", "portal", "redis", "registry", "registryctl"];
    let mut components: Vec<_> = names.map(|name| json!({"name": name, "status": "healthy"})).into();
    let healthy = call.registry.is_scanner_healthy();
    let status = if healthy { "healthy" } else { "unhealthy" };
    let mut scanner = json!({"name": "trivy", "status": status});
    if !healthy {
        scanner["error"] = json!("failed to check health: the Trivy adapter cannot be reached");
    }
    components.push(scanner);
    json::answer(&json!({"components": components, "status": status}))
}

/// Answers what the server is; its version only to those with a login.
pub(crate) fn info(call: &Call<'_>) -> Outcome {
    let known = !call.asked.is_anonymous();
    json::answer(&SystemInfo {
        auth_mode: "db_auth",
        banner_message: "",
        current_time: known.then(|| time::text(&Utc::now())),
        external_url: known.then_some("https://harbor.example.com"),
        harbor_version: known.then(|| call.asked.version.text()),
        has_ca_root: known.then_some(false),
        notification_enable: known.then_some(true),
        oidc_provider_name: call.asked.version.names_login_providers().then_some(""),
        primary_auth_mode: false,
        project_creation_restriction: known.then_some("everyone"),
        read_only: known.then_some(false),
        registry_storage_provider_name: known.then_some("filesystem"),
        registry_url: known.then_some("harbor.example.com"),
        self_registration: false,
    })
}

/// Answers how much room there is, in a folder that is not there.
pub(crate) fn volumes(call: &Call<'_>) -> Outcome {
    call.permit_system("system-volumes:read")?;
    json::answer(&json!({"storage": [{}]}))
}

/// Lists other registries, of which there are none.
pub(crate) fn registries(call: &Call<'_>) -> Outcome {
    call.permit_system("registry:list")?;
    none(call)
}

/// Lists the rules by which artifacts are copied elsewhere, of which there are none.
pub(crate) fn replication_policies(call: &Call<'_>) -> Outcome {
    call.permit_system("replication-policy:list")?;
    none(call)
}

/// Lists the log of the projects that the caller leads, which this server does not write.
pub(crate) fn logs(call: &Call<'_>) -> Outcome {
    match call.asked.caller {
        Caller::Anonymous => Err(Refusal::unauthorized_without_message()),
        Caller::User(_) | Caller::Robot(_) => none(call),
    }
}

fn none(call: &Call<'_>) -> Outcome {
    let selection = Selection::from_parameters(call.asked.parameters)?;
    call.list::<()>(&[], 0, selection.page)
}
