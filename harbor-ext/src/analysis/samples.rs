//! Small artifacts and findings for the tests of this module.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ArtifactReport;
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Artifact, ArtifactInfo, FindingPool, ReportState, Severity};

pub(crate) fn finding(id: &str, package: &str, version: &str, fix_version: &str, severity: &str) -> Value {
    json!({
        "id": id,
        "package": package,
        "version": version,
        "fix_version": fix_version,
        "severity": severity,
    })
}

/// A finding of medium severity with a score. Harbor writes 0 for "unknown".
pub(crate) fn scored(id: &str, package: &str, score: f64) -> Value {
    let mut finding = finding(id, package, "1", "", "Medium");
    finding["preferred_cvss"] = json!({ "score_v3": score });
    finding
}

pub(crate) fn reported(repository: &str, id: i64, findings: &[Value]) -> ArtifactInfo {
    with_report(repository, id, &json!({ "vulnerabilities": findings }))
}

fn with_report(repository: &str, id: i64, report: &Value) -> ArtifactInfo {
    let body = json!({ MEDIA_TYPE_1_1: report }).to_string();
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => info(repository, id, ReportState::Reported(Arc::new(report))),
        Body::Empty => panic!("the sample has a report"),
    }
}

/// A clean artifact, scanned at a time by a version of a scanner.
pub(crate) fn scanned(repository: &str, id: i64, generated_at: &str, version: &str) -> ArtifactInfo {
    let scanner = json!({ "name": "Trivy", "vendor": "Aqua Security", "version": version });
    let report = json!({ "generated_at": generated_at, "scanner": scanner, "vulnerabilities": [] });
    with_report(repository, id, &report)
}

pub(crate) fn clean(repository: &str, id: i64) -> ArtifactInfo {
    reported(repository, id, &[])
}

pub(crate) fn unscanned(repository: &str, id: i64) -> ArtifactInfo {
    info(repository, id, ReportState::NotScanned)
}

/// The artifact, pushed at a time.
pub(crate) fn pushed(info: ArtifactInfo, time: DateTime<Utc>) -> ArtifactInfo {
    changed(info, |artifact| artifact.push_time = Some(time))
}

/// The artifact, changed.
pub(crate) fn changed(mut info: ArtifactInfo, change: impl FnOnce(&mut Artifact)) -> ArtifactInfo {
    change(Arc::make_mut(&mut info.artifact));
    info
}

pub(crate) fn report_of(artifacts: impl IntoIterator<Item = ArtifactInfo>) -> ArtifactReport {
    artifacts.into_iter().collect()
}

fn info(repository: &str, id: i64, state: ReportState) -> ArtifactInfo {
    let digest = format!("sha256:{id:064x}").parse().unwrap();
    let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
    artifact.id = id;
    ArtifactInfo::new(Arc::new(artifact), state)
}

/// The artifact in a registry.
pub(crate) fn in_registry(registry: &str, info: ArtifactInfo) -> ArtifactInfo {
    changed(info, |artifact| artifact.registry = Some(registry.into()))
}

/// Artifacts of a few repositories, of which registries may have the same, with findings that partly agree, in all states
/// and shapes that matter to sums.
pub(crate) fn any_report() -> impl Strategy<Value = ArtifactReport> {
    prop::collection::vec(any_artifact(), 0..12).prop_map(|artifacts| {
        let ids = 1..;
        report_of(ids.zip(artifacts).map(|(id, (registry, repository, findings))| {
            let info = match findings {
                Some(findings) => reported(repository, id, &findings),
                None => unscanned(repository, id),
            };
            match registry {
                Some(registry) => in_registry(registry, info),
                None => info,
            }
        }))
    })
}

fn any_artifact() -> impl Strategy<Value = (Option<&'static str>, &'static str, Option<Vec<Value>>)> {
    let registry = prop::sample::select(&[None, Some("one.example.com"), Some("two.example.com")][..]);
    let repository = prop::sample::select(&["p/a", "p/b", "q/a", "q/b/c"][..]);
    (registry, repository, prop::option::weighted(0.8, prop::collection::vec(any_finding(), 0..8)))
}

pub(crate) fn any_finding() -> impl Strategy<Value = Value> {
    let id = prop::sample::select(&["CVE-1", "cve-1", "CVE-2", "CVE-3", ""][..]);
    let package = prop::sample::select(&["ssl", "SSL", "zip"][..]);
    let version = prop::sample::select(&["1.0", "1.5", "2.0.1", "odd"][..]);
    let fix = prop::sample::select(&["", " , ", "1.2", "2.1", "1.6, 2.1", "2.0.5, 1.9", "odd"][..]);
    let severity = prop::sample::select(&Severity::ALL[..]);
    (id, package, version, fix, severity, 0..=100_u8).prop_map(|(id, package, version, fix, severity, tenths)| {
        let mut finding = finding(id, package, version, fix, severity.as_str());
        finding["preferred_cvss"] = json!({ "score_v3": f64::from(tenths) / 10.0 });
        finding
    })
}
