//! Everything that is written as JSON is as its checked-in schema says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use harbor_ext::analysis::ArtifactReport;
use harbor_ext::analysis::diff::Diff;
use harbor_ext::model::{ArtifactInfo, FindingPool, Report, ReportState};
use harbor_ext::{Collected, Credentials, Harbor, Inventory, Snapshot, Source, access, model, name, schema, version};
use harbor_testkit::{Registry, SimulatedHarbor};
use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeSeed;
use serde_json::{Value, json};

const MEND: &str = "mend it by: cargo run --example json_schema -- docs/schema";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema")
}

fn validators() -> BTreeMap<&'static str, Validator> {
    let validator = |schema: &schema::Schema| {
        jsonschema::options().should_validate_formats(true).build(schema.as_value()).expect("this is a schema")
    };
    schema::all().iter().map(|(name, schema)| (*name, validator(schema))).collect()
}

#[track_caller]
fn assert_valid(validators: &BTreeMap<&str, Validator>, name: &str, document: &impl Serialize) {
    // Through text, which is what others see.
    let document: Value = serde_json::from_str(&serde_json::to_string(document).unwrap()).unwrap();
    let errors: Vec<_> = validators[name].iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{document:#}");
}

fn client(server: &SimulatedHarbor, credentials: Credentials) -> Harbor {
    let builder = Harbor::builder(server.url()).http_client(harbor_ext::http_client().no_proxy());
    builder.credentials(credentials).build().unwrap()
}

async fn demo() -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(Registry::demo()).start().await.unwrap()
}

#[test]
fn the_files_are_what_the_types_say() {
    let mut files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap_or_else(|error| panic!("docs/schema: {error}; {MEND}"))
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for (name, schema) in schema::all() {
        let file = format!("{name}.json");
        let path = folder().join(&file);
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, format!("{:#}\n", schema.as_value()), "docs/schema/{file} is out of date; {MEND}");
        files.remove(&file);
    }
    assert!(files.is_empty(), "docs/schema has files of no type, delete them: {files:?}");
}

#[test]
fn every_schema_is_one_of_draft_2020_12_and_says_what_it_is_of() {
    for (name, schema) in schema::all() {
        jsonschema::draft202012::meta::validate(schema.as_value()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(schema.get("$schema"), Some(&json!("https://json-schema.org/draft/2020-12/schema")), "{name}");
        assert!(schema.get("title").is_some() && schema.get("description").is_some(), "{name}");
    }
    let names: BTreeSet<_> = schema::all().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), schema::all().len(), "a name comes twice");
}

#[test]
fn no_schema_accepts_everything() {
    for (name, validator) in validators() {
        for document in [json!(null), json!(7.5), json!(true), json!(" "), json!([7]), json!({ "nonsense": [7] })] {
            assert!(!validator.is_valid(&document), "{name} accepts {document}");
        }
    }
}

