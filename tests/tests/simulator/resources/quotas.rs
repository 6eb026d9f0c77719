//! Quotas, statistics, and the search.

use harbor_testkit::{Artifact, Platform, Project, Registry, Repository, Robot, User};
use serde_json::json;

use super::{keys, read};
use crate::support::{As, client, start};

fn sized() -> Registry {
    let image = |bytes: i64, tag: &str| Artifact::image().with_size(bytes).with_tag(tag);
    let api = Repository::new("api").with_artifact(image(1000, "v1")).with_artifact(image(500, "v2"));
    let web = Repository::new("web/api").with_artifact(image(70, "v1"));
    Registry::new()
        .with_user(User::new("alice", "Alice12345"))
        .with_robot(Robot::new("reader", "reader-secret"))
        .with_project(Project::new("open").public().with_repository(web))
        .with_project(Project::new("shop").with_storage_limit(2000).with_repository(api))
        .with_project(Project::new("mine").with_member("alice").with_repository(Repository::new("API")))
}

#[tokio::test]
async fn quotas_follow_the_sizes() {
    let harbor = start(sized()).await;
    let list = read(&harbor, As::Admin, "/quotas").await;
    assert_eq!(list.column("ref")[0], json!({"id": 3, "name": "mine", "owner_name": ""}));
    assert_eq!(list.column("used"), [json!({"storage": 0}), json!({"storage": 1500}), json!({"storage": 70})]);
    assert_eq!(list.column("hard"), [json!({"storage": -1}), json!({"storage": 2000}), json!({"storage": -1})]);
    let sent = list.json();
    assert_eq!(keys(&sent[0]), ["creation_time", "hard", "id", "ref", "update_time", "used"]);
    assert_eq!(read(&harbor, As::Admin, "/quotas?sort=-used.storage").await.column("id"), [2, 1, 3]);
    // No limit is the highest one, and there are no other columns to sort by.
    assert_eq!(read(&harbor, As::Admin, "/quotas?sort=hard.storage").await.column("id")[0], 2);
    assert_eq!(read(&harbor, As::Admin, "/quotas?sort=id").await.column("id"), [3, 2, 1]);
    let one = read(&harbor, As::Admin, "/quotas/2").await.json();
    assert!(sent[1]["update_time"].as_str() > sent[1]["creation_time"].as_str(), "{sent}");
    let empty = harbor
        .registry_mut(|registry| {
            registry.add_project(Project::new("empty"));
            registry.project("empty").unwrap().id()
        })
        .await;
    let of_empty = read(&harbor, As::Admin, &format!("/quotas?reference_id={empty}")).await.json();
    assert_eq!(of_empty[0]["update_time"], of_empty[0]["creation_time"]);
    harbor.registry_mut(|registry| registry.delete_project("empty"));
    assert_eq!((&one["update_time"], &one["hard"]), (&json!("0001-01-01T00:00:00.000Z"), &sent[1]["hard"]));
    assert_eq!(read(&harbor, As::Admin, "/quotas?reference=project&reference_id=1").await.column("id"), [1]);
    // There is no `q`, so that nothing can be wrong with it.
    assert_eq!(read(&harbor, As::Admin, "/quotas?q=a%3D%7Bb").await.total(), Some(3));
    assert_eq!(read(&harbor, As::Admin, "/quotas?reference_id=99").await.total(), Some(0));
    harbor.registry_mut(|registry| registry.delete_artifact("shop", "api", "v2")).await;
    assert_eq!(read(&harbor, As::Admin, "/quotas/2").await.json()["used"]["storage"], 1000);
    assert_eq!(read(&harbor, As::Admin, "/quotas/99").await.error().1, "quota 99 not found");
    assert_eq!(read(&harbor, As::Alice, "/quotas").await.error().1, "alice");
    assert_eq!(read(&harbor, As::Anonymous, "/quotas/2").await.status, 401);
}

#[tokio::test]
async fn children_of_an_index_are_held_once() {
    let child = || Artifact::image().with_size(1000);
    let index = Artifact::index().with_size(2500);
    let index = index.with_child(Platform::linux("amd64"), child()).with_child(Platform::linux("arm64"), child());
    let multi = Repository::new("multi").with_artifact(index.with_tag("v1"));
    let harbor = start(Registry::new().with_project(Project::new("shop").with_repository(multi))).await;
    assert_eq!(read(&harbor, As::Admin, "/quotas/1").await.json()["used"]["storage"], 2500);
    assert_eq!(read(&harbor, As::Admin, "/statistics").await.json()["total_storage_consumption"], 2500);
}

