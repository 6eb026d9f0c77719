//! Connections that break, and a server that is down.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use harbor_testkit::{Fault, Registry, Scale, SimulatedHarbor};

use super::{REPORT, ask, in_flight, reached, with_fault};
use crate::support::{As, client, get, sample, start, try_get};

const AN_HOUR: Duration = Duration::from_secs(3600);

/// A connection that is kept.
struct Connection(TcpStream);

impl Connection {
    fn new(harbor: &SimulatedHarbor) -> Self {
        let stream = TcpStream::connect(harbor.url().replace("http://", "")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Self(stream)
    }

    fn ping(&mut self) -> io::Result<()> {
        self.0.write_all(b"GET /api/v2.0/ping HTTP/1.1\r\nHost: x\r\n\r\n")?;
        let mut response = Vec::new();
        while !response.ends_with(b"\r\n\r\nPong") {
            let mut byte = [0];
            self.0.read_exact(&mut byte)?;
            response.extend(byte);
        }
        Ok(())
    }
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
async fn only_a_reused_connection_is_reset() {
    let harbor = with_fault(Fault::reset_reused()).await;
    let mut connection = Connection::new(&harbor);
    connection.ping().unwrap();
    assert_eq!(connection.ping().unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    Connection::new(&harbor).ping().unwrap();

    let harbor = with_fault(Fault::reset_reused().times(1)).await;
    for _ in 0..3 {
        Connection::new(&harbor).ping().unwrap();
    }
    let mut connection = Connection::new(&harbor);
    connection.ping().unwrap();
    assert_eq!(connection.ping().unwrap_err().kind(), io::ErrorKind::ConnectionReset, "first requests do not count");
}

#[tokio::test]
async fn a_restart_cuts_every_connection() {
    let harbor = start(sample()).await;
    let hold = harbor.hold("reports").unwrap();
    let held = ask(&harbor, REPORT);
    reached(&hold, 1).await;
    let mut idle = Connection::new(&harbor);
    idle.ping().unwrap();
    harbor.restart(AN_HOUR);
    assert_eq!(idle.0.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    let error = held.await.unwrap().unwrap_err();
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    for path in ["/projects", "/api/v2.0/ping"] {
        let answer = get(&harbor, As::Admin, path).await;
        assert_eq!((answer.status, answer.header("server")), (502, Some("nginx")), "{path}");
    }
    assert_eq!(harbor.in_flight(), 0);
    harbor.set_down(false);
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200);
}

#[tokio::test]
async fn a_restart_ends_by_itself() {
    let harbor = start(sample()).await;
    let down_for = Duration::from_millis(30);
    let started = Instant::now();
    harbor.restart(down_for);
    while get(&harbor, As::Admin, "/projects").await.status == 502 {
        assert!(started.elapsed() < Duration::from_secs(10), "down for ever");
    }
    assert!(started.elapsed() >= down_for, "up too early");
}

#[tokio::test]
async fn a_restart_can_be_planned() {
    let harbor = with_fault("restart=1h,after=3".parse().unwrap()).await;
    let mut connection = Connection::new(&harbor);
    connection.ping().unwrap();
    connection.ping().unwrap();
    let error = try_get(&harbor, As::Admin, "/projects", &[]).await.unwrap_err();
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    assert_eq!(connection.0.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 502);
    harbor.set_down(false);
    for _ in 0..4 {
        assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200, "once is enough");
    }
    in_flight(&harbor, 0).await;
}

#[tokio::test]
async fn a_restart_can_leave_time_to_finish() {
    let harbor = with_fault("restart=1h,grace=1h".parse().unwrap()).await;
    let mut connection = Connection::new(&harbor);
    connection.ping().unwrap();
    connection.ping().unwrap();
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 200, "before the restart");

    let harbor = with_fault("restart=1h,grace=50ms".parse().unwrap()).await;
    let mut connection = Connection::new(&harbor);
    connection.ping().unwrap();
    assert_eq!(connection.0.read(&mut [0]).unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 502);
}
