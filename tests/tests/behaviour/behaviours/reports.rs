//! Vulnerability reports of images.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::report::{ACCEPT, MEDIA_TYPE, OLD_MEDIA_TYPE};
use crate::survey::Place;
use crate::target::{Outcome, Skipped, Target};

/// An image with a report that has findings.
fn vulnerable(harbor: &Target) -> Result<(&Place, Value), Skipped> {
    harbor.reported("image with findings", Place::is_image, |report| !findings(report).is_empty())
}

fn findings(report: &Value) -> &Vec<Value> {
    report["vulnerabilities"].as_array().unwrap()
}

pub(crate) fn have_one_media_type(harbor: &Target) -> Outcome {
    let (place, report) = vulnerable(harbor)?;
    let body = harbor.get(&place.report()).json();
    assert_eq!(body, json!({MEDIA_TYPE: report}));
    let members: Vec<_> = report.as_object().unwrap().keys().collect();
    assert_eq!(members, ["generated_at", "scanner", "severity", "vulnerabilities"]);
    assert!(report["generated_at"].as_str().unwrap().contains('T'));
    let scanner = &report["scanner"];
    assert!(scanner.is_null() || scanner.as_object().unwrap().keys().eq(["name", "vendor", "version"]), "{scanner}");
    Ok(())
}

pub(crate) fn findings_have_every_member(harbor: &Target) -> Outcome {
    let (place, report) = vulnerable(harbor)?;
    for finding in findings(&report) {
        let always = [
            "artifact_digests",
            "cwe_ids",
            "description",
            "fix_version",
            "id",
            "links",
            "package",
            "preferred_cvss",
            "severity",
            "status",
            "vendor_attributes",
            "version",
        ];
        assert_eq!(finding.as_object().unwrap().keys().collect::<Vec<_>>(), always);
        assert_eq!(finding["artifact_digests"], json!([place.digest()]));
        for list in ["cwe_ids", "links"] {
            assert!(finding[list].as_array().is_some_and(|list| !list.is_empty()), "{list} of {finding}");
        }
        let cvss = &finding["preferred_cvss"];
        let members: Vec<_> = cvss.as_object().unwrap().keys().collect();
        assert_eq!(members, ["score_v2", "score_v3", "vector_v2", "vector_v3"]);
        let score = &cvss["score_v3"];
        assert!(score.is_null() || score.is_number(), "{finding}");
        let severities = ["None", "Unknown", "Low", "Medium", "High", "Critical"];
        assert!(severities.contains(&finding["severity"].as_str().unwrap()), "{finding}");
        let attributes = &finding["vendor_attributes"];
        assert!(attributes.is_null() || attributes.is_object(), "{finding}");
    }
    Ok(())
}

pub(crate) fn of_clean_images(harbor: &Target) -> Outcome {
    let is_clean = |report: &Value| findings(report).is_empty();
    let (_, report) = harbor.reported("image without findings", Place::is_image, is_clean)?;
    assert_eq!((&report["severity"], &report["vulnerabilities"]), (&json!(""), &json!([])));
    Ok(())
}

pub(crate) fn hold_no_finding_twice(harbor: &Target) -> Outcome {
    let (place, report) = vulnerable(harbor)?;
    let key = |finding: &Value| ["id", "package", "version"].map(|name| finding[name].as_str().unwrap().to_owned());
    let keys: BTreeSet<_> = findings(&report).iter().map(key).collect();
    assert_eq!(keys.len(), findings(&report).len(), "{}", place.digest());
    Ok(())
}

pub(crate) fn are_the_same_by_tag_and_digest(harbor: &Target) -> Outcome {
    let is_tagged = |place: &Place| !place.tags().is_empty();
    let (place, report) = harbor.reported("tagged artifact with a report", is_tagged, |_| true)?;
    let by_tag = harbor.get(&format!("{}/additions/vulnerabilities", place.path_of(place.tags()[0]))).json();
    assert_eq!(by_tag, json!({MEDIA_TYPE: report}));
    Ok(())
}

pub(crate) fn without_a_scan_are_empty(harbor: &Target) -> Outcome {
    let (place, _) = harbor.scanned("image that was never scanned", Value::is_null)?;
    assert_empty(harbor, place);
    Ok(())
}

