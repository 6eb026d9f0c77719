//! Answers that come late.

use std::time::{Duration, Instant};

use harbor_testkit::{Fault, SimulatedHarbor};

use super::{REPORT, ask, in_flight, with_fault};
use crate::support::{As, get};

const AN_HOUR: Duration = Duration::from_secs(3600);

async fn time_of(harbor: &SimulatedHarbor, path: &str) -> Duration {
    let started = Instant::now();
    assert_eq!(get(harbor, As::Admin, path).await.status, 200);
    started.elapsed()
}

#[tokio::test]
async fn latency_delays_and_other_faults_still_strike() {
    let latency = Duration::from_millis(40);
    let harbor = with_fault(Fault::latency(latency)).await;
    harbor.add_fault(Fault::status(500).times(1)).unwrap();
    for expected in [500, 200] {
        let started = Instant::now();
        assert_eq!(get(&harbor, As::Admin, "/projects").await.status, expected);
        assert!(started.elapsed() >= latency);
    }
    harbor.clear_faults();
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
}

#[tokio::test]
async fn a_late_answer_keeps_nobody_else_waiting() {
    let harbor = with_fault(Fault::latency(AN_HOUR).on("reports")).await;
    let late = ask(&harbor, REPORT);
    in_flight(&harbor, 1).await;
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
    late.abort();
    in_flight(&harbor, 0).await;
}

#[tokio::test]
async fn latencies_in_turn_and_drawn() {
    let latency = Duration::from_millis(40);
    let harbor = with_fault(Fault::latencies([latency, Duration::ZERO, AN_HOUR])).await;
    assert!(time_of(&harbor, "/projects").await >= latency);
    assert!(time_of(&harbor, "/projects").await < AN_HOUR);
    let third = ask(&harbor, "/projects");
    while harbor.in_flight() == 0 {
        tokio::task::yield_now().await;
    }
    assert!(!third.is_finished());
    third.abort();

    let harbor = with_fault(Fault::latency_between(latency, 2 * latency).seed(7)).await;
    assert!(time_of(&harbor, "/projects").await >= latency);
}

#[tokio::test]
async fn latency_grows_with_the_load_that_it_concerns() {
    let harbor = with_fault(Fault::load_latency(Duration::ZERO, 2, AN_HOUR).on("reports")).await;
    let hold = harbor.hold("reports").unwrap();
    let held = ask(&harbor, REPORT);
    in_flight(&harbor, 1).await;
    let second = ask(&harbor, REPORT);
    in_flight(&harbor, 2).await;
    let third = ask(&harbor, REPORT);
    in_flight(&harbor, 3).await;
    assert_eq!(hold.waiting(), 2, "up to the knee there is no latency; the third request waits for its hour");
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200, "this one does not count");
    hold.release();
    assert_eq!(
        (held.await.unwrap().unwrap().status(), second.await.unwrap().unwrap().status().as_u16()),
        (reqwest::StatusCode::OK, 200)
    );
    in_flight(&harbor, 1).await;
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "the load is gone");
    third.abort();
    in_flight(&harbor, 0).await;
}

#[tokio::test]
async fn overviews_take_their_time() {
    let finding = Duration::from_millis(30);
    let harbor = with_fault(Fault::overview_latency(finding)).await;
    // The sample has one finding there.
    assert!(time_of(&harbor, "/projects/library/artifacts?with_scan_overview=true").await >= finding);
    let harbor = with_fault(Fault::overview_latency(AN_HOUR)).await;
    assert!(time_of(&harbor, "/projects/library/artifacts").await < AN_HOUR, "without overview");
}
