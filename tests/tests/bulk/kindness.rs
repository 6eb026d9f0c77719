//! Few requests, never more at once than allowed, and none that nobody waits for.

use std::time::Duration;

use futures::StreamExt;
use harbor_ext::{Concurrency, Credentials};
use harbor_testkit::{Fault, Project, Registry, Repository, Robot, Scale, SimulatedHarbor};

use crate::support::{administrator, client, expected, found, image, serve, synthetic};

#[tokio::test]
async fn a_registry_is_listed_by_the_hundred() {
    let scale =
        Scale { projects: 20, repositories: 100, artifacts: 10, findings: 0, distinct: 1, seed: 1, ..Scale::default() };
    let server = serve(Registry::synthetic(scale)).await;
    let collected = administrator(&server).artifacts().collect().await;
    assert_eq!(collected.items.len(), 20_000);
    assert!(collected.summary.requests <= 220, "{}", collected.summary);
    assert!(server.requests().iter().all(|request| !request.target.contains("with_scan_overview=true")));
}

#[tokio::test]
async fn the_same_digest_is_fetched_once_and_reported_everywhere() {
    let repositories = ["a", "b", "c/d", "e", "f"];
    let project = |name: &str| {
        repositories.iter().fold(Project::new(name), |project, repository| {
            project.with_repository(Repository::new(*repository).with_artifact(image("the same")))
        })
    };
    let server = serve(Registry::new().with_project(project("p")).with_project(project("q"))).await;
    let collected = administrator(&server).reports().collect().await;
    assert_eq!(found(&collected), expected(&server));
    assert_eq!(collected.items.len(), 10);
    assert_eq!(server.counts()["reports"], 1, "{:?}", server.counts());
    assert_eq!(collected.summary.shared_reports, 9);
    assert_eq!(server.counts()["scanner"], 2, "each project is asked for its scanner once");
}

#[tokio::test]
async fn projects_whose_scanner_may_not_be_read_get_reports_of_their_own() {
    let project =
        |name: &str| Project::new(name).with_repository(Repository::new("r").with_artifact(image("the same")));
    let robot = Robot::new("reader", "secret")
        .without_permissions()
        .with_permission("repository:list")
        .with_permission("artifact:list")
        .with_permission("artifact-addition:read");
    let registry = Registry::new().with_project(project("p")).with_project(project("q")).with_robot(robot);
    let server = serve(registry).await;
    let harbor = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
    let collected = harbor.reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(found(&collected), expected(&server));
    assert_eq!(server.counts()["reports"], 2);
}

/// A2f: a fixed number bounds requests, and none could never send anything, which is said when the handle is made.
#[tokio::test]
async fn no_more_requests_than_allowed_are_under_way() {
    let server = SimulatedHarbor::builder()
        .registry(synthetic())
        .fault(Fault::latency(Duration::from_millis(2)))
        .start()
        .await
        .unwrap();
    let credentials = Credentials::basic("admin", "Harbor12345");
    let limited = |limit| client(&server, credentials.clone()).concurrency(Concurrency::Fixed(limit)).build();
    let collected = limited(3).unwrap().reports().collect().await;
    assert_eq!(found(&collected), expected(&server));
    assert_eq!(server.peak_in_flight(), 3);
    assert_eq!(collected.summary.peak_in_flight, 3);
    assert!(limited(0).unwrap_err().to_string().contains("at least 1"));
}

/// A connection is made where all others are busy, and every other request goes over one that there is.
#[tokio::test]
async fn connections_are_used_again_over_a_whole_crawl() {
    crawl_over_connections(|peak| peak + 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_used_again_on_several_threads() {
    // Which thread comes first is chance: a connection may be given back just after the next was wanted.
    crawl_over_connections(|peak| peak + peak / 4 + 2).await;
}

async fn crawl_over_connections(most: fn(usize) -> usize) {
    let scale =
        Scale { projects: 5, repositories: 10, artifacts: 10, findings: 1, distinct: 10, seed: 5, ..Scale::default() };
    for concurrency in [Concurrency::Adaptive, Concurrency::Fixed(100)] {
        let server = SimulatedHarbor::builder()
            .registry(Registry::synthetic(scale))
            .fault(Fault::latency_between(Duration::ZERO, Duration::from_millis(2)))
            .start()
            .await
            .unwrap();
        let credentials = Credentials::basic("admin", "Harbor12345");
        let harbor = client(&server, credentials).concurrency(concurrency).build().unwrap();
        let collected = harbor.reports().collect().await;
        assert_eq!(collected.summary.states.reported, 500);
        let peak = collected.summary.peak_in_flight as usize;
        assert!(server.connections() <= most(peak), "{} connections, {}", server.connections(), collected.summary);
    }
}

#[tokio::test]
async fn nothing_is_sent_before_a_query_is_polled() {
    let server = serve(synthetic()).await;
    let harbor = administrator(&server);
    let query = harbor.reports().projects(["x"]);
    drop(query.clone());
    drop(query.stream());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn dropping_the_stream_ends_the_requests_under_way() {
    let server = serve(synthetic()).await;
    let hold = server.hold("reports").unwrap();
    let mut stream = administrator(&server).reports().stream();
    let first = tokio::select! {
        item = stream.next() => Some(item),
        () = hold.reached(4) => None,
    };
    assert!(first.is_none(), "no report was let through");
    drop(stream);
    // The server sees the connections close; nothing is left waiting.
    while hold.waiting() > 0 {
        tokio::task::yield_now().await;
    }
    let sent = server.counts()["reports"];
    hold.release();
    assert_eq!(server.counts()["reports"], sent);
}

#[tokio::test]
async fn a_consumer_that_asks_the_same_harbor_stalls_nothing() {
    let server = serve(synthetic()).await;
    let credentials = Credentials::basic("admin", "Harbor12345");
    let harbor = client(&server, credentials).concurrency(Concurrency::Fixed(1)).build().unwrap();
    let mut stream = harbor.artifacts().projects(["project-0"]).stream();
    let names = server.registry(|registry| registry.projects()[0].name().to_owned());
    let mut asked = 0;
    while let Some(_item) = stream.next().await {
        asked += harbor.repositories().projects([&names]).collect().await.items.len();
        if asked > 20 {
            break;
        }
    }
    assert!(asked > 0);
}
