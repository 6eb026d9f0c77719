//! Labels and the artifacts that have them.

use harbor_testkit::{Label, Registry};
use reqwest::Method;
use serde_json::json;

use super::{keys, read, write};
use crate::support::{As, sample, start};

const ARTIFACT: &str = "/projects/odd/repositories/multi/artifacts/latest";

fn labelled() -> Registry {
    let registry = sample();
    let odd = registry.project("odd").unwrap().id();
    let global = Label::new(3, "approved").with_color("#61717D").with_description("by the team");
    registry.with_label(global).with_label(Label::new(1, "base")).with_label(Label::new(2, "own").in_project(odd))
}

#[tokio::test]
async fn lists_ask_for_a_scope() {
    let harbor = start(labelled()).await;
    let odd = harbor.registry_mut(|registry| registry.project("odd").unwrap().id()).await;
    let global = read(&harbor, As::Anonymous, "/labels?scope=g").await;
    assert_eq!((global.total(), global.column("name")), (Some(2), vec![json!("base"), json!("approved")]));
    let sent = global.json();
    assert_eq!(keys(&sent[0]), ["color", "creation_time", "id", "name", "scope", "update_time"]);
    assert_eq!((&sent[1]["description"], &sent[1]["color"]), (&json!("by the team"), &json!("#61717D")));
    assert_eq!(read(&harbor, As::Admin, "/labels?scope=g&name=APP").await.column("id"), [3]);
    assert_eq!(read(&harbor, As::Admin, "/labels?scope=g&sort=name").await.column("id"), [3, 1]);
    let own = read(&harbor, As::Alice, &format!("/labels?scope=p&project_id={odd}")).await;
    assert_eq!((own.column("id"), own.column("project_id")), (vec![json!(2)], vec![json!(odd)]));
    for (who, path, status, message) in [
        (As::Admin, "/labels", 400, "invalid scope: "),
        (As::Admin, "/labels?scope=z", 400, "invalid scope: z"),
        (As::Admin, "/labels?scope=p", 400, "must with project ID when to query project labels"),
        (As::Admin, "/labels?q=a%3D%7Bb", 400, "invalid query string value: {b"),
        (As::Alice, "/labels/3", 403, "alice"),
        (As::Admin, "/labels/99", 404, "label 99 not found"),
    ] {
        let answer = read(&harbor, who, path).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{path}");
    }
    assert_eq!(read(&harbor, As::Anonymous, &format!("/labels?scope=p&project_id={odd}")).await.status, 401);
}

