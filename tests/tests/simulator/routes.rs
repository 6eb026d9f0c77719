//! Paths, methods, content types and the headers that every answer has.

use harbor_testkit::HarborVersion;
use reqwest::Method;

use crate::support::{Answer, As, client_builder, get, get_with, raw, sample, send, start, start_version};

#[tokio::test]
async fn repository_names_are_decoded_twice() {
    let harbor = start(sample()).await;
    for (name, artifacts) in
        [("svc%252Fapp", 3), ("svc%252fapp", 3), ("svc%2Fapp", 3), ("svc%25252Fapp", 0), ("nope", 0), ("%252e%252e", 0)]
    {
        let path = format!("/projects/library/repositories/{name}/artifacts");
        let answer = get(&harbor, As::Admin, &path).await;
        assert_eq!((answer.status, answer.total()), (200, Some(artifacts)), "{name}");
    }
    let answer = get(&harbor, As::Admin, "/projects/library/repositories/svc/app/artifacts").await;
    assert_eq!(answer.status, 404);
    let message = "path /api/v2.0/projects/library/repositories/svc/app/artifacts was not found";
    assert_eq!(answer.error(), ("NOT_FOUND".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn slashes_and_dots_are_resolved_before_routing() {
    let harbor = start(sample()).await;
    for path in [
        "/projects/library/repositories//svc%252Fapp/artifacts",
        "/projects/library/repositories/svc%252Fapp/artifacts/",
        "/projects/nope/../library/repositories/svc%252Fapp/artifacts",
    ] {
        let answer = raw(&harbor, &format!("/api/v2.0{path}?page_size=1"));
        assert_eq!(answer.total(), Some(3), "{path}");
    }
    // An escaped one is a name on the server itself.
    let answer = raw(&harbor, "/api/v2.0/projects/library/repositories/%2e%2e/artifacts");
    assert_eq!(answer.total(), Some(0));
}

#[tokio::test]
async fn unknown_paths_methods_and_pages() {
    let harbor = start(sample()).await;
    let cases = [
        (Method::GET, "/api/v2.0/nope", 404, "application/json; charset=utf-8"),
        (Method::GET, "/api/v2.0/jobservice/pools", 501, "application/json; charset=utf-8"),
        (Method::GET, "/api/nope", 404, "text/html; charset=utf-8"),
        (Method::GET, "/", 404, "text/html; charset=utf-8"),
        (Method::GET, "/harbor/projects", 404, "text/html; charset=utf-8"),
        (Method::PATCH, "/projects", 405, "application/json; charset=utf-8"),
        (Method::POST, "/api/v2.0/replication/executions", 501, "application/json; charset=utf-8"),
        (Method::HEAD, "/projects/library/repositories", 405, "application/json; charset=utf-8"),
        (Method::GET, "/projects", 200, "application/json"),
        (Method::GET, "/api/v2.0/ping", 200, "text/plain"),
        (Method::GET, "/api/v2.0/health", 200, "application/json"),
    ];
    for (method, path, status, content_type) in cases {
        let answer = send(&harbor, method.clone(), As::Admin, path, &[]).await.unwrap();
        assert_eq!(answer.status, status, "{method} {path}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{method} {path}");
    }
    let answer = send(&harbor, Method::PATCH, As::Admin, "/projects", &[]).await.unwrap();
    let message = "method PATCH is not allowed, but [GET,HEAD,POST] are";
    assert_eq!(answer.error(), ("METHOD_NOT_ALLOWED".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn accept_must_allow_json() {
    let harbor = start(sample()).await;
    for (accept, status) in
        [("application/json", 200), ("*/*", 200), ("text/html, application/json;q=0.5", 200), ("text/plain", 422)]
    {
        let answer = get_with(&harbor, As::Admin, "/projects", &[("accept", accept)]).await;
        assert_eq!(answer.status, status, "{accept}");
    }
    for (accept, status, text) in [
        ("text/plain", 200, "Pong"),
        ("application/json", 200, "\"Pong\"\n"),
        ("application/*", 200, "\"Pong\"\n"),
        ("application/json, */*;q=0.5", 200, "\"Pong\"\n"),
        ("*/*", 200, "Pong"),
        ("", 200, "Pong"),
    ] {
        let answer = get_with(&harbor, As::Admin, "/api/v2.0/ping", &[("accept", accept)]).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, text), "{accept}");
    }
    let kinds = |kinds: &str| {
        format!("validation failure list:\nunsupported media type requested, only [{kinds}] are available")
    };
    let v1 = "/projects/library/repositories/svc%252Fapp/artifacts/v1";
    for (path, accept, message) in [
        ("/api/v2.0/ping".to_owned(), "text/html", kinds("text/plain application/json")),
        ("/projects".to_owned(), "application/json;q=0", kinds("application/json")),
        (format!("{v1}/additions/build_history"), "text/plain", kinds("application/json")),
    ] {
        let answer = get_with(&harbor, As::Admin, &path, &[("accept", accept)]).await;
        assert_eq!((answer.status, answer.error().1), (422, message), "{path} {accept}");
    }
}

#[tokio::test]
async fn flags_in_headers_have_the_words_of_those_in_queries() {
    let harbor = start(sample()).await;
    for (word, status) in [("true", 200), ("1", 200), ("Yes", 200), ("false", 404), ("2", 404)] {
        let answer = get_with(&harbor, As::Admin, "/projects/123", &[("x-is-resource-name", word)]).await;
        assert_eq!(answer.status, status, "{word}");
    }
}

#[tokio::test]
async fn paths_in_messages_are_as_they_were_sent() {
    let harbor = start(sample()).await;
    let answer = raw(&harbor, "/api/v2.0/a%20b%2Fc");
    assert_eq!(answer.error().1, "path /api/v2.0/a%20b%2Fc was not found");
    // What cannot be decoded does not get as far as Harbor.
    let answer = raw(&harbor, "/api/v2.0/projects/%zz");
    assert_eq!((answer.status, answer.text.as_str()), (400, "400 Bad Request"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!((answer.header("x-request-id"), answer.header("set-cookie")), (None, None));
}

#[tokio::test]
async fn every_answer_of_harbor_has_a_session_and_an_id() {
    let harbor = start(sample()).await;
    for path in ["/projects", "/projects/nope", "/api/v2.0/systeminfo"] {
        let answer = get(&harbor, As::Anonymous, path).await;
        assert!(answer.header("set-cookie").unwrap().starts_with("sid="), "{path}");
        assert_eq!(answer.header("x-request-id").unwrap().len(), 36, "{path}");
        assert_eq!(answer.header("www-authenticate"), None, "{path}");
    }
    let answer = get_with(&harbor, As::Admin, "/projects", &[("x-request-id", "mine")]).await;
    assert_eq!(answer.header("x-request-id"), Some("mine"));
    assert_eq!(harbor.requests().last().unwrap().request_id, "mine");
    let answer = get(&harbor, As::Admin, "/projects?q=%zz").await;
    assert_eq!((answer.status, answer.header("x-request-id"), answer.header("set-cookie")), (400, None, None));
    let page = raw(&harbor, "/");
    assert!(page.header("x-harbor-csrf-token").is_some(), "pages are always guarded");
    assert_eq!(send(&harbor, Method::POST, As::Admin, "/c/login", &[]).await.unwrap().status, 403);
}

#[tokio::test]
async fn a_returned_session_makes_writes_need_a_token() {
    let harbor = start(sample()).await;
    let cookies = |answer: &Answer| {
        let values = answer.headers.get_all("set-cookie").iter();
        values.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // A session that the server does not know is as good as none, but for the token.
    let unknown = [("cookie", "sid=4f2d")];
    let answer = get_with(&harbor, As::Admin, "/projects", &unknown).await;
    assert_eq!(answer.header("vary"), Some("Cookie"));
    let token = answer.header("x-harbor-csrf-token").unwrap().to_owned();
    let [session, guard] = &cookies(&answer)[..] else { panic!("{:?}", cookies(&answer)) };
    assert!(session.starts_with("sid=") && guard.starts_with("_gorilla_csrf="), "{session} {guard}");
    let known = [("cookie", session.as_str())];
    assert_eq!(cookies(&get_with(&harbor, As::Admin, "/projects", &known).await), [guard.as_str()]);
    let answer = send(&harbor, Method::POST, As::Admin, "/projects", &known).await.unwrap();
    assert_eq!(answer.error().1, "CSRF token not found in request");
    assert_eq!((answer.header("vary"), cookies(&answer)), (None, vec![guard.clone()]));
    let forged = [known[0], ("x-harbor-csrf-token", "moon")];
    let answer = send(&harbor, Method::DELETE, As::Admin, "/projects/odd", &forged).await.unwrap();
    assert_eq!(answer.error().1, "CSRF token invalid");
    let both = format!("{session}; {guard}");
    let allowed = [("cookie", both.as_str()), ("x-harbor-csrf-token", token.as_str())];
    let answer = send(&harbor, Method::DELETE, As::Admin, "/projects/odd", &allowed).await.unwrap();
    assert_eq!((answer.status, answer.header("vary"), cookies(&answer)), (412, Some("Cookie"), vec![]));
    // What changes nothing needs no token.
    assert_eq!(send(&harbor, Method::OPTIONS, As::Admin, "/projects", &known).await.unwrap().status, 405);
    assert!(harbor.requests().iter().all(|request| request.session));
}

#[tokio::test]
async fn long_bodies_are_chunked_and_json_ends_with_a_newline() {
    let harbor = start(sample()).await;
    let long = get(&harbor, As::Admin, "/projects/library/artifacts").await;
    assert!(long.text.len() > 2048 && long.text.ends_with('\n'));
    assert_eq!(long.header("transfer-encoding"), Some("chunked"));
    assert_eq!(long.header("content-length"), None);
    let short = get(&harbor, As::Admin, "/projects/nope").await;
    assert_eq!(short.header("content-length"), Some(short.text.len().to_string().as_str()));
    assert!(short.text.ends_with("}]}\n"));
}

#[tokio::test]
async fn the_version_decides_about_routes_and_fields() {
    let harbor = start_version(sample(), HarborVersion::V2_9).await;
    let answer = get(&harbor, As::Admin, "/projects/library/artifacts?page=1").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.error().1, "path /api/v2.0/projects/library/artifacts was not found");
    let path = "/projects/library/repositories/svc%252Fapp/artifacts/v1";
    let artifact = get(&harbor, As::Admin, path).await.json();
    for name in ["repository_name", "artifact_type"] {
        assert!(artifact.get(name).is_none(), "{name}");
    }
    let info = get(&harbor, As::Admin, "/api/v2.0/systeminfo").await.json();
    assert!(info["harbor_version"].as_str().unwrap().starts_with("v2.9."));
    assert_eq!(info.get("oidc_provider_name"), None);
    // The robots of a project have had a list of their own, which is not simulated.
    assert_eq!(get(&harbor, As::Admin, "/projects/odd/robots").await.status, 501);
    let scanners = get(&harbor, As::Admin, "/api/v2.0/scanners").await.json();
    assert_eq!((scanners[0].get("capabilities"), &scanners[0]["name"]), (None, &"Trivy".into()));

    let harbor = start_version(sample(), HarborVersion::V2_15).await;
    assert_eq!(get(&harbor, As::Admin, "/projects/odd/robots").await.status, 404);
    assert_eq!(get(&harbor, As::Admin, "/projects/library/artifacts").await.total(), Some(3));
    assert_eq!(get(&harbor, As::Admin, path).await.json()["repository_name"], "library/svc/app");
}

#[tokio::test]
async fn dropping_the_handle_stops_the_server() {
    let harbor = start(sample()).await;
    let url = format!("{}/api/v2.0/ping", harbor.url());
    let client = client_builder().build().unwrap();
    assert_eq!(client.get(&url).send().await.unwrap().text().await.unwrap(), "Pong");
    drop(harbor);
    // The client still holds the connection of the first request, which must be gone as well.
    assert!(client.get(&url).send().await.is_err());
}
