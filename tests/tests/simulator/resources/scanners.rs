//! Scanners, their default, and the one of a project.

use harbor_testkit::{Registry, Scanner};
use reqwest::Method;
use serde_json::{Value, json};

use super::{keys, read, write};
use crate::support::{As, sample, start};

#[tokio::test]
async fn scanners_are_listed_to_administrators() {
    let harbor = start(sample().with_scanner(Scanner::new("Other", "http://other:8080"))).await;
    let list = read(&harbor, As::Admin, "/scanners").await;
    assert_eq!((list.total(), list.column("name")), (Some(2), vec![json!("Trivy"), json!("Other")]));
    assert_eq!(list.column("is_default"), [true, false]);
    assert_eq!(read(&harbor, As::Admin, "/scanners?q=name=~oth").await.column("name"), ["Other"]);
    for (query, names) in [
        ("name=tri", vec!["Trivy"]),
        ("description=adapter", vec!["Trivy"]),
        ("url=8080", vec!["Trivy", "Other"]),
        ("ex_name=Other", vec!["Other"]),
        ("ex_name=other", vec![]),
        ("ex_url=http://other:8080", vec!["Other"]),
    ] {
        assert_eq!(read(&harbor, As::Admin, &format!("/scanners?{query}")).await.column("name"), names, "{query}");
    }
    // Where a scanner is chosen, these parameters mean nothing.
    assert_eq!(read(&harbor, As::Admin, "/projects/odd/scanner/candidates?name=tri").await.total(), Some(2));
    let refused = read(&harbor, As::Alice, "/scanners").await;
    assert_eq!((refused.status, refused.error().1), (403, "alice".to_owned()));
    assert_eq!(read(&harbor, As::Anonymous, "/scanners").await.status, 401);
    let missing = read(&harbor, As::Admin, "/scanners/nope").await;
    assert_eq!((missing.status, missing.error().1), (404, "scanner nope not found".to_owned()));
    let missing = read(&harbor, As::Admin, "/scanners/nope/metadata").await;
    assert_eq!(missing.error().1, "registration nope not found");
}