#[tokio::test]
async fn statistics_count_what_the_caller_has() {
    let harbor = start(sized()).await;
    let counts = async |who: As| {
        let sent = read(&harbor, who, "/statistics").await.json();
        ["private_project_count", "private_repo_count", "public_project_count", "public_repo_count"]
            .into_iter()
            .chain(["total_project_count", "total_repo_count", "total_storage_consumption"])
            .map(|name| sent[name].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(counts(As::Admin).await, [2, 2, 1, 1, 3, 3, 1570]);
    assert_eq!(counts(As::Alice).await, [1, 1, 1, 1, 0, 0, 0]);
    assert_eq!(counts(As::Robot).await, [0, 0, 1, 1, 0, 0, 0]);
    assert_eq!(read(&harbor, As::Anonymous, "/statistics").await.status, 401);
}

#[tokio::test]
async fn the_search_shows_what_the_caller_sees() {
    let harbor = start(sized()).await;
    let found = async |who: As, q: &str| {
        let sent = read(&harbor, who, &format!("/search?q={q}")).await.json();
        let names = |list: &str, name: &str| {
            sent[list].as_array().unwrap().iter().map(|row| row[name].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        (names("project", "name"), names("repository", "repository_name"))
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(found(As::Admin, "api").await, (names(&[]), names(&["mine/API", "shop/api", "open/web/api"])));
    assert_eq!(found(As::Alice, "api").await, (names(&[]), names(&["mine/API", "open/web/api"])));
    assert_eq!(found(As::Robot, "api").await, (names(&[]), names(&["open/web/api"])));
    assert_eq!(found(As::Anonymous, "open").await, (names(&["open"]), names(&["open/web/api"])));
    // Here `q` is a plain text.
    assert_eq!(found(As::Admin, "a%3D%7Bb").await, (names(&[]), names(&[])));
    let sent = read(&harbor, As::Anonymous, "/search?q=open").await.json();
    assert_eq!(
        keys(&sent["repository"][0]),
        ["artifact_count", "project_id", "project_name", "project_public", "repository_name"]
    );
    let project = &sent["project"][0];
    assert_eq!((&project["cve_allowlist"]["items"], &project["metadata"]), (&json!(null), &json!({"public": "true"})));
    assert_eq!(project.get("owner_name"), None);
}

#[tokio::test]
async fn summaries_show_what_the_caller_may_know() {
    let harbor = start(sized()).await;
    let summary = read(&harbor, As::Admin, "/projects/shop/summary").await.json();
    let quota = json!({"hard": {"storage": 2000}, "used": {"storage": 1500}});
    assert_eq!(summary, json!({"project_admin_count": 1, "quota": quota, "repo_count": 1}));
    let member = read(&harbor, As::Alice, "/projects/mine/summary").await.json();
    assert_eq!((&member["developer_count"], &member["project_admin_count"]), (&json!(1), &json!(1)));
    let other = read(&harbor, As::Alice, "/projects/open/summary").await.json();
    assert_eq!(other, json!({"repo_count": 1}));
    assert_eq!(read(&harbor, As::Alice, "/projects/shop/summary").await.status, 403);
}

#[tokio::test]
async fn a_robot_of_a_project_sees_that_and_what_is_public() {
    let registry = sized()
        .with_robot(Robot::new("ci", "Secret12345").in_project("shop"))
        .with_robot(Robot::new("off", "Secret12345").disabled())
        .with_robot(Robot::new("old", "Secret12345").expired());
    let harbor = start(registry).await;
    for (robot, projects) in [("robot$shop+ci", 2), ("robot$off", 1), ("robot$old", 1)] {
        let url = format!("{}/api/v2.0/projects", harbor.url());
        let answer = client().get(url).basic_auth(robot, Some("Secret12345")).send().await.unwrap();
        assert_eq!(answer.headers()["x-total-count"], projects.to_string().as_str(), "{robot}");
    }
}
