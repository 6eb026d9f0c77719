//! Projects, repositories, artifacts and tags that are changed over the API.

use harbor_testkit::{Accessory, Artifact, Label, Project, Repository};
use reqwest::Method;
use serde_json::{Value, json};

use super::{read, write};
use crate::support::{As, client, sample, send, start};

const APP: &str = "/projects/library/repositories/svc%252Fapp";

#[tokio::test]
async fn projects_are_created_changed_and_deleted() {
    let harbor = start(sample()).await;
    let post = async |who: As, body: Value| write(&harbor, who, Method::POST, "/projects", body).await;
    let metadata = json!({
        "public": "true", "severity": "Negligible", "auto_scan": "false", "proxy_speed_kb": "1", "retention_id": "",
        "unknown": 1,
    });
    let created = post(As::Alice, json!({"project_name": "new", "metadata": metadata})).await;
    assert_eq!((created.status, created.text.as_str()), (201, ""));
    let location = created.header("location").unwrap().strip_prefix("/api/v2.0").unwrap().to_owned();
    let project = read(&harbor, As::Anonymous, &location).await.json();
    assert_eq!((&project["name"], &project["owner_name"]), (&json!("new"), &json!("alice")));
    assert_eq!(project["metadata"], json!({"auto_scan": "false", "public": "true", "severity": "none"}));
    assert_eq!(read(&harbor, As::Alice, "/projects/new").await.json()["current_user_role_id"], 1);
    let raw = json!({"auto_scan": "false", "public": "true", "severity": "Negligible"});
    assert_eq!(read(&harbor, As::Alice, "/projects/new/metadatas/").await.json(), raw);
    assert_eq!(read(&harbor, As::Alice, "/projects/new/metadatas/nope").await.json(), json!({}));

    // What is set beside the values means nothing to a project that is there.
    assert_eq!(write(&harbor, As::Alice, Method::PUT, &location, json!({"public": false})).await.status, 200);
    assert_eq!(read(&harbor, As::Anonymous, &location).await.status, 200);
    let change = json!({"metadata": {"public": "false"}, "cve_allowlist": {"items": [{"cve_id": "CVE-1"}]}});
    assert_eq!(write(&harbor, As::Alice, Method::PUT, &location, change).await.status, 200);
    assert_eq!(read(&harbor, As::Anonymous, &location).await.status, 401);
    let changed = read(&harbor, As::Alice, &location).await.json();
    assert_eq!(changed["cve_allowlist"]["items"], json!([{"cve_id": "CVE-1"}]));
    assert_eq!(changed["metadata"]["auto_scan"], "false");
    assert_eq!(changed["update_time"], project["update_time"]);

    assert_eq!(read(&harbor, As::Alice, "/projects/new/_deletable").await.json(), json!({"deletable": true}));
    assert_eq!(write(&harbor, As::Alice, Method::DELETE, &location, json!(null)).await.status, 200);
    assert_eq!(read(&harbor, As::Admin, "/projects/new").await.status, 404);
}

