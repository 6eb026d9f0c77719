//! The page of a registry: that it is whole, that nothing of a registry is more than text in it, and that it stays small.
//!
//! The pages are left in a folder, where `tests/foreign/browser.sh` opens them in a browser.

#![cfg(feature = "export")]

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use harbor_ext::chrono;
use harbor_ext::export::{Document, html, markdown};
use harbor_ext::judge::{Assessment, Epss, Kev, Knowledge, Policy};
use harbor_ext::model::{Allowlists, Artifact, ArtifactInfo, ArtifactTag, FindingPool, ReportState, decode};
use harbor_ext::{Collected, Credentials, Harbor, Inventory, Snapshot, Source, Summary};
use harbor_testkit::{Registry, SimulatedHarbor};
use serde_json::{Value, json};

const REGISTRY: &str = "harbor.example.com";

const POLICY: &str = r#"
    version = 1
    unscanned = "violation"
    failed = "violation"

    [[rules]]
    name = "exploited"
    kev = true

    [[rules]]
    name = "critical with a fix"
    severity = "critical"
    fixable = true

    [[exceptions]]
    cve = "CVE-2023-44487"
    repository = "library/**"
    reason = "The proxy in front limits streams, see ticket 42."
    expires = 2027-03-31
"#;

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

/// What the sample registry accepts, and a project of it.
fn allowlists() -> Allowlists {
    let own = json!({ "kind": "own", "cves": ["CVE-2021-45105"], "expires_at": "2027-01-31T00:00:00Z" });
    let system = json!({ "cves": ["CVE-2019-5021", "CVE-2011-3374"], "expires_at": null });
    serde_json::from_value(json!({ "system": system, "projects": { "shop": own }, "failures": [] })).unwrap()
}

/// The sample registry, and what it was in the weeks before: ever more images, once read in part.
fn demo_history() -> Inventory {
    let newest = demo();
    let weeks = [8, 14, 15, 19, 22, 24, 25, 27, 20, 30];
    let older = weeks.into_iter().zip(1..).map(|(images, week)| {
        let mut older = newest.clone();
        older.items.truncate(images);
        if week != 9 {
            older.failures.clear();
        }
        Snapshot::new(source(time() - TimeDelta::weeks(11 - week)), older)
    });
    let older: Vec<_> = older.collect();
    let mut newest = Snapshot::new(source(time() - TimeDelta::minutes(5)), newest);
    newest.allowlists = allowlists();
    Inventory::new(older.into_iter().chain([newest]))
}

/// Images with these reports, each in a repository of its own.
fn registry(reports: impl IntoIterator<Item = Vec<Value>>, tag: &str) -> Inventory {
    let pool = FindingPool::new();
    let item = |(number, findings): (u64, Vec<Value>)| {
        let body = json!({ decode::MEDIA_TYPE_1_1: { "vulnerabilities": findings } }).to_string();
        let decode::Body::Report(report) = decode::report(body.as_bytes(), &pool).unwrap() else {
            panic!("there is a report");
        };
        let digest = format!("sha256:{number:064x}").parse().unwrap();
        let mut artifact = Artifact::new(format!("team/service-{number}").parse().unwrap(), digest);
        artifact.tags = vec![ArtifactTag::new(tag)];
        ArtifactInfo::new(Arc::new(artifact), ReportState::Reported(Arc::new(report)))
    };
    let mut collected: Collected<ArtifactInfo> =
        serde_json::from_value(json!({ "items": [], "failures": [], "summary": Summary::default() })).unwrap();
    collected.items = (1..).zip(reports).map(item).collect();
    Inventory::new([Snapshot::new(source(time()), collected)])
}

fn finding(id: &str, package: &str, text: &str, severity: &str) -> Value {
    json!({
        "id": id, "package": package, "version": "1.2.3-4", "fix_version": "1.2.3-5", "severity": severity,
        "description": text, "preferred_cvss": { "score_v3": 7.5 },
    })
}

