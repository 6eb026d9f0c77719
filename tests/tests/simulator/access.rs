//! Who may see what: 200, 401, 403 and 404.

use std::time::{Duration, Instant};

use harbor_testkit::{Authorization, Registry, Robot, SimulatedHarbor};
use serde_json::Value;

use crate::support::{As, client, get, get_with, sample, send, start};

#[tokio::test]
async fn permissions_by_path_and_caller() {
    let harbor = start(sample()).await;
    let (admin, alice, robot, nobody) = (As::Admin, As::Alice, As::Robot, As::Anonymous);
    let app = "/projects/library/repositories/svc%252Fapp";
    let cases = [
        // A private project.
        ("/projects/odd", [(admin, 200), (alice, 200), (robot, 403), (nobody, 401)]),
        ("/projects/odd/repositories", [(admin, 200), (alice, 200), (robot, 200), (nobody, 401)]),
        ("/projects/odd/artifacts", [(admin, 200), (alice, 200), (robot, 200), (nobody, 401)]),
        // The robot may list artifacts, but not read a single one or its tags.
        (
            "/projects/odd/repositories/multi/artifacts/latest",
            [(admin, 200), (alice, 200), (robot, 403), (nobody, 401)],
        ),
        (
            "/projects/odd/repositories/multi/artifacts/latest/tags",
            [(admin, 200), (alice, 200), (robot, 403), (nobody, 401)],
        ),
        (
            "/projects/odd/repositories/multi/artifacts/latest/additions/vulnerabilities",
            [(admin, 200), (alice, 200), (robot, 200), (nobody, 401)],
        ),
        // A private project that Alice is no member of.
        ("/projects/123/repositories", [(admin, 200), (alice, 403), (robot, 200), (nobody, 401)]),
        // A public project.
        ("/projects/library", [(admin, 200), (alice, 200), (robot, 200), (nobody, 200)]),
        ("/projects/library/repositories", [(admin, 200), (alice, 200), (robot, 200), (nobody, 200)]),
        ("/projects/library/artifacts", [(admin, 200), (alice, 200), (robot, 200), (nobody, 401)]),
        (app, [(admin, 200), (alice, 403), (robot, 403), (nobody, 401)]),
        // What is not there.
        ("/projects/nope", [(admin, 404), (alice, 403), (robot, 403), (nobody, 401)]),
        ("/projects/nope/repositories", [(admin, 404), (alice, 403), (robot, 403), (nobody, 401)]),
        ("/projects/nope/artifacts", [(admin, 404), (alice, 403), (robot, 403), (nobody, 401)]),
        ("/projects/nope/repositories/x/artifacts", [(admin, 200), (alice, 403), (robot, 403), (nobody, 401)]),
        ("/projects/library/repositories/nope", [(admin, 404), (alice, 403), (robot, 403), (nobody, 401)]),
        ("/api/v2.0/users/current", [(admin, 200), (alice, 200), (robot, 412), (nobody, 401)]),
    ];
    for (path, expected) in cases {
        for (who, status) in expected {
            assert_eq!(get(&harbor, who, path).await.status, status, "{who:?} {path}");
        }
    }
}

