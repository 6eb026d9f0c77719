//! Reports of real scans, where they are at hand. They are no part of this repository: without them
//! the test says so and passes.

use super::*;
use crate::model::cvss::CvssVersion;

#[test]
fn captures_are_decoded_without_loss() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/reports");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: there are no captured reports at {folder}");
        return;
    };
    let pool = FindingPool::new();
    let mut findings = 0;
    for file in files {
        let path = file.unwrap().path();
        let plain: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let Body::Report(report) = super::report(wrapped(plain.clone()).as_bytes(), &pool).unwrap() else {
            panic!("{} is a report", path.display());
        };
        findings += check(&report, &plain);
    }
    println!("{findings} findings, {} of them different", pool.len());
    assert!(findings >= pool.len() && !pool.is_empty());
}

/// Compares a report with a plain reading of its JSON; gives the number of findings.
fn check(report: &Report, plain: &Value) -> usize {
    let elements = plain["vulnerabilities"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(report.len(), elements.len());
    for (finding, element) in report.findings().zip(elements) {
        let mut element = element.clone();
        element.as_object_mut().unwrap().remove("artifact_digests");
        assert_eq!(serde_json::to_value(finding.get()).unwrap(), element);
        assert_eq!(finding.id(), element["id"].as_str().unwrap());
        assert_eq!(finding.cvss_score(), finding.cvss().score());
        assert_eq!(finding.fixable(), element["fix_version"] != "");
        check_vectors(&finding);
    }
    elements.len()
}

/// Where a vendor gives both, the score that is computed from the vector must be the one given.
fn check_vectors(finding: &Finding) {
    use CvssVersion::{V2, V3, V4};
    for (vendor, ratings) in finding.cvss().vendors {
        for version in [V2, V3, V4] {
            let rating = ratings.by(version);
            if let (Some(score), Some(vector)) = (rating.score, &rating.vector) {
                let computed = crate::model::cvss::base_score(version, vector);
                assert_eq!(computed, Some(score), "{} {vendor} {vector}", finding.id());
            }
        }
    }
}