fn page(inventory: &Inventory, knowledge: &Knowledge) -> String {
    let assessment = Assessment::new(inventory, knowledge, time());
    let mut page = Vec::new();
    html::write(&Document::new(&assessment), &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

fn text(inventory: &Inventory, knowledge: &Knowledge) -> String {
    let assessment = Assessment::new(inventory, knowledge, time());
    let mut text = Vec::new();
    markdown::write(&Document::new(&assessment), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// The rows of the tables, as the script reads them.
fn data(page: &str, id: &str) -> Value {
    let (_, after) = page.split_once(&format!("id=\"{id}\">")).unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

/// The page of the sample registry, with what a policy decides on it.
fn demo_page(inventory: &Inventory, knowledge: &Knowledge) -> String {
    let assessment = Assessment::new(inventory, knowledge, time());
    let policy = Policy::parse(POLICY).unwrap();
    let verdict = policy.check(&assessment).unwrap();
    let mut page = Vec::new();
    html::write(&Document::new(&assessment).with_verdict(&verdict), &mut page).unwrap();
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
    let page = demo_page(&demo_history(), &knowledge());
    keep("demo.html", &page);
    keep("demo.md", &text(&demo_history(), &knowledge()));
    for words in [
        "33 images in harbor.example.com, 26 with a report:",
        "This report is incomplete: the numbers are lower bounds.",
        "1 thing could not be read in harbor.example.com",
        "4 images have no report, so that nothing is known of their vulnerabilities:",
        "<a href=\"#cve=CVE%2D2021%2D44228\">CVE-2021-44228</a>",
        "since 2021-12-10, used for ransomware",
        "<th scope=\"row\" class=\"text\">shop/search:latest</th>",
        "<th scope=\"row\" class=\"text\">zlib1g</th>",
        "<th scope=\"row\" class=\"id\">CVE-2021-45105</th>",
        "allowlist of the project",
        "2027-01-31",
        "catalogue 2026.11.20, released 2026-11-20",
        "scores of 2026-11-20T00:00:00+0000, model v2026.03.14",
        "<summary>3 cannot be scanned</summary>",
        "against the policy in 206 findings in 33 images",
        "<th scope=\"row\" class=\"text\">critical with a fix</th>",
        "The proxy in front limits streams, see ticket 42. (ends 2027-04-01)",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(page.matches("class=\"mark\"").count(), 9, "snapshots that are complete");
    assert_eq!(page.matches("class=\"mark incomplete\"").count(), 2);
    let findings = data(&page, "findings-data");
    assert_eq!(findings["rows"].as_array().unwrap().len(), 206);
    assert_eq!(findings["findings"][0][0], "CVE-2021-44228", "the worst comes first");
    assert_eq!(data(&page, "images-data").as_array().unwrap().len(), 33);
}

/// A finding that is suppressed is in no number but that of the suppressed ones, and stays in the table.
#[test]
fn what_is_suppressed_is_told_apart() {
    let page = page(&demo_history(), &knowledge());
    let findings = data(&page, "findings-data");
    let rows = findings["rows"].as_array().unwrap();
    let suppressed: Vec<_> = rows.iter().filter(|row| !row[2].is_null()).collect();
    assert!(!suppressed.is_empty() && rows.ends_with(&suppressed.iter().map(|row| (*row).clone()).collect::<Vec<_>>()));
    for row in suppressed {
        let id = &findings["findings"][row[1].as_u64().unwrap() as usize][0];
        assert!(["CVE-2021-45105", "CVE-2019-5021", "CVE-2011-3374"].contains(&id.as_str().unwrap()), "{id}");
    }
    assert!(!page.contains("#cve=CVE%2D2021%2D45105"), "it is none to look at first");
}

/// Texts that would do something if anything were done with them.
#[test]
fn a_page_of_hostile_texts() {
    let hostile = [
        "</script><script>window.hostile = 1; alert(1)</script>",
        "<!--<script>window.hostile = 1</script>",
        "<img src=x onerror='window.hostile = 1; alert(1)'>",
        "\" onmouseover=\"window.hostile = 1\" autofocus onfocus=\"alert(1)\"",
        "javascript:window.hostile = 1",
        "CVE-2021-44228\"><svg onload=alert(1)>",
        "\u{202e}gpj.exe\u{2066}\u{200b}\u{2028}\u{0}\u{1b}[2J\u{9b}31m",
        "=cmd|'/c calc'!A1",
        "http://evil.example/beacon.png",
        "${alert(1)} {{constructor.constructor('alert(1)')()}}",
    ];
    let findings = hostile.iter().map(|text| finding(text, text, text, "Critical"));
    let inventory = registry([findings.collect()], hostile[0]);
    let page = page(&inventory, &knowledge());
    keep("hostile.html", &page);
    let data = data(&page, "findings-data");
    let ids: Vec<_> = data["findings"].as_array().unwrap().iter().map(|finding| finding[0].as_str().unwrap()).collect();
    assert!(
        ids.contains(&hostile[0]) && ids.contains(&"⟨U+202E⟩gpj.exe⟨U+2066⟩⟨U+200B⟩ ⟨U+0000⟩⟨U+001B⟩[2J⟨U+009B⟩31m")
    );
    assert_eq!(page.matches("<script").count(), 3);
}

/// The table is bounded and says so, and ten thousand different findings take less than three megabytes.
#[test]
fn a_page_of_more_findings_than_it_shows() {
    let severities = ["Critical", "High", "Medium", "Low"];
    let image = |number: usize| {
        let finding = |place: usize| {
            let number = number * 300 + place;
            let id = format!("CVE-{}-{}", 2010 + number % 16, 10_000 + number);
            let text = format!(
                "A flaw in component {number} lets an attacker who can send requests read memory. {}",
                "More. ".repeat(50)
            );
            finding(&id, &format!("library-{}", number % 977), &text, severities[place % 4])
        };
        (0..300).map(finding).collect()
    };
    let inventory = registry((0..40).map(image), "latest");
    let page = page(&inventory, &Knowledge::default());
    keep("large.html", &page);
    assert!(page.contains("The worst 10,000 of 12,000 findings shown."));
    assert!(page.contains("12,000 findings, 3,000 critical with a fix, how many are exploited is not known."));
    let data = data(&page, "findings-data");
    assert_eq!(data["rows"].as_array().unwrap().len(), html::ROW_LIMIT);
    let low = data["findings"].as_array().unwrap().iter().filter(|finding| finding[1] == "Low").count();
    assert_eq!(low, 1000, "the best are left out");
    assert!(page.len() < 3_000_000, "{}", page.len());
}

#[test]
fn the_same_document_gives_the_same_page() {
    let inventory = demo_history();
    let pages = [(); 2].map(|()| page(&inventory.clone(), &knowledge()));
    assert!(pages[0] == pages[1]);
}

/// What registries of the field say goes through, and gives a page of the usual size.
#[test]
fn pages_of_real_reports() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/reports");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("not checked: there is no {}", folder.display());
        return;
    };
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |file: &PathBuf| serde_json::from_slice::<Value>(&fs::read(file).ok()?).ok();
    let findings = |report: Value| report["vulnerabilities"].as_array().cloned().unwrap_or_default();
    let reports = files.iter().filter_map(read).map(findings);
    let inventory = registry(reports, "latest");
    let page = page(&inventory, &knowledge());
    keep("real.html", &page);
    let expected = inventory.report().counts().findings.min(html::ROW_LIMIT);
    assert!(expected > 100, "{expected}");
    assert_eq!(data(&page, "findings-data")["rows"].as_array().unwrap().len(), expected);
    assert!(page.len() < 3_000_000, "{}", page.len());
}
