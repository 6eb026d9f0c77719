use std::collections::BTreeSet;

use super::*;
use crate::export::samples::Sample;

fn written(sample: &Sample) -> Value {
    let assessment = sample.assessment();
    let mut output = Vec::new();
    write(&Document::new(&assessment), &mut output).unwrap();
    serde_json::from_slice(&output).unwrap()
}

/// All references of components, of those in components too.
fn references(components: &Value) -> Vec<String> {
    let mut references = Vec::new();
    for component in components.as_array().into_iter().flatten() {
        references.push(component["bom-ref"].as_str().unwrap().to_owned());
        references.extend(self::references(&component["components"]));
    }
    references
}

#[test]
fn every_artifact_is_a_component_and_every_reference_leads_somewhere() {
    for sample in [Sample::usual(), Sample::hostile()] {
        let bom = written(&sample);
        assert_eq!(bom["components"].as_array().unwrap().len(), sample.assessment().inventory().report().len());
        let references = references(&bom["components"]);
        let unique: BTreeSet<&String> = references.iter().collect();
        assert_eq!(unique.len(), references.len());
        let mut vulnerabilities = BTreeSet::new();
        for vulnerability in bom["vulnerabilities"].as_array().unwrap() {
            assert!(vulnerabilities.insert(vulnerability["bom-ref"].as_str().unwrap()));
            let affects = vulnerability["affects"].as_array().unwrap();
            let targets: BTreeSet<&str> = affects.iter().map(|one| one["ref"].as_str().unwrap()).collect();
            assert_eq!(targets.len(), affects.len());
            assert!(!targets.is_empty() && targets.iter().all(|target| unique.contains(&(*target).to_owned())));
        }
    }
}

#[test]
fn a_vulnerability_says_what_is_known_of_it() {
    let bom = written(&Sample::usual());
    let log4j = &bom["vulnerabilities"][1];
    assert_eq!(log4j["id"], "CVE-2021-44228");
    assert_eq!(log4j["recommendation"], "Upgrade log4j-core to 1.0.1.");
    assert_eq!(log4j["affects"].as_array().unwrap().len(), 2);
    assert_eq!(log4j["cwes"], json!([79]));
    assert_eq!(log4j["advisories"], json!([{ "url": "https://avd.aquasec.com/nvd/cve-2021-44228" }]));
    let score = &log4j["ratings"][1];
    assert_eq!((&score["score"], &score["method"]), (&json!(9.8), &json!("CVSSv31")));
    assert!(log4j.get("analysis").is_none());
    let states: Vec<&str> = bom["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["properties"][0]["value"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["reported", "reported", "not_scanned", "failed"]);
}

#[test]
fn why_a_vulnerability_does_not_count_is_said_of_what_it_is_true_of() {
    let bom = written(&Sample::suppressed());
    let all = bom["vulnerabilities"].as_array().unwrap();
    let log4j: Vec<&Value> = all.iter().filter(|one| one["id"] == "CVE-2021-44228").collect();
    let said: Vec<_> = log4j.iter().map(|one| (&one["analysis"]["state"], &one["affects"][0]["versions"][0])).collect();
    let version = |status: &str| json!({ "version": "1.0.0", "status": status });
    assert_eq!(said, [(&json!("resolved"), &version("unaffected")), (&json!("not_affected"), &version("affected"))]);
    assert_eq!(log4j[1]["analysis"]["justification"], "code_not_reachable");
}

#[test]
fn what_is_accepted_is_not_said_to_be_harmless() {
    let bom = written(&Sample::accepted());
    let analysis = &bom["vulnerabilities"][0]["analysis"];
    assert_eq!((analysis.get("state"), &analysis["response"]), (None, &json!(["will_not_fix"])));
}

#[test]
fn the_same_document_is_the_same_file() {
    assert_eq!(written(&Sample::hostile()), written(&Sample::hostile()));
}
