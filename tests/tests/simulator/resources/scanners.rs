//! Scanners, their default, and the one of a project.

use harbor_testkit::Scanner;
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
    assert_eq!(read(&harbor, As::Admin, "/scanners?name=tri").await.column("name"), ["Trivy"]);
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
    harbor.registry_mut(|registry| registry.set_scanner_healthy(false));
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
async fn whoever_may_choose_sees_the_candidates() {
    let harbor = start(sample()).await;
    assert_eq!(read(&harbor, As::Admin, "/projects/odd/scanner/candidates").await.total(), Some(1));
    assert_eq!(read(&harbor, As::Alice, "/projects/odd/scanner/candidates").await.status, 403);
    // An administrator is not told that there is no such project.
    assert_eq!(read(&harbor, As::Admin, "/projects/nope/scanner/candidates").await.status, 200);
    assert_eq!(read(&harbor, As::Anonymous, "/projects/library/scanner").await.status, 401);
}
