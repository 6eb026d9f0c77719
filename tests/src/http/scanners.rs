//! Scanners.

use serde_json::json;

use super::{Call, Outcome};
use crate::wire::{json, time};

/// Answers the scanner that a project uses, which is the one of the whole registry.
pub(crate) fn of_project(call: &Call<'_>) -> Outcome {
    let project = call.project("scanner:read")?;
    json::answer(&json!({
        "access_credential": "",
        "adapter": "Trivy",
        "auth": "",
        "capabilities": {"support_sbom": true, "support_vulnerability": true},
        "create_time": time::text(&project.created),
        "description": "The Trivy scanner adapter",
        "disabled": false,
        "health": "healthy",
        "is_default": true,
        "name": "Trivy",
        "skip_certVerify": false,
        "update_time": time::text(&project.created),
        "url": "http://trivy-adapter:8080",
        "use_internal_addr": true,
        "uuid": "7d5c1b86-0000-4000-8000-000000000001",
        "vendor": "Aqua Security",
        "version": "v0.65.0",
    }))
}
