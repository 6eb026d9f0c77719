//! The vulnerabilities that are accepted everywhere, and how such lists look.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{Allowlist, Registry};
use crate::wire::errors::Refusal;
use crate::wire::{json, time};

/// A list as JSON.
#[derive(Serialize)]
pub(crate) struct AllowlistAnswer<'a> {
    #[serde(serialize_with = "time::serialize_optional")]
    pub(crate) creation_time: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<i64>,
    pub(crate) items: Option<Vec<Item<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project_id: Option<i64>,
    #[serde(serialize_with = "time::serialize_optional")]
    pub(crate) update_time: Option<DateTime<Utc>>,
}

/// A vulnerability on a list.
#[derive(Serialize)]
pub(crate) struct Item<'a> {
    cve_id: &'a str,
}

/// A list as clients send it.
#[derive(Deserialize)]
pub(crate) struct AllowlistRequest {
    #[serde(default)]
    items: Option<Vec<ItemRequest>>,
    #[serde(default)]
    expires_at: Option<i64>,
    /// 0 where it is not told.
    #[serde(default)]
    pub(crate) project_id: i64,
}

#[derive(Deserialize)]
struct ItemRequest {
    #[serde(default)]
    cve_id: String,
}

impl From<&AllowlistRequest> for Allowlist {
    fn from(request: &AllowlistRequest) -> Self {
        let items = request.items.iter().flatten().map(|item| item.cve_id.clone()).collect();
        Self { items, expires: request.expires_at.filter(|end| *end != 0), set: None }
    }
}

/// Answers the list of the registry to everyone with a login.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let list = call.registry.allowlist();
    json::answer(&AllowlistAnswer {
        creation_time: list.set,
        expires_at: list.expires,
        id: list.set.map(|_| 1),
        items: Some(items(list)),
        project_id: None,
        update_time: list.set,
    })
}

/// Replaces the list of the registry.
pub(crate) fn put(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let call = asked.of(registry);
    let body: AllowlistRequest = asked.body("allowlist", "CVEAllowlist")?;
    call.permit_administrator()?;
    let list = Allowlist::from(&body);
    if list.has_duplicates() {
        return Err(Refusal::internal("a vulnerability is on the list twice"));
    }
    registry.set_allowlist(list);
    Ok(Answer::empty(StatusCode::OK))
}

/// The vulnerabilities of a list as JSON.
pub(crate) fn items(list: &Allowlist) -> Vec<Item<'_>> {
    list.items.iter().map(|id| Item { cve_id: id }).collect()
}
