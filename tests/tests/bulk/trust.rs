//! Who the caller is: never less than it seems, and never a secret in sight.

use base64::Engine as _;
use futures::StreamExt;
use harbor_ext::failure::Phase;
use harbor_ext::{Concurrency, Credentials, FailureKind, Harbor};
use harbor_testkit::{Fault, Registry};

use crate::support::{client, serve};

#[tokio::test]
async fn wrong_credentials_are_told_instead_of_a_small_registry() {
    let server = serve(Registry::demo()).await;
    for credentials in [Credentials::basic("admin", "hunter2"), Credentials::bearer("hunter2")] {
        let harbor = client(&server, credentials).build().unwrap();
        let collected = harbor.reports().collect().await;
        assert!(collected.items.is_empty());
        let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
        assert_eq!(failure.kind, FailureKind::NotAuthenticated);
        let shown = format!("{failure} {failure:?} {harbor:?} {}", serde_json::to_string(failure).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(server.requests().iter().all(|request| request.operation == "systeminfo"));
}

#[tokio::test]
async fn a_robot_that_expires_between_two_queries_is_told() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret")).build().unwrap();
    assert!(!harbor.reports().collect().await.items.is_empty());
    assert!(server.registry_mut(|registry| registry.delete_robot("robot$auditor")).await);
    let collected = harbor.reports().collect().await;
    assert!(collected.items.is_empty());
    assert_eq!(collected.failures[0].kind, FailureKind::NotAuthenticated);
}

#[tokio::test]
async fn a_robot_that_expires_meanwhile_ends_the_query_with_a_failure_for_everything_left() {
    let server = serve(Registry::demo()).await;
    let credentials = Credentials::robot("auditor", "demo-secret");
    let harbor = client(&server, credentials).concurrency(Concurrency::Fixed(1)).build().unwrap();
    let mut stream = harbor.reports().stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(server.registry_mut(|registry| registry.delete_robot("robot$auditor")).await);
    server.forget_requests();
    let rest = stream.into_collected().await;
    assert!(rest.failures.iter().any(|failure| failure.phase == Phase::Identifying), "{:?}", rest.failures);
    assert!(rest.failures.iter().any(|failure| failure.message.contains("not asked any more")));
    assert_eq!(rest.summary.listed, rest.items.len() as u64 + 1, "after {}", first.artifact.name_with_tag());
    // What is public may still be read; what is not is not asked for again and again.
    assert!(server.requests().len() < 40, "{} requests", server.requests().len());
}

#[tokio::test]
async fn a_login_that_is_locked_for_a_moment_loses_nothing() {
    let server = serve(Registry::demo()).await;
    server.add_fault(Fault::status(401).on("reports").times(3)).unwrap();
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret")).build().unwrap();
    let collected = harbor.reports().collect().await;
    assert_eq!(collected.summary.states.failed, 0, "{:?}", collected.failures);
    assert_eq!(collected.summary.retries, 3);
}

#[tokio::test]
async fn what_is_private_is_forbidden_to_anonymous_callers_at_once() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::anonymous()).build().unwrap();
    let collected = harbor.reports().projects(["shop"]).collect().await;
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    assert_eq!((failure.kind, failure.status, failure.attempts), (FailureKind::Forbidden, Some(401), 1));
}

#[tokio::test]
async fn what_a_proxy_quotes_of_the_request_is_not_repeated() {
    let server = httpmock::MockServer::start_async().await;
    let secret = "hunter2-hunter2";
    let header = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("admin:{secret}")));
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(400)
                .header("Content-Type", "text/plain")
                .body(format!("bad header {header} ({secret})\u{1b}[2J"));
        })
        .await;
    let http = harbor_ext::http_client().no_proxy();
    let credentials = Credentials::basic("admin", secret);
    let harbor = Harbor::builder(server.base_url()).credentials(credentials).http_client(http).build().unwrap();
    let failure = harbor.artifacts().try_collect().await.unwrap_err();
    let shown = format!("{failure} {failure:?}");
    assert!(shown.contains("bad header Basic …"), "{shown}");
    assert!(!shown.contains(secret) && !shown.contains(&header) && !shown.contains('\u{1b}'), "{shown}");
}

#[tokio::test]
async fn sessions_are_never_sent_back() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret")).build().unwrap();
    harbor.reports().collect().await;
    assert!(server.requests().len() > 10);
    assert!(server.requests().iter().all(|request| !request.session));
}

#[tokio::test]
async fn an_address_that_is_not_harbors_is_told() {
    let server = serve(Registry::demo()).await;
    server.add_fault(Fault::html()).unwrap();
    let harbor = client(&server, Credentials::basic("admin", "Harbor12345")).build().unwrap();
    let collected = harbor.reports().collect().await;
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    assert_eq!(failure.kind, FailureKind::Undecodable);
    assert!(failure.to_string().contains("address"), "{failure}");
}

#[tokio::test]
async fn a_redirect_that_would_lose_the_credentials_is_told_instead_of_followed() {
    let elsewhere = serve(Registry::demo()).await;
    let server = httpmock::MockServer::start_async().await;
    let place = format!("{}/api/v2.0/systeminfo", elsewhere.url());
    let redirect = server
        .mock_async(|when, then| {
            when.any_request();
            then.status(308).header("Location", format!("{place}?token=hunter2"));
        })
        .await;
    let harbor = Harbor::builder(server.base_url())
        .credentials(Credentials::basic("admin", "Harbor12345"))
        .http_client(harbor_ext::http_client().no_proxy())
        .build()
        .unwrap();
    let failure = harbor.artifacts().try_collect().await.unwrap_err();
    assert_eq!((failure.kind, failure.status, failure.attempts), (FailureKind::Refused, Some(308), 1));
    assert!(failure.message.ends_with(&format!("{}: use that address", elsewhere.url())), "{failure}");
    assert!(!failure.to_string().contains("hunter2"), "{failure}");
    assert_eq!(redirect.calls_async().await, 1);
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn a_query_can_be_made_without_a_runtime() {
    let stream = std::thread::spawn(|| {
        let harbor = Harbor::builder("http://127.0.0.1:1").credentials(Credentials::anonymous()).build().unwrap();
        harbor.reports().stream()
    });
    assert_eq!(stream.join().unwrap().summary().requests, 0);
}

#[tokio::test]
async fn an_error_of_the_generated_client_is_told_in_words() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::basic("admin", "Harbor12345")).build().unwrap();
    let error = harbor.client().get_project().project_name_or_id("nowhere").send().await.unwrap_err();
    assert!(!error.to_string().to_lowercase().contains("set-cookie"), "{error}");
    let failure = harbor.failure(error);
    assert_eq!(
        (failure.kind, failure.status, failure.code.as_deref()),
        (FailureKind::NotFound, Some(404), Some("NOT_FOUND"))
    );
    assert!(failure.to_string().starts_with("calling the API: status 404, "), "{failure}");
    assert!(failure.message.contains("nowhere"), "{failure}");
}
