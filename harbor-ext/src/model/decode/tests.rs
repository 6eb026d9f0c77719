use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{Finding, Severity};

mod captures;
mod properties;
mod ways;

const DIGESTS: [&str; 3] = ["sha256:a", "sha256:b", "sha256:c"];

fn decode(body: &str) -> Body {
    report(body.as_bytes(), &FindingPool::new()).unwrap()
}

fn decode_report(body: &str) -> Report {
    match decode(body) {
        Body::Report(report) => report,
        Body::Empty => panic!("there is a report in {body}"),
    }
}

fn error(body: impl AsRef<[u8]>) -> DecodeError {
    report(body.as_ref(), &FindingPool::new()).unwrap_err()
}

fn wrapped(report: Value) -> String {
    json!({ MEDIA_TYPE_1_1: report }).to_string()
}

fn ids(report: &Report) -> Vec<&str> {
    report.findings().map(|finding| finding.get().id()).collect()
}

#[test]
fn of_media_types_with_the_same_name_the_last_one_counts() {
    let body = |media_type: &str| {
        let report = |id: &str| json!({ "vulnerabilities": [{ "id": id }] });
        format!(r#"{{"{media_type}":{},"{media_type}":{}}}"#, report("CVE-1"), report("CVE-2"))
    };
    for media_type in [MEDIA_TYPE_1_1, MEDIA_TYPE_1_0, "application/vnd.report; version=9.9"] {
        assert_eq!(ids(&decode_report(&body(media_type))), ["CVE-2"], "{media_type}");
    }
}

/// S11: a report is read with its scanner, its time and its severity.
#[test]
fn a_report_of_harbor_is_read() {
    let report = decode_report(&wrapped(json!({
        "generated_at": "2026-01-02T03:04:05.123456789Z",
        "scanner": {"name": "Trivy", "vendor": "Aqua Security", "version": "v0.65.0"},
        "severity": "High",
        "vulnerabilities": [
            {"id": "CVE-1", "severity": "Low", "artifact_digests": null},
            {"id": "CVE-2", "severity": "Critical", "artifact_digests": null},
        ],
    })));
    assert_eq!(report.generated_at().unwrap().timestamp_subsec_nanos(), 123_456_789);
    assert_eq!(report.generated_at_text(), "2026-01-02T03:04:05.123456789Z");
    let scanner = report.scanner().unwrap();
    assert_eq!([&*scanner.name, &scanner.vendor, &scanner.version], ["Trivy", "Aqua Security", "v0.65.0"]);
    assert_eq!(report.severity_text(), "High");
    assert_eq!(report.severity(), Some(Severity::Critical));
    assert_eq!(ids(&report), ["CVE-1", "CVE-2"]);
    assert!(report.findings().all(|finding| finding.artifact_digests().len() == 0));
}

/// W1: `{}` is no report, which is not a report without findings. S11: missing and `null` findings are none.
#[test]
fn nothing_is_not_a_report_without_findings() {
    let nothing = format!(r#"{{"{MEDIA_TYPE_1_1}":null}}"#);
    for body in ["{}", " {\n} ", "\u{feff}{}\n", &nothing] {
        assert_eq!(decode(body), Body::Empty, "{body:?}");
    }
    for inner in [r#"{"vulnerabilities":null}"#, r#"{"vulnerabilities":[]}"#, r#"{"scanner":null}"#] {
        let report = decode_report(&format!(r#"{{"{MEDIA_TYPE_1_1}":{inner}}}"#));
        assert!(report.is_empty(), "{inner}");
        assert_eq!(report.severity(), None);
        assert_eq!(report.scanner(), None);
        assert_eq!(report.generated_at(), None);
    }
}

#[test]
fn the_newest_media_type_is_preferred() {
    let report = |id| json!({"vulnerabilities": [{"id": id}]});
    for (body, id) in [
        (json!({MEDIA_TYPE_1_0: report("1.0")}), "1.0"),
        (json!({MEDIA_TYPE_1_0: report("1.0"), MEDIA_TYPE_1_1: report("1.1")}), "1.1"),
        (json!({MEDIA_TYPE_1_0: report("1.0"), MEDIA_TYPE_1_1: null}), "1.0"),
        (json!({"a": report("other"), MEDIA_TYPE_1_0: report("1.0")}), "1.0"),
        (json!({"a": 1, "application/new; version=2": report("other"), "z": report("later")}), "other"),
    ] {
        assert_eq!(ids(&decode_report(&body.to_string())), [id], "{body}");
    }
}

/// W6: the time is free text. S11: nothing that a report says of itself can make it unreadable.
#[test]
fn members_of_the_report_may_have_any_type() {
    let report = decode_report(&wrapped(json!({
        "generated_at": 5, "scanner": "Trivy", "severity": ["High"], "vulnerabilities": [{}],
    })));
    assert_eq!(report.generated_at_text(), "5");
    assert_eq!(report.generated_at(), None);
    assert_eq!(report.scanner().unwrap().name, "\"Trivy\"");
    assert_eq!(report.severity_text(), r#"["High"]"#);
    assert_eq!(report.len(), 1);
}

/// W2: each finding of an index says which children it is in, each once however often Harbor repeats it.
#[test]
fn findings_know_which_children_they_are_in() {
    let [a, b, c] = DIGESTS;
    let report = decode_report(&wrapped(json!({"vulnerabilities": [
        {"id": "1", "artifact_digests": [a, b]},
        {"id": "2", "artifact_digests": [c]},
        {"id": "3", "artifact_digests": [a, b, a]},
        {"id": "4", "artifact_digests": [a, b]},
        {"id": "5", "artifact_digests": []},
        {"id": "6"},
        {"id": "7", "artifact_digest": b},
    ]})));
    let digests: Vec<Vec<&str>> = report.findings().map(|finding| finding.artifact_digests().collect()).collect();
    assert_eq!(digests, [vec![a, b], vec![c], vec![a, b], vec![a, b], vec![], vec![], vec![b]]);
}

/// W6: times are read leniently, and kept as text where they are none.
#[test]
fn a_time_is_free_text() {
    for (text, seconds) in [
        ("2026-01-02T03:04:05.123456789Z", Some(1_767_323_045)),
        ("2026-01-02T03:04:05+00:00", Some(1_767_323_045)),
        ("2026-01-02 03:04:05", Some(1_767_323_045)),
        ("0001-01-01T00:00:00Z", None),
        ("last night", None),
        ("", None),
    ] {
        let report = decode_report(&wrapped(json!({"generated_at": text, "vulnerabilities": []})));
        assert_eq!(report.generated_at().map(|time| time.timestamp()), seconds, "{text:?}");
        assert_eq!(report.generated_at_text(), text);
    }
}

/// W5, S11: the severity of the whole report may be empty or `null`, and that of its findings is what counts.
#[test]
fn the_severity_of_a_report_is_that_of_its_findings() {
    let severities = |report: Value| decode_report(&wrapped(report)).severity();
    let findings = json!([{"severity": "Low"}, {"severity": "None"}, {"severity": "Important"}, {"severity": "?"}]);
    for overall in [json!("Low"), json!(""), json!(null), json!("Critical")] {
        assert_eq!(severities(json!({"severity": overall, "vulnerabilities": findings})), Some(Severity::High));
    }
    assert_eq!(severities(json!({"severity": "Critical", "vulnerabilities": []})), None);
}

#[test]
fn findings_that_differ_only_in_their_artifacts_are_shared() {
    let pool = FindingPool::new();
    for digest in DIGESTS {
        let body = wrapped(json!({"vulnerabilities": [
            {"id": "1", "package": "a", "artifact_digests": [digest]},
            {"id": "2", "package": "a", "artifact_digests": [digest]},
        ]}));
        let Body::Report(report) = super::report(body.as_bytes(), &pool).unwrap() else { panic!() };
        assert!(report.findings().all(|finding| finding.artifact_digests().eq([digest])));
    }
    assert_eq!(pool.len(), 2);
}

#[test]
fn digests_of_another_type_stay_with_the_finding() {
    let report = decode_report(&wrapped(json!({"vulnerabilities": [
        {"id": "1", "artifact_digests": "sha256:a"},
        {"id": "2", "artifact_digest": ["sha256:a"]},
    ]})));
    let findings: Vec<_> = report.findings().collect();
    assert_eq!(findings[0].other("artifact_digests"), Some("\"sha256:a\""));
    assert_eq!(findings[1].other("artifact_digest"), Some("[\"sha256:a\"]"));
}

#[test]
fn what_is_not_a_report_is_an_error_with_its_place() {
    let in_report = |inner: &str| format!(r#"{{"{MEDIA_TYPE_1_1}":{inner}}}"#);
    let start = in_report("").len() - 1;
    for (body, offset, message) in [
        (String::new(), 0, "empty"),
        ("  \n".into(), 3, "empty"),
        ("\n<html><body>Log in</body></html>".into(), 1, "HTML"),
        ("null".into(), 0, "not a JSON object"),
        (" [{}]".into(), 1, "not a JSON object"),
        ("\"{}\"".into(), 0, "not a JSON object"),
        ("upstream connect error".into(), 0, "not a JSON object"),
        ("{".into(), 1, "ends before"),
        ("{\"a\":\n [1,".into(), 10, "ends before"),
        ("{\"a\":\n \"é\", x}".into(), 13, "not JSON: key must be a string"),
        ("{} {}".into(), 3, "not JSON: trailing characters"),
        ("\u{feff}{\"a\" 1}".into(), 8, "not JSON: expected `:`"),
        (r#"{"errors":[{"code":"UNKNOWN"}]}"#.into(), 10, "not a report"),
        (r#"{"a":{"b":1}}"#.into(), 5, "not a report"),
        (in_report("[]"), start, "no report in its place"),
        (in_report("{}"), start, "no report in its place"),
        (in_report(r#"{"error":"scanner gone"}"#), start, "no report in its place"),
        (in_report(r#"{"vulnerabilities":{}}"#), start + 19, "not an array"),
        (in_report(r#"{"vulnerabilities":"none"}"#), start + 19, "not an array"),
        (in_report(r#"{"vulnerabilities":[{}, null]}"#), start + 24, "not an object"),
        (in_report(r#"{"vulnerabilities":[{"id":"é"},7]}"#), start + 32, "not an object"),
    ] {
        let error = error(&body);
        assert_eq!(error.offset(), offset, "{body:?}: {error}");
        assert!(error.message().contains(message), "{body:?}: {error}");
        assert!(!error.to_string().contains("column"), "{error}");
    }
}

#[test]
fn damaged_text_is_an_error_with_its_place() {
    let mut body = wrapped(json!({"vulnerabilities": [{"id": "CVE-1"}]})).into_bytes();
    let place = body.len() - 10;
    body[place] = 0xff;
    let error = error(&body);
    assert_eq!(error.offset(), place);
    assert!(error.to_string().starts_with("the body is not UTF-8 text at byte "), "{error}");
}

#[test]
fn a_snippet_is_short_and_printable() {
    let body = format!("{{\"a\": \"\u{1b}[31\u{202e}{}", "日本".repeat(200));
    let error = error(&body);
    assert!((6..=7).contains(&error.offset()), "{error}");
    assert_eq!(error.snippet().chars().count(), 80);
    assert!(error.snippet().starts_with("{\"a\": \" [31 日本"), "{}", error.snippet());
}

#[test]
fn hostile_json_is_survived() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"{{"x":{{"vulnerabilities":[{{"id":{deep},"new":1e400,"status":"\ud800"}}]}}}}"#);
    let report = decode_report(&body);
    let finding = report.findings().next().unwrap();
    assert_eq!(finding.id().len(), deep.len());
    assert_eq!(finding.other("new"), Some("1e400"));
    assert_eq!(finding.status(), "\"\\ud800\"");
    // Both ways back, by text: a JSON value of `serde_json` cannot hold such numbers and texts.
    assert_eq!(decode_report(&report.envelope().to_string()), report);
    let bare = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&bare).unwrap(), report);
}

/// Each compared with all others would take minutes.
#[test]
fn many_members_and_many_digests_are_read_as_fast_as_few() {
    let name = |number: usize| format!(r#""name {number}":{{"scanner":null}}"#);
    let twice: Vec<String> = (0..2).flat_map(|_| (0..50_000).map(name)).collect();
    assert_eq!(decode_report(&format!("{{{}}}", twice.join(","))).media_type(), "name 0");
    let digests: Vec<String> = (0..50_000).map(|number| format!(r#""sha256:{number:064}""#)).collect();
    let list = digests.join(",");
    let report =
        decode_report(&format!(r#"{{"{MEDIA_TYPE_1_1}":{{"vulnerabilities":[{{"artifact_digests":[{list}]}}]}}}}"#));
    assert_eq!(report.findings().next().unwrap().artifact_digests().len(), digests.len());
}
