//! Who may see what: 200, 401, 403 and 404.

use crate::client::Credentials;
use crate::target::{Outcome, Skipped, Target};

const MISSING: &str = "nothing-is-called-so";

pub(crate) fn anonymous_callers_see_public_projects(harbor: &Target) -> Outcome {
    let public = harbor.project(true)?;
    let private = harbor.project(false)?;
    let projects = harbor.anonymous("GET", "/projects?page_size=100").send();
    let names = projects.column("name");
    assert!(names.contains(&public.into()), "{names:?}");
    assert!(!names.contains(&private.as_str().into()), "{names:?}");
    let repositories = harbor.anonymous("GET", "/repositories?page_size=100").send().column("name");
    assert!(!repositories.is_empty());
    assert!(!repositories.iter().any(|name| name.as_str().unwrap().starts_with(&format!("{private}/"))));
    Ok(())
}

pub(crate) fn private_projects_refuse_anonymous_callers(harbor: &Target) -> Outcome {
    let private = harbor.project(false)?;
    for path in inside(&private) {
        let answer = harbor.anonymous("GET", &path).send();
        answer.assert_error(401, "UNAUTHORIZED", "unauthorized");
        assert_eq!(answer.header("www-authenticate"), None, "{path}");
    }
    Ok(())
}

pub(crate) fn missing_projects_refuse_anonymous_callers(harbor: &Target) -> Outcome {
    for path in inside(MISSING) {
        harbor.anonymous("GET", &path).send().assert_error(401, "UNAUTHORIZED", "unauthorized");
    }
    Ok(())
}

pub(crate) fn public_projects_are_open_to_anonymous_callers(harbor: &Target) -> Outcome {
    let public = harbor.project(true)?;
    let place = harbor.place("tagged artifact in a public project", |place| {
        place.project == public && !place.tags().is_empty() && place.is_scannable()
    })?;
    let paths = [
        format!("/projects/{public}"),
        format!("/projects/{public}/repositories"),
        place.list(),
        place.path(),
        place.path_of(place.tags()[0]),
        format!("{}/tags", place.path()),
        format!("{}/accessories", place.path()),
        place.report(),
    ];
    for path in paths {
        harbor.anonymous("GET", &path).send().assert_status(200);
    }
    Ok(())
}

pub(crate) fn single_repositories_and_project_lists_need_a_login(harbor: &Target) -> Outcome {
    let public = harbor.project(true)?;
    let place = harbor.place("artifact in a public project", |place| place.project == public)?;
    for path in [place.repository_path(), format!("/projects/{public}/artifacts")] {
        harbor.anonymous("GET", &path).send().assert_error(401, "UNAUTHORIZED", "unauthorized");
    }
    Ok(())
}

pub(crate) fn administrators_learn_what_is_missing(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let message = format!("project {MISSING} not found");
    for end in ["", "/repositories", "/artifacts", "/scanner"] {
        harbor.get(&format!("/projects/{MISSING}{end}")).assert_error(404, "NOT_FOUND", &message);
    }
    let place = harbor.crowd(1)?;
    let answer = harbor.get(&format!("/projects/{}/repositories/{MISSING}", place.project));
    answer.assert_error(404, "NOT_FOUND", &format!("repository {}/{MISSING} not found", place.project));
    Ok(())
}

pub(crate) fn users_do_not_learn_what_is_missing(harbor: &Target) -> Outcome {
    refuses_what_is_missing(harbor, harbor.user()?);
    // A project that is there, and not theirs.
    harbor.needs_administrator()?;
    let private = harbor.project(false)?;
    for path in inside(&private) {
        let answer = harbor.anonymous("GET", &path).login(harbor.user()?).send();
        answer.assert_error(403, "FORBIDDEN", "forbidden");
    }
    Ok(())
}

pub(crate) fn robots_do_not_learn_what_is_missing(harbor: &Target) -> Outcome {
    refuses_what_is_missing(harbor, harbor.robot()?);
    Ok(())
}

/// With the least rights that reading all reports needs.
pub(crate) fn robots_need_each_right(harbor: &Target) -> Outcome {
    if harbor.is_live() {
        return Err(Skipped("the rights of a live robot are not known".to_owned()));
    }
    let private = harbor.project(false)?;
    let place = harbor.place("tagged artifact in a private project", |place| {
        place.project == private && place.is_scannable() && !place.tags().is_empty()
    })?;
    let ask = |path: &str| harbor.anonymous("GET", path).login(harbor.robot().unwrap()).send();
    let project = format!("/projects/{private}");
    for path in [format!("{project}/repositories"), format!("{project}/artifacts"), place.list(), place.report()] {
        ask(&path).assert_status(200);
    }
    for path in [
        project,
        place.repository_path(),
        place.path(),
        format!("{}/tags", place.path()),
        format!("{}/accessories", place.path()),
    ] {
        ask(&path).assert_error(403, "FORBIDDEN", "forbidden");
    }
    Ok(())
}

pub(crate) fn users_see_public_projects_and_their_own(harbor: &Target) -> Outcome {
    let answer = harbor.anonymous("GET", "/projects?page_size=100").login(harbor.user()?).send();
    let rows = answer.rows();
    for project in &rows {
        let is_own = project["current_user_role_ids"].is_array();
        assert!(is_own || project["metadata"]["public"] == "true", "{project}");
        assert_eq!(is_own, project.get("current_user_role_id").is_some(), "{project}");
    }
    assert!(rows.iter().any(|project| project["metadata"]["public"] == "true"));
    Ok(())
}

/// The message of this refusal is the name of the caller.
pub(crate) fn system_resources_need_an_administrator(harbor: &Target) -> Outcome {
    // A live robot may have the right.
    let robot = harbor.robot().ok().filter(|_| !harbor.is_live());
    let callers: Vec<_> = harbor.user().ok().into_iter().chain(robot).collect();
    for path in ["/users", "/quotas", "/scanners", "/registries"] {
        harbor.anonymous("GET", path).send().assert_error(401, "UNAUTHORIZED", "unauthorized");
        for caller in &callers {
            let answer = harbor.anonymous("GET", path).login(caller).send();
            answer.assert_error(403, "FORBIDDEN", &caller.name);
        }
    }
    Ok(())
}

fn refuses_what_is_missing(harbor: &Target, caller: &Credentials) {
    for path in inside(MISSING) {
        let answer = harbor.anonymous("GET", &path).login(caller).send();
        answer.assert_error(403, "FORBIDDEN", "forbidden");
    }
}

/// Paths inside of a project.
fn inside(project: &str) -> [String; 8] {
    let project = format!("/projects/{project}");
    [
        project.clone(),
        format!("{project}/repositories"),
        format!("{project}/artifacts"),
        format!("{project}/scanner"),
        format!("{project}/repositories/x"),
        format!("{project}/repositories/x/artifacts"),
        format!("{project}/repositories/x/artifacts/latest"),
        format!("{project}/repositories/x/artifacts/latest/additions/vulnerabilities"),
    ]
}
