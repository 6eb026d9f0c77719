//! A small client, and the registry that most tests use.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::LazyLock;

use harbor_testkit::{
    Artifact, Finding, HarborVersion, Platform, Project, Registry, Report, Repository, Robot, Scan, SimulatedHarbor,
    User,
};
use serde_json::Value;

pub(crate) const MEDIA_TYPE: &str = "application/vnd.security.vulnerability.report; version=1.1";

/// Who a test asks as.
#[derive(Clone, Copy, Debug)]
pub(crate) enum As {
    Anonymous,
    Admin,
    Alice,
    Robot,
    Wrong,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn total(&self) -> Option<usize> {
        self.header("x-total-count").map(|total| total.parse().unwrap())
    }

    /// The code and the message of an error.
    pub(crate) fn error(&self) -> (String, String) {
        let json = self.json();
        let errors = json["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{json}");
        let text = |name: &str| errors[0][name].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }

    /// One member of each element of a list.
    pub(crate) fn column(&self, name: &str) -> Vec<Value> {
        self.json().as_array().unwrap().iter().map(|row| row[name].clone()).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.json().as_array().unwrap().len()
    }
}

pub(crate) async fn get(harbor: &SimulatedHarbor, who: As, path: &str) -> Answer {
    try_get(harbor, who, path, &[]).await.unwrap()
}

pub(crate) async fn get_with(harbor: &SimulatedHarbor, who: As, path: &str, headers: &[(&str, &str)]) -> Answer {
    try_get(harbor, who, path, headers).await.unwrap()
}

pub(crate) async fn try_get(
    harbor: &SimulatedHarbor,
    who: As,
    path: &str,
    headers: &[(&str, &str)],
) -> reqwest::Result<Answer> {
    send(harbor, reqwest::Method::GET, who, path, headers).await
}

pub(crate) async fn send(
    harbor: &SimulatedHarbor,
    method: reqwest::Method,
    who: As,
    path: &str,
    headers: &[(&str, &str)],
) -> reqwest::Result<Answer> {
    let url = match path.starts_with("/projects") || path.starts_with("/repositories") {
        true => format!("{}/api/v2.0{path}", harbor.url()),
        false => format!("{}{path}", harbor.url()),
    };
    let mut request = client().request(method, url);
    if let Some((name, secret)) = match who {
        As::Anonymous => None,
        As::Admin => Some(("admin", "Harbor12345")),
        As::Alice => Some(("alice", "Alice12345")),
        As::Robot => Some(("robot$reader", "reader-secret")),
        As::Wrong => Some(("admin", "wrong")),
    } {
        request = request.basic_auth(name, Some(secret));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, text: response.text().await? })
}

/// The client of all tests. It keeps no connections, so that tests with runtimes of their own do
/// not meet in them.
pub(crate) fn client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> =
        LazyLock::new(|| client_builder().pool_max_idle_per_host(0).build().unwrap());
    &CLIENT
}

/// A client for the one test that is about connections; making one costs much more than using one.
pub(crate) fn client_builder() -> reqwest::ClientBuilder {
    // Even for plain HTTP a client wants to know whose cryptography it would use; a second
    // installation is refused.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// Sends a request line of the administrator as it is, which no URL library would.
pub(crate) fn raw(harbor: &SimulatedHarbor, target: &str) -> Answer {
    raw_with(harbor, "GET", target, Some(("admin", "Harbor12345")), &[])
}

/// Sends a request line as it is.
pub(crate) fn raw_with(
    harbor: &SimulatedHarbor,
    method: &str,
    target: &str,
    credentials: Option<(&str, &str)>,
    headers: &[(&str, &str)],
) -> Answer {
    let address = harbor.url().replace("http://", "");
    // The builder knows how to write credentials; the rest goes out as it is.
    let mut builder = client().get(harbor.url());
    if let Some((name, secret)) = credentials {
        builder = builder.basic_auth(name, Some(secret));
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in builder.build().unwrap().headers() {
        request.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.write_all(format!("{request}\r\n").as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    read_response(&String::from_utf8(response).unwrap())
}

/// Takes a whole response apart.
fn read_response(response: &str) -> Answer {
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = reqwest::header::HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.append(
            reqwest::header::HeaderName::try_from(name).unwrap(),
            reqwest::header::HeaderValue::try_from(value).unwrap(),
        );
    }
    let text = match headers.contains_key("transfer-encoding") {
        true => join_chunks(body),
        false => body.to_owned(),
    };
    Answer { status, headers, text }
}

fn join_chunks(mut body: &str) -> String {
    let mut text = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").unwrap();
        match usize::from_str_radix(size, 16).unwrap() {
            0 => return text,
            size => {
                text.push_str(&rest[..size]);
                body = &rest[size + 2..];
            }
        }
    }
}

pub(crate) async fn start(registry: Registry) -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(registry).start().await.unwrap()
}

pub(crate) async fn start_version(registry: Registry, version: HarborVersion) -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap()
}

/// A finding with a fix.
pub(crate) fn finding(id: &str) -> Finding {
    Finding::new(id, "libssl3", "3.0.1").with_fix("3.0.2").with_severity("High")
}

/// A public project with one repository of three images, and a private one with the odd cases.
pub(crate) fn sample() -> Registry {
    let image = |tag: &str| Artifact::image().with_tag(tag);
    let report = || Report::new().with_finding(&finding("CVE-2024-0001"));
    let app = Repository::new("svc/app")
        .with_artifact(image("v1").with_report(report()))
        .with_artifact(image("v2").with_report(Report::new()))
        .with_artifact(image("v3"));
    let multi = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), Artifact::image().with_report(report()))
        .with_child(
            Platform::linux("arm64").with_variant("v8"),
            Artifact::image().with_report(report().with_finding(&finding("CVE-2024-0002").with_severity("Critical"))),
        );
    let partial = Artifact::index()
        .with_tag("latest")
        .with_child(Platform::linux("amd64"), Artifact::image().with_report(report()))
        .with_child(Platform::linux("arm64"), Artifact::image());
    let one = |name: &str, artifact: Artifact| Repository::new(name).with_artifact(artifact);
    let odd = Project::new("odd")
        .with_member("alice")
        .with_repository(one("multi", multi))
        .with_repository(one("partial", partial))
        .with_repository(one("pending", image("latest").with_scan(Scan::Pending)))
        .with_repository(one("running", image("latest").with_scan(Scan::Running)))
        .with_repository(one("failed", image("latest").with_scan(Scan::Failed)))
        .with_repository(one("stopped", image("latest").with_scan(Scan::Stopped)))
        .with_repository(one("untagged", Artifact::image().with_report(report())))
        .with_repository(one("chart", Artifact::chart("shop", "1.0.0").with_tag("1.0.0")))
        .with_repository(one("other", Artifact::other("THING", "application/vnd.acme.thing").with_tag("1")));
    Registry::new()
        .with_user(User::new("alice", "Alice12345"))
        .with_robot(Robot::new("reader", "reader-secret"))
        .with_project(Project::new("library").public().with_repository(app))
        .with_project(odd)
        .with_project(Project::new("123"))
}
