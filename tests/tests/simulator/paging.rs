//! `page`, `page_size`, totals and links.

use harbor_testkit::{Artifact, Project, Registry, Repository, SimulatedHarbor};

use crate::support::{Answer, As, get, sample, start};

/// A repository of 21 images, `v1` to `v21`.
async fn harbor() -> SimulatedHarbor {
    let images = (1..=21).map(|number| Artifact::image().with_tag(format!("v{number}")));
    let repository = images.fold(Repository::new("app"), Repository::with_artifact);
    start(Registry::new().with_project(Project::new("p").with_repository(repository))).await
}

async fn list(harbor: &SimulatedHarbor, query: &str) -> Answer {
    get(harbor, As::Admin, &format!("/projects/p/repositories/app/artifacts{query}")).await
}

#[tokio::test]
async fn sizes_numbers_and_links() {
    let harbor = harbor().await;
    let base = "/api/v2.0/projects/p/repositories/app/artifacts";
    let next = |query: &str| format!("<{base}?{query}>; rel=\"next\"");
    let prev = |query: &str| format!("<{base}?{query}>; rel=\"prev\"");
    let cases = [
        ("", 10, Some(next("page=2&page_size=10"))),
        ("?page_size=", 10, Some(next("page=2&page_size=10"))),
        ("?page=2&page=3", 1, Some(prev("page=2&page_size=10"))),
        (
            "?page=2&with_tag=false",
            10,
            Some(format!(
                "{} , {}",
                prev("page=1&page_size=10&with_tag=false"),
                next("page=3&page_size=10&with_tag=false")
            )),
        ),
        ("?page_size=100", 21, None),
        ("?page_size=0", 21, None),
        ("?page_size=0&page=7", 21, None),
        ("?page_size=-1", 21, Some(next("page=2&page_size=-1"))),
        ("?page=0", 10, Some(next("page=1&page_size=10"))),
        ("?page=-3", 10, Some(next("page=-2&page_size=10"))),
        ("?page=3", 1, Some(prev("page=2&page_size=10"))),
        ("?page=4", 0, Some(prev("page=3&page_size=10")).filter(|_| false)),
        ("?page=99999999999&page_size=100", 0, None),
    ];
    for (query, rows, link) in cases {
        let answer = list(&harbor, query).await;
        assert_eq!((answer.status, answer.len()), (200, rows), "{query}");
        assert_eq!(answer.total(), Some(21), "{query}");
        assert_eq!(answer.header("link"), link.as_deref(), "{query}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused_together() {
    let harbor = harbor().await;
    let cases = [
        ("?page_size=101", "page_size in query should be less than or equal to 100"),
        ("?page=x", "page in query must be of type int64: \"x\""),
        (
            "?page=x&page_size=y",
            "page in query must be of type int64: \"x\"\npage_size in query must be of type int64: \"y\"",
        ),
        ("?page=99999999999999999999", "page in query must be of type int64: \"99999999999999999999\""),
    ];
    for (query, problem) in cases {
        let answer = list(&harbor, query).await;
        assert_eq!(answer.status, 422, "{query}");
        let message = format!("validation failure list:\n{problem}");
        assert_eq!(answer.error(), ("UNPROCESSABLE_ENTITY".to_owned(), message), "{query}");
    }
}

#[tokio::test]
async fn links_are_damaged_as_harbor_damages_them() {
    let harbor = harbor().await;
    let link = async |query: &str| list(&harbor, query).await.header("link").unwrap_or_default().to_owned();
    let plus = "?page=2&page_size=5&q=media_type%3Dapplication%2Fvnd.docker.container.image.v1%252Bjson";
    let found = link(plus).await;
    assert!(
        found.contains("page=1&page_size=5&q=media_type=application/vnd.docker.container.image.v1%2Bjson>"),
        "{found}"
    );
    assert!(
        found.contains("page=3&page_size=5&q=media_type=application/vnd.docker.container.image.v1+json>"),
        "{found}"
    );
    let found = link("?page_size=2&q=id%3D%7B1%202%203%204%7D").await;
    assert!(found.contains("page_size=2&q=id={1 2 3 4}>; rel=\"next\""), "{found}");
}

#[tokio::test]
async fn an_empty_list_of_projects_has_no_link() {
    let harbor = start(sample()).await;
    let answer = get(&harbor, As::Admin, "/projects?name=nothing&page=-1").await;
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", Some(0)));
    assert_eq!(answer.header("link"), None);
}

#[tokio::test]
async fn pages_lose_rows_on_deletion_and_keysets_do_not() {
    let rows = |answer: &Answer| answer.column("id").iter().map(|id| id.as_i64().unwrap()).collect::<Vec<_>>();
    let delete_first = |harbor: &SimulatedHarbor| {
        for number in 1..=5 {
            assert!(
                harbor
                    .registry_mut(|registry| { registry.delete_artifact("p", "app", &format!("v{number}")) })
                    .into_inner()
            );
        }
    };
    let harbor = harbor().await;
    let mut offset = rows(&list(&harbor, "?sort=id&page=1&page_size=10").await);
    delete_first(&harbor);
    offset.extend(rows(&list(&harbor, "?sort=id&page=2&page_size=10").await));
    assert_eq!(offset.len(), 16, "offset pages skip the rows that moved up");

    let harbor = self::harbor().await;
    let mut keyset = rows(&list(&harbor, "?sort=id&page_size=10").await);
    delete_first(&harbor);
    while let Some(last) = keyset.last() {
        let page = rows(&list(&harbor, &format!("?sort=id&page_size=10&q=id%3D%5B{}~%5D", last + 1)).await);
        if page.is_empty() {
            break;
        }
        keyset.extend(page);
    }
    assert_eq!(keyset, (1..=21).collect::<Vec<_>>());
}