#[tokio::test]
async fn what_comes_of_a_registry_is_valid() {
    let validators = validators();
    let server = demo().await;
    for (credentials, states) in [
        (Credentials::robot("auditor", "demo-secret"), 5),
        (Credentials::basic("admin", "Harbor12345"), 5),
        (Credentials::robot("auditor", "wrong"), 0),
    ] {
        let harbor = client(&server, credentials);
        let collected = harbor.reports().collect().await;
        for info in &collected.items {
            assert_valid(&validators, "ArtifactInfo", info);
            assert_valid(&validators, "Artifact", &info.artifact);
            assert_valid(&validators, "ReportState", &info.state);
            assert_valid(&validators, "RepositoryName", &info.artifact.repository);
            assert_valid(&validators, "Digest", &info.artifact.digest);
            for finding in info.findings() {
                assert_valid(&validators, "Finding", &finding);
                assert_valid(&validators, "Cvss", &finding.cvss());
                assert_valid(&validators, "Severity", &finding.severity());
            }
        }
        assert_valid(&validators, "CollectedReports", &collected);
        assert_valid(&validators, "Summary", &collected.summary);
        assert_valid(&validators, "ArtifactReport", &ArtifactReport::from(collected.items.clone()));
        assert_answers_are_valid(&validators, &ArtifactReport::from(collected.items.clone()));
        assert_inventory_is_valid(&validators, harbor.registry(), &collected);
        let other = ArtifactReport::from_iter(collected.items.iter().skip(1).cloned());
        assert_valid(&validators, "Diff", &Diff::between(&ArtifactReport::from(collected.items.clone()), &other));
        for permission in collected.missing_permissions() {
            assert_valid(&validators, "MissingPermission", &permission);
        }
        assert_reads_back(&collected);
        for failure in &collected.failures {
            assert_valid(&validators, "Failure", failure);
            let failure = Arc::new(failure.clone());
            assert_valid(&validators, "ReportState", &ReportState::Forbidden(failure.clone()));
            assert_valid(&validators, "ReportState", &ReportState::Failed(failure));
        }
        let found: BTreeSet<_> = collected.items.iter().map(|info| info.state.name()).collect();
        assert!(found.len() >= states, "{found:?}");
    }
    assert_valid(&validators, "CvssPreference", &model::cvss::Preference::default());
    assert_valid(&validators, "VersionGuess", &version::guess("openssl", "1.1.1n-0+deb11u3", None).unwrap());
}

#[tokio::test]
async fn what_is_asked_for_besides_reports_is_valid() {
    let validators = validators();
    let server = demo().await;
    for credentials in [Credentials::robot("auditor", "demo-secret"), Credentials::basic("admin", "Harbor12345")] {
        let harbor = client(&server, credentials);
        let artifacts = harbor.artifacts().with_children().with_labels().with_accessories().with_immutable_status();
        let artifacts = artifacts.with_scan_overview().with_sbom_overview().collect().await;
        assert!(
            artifacts
                .items
                .iter()
                .any(|artifact| artifact.scan_overview.as_ref().is_some_and(|overview| !overview.is_empty()))
        );
        assert_valid(&validators, "CollectedArtifacts", &artifacts);
        let read: Collected<model::Artifact> =
            serde_json::from_value(serde_json::to_value(&artifacts).unwrap()).unwrap();
        assert_eq!(read.items, artifacts.items);

        let repositories = harbor.repositories().collect().await;
        assert!(!repositories.items.is_empty());
        assert_valid(&validators, "CollectedRepositories", &repositories);
        let read: Collected<model::Repository> =
            serde_json::from_value(serde_json::to_value(&repositories).unwrap()).unwrap();
        assert_eq!((read.items, read.failures), (repositories.items, repositories.failures));

        let access = harbor.check_access().await.unwrap();
        assert_valid(&validators, "Access", &access);
        assert_eq!(serde_json::from_value::<access::Access>(serde_json::to_value(&access).unwrap()).unwrap(), access);
    }
}

/// What several snapshots come to, and what differs where artifacts are told apart by their registry.
fn assert_inventory_is_valid(
    validators: &BTreeMap<&str, Validator>,
    registry: &str,
    collected: &Collected<ArtifactInfo>,
) {
    let snapshot = |registry: &str, time: &str| {
        let mut source = Source::new(registry, format!("https://{registry}"), time.parse().unwrap());
        source.finished_at = Some(source.started_at);
        Snapshot::new(source, collected.clone())
    };
    let days = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
    let inventory = Inventory::new([
        snapshot(registry, days[0]),
        snapshot(registry, days[1]),
        snapshot("other.example.com", days[1]),
    ]);
    assert_eq!((inventory.current().len(), inventory.trend().len()), (2, 3));
    inventory.current().iter().for_each(|current| assert_valid(validators, "Current", current));
    inventory.trend().iter().for_each(|point| assert_valid(validators, "TrendPoint", point));
    let seen = inventory.report().findings().filter_map(|(info, finding)| inventory.first_sighting(info, &finding));
    let seen: BTreeSet<_> = seen.collect();
    let has_findings = collected.items.iter().any(|info| info.findings().next().is_some());
    assert_eq!(seen.len(), usize::from(has_findings), "the first day of the registry that has two");
    seen.iter().for_each(|sighting| assert_valid(validators, "FirstSeen", sighting));
    let (one, both) = (ArtifactReport::from(collected.items.clone()), inventory.report());
    assert_eq!(both.by_project().len(), 2 * one.by_project().len());
    assert_eq!(both.counts().unique_cves, one.counts().unique_cves);
    assert_answers_are_valid(validators, both);
}

