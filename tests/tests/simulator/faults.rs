//! A server in trouble, and one that waits.

use std::time::{Duration, Instant, SystemTime};

use harbor_testkit::{Fault, Hold, Registry, Scale, SimulatedHarbor, StartError};
use serde_json::Value;

use crate::support::{As, MEDIA_TYPE, client, get, sample, start, try_get};

const REPORT: &str = "/projects/library/repositories/svc%252Fapp/artifacts/v1/additions/vulnerabilities";

/// Waits for held requests, but not for ever.
async fn reached(hold: &Hold, count: usize) {
    tokio::time::timeout(Duration::from_secs(10), hold.reached(count)).await.expect("no request was held");
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
        (Fault::status(500), 500, false),
        (Fault::status(429), 429, false),
        (Fault::status(429).html_body(), 429, true),
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
}

#[tokio::test]
async fn a_fault_that_could_never_strike_is_refused() {
    let start = SimulatedHarbor::builder().fault(Fault::reset().on("report")).start().await;
    assert!(matches!(start, Err(StartError::UnknownOperation(name)) if name == "report"));
    let harbor = self::start(sample()).await;
    assert!(harbor.add_fault(Fault::reset().on("nope")).is_err());
    assert!(harbor.hold("nope").is_err());
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be() {
    let harbor = with_fault(Fault::empty()).await;
    let answer = get(&harbor, As::Admin, "/projects").await;
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("content-type"), Some("application/json"));

    let harbor = with_fault(Fault::html()).await;
    let answer = get(&harbor, As::Admin, "/projects").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html")));

    let harbor = with_fault(Fault::broken_json().on("reports")).await;
    let answer = get(&harbor, As::Admin, REPORT).await;
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_str::<Value>(&answer.text).is_err());

    let harbor = with_fault(Fault::odd_finding().on("reports")).await;
    let answer = get(&harbor, As::Admin, REPORT).await.json();
    assert_eq!(answer[MEDIA_TYPE]["vulnerabilities"][0], 17);
    assert_eq!(answer[MEDIA_TYPE]["vulnerabilities"][1]["id"], "CVE-2024-0001");
}

#[tokio::test]
async fn connections_break() {
    let harbor = with_fault(Fault::reset()).await;
    let error = try_get(&harbor, As::Admin, "/projects", &[]).await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");

    let scale = Scale { projects: 1, repositories: 1, artifacts: 1, ..Scale::default() };
    let harbor = start(Registry::synthetic(scale)).await;
    let path = "/projects/project-1/repositories/team%252Fservice-1/artifacts/1.1/additions/vulnerabilities";
    let whole = get(&harbor, As::Admin, path).await;
    harbor.add_fault(Fault::truncated().on("reports")).unwrap();
    let url = format!("{}/api/v2.0{path}", harbor.url());
    let mut response = client().get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut received = Vec::new();
    let error = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => received.extend_from_slice(&chunk),
            Ok(None) => panic!("the body came to its end"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert!(!received.is_empty() && received.len() <= whole.text.len() / 2, "{}", received.len());
    assert!(whole.text.as_bytes().starts_with(&received));
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
async fn down_until_told_otherwise() {
    let harbor = start(sample()).await;
    harbor.set_down(true);
    for path in ["/projects", "/api/v2.0/ping"] {
        let answer = get(&harbor, As::Admin, path).await;
        assert_eq!((answer.status, answer.header("server")), (502, Some("nginx")), "{path}");
    }
    harbor.set_down(false);
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
    assert_eq!(harbor.requests()[0].status, Some(502));
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
async fn a_hold_shows_how_many_requests_are_in_flight() {
    let harbor = start(sample()).await;
    let hold = harbor.hold("reports").unwrap();
    let url = format!("{}/api/v2.0{REPORT}", harbor.url());
    let request = || tokio::spawn(client().get(url.clone()).send());
    let requests = [request(), request(), request()];
    reached(&hold, 3).await;
    assert_eq!((harbor.in_flight(), hold.waiting()), (3, 3));
    // Other operations pass.
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
    assert_eq!(harbor.peak_in_flight(), 4);
    assert!(
        harbor
            .requests()
            .iter()
            .filter(|request| request.operation == "reports")
            .all(|request| request.status.is_none())
    );
    hold.release();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "later ones are not held");
}

#[tokio::test]
async fn a_hold_lets_some_through_and_notices_who_left() {
    let harbor = start(sample()).await;
    let hold = harbor.hold("reports").unwrap();
    let url = format!("{}/api/v2.0{REPORT}", harbor.url());
    let patient = tokio::spawn(client().get(url.clone()).send());
    reached(&hold, 1).await;
    hold.let_through(1);
    assert_eq!(patient.await.unwrap().unwrap().status(), 200);
    let impatient = tokio::spawn(client().get(url.clone()).send());
    reached(&hold, 1).await;
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    // The server notices the closed connection, and the request ends without an answer.
    while harbor.in_flight() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(hold.waiting(), 0);
    assert_eq!(harbor.requests()[1].status, None);
}
