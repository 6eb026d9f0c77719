//! The export of findings.

use serde_json::{Value, json};

use crate::client::Request;
use crate::report::MEDIA_TYPE;
use crate::target::{Outcome, Skipped, Target};

const HEADER: &str = "X-Scan-Data-Type";

fn criteria(projects: &[i64]) -> Value {
    json!({"job_name": "behaviour", "projects": projects, "labels": [], "repositories": "", "tags": "", "cveIds": ""})
}

fn project(harbor: &Target) -> Result<i64, Skipped> {
    Ok(harbor.read(&format!("/projects/{}", harbor.project(true)?))?.json()["project_id"].as_i64().unwrap())
}

fn export(request: Request, projects: &[i64]) -> Request {
    request.header(HEADER, MEDIA_TYPE).json(&criteria(projects))
}

pub(crate) fn needs_its_header(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let request = || harbor.request("POST", "/export/cve").json(&criteria(&[1]));
    let answer = request().header(HEADER, "nonsense").send();
    answer.assert_error(400, "BAD_REQUEST", "bad request: Unsupported MIME type : nonsense");
    assert!((400..500).contains(&request().send().status));
    Ok(())
}

pub(crate) fn takes_one_project(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let project = project(harbor)?;
    for projects in [&[][..], &[project, project + 1]] {
        let answer = export(harbor.request("POST", "/export/cve"), projects).send();
        answer.assert_status(400);
        assert_eq!(answer.error().0, "BAD_REQUEST", "{projects:?}");
    }
    export(harbor.request("POST", "/export/cve"), &[999_999_999]).send().assert_status(404);
    Ok(())
}

/// Without the permission; with it a robot is not found among the users.
pub(crate) fn refuses_robots(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let project = project(harbor)?;
    let request = harbor.anonymous("POST", "/export/cve").login(harbor.robot()?);
    export(request, &[project]).send().assert_status(403);
    export(harbor.anonymous("POST", "/export/cve"), &[project]).send().assert_status(401);
    Ok(())
}

pub(crate) fn that_does_not_exist(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    harbor.get("/export/cve/execution/999999999").assert_status(404);
    harbor.get("/export/cve/download/999999999").assert_status(404);
    let list = harbor.get("/export/cve/executions").assert_status(200).json();
    assert!(list["items"].is_array(), "an empty list is no null here: {list}");
    Ok(())
}
