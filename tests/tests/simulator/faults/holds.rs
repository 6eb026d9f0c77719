//! Answers that wait until the test lets them go.

use super::{REPORT, reached};
use crate::support::{As, client, get, sample, start};

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
