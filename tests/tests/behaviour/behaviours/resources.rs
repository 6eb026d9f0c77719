//! What there is beside projects and artifacts.

use serde_json::{Value, json};

use crate::shape::{SCANNER_MEMBERS, assert_members, assert_time};
use crate::survey::encode;
use crate::target::{Outcome, Target};

pub(crate) fn search_finds_names(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact", |_| true)?;
    let found = |text: &str| harbor.read(&format!("/search?q={}", encode(text)));
    let answer = found(&format!("{}/{}", place.project, place.repository))?.json();
    assert_members(&answer, &["project", "repository"], &[]);
    let full = format!("{}/{}", place.project, place.repository);
    let repositories = answer["repository"].as_array().unwrap();
    let repository = repositories.iter().find(|repository| repository["repository_name"] == full).unwrap();
    let always = ["project_id", "project_name", "repository_name"];
    assert_members(repository, &always, &["artifact_count", "project_public", "pull_count"]);
    let answer = found(&place.project[1..])?.json();
    let projects = answer["project"].as_array().unwrap();
    let project = projects.iter().find(|project| project["name"] == place.project.as_str()).unwrap();
    assert_eq!(project["cve_allowlist"]["items"], json!(null), "projects come without detail");
    Ok(())
}

/// The text is no query, so that nothing is wrong with it.
pub(crate) fn search_finds_nothing(harbor: &Target) -> Outcome {
    for text in ["nothing-is-called-so", "a={b"] {
        let answer = harbor.get(&format!("/search?q={}", encode(text)));
        assert_eq!(answer.assert_status(200).text, "{\"project\":[],\"repository\":[]}\n");
    }
    Ok(())
}

pub(crate) fn statistics_of_an_administrator(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let statistics = harbor.get("/statistics").assert_status(200).json();
    let always = [
        "private_project_count",
        "private_repo_count",
        "public_project_count",
        "public_repo_count",
        "total_project_count",
        "total_repo_count",
        "total_storage_consumption",
    ];
    assert_members(&statistics, &always, &[]);
    let number = |name: &str| statistics[name].as_i64().unwrap();
    assert_eq!(number("total_project_count"), harbor.get("/projects?page_size=1").total());
    assert_eq!(number("total_repo_count"), harbor.get("/repositories?page_size=1").total());
    assert_eq!(number("total_project_count"), number("private_project_count") + number("public_project_count"));
    assert_eq!(number("total_repo_count"), number("private_repo_count") + number("public_repo_count"));
    Ok(())
}

pub(crate) fn statistics_need_a_login(harbor: &Target) -> Outcome {
    harbor.anonymous("GET", "/statistics").send().assert_error(401, "UNAUTHORIZED", "unauthorized");
    let user = harbor.anonymous("GET", "/statistics").login(harbor.user()?).send();
    let user = user.assert_status(200).json();
    assert_eq!((&user["total_project_count"], &user["total_repo_count"]), (&json!(0), &json!(0)));
    Ok(())
}

pub(crate) fn quotas_have_hard_limits(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let answer = harbor.get("/quotas?page_size=100");
    assert_eq!(answer.total(), harbor.get("/projects?page_size=1").total());
    for quota in answer.rows() {
        assert_members(&quota, &["creation_time", "hard", "id", "ref", "update_time", "used"], &[]);
        assert_time(&quota["creation_time"]);
        assert!(quota["hard"]["storage"].is_i64() && quota["used"]["storage"].is_i64(), "{quota}");
        assert!(quota["ref"]["name"].is_string(), "{quota}");
    }
    let id = &answer.column("id")[0];
    assert_eq!(harbor.get(&format!("/quotas/{id}")).assert_status(200).json()["id"], *id);
    Ok(())
}

pub(crate) fn quotas_that_do_not_exist(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    harbor.get("/quotas/999999999").assert_error(404, "NOT_FOUND", "quota 999999999 not found");
    let none = harbor.get("/quotas?reference=project&reference_id=999999999");
    assert_eq!((none.assert_status(200).text.as_str(), none.total()), ("[]\n", 0));
    Ok(())
}

pub(crate) fn scanners_are_listed(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let answer = harbor.get("/scanners");
    let scanners = answer.rows();
    assert!(scanners.iter().filter(|scanner| scanner["is_default"] == true).count() <= 1);
    for scanner in &scanners {
        assert_members(scanner, &SCANNER_MEMBERS, &["capabilities", "name", "url", "uuid"]);
        let one = harbor.get(&format!("/scanners/{}", scanner["uuid"].as_str().unwrap()));
        assert_eq!(one.assert_status(200).json()["name"], scanner["name"]);
    }
    assert!(!scanners.is_empty());
    Ok(())
}

pub(crate) fn users_are_listed(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let answer = harbor.get("/users?page_size=100");
    for user in answer.rows() {
        let always = ["admin_role_in_auth", "creation_time", "sysadmin_flag", "update_time", "user_id", "username"];
        assert_members(&user, &always, &["comment", "email", "oidc_user_meta", "realname"]);
    }
    let none = harbor.get("/users?q=username%3Dnobody-is-called-so");
    assert_eq!((none.assert_status(200).text.as_str(), none.total()), ("[]\n", 0));
    Ok(())
}

pub(crate) fn the_allowlist_of_the_system(harbor: &Target) -> Outcome {
    let list = harbor.read("/system/CVEAllowlist")?.json();
    assert_members(&list, &["creation_time", "items", "update_time"], &["expires_at", "id"]);
    assert!(list["items"].is_array(), "an empty list is no null here: {list}");
    Ok(())
}

pub(crate) fn scan_all_without_a_schedule(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let answer = harbor.get("/system/scanAll/schedule");
    answer.assert_status(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    match answer.text.as_str() {
        "" => assert_eq!(answer.header("content-length"), Some("0")),
        _ => assert!(answer.json()["schedule"].is_object(), "{}", answer.about()),
    }
    let metrics = harbor.get("/scans/all/metrics").assert_status(200).json();
    assert_members(&metrics, &["completed", "ongoing", "total"], &["metrics", "trigger"]);
    assert_eq!(metrics.get("metrics").is_some(), metrics.get("trigger").is_some(), "{metrics}");
    assert!(metrics["metrics"].as_object().is_none_or(|counts| counts.values().all(Value::is_u64)), "{metrics}");
    Ok(())
}
