//! Headers and bodies.

use crate::target::{Outcome, Skipped, Target};

pub(crate) fn content_types(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let answer = harbor.get(&list);
        assert_eq!(answer.assert_status(200).header("content-type"), Some("application/json"), "{list}");
    }
    let answer = harbor.get("/nope");
    assert_eq!(answer.assert_status(404).header("content-type"), Some("application/json; charset=utf-8"));
    Ok(())
}

pub(crate) fn short_bodies_have_a_length_and_long_ones_chunks(harbor: &Target) -> Outcome {
    let (mut short, mut long) = (0, 0);
    for list in harbor.lists(1)? {
        for size in 1..=12 {
            let answer = harbor.get(&format!("{list}?page_size={size}"));
            let has_length = answer.assert_status(200).header("content-length").is_some();
            assert_eq!(answer.is_chunked(), answer.text.len() > 2048, "{} bytes of {list}", answer.text.len());
            assert_eq!(has_length, answer.text.len() <= 2048, "{} bytes of {list}", answer.text.len());
            *(if has_length { &mut short } else { &mut long }) += 1;
        }
    }
    assert!(short > 0 && long > 0, "{short} short and {long} long bodies");
    Ok(())
}

pub(crate) fn bodies_end_with_a_newline(harbor: &Target) -> Outcome {
    for path in ["/projects", "/systeminfo", "/health", "/projects?name=nothing-is-called-so", "/nope"] {
        let answer = harbor.get(path);
        assert_eq!(answer.text.matches('\n').count(), 1, "{}", answer.about());
        assert!(answer.text.ends_with('\n'), "{}", answer.about());
    }
    Ok(())
}

pub(crate) fn request_ids_are_echoed(harbor: &Target) -> Outcome {
    let answer = harbor.request("GET", "/projects").header("X-Request-Id", "a test's own").send();
    assert_eq!(answer.header("x-request-id"), Some("a test's own"));
    Ok(())
}

pub(crate) fn request_ids_are_made(harbor: &Target) -> Outcome {
    let id = |value: Option<&str>| {
        let request = harbor.anonymous("GET", "/ping");
        let request = match value {
            Some(value) => request.header("X-Request-Id", value),
            None => request,
        };
        request.send().header("x-request-id").unwrap().to_owned()
    };
    let ids = [id(None), id(None), id(Some(""))];
    assert!(ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
    for id in &ids {
        let parts: Vec<_> = id.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
        assert!(id.chars().all(|digit| digit == '-' || digit.is_ascii_hexdigit()), "{id}");
        assert!(parts[2].starts_with('4'), "a random UUID: {id}");
    }
    Ok(())
}

pub(crate) fn errors_have_request_ids(harbor: &Target) -> Outcome {
    for path in ["/nope", "/projects?page_size=101", "/projects?q=abc"] {
        let answer = harbor.request("GET", path).header("X-Request-Id", "mine").send();
        assert!(answer.status >= 400, "{}", answer.about());
        assert_eq!(answer.header("x-request-id"), Some("mine"), "{}", answer.about());
    }
    Ok(())
}

pub(crate) fn conditional_requests_are_impossible(harbor: &Target) -> Outcome {
    let answer = harbor.request("GET", "/projects").header("If-None-Match", "*").send();
    answer.assert_status(200);
    for name in ["etag", "last-modified", "cache-control", "expires"] {
        assert_eq!(answer.header(name), None);
    }
    Ok(())
}

pub(crate) fn ping(harbor: &Target) -> Outcome {
    let answer = harbor.anonymous("GET", "/ping").send();
    assert_eq!((answer.status, answer.text.as_str()), (200, "Pong"));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    let answer = harbor.anonymous("GET", "/ping").header("Accept", "application/json").send();
    assert_eq!((answer.status, answer.text.as_str()), (200, "\"Pong\"\n"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    Ok(())
}

/// The version of the API is the same since Harbor 2.0.
pub(crate) fn version_of_the_api(harbor: &Target) -> Outcome {
    let answer = harbor.outside("GET", "/api/version").send();
    assert_eq!(answer.assert_status(200).json(), serde_json::json!({"version": "v2.0"}));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    Ok(())
}

pub(crate) fn health(harbor: &Target) -> Outcome {
    let health = harbor.anonymous("GET", "/health").send();
    let health = health.assert_status(200).json();
    let components = health["components"].as_array().unwrap();
    let names: Vec<_> = components.iter().map(|component| component["name"].as_str().unwrap()).collect();
    for name in ["core", "database", "jobservice", "portal", "redis", "registry", "registryctl"] {
        assert!(names.contains(&name), "{health}");
    }
    let healthy = components.iter().all(|component| component["status"] == "healthy");
    assert_eq!(health["status"] == "healthy", healthy, "{health}");
    Ok(())
}

pub(crate) fn bodies_are_not_compressed(harbor: &Target) -> Outcome {
    if harbor.is_live() {
        return Err(Skipped("what is in front of a live Harbor may compress".to_owned()));
    }
    let answer = harbor.request("GET", "/projects?page_size=100").header("Accept-Encoding", "gzip, br").send();
    assert_eq!(answer.assert_status(200).header("content-encoding"), None);
    assert!(answer.text.len() > 2048, "{} bytes", answer.text.len());
    Ok(())
}
