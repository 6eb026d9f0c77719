//! Findings that all images share: what a scan of one image changes in the reports of the others.

use harbor_testkit::{
    Artifact, Duplicates, Finding, HarborVersion, Project, Registry, Report, Repository, Scale, Scan, SimulatedHarbor,
};
use serde_json::{Value, json};

use crate::support::{As, MEDIA_TYPE, get, start, start_version};

const FIRST: &str = "/projects/p/repositories/first/artifacts/latest";
const SECOND: &str = "/projects/p/repositories/second/artifacts/latest";

fn openssl() -> Finding {
    Finding::new("CVE-2024-0001", "openssl", "3.0.1")
        .with_severity("High")
        .with_description("as it was first told")
        .with_cvss("nvd", 7.5, "CVSS:3.1/AV:N")
        .with_preferred_score(7.5)
}

fn image(content: &str, finding: &Finding) -> Artifact {
    Artifact::image().with_tag("latest").with_content(content).with_report(Report::new().with_finding(finding))
}

fn registry(first: &Finding, second: &Finding) -> Registry {
    let one = |name: &str, finding: &Finding| Repository::new(name).with_artifact(image(name, finding));
    let project = Project::new("p").with_repository(one("first", first)).with_repository(one("second", second));
    Registry::new().with_project(project)
}

async fn row(harbor: &SimulatedHarbor, artifact: &str) -> Value {
    let report = get(harbor, As::Admin, &format!("{artifact}/additions/vulnerabilities")).await.json();
    report[MEDIA_TYPE]["vulnerabilities"][0].clone()
}

async fn summary(harbor: &SimulatedHarbor, artifact: &str) -> Value {
    let answer = get(harbor, As::Admin, &format!("{artifact}?with_scan_overview=true")).await.json();
    answer["scan_overview"][MEDIA_TYPE]["summary"].clone()
}

#[tokio::test]
async fn a_later_scan_changes_the_reports_of_others() {
    let later = openssl().with_severity("Low").with_fix("3.0.2").with_description("told anew").with_cwe("CWE-1");
    let harbor = start(registry(&openssl(), &later)).await;
    for artifact in [FIRST, SECOND] {
        let row = row(&harbor, artifact).await;
        assert_eq!(
            (&row["severity"], &row["status"], &row["fix_version"]),
            (&json!("Low"), &json!("fixed"), &json!("3.0.2"))
        );
        assert_eq!((&row["description"], &row["cwe_ids"]), (&json!("as it was first told"), &json!([""])));
        assert_eq!(
            row["preferred_cvss"],
            json!({"score_v3": null, "score_v2": null, "vector_v3": "", "vector_v2": ""})
        );
        assert_eq!(row["vendor_attributes"]["CVSS"]["nvd"]["V3Score"], 7.5);
        assert_eq!(summary(&harbor, artifact).await, json!({"fixable": 1, "summary": {"Low": 1}, "total": 1}));
    }
    let names: Vec<_> = row(&harbor, FIRST).await.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 12, "{names:?}");
    // The scanner says of the first image what it always said.
    harbor
        .registry_mut(|registry| {
            let digest = registry.listed()[0].digest.clone();
            registry.set_scan(&digest, Scan::Success(Report::new().with_finding(&openssl()).into()));
        })
        .await;
    assert_eq!(row(&harbor, SECOND).await["severity"], "High");
    assert_eq!(row(&harbor, SECOND).await["preferred_cvss"]["score_v3"], Value::Null, "the score is lost for good");
}

#[tokio::test]
async fn the_first_sighting_decides_about_the_rest() {
    let same = openssl().with_description("told anew").with_preferred_score(1.0);
    let harbor = start(registry(&openssl(), &same)).await;
    for artifact in [FIRST, SECOND] {
        let row = row(&harbor, artifact).await;
        assert_eq!(row["description"], "as it was first told");
        assert_eq!(row["preferred_cvss"]["score_v3"], 7.5);
    }
    // Another version is another row.
    let other = Finding::new("CVE-2024-0001", "openssl", "3.0.2").with_severity("Low");
    let harbor = start(registry(&openssl(), &other)).await;
    assert_eq!(row(&harbor, FIRST).await["severity"], "High");
    assert_eq!(row(&harbor, SECOND).await["severity"], "Low");
}

#[tokio::test]
async fn reports_that_are_served_as_they_are_share_nothing() {
    let registry = registry(&openssl(), &openssl().with_severity("Low")).with_duplicates(Duplicates::Served);
    let harbor = start(registry).await;
    assert_eq!(row(&harbor, FIRST).await["severity"], "High");
    assert_eq!(row(&harbor, SECOND).await["severity"], "Low");
}

#[tokio::test]
async fn synthetic_reports_share_their_rows_with_what_comes_later() {
    let scale =
        Scale { projects: 1, repositories: 1, artifacts: 2, findings: 5, distinct: 5, seed: 1, ..Scale::default() };
    let registry = Registry::synthetic(scale);
    let (id, package, version) = registry.listed()[0].findings.clone().unwrap()[0].clone();
    let digest = registry.listed()[0].digest.clone();
    let harbor = start(registry).await;
    let changed = Finding::new(id.as_str(), package, version).with_severity("None").with_status("end_of_life");
    harbor
        .registry_mut(|registry| {
            registry.push("project-1", "later", image("later", &changed)).unwrap();
        })
        .await;
    let path =
        format!("/projects/project-1/repositories/team%252Fservice-1/artifacts/{digest}/additions/vulnerabilities");
    let report = get(&harbor, As::Admin, &path).await.json();
    let findings = report[MEDIA_TYPE]["vulnerabilities"].as_array().unwrap().clone();
    assert_eq!(findings.len(), 5);
    let row = findings.iter().find(|finding| finding["id"] == json!(id)).unwrap();
    assert_eq!((&row["severity"], &row["status"]), (&json!("None"), &json!("end_of_life")));
    assert!(row["description"].as_str().unwrap().starts_with("Invented"), "{row}");
    assert_eq!(findings.iter().filter(|finding| finding["status"] == "end_of_life").count(), 1);
}

#[tokio::test]
async fn statuses_came_with_2_14() {
    let odd = r#"{"vulnerabilities":[{"status":"fixed","id":"X","package":"p","version":"1","links":[]}]}"#;
    let odd = Artifact::image().with_tag("odd").with_report(Report::from_json(odd).unwrap());
    for (version, shown) in [(HarborVersion::V2_13, false), (HarborVersion::V2_14, true)] {
        let mut registry = registry(&openssl(), &openssl());
        registry.push("p", "odd", odd.clone()).unwrap();
        let harbor = start_version(registry, version).await;
        assert_eq!(row(&harbor, FIRST).await.get("status").is_some(), shown, "{version:?}");
        let odd = row(&harbor, "/projects/p/repositories/odd/artifacts/odd").await;
        assert_eq!((odd.get("status").is_some(), &odd["id"]), (shown, &json!("X")), "{version:?}");
    }
}