#[tokio::test]
async fn messages_of_refusals() {
    let harbor = start(sample()).await;
    let artifacts = "/projects/library/repositories/svc%252Fapp/artifacts";
    let missing = format!("sha256:{}", "0".repeat(64));
    let cases = [
        (As::Admin, "/projects/nope", "NOT_FOUND", "project nope not found".to_owned()),
        (As::Anonymous, "/projects/odd", "UNAUTHORIZED", "unauthorized".to_owned()),
        (As::Alice, "/projects/123", "FORBIDDEN", "forbidden".to_owned()),
        (
            As::Admin,
            "/projects/library/repositories/a%252Fb",
            "NOT_FOUND",
            "repository library/a/b not found".to_owned(),
        ),
        (As::Admin, &format!("{artifacts}/nope"), "NOT_FOUND", "artifact library/svc/app:nope not found".to_owned()),
        (
            As::Admin,
            &format!("{artifacts}/{missing}"),
            "NOT_FOUND",
            format!("artifact library/svc/app@{missing} not found"),
        ),
        (
            As::Admin,
            "/projects/nope/repositories/x/artifacts/v1",
            "NOT_FOUND",
            "repository nope/x not found".to_owned(),
        ),
        (As::Admin, "/projects/nope/repositories/x", "NOT_FOUND", "repository nope/x not found".to_owned()),
        (As::Robot, "/projects/nope/repositories/x/artifacts/v1", "FORBIDDEN", "forbidden".to_owned()),
        (
            As::Admin,
            "/projects/library/repositories/nope/artifacts/v1/tags?q=x",
            "BAD_REQUEST",
            "the query string must contain \"=\" and the key/value cannot be empty".to_owned(),
        ),
        (
            As::Admin,
            "/projects/library/repositories/a%252Fb/artifacts/v1/tags",
            "NOT_FOUND",
            "repository library/a/b not found".to_owned(),
        ),
        (
            As::Admin,
            &format!("/projects/library/repositories/nope/artifacts/{missing}"),
            "NOT_FOUND",
            format!("artifact library/nope@{missing} not found"),
        ),
        (
            As::Admin,
            &format!("{artifacts}/{}", missing.to_uppercase()),
            "NOT_FOUND",
            format!("artifact library/svc/app:{} not found", missing.to_uppercase()),
        ),
        (
            As::Admin,
            &format!("{artifacts}/-bad%20ref!"),
            "NOT_FOUND",
            "artifact library/svc/app:-bad ref! not found".to_owned(),
        ),
        (
            As::Robot,
            "/api/v2.0/users/current",
            "PRECONDITION",
            "get current user not available for security context: robot".to_owned(),
        ),
    ];
    for (who, path, code, message) in cases {
        assert_eq!(get(&harbor, who, path).await.error(), (code.to_owned(), message), "{path}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_anonymous() {
    let harbor = start(sample()).await;
    let names = |answer: &crate::support::Answer| answer.column("name");
    let all = get(&harbor, As::Admin, "/projects").await;
    assert_eq!(names(&all), ["123", "library", "odd"]);
    let wrong = get(&harbor, As::Wrong, "/projects").await;
    assert_eq!((wrong.status, names(&wrong)), (200, vec![Value::from("library")]));
    assert_eq!(get(&harbor, As::Wrong, "/projects/odd/repositories").await.status, 401);
    let requests = harbor.requests();
    assert_eq!(requests[0].authorization, Authorization::Basic);
    assert_eq!(requests[1].authorization, Authorization::BasicRefused);
    let bearer = [("authorization", "Bearer token")];
    assert_eq!(get_with(&harbor, As::Anonymous, "/projects/odd", &bearer).await.status, 401);
    assert_eq!(harbor.requests()[3].authorization, Authorization::Bearer);
    // What cannot be read is no login, so that nobody is made to wait for it.
    for broken in ["Basic !!!", "Basic YWxpY2U=", "Basic", "Basic  YWRtaW46SGFyYm9yMTIzNDU="] {
        assert_eq!(get_with(&harbor, As::Anonymous, "/projects/odd", &[("authorization", broken)]).await.status, 401);
        assert_eq!(harbor.requests().last().unwrap().authorization, Authorization::Other, "{broken}");
    }
}

#[tokio::test]
async fn only_a_login_shows_the_version() {
    let harbor = start(sample()).await;
    for (who, known) in
        [(As::Admin, true), (As::Alice, true), (As::Robot, true), (As::Wrong, false), (As::Anonymous, false)]
    {
        let info = get(&harbor, who, "/api/v2.0/systeminfo").await.json();
        assert_eq!(info.get("harbor_version").is_some(), known, "{who:?}");
        assert_eq!(info.as_object().unwrap().len(), if known { 14 } else { 5 }, "{who:?}");
    }
}

#[tokio::test]
async fn lists_hold_what_the_caller_may_see() {
    let harbor = start(sample()).await;
    for (who, projects, repositories) in
        [(As::Admin, 3, 10), (As::Alice, 2, 10), (As::Robot, 3, 10), (As::Anonymous, 1, 1)]
    {
        assert_eq!(get(&harbor, who, "/projects").await.total(), Some(projects), "{who:?}");
        assert_eq!(get(&harbor, who, "/repositories").await.total(), Some(repositories), "{who:?}");
    }
    let alice = get(&harbor, As::Alice, "/projects").await.json();
    assert_eq!(alice[0]["current_user_role_ids"], Value::Null);
    assert!(alice[0].get("current_user_role_id").is_none());
    assert_eq!(alice[1]["current_user_role_id"], 2);
    assert_eq!(alice[1]["current_user_role_ids"][0], 2);
}

#[tokio::test]
async fn robots_have_projects_and_permissions() {
    let registry = sample()
        .with_robot(Robot::new("narrow", "s").on_projects(["odd"]).with_permission("artifact:read"))
        .with_robot(Robot::new("idle", "s").without_permissions());
    let harbor = start(registry).await;
    let status = async |robot: &str, path: &str| {
        let url = format!("{}/api/v2.0{path}", harbor.url());
        let request = client().get(url).basic_auth(robot, Some("s"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("robot$narrow", "/projects/odd/repositories").await, 200);
    assert_eq!(status("robot$narrow", "/projects/odd/repositories/multi/artifacts/latest").await, 200);
    assert_eq!(status("robot$narrow", "/projects/123/repositories").await, 403);
    assert_eq!(status("robot$idle", "/projects/odd/repositories").await, 403);
    // A public project is open to robots without permissions, too.
    assert_eq!(status("robot$idle", "/projects/library/repositories").await, 200);
}

#[tokio::test]
async fn a_project_can_deny_a_robot_although_it_is_listed() {
    let harbor = start(Registry::demo()).await;
    let ask = async |path: &str| {
        let url = format!("{}/api/v2.0{path}", harbor.url());
        let request = client().get(url).basic_auth("robot$auditor", Some("demo-secret"));
        request.send().await.unwrap()
    };
    let projects: Value = ask("/projects?page_size=100").await.json().await.unwrap();
    assert!(projects.as_array().unwrap().iter().any(|project| project["name"] == "restricted"));
    assert_eq!(ask("/projects/restricted/artifacts").await.status(), 403);
    assert_eq!(ask("/projects/restricted/repositories").await.status(), 403);
    assert_eq!(ask("/projects/library/artifacts").await.status(), 200);
}

#[tokio::test]
async fn numbers_are_ids_unless_the_header_says_otherwise() {
    let harbor = start(sample()).await;
    let by_name = [("x-is-resource-name", "true")];
    let answer = get(&harbor, As::Admin, "/projects/123").await;
    assert_eq!(answer.error().1, "project 123 not found");
    let answer = get_with(&harbor, As::Admin, "/projects/123", &by_name).await;
    assert_eq!(answer.json()["name"], "123");
    let id = answer.json()["project_id"].as_i64().unwrap();
    let answer = get(&harbor, As::Admin, &format!("/projects/{id}/artifacts")).await;
    assert_eq!((answer.status, answer.total()), (200, Some(0)));
    // The repositories of a project are always asked for by name.
    assert_eq!(get(&harbor, As::Admin, "/projects/123/repositories").await.status, 200);
}

#[tokio::test]
async fn head_tells_whether_a_project_exists() {
    let harbor = start(sample()).await;
    for (who, path, status) in [
        (As::Admin, "/projects?project_name=library", 200),
        (As::Alice, "/projects?project_name=123", 200),
        (As::Admin, "/projects?project_name=nope", 404),
        (As::Anonymous, "/projects?project_name=library", 401),
        (As::Admin, "/projects", 422),
    ] {
        let answer = send(&harbor, reqwest::Method::HEAD, who, path, &[]).await.unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (status, ""), "{who:?} {path}");
        // An error tells the length of the body that it does not send; a success has none.
        assert_eq!(answer.header("content-length").is_some(), status != 200, "{who:?} {path}");
        assert_eq!(answer.header("transfer-encoding"), None, "{who:?} {path}");
    }
}

#[tokio::test]
async fn a_wrong_login_waits() {
    let delay = Duration::from_millis(60);
    let harbor = SimulatedHarbor::builder().registry(sample()).login_delay(delay).start().await.unwrap();
    let started = Instant::now();
    assert_eq!(get(&harbor, As::Wrong, "/projects").await.status, 200);
    assert!(started.elapsed() >= delay);
}
