//! Who the caller is: never less than it seems, and never a secret in sight.

use harbor_ext::{Credentials, FailureKind, Harbor};
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
async fn who_is_asked_once_for_all_queries_of_a_handle() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret")).build().unwrap();
    for _ in 0..3 {
        harbor.clone().repositories().collect().await;
    }
    assert_eq!(server.counts()["systeminfo"], 1);
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
    assert!(failure.to_string().contains(&place), "{failure}");
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
