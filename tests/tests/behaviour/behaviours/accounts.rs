//! Who the caller is.

use crate::client::Credentials;
use crate::shape::assert_members;
use crate::target::{Outcome, Target};

/// What everyone learns of a server.
const PUBLIC: [&str; 5] =
    ["auth_mode", "banner_message", "oidc_provider_name", "primary_auth_mode", "self_registration"];

/// Names that nobody has: a wrong secret of a real user would lock that user out for a moment.
fn strangers() -> [Credentials; 2] {
    [Credentials::new("nobody-is-called-so", "wrong"), Credentials::new("robot$nobody-is-called-so", "wrong")]
}

pub(crate) fn wrong_credentials_are_anonymous(harbor: &Target) -> Outcome {
    let private = harbor.project(false)?;
    let anonymous = harbor.anonymous("GET", "/projects?page_size=100").send().rows();
    for stranger in strangers() {
        let answer = harbor.anonymous("GET", "/projects?page_size=100").login(&stranger).send();
        assert_eq!(answer.rows(), anonymous);
        let answer = harbor.anonymous("GET", &format!("/projects/{private}/repositories")).login(&stranger).send();
        answer.assert_error(401, "UNAUTHORIZED", "unauthorized");
    }
    for value in ["Bearer nonsense", "Basic nonsense", "Nonsense"] {
        let answer = harbor.anonymous("GET", "/projects?page_size=100").header("Authorization", value).send();
        assert_eq!(answer.rows(), anonymous, "{value}");
    }
    Ok(())
}

pub(crate) fn only_a_login_shows_the_version(harbor: &Target) -> Outcome {
    let anonymous = harbor.anonymous("GET", "/systeminfo").send().json();
    let stranger = harbor.anonymous("GET", "/systeminfo").login(&strangers()[0]).send().json();
    for info in [anonymous, stranger] {
        assert_eq!(info.as_object().unwrap().keys().collect::<Vec<_>>(), PUBLIC);
    }
    let known = [
        "current_time",
        "external_url",
        "harbor_version",
        "has_ca_root",
        "notification_enable",
        "project_creation_restriction",
        "read_only",
        "registry_storage_provider_name",
        "registry_url",
    ];
    let info = harbor.get("/systeminfo").json();
    assert_members(&info, &[&PUBLIC[..], &known[..]].concat(), &["auth_proxy_settings"]);
    assert!(info["harbor_version"].as_str().unwrap().starts_with('v'), "{info}");
    for caller in [harbor.user(), harbor.robot()].into_iter().flatten() {
        let info = harbor.anonymous("GET", "/systeminfo").login(caller).send().json();
        assert!(info.get("harbor_version").is_some(), "{info}");
    }
    Ok(())
}

pub(crate) fn users_learn_who_they_are(harbor: &Target) -> Outcome {
    harbor.anonymous("GET", "/users/current").send().assert_error(401, "UNAUTHORIZED", "unauthorized");
    let user = harbor.user()?;
    let answer = harbor.anonymous("GET", "/users/current").login(user).send();
    let answer = answer.assert_status(200).json();
    let always = ["admin_role_in_auth", "creation_time", "sysadmin_flag", "update_time", "user_id", "username"];
    assert_members(&answer, &always, &["comment", "email", "oidc_user_meta", "realname"]);
    assert_eq!((&answer["username"], &answer["sysadmin_flag"]), (&user.name.as_str().into(), &false.into()));
    Ok(())
}

pub(crate) fn robots_are_no_users(harbor: &Target) -> Outcome {
    let answer = harbor.anonymous("GET", "/users/current").login(harbor.robot()?).send();
    answer.assert_error(412, "PRECONDITION", "get current user not available for security context: robot");
    Ok(())
}

pub(crate) fn robots_have_no_role(harbor: &Target) -> Outcome {
    let answer = harbor.anonymous("GET", "/projects?page_size=100").login(harbor.robot()?).send();
    let rows = answer.rows();
    assert!(!rows.is_empty());
    for project in rows {
        assert!(project["current_user_role_ids"].is_null(), "{project}");
        assert_eq!(project.get("current_user_role_id"), None, "{project}");
    }
    Ok(())
}
