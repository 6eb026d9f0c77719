//! Members of projects, and what their roles let them do.

use harbor_testkit::{Role, User};
use serde_json::json;

use super::{keys, read};
use crate::support::{As, client, sample, start};

#[tokio::test]
async fn members_have_roles() {
    let mut registry = sample().with_user(User::new("bob", "Bob12345"));
    assert!(registry.add_member_with_role("odd", "bob", Role::LimitedGuest));
    let harbor = start(registry).await;
    let list = read(&harbor, As::Alice, "/projects/odd/members").await;
    assert_eq!(list.column("entity_name"), ["admin", "alice", "bob"]);
    assert_eq!((list.column("role_id"), list.total()), (vec![json!(1), json!(2), json!(5)], Some(3)));
    assert_eq!(list.column("role_name"), ["projectAdmin", "developer", "limitedGuest"]);
    let sent = list.json();
    assert_eq!(keys(&sent[0]), ["entity_id", "entity_name", "entity_type", "id", "project_id", "role_id", "role_name"]);
    // The filter wants the whole name, and the total knows nothing of it.
    let filtered = read(&harbor, As::Alice, "/projects/odd/members?entityname=bob").await;
    assert_eq!((filtered.column("entity_name"), filtered.total()), (vec![json!("bob")], Some(3)));
    assert_eq!(read(&harbor, As::Alice, "/projects/odd/members?entityname=bo").await.len(), 0);
    assert_eq!(
        read(&harbor, As::Alice, "/projects/odd/members?page_size=1&page=2").await.column("entity_name"),
        ["alice"]
    );

    let one = format!("/projects/odd/members/{}", sent[2]["id"]);
    assert_eq!(read(&harbor, As::Alice, &one).await.json(), sent[2]);
    let missing = read(&harbor, As::Admin, "/projects/odd/members/999").await;
    let project = harbor.registry_mut(|registry| registry.project("odd").unwrap().id()).await;
    let message = format!("the project member is not found, project id {project}, member id 999");
    assert_eq!((missing.status, missing.error().1), (404, message));
    let zero = read(&harbor, As::Admin, "/projects/odd/members/0").await;
    assert_eq!((zero.status, zero.error().1.as_str()), (400, "the member id can not be empty!"));
    assert_eq!(read(&harbor, As::Anonymous, "/projects/odd/members").await.status, 401);
    assert_eq!(read(&harbor, As::Alice, "/projects/123/members").await.status, 403);
}

#[tokio::test]
async fn each_role_reads_reports_and_some_read_more() {
    let mut registry = sample().with_user(User::new("bob", "Bob12345"));
    let report = "/projects/odd/repositories/multi/artifacts/latest/additions/vulnerabilities";
    let repository = "/projects/odd/repositories/multi";
    let metadata = "/projects/odd/metadatas/";
    let deletable = "/projects/odd/_deletable";
    registry.add_member_with_role("odd", "bob", Role::LimitedGuest);
    let harbor = start(registry).await;
    for (role, statuses) in [
        (Role::LimitedGuest, [200, 403, 403, 403]),
        (Role::Guest, [200, 200, 403, 403]),
        (Role::Developer, [200, 200, 403, 403]),
        (Role::Maintainer, [200, 200, 200, 403]),
        (Role::ProjectAdmin, [200, 200, 200, 200]),
    ] {
        harbor.registry_mut(|registry| registry.add_member_with_role("odd", "bob", role)).await;
        for (path, status) in [report, repository, metadata, deletable].into_iter().zip(statuses) {
            let url = format!("{}/api/v2.0{path}", harbor.url());
            let answer = client().get(url).basic_auth("bob", Some("Bob12345")).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{role:?} {path}");
        }
    }
}
