//! Requests that a real Harbor answered, sent again to a simulator that holds the same registry,
//! where they are at hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harbor_testkit::{Artifact, Project, Registry, SimulatedHarbor};
use serde_json::{Value, json};

use crate::support::{MEDIA_TYPE, client, raw, raw_with, start};

const ADMINISTRATOR: Option<(&str, &str)> = Some(("admin", "Harbor12345"));

/// Members whose values follow from the registry; of the others only the type is compared.
const FIXED: [&str; 16] = [
    "name",
    "digest",
    "severity",
    "scan_status",
    "type",
    "media_type",
    "repository_name",
    "package",
    "version",
    "fix_version",
    "id",
    "cve_id",
    "architecture",
    "os",
    "code",
    "total",
];

/// Members that the two servers need not agree on: scores may be there or not.
const FREE: [&str; 1] = ["score_v3"];

#[tokio::test]
async fn captures_are_answered_alike() {
    let folder = folder();
    let Ok(text) = fs::read_to_string(folder.join("exchanges.jsonl")) else {
        println!("no recorded answers at {}; nothing to compare with", folder.display());
        return;
    };
    let core = start(recorded_registry(&folder)).await;
    let nginx = SimulatedHarbor::builder().registry(recorded_registry(&folder)).behind_nginx().start().await.unwrap();
    let (mut compared, mut problems) = (0, Vec::new());
    for line in text.lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        if !matches!(exchange["method"].as_str(), Some("GET" | "HEAD")) {
            continue;
        }
        let harbor = if exchange["via"] == "core" { &core } else { &nginx };
        let differences = replay(harbor, &exchange);
        compared += 1;
        if !differences.is_empty() {
            problems.push(format!("{}: {}", exchange["name"], differences.join("; ")));
        }
    }
    println!("{compared} recorded answers compared");
    assert!(compared > 80, "there are only {compared}");
    assert!(problems.is_empty(), "{} differ:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test]
async fn sums_agree_with_captures() {
    let Some(recorded) = operation("getSecuritySummary.ok") else {
        return;
    };
    let harbor = start(recorded_registry(&folder())).await;
    let path = recorded["target"].as_str().unwrap();
    let (real, ours) = (&recorded["response_json"], raw_with(&harbor, "GET", path, ADMINISTRATOR, &[]).json());
    // Images were pushed and deleted before the sum was recorded; none of them has anything critical.
    for key in ["critical_cnt", "dangerous_artifacts"] {
        assert_eq!(real[key], ours[key], "{key}");
    }
    let keys = |sum: &Value| sum.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(real), keys(&ours));
    let scores = |sum: &Value| {
        let rows = sum["dangerous_cves"].as_array().unwrap().iter();
        rows.map(|row| (keys(row), row["cvss_score_v3"].clone(), row["severity"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(scores(real), scores(&ours));
}

#[tokio::test]
async fn exported_cells_agree_with_captures() {
    let Some(recorded) = operation("downloadScanData.ok") else {
        return;
    };
    let registry = recorded_registry(&folder());
    let projects: Vec<_> = registry.projects().iter().map(Project::id).collect();
    let harbor = start(registry).await;
    let mut known = BTreeMap::new();
    for project in projects {
        for line in export(&harbor, project).await.lines().skip(1) {
            let (finding, cells) = cells_of(line);
            known.insert(finding, cells);
        }
    }
    let (mut compared, mut lines) = (0, recorded["response_text"].as_str().unwrap().lines());
    assert!(lines.next().is_some());
    for line in lines {
        let (finding, real) = cells_of(line);
        if let Some(ours) = known.get(&finding) {
            assert_eq!(*ours, real);
            compared += 1;
        }
    }
    println!("{compared} recorded rows compared");
    assert!(compared > 10, "only {compared} of the recorded findings are in the registry");
}

/// The finding of a row, and the cells behind it.
fn cells_of(line: &str) -> (String, String) {
    let cells: Vec<_> = line.splitn(6, ',').collect();
    (cells[2..5].join(","), cells[5].to_owned())
}

async fn export(harbor: &SimulatedHarbor, project: i64) -> String {
    let request = client().post(format!("{}/api/v2.0/export/cve", harbor.url())).header("x-scan-data-type", MEDIA_TYPE);
    let request = request.basic_auth("admin", Some("Harbor12345")).json(&json!({"projects": [project]}));
    let started: Value = request.send().await.unwrap().json().await.unwrap();
    let path = format!("/api/v2.0/export/cve/download/{}", started["id"]);
    raw_with(harbor, "GET", &path, ADMINISTRATOR, &[]).text
}

/// A recorded answer of one operation, where they are at hand.
fn operation(name: &str) -> Option<Value> {
    let path = folder().join("operations.jsonl");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("no recorded answers at {}; nothing to compare with", path.display());
        return None;
    };
    let mut recorded = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    Some(recorded.find(|recorded| recorded["name"] == name).unwrap())
}

/// The registry was told by the API, so that the API must tell it again, value by value.
#[tokio::test(flavor = "multi_thread")]
async fn the_registry_is_told_again_as_it_was() {
    let Ok(text) = fs::read_to_string(folder().join("registry.json")) else {
        println!("no recorded registry in {}; nothing to compare with", folder().display());
        return;
    };
    let told: Value = serde_json::from_str(&text).unwrap();
    let harbor = start(recorded_registry(&folder())).await;
    let ask = |path: &str| raw(&harbor, &format!("/api/v2.0/projects/{path}")).json();
    let everything = "page_size=100&q=base%3D*&with_tag=true&with_label=true&with_scan_overview=true&\
                      with_sbom_overview=true&with_accessory=true&with_immutable_status=true";
    let mut compared = 0;
    for repository in told["projects"].as_array().unwrap().iter().flat_map(|it| it["repositories"].as_array().unwrap())
    {
        let (project, name) = repository["name"].as_str().unwrap().split_once('/').unwrap();
        let path = format!("{project}/repositories/{}", name.replace('/', "%252F"));
        let mut ours = ask(&path);
        ours["artifacts"] = ask(&format!("{path}/artifacts?{everything}"));
        for artifact in ours["artifacts"].as_array().unwrap() {
            let digest = artifact["digest"].as_str().unwrap();
            let report = &told["reports"][format!("{project}/{name}@{digest}")];
            if report["http_status"].is_null() {
                assert_eq!(
                    ask(&format!("{path}/artifacts/{digest}/additions/vulnerabilities")),
                    *report,
                    "{path} {digest}"
                );
                compared += 1;
            }
        }
        assert_eq!(ours, *repository, "{path}");
    }
    assert!(compared > 100, "{compared} reports");
    // The database knows times better than the API tells them: what is told lies before.
    let newest = &ask("library/artifacts?page_size=1")[0]["push_time"];
    let time = newest.as_str().unwrap();
    for (q, rows) in [(time.to_owned(), 0), (format!("%5B{time}~%5D"), 1), (format!("%5B~{time}%5D"), 20)] {
        assert_eq!(
            ask(&format!("library/artifacts?page_size=0&q=push_time%3D{q}")).as_array().unwrap().len(),
            rows,
            "{q}"
        );
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/captures")
}

fn recorded_registry(folder: &Path) -> Registry {
    let mut registry = Registry::from_capture(folder.join("registry.json")).unwrap();
    assert!(registry.set_password("alice", "Alice12345"));
    assert!(registry.set_secret("robot$bulk", "robot-secret"));
    assert!(registry.add_member("team-a", "alice"));
    registry
}

#[tokio::test]
async fn what_is_pushed_after_captures_is_newest() {
    let folder = folder();
    if !folder.join("registry.json").exists() {
        println!("no recorded registry at {}; nothing to push into", folder.display());
        return;
    }
    let mut registry = recorded_registry(&folder);
    let digest = registry.push("library", "app", Artifact::image().with_tag("new")).unwrap();
    let harbor = start(registry).await;
    let path = "/api/v2.0/projects/library/repositories/app/artifacts?page_size=1";
    assert_eq!(raw_with(&harbor, "GET", path, ADMINISTRATOR, &[]).json()[0]["digest"], digest);
}

/// Sends a recorded request and answers what differs.
fn replay(harbor: &SimulatedHarbor, exchange: &Value) -> Vec<String> {
    let text = |name: &str| exchange[name].as_str().unwrap_or_default();
    let credentials = match text("auth") {
        "admin" => Some(("admin", "Harbor12345")),
        "alice" => Some(("alice", "Alice12345")),
        "robot" => Some(("robot$bulk", "robot-secret")),
        "anonymous" => None,
        wrong => Some((wrong.strip_prefix("wrong:").unwrap(), "wrong")),
    };
    let headers = exchange["headers"].as_object().unwrap();
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
    let headers: Vec<_> = headers.collect();
    let answer = raw_with(harbor, text("method"), text("target"), credentials, &headers);
    let mut differences = Vec::new();
    if exchange["status"] != answer.status {
        differences.push(format!("{} instead of {}", answer.status, exchange["status"]));
    }
    let recorded = &exchange["response_headers"];
    for name in ["content-type", "x-total-count", "link", "server", "x-frame-options", "content-security-policy"] {
        if recorded[name].as_str() != answer.header(name) {
            differences.push(format!("{name} {:?} instead of {}", answer.header(name), recorded[name]));
        }
    }
    if recorded["transfer-encoding"].as_str() != answer.header("transfer-encoding") {
        differences.push("another framing".to_owned());
    }
    if let Some(real) = exchange.get("response_json") {
        if exchange["trailing_newline"] != answer.text.ends_with('\n') {
            differences.push("another end".to_owned());
        }
        match serde_json::from_str(&answer.text) {
            Ok(ours) => compare(real, &ours, "$", "", &mut differences),
            Err(error) => differences.push(error.to_string()),
        }
    }
    differences
}

fn compare(real: &Value, ours: &Value, place: &str, key: &str, differences: &mut Vec<String>) {
    if FREE.contains(&key) {
        return;
    }
    match (real, ours) {
        (Value::Object(real), Value::Object(ours)) => {
            for key in real.keys().filter(|key| !ours.contains_key(*key) && !FREE.contains(&key.as_str())) {
                differences.push(format!("{place}.{key} is missing"));
            }
            for (key, ours) in ours {
                match real.get(key) {
                    Some(real) => compare(real, ours, &format!("{place}.{key}"), key, differences),
                    None if FREE.contains(&key.as_str()) => {}
                    None => differences.push(format!("{place}.{key} is too much")),
                }
            }
        }
        (Value::Array(real), Value::Array(ours)) => {
            if real.len() != ours.len() {
                differences.push(format!("{place}: {} elements instead of {}", ours.len(), real.len()));
            }
            for (position, (real, ours)) in in_order(real, key).zip(in_order(ours, key)).enumerate() {
                compare(real, ours, &format!("{place}[{position}]"), key, differences);
            }
        }
        _ => {
            let same = match (FIXED.contains(&key) || key == "message", real) {
                (true, Value::String(_) | Value::Number(_)) => real == ours,
                _ => std::mem::discriminant(real) == std::mem::discriminant(ours),
            };
            if !same {
                differences.push(format!("{place}: {ours} instead of {real}"));
            }
        }
    }
}

/// The elements of a list; findings and digests of a merged report come in no fixed order.
fn in_order<'a>(list: &'a [Value], key: &str) -> impl Iterator<Item = &'a Value> {
    let mut list: Vec<_> = list.iter().collect();
    if key == "vulnerabilities" {
        list.sort_by_key(|finding| ["id", "package", "version"].map(|name| finding[name].to_string()));
    }
    if key == "artifact_digests" {
        list.sort_by_key(|digest| digest.to_string());
    }
    list.into_iter()
}
