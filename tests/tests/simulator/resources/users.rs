//! Users and what they may do.

use harbor_testkit::{Registry, User};
use serde_json::{Value, json};

use super::{keys, read};
use crate::support::{As, client, sample, start};

fn people() -> Registry {
    let bob = User::new("bob", "Bob12345").with_email("bob@shop.example").with_real_name("Bob Builder");
    sample().with_user(bob).with_user(User::new("Carl", "Carl12345"))
}

#[tokio::test]
async fn administrators_list_users() {
    let harbor = start(people()).await;
    let list = read(&harbor, As::Admin, "/users?sort=-username").await;
    assert_eq!((list.total(), list.column("username")), (Some(3), vec![json!("bob"), json!("alice"), json!("Carl")]));
    let sent = list.json();
    assert_eq!(
        keys(&sent[0]),
        [
            "admin_role_in_auth",
            "creation_time",
            "email",
            "realname",
            "sysadmin_flag",
            "update_time",
            "user_id",
            "username"
        ]
    );
    for (path, name) in [
        ("/users?q=email%3D~SHOP", "bob"),
        ("/users?q=realname%3DBob%20Builder", "bob"),
        ("/users?username=ALI", "alice"),
        ("/users?email=carl@", "Carl"),
    ] {
        assert_eq!(read(&harbor, As::Admin, path).await.column("username"), [name], "{path}");
    }
    assert_eq!(read(&harbor, As::Admin, "/users?page_size=1&page=3").await.column("username"), ["bob"]);
    let refused = read(&harbor, As::Alice, "/users").await;
    assert_eq!((refused.status, refused.error().1), (403, "alice".to_owned()));
    assert_eq!(read(&harbor, As::Anonymous, "/users").await.status, 401);
    assert_eq!(read(&harbor, As::Admin, "/users?q=a%3D%7Bb").await.error().1, "invalid query string value: {b");
}

#[tokio::test]
async fn everyone_with_a_login_finds_users() {
    let harbor = start(people()).await;
    let found = read(&harbor, As::Alice, "/users/search?username=b").await;
    assert_eq!((found.total(), found.column("username")), (Some(1), vec![json!("bob")]));
    assert_eq!(keys(&found.json()[0]), ["user_id", "username"]);
    // The number of the page means nothing, its size limits the answer and not the total.
    let limited = read(&harbor, As::Alice, "/users/search?username=l&page=7&page_size=1").await;
    assert_eq!((limited.total(), limited.len()), (Some(2), 1));
    assert_eq!(read(&harbor, As::Anonymous, "/users/search?username=b").await.status, 401);
    assert_eq!(read(&harbor, As::Alice, "/users/search").await.status, 422);
}

#[tokio::test]
async fn users_are_shown_to_themselves_and_to_administrators() {
    let harbor = start(people()).await;
    let id = read(&harbor, As::Alice, "/users/current").await.json()["user_id"].clone();
    assert_eq!(read(&harbor, As::Alice, &format!("/users/{id}")).await.json()["username"], "alice");
    let other = read(&harbor, As::Alice, "/users/1").await;
    assert_eq!((other.status, other.error().1), (403, "alice".to_owned()));
    let administrator = read(&harbor, As::Admin, "/users/1").await.json();
    assert_eq!((&administrator["username"], administrator.get("email")), (&json!("admin"), None::<&Value>));
    assert_eq!(read(&harbor, As::Admin, "/users/99").await.error().1, "user 99 not found");
    let anonymous = read(&harbor, As::Anonymous, "/users/1").await;
    assert_eq!((anonymous.status, anonymous.text.as_str(), anonymous.header("content-type")), (500, "", None));
}

#[tokio::test]
async fn an_address_is_as_good_as_a_name() {
    let harbor = start(people()).await;
    let url = format!("{}/api/v2.0/users/current", harbor.url());
    let answer = client().get(url).basic_auth("bob@shop.example", Some("Bob12345")).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["realname"], "Bob Builder");
}

#[tokio::test]
async fn permissions_depend_on_the_role() {
    let harbor = start(people()).await;
    let odd = harbor.registry_mut(|registry| registry.project("odd").unwrap().id()).await;
    let of = async |who: As, scope: &str| read(&harbor, who, &format!("/users/current/permissions?{scope}")).await;
    let all = of(As::Admin, &format!("scope=/project/{odd}")).await;
    assert!(
        all.json().as_array().unwrap().contains(&json!({"action": "delete", "resource": format!("/project/{odd}")}))
    );
    let own = of(As::Alice, &format!("scope=/project/{odd}&relative=true")).await.json();
    let own = own.as_array().unwrap();
    assert!(own.contains(&json!({"action": "read", "resource": "."})));
    assert!(own.contains(&json!({"action": "push", "resource": "repository"})));
    assert!(!own.contains(&json!({"action": "delete", "resource": "repository"})));
    assert_eq!(of(As::Admin, "scope=nonsense").await.json(), json!([]));
    assert_eq!(of(As::Anonymous, "scope=nonsense").await.status, 401);
    let anonymous = read(&harbor, As::Anonymous, "/permissions").await;
    assert_eq!((anonymous.status, anonymous.error().1), (401, String::new()));
    assert_eq!(read(&harbor, As::Alice, "/permissions").await.status, 403);
    assert_eq!(keys(&read(&harbor, As::Admin, "/permissions").await.json()), ["project", "system"]);
}

#[tokio::test]
async fn there_are_no_groups() {
    let harbor = start(people()).await;
    let none = read(&harbor, As::Admin, "/usergroups?page=2").await;
    assert_eq!((none.total(), none.len(), none.header("link")), (Some(0), 0, None));
    assert_eq!(read(&harbor, As::Alice, "/usergroups").await.status, 403);
    assert_eq!(read(&harbor, As::Alice, "/usergroups/search?groupname=a").await.total(), Some(0));
    assert_eq!(read(&harbor, As::Anonymous, "/usergroups/search?groupname=a").await.status, 401);
    assert_eq!(read(&harbor, As::Admin, "/usergroups/search").await.status, 422);
}
