//! Small registries for the tests of the formats.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::inventory::Inventory;
use crate::judge::{Assessment, Knowledge, Vex};
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{
    Allowlist, Allowlists, Artifact, ArtifactInfo, ArtifactTag, FindingPool, Platform, ProjectAllowlist, ReportState,
};
use crate::outcome::{Collected, Summary};
use crate::snapshot::{Snapshot, Source};

/// What a document borrows from.
pub(super) struct Sample {
    inventory: Inventory,
    knowledge: Knowledge,
}

/// Text that does everything that text can do.
pub(super) const HOSTILE: &str = "=cmd|'/c calc'!A1 <script>alert(1)</script> \u{1b}[31m\u{9b}2J\0\u{7} ]]> \u{202e}gpj.exe\u{2066} [x](javascript:1) {0} \"'`\\ \u{2028}\r\n#|*_ 😀";

pub(super) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn finding(id: &str, package: &str, severity: &str) -> Value {
    json!({
        "id": id,
        "package": package,
        "version": "1.0.0",
        "fix_version": "1.0.1",
        "severity": severity,
        "description": format!("{id} is in {package}"),
        "links": [format!("https://avd.aquasec.com/nvd/{}", id.to_lowercase())],
        "preferred_cvss": {"score_v3": 9.8, "vector_v3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},
        "cwe_ids": ["CWE-79"],
        "status": "fixed",
    })
}

pub(super) fn reported(findings: &[Value]) -> ReportState {
    let report = json!({
        "generated_at": "2026-11-19T10:00:00Z",
        "scanner": {"name": "Trivy", "vendor": "Aqua Security", "version": "v0.65.0"},
        "vulnerabilities": findings,
    });
    let body = json!({ MEDIA_TYPE_1_1: report }).to_string();
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => ReportState::Reported(Arc::new(report)),
        Body::Empty => panic!("there is a report"),
    }
}

/// The artifact of this number in a repository.
pub(super) fn info(repository: &str, id: i64, state: ReportState) -> ArtifactInfo {
    let digest = format!("sha256:{id:064x}").parse().unwrap();
    let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
    artifact.id = id;
    artifact.registry = Some("harbor.example.com".into());
    artifact.kind = "IMAGE".into();
    artifact.tags = vec![ArtifactTag::new(format!("1.{id}"))];
    artifact.platform = Platform { architecture: Some("amd64".into()), os: Some("linux".into()) };
    artifact.push_time = Some(time("2026-11-01T00:00:00Z"));
    ArtifactInfo::new(Arc::new(artifact), state)
}

pub(super) fn failure(repository: &str) -> Failure {
    Failure {
        phase: Phase::FetchingReport,
        target: Box::new(Target { repository: Some(repository.parse().unwrap()), ..Target::default() }),
        kind: FailureKind::Server,
        status: Some(500),
        code: Some("UNKNOWN".to_owned()),
        message: "the server failed".to_owned(),
        request_id: Some("0123".to_owned()),
        attempts: 3,
    }
}

impl Sample {
    pub(super) fn new(infos: Vec<ArtifactInfo>) -> Self {
        Self::with_failures(infos, Vec::new())
    }

    fn snapshot(items: Vec<ArtifactInfo>) -> Snapshot {
        let mut source = Source::new("harbor.example.com", "https://harbor.example.com", time("2026-11-20T08:00:00Z"));
        source.finished_at = Some(time("2026-11-20T08:05:00Z"));
        let summary = Summary { listed: items.len() as u64, requests: 7, ..Summary::default() };
        Snapshot::new(source, Collected { items, failures: Vec::new(), summary })
    }

    pub(super) fn with_failures(items: Vec<ArtifactInfo>, failures: Vec<Failure>) -> Self {
        let mut snapshot = Self::snapshot(items);
        snapshot.collected.failures = failures;
        Self { inventory: Inventory::new([snapshot]), knowledge: Knowledge::default() }
    }

    /// Two images that share a finding, one that was never scanned, one whose report could not be read.
    pub(super) fn usual() -> Self {
        let findings = [finding("CVE-2021-44228", "log4j-core", "Critical"), finding("CVE-2020-1", "zlib", "Low")];
        let unread = failure("shop/unread");
        let infos = vec![
            info("library/nginx", 1, reported(&findings)),
            info("shop/cart", 2, reported(&findings[..1])),
            info("shop/new", 3, ReportState::NotScanned),
            info("shop/unread", 4, ReportState::Failed(Arc::new(unread.clone()))),
        ];
        Self::with_failures(infos, vec![unread])
    }

    /// The usual one, with a VEX document by which one image is not affected by one finding, and the other is rid of it.
    pub(super) fn suppressed() -> Self {
        let product = |id: i64| json!([{ "@id": format!("pkg:oci/x@sha256:{id:064x}") }]);
        let vex = json!({
            "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex-1", "author": "Shop",
            "timestamp": "2026-11-20T08:00:00Z", "version": 1,
            "statements": [
                {
                    "vulnerability": { "name": "CVE-2021-44228" }, "products": product(1), "status": "not_affected",
                    "justification": "vulnerable_code_not_in_execute_path",
                },
                { "vulnerability": { "name": "CVE-2021-44228" }, "products": product(2), "status": "fixed" },
            ],
        });
        let mut sample = Self::usual();
        sample.knowledge.vex = vec![Vex::parse(vex.to_string().as_bytes()).unwrap()];
        sample
    }

    /// The usual one, whose registry accepts one finding.
    pub(super) fn accepted() -> Self {
        let system = Some(Allowlist { cves: vec!["CVE-2020-1".to_owned()], expires_at: None });
        let mut allowlists = Allowlists { system, ..Allowlists::default() };
        for project in ["library", "shop"] {
            allowlists.projects.insert(project.parse().unwrap(), ProjectAllowlist::System);
        }
        let mut snapshot =
            Self::snapshot(vec![info("library/nginx", 1, reported(&[finding("CVE-2020-1", "zlib", "Low")]))]);
        snapshot.allowlists = allowlists;
        Self { inventory: Inventory::new([snapshot]), knowledge: Knowledge::default() }
    }

    /// Images whose every text is hostile.
    pub(super) fn hostile() -> Self {
        let mut findings = vec![finding("CVE-2021-44228", "log4j-core", "Critical")];
        let member_names = ["id", "package", "version", "fix_version", "severity", "description", "status"];
        for name in member_names {
            let mut one = finding("CVE-2020-1", "zlib", "Low");
            one[name] = HOSTILE.into();
            findings.push(one);
        }
        let mut links = finding("CVE-2020-2", "zlib", "Low");
        links["links"] = json!(["javascript:alert(1)", HOSTILE, "not a link", "https://example.com/<a b>\"", ""]);
        links["cwe_ids"] = json!(["CWE-x", HOSTILE, "CWE-99999999999999999999", "cwe-20"]);
        let mut long = finding("CVE-2020-3", "zlib", "High");
        long["description"] = "long \u{202e}".repeat(5_000).into();
        let empty = json!({});
        findings.extend([links, long, empty]);
        Self::new(vec![info("shop/=cart<b>&'\"", 1, reported(&findings)), info("shop/cart", 2, reported(&findings))])
    }

    pub(super) fn assessment(&self) -> Assessment<'_> {
        Assessment::new(&self.inventory, &self.knowledge, time("2026-11-21T12:00:00Z"))
    }
}
