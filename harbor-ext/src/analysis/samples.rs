//! Small artifacts and findings for the tests of this module.

use std::sync::Arc;

use serde_json::{Value, json};

use super::ArtifactReport;
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Artifact, ArtifactInfo, FindingPool, ReportState};

pub(super) fn finding(id: &str, package: &str, version: &str, fix_version: &str, severity: &str) -> Value {
    json!({
        "id": id,
        "package": package,
        "version": version,
        "fix_version": fix_version,
        "severity": severity,
    })
}

/// A finding of medium severity with a score. Harbor writes 0 for "unknown".
pub(super) fn scored(id: &str, package: &str, score: f64) -> Value {
    let mut finding = finding(id, package, "1", "", "Medium");
    finding["preferred_cvss"] = json!({ "score_v3": score });
    finding
}

pub(super) fn reported(repository: &str, id: i64, findings: &[Value]) -> ArtifactInfo {
    let body = json!({ MEDIA_TYPE_1_1: { "vulnerabilities": findings } }).to_string();
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => info(repository, id, ReportState::Reported(Arc::new(report))),
        Body::Empty => panic!("the sample has a report"),
    }
}

pub(super) fn clean(repository: &str, id: i64) -> ArtifactInfo {
    reported(repository, id, &[])
}

pub(super) fn unscanned(repository: &str, id: i64) -> ArtifactInfo {
    info(repository, id, ReportState::NotScanned)
}

pub(super) fn report_of(artifacts: impl IntoIterator<Item = ArtifactInfo>) -> ArtifactReport {
    artifacts.into_iter().collect()
}

fn info(repository: &str, id: i64, state: ReportState) -> ArtifactInfo {
    let digest = format!("sha256:{id:064x}").parse().unwrap();
    let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
    artifact.id = id;
    ArtifactInfo::new(Arc::new(artifact), state)
}
