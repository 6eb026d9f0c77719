//! The server itself: settings, schedules, accepted vulnerabilities, and lists that stay empty.

use chrono::DateTime;
use harbor_testkit::{Allowlist, Project};
use reqwest::Method;
use serde_json::{Value, json};

use super::{keys, read, write};
use crate::support::{As, sample, start};

#[tokio::test]
async fn who_may_read_what_of_the_system() {
    let harbor = start(sample()).await;
    for (path, anonymous, alice) in [
        ("/configurations", 401, 403),
        ("/systeminfo/volumes", 401, 403),
        ("/system/gc/schedule", 401, 403),
        ("/system/purgeaudit/schedule", 401, 403),
        ("/system/scanAll/schedule", 401, 403),
        ("/scans/all/metrics", 401, 403),
        ("/scans/schedule/metrics", 401, 403),
        ("/schedules", 401, 403),
        ("/registries", 401, 403),
        ("/replication/policies", 401, 403),
        ("/schedules/all/paused", 401, 200),
        ("/audit-logs", 401, 200),
        ("/auditlog-exts", 401, 200),
        ("/system/CVEAllowlist", 401, 200),
        ("/projects/odd/logs", 401, 200),
        ("/projects/123/auditlog-exts", 401, 403),
        ("/health", 200, 200),
    ] {
        assert_eq!(read(&harbor, As::Anonymous, path).await.status, anonymous, "{path}");
        assert_eq!(read(&harbor, As::Alice, path).await.status, alice, "{path}");
        assert_eq!(read(&harbor, As::Admin, path).await.status, 200, "{path}");
    }
    assert_eq!(read(&harbor, As::Anonymous, "/audit-logs").await.error().1, "");
    assert_eq!(read(&harbor, As::Admin, "/schedules/x/paused").await.error().1, "job_type can only be 'all'");
    assert_eq!(read(&harbor, As::Admin, "/audit-logs?q=a%3D%7Bb").await.status, 400);
}

#[tokio::test]
async fn what_is_not_there_has_an_empty_body() {
    let harbor = start(sample()).await;
    for path in ["/system/gc/schedule", "/system/purgeaudit/schedule", "/system/scanAll/schedule"] {
        let answer = read(&harbor, As::Admin, path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
    let never = json!({"completed": 0, "ongoing": false, "total": 0});
    assert_eq!(read(&harbor, As::Admin, "/scans/schedule/metrics").await.json(), never);
    let settings = read(&harbor, As::Admin, "/configurations").await.json();
    assert_eq!(settings["auth_mode"], json!({"editable": false, "value": "db_auth"}));
    assert_eq!(settings["robot_name_prefix"]["value"], "robot$");
}

#[tokio::test]
async fn a_scan_of_everything_counts_artifacts() {
    let harbor = start(sample()).await;
    // Two images of the application, two indexes, and one image each that runs, waits, failed, was stopped or succeeded.
    let metrics = json!({"Error": 1, "Pending": 1, "Running": 1, "Stopped": 1, "Success": 5});
    let expected = json!({"completed": 7, "metrics": metrics, "ongoing": true, "total": 9, "trigger": "Manual"});
    assert_eq!(read(&harbor, As::Admin, "/scans/all/metrics").await.json(), expected);
    // Scans of single images are no part of it.
    for tag in ["v1", "v3"] {
        let path = format!("/projects/library/repositories/svc%252Fapp/artifacts/{tag}/scan");
        assert_eq!(write(&harbor, As::Admin, Method::POST, &path, Value::Null).await.status, 202);
        assert_eq!(read(&harbor, As::Admin, "/scans/all/metrics").await.json(), expected);
    }
}

#[tokio::test]
async fn the_health_knows_the_scanner() {
    let harbor = start(sample()).await;
    assert_eq!(read(&harbor, As::Anonymous, "/health").await.json()["status"], "healthy");
    harbor.registry_mut(|registry| registry.set_scanner_healthy(false)).await;
    let health = read(&harbor, As::Anonymous, "/health").await.json();
    assert_eq!(health["status"], "unhealthy");
    let sick: Vec<_> =
        health["components"].as_array().unwrap().iter().filter(|one| one["status"] == "unhealthy").collect();
    assert_eq!(sick.len(), 1);
    assert_eq!((&sick[0]["name"], keys(sick[0])), (&json!("trivy"), vec!["error", "name", "status"]));
}

#[tokio::test]
async fn vulnerabilities_can_be_accepted() {
    let end = DateTime::from_timestamp(1_893_456_000, 0).unwrap();
    let list = Allowlist::new(["CVE-2024-0001"]).until(end);
    let harbor = start(sample().with_project(Project::new("strict").with_allowlist(list))).await;
    let project = read(&harbor, As::Admin, "/projects/strict").await.json();
    let own = &project["cve_allowlist"];
    assert_eq!((&own["items"], &own["expires_at"]), (&json!([{"cve_id": "CVE-2024-0001"}]), &json!(1_893_456_000)));
    assert_eq!(own["update_time"], "0001-01-01T00:00:00.000Z");

    let path = "/system/CVEAllowlist";
    let empty = read(&harbor, As::Alice, path).await.json();
    let never = "0001-01-01T00:00:00.000Z";
    assert_eq!(empty, json!({"creation_time": never, "items": [], "update_time": never}));
    let body = json!({"items": [{"cve_id": "CVE-2020-0003"}], "expires_at": 1_893_456_000});
    assert_eq!(write(&harbor, As::Alice, Method::PUT, path, body.clone()).await.error().1, "alice");
    assert_eq!(write(&harbor, As::Admin, Method::PUT, path, body).await.status, 200);
    let set = read(&harbor, As::Alice, path).await.json();
    assert_eq!((&set["items"], &set["expires_at"]), (&json!([{"cve_id": "CVE-2020-0003"}]), &json!(1_893_456_000)));
    assert_ne!(set["update_time"], never);
    let twice = json!({"items": [{"cve_id": "A"}, {"cve_id": "A"}]});
    assert_eq!(write(&harbor, As::Admin, Method::PUT, path, twice).await.status, 500);
    assert_eq!(write(&harbor, As::Admin, Method::PUT, path, json!([1])).await.status, 422);
}

#[tokio::test]
async fn artifacts_have_icons() {
    let harbor = start(sample()).await;
    let icons = read(&harbor, As::Admin, "/projects/odd/artifacts?page_size=100").await.column("icon");
    assert_eq!(icons.len(), 9);
    for icon in icons {
        let path = format!("/icons/{}", icon.as_str().unwrap());
        assert_eq!(keys(&read(&harbor, As::Anonymous, &path).await.json()), ["content", "content-type"]);
    }
    let missing = read(&harbor, As::Admin, "/icons/nonsense").await;
    assert_eq!((missing.status, missing.error().1), (404, "the icon nonsense not found".to_owned()));
}
