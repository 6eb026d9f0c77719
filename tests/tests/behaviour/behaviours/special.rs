//! The keys of `q` that lists of artifacts treat in their own way.

use serde_json::{Value, json};

use crate::survey::q;
use crate::target::{Outcome, Target};

pub(crate) fn tagged_and_untagged(harbor: &Target) -> Outcome {
    let tagged = harbor.place("artifact with a tag", |place| !place.tags().is_empty())?;
    let found = harbor.get(&format!("{}?page_size=100&{}", tagged.list(), q("tags=*"))).rows();
    assert!(!found.is_empty() && found.iter().all(|artifact| artifact["tags"].is_array()));
    let untagged = harbor.place("artifact without a tag", |place| place.tags().is_empty())?;
    let found = harbor.get(&format!("{}?page_size=100&{}", untagged.list(), q("tags=nil"))).rows();
    assert!(!found.is_empty() && found.iter().all(|artifact| artifact["tags"] == Value::Null));
    Ok(())
}

pub(crate) fn tags_by_name_and_part(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact whose tag has a small letter", |place| {
        place.tags().first().is_some_and(|tag| tag.len() > 1 && tag.contains(|letter: char| letter.is_lowercase()))
    })?;
    let tag = place.tags()[0];
    let found = |query: &str| harbor.get(&format!("{}?page_size=100&{}", place.list(), q(query))).column("digest");
    let digest = Value::from(place.digest());
    assert_eq!(found(&format!("tags={tag}")), std::slice::from_ref(&digest));
    assert!(found(&format!("tags=~{tag}")).contains(&digest));
    assert!(!found(&format!("tags={}", &tag[1..])).contains(&digest), "the whole name counts");
    assert!(!found(&format!("tags=~{}", tag.to_uppercase())).contains(&digest), "capitals count");
    Ok(())
}

pub(crate) fn tags_take_no_sets_and_ranges(harbor: &Target) -> Outcome {
    let list = harbor.crowd(1)?.list();
    for value in ["{v1 v2}", "[1~2]", "(v1 v2)"] {
        let message = "the value of \"tags\" query can only be fuzzy match value or exact match value";
        harbor.get(&format!("{list}?{}", q(&format!("tags={value}")))).assert_error(400, "BAD_REQUEST", message);
    }
    Ok(())
}

pub(crate) fn labels_select_artifacts(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with a label", |place| place.artifact["labels"].is_array())?;
    let label = &place.artifact["labels"][0]["id"];
    let found = |query: String| harbor.get(&format!("{}?page_size=100&{}", place.list(), q(&query))).column("digest");
    assert!(found(format!("labels=({label})")).contains(&json!(place.digest())));
    assert!(!found(format!("labels=({label} 999999)")).contains(&json!(place.digest())), "all labels must be there");
    assert_eq!(found("labels=(999999)".to_owned()), [json!(null); 0]);
    Ok(())
}

pub(crate) fn labels_take_only_numbers_in_parentheses(harbor: &Target) -> Outcome {
    let list = harbor.crowd(1)?.list();
    let get = |query: &str| harbor.get(&format!("{list}?{}", q(query)));
    for query in ["labels=1", "labels={1}", "labels=(a)", "labels=[1~]"] {
        let message = "the value of \"labels\" query can only be integer list with intersetion relationship";
        get(query).assert_error(400, "BAD_REQUEST", message);
    }
    get("labels=()").assert_error(500, "UNKNOWN", "internal server error");
    Ok(())
}

pub(crate) fn children_of_indexes_are_hidden(harbor: &Target) -> Outcome {
    let (index, child) = harbor
        .places()?
        .iter()
        .filter(|place| place.is_index())
        .find_map(|index| {
            let child = index.artifact["references"][0]["child_digest"].clone();
            let listed = harbor.get(&format!("{}?page_size=100", index.list())).column("digest").contains(&child);
            (!listed).then_some((index, child))
        })
        .ok_or_else(|| crate::survey::none("index whose children have no tags"))?;
    let all = harbor.get(&format!("{}?page_size=100&{}", index.list(), q("base=*")));
    assert!(all.column("digest").contains(&child));
    let listed = harbor.get(&index.list()).total();
    assert!(listed < all.total());
    let full = format!("{}/{}", index.project, index.repository);
    let repository = &harbor.get(&format!("/repositories?{}", q(&format!("name={full}")))).rows()[0];
    assert_eq!(repository["artifact_count"], listed, "children are not counted");
    Ok(())
}

pub(crate) fn base_takes_a_star_only(harbor: &Target) -> Outcome {
    let list = harbor.crowd(1)?.list();
    for value in ["1", "~*", "{* *}"] {
        let message = "the value of \"base\" query can only be exact match value with \"*\"";
        harbor.get(&format!("{list}?{}", q(&format!("base={value}")))).assert_error(400, "BAD_REQUEST", message);
    }
    Ok(())
}
