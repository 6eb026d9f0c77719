//! A server that serves only so many requests at once.

use std::time::Duration;

use harbor_testkit::Fault;

use super::{REPORT, ask, in_flight, reached, with_fault};
use crate::support::{As, get};

#[tokio::test]
async fn whoever_finds_no_place_waits_for_its_turn() {
    let harbor = with_fault(Fault::cap(1).on("reports")).await;
    let hold = harbor.hold("reports").unwrap();
    let mut requests = Vec::new();
    for number in 1..=3 {
        requests.push(ask(&harbor, REPORT));
        in_flight(&harbor, number).await;
    }
    assert_eq!(hold.waiting(), 1, "the others are not even served");
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200, "other operations have no cap");
    for (position, request) in requests.into_iter().enumerate() {
        reached(&hold, 1).await;
        hold.let_through(1);
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
        let statuses: Vec<Option<u16>> = harbor
            .requests()
            .iter()
            .filter(|request| request.operation == "reports")
            .map(|request| request.status)
            .collect();
        assert_eq!(statuses.iter().filter(|status| status.is_some()).count(), position + 1, "{statuses:?}");
        assert_eq!(statuses[position], Some(200), "{statuses:?}");
    }
}

#[tokio::test]
async fn whoever_leaves_the_queue_takes_no_place() {
    let harbor = with_fault(Fault::cap(1).on("reports")).await;
    let hold = harbor.hold("reports").unwrap();
    let served = ask(&harbor, REPORT);
    in_flight(&harbor, 1).await;
    let impatient = ask(&harbor, REPORT);
    in_flight(&harbor, 2).await;
    impatient.abort();
    in_flight(&harbor, 1).await;
    served.abort();
    in_flight(&harbor, 0).await;
    hold.release();
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200);
}

#[tokio::test]
async fn whoever_finds_no_place_is_refused() {
    for (status, html) in [(503, true), (500, false)] {
        let harbor = with_fault(Fault::cap_refusing(2, status).on("reports").retry_after(1)).await;
        let hold = harbor.hold("reports").unwrap();
        let served = [ask(&harbor, REPORT), ask(&harbor, REPORT)];
        reached(&hold, 2).await;
        // A hold keeps refusals back as well.
        let refused = ask(&harbor, REPORT);
        reached(&hold, 3).await;
        hold.release();
        let refused = refused.await.unwrap().unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (status, "1"));
        assert_eq!(refused.headers()["content-type"] == "text/html", html);
        for served in served {
            assert_eq!(served.await.unwrap().unwrap().status(), 200);
        }
        in_flight(&harbor, 0).await;
        assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "the places are free again");
    }
}

#[tokio::test]
async fn a_cap_counts_those_that_it_refuses() {
    let harbor = with_fault("cap=1,then=503,times=1".parse().unwrap()).await;
    for _ in 0..3 {
        assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
    }
    let hold = harbor.hold("reports").unwrap();
    let served = ask(&harbor, REPORT);
    reached(&hold, 1).await;
    for expected in [503, 200] {
        assert_eq!(get(&harbor, As::Admin, "/projects").await.status, expected);
    }
    hold.release();
    assert_eq!(served.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn two_caps_do_not_lock_each_other_up() {
    let harbor = with_fault(Fault::cap(1)).await;
    harbor.add_fault(Fault::cap(1)).unwrap();
    let hold = harbor.hold("reports").unwrap();
    let first = ask(&harbor, REPORT);
    reached(&hold, 1).await;
    let others: Vec<_> = (0..4).map(|_| ask(&harbor, "/projects")).collect();
    hold.release();
    assert_eq!(first.await.unwrap().unwrap().status(), 200);
    for other in others {
        assert_eq!(other.await.unwrap().unwrap().status(), 200);
    }
}

#[tokio::test]
async fn the_work_goes_on_when_nginx_has_given_up_or_the_client_has_left() {
    let patience = Duration::from_millis(20);
    let harbor = with_fault(Fault::gateway_timeout(patience).on("reports").times(1)).await;
    harbor.add_fault(Fault::cap(1).on("reports")).unwrap();
    let hold = harbor.hold("reports").unwrap();
    let given_up = get(&harbor, As::Admin, REPORT).await;
    assert_eq!((given_up.status, given_up.header("server")), (504, Some("nginx")));
    assert_eq!((hold.waiting(), harbor.in_flight()), (1, 0));
    let waiting = ask(&harbor, REPORT);
    in_flight(&harbor, 1).await;
    assert_eq!(hold.waiting(), 1, "the work keeps its place");
    hold.let_through(2);
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);

    harbor.clear_faults();
    harbor.add_fault(Fault::gateway_timeout(Duration::from_secs(3600))).unwrap();
    let leaving = ask(&harbor, REPORT);
    reached(&hold, 1).await;
    leaving.abort();
    in_flight(&harbor, 0).await;
    assert_eq!(hold.waiting(), 1);
    hold.release();
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200);
}
