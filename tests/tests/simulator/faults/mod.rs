//! A server in trouble, and one that waits.

mod bodies;
mod connections;
mod holds;
mod latency;
mod load;
mod login;
mod scanner;

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use harbor_testkit::{Fault, Hold, Registry, SimulatedHarbor, StartError};

use crate::support::{As, client, get, sample, start};

const REPORT: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1/additions/vulnerabilities";

/// Waits for held requests, but not for ever.
async fn reached(hold: &Hold, count: usize) {
    tokio::time::timeout(Duration::from_secs(10), hold.reached(count)).await.expect("no request was held");
}

/// Waits until so many requests are in flight, and the server has begun to work at all of them.
async fn in_flight(harbor: &SimulatedHarbor, count: usize) {
    let arrival = async {
        while harbor.in_flight() != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), arrival).await.expect("the requests do not arrive");
    // The server has one thread: when it answers this one, it has seen to those before.
    client().get(format!("{}/api/v2.0/ping", harbor.url())).send().await.unwrap();
}

/// Sends a request that is not waited for.
fn ask(harbor: &SimulatedHarbor, path: &str) -> tokio::task::JoinHandle<reqwest::Result<reqwest::Response>> {
    tokio::spawn(client().get(format!("{}/api/v2.0{path}", harbor.url())).send())
}

async fn with_fault(fault: Fault) -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(sample()).fault(fault).start().await.unwrap()
}

#[tokio::test]
async fn statuses_have_the_bodies_of_their_senders() {
    for (fault, status, html) in [
        (Fault::status(502), 502, true),
        (Fault::status(503), 503, true),
        (Fault::status(504), 504, true),
        (Fault::status(414), 414, true),
        (Fault::status(500), 500, false),
        (Fault::status(429), 429, false),
        (Fault::status(429).html_body(), 429, true),
        (Fault::status(503).json_body(), 503, false),
        (Fault::status(401), 401, false),
    ] {
        let harbor = with_fault(fault).await;
        let answer = get(&harbor, As::Admin, "/projects").await;
        assert_eq!(answer.status, status);
        if html {
            assert_eq!(answer.header("content-type"), Some("text/html"), "{status}");
            assert!(answer.text.contains("<center>nginx</center>"), "{status}");
            assert_eq!(answer.header("x-request-id"), None, "{status}: nginx knows no ids");
        } else {
            assert!(!answer.error().0.is_empty(), "{status}");
        }
    }
}

#[tokio::test]
async fn a_fault_strikes_where_and_as_often_as_it_is_told() {
    let harbor = with_fault(Fault::status(503).on("reports").times(2).retry_after(1)).await;
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
    for expected in [503, 503, 200, 200] {
        let answer = get(&harbor, As::Admin, REPORT).await;
        assert_eq!(answer.status, expected);
        assert_eq!(answer.header("retry-after"), (expected == 503).then_some("1"));
    }
    let counts = harbor.counts();
    assert_eq!((counts["reports"], counts["projects"]), (4, 1));

    let harbor = with_fault(Fault::status(500).in_project("odd")).await;
    assert_eq!(get(&harbor, As::Admin, "/projects/odd/artifacts").await.status, 500);
    assert_eq!(get(&harbor, As::Admin, "/projects/2").await.status, 500, "by its number");
    assert_eq!(get(&harbor, As::Admin, "/projects/library/artifacts").await.status, 200);

    let harbor = with_fault(Fault::status(500).on("reports").in_repository("multi")).await;
    let multi = "/projects/odd/repositories/multi/artifacts/latest/additions/vulnerabilities";
    assert_eq!(get(&harbor, As::Admin, multi).await.status, 500);
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200);

    let harbor = with_fault(Fault::status(500).on("overview")).await;
    assert_eq!(get(&harbor, As::Admin, "/projects/library/artifacts").await.status, 200);
    let overview = "/projects/library/artifacts?with_scan_overview=true";
    assert_eq!(get(&harbor, As::Admin, overview).await.status, 500);

    let harbor = with_fault(Fault::status(500).on("artifacts")).await;
    let repository = "/projects/library/repositories/svc%252Fapp/artifacts";
    for path in ["/projects/library/artifacts", repository] {
        assert_eq!(get(&harbor, As::Admin, path).await.status, 500, "{path}");
    }
    assert_eq!(get(&harbor, As::Admin, &format!("{repository}/v1")).await.status, 200);
}

