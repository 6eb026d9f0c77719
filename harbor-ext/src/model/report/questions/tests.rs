use serde_json::{Value, json};

use super::*;

fn report(findings: Value) -> Report {
    serde_json::from_value(json!({ "vulnerabilities": findings })).unwrap()
}

fn finding(id: &str, severity: &str, score: f64, fix_version: &str) -> Value {
    json!({
        "id": id, "package": "libssl", "version": "1", "fix_version": fix_version, "severity": severity,
        "description": format!("First line of {id}\nbar"), "preferred_cvss": { "score_v3": score },
    })
}

/// One of each severity, and two that are equally bad.
fn sample() -> Report {
    report(json!([
        finding("CVE-2020-12345", "Low", 9.9, "2"),
        finding("CVE-7", "Critical", 9.8, ""),
        finding("CVE-6", "High", 0.0, "2"),
        finding("CVE-5", "High", 7.5, ""),
        finding("CVE-4", "Medium", 7.5, "1, 2"),
        finding("CVE-3", "Negligible", 0.0, ""),
        finding("CVE-2", "Strange", 0.0, " , "),
        finding("CVE-1", "None", 0.0, "2"),
    ]))
}

fn ids<'a>(findings: impl IntoIterator<Item = FindingRef<'a>>) -> Vec<&'a str> {
    findings.into_iter().map(|finding| finding.get().id()).collect()
}

/// S5, S12: every finding is fixable or not, and has one of seven severities.
#[test]
fn findings_are_told_apart_by_fix_and_severity() {
    let report = sample();
    assert_eq!(ids(report.fixable()), ["CVE-2020-12345", "CVE-6", "CVE-4", "CVE-1"]);
    assert_eq!(ids(report.unfixable()), ["CVE-7", "CVE-5", "CVE-3", "CVE-2"]);
    assert_eq!(ids(report.critical()), ["CVE-7"]);
    assert_eq!(ids(report.high()), ["CVE-6", "CVE-5"]);
    assert_eq!(ids(report.medium()), ["CVE-4"]);
    assert_eq!(ids(report.low()), ["CVE-2020-12345"]);
    assert_eq!(ids(report.negligible()), ["CVE-3"]);
    assert_eq!(ids(report.unknown()), ["CVE-2"]);
    assert_eq!(ids(report.none()), ["CVE-1"]);
    let counted: usize = Severity::ALL.into_iter().map(|severity| report.with_severity(severity).count()).sum();
    assert_eq!(counted, report.len());
}

#[test]
fn at_least_is_not_equality() {
    let report = sample();
    assert_eq!(ids(report.with_severity_at_least(Severity::High)), ["CVE-7", "CVE-6", "CVE-5"]);
    assert_eq!(report.with_severity_at_least(Severity::None).count(), report.len());
}

/// S13: stable, and ties by score only if asked.
#[test]
fn findings_are_sorted_by_severity() {
    let report = sample();
    let sorted = ["CVE-7", "CVE-6", "CVE-5", "CVE-4", "CVE-2020-12345", "CVE-3", "CVE-2", "CVE-1"];
    assert_eq!(ids(report.sorted_by_severity()), sorted);
    let sorted = ["CVE-7", "CVE-5", "CVE-6", "CVE-4", "CVE-2020-12345", "CVE-3", "CVE-2", "CVE-1"];
    assert_eq!(ids(report.sorted_by_severity_and_score()), sorted);

    let mut ascending: Vec<_> = report.findings().collect();
    ascending.sort_by_key(|finding| finding.severity());
    let sorted = ["CVE-1", "CVE-2", "CVE-3", "CVE-2020-12345", "CVE-4", "CVE-6", "CVE-5", "CVE-7"];
    assert_eq!(ids(ascending), sorted);
}

/// S14, S15, S16: identifiers and packages whole, descriptions by any part.
#[test]
fn findings_are_found_by_what_they_say() {
    let report = sample();
    assert_eq!(ids(report.with_cve("cve-2020-12345")), ["CVE-2020-12345"]);
    assert_eq!(report.with_cve("CVE-2020-1234").count(), 0);
    assert_eq!(report.with_package("LIBSSL").count(), 8);
    assert_eq!(report.with_package("lib").count() + report.with_package("ssl").count(), 0);
    assert_eq!(report.with_description("BAR").count(), 8);
    assert_eq!(ids(report.with_description("cve-7\nb")), ["CVE-7"]);
    assert_eq!(report.with_description(".*").count(), 0);
}

/// S17: unknown scores are left out, and zeros that stand for them.
#[test]
fn scores_are_those_that_are_known() {
    assert_eq!(sample().cvss_scores().collect::<Vec<_>>(), [9.9, 9.8, 7.5, 7.5]);
    let harmless = r#"{"CVSS":{"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"}}}"#;
    let harmless: Value = serde_json::from_str(harmless).unwrap();
    let report = report(json!([{ "vendor_attributes": harmless }, {}]));
    assert_eq!(report.cvss_scores().collect::<Vec<_>>(), [0.0]);
}

/// S18: by score, then severity, then identifier; a number larger than the report is fine.
#[test]
fn the_top_findings_are_those_of_the_highest_scores() {
    let report = sample();
    assert_eq!(ids(report.top(4)), ["CVE-2020-12345", "CVE-7", "CVE-5", "CVE-4"]);
    assert_eq!(ids(report.top_fixable(3)), ["CVE-2020-12345", "CVE-4", "CVE-6"]);
    let all = ["CVE-2020-12345", "CVE-7", "CVE-5", "CVE-4", "CVE-6", "CVE-3", "CVE-2", "CVE-1"];
    assert_eq!(ids(report.top(usize::MAX)), all);
    assert_eq!(ids(report.top(0)), [""; 0]);
    let tied = super::tests::report(json!([finding("b", "Low", 5.0, ""), finding("a", "Low", 5.0, "")]));
    assert_eq!(ids(tied.top(2)), ["a", "b"]);
}
