//! Starting and stopping scans.

use serde_json::json;

use crate::target::{Outcome, Target};

pub(crate) fn of_a_chart_are_refused(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let place = harbor.place("chart", |place| place.artifact["type"] == "CHART")?;
    let kind = place.artifact["manifest_media_type"].as_str().unwrap();
    let answer = harbor.request("POST", &format!("{}/scan", place.path())).send();
    let message = format!("the configured scanner Trivy does not support scanning artifact with mime type {kind}");
    answer.assert_error(400, "BAD_REQUEST", &message);
    Ok(())
}

pub(crate) fn stop_without_a_job(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let is = |overview: &serde_json::Value| overview.is_null();
    let (place, _) = harbor.scanned("image that was never scanned", is)?;
    let request = harbor.request("POST", &format!("{}/scan/stop", place.path()));
    let answer = request.json(&json!({"scan_type": "vulnerability"})).send();
    answer.assert_status(400);
    let (code, message) = answer.error();
    assert_eq!(code, "BAD_REQUEST");
    assert!(message.contains(&format!("no scan job for artifact digest={}", place.digest())), "{message}");
    Ok(())
}

pub(crate) fn need_a_login(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let private = harbor.project(false)?;
    let place = harbor.place("artifact in a private project", |place| place.project == private)?;
    let path = format!("{}/scan", place.path());
    harbor.anonymous("POST", &path).send().assert_error(401, "UNAUTHORIZED", "unauthorized");
    let user = harbor.anonymous("POST", &path).login(harbor.user()?).send();
    user.assert_error(403, "FORBIDDEN", "forbidden");
    Ok(())
}
