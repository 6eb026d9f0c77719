//! Reports and overviews of indexes, which are those of their children.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::report::MEDIA_TYPE;
use crate::survey::{Place, none};
use crate::target::{Outcome, Skipped, Target};

type Key = [String; 3];

/// The digests of the children that can be scanned: attestations of a build have an unknown platform.
fn children(index: &Place) -> impl Iterator<Item = &str> {
    let references = index.artifact["references"].as_array().into_iter().flatten();
    let images = references.filter(|child| child["platform"]["architecture"] != "unknown");
    images.filter_map(|child| child["child_digest"].as_str())
}

/// The report of a child, or `null`.
fn report_of(harbor: &Target, index: &Place, child: &str) -> Value {
    harbor.get(&format!("{}/additions/vulnerabilities", index.path_of(child))).json()[MEDIA_TYPE].clone()
}

fn findings(report: &Value) -> impl Iterator<Item = (Key, &Value)> {
    let key = |finding: &Value| ["id", "package", "version"].map(|name| finding[name].as_str().unwrap().to_owned());
    report["vulnerabilities"].as_array().into_iter().flatten().map(move |finding| (key(finding), finding))
}

fn reported_index(harbor: &Target) -> Result<(&Place, Value), Skipped> {
    harbor.reported("index of two images with a report", |place| children(place).count() > 1, |_| true)
}

/// An index with a child that was never scanned.
fn partial_index(harbor: &Target) -> Result<&Place, Skipped> {
    let indexes = harbor.places()?.iter().filter(|place| place.is_index() && place.is_scannable());
    for index in indexes {
        let reports: Vec<_> = children(index).map(|child| report_of(harbor, index, child)).collect();
        if reports.iter().any(Value::is_null) && reports.iter().any(Value::is_object) {
            return Ok(index);
        }
    }
    Err(none("index with one scanned child of two"))
}

pub(crate) fn reports_are_the_union_of_their_children(harbor: &Target) -> Outcome {
    let (index, report) = reported_index(harbor)?;
    let mut expected: BTreeMap<Key, BTreeSet<String>> = BTreeMap::new();
    for child in children(index) {
        for (key, _) in findings(&report_of(harbor, index, child)) {
            expected.entry(key).or_default().insert(child.to_owned());
        }
    }
    let mut found = BTreeMap::new();
    for (key, finding) in findings(&report) {
        let digests = finding["artifact_digests"].as_array().unwrap().iter();
        let digests: BTreeSet<_> = digests.map(|digest| digest.as_str().unwrap().to_owned()).collect();
        assert_eq!(found.insert(key, digests), None, "{finding} comes twice");
    }
    assert!(!found.is_empty());
    assert_eq!(found, expected);
    Ok(())
}

pub(crate) fn reports_need_every_child(harbor: &Target) -> Outcome {
    let index = partial_index(harbor)?;
    assert_eq!(harbor.get(&index.report()).text, "{}");
    Ok(())
}

pub(crate) fn overviews_need_every_child(harbor: &Target) -> Outcome {
    let index = partial_index(harbor)?;
    let artifact = harbor.read(&format!("{}?with_scan_overview=true", index.path()))?.json();
    assert_eq!(artifact.get("scan_overview"), None);
    Ok(())
}

pub(crate) fn overviews_count_merged_findings(harbor: &Target) -> Outcome {
    let (index, report) = reported_index(harbor)?;
    let overview = harbor.overview(index)?;
    assert_eq!(overview["summary"]["total"], findings(&report).count(), "{overview}");
    assert_eq!(overview["scan_status"], "Success");
    // The children's numbers, joined by bars and written in base64.
    let id = overview["report_id"].as_str().unwrap();
    let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, id).unwrap();
    assert_eq!(String::from_utf8(decoded).unwrap().split('|').count(), children(index).count());
    Ok(())
}
