//! Making a report, sorting it, and taking it apart.

use std::sync::Arc;

use super::*;
use crate::analysis::samples::{clean, finding, in_registry, report_of, reported, unscanned};
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{FindingPool, ReportState, Severity};

fn repositories(report: &ArtifactReport) -> Vec<&str> {
    report.iter().map(|info| info.artifact.repository.full()).collect()
}

fn sample() -> ArtifactReport {
    report_of([
        reported(
            "p/one",
            1,
            &[finding("CVE-2020-1234", "ssl", "1", "2", "High"), finding("CVE-2020-12345", "libssl", "1", "", "Low")],
        ),
        unscanned("p/two", 2),
        clean("p/three", 3),
        reported("q/four", 4, &[finding("cve-2020-1234", "SSL", "1", " , ", "High")]),
    ])
}

#[test]
fn states_are_counted_and_unscanned_is_not_clean() {
    let report = sample();
    assert_eq!(report.len(), 4);
    assert_eq!(report.states().into_iter().collect::<Vec<_>>(), [("not_scanned", 1), ("reported", 3)]);
    assert_eq!(report.states().values().sum::<usize>(), report.len());
}

/// R1, R2: a report is made of a list or of an iterator, and taken apart into its artifacts again.
#[test]
fn it_is_made_of_artifacts_and_taken_apart_again() {
    let report: ArtifactReport = sample().into_iter().rev().collect();
    assert_eq!(repositories(&report), ["q/four", "p/three", "p/two", "p/one"]);
    assert_eq!(ArtifactReport::from(report.artifacts().to_vec()).artifacts(), report.artifacts());
    assert!(ArtifactReport::from(Vec::new()).is_empty());
}

/// R3: truth and length are those of the artifacts, and iterating gives artifacts.
#[test]
fn it_is_a_list_of_artifacts() {
    let report = sample();
    let mut count = 0;
    for info in &report {
        assert_eq!(info, &report.artifacts()[count]);
        count += 1;
    }
    assert_eq!((count, report.len(), report.is_empty()), (4, 4, false));
    assert!(ArtifactReport::default().is_empty());
}

/// R4: an aggregate has more than one artifact.
#[test]
fn one_artifact_is_no_aggregate() {
    let is_aggregate = |n| sample().into_iter().take(n).collect::<ArtifactReport>().is_aggregate();
    assert_eq!([0, 1, 2, 4].map(is_aggregate), [false, false, true, true]);
}

/// R6: every finding is fixable or not.
#[test]
fn every_finding_is_fixable_or_not() {
    let report = sample();
    let fixable: Vec<_> = report.fixable().map(|(info, finding)| (info.artifact.id, finding.get().id())).collect();
    assert_eq!(fixable, [(1, "CVE-2020-1234")]);
    assert_eq!(report.unfixable().count(), 2);
    assert_eq!(report.findings().count(), 3);
}

/// R16: sorted by name, or by whatever the caller likes.
#[test]
fn it_is_sorted() {
    let mut report = sample();
    report.sort();
    assert_eq!(repositories(&report), ["p/one", "p/three", "p/two", "q/four"]);
    report.sort_by(|a, b| b.severity().cmp(&a.severity()));
    assert_eq!(repositories(&report), ["p/one", "q/four", "p/three", "p/two"]);
    assert_eq!(report.artifacts()[0].severity(), Some(Severity::High));
}

fn scanned_at(repository: &str, id: i64, time: &str) -> ArtifactInfo {
    let body = serde_json::json!({ MEDIA_TYPE_1_1: { "generated_at": time, "vulnerabilities": [] } }).to_string();
    let Body::Report(report) = decode::report(body.as_bytes(), &FindingPool::new()).unwrap() else {
        panic!("there is a report")
    };
    ArtifactInfo { state: ReportState::Reported(Arc::new(report)), ..unscanned(repository, id) }
}

/// R16: of two words about one artifact, the better one is kept, whichever comes first.
#[test]
fn merging_keeps_each_artifact_once_and_what_is_known_of_it() {
    let old = || scanned_at("p/a", 1, "2026-01-01T00:00:00Z");
    let new = || scanned_at("p/a", 1, "2026-02-01T00:00:00Z");
    let none = || unscanned("p/a", 1);
    let merge = |one: ArtifactInfo, other: ArtifactInfo| {
        let merged = report_of([one]).merge(report_of([other]));
        assert_eq!(merged.len(), 1);
        merged.artifacts()[0].state.report().map(|report| report.generated_at_text().to_owned())
    };
    let january = Some("2026-01-01T00:00:00Z".to_owned());
    let february = Some("2026-02-01T00:00:00Z".to_owned());
    assert_eq!(merge(old(), new()), february);
    assert_eq!(merge(new(), old()), february);
    assert_eq!(merge(old(), none()), january);
    assert_eq!(merge(none(), old()), january);
    assert_eq!(merge(none(), none()), None);
    assert_eq!(merge(old(), scanned_at("p/a", 1, "when?")), january);

    let merged = report_of([clean("p/b", 2), none()]).merge(report_of([clean("p/c", 1), new(), clean("q/b", 2)]));
    assert_eq!(repositories(&merged), ["p/b", "p/a", "p/c", "q/b"], "one digest in two repositories is two artifacts");
    assert!(merged.without_report().is_empty());
    let elsewhere = report_of([in_registry("one", new())]).merge(report_of([in_registry("two", old())]));
    assert_eq!(elsewhere.len(), 2, "one digest in two registries is two artifacts");
}

#[test]
fn extending_keeps_what_comes_twice() {
    let mut report = sample();
    report.extend(sample());
    assert_eq!(report.len(), 8);
    assert_eq!(report.merge(ArtifactReport::default()).len(), 4);
}

#[test]
fn it_is_written_and_read_again_and_shares_findings() {
    let mut report = sample();
    report.extend(["q/five", "q/six"].map(|name| reported(name, 5, &[finding("CVE-1", "a", "1", "", "High")])));
    let json = serde_json::to_value(&report).unwrap();
    let read: ArtifactReport = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), json);
    assert_eq!(read.states(), report.states());
    let shared: Vec<_> = read.findings().with_cve("CVE-1").map(|(_, finding)| Arc::as_ptr(finding.shared())).collect();
    assert_eq!((shared.len(), shared[0]), (2, shared[1]));
}
