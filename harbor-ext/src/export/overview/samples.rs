//! A small registry in which everything that can be foreign text is one text, for the tests of pages and texts.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::export::Document;
use crate::failure::{Failure, FailureKind};
use crate::inventory::Inventory;
use crate::judge::{
    Assessed, Assessment, Epss, Kev, Knowledge, RuleCount, Suppression, SuppressionSource, Verdict, Violation,
};
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Artifact, ArtifactInfo, ArtifactTag, FindingPool, ReportState};
use crate::outcome::{Collected, Summary};
use crate::snapshot::{Snapshot, Source};

pub(in crate::export) fn time() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

pub(in crate::export) fn knowledge() -> Knowledge {
    let kev = json!({
        "catalogVersion": "2024.10.01", "dateReleased": "2024-10-01T00:00:00Z", "count": 1,
        "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10"}],
    });
    let epss = "#model_version:v1,score_date:2024-10-01T00:00:00+0000\ncve,epss,percentile\nCVE-2021-44228,0.9,0.99\n";
    Knowledge {
        kev: Some(Kev::parse(kev.to_string().as_bytes()).unwrap()),
        epss: Some(Epss::parse(epss.as_bytes()).unwrap()),
        ..Knowledge::default()
    }
}

pub(in crate::export) fn finding(id: &str, severity: &str, text: &str) -> Value {
    json!({
        "id": id, "package": text, "version": text, "fix_version": text, "severity": severity, "description": text,
        "links": [text], "cwe_ids": [text],
    })
}

pub(in crate::export) fn reported(findings: &[Value]) -> ReportState {
    let body = json!({ MEDIA_TYPE_1_1: { "vulnerabilities": findings } }).to_string();
    match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
        Body::Report(report) => ReportState::Reported(Arc::new(report)),
        Body::Empty => panic!("there is a report"),
    }
}

/// An image with two tags of this text.
pub(in crate::export) fn image(id: i64, state: ReportState, text: &str) -> ArtifactInfo {
    let mut artifact = Artifact::new("p/r".parse().unwrap(), format!("sha256:{id:064x}").parse().unwrap());
    artifact.id = id;
    artifact.tags = vec![ArtifactTag::new(text), ArtifactTag::new(format!("{text}2"))];
    ArtifactInfo::new(Arc::new(artifact), state)
}

pub(in crate::export) fn failure(text: &str) -> Failure {
    let target = "p/r".parse::<crate::name::RepositoryName>().unwrap().into();
    Failure { kind: FailureKind::Server, ..Failure::of_input(target, text.to_owned()) }
}

/// A registry with a history of two snapshots. Everywhere where a registry can say anything, it says the text.
pub(in crate::export) fn inventory(text: &str) -> Inventory {
    let findings = [finding("CVE-2021-44228", "Critical", text), finding(text, "High", text)];
    let items = vec![
        image(1, reported(&findings), text),
        image(2, ReportState::ScanFailed { status: text.into() }, text),
        image(3, ReportState::Failed(Arc::new(failure(text))), text),
        image(4, ReportState::Unsupported, text),
    ];
    let snapshots = [2, 1].map(|days| {
        let mut source = Source::new("harbor.example.com", text, time() - TimeDelta::days(days));
        source.harbor_version = Some(text.to_owned());
        source.finished_at = Some(source.started_at);
        source.selection = vec![text.to_owned()];
        let collected = Collected { items: items.clone(), failures: vec![failure(text)], summary: Summary::default() };
        Snapshot::new(source, collected)
    });
    Inventory::new(snapshots)
}

/// A verdict in which everything is the text: a violation of each kind, and an excused one.
pub(in crate::export) fn verdict<'a>(assessment: &Assessment<'a>, failure: &'a Failure, text: &str) -> Verdict<'a> {
    let violation = |assessed: Assessed<'a>| Violation::Finding {
        assessed: Arc::new(assessed),
        rule: text.into(),
        reason: text.to_owned(),
        due: None,
    };
    let first = || assessment.findings().next().unwrap();
    Verdict {
        violations: vec![
            violation(first()),
            Violation::WithoutReport { info: first().info, suppressions: Vec::new() },
            Violation::NotRead { registry: "harbor.example.com", failure },
        ],
        excused: vec![violation(suppressed(first(), text))],
        counts: vec![RuleCount { rule: text.into(), violations: 1, excused: 1, pending: 0 }],
        artifacts: 4,
        findings: 2,
        notes: vec![text.to_owned()],
        ..Verdict::default()
    }
}

/// The same finding, for which a text speaks.
pub(in crate::export) fn suppressed<'a>(assessed: Assessed<'a>, text: &str) -> Assessed<'a> {
    let source =
        SuppressionSource::Vex { document: text.into(), status: "not_affected", justification: Some(text.into()) };
    let suppression = Suppression { source, reason: text.into(), expires_at: None };
    Assessed { suppressions: vec![suppression], ..assessed }
}

/// What is written about a registry in which everything is the text.
pub(in crate::export) fn written(text: &str, write: impl Fn(&Document<'_>, &mut Vec<u8>)) -> String {
    let (inventory, knowledge, failure) = (inventory(text), knowledge(), failure(text));
    let assessment = Assessment::new(&inventory, &knowledge, time());
    let verdict = verdict(&assessment, &failure, text);
    let mut written = Vec::new();
    write(&Document::new(&assessment).with_verdict(&verdict), &mut written);
    String::from_utf8(written).unwrap()
}

/// Texts that try everything.
pub(in crate::export) const HOSTILE: [&str; 8] = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\" onmouseover=\"alert(1)\" x='",
    "javascript:alert(1)",
    "|`x`|\n\n# [a](http://evil.example) @admin ![i](http://evil.example/i.png)",
    "\u{202e}\u{2028}\u{0}\u{1b}[2J\u{200b}",
    "=HYPERLINK(\"http://evil.example\")",
    "&lt;img src=x onerror=alert(1)&gt; {{ 7 * 7 }} ]]>",
];
