//! Scans that clients start: where they stand, how they end, and what is refused.

use std::time::Duration;

use harbor_testkit::{
    Artifact, HarborVersion, Platform, Project, Registry, Report, Repository, Scan, ScanPace, SimulatedHarbor,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, As, MEDIA_TYPE, client, finding, get, get_with, sample, send, start, start_version};

const V1: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1";

/// Sends a body of JSON as the administrator.
async fn post(harbor: &SimulatedHarbor, path: &str, body: &str) -> Answer {
    let request = client().post(format!("{}/api/v2.0{path}", harbor.url())).basic_auth("admin", Some("Harbor12345"));
    let response = request.header("content-type", "application/json").body(body.to_owned()).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

async fn start_scan(harbor: &SimulatedHarbor, artifact: &str) -> Answer {
    send(harbor, Method::POST, As::Admin, &format!("{artifact}/scan"), &[]).await.unwrap()
}

async fn stop_scan(harbor: &SimulatedHarbor, artifact: &str) -> Answer {
    post(harbor, &format!("{artifact}/scan/stop"), r#"{"scan_type":"vulnerability"}"#).await
}

async fn overview(harbor: &SimulatedHarbor, artifact: &str) -> Value {
    let answer = get(harbor, As::Admin, &format!("{artifact}?with_scan_overview=true")).await.json();
    answer["scan_overview"][MEDIA_TYPE].clone()
}

async fn report(harbor: &SimulatedHarbor, artifact: &str) -> Value {
    get(harbor, As::Admin, &format!("{artifact}/additions/vulnerabilities")).await.json()
}

fn advance(harbor: &SimulatedHarbor) -> usize {
    harbor.registry_mut(Registry::advance_scans).into_inner()
}

fn digest_of(registry: &Registry, project: &str, repository: &str, reference: &str) -> String {
    let repository = registry.project(project).unwrap().repository(repository).unwrap();
    repository.artifact(reference).unwrap().digest().to_owned()
}

#[tokio::test]
async fn a_rescan_deletes_the_report_at_once() {
    let harbor = start(sample()).await;
    let before = overview(&harbor, V1).await;
    let report_before = report(&harbor, V1).await;
    let answer = start_scan(&harbor, V1).await;
    assert_eq!((answer.status, answer.text.as_str(), answer.header("content-type")), (202, "", None));
    let never = "0001-01-01T00:00:00.000Z";
    let pending = overview(&harbor, V1).await;
    let id = pending["report_id"].clone();
    let expected = json!({"report_id": id, "scan_status": "Pending", "start_time": never, "end_time": never});
    assert_eq!(pending, expected);
    assert_ne!(id, before["report_id"]);
    assert_eq!(report(&harbor, V1).await, json!({}));
    assert_eq!(advance(&harbor), 1);
    let running = overview(&harbor, V1).await;
    assert_eq!(running["scan_status"], "Running");
    assert_eq!((&running["end_time"], running.get("duration")), (&json!(never), None));
    assert_ne!(running["start_time"], never);
    assert_eq!(report(&harbor, V1).await, json!({}));
    assert_eq!(advance(&harbor), 1);
    let done = overview(&harbor, V1).await;
    assert_eq!((&done["scan_status"], &done["report_id"], &done["duration"]), (&json!("Success"), &id, &json!(1)));
    assert_eq!(done["summary"], before["summary"]);
    assert_eq!(report(&harbor, V1).await, report_before);
    assert_eq!(advance(&harbor), 0);
}

#[tokio::test]
async fn a_scan_ends_as_the_registry_says() {
    let mut registry = sample();
    let hanging = digest_of(&registry, "library", "svc/app", "v2");
    registry.set_next_scan(&hanging, Scan::Running);
    let unscanned = "/projects/library/repositories/svc%252Fapp/artifacts/v3";
    let hanging = "/projects/library/repositories/svc%252Fapp/artifacts/v2";
    let failed = "/projects/odd/repositories/failed/artifacts/latest";
    let planned = Artifact::image().with_tag("1").with_next_scan(Scan::Failed);
    let project = Project::new("planned").with_repository(Repository::new("r").with_artifact(planned));
    let harbor = start(registry.with_project(project)).await;
    let planned = "/projects/planned/repositories/r/artifacts/1";
    for artifact in [unscanned, hanging, failed, planned] {
        assert_eq!(start_scan(&harbor, artifact).await.status, 202, "{artifact}");
    }
    while advance(&harbor) > 0 {}
    assert_eq!(overview(&harbor, unscanned).await["summary"], json!({"fixable": 0, "summary": {}, "total": 0}));
    assert_eq!(overview(&harbor, hanging).await["scan_status"], "Running");
    assert_eq!(overview(&harbor, failed).await["scan_status"], "Error");
    assert_eq!(overview(&harbor, planned).await["scan_status"], "Error");
    assert_eq!(report(&harbor, hanging).await, json!({}));
}

#[tokio::test]
async fn a_scan_that_has_not_ended_is_in_the_way() {
    let harbor = start(sample()).await;
    assert_eq!(start_scan(&harbor, V1).await.status, 202);
    for status in ["Pending", "Running"] {
        let answer = start_scan(&harbor, V1).await;
        let error = (answer.status, answer.error());
        assert_eq!(error, (409, ("CONFLICT".to_owned(), format!("a previous scan process is {status}"))));
        advance(&harbor);
    }
    assert_eq!(start_scan(&harbor, V1).await.status, 202);
    let running = "/projects/odd/repositories/running/artifacts/latest";
    assert_eq!(start_scan(&harbor, running).await.error().1, "a previous scan process is Running");
}

#[tokio::test]
async fn a_stopped_scan_starts_again() {
    let harbor = start(sample()).await;
    start_scan(&harbor, V1).await;
    advance(&harbor);
    assert_eq!((stop_scan(&harbor, V1).await.status, advance(&harbor)), (202, 0));
    assert_eq!(overview(&harbor, V1).await["scan_status"], "Stopped");
    // Stopping what has ended changes nothing.
    assert_eq!(stop_scan(&harbor, V1).await.status, 202);
    start_scan(&harbor, V1).await;
    while advance(&harbor) > 0 {}
    assert_eq!(overview(&harbor, V1).await["summary"]["total"], 1);
    let v3 = "/projects/library/repositories/svc%252Fapp/artifacts/v3";
    let refused = stop_scan(&harbor, v3).await;
    let digest = harbor.registry(|registry| digest_of(registry, "library", "svc/app", "v3"));
    assert_eq!((refused.status, refused.error().1), (400, format!("no scan job for artifact digest={digest}")));
}

#[tokio::test]
async fn an_index_starts_its_images() {
    let harbor = start(sample()).await;
    let index = "/projects/odd/repositories/partial/artifacts/latest";
    assert_eq!(overview(&harbor, index).await, Value::Null);
    assert_eq!(start_scan(&harbor, index).await.status, 202);
    assert_eq!(overview(&harbor, index).await["scan_status"], "Pending");
    assert_eq!(advance(&harbor), 2);
    // The end is not known yet, and is taken for the year 1.
    let running = overview(&harbor, index).await;
    assert_eq!(running["scan_status"], "Running");
    assert!(running["duration"].as_i64().unwrap() < -60_000_000_000, "{running}");
    assert_eq!(start_scan(&harbor, index).await.status, 409);
    advance(&harbor);
    let done = overview(&harbor, index).await;
    assert_eq!((&done["scan_status"], &done["complete_percent"]), (&json!("Success"), &json!(100)));
    assert_eq!(done["summary"]["total"], 1);
}

#[tokio::test]
async fn a_child_that_cannot_be_scanned_takes_the_report_away() {
    let image = Artifact::image().with_tag("image").with_report(Report::new());
    let index = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), image)
        .with_child(Platform::linux("unknown"), Artifact::other("THING", "application/vnd.acme.thing"));
    let project = Project::new("p").with_repository(Repository::new("r").with_artifact(index));
    let harbor = start(Registry::new().with_project(project)).await;
    let index = "/projects/p/repositories/r/artifacts/latest";
    assert_eq!(report(&harbor, index).await, json!({}));
    assert_eq!(overview(&harbor, index).await, Value::Null);
    let links = get(&harbor, As::Admin, index).await.json()["addition_links"].clone();
    assert!(links.get("vulnerabilities").is_some(), "the image in it can be scanned: {links}");
    assert_eq!((start_scan(&harbor, index).await.status, advance(&harbor)), (202, 1));
    assert!(report(&harbor, "/projects/p/repositories/r/artifacts/image").await.get(MEDIA_TYPE).is_none());
}

