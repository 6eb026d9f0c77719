//! Creating and deleting what belongs to the test alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::client::Answer;
use crate::target::{Outcome, Skipped, Target};

/// A project of this test, deleted at its end, also when it fails.
struct OwnProject<'a> {
    harbor: &'a Target,
    name: String,
}

impl<'a> OwnProject<'a> {
    fn create(harbor: &'a Target) -> Result<(Self, Answer), Skipped> {
        harbor.needs_writes()?;
        let project = Self { harbor, name: unique_name() };
        let answer = create(harbor, &project.name);
        Ok((project, answer))
    }

    fn path(&self) -> String {
        format!("/projects/{}", self.name)
    }

    fn delete(&self) -> Answer {
        self.harbor.request("DELETE", &self.path()).send()
    }
}

impl Drop for OwnProject<'_> {
    fn drop(&mut self) {
        // A second panic would end the process, and with it what other tests have to clean up.
        let answer = catch_unwind(AssertUnwindSafe(|| self.delete()));
        if !answer.is_ok_and(|answer| matches!(answer.status, 200 | 404)) {
            println!("the project {} is left behind", self.name);
        }
    }
}

fn create(harbor: &Target, name: &str) -> Answer {
    let body = json!({"project_name": name, "metadata": {"public": "false"}});
    harbor.request("POST", "/projects").json(&body).send()
}

/// A name that no other test and no other run has.
pub(super) fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nanoseconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    format!("behaviour-{nanoseconds}-{}-{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn a_project_is_created_and_deleted(harbor: &Target) -> Outcome {
    let (project, created) = OwnProject::create(harbor)?;
    created.assert_status(201);
    assert_eq!((created.text.as_str(), created.header("content-type")), ("", None));
    let location = created.header("location").unwrap();
    let found = harbor.get(location.strip_prefix("/api/v2.0").unwrap()).assert_status(200).json();
    assert_eq!((&found["name"], &found["repo_count"]), (&project.name.as_str().into(), &0.into()));
    assert_eq!(harbor.get(&format!("{}/repositories", project.path())).text, "[]\n");
    let deleted = project.delete();
    assert_eq!((deleted.status, deleted.text.as_str()), (200, ""));
    let message = format!("project {} not found", project.name);
    project.delete().assert_error(404, "NOT_FOUND", &message);
    harbor.get(&project.path()).assert_error(404, "NOT_FOUND", &message);
    Ok(())
}

pub(crate) fn a_project_exists_once(harbor: &Target) -> Outcome {
    let (project, created) = OwnProject::create(harbor)?;
    created.assert_status(201);
    let message = format!("The project named {} already exists", project.name);
    create(harbor, &project.name).assert_error(409, "CONFLICT", &message);
    Ok(())
}

pub(crate) fn names_are_checked(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let message = "project name is not in lower case or contains illegal characters";
    create(harbor, "Not A Name").assert_error(400, "BAD_REQUEST", message);
    let message = "Project name  is illegal in length. (greater than 255 or less than 1)";
    create(harbor, "").assert_error(400, "BAD_REQUEST", message);
    Ok(())
}

pub(crate) fn bodies_are_checked(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let message = "validation failure list:\nproject in body is required";
    harbor.request("POST", "/projects").send().assert_error(422, "UNPROCESSABLE_ENTITY", message);
    let answer = harbor.request("POST", "/projects").json(&json!([1])).send();
    answer.assert_status(422);
    assert!(answer.error().1.starts_with("validation failure list:\nparsing project body"), "{}", answer.about());
    Ok(())
}

/// A project of others is deleted by nobody: the simulated Harbor alone is asked.
pub(crate) fn a_project_with_repositories_stays(harbor: &Target) -> Outcome {
    if harbor.is_live() {
        return Err(Skipped("it would delete a project that is not the test's own if Harbor failed".to_owned()));
    }
    let message = "precondition failed: the project contains repositories, can not be deleted";
    let name = harbor.project(true)?;
    harbor.request("DELETE", &format!("/projects/{name}")).send().assert_error(412, "PRECONDITION", message);
    harbor.get(&format!("/projects/{name}")).assert_status(200);
    Ok(())
}

pub(crate) fn labels_are_created_and_deleted(harbor: &Target) -> Outcome {
    let (project, created) = OwnProject::create(harbor)?;
    created.assert_status(201);
    let id = &harbor.get(&project.path()).json()["project_id"];
    // A label of a project goes with the project.
    let body = json!({"name": "checked", "scope": "p", "project_id": id});
    let created = harbor.request("POST", "/labels").json(&body).send();
    created.assert_status(201);
    let location = created.header("location").unwrap();
    let path = location.strip_prefix("/api/v2.0").unwrap();
    assert_eq!(harbor.get(path).assert_status(200).json()["name"], "checked");
    let list = harbor.get(&format!("/labels?scope=p&project_id={id}"));
    assert_eq!((list.column("name"), list.total()), (vec!["checked".into()], 1));
    harbor.request("DELETE", path).send().assert_status(200);
    harbor.get(path).assert_status(404);
    let body = json!({"name": "checked", "scope": "z"});
    let answer = harbor.request("POST", "/labels").json(&body).send();
    answer.assert_error(400, "BAD_REQUEST", "unsupported label scope");
    Ok(())
}

#[tokio::test]
async fn the_own_project_is_deleted_after_a_failure() {
    let harbor = Target::simulated().await;
    let mut name = String::new();
    let failed = catch_unwind(AssertUnwindSafe(|| {
        let (project, _) = OwnProject::create(&harbor).unwrap();
        name.clone_from(&project.name);
        panic!("a behaviour that does not hold");
    }));
    assert!(failed.is_err());
    let request = harbor.requests().pop().unwrap();
    assert_eq!((request.method.as_str(), request.target), ("DELETE", format!("/api/v2.0/projects/{name}")));
}
