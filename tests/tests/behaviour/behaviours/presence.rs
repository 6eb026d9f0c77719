//! Which members objects have, and what stands for nothing.

use serde_json::{Value, json};

use crate::shape::{NEVER, assert_members, assert_null_or_filled, assert_time};
use crate::target::{Outcome, Target};

const ARTIFACT: [&str; 14] = [
    "accessories",
    "digest",
    "id",
    "labels",
    "manifest_media_type",
    "media_type",
    "project_id",
    "pull_time",
    "push_time",
    "references",
    "repository_id",
    "repository_name",
    "tags",
    "type",
];

const TAG: [&str; 7] = ["artifact_id", "id", "immutable", "name", "pull_time", "push_time", "repository_id"];

pub(crate) fn of_projects(harbor: &Target) -> Outcome {
    for project in harbor.read("/projects?page_size=100")?.rows() {
        let always = [
            "creation_time",
            "current_user_role_ids",
            "cve_allowlist",
            "metadata",
            "name",
            "owner_id",
            "owner_name",
            "project_id",
            "repo_count",
            "update_time",
        ];
        assert_members(&project, &always, &["current_user_role_id", "registry_id"]);
        assert_time(&project["creation_time"]);
        assert_null_or_filled(&project, "current_user_role_ids");
        let list = &project["cve_allowlist"];
        assert_members(list, &["creation_time", "id", "items", "project_id", "update_time"], &["expires_at"]);
        assert_eq!((&list["creation_time"], &list["update_time"]), (&json!(NEVER), &json!(NEVER)));
        assert!(list["items"].is_array(), "{project}");
        assert!(project["metadata"].as_object().unwrap().values().all(Value::is_string), "{project}");
    }
    Ok(())
}

pub(crate) fn of_projects_without_detail(harbor: &Target) -> Outcome {
    for project in harbor.read("/projects?page_size=100&with_detail=false")?.rows() {
        let always = [
            "creation_time",
            "current_user_role_ids",
            "cve_allowlist",
            "name",
            "owner_id",
            "project_id",
            "repo_count",
            "update_time",
        ];
        assert_members(&project, &always, &["current_user_role_id", "registry_id"]);
        let list = json!({"creation_time": NEVER, "items": null, "update_time": NEVER});
        assert_eq!(project["cve_allowlist"], list);
    }
    Ok(())
}

pub(crate) fn of_repositories(harbor: &Target) -> Outcome {
    for repository in harbor.read("/repositories?page_size=100")?.rows() {
        let always = ["artifact_count", "creation_time", "id", "name", "project_id", "pull_count", "update_time"];
        assert_members(&repository, &always, &["description"]);
        assert_time(&repository["creation_time"]);
        assert_time(&repository["update_time"]);
    }
    Ok(())
}

pub(crate) fn of_artifacts(harbor: &Target) -> Outcome {
    let mut seen = 0;
    for place in harbor.places()? {
        let artifact = &place.artifact;
        let maybe = ["addition_links", "annotations", "artifact_type", "extra_attrs", "icon", "size"];
        assert_members(artifact, &ARTIFACT, &maybe);
        assert!(place.is_index() || artifact.get("artifact_type").is_some(), "{artifact}");
        seen += 1;
        for name in ["accessories", "labels", "references", "tags"] {
            assert_null_or_filled(artifact, name);
        }
        assert_time(&artifact["push_time"]);
        assert_time(&artifact["pull_time"]);
        for link in artifact["addition_links"].as_object().into_iter().flatten() {
            assert_members(link.1, &["absolute", "href"], &[]);
        }
    }
    assert!(seen > 0);
    Ok(())
}

pub(crate) fn of_tags(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a tag", |place| !place.tags().is_empty())?;
    let tags = harbor.read(&format!("{}/tags", place.path()))?.rows();
    assert!(!tags.is_empty());
    for tag in tags.iter().chain(place.artifact["tags"].as_array().unwrap()) {
        assert_members(tag, &TAG, &[]);
        assert_eq!(tag["artifact_id"], place.artifact["id"]);
        assert_eq!(tag["repository_id"], place.artifact["repository_id"]);
    }
    Ok(())
}

