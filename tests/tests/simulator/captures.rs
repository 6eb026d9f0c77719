//! Requests that a real Harbor answered, sent again to a simulator that holds the same registry,
//! where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};

use harbor_testkit::{Registry, SimulatedHarbor};
use serde_json::Value;

use crate::support::{raw_with, start};

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

/// Answers of which only the headers can be compared: one list has no order.
const OTHER_BODIES: [&str; 1] = ["partifacts_latest_p2"];

#[tokio::test]
async fn captures_are_answered_alike() {
    let folder = folder();
    let Ok(text) = fs::read_to_string(folder.join("exchanges.jsonl")) else {
        println!("no recorded answers at {}; nothing to compare with", folder.display());
        return;
    };
    let harbor = start(recorded_registry(&folder)).await;
    let (mut compared, mut problems) = (0, Vec::new());
    for line in text.lines() {
        let exchange: Value = serde_json::from_str(line).unwrap();
        if exchange["via"] != "core" || !matches!(exchange["method"].as_str(), Some("GET" | "HEAD")) {
            continue;
        }
        let Some(differences) = replay(&harbor, &exchange) else {
            continue;
        };
        compared += 1;
        if !differences.is_empty() {
            problems.push(format!("{}: {}", exchange["name"], differences.join("; ")));
        }
    }
    println!("{compared} recorded answers compared");
    assert!(compared > 80, "only {compared} of the recorded requests are simulated");
    assert!(problems.is_empty(), "{} differ:\n{}", problems.len(), problems.join("\n"));
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

/// Sends a recorded request and answers what differs, or `None` where the simulator does not have
/// the operation.
fn replay(harbor: &SimulatedHarbor, exchange: &Value) -> Option<Vec<String>> {
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
    if answer.status == 501 || text("target") == "/" {
        return None;
    }
    let mut differences = Vec::new();
    if exchange["status"] != answer.status {
        differences.push(format!("{} instead of {}", answer.status, exchange["status"]));
    }
    let recorded = &exchange["response_headers"];
    for name in ["content-type", "x-total-count", "link"] {
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
            Ok(_) if OTHER_BODIES.contains(&text("name")) => {}
            Ok(ours) => compare(real, &ours, "$", "", &mut differences),
            Err(error) => differences.push(error.to_string()),
        }
    }
    Some(differences)
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
