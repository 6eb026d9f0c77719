//! Single projects.

use serde_json::Value;

use crate::shape::{SCANNER_MEMBERS, assert_members};
use crate::survey::none;
use crate::target::{Outcome, Target};

pub(crate) fn by_number(harbor: &Target) -> Outcome {
    let name = harbor.project(true)?;
    let by_name = harbor.read(&format!("/projects/{name}"))?.json();
    let number = &by_name["project_id"];
    assert_eq!(harbor.get(&format!("/projects/{number}")).json(), by_name);
    let artifacts = harbor.read(&format!("/projects/{name}/artifacts"))?.rows();
    assert_eq!(harbor.get(&format!("/projects/{number}/artifacts")).rows(), artifacts);
    // Repositories are always asked for by the project's name.
    assert_ne!(harbor.get(&format!("/projects/{number}/repositories")).status, 200);
    Ok(())
}

pub(crate) fn numbers_that_are_names(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let projects = harbor.read("/projects?page_size=100")?.rows();
    let numbers: Vec<_> = projects.iter().map(|project| project["project_id"].to_string()).collect();
    let name = projects
        .iter()
        .filter_map(|project| project["name"].as_str())
        .find(|name| name.bytes().all(|byte| byte.is_ascii_digit()) && !numbers.iter().any(|number| number == name));
    let name = name.ok_or_else(|| none("project with a number for a name"))?;
    let path = format!("/projects/{name}");
    harbor.get(&path).assert_error(404, "NOT_FOUND", &format!("project {name} not found"));
    let by_name = harbor.request("GET", &path).header("X-Is-Resource-Name", "true").send();
    assert_eq!(by_name.assert_status(200).json()["name"], name);
    harbor.get(&format!("{path}/artifacts")).assert_status(404);
    let by_name = harbor.request("GET", &format!("{path}/artifacts")).header("X-Is-Resource-Name", "true").send();
    by_name.assert_status(200);
    harbor.get(&format!("{path}/repositories")).assert_status(200);
    Ok(())
}

pub(crate) fn head_tells_whether_one_exists(harbor: &Target) -> Outcome {
    let name = harbor.project(true)?;
    for (query, status) in [(format!("?project_name={name}"), 200), ("?project_name=nope".to_owned(), 404)] {
        harbor.request("HEAD", &format!("/projects{query}")).send().assert_status(status);
        harbor.anonymous("HEAD", &format!("/projects{query}")).send().assert_status(401);
    }
    harbor.request("HEAD", "/projects").send().assert_status(422);
    Ok(())
}

pub(crate) fn scanners_of_one(harbor: &Target) -> Outcome {
    let name = harbor.project(true)?;
    let answer = harbor.read(&format!("/projects/{name}/scanner"))?;
    if answer.text.is_empty() {
        return Err(none("scanner"));
    }
    let maybe = ["adapter", "capabilities", "health", "name", "url", "uuid", "vendor", "version"];
    assert_members(&answer.json(), &SCANNER_MEMBERS, &maybe);
    assert_eq!(answer.json()["access_credential"], "", "credentials are hidden");
    Ok(())
}

pub(crate) fn deletable_ones(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let full = harbor.project(true)?;
    let answer = harbor.read(&format!("/projects/{full}/_deletable"))?.json();
    assert_eq!(answer.get("deletable"), None, "what is false is absent: {answer}");
    assert!(answer["message"].is_string(), "{answer}");
    let projects = harbor.read("/projects?page_size=100")?.rows();
    let empty = projects.iter().find(|project| project["repo_count"] == 0).ok_or_else(|| none("empty project"))?;
    let number = &empty["project_id"];
    let answer = harbor.get(&format!("/projects/{number}/_deletable")).json();
    assert_eq!(answer["deletable"], Value::Bool(true), "{answer}");
    Ok(())
}

pub(crate) fn summaries(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let name = harbor.project(true)?;
    let summary = harbor.read(&format!("/projects/{name}/summary"))?.json();
    let roles = ["developer_count", "guest_count", "limited_guest_count", "maintainer_count", "project_admin_count"];
    assert_members(&summary, &["repo_count"], &[&roles[..], &["quota", "registry"]].concat());
    let project = harbor.get(&format!("/projects/{name}")).json();
    assert_eq!(summary["repo_count"], project["repo_count"]);
    assert!(summary["quota"]["hard"]["storage"].is_i64(), "{summary}");
    Ok(())
}
