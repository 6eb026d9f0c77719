//! The routes about the server itself, and the pages beside the API.

use axum::http::StatusCode;
use axum::http::header::ACCEPT;
use bytes::Bytes;
use chrono::Utc;
use serde::Serialize;
use serde_json::json;

use super::routes::Route;
use super::{Answer, Call, Outcome};
use crate::registry::Caller;
use crate::wire::errors::Refusal;
use crate::wire::{json, time};

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
pub(crate) fn ping(call: &Call<'_>) -> Answer {
    match call.headers.get(ACCEPT).is_some_and(|accept| accept == json::SUCCESS) {
        true => Answer::new(StatusCode::OK, json::SUCCESS, Bytes::from_static(b"\"Pong\"\n")),
        false => Answer::new(StatusCode::OK, "text/plain", Bytes::from_static(b"Pong")),
    }
}

/// Answers that every component is healthy.
pub(crate) fn health() -> Outcome {
    let names = ["core", "database", "jobservice", "portal", "redis", "registry", "registryctl", "trivy"];
    let components = names.map(|name| json!({"name": name, "status": "healthy"}));
    json::answer(&json!({"components": components, "status": "healthy"}))
}

/// Answers what the server is; its version only to those with a login.
pub(crate) fn info(call: &Call<'_>) -> Outcome {
    let known = *call.caller != Caller::Anonymous;
    json::answer(&SystemInfo {
        auth_mode: "db_auth",
        banner_message: "",
        current_time: known.then(|| time::text(&Utc::now())),
        external_url: known.then_some("https://harbor.example.com"),
        harbor_version: known.then(|| call.version.text()),
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
    let name = match call.caller {
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

/// The page that everything outside of the API answers with: the portal is one page.
pub(crate) fn portal() -> Answer {
    let page =
        "<!doctype html>\n<html><head><title>Harbor</title></head><body><harbor-app></harbor-app></body></html>\n";
    Answer::new(StatusCode::OK, "text/html", Bytes::from_static(page.as_bytes()))
}

/// The page for paths under `/api/` that are not of this version of the API.
pub(crate) fn page_not_found() -> Answer {
    let page = "<!DOCTYPE HTML>\n<html><head><title>404 - Page Not Found</title></head><body>404</body></html>\n";
    Answer::new(StatusCode::NOT_FOUND, "text/html; charset=utf-8", Bytes::from_static(page.as_bytes()))
}

/// Refuses a request that would not take JSON.
pub(crate) fn check_accept(call: &Call<'_>, route: &Route) -> Result<(), Refusal> {
    const TAKEN: [&str; 3] = ["*/*", "application/*", "application/json"];
    let accepts: Vec<_> = call.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut kinds = accepts.iter().flat_map(|value| value.split(','));
    let kind_of = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_owned();
    if *route == Route::Ping || accepts.is_empty() || kinds.any(|kind| TAKEN.contains(&kind_of(kind).as_str())) {
        return Ok(());
    }
    let problem = "unsupported media type requested, only [application/json] are available";
    Err(Refusal::invalid(&[problem.to_owned()]))
}
