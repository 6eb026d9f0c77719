//! What the server tells about the requests it had.

use std::sync::mpsc;

use harbor_testkit::SimulatedHarbor;

use crate::support::{As, client, get, sample};

#[tokio::test]
async fn counters_need_no_list_of_requests() {
    let harbor = SimulatedHarbor::builder().registry(sample()).keep_requests(false).start().await.unwrap();
    let sent = get(&harbor, As::Admin, "/projects").await.text.len();
    assert_eq!(get(&harbor, As::Admin, "/projects/nope").await.status, 404);
    assert!(harbor.requests().is_empty());
    assert_eq!(harbor.counts()["projects"], 1);
    let stats = harbor.stats();
    assert_eq!((stats.requests, stats.statuses[&200], stats.statuses[&404]), (2, 1, 1));
    assert!(stats.bytes > u64::try_from(sent).unwrap());
}

#[tokio::test]
async fn a_forgotten_request_does_not_come_back_with_its_answer() {
    let harbor = SimulatedHarbor::builder().registry(sample()).start().await.unwrap();
    let hold = harbor.hold("projects").unwrap();
    let held = tokio::spawn(client().get(format!("{}/api/v2.0/projects", harbor.url())).send());
    hold.reached(1).await;
    harbor.forget_requests();
    assert_eq!(get(&harbor, As::Anonymous, "/api/v2.0/users/current").await.status, 401);
    hold.release();
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
    let requests = harbor.requests();
    assert_eq!((requests.len(), requests[0].operation, requests[0].status), (1, "current-user", Some(401)));
    let stats = harbor.stats();
    assert_eq!((stats.requests, stats.statuses.get(&200), stats.peak_in_flight), (1, None, 2));
}

#[tokio::test]
async fn an_observer_hears_of_every_request() {
    let (sender, heard) = mpsc::channel();
    let observer = move |exchange: &harbor_testkit::Exchange| sender.send(exchange.clone()).unwrap();
    let harbor = SimulatedHarbor::builder().registry(sample()).observer(observer).start().await.unwrap();
    let answer = get(&harbor, As::Alice, "/projects/odd").await;
    get(&harbor, As::Wrong, "/projects/odd").await;
    let first = heard.recv().unwrap();
    assert_eq!((first.caller.as_str(), first.request.status), ("alice", Some(200)));
    assert_eq!(first.bytes, u64::try_from(answer.text.len()).unwrap());
    assert_eq!(first.request.target, "/api/v2.0/projects/odd");
    let second = heard.recv().unwrap();
    assert_eq!((second.caller.as_str(), second.request.status), ("anonymous", Some(401)));
}
