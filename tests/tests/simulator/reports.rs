//! The vulnerability report: its text, its absence, and what is merged.

use harbor_testkit::{Artifact, Duplicates, Finding, Project, Registry, Report, Repository, SimulatedHarbor};
use serde_json::{Value, json};

use crate::support::{Answer, As, MEDIA_TYPE, finding, get, get_with, sample, start};

async fn report(harbor: &SimulatedHarbor, artifact: &str) -> Answer {
    get(harbor, As::Admin, &format!("/projects/{artifact}/additions/vulnerabilities")).await
}

async fn serve(report: Report) -> (SimulatedHarbor, Answer) {
    let image = Artifact::image().with_tag("latest").with_report(report);
    let project = Project::new("p").with_repository(Repository::new("r").with_artifact(image));
    let harbor = start(Registry::new().with_project(project)).await;
    let answer = self::report(&harbor, "p/repositories/r/artifacts/latest").await;
    (harbor, answer)
}

#[tokio::test]
async fn a_report_made_by_hand() {
    let finding = Finding::new("CVE-2024-0001", "libx", "1.2-3")
        .with_fix("1.2-4")
        .with_severity("High")
        .with_description("a <b> & c")
        .with_link("https://example.com/?a=1&b=2")
        .with_cwe("CWE-787")
        .with_cvss("nvd", 7.5, "CVSS:3.1/AV:N")
        .with_preferred_score(7.5);
    let (harbor, answer) = serve(Report::new().with_finding(&finding)).await;
    let digest = harbor.registry(|registry| registry.listed()[0].digest.clone());
    let expected = format!(
        "{{\"{MEDIA_TYPE}\":{{\"generated_at\":\"2026-01-01T12:34:56.123456789Z\",\
         \"scanner\":{{\"name\":\"Trivy\",\"vendor\":\"Aqua Security\",\"version\":\"v0.65.0\"}},\
         \"severity\":\"High\",\"vulnerabilities\":[{{\"id\":\"CVE-2024-0001\",\"package\":\"libx\",\
         \"version\":\"1.2-3\",\"fix_version\":\"1.2-4\",\"severity\":\"High\",\"status\":\"fixed\",\
         \"description\":\"a \\u003cb\\u003e \\u0026 c\",\"links\":[\"https://example.com/?a=1\\u0026b=2\"],\
         \"artifact_digests\":[\"{digest}\"],\"preferred_cvss\":{{\"score_v3\":7.5,\"score_v2\":null,\
         \"vector_v3\":\"\",\"vector_v2\":\"\"}},\"cwe_ids\":[\"CWE-787\"],\
         \"vendor_attributes\":{{\"CVSS\":{{\"nvd\":{{\"V3Score\":7.5,\"V3Vector\":\"CVSS:3.1/AV:N\"}}}}}}}}]}}}}"
    );
    assert_eq!(answer.text, expected);
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[tokio::test]
async fn empty_lists_and_missing_scores() {
    let (_harbor, answer) = serve(Report::new().with_finding(&Finding::new("CVE-1", "p", "1"))).await;
    let finding = answer.json()[MEDIA_TYPE]["vulnerabilities"][0].clone();
    assert_eq!((&finding["links"], &finding["cwe_ids"]), (&json!([""]), &json!([""])));
    assert_eq!((&finding["fix_version"], &finding["vendor_attributes"]), (&json!(""), &Value::Null));
    assert_eq!(finding["preferred_cvss"]["score_v3"], Value::Null);
    let (_harbor, clean) = serve(Report::new()).await;
    let clean = clean.json()[MEDIA_TYPE].clone();
    assert_eq!((&clean["severity"], &clean["vulnerabilities"]), (&json!(""), &json!([])));
}

#[tokio::test]
async fn odd_reports_are_served_as_they_are() {
    let text = r#"{
        "generated_at": "yesterday", "scanner": null, "extra": {"z": 1, "a": [1.50, 1e3]},
        "severity": "Fatal",
        "vulnerabilities": [
            17, null,
            {"version": "1", "id": "X-1", "severity": "Odd", "artifact_digests": null, "new": "<é\u00e9>", "package": "p"},
            {"id": "X-2", "links": null, "cwe_ids": null}
        ],
        "tail": true
    }"#;
    let (harbor, answer) = serve(Report::from_json(text).unwrap()).await;
    let digest = harbor.registry(|registry| registry.listed()[0].digest.clone());
    let expected = format!(
        "{{\"{MEDIA_TYPE}\":{{\"generated_at\":\"yesterday\",\"scanner\":null,\
         \"extra\":{{\"z\":1,\"a\":[1.50,1e3]}},\"severity\":\"Fatal\",\"vulnerabilities\":[17,null,\
         {{\"version\":\"1\",\"id\":\"X-1\",\"severity\":\"Odd\",\"artifact_digests\":[\"{digest}\"],\
         \"new\":\"\\u003cé\\u00e9\\u003e\",\"package\":\"p\"}},\
         {{\"id\":\"X-2\",\"links\":null,\"artifact_digests\":[\"{digest}\"],\"cwe_ids\":null}}],\"tail\":true}}}}"
    );
    assert_eq!(answer.text, expected);
    let wrapped = format!("{{\"{MEDIA_TYPE}\": {text}}}");
    assert_eq!(serve(Report::from_json(&wrapped).unwrap()).await.1.text, expected);
    let (_harbor, nulls) = serve(Report::from_json(r#"{"vulnerabilities":null}"#).unwrap()).await;
    assert_eq!(nulls.json()[MEDIA_TYPE], json!({"vulnerabilities": null}));
}

#[tokio::test]
async fn no_report_by_state_and_type() {
    let harbor = start(sample()).await;
    for artifact in [
        "library/repositories/svc%252Fapp/artifacts/v3",
        "odd/repositories/pending/artifacts/latest",
        "odd/repositories/running/artifacts/latest",
        "odd/repositories/failed/artifacts/latest",
        "odd/repositories/stopped/artifacts/latest",
        "odd/repositories/partial/artifacts/latest",
    ] {
        let answer = report(&harbor, artifact).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "{}"), "{artifact}");
    }
    for (artifact, name) in [
        ("odd/repositories/chart/artifacts/1.0.0", "odd/chart@sha256:"),
        ("odd/repositories/other/artifacts/1", "odd/other@sha256:"),
    ] {
        let answer = report(&harbor, artifact).await;
        assert_eq!(answer.status, 404, "{artifact}");
        let message = answer.error().1;
        assert!(message.starts_with(&format!("report not found for {name}")), "{message}");
    }
}

