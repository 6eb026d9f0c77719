//! The security hub: findings of the whole registry, and their sum.

use std::collections::BTreeSet;

use harbor_testkit::{
    Accessory, Artifact, Finding, HarborVersion, Platform, Project, Registry, Report, Repository, Robot, Scale,
    SimulatedHarbor, User,
};
use serde_json::{Value, json};

use crate::support::{As, get, start, start_version};

const LIST: &str = "/api/v2.0/security/vul";
const SUMMARY: &str = "/api/v2.0/security/summary";

fn finding(id: &str, severity: &str) -> Finding {
    Finding::new(id, "zlib", "1.2").with_severity(severity)
}

/// Two copies of an image in two projects, an index of one image, and an image that was never scanned.
fn registry() -> Registry {
    let full = finding("CVE-1", "Critical")
        .with_fix("1.3")
        .with_preferred_score(9.8)
        .with_description("Too <long>")
        .with_link("https://example.com/1")
        .with_link("https://example.com/2");
    let report = Report::new().with_findings([
        &full,
        &finding("CVE-2", "Low").with_status("").with_preferred_score(0.0),
        &finding("CVE-3", "High").with_preferred_score(8.0),
        &finding("CVE-4", "Medium"),
        // A scanner that reports twice what is stored once.
        &finding("CVE-4", "Medium"),
    ]);
    let image = || Artifact::image().with_content("image").with_report(report.clone());
    let child = Artifact::image().with_report(Report::new().with_finding(&finding("CVE-5", "Unknown")));
    let index = Artifact::index().with_tag("all").with_child(Platform::linux("amd64"), child);
    let tagged = (0..12).fold(image(), |image, number| image.with_tag(format!("v{number}")));
    let one = Project::new("one").with_repository(Repository::new("svc/app").with_artifact(tagged));
    let two = Project::new("two")
        .with_repository(Repository::new("copy").with_artifact(image()))
        .with_repository(Repository::new("index").with_artifact(index))
        .with_repository(Repository::new("new").with_artifact(Artifact::image().with_tag("latest")));
    Registry::new()
        .with_user(User::new("alice", "Alice12345"))
        .with_robot(Robot::new("reader", "reader-secret"))
        .with_project(one)
        .with_project(two)
}

/// Findings of one image, all with the same score.
fn tied(count: usize) -> Registry {
    let findings = (0..count).map(|number| finding(&format!("CVE-{number}"), "High").with_preferred_score(7.5));
    let report = Report::new().with_findings(findings.collect::<Vec<_>>().iter());
    let image = Artifact::image().with_report(report);
    Registry::new().with_project(Project::new("p").with_repository(Repository::new("r").with_artifact(image)))
}

