//! The program `harbor-sim`: what it prints, what it answers, and what it says to arguments that make no sense.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running `harbor-sim`, killed at the end of its test.
struct Simulator {
    process: Child,
    ready: Value,
}

impl Simulator {
    /// Starts the program and waits for its line.
    fn start(arguments: &[&str]) -> Self {
        let mut process = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        Self { process, ready }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["url"].as_str().unwrap())
    }

    /// Asks with a name and a secret, and answers the status and the JSON.
    async fn get(&self, name: &str, secret: &str, path: &str) -> (u16, Value) {
        let request = client().get(self.url(path)).basic_auth(name, Some(secret));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    async fn stats(&self) -> Value {
        client().get(self.url("/__sim/stats")).send().await.unwrap().json().await.unwrap()
    }

    /// Stops the program with a signal, and answers how it ended and what it wrote on standard error.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (ExitStatus, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let status = self.process.wait().unwrap();
        let mut log = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status, log)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn the_demo_prints_credentials_that_work() {
    let simulator = Simulator::start(&[]);
    assert_eq!(simulator.ready["version"], "v2.15.2-080b0220");
    assert_eq!(simulator.ready["administrator"], json!({"name": "admin", "password": "Harbor12345"}));
    assert_eq!(simulator.ready["users"], json!([{"name": "dana", "password": "Dana12345"}]));
    assert_eq!(simulator.get("dana", "Dana12345", "/api/v2.0/projects/shop").await.1["current_user_role_id"], 2);
    assert_eq!(simulator.ready["robots"], json!([{"name": "robot$auditor", "secret": "demo-secret"}]));
    let (status, projects) = simulator.get("admin", "Harbor12345", "/api/v2.0/projects").await;
    assert_eq!((status, projects.as_array().unwrap().len()), (200, 6));
    assert_eq!(simulator.ready["holds"]["projects"], 6);
    let (status, _) = simulator.get("robot$auditor", "demo-secret", "/api/v2.0/projects/shop/artifacts").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn users_members_and_robots_are_those_of_the_arguments() {
    let simulator = Simulator::start(&[
        "--admin-password=other",
        "--user=ann:a:b",
        "--user=bob:secret",
        "--member=shop:ann:limited-guest",
        "--member=shop:bob:4",
        "--robot=reader:one",
        "--robot=robot$shop+ci:two",
        "--robot=auditor:three",
    ]);
    assert_eq!(simulator.ready["administrator"]["password"], "other");
    assert_eq!(simulator.ready["users"][1], json!({"name": "ann", "password": "a:b"}));
    let robots = [("robot$auditor", "three"), ("robot$reader", "one"), ("robot$shop+ci", "two")];
    let logins = robots.map(|(name, secret)| json!({"name": name, "secret": secret}));
    assert_eq!(simulator.ready["robots"], json!(logins));
    for (name, secret, path, expected) in [
        ("admin", "other", "/api/v2.0/projects/shop", 200),
        ("admin", "Harbor12345", "/api/v2.0/projects/shop", 401),
        ("ann", "a:b", "/api/v2.0/projects/platform", 403),
        ("robot$reader", "one", "/api/v2.0/projects/shop/repositories/search/artifacts/latest", 200),
        ("robot$reader", "one", "/api/v2.0/projects/platform", 200),
        ("robot$shop+ci", "two", "/api/v2.0/projects/shop", 200),
        ("robot$shop+ci", "two", "/api/v2.0/projects/platform", 403),
        ("robot$reader", "one", "/api/v2.0/security/vul", 200),
        ("robot$shop+ci", "two", "/api/v2.0/security/vul", 403),
    ] {
        assert_eq!(simulator.get(name, secret, path).await.0, expected, "{name} {path}");
    }
    for (name, secret, role) in [("ann", "a:b", 5), ("bob", "secret", 4)] {
        let (_, project) = simulator.get(name, secret, "/api/v2.0/projects/shop").await;
        assert_eq!(project["current_user_role_id"], role, "{name}");
    }
}

#[tokio::test]
async fn counters_are_told_and_forgotten_and_do_not_count_themselves() {
    let simulator = Simulator::start(&["--demo"]);
    let none = json!({
        "requests": 0, "operations": {}, "statuses": {}, "bytes": 0, "in_flight": 0, "peak_in_flight": 0,
    });
    assert_eq!(simulator.stats().await, none);
    let response = client().get(simulator.url("/api/v2.0/projects")).send().await.unwrap();
    let bytes = response.bytes().await.unwrap().len();
    simulator.get("admin", "Harbor12345", "/api/v2.0/projects/nope").await;
    let stats = simulator.stats().await;
    assert_eq!(stats["operations"], json!({"project": 1, "projects": 1}));
    assert_eq!(stats["statuses"], json!({"200": 1, "404": 1}));
    assert_eq!((&stats["requests"], &stats["in_flight"], &stats["peak_in_flight"]), (&json!(2), &json!(0), &json!(1)));
    assert!(stats["bytes"].as_u64().unwrap() > u64::try_from(bytes).unwrap());
    let reset = client().post(simulator.url("/__sim/reset")).send().await.unwrap();
    assert_eq!(reset.status(), 204);
    assert_eq!(simulator.stats().await, none);
    let unknown = client().get(simulator.url("/__sim/nope")).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(simulator.stats().await, none);
}

#[tokio::test]
async fn scans_that_a_client_starts_follow_the_clock() {
    let simulator = Simulator::start(&["--demo"]);
    let path = "/api/v2.0/projects/platform/repositories/gateway/artifacts/latest";
    let request = client().post(simulator.url(&format!("{path}/scan"))).basic_auth("admin", Some("Harbor12345"));
    assert_eq!(request.send().await.unwrap().status(), 202);
    let started = Instant::now();
    loop {
        let (_, artifact) = simulator.get("admin", "Harbor12345", &format!("{path}?with_scan_overview=true")).await;
        let overview = artifact["scan_overview"].as_object().and_then(|overview| overview.values().next());
        match overview.and_then(|overview| overview["scan_status"].as_str()) {
            // A busy machine may miss the two seconds in which it runs.
            Some("Running" | "Success") => break,
            Some("Pending") if started.elapsed() < Duration::from_secs(20) => {}
            other => panic!("{other:?} after {:?}", started.elapsed()),
        }
    }
}

#[tokio::test]
async fn a_synthetic_registry_has_the_counts_of_the_arguments() {
    let counts = "--synthetic=projects=2,repositories=3,artifacts=4,findings=5,distinct=6";
    let simulator = Simulator::start(&[counts, "--seed=7", "--version=2.9"]);
    assert!(simulator.ready["version"].as_str().unwrap().starts_with("v2.9."));
    assert_eq!(simulator.ready["holds"], json!({"projects": 2, "repositories": 6, "artifacts": 24, "reports": 24}));
    let images = "/api/v2.0/projects/project-2/repositories/team%252Fservice-3/artifacts";
    let (_, list) = simulator.get("admin", "Harbor12345", images).await;
    let digest = |list: &Value| list[0]["digest"].clone();
    let again = Simulator::start(&[counts, "--seed=7"]);
    assert_eq!(digest(&again.get("admin", "Harbor12345", images).await.1), digest(&list), "one seed, one registry");
    let other = Simulator::start(&[counts, "--seed=8"]);
    assert_ne!(digest(&other.get("admin", "Harbor12345", images).await.1), digest(&list));
    let report = format!("{images}/1.1/additions/vulnerabilities");
    let (_, report) = simulator.get("admin", "Harbor12345", &report).await;
    let (_, report) = report.as_object().unwrap().iter().next().unwrap();
    assert_eq!(report["vulnerabilities"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn users_and_robots_of_a_told_registry_wait_for_their_secrets() {
    let project = |name: &str, id: i64| {
        let time = "2026-11-21T08:36:11.002Z";
        json!({
            "project_id": id, "name": name, "creation_time": time, "update_time": time, "owner_id": 1,
            "owner_name": "admin", "metadata": {}, "repositories": [],
        })
    };
    let user = |name: &str, id: i64| {
        let time = "2026-11-21T08:36:15.088Z";
        json!({"user_id": id, "username": name, "sysadmin_flag": false, "creation_time": time, "update_time": time})
    };
    let access = json!([{"resource": "repository", "action": "list"}]);
    let time = "2026-01-01T00:00:00.000Z";
    let robot = json!({
        "id": 4, "name": "robot$one+ci", "level": "project", "disable": false, "creation_time": time,
        "update_time": time, "permissions": [{"namespace": "one", "access": access}],
    });
    let told = json!({
        "projects": [project("one", 2), project("two", 3)], "reports": {}, "robots": [robot],
        "users": [user("ann", 5), user("bob", 6)],
    });
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("told-registry.json");
    fs::write(&file, told.to_string()).unwrap();
    let registry = format!("--registry={}", file.display());
    let simulator = Simulator::start(&[&registry, "--user=ann:secret", "--robot=one+ci:key", "--user=new:secret"]);
    let users = [("ann", Some("secret")), ("bob", None), ("new", Some("secret"))];
    let users = users.map(|(name, password)| json!({"name": name, "password": password}));
    assert_eq!(simulator.ready["users"], json!(users));
    for (name, id) in [("ann", 5), ("new", 7)] {
        assert_eq!(simulator.get(name, "secret", "/api/v2.0/users/current").await.1["user_id"], id);
    }
    for (project, expected) in [("one", 200), ("two", 403)] {
        let path = format!("/api/v2.0/projects/{project}/repositories");
        assert_eq!(simulator.get("robot$one+ci", "key", &path).await.0, expected, "{project}");
    }
    // It keeps the permissions that it had.
    assert_eq!(simulator.get("robot$one+ci", "key", "/api/v2.0/projects/one").await.0, 403);
}

#[tokio::test]
async fn scans_and_pulls_of_a_told_registry_are_told_again() {
    let (started, ended) = ("2026-11-21T08:36:16.000Z", "2026-11-21T08:36:25.000Z");
    let time = "2026-11-21T08:36:11.002Z";
    let digest = format!("sha256:{}", "a".repeat(64));
    let kind = "application/vnd.security.vulnerability.report; version=1.1";
    let overview = json!({"report_id": "its-number", "scan_status": "Error", "start_time": started, "end_time": ended});
    let tag = json!({
        "id": 8, "name": "v1", "push_time": time, "pull_time": ended, "immutable": false,
    });
    let artifact = json!({
        "id": 7, "digest": digest, "type": "IMAGE", "media_type": "application/vnd.oci.image.config.v1+json",
        "manifest_media_type": "application/vnd.oci.image.manifest.v1+json", "push_time": time, "pull_time": ended,
        "accessories": null, "labels": null, "references": null, "tags": [tag], "scan_overview": {kind: overview},
    });
    let repository = json!({
        "id": 3, "name": "one/app", "creation_time": time, "update_time": time, "pull_count": 1,
        "description": "what it is", "artifacts": [artifact],
    });
    let project = json!({
        "project_id": 2, "name": "one", "creation_time": time, "update_time": time, "owner_id": 1,
        "owner_name": "admin", "metadata": {}, "repositories": [repository],
    });
    let told = json!({"projects": [project], "reports": {}, "robots": [], "users": []});
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("told-scans.json");
    fs::write(&file, told.to_string()).unwrap();
    let simulator = Simulator::start(&[&format!("--registry={}", file.display())]);
    let repository = "/api/v2.0/projects/one/repositories/app";
    let (_, answer) = simulator.get("admin", "Harbor12345", repository).await;
    assert_eq!(answer["description"], "what it is");
    let artifact = format!("{repository}/artifacts/v1?with_scan_overview=true");
    let (_, answer) = simulator.get("admin", "Harbor12345", &artifact).await;
    let expected = json!({
        "duration": 9, "end_time": ended, "report_id": "its-number", "scan_status": "Error", "start_time": started,
    });
    assert_eq!(answer["scan_overview"][kind], expected);
    assert_eq!((&answer["push_time"], &answer["tags"][0]["pull_time"]), (&json!(time), &json!(ended)));
}

#[tokio::test]
async fn faults_strike_as_the_arguments_say() {
    let simulator =
        Simulator::start(&["--fault=status=503,on=projects,times=1,retry-after=7", "--fault=empty,on=ping"]);
    let ask = async |path: &str| client().get(simulator.url(path)).send().await.unwrap();
    let struck = ask("/api/v2.0/projects").await;
    assert_eq!((struck.status().as_u16(), &struck.headers()["retry-after"]), (503, &"7".parse().unwrap()));
    assert_eq!(ask("/api/v2.0/projects").await.status(), 200);
    assert_eq!(ask("/api/v2.0/ping").await.bytes().await.unwrap().len(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn signals_end_it_well_and_requests_are_logged_where_wanted() {
    let verbose = Simulator::start(&["-v"]);
    verbose.get("admin", "Harbor12345", "/api/v2.0/projects/empty/repositories?page_size=1").await;
    verbose.get("admin", "wrong", "/api/v2.0/projects/empty").await;
    verbose.stats().await;
    let (status, log) = verbose.stop("-INT");
    assert_eq!(status.code(), Some(0));
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    let first = "GET /api/v2.0/projects/empty/repositories?page_size=1 200 repositories admin 3 B ";
    assert!(lines[0].starts_with(first) && lines[0].ends_with(" ms"), "{log}");
    assert!(lines[1].starts_with("GET /api/v2.0/projects/empty 401 project anonymous (refused) "), "{log}");

    let quiet = Simulator::start(&[]);
    quiet.get("admin", "Harbor12345", "/api/v2.0/projects").await;
    let (status, log) = quiet.stop("-TERM");
    assert_eq!((status.code(), log.as_str()), (Some(0), ""));
}

#[test]
fn arguments_that_make_no_sense_get_a_sentence() {
    let cases: &[(&[&str], &str)] = &[
        (&["--port=65536"], "a port is a number from 0 to 65535"),
        (&["--seed=-1"], "a seed is a number from 0 to 18446744073709551615"),
        (&["--fault=moon"], "moon"),
        (&["--version=1.10"], "there is no simulated Harbor \"1.10\"; there are 2.9, 2.11.1, 2.13, 2.14 and 2.15.2"),
        (&["--demo", "--reports=x"], "the argument '--demo' cannot be used with '--reports <DIR>'"),
        (&["--synthetic=projects=1", "--registry=x"], "cannot be used with '--registry <FILE>'"),
        (&["--reports=not-there"], "cannot read not-there: "),
        (&["--registry=not-there"], "cannot read not-there: "),
        (&["--registry=Cargo.toml"], "cannot load Cargo.toml:1:2: "),
        (&["--admin-password="], "a password is not empty"),
        (&["--user=ann"], "there is no colon; the form is NAME:PASSWORD"),
        (&["--user=:secret"], "there is no name before the colon"),
        (&["--user=ann:"], "there is nothing behind the colon"),
        (&["--user=admin:secret"], "the password of the administrator is that of --admin-password"),
        (&["--user=robot$x:secret"], "the name of a user has no '$'"),
        (&["--user=ann:a", "--user=ann:b"], "--user ann is given twice"),
        (&["--robot=reader:"], "there is nothing behind the colon; the form is NAME:SECRET or PROJECT+NAME:SECRET"),
        (&["--robot=Reader:x"], "the name of a robot is of a-z, 0-9 and single . _ - between them"),
        (&["--robot=+ci:x"], "the name of a robot is of a-z"),
        (&["--robot=a:x", "--robot=robot$a:y"], "--robot robot$a is given twice"),
        (
            &["--robot=nope+ci:x"],
            "--robot robot$nope+ci needs a project nope that the registry holds; there are library, ",
        ),
        (&["--member=library:guest"], "the form is PROJECT:NAME:ROLE"),
        (&["--member=library:admin:owner"], "there is no role \"owner\"; there are projectAdmin (1), "),
        (&["--member=nope:admin:guest"], "--member nope:admin needs a project nope that the registry holds"),
        (&["--member=library:ann:guest"], "--member library:ann needs a user ann; add --user ann:PASSWORD"),
        (&["--member=library:admin:1", "--member=library:admin:2"], "--member library:admin is given twice"),
        (&["--synthetic=projects"], "\"projects\" is not of the form NAME=NUMBER"),
        (&["--synthetic=images=1"], "there is no count \"images\"; there are projects, repositories, "),
        (&["--synthetic=projects=1,projects=2"], "projects is given twice"),
        (&["--synthetic=projects=-1"], "projects=-1 is no whole number, or too large"),
        (&["--synthetic=distinct=0"], "distinct=0 leaves nothing to draw"),
        (&["--synthetic=distinct=9999999"], "distinct=9999999 is too large: at most 1000000"),
        (&["--synthetic=words=10001"], "words=10001 is too large: at most 10000"),
        (&["--synthetic=findings=3,distinct=2"], "findings=3 cannot be of distinct=2"),
        (&["--synthetic=projects=18446744073709551615,artifacts=2"], "too many projects: at most "),
        (&["--synthetic=projects=1,repositories=5000001,artifacts=0"], "too many repositories: at most "),
        (&["--synthetic=projects=1,artifacts=18446744073709551615"], "too many artifacts: at most "),
        (&["--fault=nonsense"], "there is no fault `nonsense`; there are "),
        (&["--fault=empty,on=nonsense"], "there is no operation \"nonsense\""),
        (&["--bogus"], "unexpected argument '--bogus' found"),
        (&["extra"], "unexpected argument 'extra' found"),
    ];
    for (arguments, sentence) in cases {
        assert_refused(arguments, sentence);
    }
}

#[test]
fn a_port_in_use_gets_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    assert_refused(&[&format!("--port={port}")], &format!("cannot listen on port {port}: "));
}

fn assert_refused(arguments: &[&str], sentence: &str) {
    let Output { status, stdout, stderr } = command(arguments).output().unwrap();
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.as_slice()), (Some(2), &b""[..]), "{arguments:?}: {told}");
    assert!(told.contains(sentence), "{arguments:?}: {told}");
    assert_eq!(told.lines().count(), 1, "{arguments:?}: {told}");
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harbor-sim"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// A client that keeps no connections, because each test has a runtime of its own.
fn client() -> &'static reqwest::Client {
    static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
        // Even for plain HTTP a client wants to know whose cryptography it would use.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap()
    });
    &CLIENT
}