fn assert_answers_are_valid(validators: &BTreeMap<&str, Validator>, report: &ArtifactReport) {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let plan = report.fix_plan();
    assert_valid(validators, "AgeBuckets", &report.push_ages(now, [TimeDelta::days(30)]));
    assert_valid(validators, "Counts", &report.counts());
    assert_valid(validators, "Distribution", &report.distribution());
    assert_valid(validators, "FixPlan", &plan);
    assert_valid(validators, "ScanFreshness", &report.scan_freshness(now, TimeDelta::days(30)));
    report.by_artifact().iter().for_each(|artifact| assert_valid(validators, "ArtifactSummary", artifact));
    report.by_cve().iter().for_each(|cve| assert_valid(validators, "CveSummary", cve));
    report.by_finding().iter().for_each(|finding| assert_valid(validators, "FindingSummary", finding));
    report.by_package().iter().for_each(|package| assert_valid(validators, "PackageSummary", package));
    report.by_project().iter().for_each(|project| assert_valid(validators, "ProjectSummary", project));
    report.by_repository().iter().for_each(|repository| assert_valid(validators, "RepositorySummary", repository));
    report.cvss().iter().for_each(|statistics| assert_valid(validators, "CvssStatistics", statistics));
    report.fixes().iter().for_each(|fix| assert_valid(validators, "Fix", fix));
    assert_eq!(plan.upgrades.is_empty(), report.counts().fixable == 0, "the demo has fixes that can be compared");
}

/// What was collected is read back as it was, and shares its findings by one pool.
fn assert_reads_back(collected: &Collected<ArtifactInfo>) {
    let json = serde_json::to_string(collected).unwrap();
    let pool = FindingPool::new();
    let read =
        pool.seed::<Collected<ArtifactInfo>>().deserialize(&mut serde_json::Deserializer::from_str(&json)).unwrap();
    let parsed: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), parsed);
    assert_eq!(serde_json::to_value(serde_json::from_str::<Collected<ArtifactInfo>>(&json).unwrap()).unwrap(), parsed);
    let report: ArtifactReport = serde_json::from_value(parsed["items"].clone()).unwrap();
    assert_eq!(serde_json::to_value(&report).unwrap(), parsed["items"]);
    for infos in [&read.items[..], report.artifacts()] {
        let addresses: BTreeSet<_> =
            infos.iter().flat_map(ArtifactInfo::findings).map(|finding| Arc::as_ptr(finding.shared())).collect();
        assert_eq!(addresses.len(), pool.len());
    }
}

#[test]
fn real_reports_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/reports");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: there are no captured reports at {}", folder.display());
        return;
    };
    let validators = validators();
    for file in files {
        let json = fs::read_to_string(file.unwrap().path()).unwrap();
        assert_valid(&validators, "Report", &serde_json::from_str::<Report>(&json).unwrap());
    }
}

