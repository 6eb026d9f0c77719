//! Single artifacts, their tags and accessories, and the newest of each repository.

use std::collections::BTreeSet;

use crate::shape::assert_members;
use crate::survey::q;
use crate::target::{Outcome, Target};

pub(crate) fn by_tag_and_digest(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a tag", |place| !place.tags().is_empty())?;
    let by_digest = harbor.read(&format!("{}?with_label=true&with_accessory=true", place.path()))?.json();
    assert_eq!(by_digest, place.artifact, "the list and the single answer agree");
    for tag in place.tags() {
        let by_tag = harbor.read(&format!("{}?with_label=true&with_accessory=true", place.path_of(tag)))?.json();
        assert_eq!(by_tag, by_digest);
    }
    Ok(())
}

pub(crate) fn missing_ones(harbor: &Target) -> Outcome {
    let place = harbor.crowd(1)?;
    harbor.read(&place.path())?;
    let full = format!("{}/{}", place.project, place.repository);
    let digest = format!("sha256:{}", "0".repeat(64));
    for (reference, name) in [("no-such-tag", format!("{full}:no-such-tag")), (&digest, format!("{full}@{digest}"))] {
        for end in ["", "/tags", "/accessories", "/additions/vulnerabilities"] {
            let answer = harbor.get(&format!("{}{end}", place.path_of(reference)));
            answer.assert_error(404, "NOT_FOUND", &format!("artifact {name} not found"));
        }
    }
    Ok(())
}

pub(crate) fn malformed_references(harbor: &Target) -> Outcome {
    let place = harbor.crowd(1)?;
    harbor.read(&place.path())?;
    let full = format!("{}/{}", place.project, place.repository);
    for (reference, decoded) in [("sha256:abc", "sha256:abc"), ("-bad%20ref!", "-bad ref!")] {
        let answer = harbor.get(&place.path_of(reference));
        answer.assert_error(404, "NOT_FOUND", &format!("artifact {full}:{decoded} not found"));
    }
    Ok(())
}

/// Harbor's own nginx decodes the path, and then it is no route.
pub(crate) fn references_with_a_slash(harbor: &Target) -> Outcome {
    let place = harbor.crowd(1)?;
    harbor.read(&place.path())?;
    let answer = harbor.get(&place.path_of("a%2Fb"));
    let (code, message) = answer.assert_status(404).error();
    let artifact = format!("artifact {}/{}:a/b not found", place.project, place.repository);
    let route = format!("path /api/v2.0{} was not found", place.path_of("a/b"));
    assert_eq!(code, "NOT_FOUND");
    assert!(message == artifact || message == route, "{message}");
    Ok(())
}

pub(crate) fn addition_links_lead_to_the_addition(harbor: &Target) -> Outcome {
    let place = harbor.place("scannable artifact in a repository with a slash in its name", |place| {
        place.is_scannable() && place.repository.contains('/')
    })?;
    let link = &place.artifact["addition_links"]["vulnerabilities"];
    assert_eq!(link["absolute"], false);
    let path = link["href"].as_str().unwrap();
    assert_eq!(path, format!("/api/v2.0{}", place.report()));
    let answer = harbor.read(path.strip_prefix("/api/v2.0").unwrap())?;
    assert_eq!(answer.text, harbor.get(&place.report()).text);
    Ok(())
}

/// Until there is an SBOM.
pub(crate) fn sbom_links_have_no_digest(harbor: &Target) -> Outcome {
    let place = harbor.place("scannable artifact without an SBOM", |place| {
        place.is_scannable() && place.artifact["accessories"].is_null()
    })?;
    let expected = format!("/api/v2.0{}//additions/sbom", place.list());
    assert_eq!(place.artifact["addition_links"]["sboms"]["href"], expected);
    Ok(())
}

pub(crate) fn tags_of_one(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with two tags", |place| place.tags().len() > 1)?;
    let list = format!("{}/tags", place.path());
    let all = harbor.read(&list)?;
    assert_eq!(all.total(), i64::try_from(place.tags().len()).unwrap());
    let tag = place.tags()[1];
    let one = harbor.get(&format!("{list}?{}", q(&format!("name={tag}"))));
    assert_eq!((one.column("name"), one.total()), (vec![tag.into()], 1));
    let second = harbor.get(&format!("{list}?page=2&page_size=1"));
    assert_eq!(second.column("name"), [tag]);
    Ok(())
}

pub(crate) fn accessories_of_one(harbor: &Target) -> Outcome {
    let plain = harbor.place("artifact without accessories", |place| place.artifact["accessories"].is_null())?;
    let answer = harbor.read(&format!("{}/accessories", plain.path()))?;
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    let place = harbor.place("artifact with an accessory", |place| place.artifact["accessories"].is_array())?;
    let answer = harbor.read(&format!("{}/accessories?page_size=100", place.path()))?;
    assert!(answer.total() > 0);
    for accessory in answer.rows() {
        let always = [
            "artifact_id",
            "creation_time",
            "digest",
            "icon",
            "size",
            "subject_artifact_digest",
            "subject_artifact_repo",
            "type",
        ];
        assert_members(&accessory, &always, &["id", "subject_artifact_id"]);
        assert_eq!(accessory["subject_artifact_digest"], place.digest());
        let listed = harbor.get(&format!("{}?page_size=100&{}", place.list(), q("base=*"))).column("digest");
        assert!(!listed.contains(&accessory["digest"]), "no list has accessories");
    }
    Ok(())
}

pub(crate) fn latest_need_a_type(harbor: &Target) -> Outcome {
    let project = &harbor.crowd(1)?.project;
    let path = format!("/projects/{project}/artifacts?latest_in_repository=true");
    let message = "bad request: either 'media_type' or 'artifact_type' must be specified, but not both, \
                   when querying with latest_in_repository";
    for query in ["", "&q=id%3D1", "&q=media_type%3Da%2Cartifact_type%3Db"] {
        harbor.get(&format!("{path}{query}")).assert_error(400, "BAD_REQUEST", message);
    }
    Ok(())
}

pub(crate) fn latest_are_one_in_each_repository(harbor: &Target) -> Outcome {
    let place = harbor.crowd(3)?;
    let kind = place.artifact["media_type"].as_str().unwrap();
    let path = format!("/projects/{}/artifacts?latest_in_repository=true", place.project);
    let answer = harbor.read(&format!("{path}&page_size=100&{}", q(&format!("media_type={kind}"))))?;
    let rows = answer.rows();
    let repositories: BTreeSet<_> = rows.iter().map(|row| row["repository_name"].to_string()).collect();
    assert_eq!(repositories.len(), rows.len(), "{repositories:?}");
    assert!(!rows.is_empty() && rows.iter().all(|row| row["media_type"] == kind));
    if rows.len() < 100 {
        assert_eq!(answer.total(), i64::try_from(rows.len()).unwrap());
    }
    let newest = harbor.get(&format!("{}?page_size=1&{}", place.list(), q(&format!("media_type={kind},base=*"))));
    assert!(answer.column("digest").contains(&newest.column("digest")[0]));
    Ok(())
}

pub(crate) fn latest_of_an_unknown_type(harbor: &Target) -> Outcome {
    let project = &harbor.crowd(1)?.project;
    // The plus sign is encoded once only, and so read as a space.
    let query = "q=media_type%3Dapplication%2Fvnd.docker.container.image.v1%2Bjson";
    let answer = harbor.read(&format!("/projects/{project}/artifacts?latest_in_repository=true&{query}"))?;
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    Ok(())
}
