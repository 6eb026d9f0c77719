//! Each filter of findings, and what makes its answer unknown.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::analysis::samples::{finding, reported, unscanned};
use crate::model::cvss::{CvssVersion, Source};
use crate::model::{Child, Platform};

/// The answers for each finding of a sample.
fn answers(filter: &FindingFilter, findings: &[Value]) -> Vec<Answer> {
    answers_in(filter, &reported("p/a", 1, findings))
}

fn answers_in(filter: &FindingFilter, info: &ArtifactInfo) -> Vec<Answer> {
    info.findings().map(|finding| filter.answer(info, finding)).collect()
}

fn with(member: &str, value: Value) -> Value {
    let mut finding = finding("CVE-1", "a", "1", "", "Low");
    finding[member] = value;
    finding
}

use Answer::{No, Unknown, Yes};

#[test]
fn names_are_compared_with_one_or_several_or_a_pattern() {
    let findings = [finding("CVE-1", "a", "1", "", ""), finding("", "", "1", "", ""), with("id", json!(7))];
    assert_eq!(answers(&FindingFilter::cve("cve-1"), &findings), [Yes, No, No]);
    assert_eq!(answers(&FindingFilter::cve(""), &findings), [No, Yes, No]);
    assert_eq!(answers(&FindingFilter::cves(["7", "CVE-9", ""]), &findings), [No, Yes, Yes]);
    let anything = Pattern::regex(".*").unwrap();
    assert_eq!(answers(&FindingFilter::cve_matching(anything.clone()), &findings), [Yes, No, Yes]);
    assert_eq!(answers(&FindingFilter::package_matching(anything), &findings), [Yes, No, Yes]);
    assert_eq!(answers(&FindingFilter::packages(["b", "A"]), &findings), [Yes, No, Yes]);
}

#[test]
fn a_missing_score_is_unknown_and_a_given_one_is_in_range_or_not() {
    let scored = |score: f64| with("preferred_cvss", json!({ "score_v3": score }));
    let findings = [scored(7.0), scored(9.8), scored(0.0), finding("CVE-1", "a", "1", "", "Critical")];
    assert_eq!(answers(&FindingFilter::cvss_score(7.0..), &findings), [Yes, Yes, Unknown, Unknown]);
    assert_eq!(answers(&FindingFilter::cvss_score(7.0..9.8), &findings), [Yes, No, Unknown, Unknown]);
    assert_eq!(answers(&!FindingFilter::cvss_score(..=7.0), &findings), [No, Yes, Unknown, Unknown]);
    assert_eq!(FindingFilter::cvss_score(4.0..7.0).to_string(), "cvss score >= 4.0 < 7.0");
}

#[test]
fn a_caller_may_choose_whose_score_counts() {
    let cvss = json!({ "CVSS": { "nvd": { "V3Score": 9.8 }, "redhat": { "V3Score": 5.5, "V2Score": 2.1 } } });
    let findings = [with("vendor_attributes", cvss), finding("CVE-1", "a", "1", "", "")];
    let by = |version, vendor| Preference::new([version], [Source::vendor(vendor)]);
    let high = |preference| answers(&FindingFilter::cvss_score_with(preference, 7.0..), &findings);
    assert_eq!(high(by(CvssVersion::V3, "nvd")), [Yes, Unknown]);
    assert_eq!(high(by(CvssVersion::V3, "redhat")), [No, Unknown]);
    assert_eq!(high(by(CvssVersion::V4, "nvd")), [Unknown, Unknown]);
    assert_eq!(high(Preference::default()), [Yes, Unknown]);
}

#[test]
fn severities_are_what_they_are_and_unrated_is_one_of_them() {
    let findings = ["High", "Important", "n/a", "None"].map(|severity| finding("CVE-1", "a", "1", "", severity));
    assert_eq!(answers(&FindingFilter::severity(Severity::High), &findings), [Yes, Yes, No, No]);
    assert_eq!(answers(&FindingFilter::severity(Severity::Unknown), &findings), [No, No, Yes, No]);
    assert_eq!(answers(&FindingFilter::severity_at_least(Severity::Unknown), &findings), [Yes, Yes, Yes, No]);
}

/// R6: fixable is what names a version.
#[test]
fn fixable_status_weakness_and_description() {
    let findings =
        [with("fix_version", json!("2")), with("fix_version", json!(" , ")), with("fix_version", json!(null))];
    assert_eq!(answers(&FindingFilter::fixable(), &findings), [Yes, No, No]);
    assert_eq!(answers(&FindingFilter::unfixable(), &findings), [No, Yes, Yes]);
    let findings = [with("status", json!("Will_Not_Fix")), with("status", json!("fixed")), with("status", json!(""))];
    assert_eq!(answers(&FindingFilter::status("will_not_fix"), &findings), [Yes, No, Unknown]);
    let findings = [with("cwe_ids", json!(["CWE-79", "CWE-80"])), with("cwe_ids", json!([""]))];
    assert_eq!(answers(&FindingFilter::cwe("cwe-80"), &findings), [Yes, No]);
    assert_eq!(answers(&FindingFilter::cwe("CWE-8"), &findings), [No, No]);
    let findings = [with("description", json!("foo\nbar")), with("description", json!(null))];
    assert_eq!(answers(&FindingFilter::description_contains("BAR"), &findings), [Yes, No]);
    assert_eq!(answers(&FindingFilter::description_contains(""), &findings), [Yes, No]);
}

