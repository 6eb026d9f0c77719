//! Logins that fail, wait, or cost, and what Harbor needs for them.

use std::time::{Duration, Instant};

use harbor_testkit::{Authorization, Fault, SimulatedHarbor};

use super::{REPORT, in_flight, with_fault};
use crate::support::{As, client, get, sample, start};

const AN_HOUR: Duration = Duration::from_secs(3600);
const INFO: &str = "/api/v2.0/systeminfo";

/// Whether the server knows who asks.
async fn knows(harbor: &SimulatedHarbor, who: As) -> bool {
    get(harbor, who, INFO).await.json().get("harbor_version").is_some()
}

#[tokio::test]
async fn a_valid_login_is_taken_for_none() {
    let harbor = with_fault(Fault::anonymous().times(1)).await;
    for expected in [1, 3] {
        let projects = get(&harbor, As::Admin, "/projects").await;
        assert_eq!((projects.status, projects.len()), (200, expected));
    }
    let harbor = with_fault(Fault::anonymous().on("reports")).await;
    let private = "/projects/odd/repositories/multi/artifacts/latest/additions/vulnerabilities";
    assert_eq!(get(&harbor, As::Admin, private).await.error().0, "UNAUTHORIZED");
    assert_eq!(get(&harbor, As::Admin, REPORT).await.status, 200, "public");
}

#[tokio::test]
async fn a_wrong_login_locks_the_user_and_nobody_else() {
    for harbor in [
        SimulatedHarbor::builder().registry(sample()).login_delay(AN_HOUR).start().await.unwrap(),
        with_fault(Fault::login_freeze(AN_HOUR)).await,
    ] {
        let url = format!("{}{INFO}", harbor.url());
        let frozen: Vec<_> = [("admin", "wrong"), ("robot$reader", "wrong")]
            .into_iter()
            .map(|(name, secret)| tokio::spawn(client().get(&url).basic_auth(name, Some(secret)).send()))
            .collect();
        in_flight(&harbor, 2).await;
        assert!(!knows(&harbor, As::Admin).await, "with the right password");
        assert!(!knows(&harbor, As::Wrong).await, "a second wrong login does not wait");
        assert!(knows(&harbor, As::Alice).await);
        assert!(knows(&harbor, As::Robot).await, "robots are not locked");
        let requests = harbor.requests();
        let locked = requests.iter().filter(|request| request.status.is_some() && request.target == INFO);
        let authorizations: Vec<Authorization> = locked.map(|request| request.authorization).collect();
        let (right, refused) = (Authorization::Basic, Authorization::BasicRefused);
        assert_eq!(authorizations, [refused, refused, right, right]);
        assert_eq!(harbor.in_flight(), 2);
        frozen.iter().for_each(|request| request.abort());
    }
}

#[tokio::test]
async fn a_wrong_login_without_a_name_locks_nobody() {
    let harbor = SimulatedHarbor::builder().registry(sample()).login_delay(AN_HOUR).start().await.unwrap();
    let frozen = tokio::spawn(client().get(format!("{}{INFO}", harbor.url())).basic_auth("", Some("x")).send());
    in_flight(&harbor, 1).await;
    assert!(!knows(&harbor, As::Anonymous).await);
    assert_eq!(harbor.requests().last().unwrap().authorization, Authorization::None);
    frozen.abort();
}

#[tokio::test]
async fn a_lock_ends() {
    let delay = Duration::from_millis(30);
    let harbor = SimulatedHarbor::builder().registry(sample()).login_delay(delay).start().await.unwrap();
    let started = Instant::now();
    assert!(!knows(&harbor, As::Wrong).await);
    assert!(started.elapsed() >= delay);
    assert!(knows(&harbor, As::Admin).await);

    let harbor = start(sample()).await;
    assert!(!knows(&harbor, As::Wrong).await);
    assert!(knows(&harbor, As::Admin).await, "without a delay there is no lock");
}

#[tokio::test]
async fn logins_cost_time_of_the_processor() {
    let (cost, nothing) = (Duration::from_millis(40), Duration::ZERO);
    for harbor in [
        SimulatedHarbor::builder().registry(sample()).login_cost(cost, nothing).start().await.unwrap(),
        with_fault(Fault::login_cost(cost, nothing)).await,
    ] {
        let started = Instant::now();
        tokio::join!(get(&harbor, As::Admin, "/projects"), get(&harbor, As::Alice, "/projects"));
        assert!(started.elapsed() >= 2 * cost, "one after the other, as the server has one thread");
    }
    let much = Duration::from_secs(30);
    let harbor = with_fault(Fault::login_cost(much, cost)).await;
    let started = Instant::now();
    assert!(knows(&harbor, As::Robot).await);
    assert!(started.elapsed() >= cost);
    assert_eq!(get(&harbor, As::Anonymous, "/projects").await.status, 200);
    let unknown = client().get(format!("{}{INFO}", harbor.url())).basic_auth("nobody", Some("x"));
    assert_eq!(unknown.send().await.unwrap().status(), 200);
    assert!(started.elapsed() < much, "none of them compares the password of a user");
}

#[tokio::test]
async fn postgresql_is_down() {
    let harbor = with_fault(Fault::postgresql_down()).await;
    for (who, path) in [
        (As::Admin, "/projects"),
        (As::Robot, REPORT),
        (As::Wrong, INFO),
        (As::Alice, INFO),
        (As::Admin, "/api/v2.0/health"),
        (As::Anonymous, "/projects"),
    ] {
        let answer = get(&harbor, who, path).await;
        let error = ("UNKNOWN".to_owned(), "internal server error".to_owned());
        assert_eq!((answer.status, answer.error()), (500, error), "{who:?} {path}");
    }
    for (who, path) in
        [(As::Admin, "/api/v2.0/ping"), (As::Anonymous, "/api/v2.0/ping"), (As::Anonymous, "/api/v2.0/health")]
    {
        assert_eq!(get(&harbor, who, path).await.status, 200, "{who:?} {path}");
    }
    harbor.clear_faults();
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
}
