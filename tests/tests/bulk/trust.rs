//! Who the caller is: never less than it seems, and never a secret in sight.

use harbor_ext::{Credentials, FailureKind};
use harbor_testkit::{Fault, Registry};

use crate::support::{client, serve};

#[tokio::test]
async fn wrong_credentials_are_told_instead_of_a_small_registry() {
    let server = serve(Registry::demo()).await;
    for credentials in [
        Credentials::basic("admin", "hunter2"),
        Credentials::bearer("hunter2"),
    ] {
        let harbor = client(&server, credentials).build().unwrap();
        let collected = harbor.reports().collect().await;
        assert!(collected.items.is_empty());
        let [failure] = &collected.failures[..] else {
            panic!("{:?}", collected.failures)
        };
        assert_eq!(failure.kind, FailureKind::NotAuthenticated);
        let shown = format!(
            "{failure} {failure:?} {harbor:?} {}",
            serde_json::to_string(failure).unwrap()
        );
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.operation == "systeminfo")
    );
}

#[tokio::test]
async fn who_is_asked_once_for_all_queries_of_a_handle() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret"))
        .build()
        .unwrap();
    for _ in 0..3 {
        harbor.clone().repositories().collect().await;
    }
    assert_eq!(server.counts()["systeminfo"], 1);
}

#[tokio::test]
async fn sessions_are_never_sent_back() {
    let server = serve(Registry::demo()).await;
    let harbor = client(&server, Credentials::robot("auditor", "demo-secret"))
        .build()
        .unwrap();
    harbor.reports().collect().await;
    assert!(server.requests().len() > 10);
    assert!(server.requests().iter().all(|request| !request.session));
}

#[tokio::test]
async fn an_address_that_is_not_harbors_is_told() {
    let server = serve(Registry::demo()).await;
    server.add_fault(Fault::html()).unwrap();
    let harbor = client(&server, Credentials::basic("admin", "Harbor12345"))
        .build()
        .unwrap();
    let collected = harbor.reports().collect().await;
    let [failure] = &collected.failures[..] else {
        panic!("{:?}", collected.failures)
    };
    assert_eq!(failure.kind, FailureKind::Undecodable);
    assert!(failure.to_string().contains("address"), "{failure}");
}
