//! Reports: any body is read or refused, and what was read is the same after it was written and read again.
//!
//! The input is taken for a body, and once more for the elements of a report's list of findings.
#![no_main]

use harbor_ext::model::decode::{self, Body, Decoder, MEDIA_TYPE_1_1};
use harbor_ext::model::{FindingPool, Report};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    check(input);
    let start = format!("{{\"{MEDIA_TYPE_1_1}\":{{\"vulnerabilities\":[");
    check(&[start.as_bytes(), input, b"]}}"].concat());
});

fn check(body: &[u8]) {
    let pool = FindingPool::new();
    match decode::report(body, &pool) {
        Ok(Body::Empty) => {}
        Ok(Body::Report(report)) => {
            check_written(&report, body);
            check_read_again(&report, &pool);
            check_pieces(&report, body, &pool);
            ask(&report);
        }
        Err(error) => assert!(error.offset() <= body.len() && error.snippet().chars().count() <= 80),
    }
}

/// Nothing is lost: what is written has every member and every value of what was read.
fn check_written(report: &Report, body: &[u8]) {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    // Some JSON is no value of this kind: a number may be too large.
    let Ok(before) = serde_json::from_slice::<Value>(body) else { return };
    let after: Value = serde_json::from_str(&report.envelope().to_string()).expect("what is written is JSON");
    assert_eq!(after[report.media_type()], before[report.media_type()]);
}

/// In pieces, and with all findings known by their texts, it is the same.
fn check_pieces(report: &Report, body: &[u8], pool: &FindingPool) {
    let mut decoder = Decoder::new(pool);
    for piece in body.chunks(body.len() / 3 + 1) {
        decoder.push(piece).expect("it was read as a whole");
    }
    match decoder.finish() {
        Ok(Body::Report(again)) => assert_eq!(*report, again),
        other => panic!("in pieces it became {other:?}"),
    }
}

fn check_read_again(report: &Report, pool: &FindingPool) {
    let envelope = report.envelope().to_string();
    match decode::report(envelope.as_bytes(), pool) {
        Ok(Body::Report(again)) => assert_eq!(*report, again),
        other => panic!("{envelope} became {other:?}"),
    }
    let plain = serde_json::to_string(report).expect("what was read can be written");
    match serde_json::from_str::<Report>(&plain) {
        Ok(again) => assert_eq!(*report, again),
        Err(error) => panic!("{plain} became {error}"),
    }
}

/// No accessor may fail, whatever is in the members.
fn ask(report: &Report) {
    let _ = (report.generated_at(), report.scanner(), report.severity(), report.severity_text());
    for finding in report.findings() {
        let _ =
            (finding.id(), finding.package(), finding.version(), finding.fix_versions().count(), finding.severity());
        let _ = (finding.links().count(), finding.cwe_ids().count(), finding.status(), finding.description());
        let _ = (finding.fixable(), finding.artifact_digests().count());
        if let Some(score) = finding.cvss_score() {
            assert!((0.0..=10.0).contains(&score));
        }
    }
}
