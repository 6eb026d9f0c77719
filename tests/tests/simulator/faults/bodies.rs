//! Bodies that are not what they should be.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use harbor_testkit::{Fault, Registry, Scale};
use serde_json::Value;

use super::{REPORT, in_flight, with_fault};
use crate::support::{As, MEDIA_TYPE, client, get, start};

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
async fn bodies_that_say_nothing() {
    let harbor = with_fault(Fault::empty_error()).await;
    let answer = get(&harbor, As::Admin, "/projects").await;
    assert_eq!((answer.status, answer.text.as_str()), (500, ""));
    assert_eq!((answer.header("content-type"), answer.header("content-length")), (None, Some("0")));

    let harbor = with_fault(Fault::null()).await;
    for path in ["/projects", "/projects/library", REPORT] {
        let answer = get(&harbor, As::Admin, path).await;
        assert_eq!((answer.status, answer.json()), (200, Value::Null), "{path}");
    }
}

#[tokio::test]
async fn json_of_another_shape() {
    let harbor = with_fault(Fault::wrong_shape().times(2)).await;
    let [list, object] = ["/projects", "/projects/library"];
    let (wrong_list, wrong_object) = (get(&harbor, As::Admin, list).await, get(&harbor, As::Admin, object).await);
    assert_eq!((wrong_list.status, wrong_object.status), (200, 200));
    assert_eq!(wrong_list.json()["items"], get(&harbor, As::Admin, list).await.json());
    assert_eq!(wrong_object.json()[0], get(&harbor, As::Admin, object).await.json());

    let harbor = with_fault(Fault::wrong_shape()).await;
    assert_eq!(get(&harbor, As::Admin, "/projects/nope").await.error().0, "NOT_FOUND", "errors stay errors");
}

#[tokio::test]
async fn tags_that_could_not_be_read() {
    let harbor = with_fault(Fault::null_tags()).await;
    let list = "/projects/library/artifacts";
    for path in [list, "/projects/library/repositories/svc%252Fapp/artifacts/v1"] {
        let without = get(&harbor, As::Admin, path).await;
        harbor.clear_faults();
        let with = get(&harbor, As::Admin, path).await;
        // Everything else is as before, byte for byte. A tag contains no list.
        let mut parts = with.text.split("\"tags\":[");
        let mut expected = parts.next().unwrap().to_owned();
        for part in parts {
            expected += &format!("\"tags\":null{}", part.split_once(']').unwrap().1);
        }
        assert_ne!(expected, with.text);
        assert_eq!((without.status, without.text), (200, expected), "{path}");
        harbor.add_fault(Fault::null_tags()).unwrap();
    }
    let projects = get(&harbor, As::Admin, "/projects").await;
    assert!(projects.json()[0].get("tags").is_none(), "other lists have no tags");
}

#[tokio::test]
async fn a_fault_of_one_kind_of_answers_leaves_others_alone() {
    let harbor = with_fault(Fault::odd_finding().times(1)).await;
    harbor.add_fault(Fault::null_tags().times(1)).unwrap();
    harbor.add_fault(Fault::status(503).on("projects")).unwrap();
    assert_eq!(get(&harbor, As::Admin, "/projects").await.status, 503);
    assert_eq!(get(&harbor, As::Admin, REPORT).await.json()[MEDIA_TYPE]["vulnerabilities"][0], 17);
    assert_eq!(get(&harbor, As::Admin, "/projects/library/artifacts").await.json()[0]["tags"], Value::Null);
}

#[tokio::test]
async fn a_body_drips() {
    let scale = Scale { projects: 1, repositories: 1, artifacts: 1, ..Scale::default() };
    let harbor = start(Registry::synthetic(scale)).await;
    let path = "/projects/project-1/repositories/team%252Fservice-1/artifacts/1.1/additions/vulnerabilities";
    let whole = get(&harbor, As::Admin, path).await;
    harbor.add_fault(Fault::drip(1000, Duration::ZERO)).unwrap();
    assert_eq!(get(&harbor, As::Admin, path).await.text, whole.text);
    let mut stream = TcpStream::connect(harbor.url().replace("http://", "")).unwrap();
    write!(stream, "GET /api/v2.0{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let chunks = response.matches("\r\n3E8\r\n").count();
    assert_eq!(chunks, whole.text.len() / 1000, "chunks of 1000 bytes");

    harbor.clear_faults();
    harbor.add_fault(Fault::drip(100, Duration::from_secs(3600))).unwrap();
    let mut response = client().get(format!("{}/api/v2.0{path}", harbor.url())).send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(first, whole.text.as_bytes()[..100]);
    assert_eq!(harbor.in_flight(), 1, "the rest is to come");
    drop(response);
    in_flight(&harbor, 0).await;
}

#[tokio::test]
async fn a_body_drips_and_breaks_off() {
    let harbor = with_fault(Fault::drip(1, Duration::ZERO).on("ping")).await;
    harbor.add_fault(Fault::truncated()).unwrap();
    let mut stream = TcpStream::connect(harbor.url().replace("http://", "")).unwrap();
    write!(stream, "GET /api/v2.0/ping HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert_eq!(response.split_once("\r\n\r\n").unwrap().1, "1\r\nP\r\n1\r\no\r\n", "half of `Pong`, and no end");
}
