use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::model::decode::{Body, MEDIA_TYPE_1_0};

fn decode(body: &str) -> Report {
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => report,
        Body::Empty => panic!("there is a report in {body}"),
    }
}

/// The report comes out in its envelope as it came, and again when it is read from there and from its bare form.
fn assert_comes_out_as_it_came(body: &Value) {
    let report = decode(&body.to_string());
    let envelope = report.envelope().to_string();
    assert_eq!(&serde_json::from_str::<Value>(&envelope).unwrap(), body);
    assert_eq!(decode(&envelope), report);
    let bare = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&bare).unwrap(), report);
}

#[test]
fn what_harbor_sent_comes_out_of_the_envelope() {
    let finding = json!({"id": "CVE-1", "links": [""], "cwe_ids": null, "vendor_attributes": {}, "purl": "pkg:a/b"});
    for report in [
        json!({"vulnerabilities": [finding]}),
        json!({"vulnerabilities": []}),
        json!({"vulnerabilities": null, "scanner": null, "severity": null, "generated_at": null}),
        json!({"scanner": {"name": "Trivy", "vendor": "Aqua", "version": "1"}}),
        json!({"scanner": {"name": "Trivy", "vendor": null, "version": 1, "new": []}, "severity": ""}),
        json!({"scanner": "Trivy", "severity": 7, "generated_at": {}, "artifact": {"digest": "sha256:a"}}),
        json!({"vulnerabilities": [], "media_type": "a", "_media_type": "b", "__media_type": ["c"]}),
        json!({"vulnerabilities": [
            {"id": "1", "artifact_digests": ["sha256:a", "sha256:a", ""]},
            {"id": "2", "artifact_digests": ["sha256:a"]},
            {"id": "3", "artifact_digests": []},
            {"id": "4", "artifact_digests": null},
            {"id": "5"},
            {"id": "6", "artifact_digest": "sha256:a"},
            {"id": "7", "artifact_digest": ""},
            {"id": "8", "artifact_digest": "sha256:a", "artifact_digests": ["sha256:b"]},
            {"id": "9", "artifact_digests": "sha256:a"},
        ]}),
    ] {
        for media_type in [MEDIA_TYPE_1_1, MEDIA_TYPE_1_0, "application/new; version=2"] {
            assert_comes_out_as_it_came(&json!({ media_type: report }));
        }
    }
}

#[test]
fn digests_that_harbor_repeats_are_told_once_and_written_as_often_as_they_came() {
    let body = json!({ MEDIA_TYPE_1_1: {"vulnerabilities": [{"artifact_digests": ["b", "a", "b", ""]}]} });
    let report = decode(&body.to_string());
    assert!(report.findings().all(|finding| finding.artifact_digests().eq(["b", "a"])));
    assert_comes_out_as_it_came(&body);
}

