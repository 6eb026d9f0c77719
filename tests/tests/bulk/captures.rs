//! harbor-ext against the registry that a real Harbor held, where its recorded state lies beside the clone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Credentials, Harbor};
use harbor_testkit::{Registry, Robot};
use serde_json::Value;

use crate::support::{administrator, assert_adds_up, client, serve};

/// What the recording says of an artifact: how many findings its report has, or why there is none.
#[derive(Debug, PartialEq, Eq)]
enum Recorded {
    Findings(usize),
    Empty,
    Status(u64),
}

#[tokio::test]
async fn captures_of_a_real_registry_are_read_whole() {
    let Some(path) = recorded_registry() else {
        println!("skipped: there is no recorded registry beside this clone");
        return;
    };
    let state: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    // The recording has no secrets; this is the one that the robot had.
    let robot = Robot::new("bulk", "robot-secret");
    let server = serve(Registry::from_capture(&path).unwrap().with_robot(robot)).await;
    let wanted = recorded_reports(&state);
    assert!(wanted.len() > 100, "{} artifacts", wanted.len());
    let robot = client(&server, Credentials::robot("bulk", "robot-secret")).build().unwrap();
    for harbor in [administrator(&server), robot] {
        assert_agrees(&harbor, &wanted).await;
    }
}

async fn assert_agrees(harbor: &Harbor, wanted: &BTreeMap<String, Recorded>) {
    let collected = harbor.reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_adds_up(&collected);
    let found: BTreeMap<String, &ArtifactInfo> =
        collected.items.iter().map(|info| (info.artifact.name_with_full_digest(), info)).collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>());
    for (name, recorded) in wanted {
        let state = &found[name].state;
        match recorded {
            Recorded::Findings(count) => assert_eq!(state.report().map(|report| report.len()), Some(*count), "{name}"),
            Recorded::Empty => assert!(
                matches!(
                    state.name(),
                    "not_scanned" | "children_not_scanned" | "running" | "scan_failed" | "unavailable"
                ),
                "{name}: {state:?}"
            ),
            Recorded::Status(404) => assert_eq!(state.name(), "unsupported", "{name}"),
            Recorded::Status(status) => panic!("{name}: nothing is known of status {status}"),
        }
    }
}

/// What the recording says of every artifact that lists show: all that have a tag or are not in an index.
fn recorded_reports(state: &Value) -> BTreeMap<String, Recorded> {
    let artifacts = || {
        let repositories = members(state, "projects").flat_map(|project| members(project, "repositories"));
        repositories.flat_map(|repository| {
            let name = text(repository, "name");
            members(repository, "artifacts").map(move |artifact| (name, artifact))
        })
    };
    let children: BTreeSet<(&str, &str)> = artifacts()
        .flat_map(|(name, artifact)| {
            members(artifact, "references").map(move |reference| (name, text(reference, "child_digest")))
        })
        .collect();
    let is_listed = |name: &str, artifact: &Value| {
        members(artifact, "tags").next().is_some() || !children.contains(&(name, text(artifact, "digest")))
    };
    artifacts()
        .filter(|(name, artifact)| is_listed(name, artifact))
        .map(|(name, artifact)| {
            let key = format!("{name}@{}", text(artifact, "digest"));
            let recorded = read_report(&state["reports"][&key]);
            (key, recorded)
        })
        .collect()
}

fn read_report(report: &Value) -> Recorded {
    if let Some(status) = report.get("http_status") {
        return Recorded::Status(status.as_u64().unwrap());
    }
    match report.as_object().and_then(|members| members.values().next()) {
        Some(report) => Recorded::Findings(members(report, "vulnerabilities").count()),
        None => Recorded::Empty,
    }
}

fn members<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn recorded_registry() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/captures/registry.json");
    path.exists().then_some(path)
}