#[tokio::test]
async fn retry_after_can_be_a_date() {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let harbor = with_fault(Fault::status(429).retry_after_date(date)).await;
    let answer = get(&harbor, As::Admin, "/projects").await;
    assert_eq!(answer.header("retry-after"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));

    let wait = Duration::from_secs(90);
    let harbor = with_fault(Fault::status(429).html_body().retry_after_date_in(wait)).await;
    let before = Utc::now() + wait;
    let answer = get(&harbor, As::Admin, "/projects").await;
    let date = DateTime::parse_from_rfc2822(answer.header("retry-after").unwrap()).unwrap();
    assert!(date >= before && date <= Utc::now() + wait + Duration::from_secs(1), "{date} {before}");
}

#[tokio::test]
async fn a_fault_starts_with_the_request_that_it_is_told() {
    let harbor = with_fault(Fault::status(500).on("projects").after(3).times(2)).await;
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "this one does not count");
    for expected in [200, 200, 500, 500, 200] {
        assert_eq!(get(&harbor, As::Admin, "/projects").await.status, expected);
    }
}

#[tokio::test]
async fn every_fault_of_the_grammar_can_be_had() {
    let faults = Fault::GRAMMAR.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let restrictions = ["on=", "project=", "repository=", "after=", "times=", "share=", "seed="];
    let mut count = 0;
    for (fault, _) in faults.filter(|(text, _)| !restrictions.iter().any(|key| text.starts_with(key))) {
        let harbor = with_fault(format!("{fault},on=projects,times=1").parse().unwrap()).await;
        assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "{fault}");
        count += 1;
    }
    assert!(count > 20, "{count}");
}

#[tokio::test]
async fn a_fault_that_could_never_strike_is_refused() {
    let start = SimulatedHarbor::builder().fault(Fault::reset().on("report")).start().await;
    assert!(matches!(start, Err(StartError::UnknownOperation(name)) if name == "report"));
    let start = SimulatedHarbor::builder().fault("reset,on=report".parse().unwrap()).start().await;
    assert!(matches!(start, Err(StartError::UnknownOperation(name)) if name == "report"));
    let harbor = self::start(sample()).await;
    assert!(harbor.add_fault(Fault::reset().on("nope")).is_err());
    assert!(harbor.hold("nope").is_err());
}

#[tokio::test]
async fn a_share_of_the_requests_is_the_same_in_every_order() {
    let names: Vec<String> = (0..200).map(|number| format!("/projects?name={number}")).collect();
    let mut runs = Vec::new();
    for order in [names.clone(), names.iter().rev().cloned().collect()] {
        let harbor = with_fault(Fault::status(500).share(0.25, 7)).await;
        let mut failed = Vec::new();
        for name in order {
            if get(&harbor, As::Admin, &name).await.status == 500 {
                failed.push(name);
            }
        }
        failed.sort();
        runs.push(failed);
    }
    assert_eq!(runs[0], runs[1]);
    assert!((30..=70).contains(&runs[0].len()), "{} of 200", runs[0].len());
}

#[tokio::test]
async fn a_scanner_is_down_for_those_that_the_fault_strikes() {
    let harbor = with_fault(Fault::scanner_down().times(1)).await;
    harbor.add_fault(Fault::status(500).on("projects")).unwrap();
    let list = "/projects/library/artifacts?with_scan_overview=true";
    for expected in [false, true] {
        let artifacts = get(&harbor, As::Admin, list).await.column("scan_overview");
        assert_eq!(artifacts.iter().any(|overview| !overview.is_null()), expected, "{artifacts:?}");
    }
    assert!(harbor.registry(Registry::is_scanner_healthy));
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 500, "it keeps no other fault away");
}