async fn ids(harbor: &SimulatedHarbor, query: &str) -> Vec<String> {
    let answer = get(harbor, As::Admin, &format!("{LIST}?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.column("cve_id").iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_finding_of_every_copy_is_a_row() {
    let harbor = start(registry()).await;
    let answer = get(&harbor, As::Admin, LIST).await;
    assert_eq!(answer.total(), Some(9));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let mut owners: Vec<_> =
        answer.column("repository_name").iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    owners.sort();
    assert_eq!(
        owners,
        [["one/svc/app"; 4], ["two/copy"; 4]].concat().into_iter().chain(["two/index"]).collect::<Vec<_>>()
    );
    let rows = answer.json();
    let child = rows.as_array().unwrap().iter().find(|row| row["cve_id"] == "CVE-5").unwrap();
    let digests = harbor.registry(|registry| {
        let index = registry.project("two").unwrap().repository("index").unwrap();
        index.artifacts().iter().map(|artifact| artifact.digest().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(child["digest"], digests[0], "the finding is the image's, not the index's");
}

#[tokio::test]
async fn rows_have_what_is_not_empty() {
    let harbor = start(registry()).await;
    let rows = get(&harbor, As::Admin, &format!("{LIST}?q=repository_name%3Done%2Fsvc%2Fapp")).await;
    let digest = rows.json()[0]["digest"].clone();
    let expected = json!([
        {"cve_id": "CVE-1", "cvss_v3_score": 9.8, "desc": "Too <long>", "digest": digest, "fixed_version": "1.3",
         "links": ["https://example.com/1", "https://example.com/2"], "package": "zlib", "project_id": 1,
         "repository_name": "one/svc/app", "severity": "Critical", "status": "fixed", "tags": null, "version": "1.2"},
        {"cve_id": "CVE-3", "cvss_v3_score": 8, "digest": digest, "links": [""], "package": "zlib", "project_id": 1,
         "repository_name": "one/svc/app", "severity": "High", "status": "affected", "tags": null, "version": "1.2"},
        {"cve_id": "CVE-2", "digest": digest, "links": [""], "package": "zlib", "project_id": 1,
         "repository_name": "one/svc/app", "severity": "Low", "tags": null, "version": "1.2"},
        {"cve_id": "CVE-4", "digest": digest, "links": [""], "package": "zlib", "project_id": 1,
         "repository_name": "one/svc/app", "severity": "Medium", "status": "affected", "tags": null, "version": "1.2"},
    ]);
    assert_eq!(rows.json(), expected);
    assert!(rows.text.starts_with("[{\"cve_id\":\"CVE-1\",\"cvss_v3_score\":9.8,\"desc\":\"Too <long>\","));
    assert!(rows.text.ends_with("}]\n"));

    let old = start_version(registry(), HarborVersion::V2_13).await;
    assert!(get(&old, As::Admin, LIST).await.column("status").iter().all(Value::is_null));
    assert_eq!(get(&old, As::Admin, &format!("{LIST}?q=status%3Dfixed")).await.status, 400);
}

#[tokio::test]
async fn tags_are_the_newest_ten_and_only_on_request() {
    let harbor = start(registry()).await;
    let answer = get(&harbor, As::Admin, &format!("{LIST}?with_tag=true&q=cve_id%3DCVE-1")).await;
    let newest: Vec<_> = (2..12).rev().map(|number| format!("v{number}")).collect();
    assert_eq!(answer.column("tags"), [json!(newest), json!([])]);
}

#[tokio::test]
async fn sizes_of_zero_and_below_mean_fifteen() {
    let harbor = start(tied(40)).await;
    let first = ids(&harbor, "page_size=0").await;
    assert_eq!(first.len(), 15);
    assert_eq!(ids(&harbor, "page_size=0&page=2").await, first);
    let answer = get(&harbor, As::Admin, &format!("{LIST}?page_size=-1")).await;
    assert_eq!((answer.len(), answer.total()), (15, Some(40)));
    assert!(answer.header("link").unwrap().contains("rel=\"next\""));
    let answer = get(&harbor, As::Admin, &format!("{LIST}?page_size=-1&page=2")).await;
    assert_eq!((answer.status, answer.error()), (500, ("UNKNOWN".to_owned(), "internal server error".to_owned())));
    assert_eq!(get(&harbor, As::Admin, &format!("{LIST}?page_size=101")).await.status, 422);
    assert_eq!(ids(&harbor, "").await.len(), 10);
    let beyond = get(&harbor, As::Admin, &format!("{LIST}?page=99")).await;
    assert_eq!((beyond.len(), beyond.total()), (0, Some(40)));
}

#[tokio::test]
async fn large_numbers_are_not_counted_on_request() {
    for (count, total) in [(1_000, "1000"), (1_001, "-1")] {
        let harbor = start(tied(count)).await;
        let answer = get(&harbor, As::Admin, &format!("{LIST}?tune_count=true&page=2")).await;
        assert_eq!(answer.header("x-total-count"), Some(total));
        assert_eq!(answer.header("link").is_some(), total != "-1", "{:?}", answer.header("link"));
        assert_eq!(answer.len(), 10);
    }
}

#[tokio::test]
async fn keys_are_exact_and_others_are_refused() {
    let harbor = start(registry()).await;
    for (q, total) in [
        ("cve_id%3DCVE-1", 2),
        ("severity%3DMedium", 2),
        ("severity%3Dmedium", 0),
        ("status%3Dfixed", 2),
        ("package%3Dzlib", 9),
        ("package%3Dzlib%2Ccve_id%3DCVE-5", 1),
        ("repository_name%3Dtwo%2Fcopy", 4),
        ("project_id%3D2", 5),
        ("project_id%3D9", 0),
        ("tag%3Dv3", 4),
        ("tag%3Dall", 0),
        ("digest%3Dsha256:00", 0),
        ("cvss_score_v3%3D%5B8~10%5D", 4),
        ("cvss_score_v3%3D%5B8.1~10%5D", 2),
        ("cvss_score_v3%3D%5B0~10%5D", 6),
        ("cvss_score_v3%3D%5B8~%5D", 0),
        ("cvss_score_v3%3D%5B~10%5D", 0),
    ] {
        let answer = get(&harbor, As::Admin, &format!("{LIST}?q={q}")).await;
        assert_eq!((answer.status, answer.total()), (200, Some(total)), "{q}: {}", answer.text);
    }
    for (q, message) in [
        ("moon%3D1", "bad request: keyword: moon is not allowed"),
        ("CVE_ID%3D1", "bad request: keyword: CVE_ID is not allowed"),
        ("cve_id%3D~CVE", "bad request: keyword: cve_id, the query type is not allowed"),
        ("severity%3D%7BHigh%20Low%7D", "bad request: keyword: severity, the query type is not allowed"),
        ("cvss_score_v3%3D9.8", "bad request: keyword: cvss_score_v3, the query type is not allowed"),
        ("a%3D%7Bb", "invalid query string value: {b"),
    ] {
        let answer = get(&harbor, As::Admin, &format!("{LIST}?q={q}")).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (400, message), "{q}");
    }
    for q in ["project_id%3Dtwo", "cvss_score_v3%3D%5Ba~b%5D"] {
        assert_eq!(get(&harbor, As::Admin, &format!("{LIST}?q={q}")).await.status, 500, "{q}");
    }
}

#[tokio::test]
async fn pages_overlap_where_scores_are_equal() {
    let harbor = start(tied(300)).await;
    let mut seen = BTreeSet::new();
    for page in 1..=30 {
        let query = format!("page={page}");
        let rows = ids(&harbor, &query).await;
        assert_eq!(rows.len(), 10);
        assert_eq!(ids(&harbor, &query).await, rows, "the same page is always the same");
        seen.extend(rows);
    }
    assert!(seen.len() < 300, "all rows were seen");
    // What fits on one page is complete.
    let small = start(tied(100)).await;
    let rows: BTreeSet<_> = ids(&small, "page_size=100").await.into_iter().collect();
    assert_eq!(rows.len(), 100);
}

#[tokio::test]
async fn only_administrators_and_permitted_robots_may_look() {
    let harbor = start(registry()).await;
    for path in [LIST, SUMMARY] {
        assert_eq!(get(&harbor, As::Anonymous, path).await.status, 401);
        let alice = get(&harbor, As::Alice, path).await;
        assert_eq!((alice.status, alice.error()), (403, ("FORBIDDEN".to_owned(), "alice".to_owned())));
        let robot = get(&harbor, As::Robot, path).await;
        assert_eq!((robot.status, robot.error().1.as_str()), (403, "robot$reader"));
    }
    let robot = Robot::new("reader", "reader-secret").with_permission("security-hub:list");
    let harbor = start(Registry::new().with_robot(robot)).await;
    assert_eq!(get(&harbor, As::Robot, LIST).await.text, "[]\n");
    assert_eq!(get(&harbor, As::Robot, SUMMARY).await.status, 403);
}

#[tokio::test]
async fn the_summary_counts_an_accessory_once() {
    let signed = Artifact::image().with_tag("v1").with_accessory(Accessory::signature());
    let project = Project::new("shop").with_repository(Repository::new("app").with_artifact(signed));
    let harbor = start(Registry::new().with_project(project)).await;
    assert_eq!(get(&harbor, As::Admin, SUMMARY).await.json()["total_artifact"], 2);
}

#[tokio::test]
async fn the_summary_counts_copies_and_repeated_findings() {
    let harbor = start(registry()).await;
    let plain = json!({
        "critical_cnt": 2, "fixable_cnt": 2, "high_cnt": 2, "low_cnt": 2, "medium_cnt": 4, "scanned_cnt": 3,
        "total_artifact": 5, "total_vuls": 11, "unknown_cnt": 1,
    });
    assert_eq!(get(&harbor, As::Admin, SUMMARY).await.json(), plain);
    let query = "with_dangerous_cve=true&with_dangerous_artifact=true";
    let summary = get(&harbor, As::Admin, &format!("{SUMMARY}?{query}")).await.json();
    assert_eq!(
        summary["dangerous_cves"],
        json!([
            {"cve_id": "CVE-1", "cvss_score_v3": 9.8, "package": "zlib", "severity": "Critical", "version": "1.2"},
            {"cve_id": "CVE-3", "cvss_score_v3": 8, "package": "zlib", "severity": "High", "version": "1.2"},
            {"cve_id": "CVE-2", "package": "zlib", "severity": "Low", "version": "1.2"},
        ])
    );
    let artifacts = summary["dangerous_artifacts"].as_array().unwrap();
    let names: Vec<_> = artifacts.iter().map(|row| row["repository_name"].as_str().unwrap()).collect();
    assert_eq!(names, ["one/svc/app", "two/copy"], "unknown severities are not dangerous");
    let keys: Vec<_> = artifacts[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["critical_cnt", "digest", "high_cnt", "medium_cnt", "project_id", "repository_name"]);

    let empty = start(Registry::new()).await;
    let answer = get(&empty, As::Admin, &format!("{SUMMARY}?{query}")).await;
    let expected = "{\"critical_cnt\":0,\"fixable_cnt\":0,\"low_cnt\":0,\"medium_cnt\":0,\"scanned_cnt\":0,\
                    \"total_artifact\":0,\"total_vuls\":0}\n";
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn at_most_five_are_the_most_dangerous() {
    let harbor =
        start(Registry::synthetic(Scale { projects: 2, repositories: 2, artifacts: 3, ..Scale::default() })).await;
    let query = "with_dangerous_cve=true&with_dangerous_artifact=true";
    let summary = get(&harbor, As::Admin, &format!("{SUMMARY}?{query}")).await.json();
    assert_eq!(summary["total_vuls"], 12 * 150);
    let counts: Vec<_> = summary["dangerous_artifacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["critical_cnt"].as_u64().unwrap())
        .collect();
    assert!(counts.len() == 5 && counts.is_sorted_by(|left, right| left >= right), "{counts:?}");
    let scores: Vec<_> = summary["dangerous_cves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["cvss_score_v3"].as_f64().unwrap())
        .collect();
    assert_eq!(scores, [9.8; 5]);
}
