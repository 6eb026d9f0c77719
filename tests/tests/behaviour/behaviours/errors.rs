//! Errors that do not depend on what the registry holds.

use crate::target::{Outcome, Target};

pub(crate) fn have_one_shape(harbor: &Target) -> Outcome {
    let answer = harbor.get("/nope");
    let error = answer.json();
    assert_eq!(error.as_object().unwrap().keys().collect::<Vec<_>>(), ["errors"]);
    assert_eq!(error["errors"].as_array().unwrap().len(), 1);
    assert_eq!(error["errors"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["code", "message"]);
    assert!(answer.text.starts_with("{\"errors\":[{\"code\":\"NOT_FOUND\",\"message\":\""), "{}", answer.text);
    Ok(())
}

pub(crate) fn unknown_routes(harbor: &Target) -> Outcome {
    for path in ["/nope", "/projects/a/b/c/d"] {
        let message = format!("path /api/v2.0{path} was not found");
        harbor.get(path).assert_error(404, "NOT_FOUND", &message);
    }
    Ok(())
}

pub(crate) fn unknown_routes_beside_the_api(harbor: &Target) -> Outcome {
    let answer = harbor.outside("GET", "/api/nope").send();
    answer.assert_status(404);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(answer.text.contains("404 - Page Not Found"), "{}", answer.about());
    let answer = harbor.outside("GET", "/projects").send();
    assert!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{}", answer.about());
    Ok(())
}

/// The methods that a path has are told in the message, and in no header.
pub(crate) fn wrong_methods(harbor: &Target) -> Outcome {
    for (method, path) in [("PATCH", "/systeminfo"), ("PATCH", "/repositories"), ("OPTIONS", "/health")] {
        let message = format!("method {method} is not allowed, but [GET] are");
        let answer = harbor.request(method, path).send();
        answer.assert_error(405, "METHOD_NOT_ALLOWED", &message);
        assert_eq!(answer.header("allow"), None);
    }
    Ok(())
}

pub(crate) fn methods_without_a_body(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)?.iter().filter(|list| *list != "/projects") {
        harbor.request("HEAD", list).send().assert_status(405);
    }
    Ok(())
}

pub(crate) fn unacceptable_answers(harbor: &Target) -> Outcome {
    let message = "validation failure list:\nunsupported media type requested, only [application/json] are available";
    for kind in ["text/html", "text/plain", "application/xml"] {
        let answer = harbor.request("GET", "/projects").header("Accept", kind).send();
        answer.assert_error(422, "UNPROCESSABLE_ENTITY", message);
    }
    for kind in ["*/*", "application/json", "application/json, text/plain, */*", "text/html, application/json;q=0.5"] {
        harbor.request("GET", "/projects").header("Accept", kind).send().assert_status(200);
    }
    Ok(())
}
