//! Every format of a usual registry and of a hostile one, read back as far as that takes nothing but Rust.
//!
//! The files stay in `exports` of the folder for the files of tests, where `tests/foreign/exports.sh` has the official
//! readers of each format look at them.
#![cfg(all(feature = "export", feature = "parquet"))]

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use harbor_ext::chrono::{DateTime, Utc};
use harbor_ext::export::rows::{self, Row};
use harbor_ext::export::sarif::{self, Limits};
use harbor_ext::export::{Document, csv, cyclonedx, envelope, json, junit, ndjson, openvex, parquet, prometheus};
use harbor_ext::judge::{Assessment, Epss, Kev, Knowledge, Vex};
use harbor_ext::{Credentials, Harbor, Inventory, Snapshot, Source};
use harbor_testkit::{Artifact, Project, Registry, Report, Repository, SimulatedHarbor};
use serde_json::{Value, json};
use serde_sarif::sarif::Sarif;

/// A host that stays the same, unlike the port of the simulated Harbor.
const REGISTRY: &str = "harbor.example.com";

async fn crawl(registry: Registry) -> Inventory {
    let server = SimulatedHarbor::builder().registry(registry).start().await.unwrap();
    let harbor = Harbor::builder(server.url())
        .credentials(Credentials::robot("auditor", "demo-secret"))
        // A proxy in the environment must not come between a test and its server.
        .http_client(harbor_ext::http_client().no_proxy().tls_certs_only([]))
        .build()
        .unwrap();
    let mut collected = harbor.reports().collect().await;
    assert!(!collected.items.is_empty(), "{}", collected.summary);
    for info in &mut collected.items {
        std::sync::Arc::make_mut(&mut info.artifact).registry = Some(REGISTRY.into());
    }
    let mut source = Source::new(REGISTRY, format!("https://{REGISTRY}"), time("2026-11-20T08:00:00Z"));
    source.finished_at = Some(time("2026-11-20T08:05:00Z"));
    Inventory::new([Snapshot::new(source, collected)])
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// What others know, and a VEX document that says of every artifact that one vulnerability does not matter.
fn knowledge(inventory: &Inventory) -> Knowledge {
    let kev = json!({
        "catalogVersion": "2026.11.20", "dateReleased": "2026-11-20T17:00:00.0000Z", "count": 1,
        "vulnerabilities": [{ "cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "dueDate": "2021-12-24" }],
    });
    let epss = "#model_version:v2026.03.14,score_date:2026-11-20T00:00:00+0000\n\
                cve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\n";
    let products =
        inventory.report().iter().map(|info| json!({ "@id": format!("pkg:oci/x@{}", info.artifact.digest) }));
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex-1", "author": "Shop",
        "timestamp": "2026-11-20T08:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": { "name": "CVE-2019-5021" }, "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path", "products": products.collect::<Vec<_>>(),
        }, {
            "vulnerability": { "name": "CVE-2020-1" }, "status": "fixed",
            "products": [{ "@id": format!("pkg:oci/x@{}", inventory.report().artifacts()[0].artifact.digest) }],
        }],
    });
    let mut knowledge = Knowledge::default();
    knowledge.kev = Some(Kev::parse(kev.to_string().as_bytes()).unwrap());
    knowledge.epss = Some(Epss::parse(epss.as_bytes()).unwrap());
    knowledge.vex = vec![Vex::parse(vex.to_string().as_bytes()).unwrap()];
    knowledge
}

/// Text that does everything that text can do to what shows or reads it.
const HOSTILE: &str = "=cmd|'/c calc'!A1 <script>alert(1)</script><!-- ]]> \u{1b}[31m\u{1b}]0;x\u{7}\u{9b}2J\0\u{7f} \
    \u{202e}gpj.exe\u{2066} [x](javascript:alert(1)) ![i](http://x) {0} {{x}} ${jndi:ldap://x} \"'`\\ \u{2028}\u{feff}\
    \r\n| # * _ ~ @everyone \u{ffff} 😀 %00 %n &amp; &#x1b;";

