//! The page of a registry: that it is whole, that nothing of a registry is more than text in it, and that it stays small.
//!
//! The pages are left in a folder, where `tests/foreign/browser.sh` opens them in a browser.

#![cfg(feature = "export")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use harbor_ext::chrono;
use harbor_ext::export::{Document, html};
use harbor_ext::judge::{Assessment, Epss, Kev, Knowledge};
use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Collected, Credentials, Harbor, Inventory, Snapshot, Source};
use harbor_testkit::{Registry, SimulatedHarbor};
use serde_json::{Value, json};

const REGISTRY: &str = "harbor.example.com";

fn time() -> DateTime<Utc> {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn knowledge() -> Knowledge {
    let kev = json!({
        "catalogVersion": "2026.11.20",
        "dateReleased": "2026-11-20T17:00:00.0000Z",
        "count": 2,
        "vulnerabilities": [
            { "cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "dueDate": "2021-12-24",
              "knownRansomwareCampaignUse": "Known" },
            { "cveID": "CVE-2023-44487", "dateAdded": "2023-10-10", "dueDate": "2023-10-31" },
        ],
    });
    let epss = "#model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000\n\
                cve,epss,percentile\n\
                CVE-2021-44228,0.94358,0.99957\n\
                CVE-2021-45046,0.94340,0.99940\n\
                CVE-2023-44487,0.94392,0.99970\n\
                CVE-2022-37434,0.92690,0.99740\n\
                CVE-2021-3711,0.02914,0.85700\n";
    let mut knowledge = Knowledge::default();
    knowledge.kev = Some(Kev::parse(kev.to_string().as_bytes()).unwrap());
    knowledge.epss = Some(Epss::parse(epss.as_bytes()).unwrap());
    knowledge
}

/// The sample registry as its robot sees it.
fn demo() -> Collected<ArtifactInfo> {
    let harbor = SimulatedHarbor::builder().registry(Registry::demo()).start_blocking().unwrap();
    let client = Harbor::builder(harbor.url())
        .credentials(Credentials::robot("auditor", "demo-secret"))
        .http_client(harbor_ext::http_client().no_proxy().tls_certs_only([]))
        .build()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut collected = runtime.block_on(client.reports().collect());
    for info in &mut collected.items {
        Arc::make_mut(&mut info.artifact).registry = Some(REGISTRY.into());
    }
    collected
}

fn source(started_at: DateTime<Utc>) -> Source {
    let mut source = Source::new(REGISTRY, format!("https://{REGISTRY}"), started_at);
    source.harbor_version = Some("v2.15.2".into());
    source.finished_at = Some(started_at + TimeDelta::seconds(95));
    source
}

/// The sample registry, and what it was in the weeks before: ever more images, the last but one read in part.
fn demo_history() -> Inventory {
    let newest = demo();
    let weeks = [8, 14, 15, 19, 22, 24, 25, 27, 20, 30];
    let snapshots = weeks.into_iter().zip(1..).map(|(images, week)| {
        let mut older = newest.clone();
        older.items.truncate(images);
        if week != 9 {
            older.failures.clear();
        }
        Snapshot::new(source(time() - TimeDelta::weeks(11 - week)), older)
    });
    let snapshots: Vec<_> = snapshots.collect();
    Inventory::new(snapshots.into_iter().chain([Snapshot::new(source(time() - TimeDelta::minutes(5)), newest)]))
}

fn page(inventory: &Inventory, knowledge: &Knowledge) -> String {
    let assessment = Assessment::new(inventory, knowledge, time());
    let mut page = Vec::new();
    html::write(&Document::new(&assessment), &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// Leaves a page for a browser.
fn keep(name: &str, page: &str) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("html");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), page).unwrap();
}

#[test]
fn the_page_of_the_sample_registry() {
    let page = page(&demo_history(), &knowledge());
    keep("demo.html", &page);
    assert!(page.contains("CVE-2021-44228"));
}
