//! How names and paths are encoded.

use crate::survey::{Place, encode};
use crate::target::{Outcome, Skipped, Target};

/// An artifact in a repository with a slash in its name.
fn deep(harbor: &Target) -> Result<&Place, Skipped> {
    harbor.place("repository with a slash in its name", |place| place.repository.contains('/'))
}

/// The path of the list of artifacts with a name that is encoded already.
fn list(project: &str, name: &str) -> String {
    format!("/projects/{project}/repositories/{name}/artifacts")
}

pub(crate) fn slashes_are_encoded_twice(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let expected = harbor.get(&place.list());
    assert!(expected.total() > 0);
    assert!(expected.column("digest").contains(&place.digest().into()));
    let small = place.repository.replace('/', "%252f");
    assert_eq!(harbor.get(&list(&place.project, &small)).rows(), expected.rows(), "small letters do as well");
    let one = harbor.read(&place.path())?.json();
    assert_eq!(one["repository_name"], format!("{}/{}", place.project, place.repository));
    let repository = harbor.read(&place.repository_path())?.json();
    assert_eq!(repository["name"], one["repository_name"]);
    Ok(())
}

pub(crate) fn too_many_encodings_find_nothing(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let name = encode(&encode(&encode(&place.repository)));
    let answer = harbor.get(&list(&place.project, &name));
    answer.assert_status(200);
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    Ok(())
}

pub(crate) fn raw_slashes_are_no_route(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let path = list(&place.project, &place.repository);
    let message = format!("path /api/v2.0{path} was not found");
    harbor.get(&path).assert_error(404, "NOT_FOUND", &message);
    Ok(())
}

/// Harbor's own nginx decodes a path once and resolves its dots; without it, single encodings do as well as double ones,
/// and encoded dots are a name. Either way is Harbor's, but not a mixture.
pub(crate) fn proxies_decide_about_single_encodings(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let slash = harbor.get(&list(&place.project, &encode(&place.repository)));
    let dots = harbor.get(&list(&place.project, "%2e%2e"));
    dots.assert_status(200);
    if let Some(proxied) = harbor.is_proxied() {
        assert_eq!(slash.status == 404, proxied, "{}", slash.about());
    }
    if slash.status == 404 {
        let path = list(&place.project, &place.repository);
        slash.assert_error(404, "NOT_FOUND", &format!("path /api/v2.0{path} was not found"));
        let whole = harbor.get(&format!("/projects/{}/artifacts", place.project));
        assert_eq!(dots.rows(), whole.rows(), "the dots lead to the artifacts of the project");
    } else {
        assert_eq!(slash.rows(), harbor.get(&place.list()).rows());
        assert_eq!(dots.text, "[]\n", "no repository has such a name");
    }
    Ok(())
}

pub(crate) fn dots_are_resolved_before_routing(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let expected = harbor.get(&place.list()).rows();
    let name = encode(&encode(&place.repository));
    let project = &place.project;
    for path in [
        format!("/projects/{project}/repositories/../repositories/{name}/artifacts"),
        format!("/projects/nope/../{project}/./repositories/{name}/artifacts"),
    ] {
        assert_eq!(harbor.get(&path).rows(), expected, "{path}");
    }
    Ok(())
}

pub(crate) fn encoded_dots_are_a_name(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    for name in ["%252e%252e", "..%252F..%252Fx"] {
        let answer = harbor.get(&list(&place.project, name));
        answer.assert_status(200);
        assert_eq!(answer.text, "[]\n", "{name}");
    }
    Ok(())
}

pub(crate) fn repeated_and_trailing_slashes_are_accepted(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let expected = harbor.get(&place.list()).rows();
    for path in [
        format!("{}/", place.list()),
        place.list().replace("/artifacts", "//artifacts"),
        format!("/{}", place.list()),
        place.list().replace("/projects/", "/projects///"),
    ] {
        assert_eq!(harbor.get(&path).rows(), expected, "{path}");
    }
    let single = harbor.outside("GET", "//api//v2.0//ping/").send();
    assert_eq!((single.status, single.text.as_str()), (200, "Pong"));
    Ok(())
}

pub(crate) fn colons_of_digests_may_be_encoded(harbor: &Target) -> Outcome {
    let place = deep(harbor)?;
    let expected = harbor.read(&place.path())?.json();
    let encoded = place.path_of(&place.digest().replace(':', "%3A"));
    assert_eq!(harbor.read(&encoded)?.json(), expected);
    Ok(())
}

pub(crate) fn what_does_not_exist_has_an_empty_list(harbor: &Target) -> Outcome {
    let project = &deep(harbor)?.project;
    let answer = harbor.get(&list(project, "nothing-is-called-so"));
    answer.assert_status(200);
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    harbor.needs_administrator()?;
    let answer = harbor.get(&list("nothing-is-called-so", "nor-this"));
    answer.assert_status(200);
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    Ok(())
}

pub(crate) fn what_does_not_exist_has_an_empty_list_for_everyone(harbor: &Target) -> Outcome {
    let path = list(&harbor.project(true)?, "nothing-is-called-so");
    let robot = harbor.anonymous("GET", &path).login(harbor.robot()?).send();
    for answer in [harbor.anonymous("GET", &path).send(), robot] {
        answer.assert_status(200);
        assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    }
    Ok(())
}
