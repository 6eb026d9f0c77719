use std::collections::BTreeMap;

use super::*;

const TARGETS: [&str; 4] = ["/api/v2.0/projects", "/api/v2.0/projects?page=2", "/a", "/b"];

fn strike(faults: &Faults, target: &str) -> Strike {
    strike_login(faults, target, Authorization::None)
}

fn strike_login(faults: &Faults, target: &str, authorization: Authorization) -> Strike {
    faults.strike(&Arrival { scope: &Scope::default(), target, authorization, reuses_connection: false })
}

/// The latencies of some requests for each target, asked for in turn.
fn latencies<'a>(fault: &Fault, order: impl Iterator<Item = &'a str> + Clone) -> BTreeMap<&'a str, Vec<Duration>> {
    let faults: Faults = [fault.clone()].into_iter().collect();
    let mut latencies: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for _ in 0..5 {
        for target in order.clone() {
            latencies.entry(target).or_default().push(strike(&faults, target).latency);
        }
    }
    latencies
}

#[test]
fn drawn_latencies_do_not_depend_on_the_order_of_arrival() {
    let fault = Fault::latency_between(Duration::ZERO, Duration::from_secs(1)).seed(7);
    let forwards = latencies(&fault, TARGETS.into_iter());
    assert_eq!(forwards, latencies(&fault, TARGETS.into_iter().rev()));
    assert_ne!(forwards, latencies(&fault.seed(8), TARGETS.into_iter()));
    let drawn: std::collections::BTreeSet<&Duration> = forwards.values().flatten().collect();
    assert_eq!(drawn.len(), 20, "every request has a latency of its own");
}

#[test]
fn a_seed_means_the_same_everywhere() {
    let fault = Fault::latency_between(Duration::ZERO, Duration::from_secs(1)).seed(7);
    let faults: Faults = [fault].into_iter().collect();
    let drawn = [0; 3].map(|_| strike(&faults, "/api/v2.0/projects").latency.as_micros());
    assert_eq!(drawn, [323_570, 272_235, 443_566]);
}

#[test]
fn the_share_does_not_choose_the_latency() {
    let late = Duration::from_secs(1);
    let faults: Faults = [Fault::latency_between(Duration::ZERO, late).share(0.1, 3)].into_iter().collect();
    let latencies: Vec<Duration> = (0..2000)
        .map(|number| strike(&faults, &format!("/{number}")).latency)
        .filter(|latency| !latency.is_zero())
        .collect();
    assert!((150..250).contains(&latencies.len()), "{}", latencies.len());
    let above_half = latencies.iter().filter(|latency| **latency > late / 2).count();
    assert!((latencies.len() / 3..latencies.len() * 2 / 3).contains(&above_half), "{above_half}");
}

#[test]
fn a_builder_that_is_used_twice_shares_no_load() {
    let fault = Fault::load_latency(Duration::ZERO, 1, Duration::from_secs(1));
    let [first, second]: [Faults; 2] = [0; 2].map(|_| [fault.clone()].into_iter().collect());
    let held = strike(&first, "/a");
    assert_eq!((held.latency, strike(&second, "/a").latency), (Duration::ZERO, Duration::ZERO));
    assert_eq!(strike(&first, "/a").latency, Duration::from_secs(1));
}

#[test]
fn latencies_add_up_and_other_faults_exclude_each_other() {
    let second = Duration::from_secs(1);
    let faults = [
        Fault::latency(second),
        Fault::latency(second),
        Fault::login_freeze(second),
        Fault::status(503),
        Fault::reset(),
        Fault::latency(second),
    ];
    let strike = strike_login(&faults.into_iter().collect(), "/", Authorization::BasicRefused);
    assert_eq!((strike.latency, strike.login_freeze), (2 * second, second));
    assert_eq!(strike.kind(), Some(&Kind::Status(axum::http::StatusCode::SERVICE_UNAVAILABLE)));
}

#[test]
fn a_fault_is_kept_for_the_requests_that_it_can_do_something_to() {
    let second = Duration::from_secs(1);
    let faults: Faults = [Fault::login_freeze(second).times(1), Fault::anonymous().times(1)].into_iter().collect();
    assert_eq!(strike(&faults, "/").kind(), None);
    let right = strike_login(&faults, "/", Authorization::Basic);
    assert_eq!((right.login_freeze, right.kind()), (Duration::ZERO, Some(&Kind::Anonymous)));
    assert_eq!(strike_login(&faults, "/", Authorization::BasicRefused).login_freeze, second);
}

#[tokio::test]
async fn requests_that_wait_for_two_places_do_not_wait_for_each_other() {
    let faults: Faults = [Fault::cap(1).in_project("a"), Fault::cap(1).in_repository("b")].into_iter().collect();
    let arrive = |project: &str, repository: &str| {
        let name = |name: &str| Some(name.to_owned());
        let scope = Scope { project: name(project), repository: name(repository), ..Scope::default() };
        let (target, authorization, reuses_connection) = ("/", Authorization::None, false);
        let mut strike = faults.strike(&Arrival { scope: &scope, target, authorization, reuses_connection });
        tokio::spawn(async move { strike.take_places().await })
    };
    let only_first = arrive("a", "other").await.unwrap();
    let only_second = arrive("other", "b").await.unwrap();
    let both = arrive("a", "b");
    tokio::task::yield_now().await;
    // Now the second place is free, and whoever comes next must not take it before its turn.
    drop(only_second);
    let both_too = arrive("a", "b");
    tokio::task::yield_now().await;
    drop(only_first);
    for request in [both, both_too] {
        let places = tokio::time::timeout(Duration::from_secs(10), request).await;
        drop(places.expect("the requests wait for each other").unwrap());
    }
}
