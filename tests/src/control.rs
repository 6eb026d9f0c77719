//! The simulator's own routes beside Harbor's: they know no login, no fault and no hold, and are not counted.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{any, get, post};
use axum::{Json, Router};

use crate::log::Stats;
use crate::service::Service;

/// `GET /__sim/stats` and `POST /__sim/reset`.
pub(crate) fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route("/__sim/stats", get(stats))
        .route("/__sim/reset", post(reset))
        .route("/__sim/{*path}", any(StatusCode::NOT_FOUND))
}

async fn stats(State(service): State<Arc<Service>>) -> Json<Stats> {
    Json(service.log.stats())
}

async fn reset(State(service): State<Arc<Service>>) -> StatusCode {
    service.log.clear();
    StatusCode::NO_CONTENT
}
