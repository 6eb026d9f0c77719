//! The server itself: whether it is there, what it is, and who asks.

use chrono::Utc;
use serde::Serialize;
use serde_json::json;

use super::{Call, Outcome};
use crate::registry::Caller;
use crate::wire::errors::Refusal;
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
    oidc_provider_name: &'static str,
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

#[derive(Serialize)]
struct CurrentUser<'a> {
    admin_role_in_auth: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a str>,
    #[serde(serialize_with = "time::serialize")]
    creation_time: chrono::DateTime<Utc>,
    realname: &'a str,
    sysadmin_flag: bool,
    #[serde(serialize_with = "time::serialize")]
    update_time: chrono::DateTime<Utc>,
    user_id: i64,
    username: &'a str,
}

/// Answers `Pong`, as JSON to those who ask for it.
pub(crate) fn ping(call: &Call<'_>) -> Outcome {
    text::answer(call, "Pong")
}

/// Answers that every component is healthy.
pub(crate) fn health(_: &Call<'_>) -> Outcome {
    let names = ["core", "database", "jobservice", "portal", "redis", "registry", "registryctl", "trivy"];
    let components = names.map(|name| json!({"name": name, "status": "healthy"}));
    json::answer(&json!({"components": components, "status": "healthy"}))
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
        oidc_provider_name: "",
        primary_auth_mode: false,
        project_creation_restriction: known.then_some("everyone"),
        read_only: known.then_some(false),
        registry_storage_provider_name: known.then_some("filesystem"),
        registry_url: known.then_some("harbor.example.com"),
        self_registration: false,
    })
}

/// Answers who a user is; robots have no user.
pub(crate) fn current_user(call: &Call<'_>) -> Outcome {
    let name = match call.asked.caller {
        Caller::Anonymous => return Err(Refusal::unauthorized()),
        Caller::Robot(_) => {
            let message = "get current user not available for security context: robot";
            return Err(Refusal::precondition(message));
        }
        Caller::User(name) => name,
    };
    let user = call.registry.user(name).ok_or_else(Refusal::unauthorized)?;
    json::answer(&CurrentUser {
        admin_role_in_auth: false,
        comment: user.administrator.then_some("administrator of the sample"),
        creation_time: user.created,
        realname: &user.name,
        sysadmin_flag: user.administrator,
        update_time: user.created,
        user_id: user.id,
        username: &user.name,
    })
}
