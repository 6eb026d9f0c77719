use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use serde_sarif::sarif::Sarif;

use super::*;
use crate::export::samples::{self, HOSTILE, Sample};

fn files(sample: &Sample, limits: Limits) -> Vec<Value> {
    let assessment = sample.assessment();
    let document = Document::new(&assessment);
    let parts = parts(&document, limits).map(|part| {
        let mut output = Vec::new();
        part.unwrap().write(&mut output).unwrap();
        assert!(output.len() <= limits.bytes, "{} bytes", output.len());
        // The types of the official schema take it.
        serde_json::from_slice::<Sarif>(&output).unwrap();
        serde_json::from_slice(&output).unwrap()
    });
    parts.collect()
}

fn results(file: &Value) -> &[Value] {
    file["runs"][0]["results"].as_array().unwrap()
}

#[test]
fn findings_are_results_and_missing_reports_notifications() {
    let [file] = &files(&Sample::usual(), Limits::default())[..] else { panic!("there is one part") };
    assert_eq!(results(file).len(), 3);
    let result = &results(file)[0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"CVE-2021-44228".into(), &"error".into()));
    let text = "CVE-2021-44228 (Critical) in log4j-core 1.0.0 of harbor.example.com/library/nginx:1.1; fixed in 1.0.1.";
    assert_eq!(result["message"]["text"], text);
    let run = &file["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
    assert_eq!(run["tool"]["driver"]["rules"][0]["properties"]["security-severity"], "9.8");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    let ids: Vec<&str> = notifications.iter().map(|one| one["descriptor"]["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["not-read", "not_scanned", "failed"]);
}

#[test]
fn what_is_complete_is_successful_even_without_findings() {
    let [file] = &files(&Sample::new(vec![samples::info("a/b", 1, samples::reported(&[]))]), Limits::default())[..]
    else {
        panic!("there is one part")
    };
    assert_eq!(file["runs"][0]["invocations"][0]["executionSuccessful"], true);
    assert!(results(file).is_empty());
}

#[test]
fn parts_have_everything_once_and_keep_the_limits() {
    for sample in [Sample::usual(), Sample::hostile()] {
        let whole = &files(&sample, Limits::none())[0];
        let expected: Vec<&Value> = results(whole).iter().map(|result| &result["message"]["text"]).collect();
        for limits in
            [Limits::default().with_results(1), Limits::default().with_results(2), Limits::default().with_bytes(9_000)]
        {
            let files = files(&sample, limits);
            assert!(files.len() > 1 || limits.bytes < 10_000);
            let all: Vec<&Value> = files.iter().flat_map(results).map(|result| &result["message"]["text"]).collect();
            assert_eq!(all, expected);
            let notifications = |file: &Value| {
                file["runs"][0]["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len()
            };
            assert_eq!(files.iter().map(notifications).sum::<usize>(), notifications(whole));
            let categories: HashSet<String> =
                files.iter().map(|file| file["runs"][0]["automationDetails"]["id"].to_string()).collect();
            assert_eq!(categories.len(), files.len());
            for file in &files {
                assert!(results(file).len() <= limits.results);
                let rules = file["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
                for result in results(file) {
                    assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], result["ruleId"]);
                }
            }
        }
    }
}

#[test]
fn limits_of_platforms_hold_for_hostile_texts() {
    for file in files(&Sample::hostile(), Limits::default()) {
        let rules = file["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: HashSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len());
        for rule in rules {
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
            assert!(rule["fullDescription"]["text"].as_str().unwrap().chars().count() <= 1024);
            let score: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
            assert!((0.0..=10.0).contains(&score));
            assert!(rule.get("helpUri").is_none_or(|link| link.as_str().unwrap().starts_with("https://")));
        }
    }
}

#[test]
fn messages_have_no_links_and_no_placeholders() {
    let text = message::escaped(HOSTILE, usize::MAX);
    assert!(text.contains(r"\[x\](javascript:1) {{0}}") && text.contains(r"\\"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{9b}', '\0', '\u{202e}', '\r']));
}

#[test]
fn fingerprints_outlive_a_new_build() {
    let finding = [samples::finding("CVE-1", "zlib", "Low")];
    let fingerprints = |id: i64| {
        let mut info = samples::info("a/b", id, samples::reported(&finding));
        std::sync::Arc::make_mut(&mut info.artifact).tags = vec![crate::model::ArtifactTag::new("latest")];
        let file = files(&Sample::new(vec![info]), Limits::default()).remove(0);
        let prints: BTreeMap<String, Value> =
            serde_json::from_value(results(&file)[0]["partialFingerprints"].clone()).unwrap();
        prints
    };
    assert_eq!(fingerprints(1), fingerprints(2));
}

#[test]
fn what_is_suppressed_stays_with_its_reason() {
    let file = &files(&Sample::suppressed(), Limits::default())[0];
    let suppressions: Vec<usize> =
        results(file).iter().map(|result| result["suppressions"].as_array().unwrap().len()).collect();
    assert_eq!(suppressions, [1, 0, 1]);
    let justification = results(file)[0]["suppressions"][0]["justification"].as_str().unwrap();
    assert!(justification.contains("vulnerable_code_not_in_execute_path"), "{justification}");
}