#[tokio::test]
async fn projects_that_cannot_be_created_or_deleted() {
    let harbor = start(sample()).await;
    let illegal = "project name is not in lower case or contains illegal characters";
    for (body, status, message) in [
        (json!({"project_name": "library"}), 409, "The project named library already exists"),
        (json!({"project_name": "BAD NAME"}), 400, illegal),
        (json!({"project_name": "a..b"}), 400, illegal),
        (json!({"project_name": "-a"}), 400, illegal),
        (json!({}), 400, "Project name  is illegal in length. (greater than 255 or less than 1)"),
        (
            json!({"project_name": "z", "storage_limit": -2}),
            400,
            "bad request: invalid non-positive value for quota limit, value=-2",
        ),
        (
            json!({"project_name": "z", "registry_id": 0}),
            400,
            "bad request: 0 is invalid value of registry_id, it should be geater than 0",
        ),
        (json!({"project_name": "z", "registry_id": 1}), 500, "internal server error"),
        (
            json!({"project_name": "z", "metadata": {"retention_id": "1"}}),
            400,
            "bad request: the retention_id in the request's payload when creating a project should be omitted, \
             alternatively passing an empty string",
        ),
    ] {
        let answer = write(&harbor, As::Admin, Method::POST, "/projects", body.clone()).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{body}");
    }
    let anonymous = write(&harbor, As::Anonymous, Method::POST, "/projects", json!({"project_name": "x"})).await;
    assert_eq!(anonymous.status, 401);
    let proxy = json!({"project_name": "z", "registry_id": 1});
    let proxy = write(&harbor, As::Alice, Method::POST, "/projects", proxy).await;
    assert_eq!((proxy.status, proxy.error().1.as_str()), (403, "Only system admin can create proxy cache project"));
    let mistyped = json!({"project_name": "z", "metadata": {"auto_scan": true}});
    assert_eq!(write(&harbor, As::Admin, Method::POST, "/projects", mistyped).await.status, 422);
    for (body, status) in [
        (json!({"cve_allowlist": {"project_id": 99, "items": []}}), 400),
        (json!({"cve_allowlist": {"items": [{"cve_id": "CVE-1"}, {"cve_id": "CVE-1"}]}}), 500),
        (json!({"metadata": {"retention_id": "1"}}), 400),
    ] {
        let answer = write(&harbor, As::Admin, Method::PUT, "/projects/library", body.clone()).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let full = write(&harbor, As::Admin, Method::DELETE, "/projects/library", json!(null)).await;
    let message = "precondition failed: the project contains repositories, can not be deleted";
    assert_eq!(full.error(), ("PRECONDITION".to_owned(), message.to_owned()));
    let reason = read(&harbor, As::Admin, "/projects/library/_deletable").await.json();
    assert_eq!(reason, json!({"message": "the project contains repositories, can not be deleted"}));
}

#[tokio::test]
async fn tags_come_and_go() {
    let harbor = start(sample()).await;
    let tags = format!("{APP}/artifacts/v1/tags");
    assert_eq!(write(&harbor, As::Alice, Method::POST, &tags, json!({"name": "stable"})).await.status, 403);
    let created = write(&harbor, As::Admin, Method::POST, &tags, json!({"name": "stable"})).await;
    assert_eq!((created.status, created.header("location")), (201, None));
    assert_eq!(read(&harbor, As::Admin, &tags).await.column("name"), ["stable", "v1"]);
    assert_eq!(write(&harbor, As::Admin, Method::POST, &tags, json!({"name": "v2"})).await.status, 409);
    assert_eq!(write(&harbor, As::Admin, Method::DELETE, &format!("{tags}/v1"), json!(null)).await.status, 200);
    assert_eq!(read(&harbor, As::Admin, &format!("{APP}/artifacts/v1")).await.status, 404);
    assert_eq!(read(&harbor, As::Admin, &format!("{APP}/artifacts/stable")).await.status, 200);
    let missing =
        write(&harbor, As::Admin, Method::DELETE, &format!("{APP}/artifacts/stable/tags/v9"), json!(null)).await;
    assert!(missing.error().1.starts_with("tag v9 attached to artifact "), "{}", missing.text);
}

#[tokio::test]
async fn bodies_that_lack_what_they_need_are_refused() {
    let harbor = start(sample()).await;
    let list = "validation failure list:\nvalidation failure list:\n";
    for (method, path, field) in [
        (Method::POST, format!("{APP}/artifacts/v1/tags"), "name"),
        (Method::PUT, "/projects/library/scanner".to_owned(), "uuid"),
    ] {
        let refused = write(&harbor, As::Admin, method, &path, json!({})).await;
        assert_eq!((refused.status, refused.error().1), (422, format!("{list}{field} in body is required")), "{path}");
    }
    let request = client().post(format!("{}/api/v2.0/projects", harbor.url())).basic_auth("admin", Some("Harbor12345"));
    let nothing = request.header("content-type", "application/json").body("null").send().await.unwrap();
    assert_eq!(nothing.status(), 400, "as if it were an empty object");
}

#[tokio::test]
async fn immutable_tags_stay() {
    let harbor = start(sample()).await;
    assert!(harbor.registry_mut(|registry| registry.make_immutable("library", "svc/app", "v1")).await);
    assert!(!harbor.registry_mut(|registry| registry.make_immutable("library", "svc/app", "v9")).await);
    let message = "the tag v1 configured as immutable, cannot be deleted";
    for path in ["/artifacts/v1/tags/v1", "/artifacts/v1", ""] {
        let refused = write(&harbor, As::Admin, Method::DELETE, &format!("{APP}{path}"), json!(null)).await;
        assert_eq!((refused.status, refused.error().1.as_str()), (412, message), "{path}");
    }
    let tags = read(&harbor, As::Admin, &format!("{APP}/artifacts/v1/tags?with_immutable_status=true")).await;
    assert_eq!(tags.column("immutable"), [true]);
}

#[tokio::test]
async fn artifacts_and_repositories_are_deleted() {
    let harbor = start(sample()).await;
    let delete = async |path: &str| write(&harbor, As::Admin, Method::DELETE, path, json!(null)).await;
    assert_eq!(delete(&format!("{APP}/artifacts/v2")).await.status, 200);
    let again = delete(&format!("{APP}/artifacts/v2")).await;
    assert_eq!((again.status, again.error().1), (404, "artifact library/svc/app:v2 not found".to_owned()));
    assert_eq!(read(&harbor, As::Admin, &format!("{APP}/artifacts")).await.total(), Some(2));
    let index = read(&harbor, As::Admin, "/projects/odd/repositories/multi/artifacts/latest").await.json();
    let child = index["references"][0]["child_digest"].as_str().unwrap();
    let held = delete(&format!("/projects/odd/repositories/multi/artifacts/{child}")).await;
    assert_eq!((held.status, held.error().0.as_str()), (412, "VIOLATE_FOREIGN_KEY_CONSTRAINT"));
    let body = json!({"description": "the shop"});
    assert_eq!(write(&harbor, As::Admin, Method::PUT, APP, body).await.status, 200);
    assert_eq!(read(&harbor, As::Admin, APP).await.json()["description"], "the shop");
    assert_eq!(delete(APP).await.status, 200);
    let gone = delete(APP).await;
    assert_eq!((gone.status, gone.error().1), (404, "repository library/svc/app not found".to_owned()));
}

#[tokio::test]
async fn artifacts_are_copied_with_their_children() {
    let harbor = start(sample()).await;
    let copy = async |who: As, query: &str| {
        let path = format!("/projects/library/repositories/copied/artifacts{query}");
        send(&harbor, Method::POST, who, &path, &[]).await.unwrap()
    };
    let copied = copy(As::Admin, "?from=odd/multi:latest").await;
    let location = "/api/v2.0/projects/library/repositories/copied/artifacts/latest";
    assert_eq!((copied.status, copied.header("location")), (201, Some(location)));
    let of = async |path: &str| read(&harbor, As::Admin, path).await.json();
    let (original, copied) = (
        of("/projects/odd/repositories/multi/artifacts/latest").await,
        of("/projects/library/repositories/copied/artifacts/latest").await,
    );
    assert_eq!(original["digest"], copied["digest"]);
    assert_ne!(original["id"], copied["id"]);
    assert_eq!(copied["references"].as_array().unwrap().len(), 2);
    assert_eq!(copied["references"][0]["parent_id"], copied["id"]);
    let report = "/projects/library/repositories/copied/artifacts/latest/additions/vulnerabilities";
    assert_ne!(of(report).await, json!({}));
    let missing = copy(As::Admin, "?from=odd/nope:v1").await;
    assert_eq!((missing.status, missing.error().1), (400, "artifact odd/nope:v1 not found".to_owned()));
    let elsewhere = copy(As::Admin, "?from=nope/multi:v1").await;
    assert_eq!((elsewhere.status, elsewhere.error().1.as_str()), (404, "project nope not found"));
    for malformed in ["odd/multi@sha256:abc", "odd/mu%20lti:v1", ":v1"] {
        let refused = copy(As::Admin, &format!("?from={malformed}")).await;
        assert_eq!((refused.status, refused.error().0.as_str()), (400, "BAD_REQUEST"), "{malformed}");
        assert!(refused.error().1.starts_with("invalid input: "), "{}", refused.text);
    }
    assert_eq!(copy(As::Admin, "").await.status, 422);
    assert_eq!(copy(As::Alice, "?from=odd/multi:latest").await.status, 403);
}

#[tokio::test]
async fn a_copy_has_tags_and_accessories_of_its_own() {
    let document = json!({"spdxVersion": "SPDX-2.3", "packages": []});
    let signed = Artifact::image().with_tag("v1").with_tag("stable").with_accessory(Accessory::signature());
    let signed = signed.with_sbom(&document).with_label(Label::new(7, "approved"));
    let project = Project::new("source").with_repository(Repository::new("signed").with_artifact(signed));
    let harbor = start(sample().with_project(project)).await;
    let original = read(&harbor, As::Admin, "/projects/source/repositories/signed/artifacts/v1?with_label=true").await;
    let original = original.json();
    let accessories = "/projects/source/repositories/signed/artifacts/v1/accessories";
    let before = read(&harbor, As::Admin, accessories).await;
    let digest = original["digest"].as_str().unwrap();
    // All tags come along, whatever the artifact is named by; a second copy changes nothing.
    for _ in 0..2 {
        let path = format!("/projects/library/repositories/copied/artifacts?from=source/signed@{digest}");
        assert_eq!(write(&harbor, As::Admin, Method::POST, &path, Value::Null).await.status, 201);
    }
    let path = "/projects/library/repositories/copied/artifacts";
    let copied = read(&harbor, As::Admin, &format!("{path}?with_accessory=true&with_label=true")).await.json();
    let copied = &copied.as_array().unwrap()[..];
    assert_eq!(copied.len(), 1);
    let names = |artifact: &Value| {
        let tags = artifact["tags"].as_array().unwrap().iter();
        tags.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((names(&copied[0]), &copied[0]["labels"]), (names(&original), &Value::Null));
    let rows = copied[0]["accessories"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for (row, origin) in rows.iter().zip(before.json().as_array().unwrap()) {
        for same in ["digest", "type", "size", "icon", "subject_artifact_digest"] {
            assert_eq!(row[same], origin[same], "{same}");
        }
        assert_ne!((&row["id"], &row["artifact_id"]), (&origin["id"], &origin["artifact_id"]));
        assert_eq!(row["subject_artifact_id"], copied[0]["id"]);
        assert_eq!(row["subject_artifact_repo"], "library/copied");
        let one = read(&harbor, As::Admin, &format!("{path}/{}", row["digest"].as_str().unwrap())).await.json();
        assert_eq!((&one["id"], &one["repository_name"]), (&row["artifact_id"], &json!("library/copied")));
        let query = format!("?from=library/copied@{}", row["digest"].as_str().unwrap());
        let refused = write(&harbor, As::Admin, Method::POST, &format!("{path}{query}"), Value::Null).await;
        assert_eq!((refused.status, refused.error().0.as_str()), (403, "DENIED"));
    }
    assert_eq!(write(&harbor, As::Admin, Method::DELETE, &format!("{path}/v1"), Value::Null).await.status, 200);
    assert_eq!(read(&harbor, As::Admin, accessories).await.json(), before.json());
}
