//! Servers that count oddly, allow small pages only, or cannot do a row: what can be had is had, the rest is told.

use std::time::Duration;

use axum::Json;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use harbor_ext::model::Artifact;
use harbor_ext::{Collected, Credentials, FailureKind, Harbor};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::support::impatient;

/// How many artifacts there are, with the numbers from 1 on.
const ROWS: i64 = 257;

/// A server of one project, and what is odd about its lists.
#[derive(Clone, Copy)]
struct Oddity {
    /// What it says of the number of rows.
    total: fn(usize) -> Option<String>,
    /// What it allows at once.
    page_size: usize,
    /// The row that it never gets done, or only without its overview.
    slow_row: Option<(i64, bool)>,
}

const HONEST: Oddity = Oddity { total: |rows| Some(rows.to_string()), page_size: 100, slow_row: None };

impl Oddity {
    fn answer(self, request: &Request) -> Response {
        match request.uri().path() {
            "/api/v2.0/systeminfo" => {
                Json(json!({"auth_mode": "db_auth", "harbor_version": "v2.15.2"})).into_response()
            }
            "/api/v2.0/projects" => {
                self.list(request, "project_id", 1, |number| json!({"project_id": number, "name": "p"}))
            }
            "/api/v2.0/projects/p/artifacts" => self.list(
                request,
                "id",
                ROWS,
                |number| json!({"id": number, "digest": format!("sha256:{number:064}"), "repository_name": "p/r"}),
            ),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn list(self, request: &Request, key: &str, rows: i64, row: impl Fn(i64) -> Value) -> Response {
        let condition = parameter(request, "q");
        let first = condition.split_once(&format!("{key}=[")).and_then(|(_, from)| from.split_once('~')).unwrap();
        let rest: Vec<i64> = (first.0.parse().unwrap()..=rows).collect();
        let wanted: usize = parameter(request, "page_size").parse().unwrap();
        let page = &rest[..rest.len().min(wanted).min(self.page_size)];
        let is_whole = parameter(request, "with_scan_overview") == "true";
        if self.slow_row.is_some_and(|(number, for_ever)| page.contains(&number) && (for_ever || is_whole)) {
            return StatusCode::GATEWAY_TIMEOUT.into_response();
        }
        let mut answer = Json(page.iter().copied().map(row).collect::<Value>()).into_response();
        if let Some(total) = (self.total)(rest.len()) {
            answer.headers_mut().insert("x-total-count", total.parse().unwrap());
        }
        answer
    }
}

/// Harbor decodes `q` twice.
fn parameter(request: &Request, name: &str) -> String {
    let pairs = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let text = pairs.into_iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
    let once = percent_decode_str(text).decode_utf8_lossy().into_owned();
    percent_decode_str(&once).decode_utf8_lossy().into_owned()
}

async fn read(oddity: Oddity) -> Collected<Artifact> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: Request| async move { oddity.answer(&request) });
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let harbor = Harbor::builder(url)
        .credentials(Credentials::basic("admin", "Harbor12345"))
        .retry(impatient())
        .http_client(harbor_ext::http_client().no_proxy().tls_certs_only([]))
        .build()
        .unwrap();
    let query = harbor.artifacts().with_scan_overview().deadline(Duration::from_secs(60));
    let collected = query.collect().await;
    server.abort();
    collected
}

#[tokio::test]
async fn totals_that_say_nothing_of_use_lose_nothing() {
    let totals: [fn(usize) -> Option<String>; 6] = [
        HONEST.total,
        |_| None,
        |_| Some("0".to_owned()),
        |_| Some("-7".to_owned()),
        |_| Some("many".to_owned()),
        |rows| Some(rows.saturating_sub(1).to_string()),
    ];
    for total in totals {
        for page_size in [100, 10] {
            let collected = read(Oddity { total, page_size, ..HONEST }).await;
            assert!(
                collected.is_complete(),
                "{:?}, {page_size} at once: {:?}",
                total(ROWS as usize),
                collected.failures
            );
            assert_eq!(collected.items.len() as i64, ROWS);
        }
    }
}

#[tokio::test]
async fn rows_that_are_announced_and_do_not_come_are_told() {
    let totals: [fn(usize) -> Option<String>; 3] =
        [|rows| Some((rows + 1).to_string()), |_| Some("100".to_owned()), |_| Some(u64::MAX.to_string())];
    for total in totals {
        let collected = read(Oddity { total, ..HONEST }).await;
        assert_eq!(collected.items.len() as i64, ROWS);
        // Of the projects and of the artifacts.
        let kinds: Vec<_> = collected.failures.iter().map(|failure| failure.kind).collect();
        assert_eq!(kinds, [FailureKind::Incomplete; 2], "{:?}", total(ROWS as usize));
    }
}

#[tokio::test]
async fn a_row_that_the_server_cannot_do_costs_what_it_must() {
    for number in [1, 130, ROWS] {
        let collected = read(Oddity { slow_row: Some((number, false)), ..HONEST }).await;
        let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
        let digest = failure.target.digest.as_ref().map(ToString::to_string);
        assert_eq!((collected.items.len() as i64, digest), (ROWS, Some(format!("sha256:{number:064}"))));
        // Not even its number is known then, from which the list could go on.
        let collected = read(Oddity { slow_row: Some((number, true)), ..HONEST }).await;
        let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
        assert_eq!((collected.items.len() as i64, failure.kind), (number - 1, FailureKind::Timeout));
    }
}