fn hostile() -> Registry {
    let usual = || {
        json!({
            "id": "CVE-2020-1", "package": "zlib", "version": "1.2.8", "fix_version": "1.2.12", "severity": "High",
            "status": "fixed", "description": "A usual one.", "links": ["https://example.com/1"], "cwe_ids": ["CWE-20"],
            "preferred_cvss": { "score_v3": 7.5, "vector_v3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H" },
        })
    };
    let mut findings = vec![usual(), usual()];
    for member in ["id", "package", "version", "fix_version", "severity", "status", "description"] {
        for text in [HOSTILE, "", "-1+1", "\t=1", "\u{ff1d}1", "a,b;c\"d", "\u{0}", " "] {
            let mut finding = usual();
            // Harbor holds what has the same identifier, package and version only once.
            finding["package"] = format!("package-{}", findings.len()).into();
            finding[member] = text.into();
            findings.push(finding);
        }
    }
    for (member, value) in [
        ("links", json!(["javascript:alert(1)", HOSTILE, "//x", "https://x y/<>\"", "", "http://[::1", "ftp://x/y"])),
        ("cwe_ids", json!(["CWE-0", "CWE--1", "CWE-99999999999999999999", HOSTILE, "cwe-79", "79"])),
        ("description", json!("\u{202e}1 MB ".repeat(100_000))),
        ("description", json!({ "not": "a text" })),
        ("preferred_cvss", json!({ "score_v3": 1e300, "vector_v3": HOSTILE })),
        ("vendor_attributes", json!({ "CVSS": { HOSTILE: { "V3Score": -1, "V3Vector": HOSTILE } } })),
        ("severity", json!(["Critical"])),
        ("links", json!("https://example.com/no-list")),
    ] {
        let mut finding = usual();
        finding["package"] = format!("odd-{}", findings.len()).into();
        finding[member] = value;
        findings.push(finding);
    }
    findings.push(json!({}));
    let report = json!({
        "generated_at": HOSTILE, "severity": HOSTILE, "vulnerabilities": findings,
        "scanner": { "name": HOSTILE, "vendor": HOSTILE, "version": HOSTILE },
    });
    let surrogates = r#"{"vulnerabilities":[{"id":"CVE-2020-2","package":"x","description":"\ud800 \udc00\ud800"}]}"#;
    let image = |content: &str, report: &str| {
        let report = Report::from_json(report).unwrap();
        Artifact::image().with_content(content).with_tag("1.0").with_report(report)
    };
    let [one, two] = ["=cart", "cart<b>&'\""].map(|name| {
        let repository = Repository::new(name).with_artifact(image(name, &report.to_string()));
        repository.with_artifact(Artifact::image().with_content(format!("{name} not scanned")))
    });
    let odd = Repository::new("surrogates").with_artifact(image("surrogates", surrogates));
    let project = Project::new("shop").with_repository(one).with_repository(two).with_repository(odd);
    Registry::new().with_robot(harbor_testkit::Robot::new("auditor", "demo-secret")).with_project(project)
}

/// An empty folder for the files of a registry.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("envelope")).unwrap();
    folder
}

fn write_all(document: &Document<'_>, folder: &Path) {
    let create = |name: &str| BufWriter::new(File::create(folder.join(name)).unwrap());
    json::write(document, create("export.json")).unwrap();
    ndjson::write(document, create("findings.ndjson")).unwrap();
    csv::write(document, create("findings.csv")).unwrap();
    csv::write_rows(rows::artifacts(document), create("artifacts.csv")).unwrap();
    cyclonedx::write(document, create("bom.cdx.json")).unwrap();
    openvex::write(document, create("openvex.json")).unwrap();
    junit::write(document, create("junit.xml")).unwrap();
    prometheus::write(document, create("metrics.prom")).unwrap();
    parquet::write(document, create("findings.parquet")).unwrap();
    sarif::write(document, create("whole.sarif")).unwrap();
    // Small limits, so that even small registries are split.
    for part in sarif::parts(document, Limits::default().with_results(20)) {
        let part = part.unwrap();
        part.write(create(&format!("part-{}.sarif", part.number()))).unwrap();
    }
    for file in envelope::files(document) {
        file.write(create(&format!("envelope/{}", file.name()))).unwrap();
    }
}

