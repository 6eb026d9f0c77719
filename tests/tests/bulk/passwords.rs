//! What a local user's password costs the server is said where it matters, and nowhere else.

use harbor_ext::{Advice, Credentials, Harbor, Summary};
use harbor_testkit::{HarborVersion, Registry, Robot, Scale, SimulatedHarbor};

use crate::support::client;

/// Ten reports for each of some repositories.
async fn serve(repositories: usize, version: HarborVersion) -> SimulatedHarbor {
    let scale =
        Scale { projects: 1, repositories, artifacts: 10, findings: 1, distinct: 10, seed: 3, ..Scale::default() };
    let registry = Registry::synthetic(scale).with_robot(Robot::new("reader", "secret").with_read_permissions());
    SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap()
}

async fn crawl(harbor: &Harbor) -> Summary {
    let collected = harbor.reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    collected.summary
}

fn administrator() -> Credentials {
    Credentials::basic("admin", "Harbor12345")
}

/// How often the server was asked who the caller is.
fn questions(server: &SimulatedHarbor) -> usize {
    server.requests().iter().filter(|request| request.target.ends_with("/users/current")).count()
}

#[tokio::test]
async fn a_big_crawl_of_a_local_user_gets_advice() {
    let server = serve(30, HarborVersion::default()).await;
    let harbor = client(&server, administrator()).build().unwrap();
    let mut requests = 0;
    for _ in 0..2 {
        let summary = crawl(&harbor).await;
        requests += summary.requests;
        assert_eq!(summary.advice, [Advice::UseRobot]);
        assert_eq!(questions(&server), 1, "it is found out once");
        assert_eq!(server.requests().len() as u64, requests);
    }
    let advice = Advice::UseRobot.to_string();
    assert!(advice.contains("98 ms") && advice.contains("artifact-addition:read"), "{advice}");
    let small = harbor.reports().repositories(["project-1/team/service-1"]).collect().await;
    assert_eq!(small.summary.advice, []);
}

#[tokio::test]
async fn what_is_small_or_cheap_gets_none() {
    let big = 30;
    for (repositories, version, credentials) in [
        (10, HarborVersion::default(), administrator()),
        (big, HarborVersion::V2_14, administrator()),
        (big, HarborVersion::default(), Credentials::robot("reader", "secret")),
        (big, HarborVersion::default(), Credentials::anonymous()),
    ] {
        let server = serve(repositories, version).await;
        let harbor = client(&server, credentials.clone()).build().unwrap();
        assert_eq!(crawl(&harbor).await.advice, [], "{credentials:?}");
        assert_eq!(questions(&server), 0, "{credentials:?}");
    }
}

#[tokio::test]
async fn a_session_is_what_the_advice_wants() {
    let server = serve(30, HarborVersion::default()).await;
    let harbor = client(&server, administrator()).session_login(true).build().unwrap();
    assert_eq!(crawl(&harbor).await.advice, []);
}
