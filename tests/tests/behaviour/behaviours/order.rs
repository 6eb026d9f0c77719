//! The order of lists.

use serde_json::Value;

use crate::target::{Outcome, Target};

pub(crate) fn newest_artifacts_come_first(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)?.iter().filter(|list| list.ends_with("/artifacts")) {
        assert_newest_first(&harbor.get(&format!("{list}?page_size=100")).rows(), "push_time");
    }
    Ok(())
}

pub(crate) fn newest_repositories_come_first(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)?.iter().filter(|list| list.ends_with("/repositories")) {
        assert_newest_first(&harbor.get(&format!("{list}?page_size=100")).rows(), "creation_time");
    }
    Ok(())
}

pub(crate) fn projects_come_by_name(harbor: &Target) -> Outcome {
    // What comes before what is a matter of the database's collation.
    let names = |query: &str| harbor.get(&format!("/projects?page_size=100{query}")).column("name");
    let mut reversed = names("&sort=-name");
    let expected = names("&sort=name");
    assert_eq!(names(""), expected);
    if harbor.get("/projects?page_size=1").total() <= 100 {
        reversed.reverse();
        assert_eq!(reversed, expected);
    }
    Ok(())
}

pub(crate) fn newest_tags_come_first(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with two tags", |place| place.tags().len() > 1)?;
    let tags = harbor.read(&format!("{}/tags", place.path()))?.rows();
    assert_newest_first(&tags, "push_time");
    assert_eq!(Value::from(tags), place.artifact["tags"], "the list and the artifact have the same order");
    Ok(())
}

pub(crate) fn sort_keys(harbor: &Target) -> Outcome {
    let list = harbor.crowd(3)?.list();
    let ids = |sort: &str| {
        let ids = harbor.get(&format!("{list}?page_size=0&sort={sort}")).column("id");
        ids.iter().map(|id| id.as_i64().unwrap()).collect::<Vec<_>>()
    };
    let mut expected = ids("id");
    assert!(expected.is_sorted(), "{expected:?}");
    for sort in ["ID", "nope,id", "project_id,id"] {
        assert_eq!(ids(sort), expected, "{sort}");
    }
    expected.reverse();
    for sort in ["-id", "-ID", "project_id,-id"] {
        assert_eq!(ids(sort), expected, "{sort}");
    }
    Ok(())
}

pub(crate) fn columns_sort_every_list(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        let member = if list == "/projects" { "project_id" } else { "id" };
        let (column, time) = match list.as_str() {
            path if path.ends_with("/artifacts") => ("id", "push_time"),
            "/projects" => ("project_id", "creation_time"),
            _ => ("repository_id", "creation_time"),
        };
        let get = |sort: &str| harbor.get(&format!("{list}?page_size=100&sort={sort}"));
        let ids: Vec<_> = get(column).column(member).iter().map(|id| id.as_i64().unwrap()).collect();
        assert!(ids.is_sorted(), "{list}: {ids:?}");
        let ids: Vec<_> = get(&format!("-{column}")).column(member).iter().map(|id| -id.as_i64().unwrap()).collect();
        assert!(ids.is_sorted(), "{list}: {ids:?}");
        let times: Vec<_> = get(time).column(time).iter().map(|time| time.as_str().unwrap().to_owned()).collect();
        assert!(times.is_sorted(), "{list}: {times:?}");
    }
    Ok(())
}

pub(crate) fn unknown_sort_keys_are_ignored(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        let answer = harbor.get(&format!("{list}?page_size=100&sort=nope"));
        assert_eq!(answer.rows(), harbor.get(&format!("{list}?page_size=100")).rows(), "{list}");
    }
    Ok(())
}

/// Of rows of the same time, the one that was made last comes first.
#[track_caller]
fn assert_newest_first(rows: &[Value], time: &str) {
    let key = |row: &Value| (row[time].as_str().unwrap().to_owned(), row["id"].as_i64().unwrap());
    assert!(rows.len() > 1, "{rows:?}");
    for pair in rows.windows(2) {
        assert!(key(&pair[0]) > key(&pair[1]), "{} comes before {}", pair[0], pair[1]);
    }
}
