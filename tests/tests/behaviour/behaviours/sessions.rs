//! The cookie that every answer sets and no client should keep.

use super::writes::unique_name;
use crate::client::Answer;
use crate::target::{Outcome, Target};

const COOKIE: &str = "sid=0123456789abcdef0123456789abcdef";

pub(crate) fn every_answer_gives_a_session(harbor: &Target) -> Outcome {
    let answers = [harbor.get("/projects"), harbor.get("/nope"), harbor.anonymous("GET", "/systeminfo").send()];
    for answer in answers {
        let cookies: Vec<_> = answer.cookies().into_iter().filter(|cookie| cookie.starts_with("sid=")).collect();
        assert_eq!(cookies.len(), 1, "{}: {cookies:?}", answer.about());
        let parts: Vec<_> = cookies[0].split("; ").collect();
        assert!(parts[0].len() > 10, "{cookies:?}");
        assert!(parts.contains(&"Path=/") && parts.contains(&"HttpOnly"), "{cookies:?}");
    }
    Ok(())
}

/// A request that brings a session gets means to write instead of another session.
pub(crate) fn a_session_is_given_once(harbor: &Target) -> Outcome {
    let first = harbor.get("/projects");
    let sid = session(&first);
    let answer = harbor.request("GET", "/projects").header("Cookie", sid).send();
    answer.assert_status(200);
    assert!(answer.cookies().iter().any(|cookie| cookie.starts_with("_gorilla_csrf=")));
    assert!(!answer.cookies().iter().any(|cookie| cookie.starts_with("sid=")), "the session lives");
    assert_eq!(answer.header("vary"), Some("Cookie"));
    assert!(answer.header("x-harbor-csrf-token").is_some_and(|token| !token.is_empty()));
    Ok(())
}

pub(crate) fn a_session_is_not_a_login(harbor: &Target) -> Outcome {
    let first = harbor.get("/projects");
    let sid = session(&first);
    let answer = harbor.anonymous("GET", "/users/current").header("Cookie", sid).send();
    answer.assert_error(401, "UNAUTHORIZED", "unauthorized");
    Ok(())
}

/// Not even a session that does not exist can do without, nor one with a login beside it.
pub(crate) fn a_session_needs_a_token_to_write(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let path = format!("/projects/{}", unique_name());
    for request in [harbor.anonymous("DELETE", &path), harbor.request("DELETE", &path)] {
        let answer = request.header("Cookie", COOKIE).send();
        answer.assert_error(403, "FORBIDDEN", "CSRF token not found in request");
    }
    Ok(())
}

/// The token is that of an earlier answer to the same session, together with the cookie which came with it.
pub(crate) fn a_token_lets_a_session_write(harbor: &Target) -> Outcome {
    harbor.needs_writes()?;
    let first = harbor.get("/projects");
    let sid = session(&first);
    let second = harbor.request("GET", "/projects").header("Cookie", sid).send();
    let cookies = second.cookies();
    let csrf = cookies.iter().find(|cookie| cookie.starts_with("_gorilla_csrf=")).unwrap();
    let cookies = format!("{sid}; {}", csrf.split(';').next().unwrap());
    let token = second.header("x-harbor-csrf-token").unwrap();
    let name = unique_name();
    let delete = || harbor.request("DELETE", &format!("/projects/{name}")).header("Cookie", &cookies);
    let answer = delete().header("X-Harbor-CSRF-Token", token).send();
    answer.assert_error(404, "NOT_FOUND", &format!("project {name} not found"));
    delete().send().assert_error(403, "FORBIDDEN", "CSRF token not found in request");
    Ok(())
}

/// The cookie of the session that an answer gives, without its attributes.
fn session(answer: &Answer) -> &str {
    let cookies = answer.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("sid=")).unwrap();
    cookie.split(';').next().unwrap()
}