pub(crate) fn of_references(harbor: &Target) -> Outcome {
    let index = harbor.place("index of platforms", |place| place.artifact["references"][0]["platform"].is_object())?;
    for reference in index.artifact["references"].as_array().unwrap() {
        assert_members(reference, &["child_digest", "child_id", "parent_id", "urls"], &["annotations", "platform"]);
        assert_eq!(reference["parent_id"], index.artifact["id"]);
        assert_null_or_filled(reference, "urls");
    }
    for reference in index.artifact["references"].as_array().unwrap() {
        let Some(platform) = reference.get("platform") else {
            continue;
        };
        assert_members(platform, &["OsFeatures", "architecture", "os"], &["OsVersion", "variant"]);
        assert_null_or_filled(platform, "OsFeatures");
    }
    Ok(())
}

pub(crate) fn of_labels(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a label", |place| place.artifact["labels"].is_array())?;
    for label in place.artifact["labels"].as_array().unwrap() {
        let maybe = ["color", "description", "project_id"];
        assert_members(label, &["creation_time", "id", "name", "scope", "update_time"], &maybe);
    }
    Ok(())
}

pub(crate) fn empty_lists_are_null(harbor: &Target) -> Outcome {
    let untagged = harbor.place("artifact without a tag", |place| place.tags().is_empty())?;
    assert_eq!(untagged.artifact["tags"], json!(null));
    let image = harbor.place("image without labels", |place| place.is_image() && place.artifact["labels"].is_null())?;
    assert_eq!(image.artifact["references"], json!(null));
    Ok(())
}

pub(crate) fn flags_ask_for_lists(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a tag and a label", |place| {
        !place.tags().is_empty() && place.artifact["labels"].is_array()
    })?;
    let member = |name: &str, query: &str| {
        let rows = harbor.get(&format!("{}?page_size=100{query}", place.list())).rows();
        rows.into_iter().find(|row| row["digest"] == place.digest()).unwrap()[name].clone()
    };
    let (tags, labels) = (&place.artifact["tags"], &place.artifact["labels"]);
    assert_eq!(member("tags", ""), *tags);
    assert_eq!(member("labels", ""), json!(null));
    for word in ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled", "TRUE", "Yes"] {
        assert_eq!(member("labels", &format!("&with_label={word}")), *labels, "{word}");
    }
    for word in ["false", "0", "no", "nonsense"] {
        assert_eq!(member("tags", &format!("&with_tag={word}")), json!(null), "{word}");
    }
    Ok(())
}

pub(crate) fn attributes_are_of_any_type(harbor: &Target) -> Outcome {
    let has_text = |place: &crate::survey::Place| place.artifact["extra_attrs"]["architecture"].is_string();
    let image = harbor.place("image with attributes", |place| place.is_image() && has_text(place))?;
    let attributes = image.artifact["extra_attrs"].as_object().unwrap();
    for name in ["architecture", "author", "os"] {
        assert!(attributes.get(name).is_none_or(Value::is_string), "{name} of {attributes:?}");
    }
    assert!(attributes.get("config").is_none_or(Value::is_object), "{attributes:?}");
    Ok(())
}

pub(crate) fn times_have_milliseconds(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a tag", |place| !place.tags().is_empty())?;
    assert_time(&place.artifact["push_time"]);
    assert_time(&place.artifact["tags"][0]["push_time"]);
    assert_ne!(place.artifact["push_time"], NEVER);
    Ok(())
}

pub(crate) fn what_was_never_pulled_has_a_zero_date(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact that was never pulled", |place| {
        place.artifact["pull_time"] == NEVER && !place.tags().is_empty()
    })?;
    for tag in place.artifact["tags"].as_array().unwrap() {
        assert_time(&tag["pull_time"]);
    }
    Ok(())
}