#[tokio::test]
async fn labels_are_created_changed_and_deleted() {
    let harbor = start(labelled()).await;
    let new = json!({"name": "new", "color": "#FF0000", "scope": "g"});
    let created = write(&harbor, As::Admin, Method::POST, "/labels", new.clone()).await;
    assert_eq!((created.status, created.header("location")), (201, Some("/api/v2.0/labels/4")));
    assert_eq!(write(&harbor, As::Admin, Method::POST, "/labels", new.clone()).await.status, 409);
    assert_eq!(write(&harbor, As::Alice, Method::POST, "/labels", new).await.status, 403);
    let bad = write(&harbor, As::Admin, Method::POST, "/labels", json!({"name": "x", "scope": "z"})).await;
    assert_eq!((bad.status, bad.error().1), (400, "unsupported label scope".to_owned()));

    assert_eq!(
        write(&harbor, As::Admin, Method::POST, &format!("{ARTIFACT}/labels"), json!({"id": 4})).await.status,
        200
    );
    let again = write(&harbor, As::Admin, Method::POST, &format!("{ARTIFACT}/labels"), json!({"id": 4})).await;
    assert!(again.error().1.starts_with("label 4 is already added to the artifact "), "{}", again.text);
    let before = read(&harbor, As::Admin, "/labels/4").await;
    let changed = json!({"name": "renamed", "color": "#000000", "scope": "g"});
    assert_eq!(write(&harbor, As::Admin, Method::PUT, "/labels/4", changed.clone()).await.status, 200);
    assert_eq!(write(&harbor, As::Admin, Method::PUT, "/labels/4", changed).await.status, 200);
    let after = read(&harbor, As::Admin, "/labels/4").await.json();
    assert_eq!(after["creation_time"], before.json()["creation_time"]);
    assert_ne!(after["update_time"], before.json()["update_time"]);
    for (name, status, message) in [
        ("base", 409, "label base already exists"),
        ("", 400, "cannot be empty"),
        (&"x".repeat(129), 400, "max length is 128"),
    ] {
        let refused = write(&harbor, As::Admin, Method::PUT, "/labels/4", json!({"name": name})).await;
        assert_eq!((refused.status, refused.error().1.as_str()), (status, message));
    }
    let artifact = read(&harbor, As::Admin, &format!("{ARTIFACT}?with_label=true")).await.json();
    assert_eq!(
        (&artifact["labels"][0]["name"], &artifact["labels"][0]["color"]),
        (&json!("renamed"), &json!("#000000"))
    );

    // A new label is not checked like that.
    assert_eq!(write(&harbor, As::Admin, Method::POST, "/labels", json!({"scope": "g"})).await.status, 201);
    assert_eq!(read(&harbor, As::Admin, "/labels/5").await.json().get("name"), None);
    let long = json!({"name": "x".repeat(129), "scope": "g"});
    assert_eq!(write(&harbor, As::Admin, Method::POST, "/labels", long).await.status, 500);

    assert_eq!(write(&harbor, As::Admin, Method::DELETE, "/labels/4", json!(null)).await.status, 200);
    assert_eq!(write(&harbor, As::Admin, Method::DELETE, "/labels/4", json!(null)).await.status, 404);
    let artifact = read(&harbor, As::Admin, &format!("{ARTIFACT}?with_label=true")).await.json();
    assert_eq!(artifact["labels"], json!(null));
}

#[tokio::test]
async fn labels_of_other_projects_cannot_be_put_on() {
    let harbor = start(labelled()).await;
    let elsewhere = "/projects/library/repositories/svc%252Fapp/artifacts";
    let id = read(&harbor, As::Admin, "/projects/library").await.json()["project_id"].clone();
    let missing = "/projects/nope/repositories/r/artifacts/v1/labels".to_owned();
    for (who, path, label, status, message) in [
        (As::Admin, format!("{elsewhere}/v1/labels"), 2, 404, format!("project id {id}, label 2 not found")),
        // The label is looked for before the artifact, and the project before all else.
        (As::Admin, format!("{elsewhere}/v99/labels"), 99, 404, "label 99 not found".to_owned()),
        (As::Alice, missing.clone(), 1, 404, "project nope not found".to_owned()),
        (As::Anonymous, missing, 1, 404, "project nope not found".to_owned()),
        (As::Alice, format!("{elsewhere}/v1/labels"), 99, 403, "forbidden".to_owned()),
    ] {
        let refused = write(&harbor, who, Method::POST, &path, json!({"id": label})).await;
        assert_eq!((refused.status, refused.error().1), (status, message), "{path}");
    }
}

#[tokio::test]
async fn labels_can_be_taken_off() {
    let harbor = start(labelled()).await;
    write(&harbor, As::Alice, Method::POST, &format!("{ARTIFACT}/labels"), json!({"id": 3})).await;
    let found = read(&harbor, As::Alice, "/projects/odd/artifacts?q=labels%3D(3)").await;
    assert_eq!(found.total(), Some(1));
    let path = format!("{ARTIFACT}/labels/3");
    assert_eq!(write(&harbor, As::Alice, Method::DELETE, &path, json!(null)).await.status, 200);
    let again = write(&harbor, As::Alice, Method::DELETE, &path, json!(null)).await;
    assert!(again.error().1.starts_with("reference with label 3 and artifact "), "{}", again.text);
    assert_eq!(read(&harbor, As::Alice, "/projects/odd/artifacts?q=labels%3D(3)").await.total(), Some(0));
}