#[test]
fn unknown_members_can_be_read() {
    let report = decode(
        &json!({ MEDIA_TYPE_1_0: {
            "vulnerabilities": [], "new": {"a": 1}, "scanner": {"name": "Clair", "id": 7},
        }})
        .to_string(),
    );
    assert_eq!(report.media_type(), MEDIA_TYPE_1_0);
    assert_eq!(report.other("new"), Some(r#"{"a":1}"#));
    assert_eq!(report.other("scanner"), Some(r#"{"id":7,"name":"Clair"}"#));
    assert_eq!(report.scanner().map(|scanner| &*scanner.name), Some("Clair"));
    assert_eq!(report.other("severity"), None);
}

#[test]
fn a_media_type_is_told_where_it_is_not_todays() {
    let bare = |media_type: &str| serde_json::to_value(decode(&json!({ media_type: {"scanner": null} }).to_string()));
    assert_eq!(bare(MEDIA_TYPE_1_1).unwrap(), json!({"scanner": null}));
    assert_eq!(bare(MEDIA_TYPE_1_0).unwrap(), json!({"scanner": null, "media_type": MEDIA_TYPE_1_0}));
    let read = |json: Value| serde_json::from_value::<Report>(json);
    assert_eq!(read(json!({"vulnerabilities": []})).unwrap().media_type(), MEDIA_TYPE_1_1);
    for (json, message) in [
        (json!({"vulnerabilities": [], "media_type": 7}), "a media type is a text"),
        (json!({}), "not a report"),
        (json!([]), "not a JSON object"),
        (json!({"vulnerabilities": [null]}), "not an object"),
    ] {
        let error = read(json.clone()).unwrap_err().to_string();
        assert!(error.contains(message), "{json}: {error}");
    }
}

/// A finding as DefectDojo makes one: only what its import of a "Harbor Vulnerability Scan" reads.
#[derive(Debug, PartialEq)]
struct Imported {
    title: String,
    severity: String,
    description: String,
    mitigation: Option<String>,
    references: Option<String>,
    vulnerability: Option<String>,
}

/// Reads a file as that import does: the first member of the object, whatever its name, is the report. Of findings with
/// the same title the first counts; a severity that it does not know is `Info`.
fn import(file: &str) -> Vec<Imported> {
    let file: Value = serde_json::from_str(file).unwrap();
    let Some(report) = file.as_object().unwrap().values().next() else { return Vec::new() };
    let text =
        |finding: &Value, member: &str| finding[member].as_str().map(str::to_owned).filter(|text| !text.is_empty());
    let mut titles = BTreeSet::new();
    let mut imported = Vec::new();
    for finding in report["vulnerabilities"].as_array().into_iter().flatten() {
        let [id, package, version] = ["id", "package", "version"].map(|member| text(finding, member).unwrap());
        let severity = text(finding, "severity").unwrap();
        let known = ["Critical", "High", "Medium", "Low"].contains(&&*severity);
        let links: String =
            finding["links"].as_array().unwrap().iter().map(|link| format!("{}\n", link.as_str().unwrap())).collect();
        assert!(finding["cwe_ids"].is_array() || finding["cwe_ids"].is_null());
        let title = format!("{id} - {package} ({version})");
        if titles.insert(title.clone()) {
            imported.push(Imported {
                title,
                severity: if known { severity } else { "Info".to_owned() },
                description: text(finding, "description").unwrap_or_else(|| "No description found".to_owned()),
                mitigation: text(finding, "fix_version").map(|fix| format!("Upgrade {package} to version {fix}")),
                references: Some(links).filter(|links| !links.is_empty()),
                vulnerability: Some(id).filter(|id| id.starts_with("CVE")),
            });
        }
    }
    imported
}

#[test]
fn defectdojo_finds_all_that_it_reads() {
    let finding = |id: &str, severity: &str, fix_version: &str| {
        json!({
            "id": id, "package": "libx", "version": "1.2-3", "fix_version": fix_version, "severity": severity,
            "description": "a < b", "links": ["https://a", "https://b"], "cwe_ids": ["CWE-79"],
        })
    };
    let body = json!({ MEDIA_TYPE_1_1: {
        "generated_at": "2026-01-02T03:04:05Z", "scanner": null, "severity": "High",
        "vulnerabilities": [finding("CVE-1", "High", "2"), finding("GHSA-1", "Unknown", ""), finding("CVE-1", "Low", "")],
    }})
    .to_string();
    let imported = import(&decode(&body).envelope().to_string());
    assert_eq!(imported, import(&body));
    assert_eq!(imported.len(), 2);
    assert_eq!(
        imported[0],
        Imported {
            title: "CVE-1 - libx (1.2-3)".into(),
            severity: "High".into(),
            description: "a < b".into(),
            mitigation: Some("Upgrade libx to version 2".into()),
            references: Some("https://a\nhttps://b\n".into()),
            vulnerability: Some("CVE-1".into()),
        }
    );
    assert_eq!((&*imported[1].severity, &imported[1].mitigation, &imported[1].vulnerability), ("Info", &None, &None));
    // Without its envelope a report cannot be imported.
    assert_eq!(import(&serde_json::to_string(&decode(&body)).unwrap()), []);
}

/// The reports that a real Harbor answered, where they are at hand. They are no part of this repository: without them the
/// test says so and passes.
#[test]
fn recorded_reports_come_out_as_they_came() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/captures/registry.json");
    let Ok(registry) = fs::read(&path) else {
        println!("skipped: there is no recorded registry at {}", path.display());
        return;
    };
    let registry: Value = serde_json::from_slice(&registry).unwrap();
    let mut count = 0;
    for body in registry["reports"].as_object().unwrap().values() {
        if body.get(MEDIA_TYPE_1_1).or_else(|| body.get(MEDIA_TYPE_1_0)).is_some() {
            assert_comes_out_as_it_came(body);
            assert_eq!(import(&decode(&body.to_string()).envelope().to_string()), import(&body.to_string()));
            count += 1;
        }
    }
    assert!(count > 100, "{count} reports");
}