pub(crate) fn of_running_and_failed_scans_are_empty(harbor: &Target) -> Outcome {
    for status in ["Running", "Error"] {
        let is = |overview: &Value| overview["scan_status"] == status;
        let (place, _) = harbor.scanned(&format!("image with a scan in state {status}"), is)?;
        assert_empty(harbor, place);
    }
    Ok(())
}

pub(crate) fn media_types_are_compared_byte_for_byte(harbor: &Target) -> Outcome {
    let (place, _) = vulnerable(harbor)?;
    let without_space = MEDIA_TYPE.replace("; ", ";");
    let capital = format!("A{}", &MEDIA_TYPE[1..]);
    for value in [OLD_MEDIA_TYPE, &without_space, &capital, "*/*", "nonsense"] {
        let answer = harbor.request("GET", &place.report()).header(ACCEPT, value).send();
        answer.assert_status(200);
        assert_eq!(answer.text, "{}", "{value}");
    }
    Ok(())
}

pub(crate) fn media_types_are_preferences(harbor: &Target) -> Outcome {
    let (place, report) = vulnerable(harbor)?;
    let expected = json!({MEDIA_TYPE: report});
    let both = format!("{MEDIA_TYPE}, {OLD_MEDIA_TYPE}");
    let reversed = format!("{OLD_MEDIA_TYPE},{MEDIA_TYPE}");
    for values in [
        &[][..],
        &[""],
        &[MEDIA_TYPE],
        &[both.as_str()],
        &[reversed.as_str()],
        &["nonsense, application/vnd.security.vulnerability.report; version=1.1"],
        &[OLD_MEDIA_TYPE, MEDIA_TYPE],
    ] {
        let request = harbor.request("GET", &place.report());
        let request = values.iter().fold(request, |request, value| request.header(ACCEPT, value));
        assert_eq!(request.send().assert_status(200).json(), expected, "{values:?}");
    }
    Ok(())
}

pub(crate) fn of_what_cannot_be_scanned(harbor: &Target) -> Outcome {
    // A missing link can also mean that the scanner is down.
    harbor.place("artifact that can be scanned", Place::is_scannable)?;
    let place = harbor.place("chart", |place| place.artifact["type"] == "CHART")?;
    assert!(!place.is_scannable());
    let message = format!("report not found for {}/{}@{}", place.project, place.repository, place.digest());
    harbor.get(&place.report()).assert_error(404, "NOT_FOUND", &message);
    Ok(())
}

pub(crate) fn are_escaped_and_have_no_newline(harbor: &Target) -> Outcome {
    let is_special = |report: &Value| report.to_string().contains(['<', '>', '&']);
    let (place, _) = harbor.reported("report with a special character of HTML", |_| true, is_special)?;
    let answer = harbor.get(&place.report());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(!answer.text.contains(['<', '>', '&', '\n']), "{}", answer.text);
    assert!(["\\u003c", "\\u003e", "\\u0026"].iter().any(|escape| answer.text.contains(escape)), "{}", answer.text);
    Ok(())
}

pub(crate) fn are_the_same_each_time(harbor: &Target) -> Outcome {
    let (place, _) = harbor.reported("report", |_| true, |_| true)?;
    let first = harbor.get(&place.report()).text;
    assert_eq!(harbor.get(&place.report()).text, first);
    Ok(())
}

pub(crate) fn are_json_only(harbor: &Target) -> Outcome {
    let (place, _) = vulnerable(harbor)?;
    let answer = harbor.request("GET", &place.report()).header("Accept", "text/plain").send();
    let message = "validation failure list:\nunsupported media type requested, only [application/json] are available";
    answer.assert_error(422, "UNPROCESSABLE_ENTITY", message);
    let answer = harbor.request("GET", &place.report()).header("Accept", "*/*").send();
    assert_eq!(answer.assert_status(200).text, harbor.get(&place.report()).text);
    Ok(())
}

pub(crate) fn of_public_projects_are_open(harbor: &Target) -> Outcome {
    let public = harbor.project(true)?;
    let (place, _) = harbor.reported("report in a public project", |place| place.project == public, |_| true)?;
    let anonymous = harbor.anonymous("GET", &place.report()).send();
    assert_eq!(anonymous.assert_status(200).text, harbor.get(&place.report()).text);
    Ok(())
}

fn assert_empty(harbor: &Target, place: &Place) {
    let answer = harbor.get(&place.report());
    answer.assert_status(200);
    assert_eq!(answer.text, "{}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("content-length"), Some("2"));
}
