//! What differs through the nginx in front of Harbor.

use harbor_testkit::SimulatedHarbor;

use crate::support::{As, get, raw, raw_with, sample};

async fn behind_nginx() -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(sample()).behind_nginx().start().await.unwrap()
}

#[tokio::test]
async fn paths_are_decoded_on_the_way() {
    let harbor = behind_nginx().await;
    let list = |name: &str| raw(&harbor, &format!("/api/v2.0/projects/library/repositories/{name}/artifacts"));
    assert_eq!(list("svc%252Fapp").total(), Some(3));
    assert_eq!(list("svc%25252Fapp").total(), Some(0));
    for name in ["svc%2Fapp", "svc/app"] {
        let message = "path /api/v2.0/projects/library/repositories/svc/app/artifacts was not found";
        assert_eq!(list(name).error(), ("NOT_FOUND".to_owned(), message.to_owned()), "{name}");
    }
    // Escaped dots are resolved, so that another list answers; twice escaped they are a name.
    assert_eq!(list("%2e%2e").total(), Some(3));
    assert!(list("%2e%2e").text.contains("\"repository_name\":\"library/svc/app\""));
    assert_eq!(list("%252e%252e").total(), Some(0));
}

#[tokio::test]
async fn headers_are_added_to_successes_only() {
    let harbor = behind_nginx().await;
    let projects = raw(&harbor, "/api/v2.0/projects");
    assert_eq!(projects.header("server"), Some("nginx"));
    assert_eq!(projects.header("x-frame-options"), Some("DENY"));
    assert_eq!(projects.header("content-security-policy"), Some("frame-ancestors 'none'"));
    assert_eq!(projects.header("connection"), Some("close"), "as the test asks for");
    let kept = get(&harbor, As::Admin, "/projects").await;
    assert_eq!((kept.header("connection"), kept.len()), (Some("keep-alive"), 3));
    let missing = raw(&harbor, "/api/v2.0/projects/nope");
    assert_eq!((missing.status, missing.header("server")), (404, Some("nginx")));
    assert_eq!(missing.header("x-frame-options"), None);
    assert!(missing.header("x-request-id").is_some());
}

#[tokio::test]
async fn other_paths_are_the_portal_or_nothing() {
    let harbor = behind_nginx().await;
    for target in ["/", "/harbor/projects", "/wrong/api/v2.0/projects"] {
        let page = raw_with(&harbor, "GET", target, None, &[]);
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html")), "{target}");
        assert_eq!(page.header("x-request-id"), None);
        assert_eq!(page.header("set-cookie"), None);
    }
    let old = raw_with(&harbor, "GET", "/v1/x", None, &[]);
    assert_eq!((old.status, old.header("content-type")), (404, Some("text/html")));
}

#[tokio::test]
async fn what_does_not_fit_into_a_buffer_is_a_page() {
    let harbor = behind_nginx().await;
    let page = |length: usize, query: &str| {
        let filler = "x".repeat(length);
        raw(&harbor, &format!("/api/v2.0/projects/library/artifacts?page_size=1&q=y%3D{filler}{query}"))
    };
    // Two links repeat the query, one does so once.
    for (length, query, status) in
        [(1_700, "&page=2", 200), (2_500, "&page=2", 502), (2_500, "", 200), (8_000, "", 502), (8_200, "", 414)]
    {
        let answer = page(length, query);
        assert_eq!(answer.status, status, "{length}{query}");
        let kind = if status == 200 { "application/json" } else { "text/html" };
        assert_eq!(answer.header("content-type"), Some(kind), "{length}{query}");
    }
    let answer = raw(&harbor, "/service/notifications/jobs");
    assert_eq!((answer.status, answer.header("content-type")), (404, Some("text/html")));
    let broken = raw(&harbor, "/api/v2.0/projects/%zz");
    assert_eq!((broken.status, broken.header("content-type")), (400, Some("text/html")));
}