#[tokio::test]
async fn the_media_type_is_compared_byte_for_byte() {
    let harbor = start(sample()).await;
    let path = "/projects/library/repositories/svc%252Fapp/artifacts/v1/additions/vulnerabilities";
    let old = "application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0";
    for (value, found) in [
        (MEDIA_TYPE.to_owned(), true),
        (String::new(), true),
        (format!("{MEDIA_TYPE}, {old}"), true),
        (format!("{old},{MEDIA_TYPE}"), true),
        (old.to_owned(), false),
        (MEDIA_TYPE.replace("; ", ";"), false),
        (MEDIA_TYPE.replace("application", "Application"), false),
        ("*/*".to_owned(), false),
    ] {
        let headers = [("x-accept-vulnerabilities", value.as_str())];
        let answer = get_with(&harbor, As::Admin, path, &headers).await;
        assert_eq!(answer.status, 200, "{value}");
        assert_eq!(answer.text != "{}", found, "{value}");
    }
}

#[tokio::test]
async fn an_index_has_the_findings_of_its_children() {
    let harbor = start(sample()).await;
    let merged = report(&harbor, "odd/repositories/multi/artifacts/latest").await.json();
    let merged = &merged[MEDIA_TYPE];
    let path = "/projects/odd/repositories/multi/artifacts/latest";
    let index = get(&harbor, As::Admin, path).await.json();
    let child = |number: usize| index["references"][number]["child_digest"].clone();
    let findings = merged["vulnerabilities"].as_array().unwrap();
    assert_eq!(findings.len(), 2, "the shared finding comes once");
    // The last child comes first.
    assert_eq!(findings[0]["artifact_digests"], json!([child(1), child(0)]));
    assert_eq!(findings[1]["artifact_digests"], json!([child(1)]));
    assert_eq!(merged["severity"], "Critical");
}

#[tokio::test]
async fn duplicates_are_stored_once_unless_told_otherwise() {
    let double = || {
        let finding = finding("CVE-2024-0001");
        let other = finding.clone().with_severity("Low");
        let report = Report::new().with_findings([&finding, &other, &self::finding("CVE-2024-0002")]);
        let image = Artifact::image().with_tag("latest").with_report(report);
        let project = Project::new("p").with_repository(Repository::new("r").with_artifact(image));
        Registry::new().with_project(project)
    };
    for (registry, severities, total) in [
        (double(), vec!["High", "High"], 2),
        (double().with_duplicates(Duplicates::Served), vec!["High", "Low", "High"], 3),
    ] {
        let harbor = start(registry).await;
        let answer = report(&harbor, "p/repositories/r/artifacts/latest").await.json();
        let findings = answer[MEDIA_TYPE]["vulnerabilities"].as_array().unwrap();
        let served: Vec<_> = findings.iter().map(|finding| finding["severity"].as_str().unwrap()).collect();
        assert_eq!(served, severities);
        let path = "/projects/p/repositories/r/artifacts/latest?with_scan_overview=true";
        let overview = get(&harbor, As::Admin, path).await.json();
        assert_eq!(overview["scan_overview"][MEDIA_TYPE]["summary"]["total"], total);
    }
}

#[tokio::test]
async fn one_digest_in_two_repositories_is_scanned_once() {
    let image = || Artifact::image().with_content("shared").with_tag("latest");
    let scanned = image().with_report(Report::new().with_finding(&finding("CVE-2024-0001")));
    let repository = |name: &str, image: Artifact| Repository::new(name).with_artifact(image);
    let project =
        Project::new("p").with_repository(repository("first", scanned)).with_repository(repository("copy", image()));
    let harbor = start(Registry::new().with_project(project)).await;
    let first = report(&harbor, "p/repositories/first/artifacts/latest").await;
    let copy = report(&harbor, "p/repositories/copy/artifacts/latest").await;
    assert!(first.text.contains("CVE-2024-0001"));
    assert_eq!(first.text, copy.text);
}
