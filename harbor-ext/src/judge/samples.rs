//! Small inventories for the tests of this module.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::inventory::Inventory;
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Allowlists, Artifact, ArtifactInfo, ArtifactTag, FindingPool, ReportState};
use crate::outcome::{Collected, Summary};
use crate::snapshot::{Snapshot, Source};

pub(super) const REGISTRY: &str = "harbor.example.com";

pub(super) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// When the samples are judged.
pub(super) fn now() -> DateTime<Utc> {
    time("2026-11-21T12:00:00Z")
}

pub(super) fn finding(id: &str, package: &str, version: &str, severity: &str) -> Value {
    json!({ "id": id, "package": package, "version": version, "fix_version": "", "severity": severity })
}

pub(super) fn fixable(id: &str, package: &str, severity: &str, score: f64) -> Value {
    let mut finding = finding(id, package, "1.0", severity);
    finding["fix_version"] = json!("1.1");
    finding["preferred_cvss"] = json!({ "score_v3": score });
    finding
}

/// An image of this registry with the tag `v` and its number, whose digest ends in the number.
pub(super) fn image(repository: &str, id: i64, findings: &[Value]) -> ArtifactInfo {
    let report = json!({ "vulnerabilities": findings });
    let body = json!({ MEDIA_TYPE_1_1: report }).to_string();
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => in_state(repository, id, ReportState::Reported(Arc::new(report))),
        Body::Empty => panic!("the sample has a report"),
    }
}

pub(super) fn in_state(repository: &str, id: i64, state: ReportState) -> ArtifactInfo {
    let mut artifact = Artifact::new(repository.parse().unwrap(), digest(id).parse().unwrap());
    artifact.registry = Some(REGISTRY.into());
    artifact.id = id;
    artifact.tags = vec![ArtifactTag::new(format!("v{id}"))];
    ArtifactInfo::new(Arc::new(artifact), state)
}

pub(super) fn digest(id: i64) -> String {
    format!("sha256:{id:064x}")
}

pub(super) fn changed(mut info: ArtifactInfo, change: impl FnOnce(&mut Artifact)) -> ArtifactInfo {
    change(Arc::make_mut(&mut info.artifact));
    info
}

pub(super) fn snapshot(infos: impl IntoIterator<Item = ArtifactInfo>) -> Snapshot {
    let mut source = Source::new(REGISTRY, "https://harbor.example.com", time("2026-11-21T00:00:00Z"));
    source.finished_at = Some(time("2026-11-21T00:10:00Z"));
    let collected = Collected { items: infos.into_iter().collect(), failures: Vec::new(), summary: Summary::default() };
    Snapshot::new(source, collected)
}

pub(super) fn inventory(infos: impl IntoIterator<Item = ArtifactInfo>) -> Inventory {
    Inventory::new([snapshot(infos)])
}

pub(super) fn inventory_with(infos: impl IntoIterator<Item = ArtifactInfo>, allowlists: Allowlists) -> Inventory {
    let mut snapshot = snapshot(infos);
    snapshot.allowlists = allowlists;
    Inventory::new([snapshot])
}