/// A document of every part, each of which is spoilt in turn.
#[test]
fn broken_documents_are_refused() {
    let good = json!({
        "repository": "p/a", "repository_id": 1, "project_id": 1, "id": 1, "digest": format!("sha256:{:064x}", 1),
        "type": "IMAGE", "media_type": "", "manifest_media_type": "", "artifact_type": null, "size": 1,
        "tags": [{ "name": "latest", "push_time": "2026-01-02T03:04:05Z" }], "push_time": null, "pull_time": null,
        "platform": { "architecture": "amd64", "os": "linux" },
        "children": [{ "digest": format!("sha256:{:064x}", 2), "platform": { "architecture": null, "os": null } }],
        "has_vulnerability_link": true,
        "state": "reported",
        "report": {
            "generated_at": "", "severity": "High", "scanner": { "name": "Trivy", "vendor": "", "version": "" },
            "vulnerabilities": [{
                "id": "CVE-1", "package": "a", "version": "1", "severity": "High", "links": [""], "cwe_ids": null,
                "artifact_digests": ["sha256:a"], "preferred_cvss": { "score_v3": 7.5, "vector_v3": null },
                "vendor_attributes": { "CVSS": { "nvd": { "V3Score": 7, "V3Vector": "" } } }, "new": {},
            }],
        },
        "new": 1,
    });
    let validators = validators();
    let validator = &validators["ArtifactInfo"];
    assert_valid(&validators, "ArtifactInfo", &good);
    for (pointer, bad) in [
        ("/repository", json!("p")),
        ("/repository", json!("p/../a")),
        ("/id", json!("1")),
        ("/digest", json!("sha256:1")),
        ("/digest", json!(null)),
        ("/size", json!(-1)),
        ("/tags", json!(null)),
        ("/tags/0/name", json!(7)),
        ("/tags/0/push_time", json!("yesterday")),
        ("/platform", json!([])),
        ("/children/0/digest", json!("")),
        ("/has_vulnerability_link", json!("yes")),
        ("/state", json!("excellent")),
        ("/state", json!("failed")),
        ("/state", json!("scan_failed")),
        ("/report", json!(null)),
        ("/report/scanner", json!("Trivy")),
        ("/report/scanner/name", json!(7)),
        ("/report/severity", json!(7)),
        ("/report/vulnerabilities", json!({})),
        ("/report/vulnerabilities/0", json!(null)),
        ("/report/vulnerabilities/0/id", json!(7)),
        ("/report/vulnerabilities/0/links", json!([7])),
        ("/report/vulnerabilities/0/artifact_digests", json!("sha256:a")),
        ("/report/vulnerabilities/0/preferred_cvss/score_v3", json!("7.5")),
        ("/report/vulnerabilities/0/vendor_attributes/CVSS/nvd/V3Vector", json!(7)),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(pointer).unwrap() = bad.clone();
        assert!(!validator.is_valid(&document), "{pointer} may be {bad}");
    }
    for member in good.as_object().unwrap().keys().filter(|member| *member != "new") {
        let mut document = good.clone();
        document.as_object_mut().unwrap().remove(member);
        assert!(!validator.is_valid(&document), "{member} may be missing");
    }
    for member in ["id", "package", "version", "severity"] {
        let mut document = good.clone();
        document["report"]["vulnerabilities"][0].as_object_mut().unwrap().remove(member);
        assert!(!validator.is_valid(&document), "{member} of a finding may be missing");
    }
}

#[test]
fn names_are_valid_exactly_if_they_can_be_read() {
    let validators = validators();
    let digest = format!("sha512:{:0128x}", 1);
    let texts = [
        "p",
        "p/a",
        "p/a/b",
        "p/./b",
        "..",
        "...",
        "a/",
        "/a",
        "a//b",
        "a b",
        "a\u{7f}",
        "Ä/ö",
        "a:b",
        "v1.2",
        "-a",
        "_",
        "",
        "a@b",
        "a%2f",
        &digest,
        &digest[..40],
        &digest.to_uppercase(),
    ];
    for text in texts {
        let json = Value::from(text);
        let valid = |name: &str| validators[name].is_valid(&json);
        assert_eq!(valid("ProjectName"), text.parse::<name::ProjectName>().is_ok(), "project {text:?}");
        assert_eq!(valid("RepositoryName"), text.parse::<name::RepositoryName>().is_ok(), "repository {text:?}");
        assert_eq!(valid("Tag"), text.parse::<name::Tag>().is_ok(), "tag {text:?}");
        assert_eq!(valid("Digest"), text.parse::<name::Digest>().is_ok(), "digest {text:?}");
        assert_eq!(valid("Reference"), text.parse::<name::Reference>().is_ok(), "reference {text:?}");
    }
}