#[tokio::test]
async fn an_attestation_takes_nothing_away() {
    let index = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), Artifact::image().with_report(Report::new()))
        .with_child(Platform::unknown(), Artifact::oci_image());
    let project = Project::new("p").with_repository(Repository::new("r").with_artifact(index));
    let harbor = start(Registry::new().with_project(project)).await;
    let index = "/projects/p/repositories/r/artifacts/latest";
    assert!(report(&harbor, index).await.get(MEDIA_TYPE).is_some());
    assert_eq!(overview(&harbor, index).await["complete_percent"], 100);
}

#[tokio::test]
async fn bodies_and_types_are_checked() {
    let harbor = start(sample()).await;
    let list = "validation failure list:\n";
    for (body, message) in [
        ("{\"a\":", format!("{list}parsing scanType body from \"\" failed, because unexpected EOF")),
        (
            "[1]",
            format!(
                "{list}parsing scanType body from \"\" failed, because json: cannot unmarshal array into Go value of \
                 type models.ScanType"
            ),
        ),
        (r#"{"scan_type":"moon"}"#, format!("{list}{list}scan_type in body should be one of [vulnerability sbom]")),
    ] {
        for path in ["scan", "scan/stop"] {
            let answer = post(&harbor, &format!("{V1}/{path}"), body).await;
            assert_eq!((answer.status, answer.error().1.as_str()), (422, message.as_str()), "{path} {body}");
        }
    }
    let unneeded = send(&harbor, Method::POST, As::Admin, &format!("{V1}/scan/stop"), &[]).await.unwrap();
    assert_eq!((unneeded.status, unneeded.error().1), (422, format!("{list}scanType in body is required")));
    let chart = start_scan(&harbor, "/projects/odd/repositories/chart/artifacts/1.0.0").await;
    let message = "the configured scanner Trivy does not support scanning artifact with mime type \
                   application/vnd.oci.image.manifest.v1+json";
    assert_eq!((chart.status, chart.error().1.as_str()), (400, message));
    assert_eq!(start_scan(&harbor, "/projects/odd/repositories/chart/artifacts/nope").await.status, 404);
    let empty = "/projects/odd/repositories/empty/artifacts/latest";
    harbor.registry_mut(|registry| registry.push("odd", "empty", Artifact::index().with_tag("latest"))).await.unwrap();
    assert_eq!(start_scan(&harbor, empty).await.status, 400, "there is no image in the index");
    assert_eq!(get(&harbor, As::Admin, &format!("{empty}/additions/vulnerabilities")).await.status, 404);
    assert_eq!(get(&harbor, As::Admin, empty).await.json().get("addition_links"), None);
    for (who, status) in [(As::Anonymous, 401), (As::Robot, 403)] {
        let answer = send(&harbor, Method::POST, who, &format!("{V1}/scan"), &[]).await.unwrap();
        assert_eq!(answer.status, status, "{who:?}");
    }
    assert_eq!(post(&harbor, &format!("{V1}/scan"), "{}").await.status, 202);
}

#[tokio::test]
async fn logs_are_found_by_the_id_of_the_report() {
    let harbor = start(sample()).await;
    let id = overview(&harbor, V1).await["report_id"].as_str().unwrap().to_owned();
    let log = get(&harbor, As::Anonymous, &format!("{V1}/scan/{id}/log")).await;
    assert_eq!((log.status, log.header("content-type")), (200, Some("text/plain")));
    assert!(log.text.contains("svc/app") && !log.text.contains("ERROR"), "{}", log.text);
    let json = get_with(&harbor, As::Admin, &format!("{V1}/scan/{id}/log"), &[("accept", "application/json")]).await;
    assert_eq!(json.json(), json!(log.text));
    let failed = "/projects/odd/repositories/failed/artifacts/latest";
    let failed_id = overview(&harbor, failed).await["report_id"].as_str().unwrap().to_owned();
    assert!(get(&harbor, As::Admin, &format!("{failed}/scan/{failed_id}/log")).await.text.contains("[ERROR]"));
    let index = "/projects/odd/repositories/multi/artifacts/latest";
    let index_id = overview(&harbor, index).await["report_id"].as_str().unwrap().to_owned();
    let both = get(&harbor, As::Admin, &format!("{index}/scan/{index_id}/log")).await;
    assert_eq!(both.text.matches("---------- Logs of report ").count(), 2);
    // The id of another artifact, and what is no id.
    assert_eq!(get(&harbor, As::Admin, &format!("{V1}/scan/{failed_id}/log")).await.status, 404);
    assert_eq!(get(&harbor, As::Admin, &format!("{V1}/scan/nope/log")).await.status, 400);
    start_scan(&harbor, V1).await;
    assert_eq!(get(&harbor, As::Admin, &format!("{V1}/scan/{id}/log")).await.status, 404, "the report is gone");
}

#[tokio::test]
async fn scans_can_follow_the_clock() {
    let hour = Duration::from_secs(3_600);
    for (pending, running, expected) in
        [(hour, hour, "Pending"), (Duration::ZERO, hour, "Running"), (Duration::ZERO, Duration::ZERO, "Success")]
    {
        let harbor = start(sample().with_scan_pace(ScanPace::Timed { pending, running })).await;
        start_scan(&harbor, V1).await;
        assert_eq!(overview(&harbor, V1).await["scan_status"], expected);
    }
}

#[tokio::test]
async fn a_scanner_that_is_down_hides_links_and_overviews() {
    let chart = "/projects/odd/repositories/chart/artifacts/1.0.0";
    let index = "/projects/odd/repositories/multi/artifacts/latest";
    for (version, serves) in [(HarborVersion::V2_13, false), (HarborVersion::V2_14, true)] {
        let harbor = start_version(sample(), version).await;
        harbor.registry_mut(|registry| registry.set_scanner_healthy(false)).await;
        let down = get(&harbor, As::Admin, &format!("{V1}?with_scan_overview=true")).await.json();
        let links: Vec<_> = down["addition_links"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((down.get("scan_overview"), links), (None, vec!["build_history"]), "{version:?}");
        let statuses = async || {
            let mut statuses = Vec::new();
            for artifact in [V1, index, chart] {
                let answer = get(&harbor, As::Admin, &format!("{artifact}/additions/vulnerabilities")).await;
                statuses.push((answer.status, answer.text == "{}"));
            }
            statuses
        };
        let expected = if serves { [(200, false), (200, false), (200, true)] } else { [(404, false); 3] };
        assert_eq!(statuses().await, expected, "{version:?}");
        assert_eq!(start_scan(&harbor, V1).await.status, 400);
        harbor.registry_mut(|registry| registry.set_scanner_healthy(true)).await;
        assert_eq!(statuses().await, [(200, false), (200, false), (404, false)], "{version:?}");
        assert_ne!(overview(&harbor, V1).await, Value::Null);
    }
}

#[tokio::test]
async fn a_child_that_is_rescanned_takes_the_report_of_the_index_away() {
    let child = || Artifact::image().with_report(Report::new().with_finding(&finding("CVE-2024-0001")));
    let index = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), child().with_tag("amd64"))
        .with_child(Platform::linux("arm64"), child());
    let project = Project::new("p").with_repository(Repository::new("r").with_artifact(index));
    let harbor = start(Registry::new().with_project(project)).await;
    let (index, amd64) = ("/projects/p/repositories/r/artifacts/latest", "/projects/p/repositories/r/artifacts/amd64");
    start_scan(&harbor, amd64).await;
    assert_eq!(report(&harbor, index).await, json!({}));
    let partial = overview(&harbor, index).await;
    assert_eq!((&partial["scan_status"], &partial["complete_percent"]), (&json!("Success"), &json!(50)));
    assert!(partial["duration"].as_i64().unwrap() > 60_000_000_000, "{partial}");
}
