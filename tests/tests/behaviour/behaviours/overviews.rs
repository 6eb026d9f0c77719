//! Scan overviews of images.

use serde_json::{Value, json};

use crate::report::{ACCEPT, MEDIA_TYPE, OLD_MEDIA_TYPE};
use crate::shape::{NEVER, assert_members, assert_time};
use crate::survey::q;
use crate::target::{Outcome, Target};

const FINISHED: [&str; 8] =
    ["complete_percent", "end_time", "report_id", "scan_status", "scanner", "severity", "start_time", "summary"];

fn succeeded(overview: &Value) -> bool {
    overview["scan_status"] == "Success"
}

pub(crate) fn are_given_on_request_only(harbor: &Target) -> Outcome {
    let (place, overview) = harbor.scanned("scanned image", succeeded)?;
    let single = harbor.get(&format!("{}?with_scan_overview=true", place.path())).json();
    assert_eq!(single["scan_overview"], json!({MEDIA_TYPE: overview}));
    let listed = format!("{}?{}", place.list(), q(&format!("digest={}", place.digest())));
    let rows = harbor.get(&format!("{listed}&with_scan_overview=true")).rows();
    assert_eq!(rows, [single], "the list and the single answer agree");
    assert_eq!(harbor.get(&listed).rows()[0].get("scan_overview"), None);
    assert_eq!(harbor.get(&place.path()).json().get("scan_overview"), None);
    assert_eq!(place.artifact.get("scan_overview"), None);
    let path = format!("{}?with_scan_overview=true", place.path());
    let old = harbor.request("GET", &path).header(ACCEPT, OLD_MEDIA_TYPE).send();
    assert_eq!(old.assert_status(200).json().get("scan_overview"), None);
    Ok(())
}

pub(crate) fn of_finished_scans(harbor: &Target) -> Outcome {
    let (_, overview) = harbor.scanned("scanned image", succeeded)?;
    assert_members(&overview, &FINISHED, &["duration"]);
    assert_eq!(overview["complete_percent"], 100);
    assert_time(&overview["start_time"]);
    assert_time(&overview["end_time"]);
    assert_eq!(overview["report_id"].as_str().unwrap().len(), 36);
    assert_members(&overview["scanner"], &["name", "vendor", "version"], &[]);
    assert_members(&overview["summary"], &["fixable", "summary", "total"], &[]);
    Ok(())
}

pub(crate) fn count_what_the_report_holds(harbor: &Target) -> Outcome {
    let is = |overview: &Value| succeeded(overview) && overview["summary"]["total"] != 0;
    let (place, overview) = harbor.scanned("image with findings", is)?;
    let report = harbor.get(&place.report()).json()[MEDIA_TYPE].clone();
    let findings = report["vulnerabilities"].as_array().unwrap();
    let summary = &overview["summary"];
    assert_eq!(summary["total"], findings.len());
    let fixable = findings.iter().filter(|finding| finding["fix_version"] != "").count();
    assert_eq!(summary["fixable"], fixable);
    let counts = summary["summary"].as_object().unwrap();
    for (severity, count) in counts {
        let expected = findings.iter().filter(|finding| finding["severity"] == severity.as_str()).count();
        assert_eq!(*count, expected, "{severity}");
        assert_ne!(expected, 0, "severities without findings are missing");
    }
    assert_eq!(counts.values().filter_map(Value::as_u64).sum::<u64>(), summary["total"].as_u64().unwrap());
    Ok(())
}

pub(crate) fn of_clean_images(harbor: &Target) -> Outcome {
    let is = |overview: &Value| succeeded(overview) && overview["summary"]["total"] == 0;
    let (_, overview) = harbor.scanned("image without findings", is)?;
    assert_eq!(overview["severity"], "None");
    assert_eq!(overview["summary"], json!({"fixable": 0, "summary": {}, "total": 0}));
    Ok(())
}

pub(crate) fn of_failed_scans(harbor: &Target) -> Outcome {
    let (_, overview) = harbor.scanned("image whose scan failed", |overview| overview["scan_status"] == "Error")?;
    assert_members(&overview, &["end_time", "report_id", "scan_status", "start_time"], &["duration"]);
    assert_ne!(overview["end_time"], NEVER);
    Ok(())
}

pub(crate) fn of_running_scans(harbor: &Target) -> Outcome {
    let (_, overview) = harbor.scanned("image whose scan runs", |overview| overview["scan_status"] == "Running")?;
    assert_members(&overview, &["end_time", "report_id", "scan_status", "start_time"], &[]);
    assert_eq!(overview["end_time"], NEVER);
    Ok(())
}

pub(crate) fn of_waiting_scans(harbor: &Target) -> Outcome {
    let (_, overview) =
        harbor.scanned("image that waits for a scan", |overview| overview["scan_status"] == "Pending")?;
    assert_members(&overview, &["end_time", "report_id", "scan_status", "start_time"], &[]);
    assert_eq!((&overview["start_time"], &overview["end_time"]), (&json!(NEVER), &json!(NEVER)));
    Ok(())
}

/// The link without the overview tells that the image could be scanned.
pub(crate) fn of_images_without_a_scan(harbor: &Target) -> Outcome {
    let (place, _) = harbor.scanned("image that was never scanned", Value::is_null)?;
    let artifact = harbor.get(&format!("{}?with_scan_overview=true", place.path())).json();
    assert_eq!(artifact.get("scan_overview"), None);
    assert!(artifact["addition_links"].get("vulnerabilities").is_some());
    Ok(())
}