#[tokio::test]
async fn a_project_uses_its_own_scanner_or_the_default() {
    let harbor = start(sample().with_scanner(Scanner::new("Other", "http://other:8080"))).await;
    let uuids = read(&harbor, As::Admin, "/scanners").await.column("uuid");
    let scanner = async |project: &str| {
        let answer = read(&harbor, As::Admin, &format!("/projects/{project}/scanner")).await;
        answer.json()["name"].clone()
    };
    assert_eq!(scanner("odd").await, "Trivy");
    let body = json!({"uuid": uuids[1]});
    assert_eq!(write(&harbor, As::Alice, Method::PUT, "/projects/odd/scanner", body.clone()).await.status, 403);
    assert_eq!(write(&harbor, As::Admin, Method::PUT, "/projects/odd/scanner", body).await.status, 200);
    assert_eq!((scanner("odd").await, scanner("library").await), (json!("Other"), json!("Trivy")));
    // Nobody looks whether there is such a scanner: the project is back at the default.
    write(&harbor, As::Admin, Method::PUT, "/projects/odd/scanner", json!({"uuid": "nope"})).await;
    assert_eq!(scanner("odd").await, "Trivy");
    let path = format!("/scanners/{}", uuids[1].as_str().unwrap());
    assert_eq!(write(&harbor, As::Admin, Method::PATCH, &path, json!({"is_default": true})).await.status, 200);
    assert_eq!((scanner("odd").await, scanner("library").await), (json!("Other"), json!("Other")));
    let missing = write(&harbor, As::Admin, Method::PATCH, "/scanners/nope", json!({"is_default": true})).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn a_scanner_that_is_down_says_nothing_of_itself() {
    let harbor = start(sample()).await;
    let up = read(&harbor, As::Admin, "/projects/odd/scanner").await.json();
    assert_eq!((&up["health"], &up["adapter"]), (&json!("healthy"), &json!("Trivy")));
    harbor.registry_mut(|registry| registry.set_scanner_healthy(false)).await;
    let down = read(&harbor, As::Admin, "/projects/odd/scanner").await.json();
    assert_eq!(down["health"], "unhealthy");
    let gone = ["adapter", "capabilities", "vendor", "version"];
    let left: Vec<_> = keys(&up).into_iter().filter(|key| !gone.contains(key)).collect();
    assert_eq!(keys(&down), left);
    let uuid = down["uuid"].as_str().unwrap();
    assert_eq!(read(&harbor, As::Admin, &format!("/scanners/{uuid}/metadata")).await.status, 500);
    assert_eq!(read(&harbor, As::Admin, &format!("/scanners/{uuid}")).await.json().get("capabilities"), None::<&Value>);
}

#[tokio::test]
async fn without_a_scanner_nothing_is_scanned_or_counted() {
    const V1: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1";
    let harbor = start(sample().without_scanners()).await;
    let id = read(&harbor, As::Admin, "/projects/library").await.json()["project_id"].clone();
    let scan = write(&harbor, As::Admin, Method::POST, &format!("{V1}/scan"), Value::Null).await;
    let message = format!("no available scanner for project: {id}");
    assert_eq!((scan.status, scan.error()), (412, ("PRECONDITION".to_owned(), message)));
    let report = read(&harbor, As::Admin, &format!("{V1}/additions/vulnerabilities")).await;
    let message = format!("no scanner registration configured for project: {id}");
    assert_eq!((report.status, report.error()), (404, ("NOT_FOUND".to_owned(), message)));
    let artifact = read(&harbor, As::Admin, &format!("{V1}?with_scan_overview=true")).await.json();
    assert_eq!((artifact.get("scan_overview"), artifact["addition_links"].get("vulnerabilities")), (None, None));
    let scanner = read(&harbor, As::Admin, "/projects/library/scanner").await;
    assert_eq!((scanner.status, scanner.text.as_str()), (200, ""));
    assert_eq!(scanner.header("content-type"), Some("application/json"));
    assert_eq!(read(&harbor, As::Admin, "/scanners").await.json(), json!([]));
    let hub = read(&harbor, As::Admin, "/security/vul").await;
    assert_eq!((hub.total(), hub.json()), (Some(0), json!([])));
    let summary = read(&harbor, As::Admin, "/security/summary?with_dangerous_cve=true").await.json();
    assert!(summary.as_object().unwrap().values().all(|count| *count == 0), "{summary}");
    for path in ["/scans/all/metrics", "/scans/schedule/metrics", "/system/scanAll/schedule"] {
        let refused = read(&harbor, As::Admin, path).await;
        let message = "no scanner is configured, it's not possible to scan";
        assert_eq!((refused.status, refused.error().1.as_str()), (412, message), "{path}");
        assert_eq!(read(&harbor, As::Anonymous, path).await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn messages_name_the_scanner_of_the_project() {
    let scanners = [Scanner::new("Clair", "http://clair:8080").disabled(), Scanner::new("Other", "http://other:8080")];
    let registry = scanners.into_iter().fold(sample().without_scanners(), Registry::with_scanner);
    let harbor = start(registry).await;
    let chart = "/projects/odd/repositories/chart/artifacts/1.0.0/scan";
    let refused = write(&harbor, As::Admin, Method::POST, chart, Value::Null).await;
    assert_eq!((refused.status, refused.error().1.as_str()), (412, "scanner Clair is deactivated"));
    let uuid = read(&harbor, As::Admin, "/scanners").await.column("uuid").pop().unwrap();
    write(&harbor, As::Admin, Method::PUT, "/projects/odd/scanner", json!({"uuid": uuid})).await;
    let refused = write(&harbor, As::Admin, Method::POST, chart, Value::Null).await;
    let message = "the configured scanner Other does not support scanning artifact with mime type \
                   application/vnd.oci.image.manifest.v1+json";
    assert_eq!((refused.status, refused.error().1.as_str()), (400, message));
}

#[tokio::test]
async fn whoever_may_choose_sees_the_candidates() {
    let harbor = start(sample()).await;
    assert_eq!(read(&harbor, As::Admin, "/projects/odd/scanner/candidates").await.total(), Some(1));
    assert_eq!(read(&harbor, As::Alice, "/projects/odd/scanner/candidates").await.status, 403);
    // An administrator is not told that there is no such project.
    assert_eq!(read(&harbor, As::Admin, "/projects/nope/scanner/candidates").await.status, 200);
    assert_eq!(read(&harbor, As::Anonymous, "/projects/library/scanner").await.status, 401);
}
