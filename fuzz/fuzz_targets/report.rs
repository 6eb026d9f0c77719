//! Reports: any body is read or refused, and what was read is the same after it was written and read again.
//!
//! The input is taken for a body, and once more for the elements of a report's list of findings.
#![no_main]

use harbor_ext::model::decode::{self, Body, MEDIA_TYPE_1_1};
use harbor_ext::model::{FindingPool, Report};
use libfuzzer_sys::fuzz_target;

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
            check_again(&report, &pool);
            ask(&report);
        }
        Err(error) => assert!(error.offset() <= body.len() && error.snippet().chars().count() <= 80),
    }
}

fn check_again(report: &Report, pool: &FindingPool) {
    let written = serde_json::to_string(report).expect("what was read can be written");
    let body = format!("{{\"{MEDIA_TYPE_1_1}\":{written}}}");
    match decode::report(body.as_bytes(), pool) {
        Ok(Body::Report(again)) => assert_eq!(*report, again),
        other => panic!("{body} became {other:?}"),
    }
}

/// No accessor may fail, whatever is in the members.
fn ask(report: &Report) {
    let _ = (report.generated_at(), report.scanner(), report.severity(), report.severity_text());
    for finding in report.findings() {
        let _ = (finding.id(), finding.package(), finding.version(), finding.fix_versions().count(), finding.severity());
        let _ = (finding.links().count(), finding.cwe_ids().count(), finding.status(), finding.description());
        let _ = (finding.fixable(), finding.artifact_digests().count());
        if let Some(score) = finding.cvss_score() {
            assert!((0.0..=10.0).contains(&score));
        }
    }
}
