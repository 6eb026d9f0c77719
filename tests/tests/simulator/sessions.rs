//! Logging in as the portal does, with a form and a session.

use harbor_testkit::{Authorization, SimulatedHarbor};

use crate::support::{Answer, client, raw_with, sample, start};

/// Sends a request of a session without credentials.
fn ask(harbor: &SimulatedHarbor, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    raw_with(harbor, method, target, None, headers)
}

/// Sends the form of the portal; answers the status and the session.
async fn log_in(harbor: &SimulatedHarbor, cookies: &str, token: &str, form: &'static str) -> (u16, Option<String>) {
    let request = client().post(format!("{}/c/login", harbor.url())).body(form);
    let request = request.header("cookie", cookies).header("x-harbor-csrf-token", token);
    let answer = request.send().await.unwrap();
    let session = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap());
    let session = session.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    (answer.status().as_u16(), session)
}

fn gives_session(answer: &Answer) -> bool {
    answer.headers.get_all("set-cookie").iter().any(|cookie| cookie.as_bytes().starts_with(b"sid="))
}

/// The value of a cookie that an answer sets, as a request brings it.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_form_and_a_token_make_a_login() {
    let harbor = start(sample()).await;
    let current = "/api/v2.0/users/current";
    let mut sid = cookie(&ask(&harbor, "GET", current, &[]));
    let second = ask(&harbor, "GET", current, &[("cookie", &sid)]);
    assert_eq!(second.status, 401, "a session is no login");
    let token = second.header("x-harbor-csrf-token").unwrap().to_owned();
    let cookies = format!("{sid}; {}", cookie(&second));
    let form = "principal=alice&password=Alice12345";
    assert_eq!(log_in(&harbor, &sid, "", form).await.0, 403);
    assert_eq!(log_in(&harbor, &cookies, &token, "principal=alice&password=wrong").await.0, 401);
    let robot = "principal=robot%24reader&password=reader-secret";
    assert_eq!(log_in(&harbor, &cookies, &token, robot).await.0, 401, "robots have no portal");
    assert_eq!(ask(&harbor, "GET", current, &[("cookie", &sid)]).status, 401);
    let (status, logged_in) = log_in(&harbor, &cookies, &token, form).await;
    assert_eq!(status, 200);
    let old = std::mem::replace(&mut sid, logged_in.expect("the session gets a new number"));
    assert_eq!(ask(&harbor, "GET", current, &[("cookie", &old)]).status, 401);
    let known = ask(&harbor, "GET", current, &[("cookie", &sid)]);
    assert_eq!(known.json()["username"], "alice");
    assert_eq!(harbor.requests().last().unwrap().authorization, Authorization::Session);
    // Credentials come first.
    let admin = raw_with(&harbor, "GET", current, Some(("admin", "Harbor12345")), &[("cookie", &sid)]);
    assert_eq!(admin.json()["username"], "admin");
    assert!(!gives_session(&known));
    assert_eq!(ask(&harbor, "GET", "/c/log_out", &[("cookie", &sid)]).status, 200);
    assert_eq!(ask(&harbor, "GET", current, &[("cookie", &sid)]).status, 401);
}

#[tokio::test]
async fn a_session_that_ended_is_replaced() {
    let harbor = start(sample()).await;
    let ping = |cookie: &str| ask(&harbor, "GET", "/api/v2.0/ping", &[("cookie", cookie)]);
    let sid = cookie(&ask(&harbor, "GET", "/api/v2.0/ping", &[]));
    assert!(!gives_session(&ping(&sid)));
    harbor.end_sessions();
    let answer = ping(&sid);
    assert!(gives_session(&answer));
    assert!(!gives_session(&ping(&cookie(&answer))));
}

#[tokio::test]
async fn every_session_has_a_number_of_its_own() {
    let harbor = start(sample()).await;
    let session = || cookie(&ask(&harbor, "GET", "/api/v2.0/ping", &[]));
    let (first, second) = (session(), session());
    assert_ne!(first, second);
    assert_eq!(first.len(), "sid=".len() + 32);
}