#[test]
fn a_version_that_cannot_be_compared_is_unknown() {
    let versions = ["1.2.3", "4.5.6", "", "who knows"];
    let findings = versions.map(|version| finding("CVE-1", "a", version, "", ""));
    let range = VersionRange::parse("<2").unwrap().scheme(crate::version::Scheme::SemVer).unwrap();
    assert_eq!(answers(&FindingFilter::version(range.clone()), &findings), [Yes, No, Unknown, Unknown]);
    assert_eq!(answers(&!FindingFilter::version(range), &findings), [No, Yes, Unknown, Unknown]);
}

fn digest(number: u8) -> String {
    format!("sha256:{:064x}", 100 + u64::from(number))
}

fn platform(architecture: &str) -> Platform {
    let architecture = Some(architecture).filter(|name| !name.is_empty()).map(Into::into);
    Platform { architecture, os: Some("linux".into()) }
}

/// An index with these children, whose findings are each in the children of those numbers.
fn index(children: &[&str], findings: &[&[u8]]) -> ArtifactInfo {
    let findings: Vec<_> = findings
        .iter()
        .map(|numbers| with("artifact_digests", numbers.iter().map(|number| digest(*number)).collect()))
        .collect();
    let mut info = reported("p/index", 1, &findings);
    Arc::make_mut(&mut info.artifact).children = (0..)
        .zip(children)
        .map(|(number, architecture)| Child::new(digest(number).parse().unwrap(), platform(architecture)))
        .collect();
    info
}

#[test]
fn a_finding_of_an_index_is_for_the_platforms_of_the_children_that_have_it() {
    let filter = FindingFilter::architecture("ARM64");
    let info = index(&["amd64", "arm64", ""], &[&[0], &[1], &[0, 1], &[2], &[0, 2], &[1, 2], &[0, 9], &[]]);
    assert_eq!(answers_in(&filter, &info), [No, Yes, Yes, Unknown, Unknown, Yes, Unknown, Unknown]);
    assert_eq!(answers_in(&FindingFilter::os("linux"), &info)[..6], [Yes; 6]);
    assert_eq!(answers_in(&FindingFilter::os("windows"), &info)[..6], [No; 6]);
    // Nobody says which children they are in, and it does not matter.
    assert_eq!(answers_in(&filter, &index(&["arm64", "arm64"], &[&[]])), [Yes]);
}

#[test]
fn a_finding_of_an_image_is_for_its_platform() {
    let mut info = reported("p/a", 1, &[finding("CVE-1", "a", "1", "", "")]);
    assert_eq!(answers_in(&FindingFilter::architecture("arm64"), &info), [Unknown]);
    Arc::make_mut(&mut info.artifact).platform = platform("arm64");
    assert_eq!(answers_in(&FindingFilter::architecture("arm64"), &info), [Yes]);
    assert_eq!(answers_in(&FindingFilter::architecture("amd64"), &info), [No]);
}

#[test]
fn a_filter_of_artifacts_is_asked_of_the_artifact() {
    let findings = [finding("CVE-1", "a", "1", "", ""), finding("CVE-2", "b", "1", "", "")];
    let beside_cve_2 = FindingFilter::in_artifact(ArtifactFilter::has(FindingFilter::cve("CVE-2")));
    assert_eq!(answers(&(FindingFilter::cve("CVE-1") & beside_cve_2), &findings), [Yes, No]);
    let in_project = FindingFilter::in_artifact(ArtifactFilter::project("q"));
    assert_eq!(answers(&in_project, &findings), [No, No]);
}

#[test]
fn has_asks_for_one_finding_that_is_all_of_it() {
    let info = reported("p/a", 1, &[finding("CVE-1", "a", "1", "", "Low"), finding("CVE-2", "b", "1", "2", "Low")]);
    let cve = || FindingFilter::cve("CVE-1");
    let has = ArtifactFilter::has;
    assert_eq!(has(cve() & FindingFilter::fixable()).answer(&info), No);
    assert_eq!((has(cve()) & has(FindingFilter::fixable())).answer(&info), Yes);
    assert_eq!(has(!FindingFilter::fixable()).answer(&info), Yes);
    assert_eq!((!has(FindingFilter::fixable())).answer(&info), No);
    for filter in [has(cve()), !has(cve()), has(FindingFilter::all([]))] {
        assert_eq!(filter.answer(&unscanned("p/b", 2)), Unknown, "{filter}");
    }
    // One that is known not to be, and one that nobody can tell.
    let scored = has(FindingFilter::cvss_score(7.0..) & FindingFilter::cve("CVE-1"));
    assert_eq!(scored.answer(&info), Unknown);
}

#[test]
fn they_read_like_a_sentence() {
    let filter = FindingFilter::cves(["b", "a"]) & !(FindingFilter::status("fixed") | FindingFilter::os("linux"));
    assert_eq!(filter.to_string(), "cve one of [a, b] and not (status fixed or os linux)");
    let filter = FindingFilter::in_artifact(ArtifactFilter::tag("v1")) & FindingFilter::description_contains("a\"b");
    assert_eq!(filter.to_string(), r#"in artifact (tag v1) and description contains "a\"b""#);
    assert_eq!(FindingFilter::cve("a"), FindingFilter::cve("a"));
    assert_ne!(FindingFilter::cve("a"), FindingFilter::package("a"));
}
