//! Robot accounts.

use harbor_testkit::{HarborVersion, Registry, Robot};
use serde_json::{Value, json};

use super::{keys, read};
use crate::support::{As, client, sample, start, start_version};

fn robots() -> Registry {
    let auditor = Robot::new("auditor", "Secret12345").with_permission("security-hub:read").with_description("reads");
    sample()
        .with_robot(auditor)
        .with_robot(Robot::new("ci", "Secret12345").in_project("odd").with_permission("robot:list"))
        .with_robot(Robot::new("off", "Secret12345").disabled())
        .with_robot(Robot::new("old", "Secret12345").expired())
}

#[tokio::test]
async fn robots_of_the_system_and_of_projects() {
    let harbor = start(robots()).await;
    let odd = harbor.registry_mut(|registry| registry.project("odd").unwrap().id()).await;
    let system = read(&harbor, As::Admin, "/robots").await;
    assert_eq!(system.column("name"), ["robot$auditor", "robot$off", "robot$old", "robot$reader"]);
    assert_eq!(system.column("disable"), [false, true, false, false]);
    assert_eq!(system.column("duration"), [-1, -1, 30, -1]);
    assert_eq!(read(&harbor, As::Admin, "/robots?q=name%3D~o").await.total(), Some(3));
    // A level of the system that is named shows the robots of projects as well, whose names have their projects.
    let all = read(&harbor, As::Admin, "/robots?q=Level%3Dsystem").await.column("name");
    assert_eq!(all, ["robot$auditor", "robot$odd+ci", "robot$off", "robot$old", "robot$reader"]);
    assert_eq!(read(&harbor, As::Admin, "/robots?q=Level%3Dsystem,name%3D~odd").await.total(), Some(1));
    for (number, total) in [("0", 4), ("99", 0), (&odd.to_string(), 1)] {
        let list = read(&harbor, As::Admin, &format!("/robots?q=Level%3Dsystem,ProjectID%3D{number}")).await;
        assert_eq!(list.total(), Some(total), "{number}");
    }
    let of_project = format!("/robots?q=Level%3Dproject,ProjectID%3D{odd}");
    let own = read(&harbor, As::Alice, &of_project).await;
    assert_eq!((own.column("name"), own.column("level")), (vec![json!("robot$odd+ci")], vec![json!("project")]));
    for (who, path, status, message) in [
        (As::Admin, "/robots?q=Level%3Dplanet", 400, "bad request error level input"),
        (As::Admin, "/robots?q=Level%3Dproject", 400, "must with project ID when to query project robots"),
        (As::Admin, "/robots?q=Level%3Dproject,ProjectID%3Dx", 400, "Project ID must be int type."),
        (As::Admin, "/robots/99", 404, "robot 99 not found"),
        (As::Admin, "/robots?q=Level%3Dsystem,ProjectID%3Dx", 500, "internal server error"),
        (As::Alice, "/robots", 403, "alice"),
        (As::Alice, "/robots?q=Level%3Dsystem", 403, "alice"),
        (As::Anonymous, "/robots", 401, "unauthorized"),
    ] {
        let answer = read(&harbor, who, path).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{path}");
    }
}

#[tokio::test]
async fn a_robot_shows_what_it_may_do_and_where() {
    let harbor = start(robots()).await;
    let id = read(&harbor, As::Admin, "/robots").await.column("id")[0].clone();
    let robot = read(&harbor, As::Admin, &format!("/robots/{id}")).await.json();
    let expected = [
        "creation_time",
        "creator_ref",
        "creator_type",
        "description",
        "disable",
        "duration",
        "editable",
        "expires_at",
        "id",
        "level",
        "name",
        "permissions",
        "update_time",
    ];
    assert_eq!(keys(&robot), expected);
    let permissions = json!([
        {
            "access": [
                {"action": "list", "resource": "repository"},
                {"action": "list", "resource": "artifact"},
                {"action": "read", "resource": "artifact-addition"},
            ],
            "kind": "project",
            "namespace": "*",
        },
        {"access": [{"action": "read", "resource": "security-hub"}], "kind": "system", "namespace": "/"},
    ]);
    assert_eq!(robot["permissions"], permissions);
    assert_eq!(robot.get("secret"), None::<&Value>);
}

#[tokio::test]
async fn robots_of_old_releases_do_not_tell_who_made_them() {
    let harbor = start_version(robots(), HarborVersion::V2_11).await;
    assert_eq!(read(&harbor, As::Admin, "/robots").await.json()[0].get("creator_type"), None::<&Value>);
}

#[tokio::test]
async fn robots_that_are_off_or_over_are_anonymous() {
    let harbor = start(robots()).await;
    let status = async |robot: &str, path: &str| {
        let url = format!("{}/api/v2.0{path}", harbor.url());
        let request = client().get(url).basic_auth(robot, Some("Secret12345"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("robot$auditor", "/projects/odd/repositories").await, 200);
    assert_eq!(status("robot$off", "/projects/odd/repositories").await, 401);
    assert_eq!(status("robot$old", "/projects/odd/repositories").await, 401);
    // A robot of a project may do nothing elsewhere, and nothing with the system.
    assert_eq!(status("robot$odd+ci", "/projects/odd/repositories").await, 200);
    assert_eq!(status("robot$odd+ci", "/projects/123/repositories").await, 403);
    assert_eq!(status("robot$odd+ci", "/robots").await, 403);
}
