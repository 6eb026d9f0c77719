//! What a request leaves in the program's log. A program of its own, because whether a span is wanted is remembered for
//! the whole process.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use harbor_ext::{Advice, Credentials, Harbor};
use harbor_testkit::{Authorization, Registry, Scale, SimulatedHarbor};

#[tokio::test]
async fn traces_tell_what_was_asked_and_no_secret() {
    let server = SimulatedHarbor::builder().registry(Registry::demo()).start().await.unwrap();
    let client = |credentials| {
        let http = harbor_ext::http_client().no_proxy();
        Harbor::builder(server.url()).credentials(credentials).http_client(http).build().unwrap()
    };
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer({
            let written = written.clone();
            move || written.clone()
        })
        .with_ansi(false)
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::CLOSE)
        .finish();
    // This test has one thread, so that the tasks of the query write here, too.
    let guard = tracing::subscriber::set_default(subscriber);
    let secret = "hunter2-hunter2";
    client(Credentials::basic("admin", secret)).reports().collect().await;
    client(Credentials::robot("auditor", "demo-secret")).reports().tag("1.0.0").collect().await;
    read_in_session(&server).await;
    crawl_twice_with_a_password().await;
    drop(guard);
    let text = written.text();
    for part in [
        "operation=\"list_artifacts_of_project\"",
        "operation=\"get_vulnerabilities_addition\"",
        "path=\"/api/v2.0/projects\"",
        "method=GET",
        "status=200",
        "status=403",
        "milliseconds=",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let warnings = text.lines().filter(|line| line.contains("WARN") && line.contains("use a system robot")).count();
    assert_eq!(warnings, 1, "one handle is warned once");
    // The tag is in the query, the findings are in the bodies, and what is in the header nobody may know.
    let encoded = BASE64.encode(format!("admin:{secret}"));
    for part in [
        secret,
        "demo-secret",
        "1.0.0",
        "tags=",
        "page_size",
        "CVE-",
        "Basic",
        &encoded,
        "Harbor12345",
        "sid=",
        "gorilla",
    ] {
        assert!(!text.contains(part), "{part} is in\n{text}");
    }
}

async fn read_in_session(server: &SimulatedHarbor) {
    let http = harbor_ext::http_client().no_proxy();
    let user = Credentials::basic("admin", "Harbor12345");
    let harbor = Harbor::builder(server.url()).credentials(user).session_login(true).http_client(http).build().unwrap();
    assert!(harbor.reports().collect().await.is_complete());
    assert!(server.requests().iter().any(|request| request.authorization == Authorization::Session));
    harbor.log_out().await;
}

async fn crawl_twice_with_a_password() {
    let scale =
        Scale { projects: 1, repositories: 25, artifacts: 10, findings: 1, distinct: 10, seed: 1, ..Scale::default() };
    let server = SimulatedHarbor::builder().registry(Registry::synthetic(scale)).start().await.unwrap();
    let http = harbor_ext::http_client().no_proxy();
    let user = Credentials::basic("admin", "Harbor12345");
    let harbor = Harbor::builder(server.url()).credentials(user).http_client(http).build().unwrap();
    for _ in 0..2 {
        assert_eq!(harbor.reports().collect().await.summary.advice, [Advice::UseRobot]);
    }
}

/// What a subscriber wrote.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