fn read_json(path: &Path) -> Value {
    serde_json::from_reader(BufReader::new(File::open(path).unwrap())).unwrap()
}

fn check(document: &Document<'_>, folder: &Path) {
    let findings = rows::findings(document).count();
    let artifacts = document.assessment.inventory().report().len();
    let export = read_json(&folder.join("export.json"));
    assert_eq!(export["findings"].as_array().unwrap().len(), findings);
    assert_eq!(export["artifacts"].as_array().unwrap().len(), artifacts);

    let lines = fs::read_to_string(folder.join("findings.ndjson")).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::from(lines), export["findings"]);

    let mut table = ::csv::Reader::from_path(folder.join("findings.csv")).unwrap();
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>(), rows::FindingRow::COLUMNS);
    for (record, finding) in table.records().map(Result::unwrap).zip(export["findings"].as_array().unwrap()) {
        for (column, cell) in rows::FindingRow::COLUMNS.iter().zip(&record) {
            assert!(
                cell.chars().count() <= 32_000 && !cell.chars().any(|one| one.is_control() && !"\n\t".contains(one))
            );
            let text = csv::unguard(cell);
            match &finding[*column] {
                Value::String(expected) if expected.chars().all(|one| !one.is_control() && one.is_ascii()) => {
                    assert_eq!(text, expected, "{column}");
                }
                Value::Number(expected) => assert_eq!(text.parse::<f64>().ok(), expected.as_f64(), "{column}"),
                Value::Null => assert_eq!(text, "", "{column}"),
                _ => {}
            }
        }
    }

    let results = |name: &Path| {
        // The types of the official schema.
        serde_json::from_value::<Sarif>(read_json(name)).unwrap();
        read_json(name)["runs"][0]["results"].as_array().unwrap().len()
    };
    assert_eq!(results(&folder.join("whole.sarif")), findings);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let parts: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().contains("part-")).collect();
    assert!(parts.len() > 1);
    assert_eq!(parts.iter().map(|part| results(part)).sum::<usize>(), findings);

    let report = fs::read_to_string(folder.join("junit.xml")).unwrap();
    assert!(report.contains("<testsuites") && !report.contains(['\u{1b}', '\0', '\u{ffff}']));
    let envelopes = fs::read_dir(folder.join("envelope")).unwrap().count();
    assert_eq!(envelopes, document.assessment.inventory().report().states()["reported"]);

    // What is exported can be read as knowledge again, and every product of it is recognised.
    let vex = Vex::parse(File::open(folder.join("openvex.json")).unwrap()).unwrap();
    assert!(vex.unrecognised().is_empty(), "{:?}", vex.unrecognised());
}

async fn write_and_check(name: &str, registry: Registry) -> Value {
    let inventory = crawl(registry).await;
    let knowledge = knowledge(&inventory);
    let assessment = Assessment::new(&inventory, &knowledge, time("2026-11-21T12:00:00Z"));
    let document = Document::new(&assessment);
    let folder = folder(name);
    write_all(&document, &folder);
    check(&document, &folder);
    read_json(&folder.join("export.json"))
}

#[tokio::test]
async fn the_demo_registry_in_every_format() {
    let export = write_and_check("demo", Registry::demo()).await;
    // The auditor may not read one project.
    assert_eq!(export["complete"], false);
    let log4j: Vec<&Value> =
        export["findings"].as_array().unwrap().iter().filter(|row| row["cve"] == "CVE-2021-44228").collect();
    assert!(!log4j.is_empty() && log4j.iter().all(|row| row["kev"] == true && row["epss"] == 0.94358));
}

#[tokio::test]
async fn a_hostile_registry_in_every_format() {
    let export = write_and_check("hostile", hostile()).await;
    let findings = export["findings"].as_array().unwrap();
    assert!(findings.len() > 100);
    assert!(findings.iter().any(|row| row["package"] == HOSTILE));
    assert!(findings.iter().any(|row| row["suppressed"] == true));
}
