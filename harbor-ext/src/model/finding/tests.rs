use serde_json::{Value, json};

use super::*;
use crate::model::cvss::{CvssVersion, Source};
use crate::model::json;

fn finding(json: &str) -> Finding {
    Finding::from(Content::new(json, json::members(json).unwrap(), None).unwrap())
}

/// S4, S5, S6: all members of a finding are read; its version is a text, whose rules the model does not guess.
/// W3: one empty link or weakness means none. W7: there is a status. W8: a fix can be several versions.
#[test]
fn a_finding_of_harbor_is_read() {
    let json = r#"{
        "id": "CVE-2024-0001", "package": "libx", "version": "1.2-3", "fix_version": "1.2-4, 2.0",
        "severity": "HIGH", "status": "fixed", "description": "a \u003c b\n", "links": ["https://a", ""],
        "preferred_cvss": {"score_v3": 7.5, "score_v2": null, "vector_v3": "", "vector_v2": ""},
        "cwe_ids": [""], "vendor_attributes": null, "layer": {"digest": 1}
    }"#;
    let finding = finding(json);
    assert_eq!(finding.id(), "CVE-2024-0001");
    assert_eq!(finding.package(), "libx");
    assert_eq!(finding.version(), "1.2-3");
    assert_eq!(finding.fix_version(), "1.2-4, 2.0");
    assert_eq!(finding.fix_versions().collect::<Vec<_>>(), ["1.2-4", "2.0"]);
    assert!(finding.fixable());
    assert_eq!(finding.severity(), Severity::High);
    assert_eq!(finding.severity_text(), "HIGH");
    assert_eq!(finding.status(), "fixed");
    assert_eq!(finding.description(), "a < b\n");
    assert_eq!(finding.links().collect::<Vec<_>>(), ["https://a"]);
    assert_eq!(finding.cwe_ids().count(), 0);
    assert_eq!(finding.cvss_score(), Some(7.5));
    assert_eq!(finding.other("layer"), Some(r#"{"digest":1}"#));
    assert_eq!(finding.other("purl"), None);
    assert_eq!(serde_json::to_value(&finding).unwrap(), serde_json::from_str::<Value>(json).unwrap());
}

/// S14, I9: identifiers are compared whole; the beginning of one is another one.
#[test]
fn an_identifier_is_compared_whole() {
    let finding = finding(r#"{"id":"CVE-2020-12345"}"#);
    assert!(finding.has_id("CVE-2020-12345") && finding.has_id("cve-2020-12345"));
    for id in ["CVE-2020-1234", "2020-12345", "CVE-2020-123456", "CVE-2020-.*", " CVE-2020-12345", ""] {
        assert!(!finding.has_id(id), "{id:?}");
    }
}

/// S15, I11: packages are compared whole; the beginning of a name is another package.
#[test]
fn a_package_is_compared_whole() {
    let finding = finding(r#"{"package":"libSSL1.1"}"#);
    assert!(finding.is_in_package("libssl1.1"));
    for name in ["lib", "ssl", "libssl", "libssl1.1-dev", "libssl.*", ""] {
        assert!(!finding.is_in_package(name), "{name:?}");
    }
}

#[test]
fn a_weakness_is_compared_whole() {
    let finding = finding(r#"{"cwe_ids":["CWE-79",""]}"#);
    assert!(finding.has_cwe_id("CWE-79") && finding.has_cwe_id("cwe-79"));
    assert!(!finding.has_cwe_id("CWE-7") && !finding.has_cwe_id(""));
}

/// S16, I12: a description really contains a text, wherever it stands and whatever the line.
#[test]
fn a_description_contains_a_text_anywhere() {
    let finding = finding(r#"{"description":"Heap\nBuffer (overflow)"}"#);
    for text in ["heap", "BUFFER", "p\nB", "(overflow)", ""] {
        assert!(finding.description_contains(text), "{text:?}");
    }
    for text in ["heap buffer", ".*", "overflows"] {
        assert!(!finding.description_contains(text), "{text:?}");
    }
    for json in ["{}", r#"{"description":null}"#, r#"{"description":""}"#] {
        assert!(!self::finding(json).description_contains(""), "{json}");
    }
}

fn rated() -> Finding {
    finding(
        r#"{"severity":"Medium","preferred_cvss":{"score_v3":3.1},"vendor_attributes":{"CVSS":{
            "nvd":{"V2Score":9.5,"V3Score":7.5},"redhat":{"V3Score":9.1},"ghsa":{}
        }}}"#,
    )
}

fn by_version_3(sources: &[Source]) -> Preference {
    Preference::new([CvssVersion::V3], sources.iter().cloned())
}

/// S9: the score decides, and without one the severity that was given.
#[test]
fn a_severity_by_score_falls_back_to_the_one_given() {
    let vendor = Source::vendor;
    for (sources, severity) in [
        ([vendor("nvd"), vendor("redhat")], Severity::High),
        ([vendor("redhat"), vendor("nvd")], Severity::Critical),
        ([Source::Preferred, vendor("nvd")], Severity::Low),
        ([vendor("ghsa"), vendor("nobody")], Severity::Medium),
    ] {
        assert_eq!(rated().severity_by_cvss_or_given(&by_version_3(&sources)), severity, "{sources:?}");
    }
    let by_version_2 = Preference::new([CvssVersion::V2], [Source::AnyVendor]);
    assert_eq!(rated().severity_by_cvss_or_given(&by_version_2), Severity::High);
    assert_eq!(finding("{}").severity_by_cvss_or_given(&Preference::default()), Severity::Unknown);
}

/// S10: the worst that anybody says, and the one given where nobody is asked.
#[test]
fn the_highest_severity_is_that_of_the_worst_source() {
    let vendor = Source::vendor;
    assert_eq!(rated().highest_severity(&by_version_3(&[vendor("nvd"), vendor("redhat")])), Severity::Critical);
    assert_eq!(rated().highest_severity(&by_version_3(&[vendor("nvd"), vendor("ghsa")])), Severity::High);
    assert_eq!(rated().highest_severity(&by_version_3(&[Source::AnyVendor])), Severity::Critical);
    assert_eq!(rated().highest_severity(&by_version_3(&[Source::Preferred])), Severity::Medium);
    assert_eq!(rated().highest_severity(&by_version_3(&[])), Severity::Medium);
}

/// S4: a member that is missing or `null` is empty.
#[test]
fn what_is_missing_or_null_is_empty_and_comes_back_as_it_was() {
    for json in ["{}", r#"{"id":null,"severity":null,"fix_version":null,"links":null,"vendor_attributes":null}"#] {
        let finding = finding(json);
        assert_eq!([finding.id(), finding.package(), finding.fix_version(), finding.status()], [""; 4]);
        assert_eq!(finding.severity(), Severity::Unknown);
        assert_eq!(finding.links().chain(finding.cwe_ids()).count(), 0);
        assert!(!finding.fixable());
        assert_eq!(finding.cvss_score(), None);
        assert_eq!(serde_json::to_value(&finding).unwrap(), serde_json::from_str::<Value>(json).unwrap());
    }
}

#[test]
fn values_of_another_type_are_kept_as_json() {
    let json = r#"{"id": 7, "package": ["a", "b"], "severity": {"x": 1}, "links": "https://a", "cwe_ids": ["CWE-1", 2], "version": 1e400}"#;
    let finding = finding(json);
    assert_eq!(finding.id(), "7");
    assert_eq!(finding.package(), r#"["a","b"]"#);
    assert_eq!(finding.severity_text(), r#"{"x":1}"#);
    assert_eq!(finding.severity(), Severity::Unknown);
    assert_eq!(finding.links().collect::<Vec<_>>(), [r#""https://a""#]);
    assert_eq!(finding.cwe_ids().collect::<Vec<_>>(), [r#"["CWE-1",2]"#]);
    assert_eq!(finding.version(), "1e400");
    assert!(serde_json::to_string(&finding).unwrap().contains(r#""version":1e400"#));
}

#[test]
fn the_last_of_several_members_of_one_name_counts() {
    for (json, id, serialised) in [
        (r#"{"id":1,"id":"a"}"#, "a", json!({"id": "a"})),
        (r#"{"id":"a","id":1}"#, "1", json!({"id": 1})),
        (r#"{"id":"a","id":null}"#, "", json!({"id": null})),
    ] {
        let finding = finding(json);
        assert_eq!(finding.id(), id);
        assert_eq!(serde_json::to_value(&finding).unwrap(), serialised);
    }
}

#[test]
fn equal_means_every_member() {
    let base = r#"{"id":"a","links":["x"],"vendor_attributes":{"a":1},"new":1}"#;
    assert_eq!(finding(base), finding(r#"{ "new": 1, "vendor_attributes": { "a": 1 }, "links": ["x"], "id": "a" }"#));
    for other in [
        r#"{"id":"b","links":["x"],"vendor_attributes":{"a":1},"new":1}"#,
        r#"{"id":"a","links":["x",""],"vendor_attributes":{"a":1},"new":1}"#,
        r#"{"id":"a","links":["x"],"vendor_attributes":{"a":2},"new":1}"#,
        r#"{"id":"a","links":["x"],"vendor_attributes":{"a":1},"new":2}"#,
        r#"{"id":"a","links":["x"],"vendor_attributes":{"a":1}}"#,
        r#"{"id":"a","links":["x"],"new":1}"#,
    ] {
        assert_ne!(finding(base), finding(other), "{other}");
    }
    assert_ne!(finding(r#"{"status":""}"#), finding("{}"));
    assert_ne!(finding(r#"{"status":null}"#), finding("{}"));
    assert_ne!(finding(r#"{"id":7}"#), finding(r#"{"id":"7"}"#));
}

/// Millions of findings are held at once; a member that is added without thought shows here.
#[test]
fn a_finding_is_small() {
    assert!(size_of::<Finding>() <= 240, "{}", size_of::<Finding>());
}
