//! `q` and `sort`.

use harbor_testkit::SimulatedHarbor;
use serde_json::{Value, json};

use crate::support::{As, get, sample, start};

async fn tags(harbor: &SimulatedHarbor, query: &str) -> Vec<String> {
    let path = format!("/projects/library/repositories/svc%252Fapp/artifacts?{query}");
    let answer = get(harbor, As::Admin, &path).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    let tag = |tags: Value| tags[0]["name"].as_str().unwrap().to_owned();
    answer.column("tags").into_iter().map(tag).collect()
}

#[tokio::test]
async fn patterns_select_artifacts() {
    let harbor = start(sample()).await;
    let all = ["v3", "v2", "v1"];
    for (query, expected) in [
        ("", &all[..]),
        ("q=", &all),
        ("q=id%3D2", &["v2"]),
        ("q=ID%3D2", &["v2"]),
        ("q=id%3D%5B2~%5D", &["v3", "v2"]),
        ("q=id%3D%5B~2%5D", &["v2", "v1"]),
        ("q=id%3D%5B2~2%5D", &["v2"]),
        ("q=id%3D%7B1%203%7D", &["v3", "v1"]),
        ("q=id%3D%5B2~%5D%2Cid%3D%5B~2%5D", &["v2", "v1"]),
        ("q=id%3D%5B2~%5D%2Ctags%3Dv3", &["v3"]),
        ("q=type%3D~imag", &all),
        ("q=type%3Dimage", &[]),
        ("q=nope%3D1", &all),
        ("q=repository_name%3Dlibrary%2Fsvc%2Fapp", &all),
        ("q=repository_name%3Dlibrary%2Fother", &[]),
        ("q=RepositoryName%3Dlibrary%2Fother", &all),
        ("q=tags%3Dv1", &["v1"]),
        ("q=tags%3D~v", &all),
        ("q=tags%3D~V", &[]),
        ("q=tags%3D*", &all),
        ("q=tags%3Dnil", &[]),
        ("q=labels%3D(1)", &[]),
        ("q=push_time%3D%5B2020-01-01T00%3A00%3A00~%5D", &all),
        ("q=push_time%3D%5B2020-01-01%2000%3A00%3A00~%5D", &all),
        ("q=push_time%3D%5B2020-01-01T00%3A00%3A00Z~%5D", &all),
        ("q=push_time%3D%5B~2020-01-01T00%3A00%3A00%5D", &[]),
    ] {
        assert_eq!(tags(&harbor, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn plus_signs_need_a_second_encoding() {
    let harbor = start(sample()).await;
    let media_type = "application%2Fvnd.docker.container.image.v1";
    let once = format!("q=media_type%3D{media_type}%2Bjson");
    let twice = format!("q=media_type%3D{media_type}%252Bjson");
    assert_eq!(tags(&harbor, &once).await.len(), 0);
    assert_eq!(tags(&harbor, &twice).await.len(), 3);
}

#[tokio::test]
async fn suffixes_of_keys_compare() {
    let harbor = start(sample()).await;
    let path = "/projects/library/repositories/svc%252Fapp/artifacts";
    let ids = get(&harbor, As::Admin, &format!("{path}?sort=id")).await.column("id");
    let (second, time) = (ids[1].as_i64().unwrap(), "2026-01-01T00:00:00");
    for (q, expected) in [
        (format!("id__gte%3D{second}"), vec!["v3", "v2"]),
        (format!("id__gt%3D{second}"), vec!["v3"]),
        (format!("id__lte%3D{second}"), vec!["v2", "v1"]),
        (format!("id__lt%3D{second}"), vec!["v1"]),
        (format!("id__exact%3D{second}"), vec!["v2"]),
        (format!("id__in%3D{second}"), vec!["v2"]),
        (format!("id__gt%3D{},id__lt%3D{}", second - 1, second + 1), vec!["v2"]),
        ("type__icontains%3Dmag".to_owned(), vec!["v3", "v2", "v1"]),
        ("Type__exact%3DCHART".to_owned(), vec![]),
        (format!("push_time__gt%3D{time}"), vec!["v3", "v2", "v1"]),
        (format!("push_time__lt%3D{time}"), vec![]),
        // What is no operator, no column, or one operator too many is ignored.
        ("id__nope%3D1".to_owned(), vec!["v3", "v2", "v1"]),
        ("nope__gte%3D1".to_owned(), vec!["v3", "v2", "v1"]),
        ("id__gte__lte%3D1".to_owned(), vec!["v3", "v2", "v1"]),
        // None is stored: an answer has that of the type.
        ("icon%3D~0048162A".to_owned(), vec![]),
        ("Tags%3Dv2".to_owned(), vec!["v2"]),
    ] {
        assert_eq!(tags(&harbor, &format!("q={q}")).await, expected, "{q}");
    }
    for q in ["id__gte%3Dabc", "id__gte%3D%5B1~%5D", "push_time__lt%3Dfoo"] {
        assert_eq!(get(&harbor, As::Admin, &format!("{path}?q={q}")).await.status, 500, "{q}");
    }
}

#[tokio::test]
async fn sort_keys_orders_and_the_default() {
    let harbor = start(sample()).await;
    for (sort, expected) in [
        ("id", ["v1", "v2", "v3"]),
        ("-id", ["v3", "v2", "v1"]),
        ("push_time", ["v1", "v2", "v3"]),
        ("PushTime", ["v1", "v2", "v3"]),
        ("nope", ["v3", "v2", "v1"]),
        ("nope,id", ["v1", "v2", "v3"]),
        ("type,-id", ["v3", "v2", "v1"]),
    ] {
        assert_eq!(tags(&harbor, &format!("sort={sort}")).await, expected, "{sort}");
        let page = tags(&harbor, &format!("sort={sort}&page=2&page_size=1")).await;
        assert_eq!(page, expected[1..2], "{sort}");
    }
}

#[tokio::test]
async fn malformed_and_mistyped_queries() {
    let harbor = start(sample()).await;
    let cases = [
        ("abc", 400, "the query string must contain \"=\" and the key/value cannot be empty"),
        ("id%3D%5B1", 400, "invalid query string value: [1"),
        ("id%3D%7B1", 400, "invalid query string value: {1"),
        ("base%3D1", 400, "the value of \"base\" query can only be exact match value with \"*\""),
        ("tags%3D%7Bv1%20v2%7D", 400, "the value of \"tags\" query can only be fuzzy match value or exact match value"),
        ("labels%3D1", 400, "the value of \"labels\" query can only be integer list with intersetion relationship"),
        ("labels%3D()", 500, "internal server error"),
        ("id%3Dabc", 500, "internal server error"),
        ("push_time%3D%5Bfoo~%5D", 500, "internal server error"),
        ("type%3D%5B5~%5D", 500, "internal server error"),
        ("id%3D1;x=2", 400, "invalid semicolon separator in query"),
    ];
    for (q, status, message) in cases {
        let path = format!("/projects/library/repositories/svc%252Fapp/artifacts?q={q}");
        let answer = get(&harbor, As::Admin, &path).await;
        assert_eq!((answer.status, answer.error().1.as_str()), (status, message), "{q}");
    }
}

#[tokio::test]
async fn the_caller_is_checked_after_the_page_and_before_the_query() {
    let harbor = start(sample()).await;
    for (query, status) in [("page_size=101", 422), ("q=abc", 401)] {
        let answer = get(&harbor, As::Anonymous, &format!("/projects/odd/artifacts?{query}")).await;
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn projects_by_name_owner_and_visibility() {
    let harbor = start(sample()).await;
    for (query, expected) in [
        ("", vec!["123", "library", "odd"]),
        ("sort=-name", vec!["odd", "library", "123"]),
        ("sort=project_id", vec!["library", "odd", "123"]),
        ("sort=project_id&q=project_id%3D%5B2~%5D", vec!["odd", "123"]),
        // The JSON member is not the column, and an unknown column is ignored.
        ("q=id%3D%5B2~%5D", vec!["123", "library", "odd"]),
        ("q=name%3D~LIB", vec!["library"]),
        ("q=name%3Dlib", vec![]),
        ("q=public%3Dtrue", vec!["library"]),
        ("name=d", vec!["odd"]),
        ("public=false", vec!["123", "odd"]),
        ("owner=admin&name=lib", vec!["library"]),
        ("owner=alice", vec![]),
    ] {
        let answer = get(&harbor, As::Admin, &format!("/projects?{query}")).await;
        assert_eq!(answer.column("name"), expected, "{query}");
    }
}

#[tokio::test]
async fn repositories_by_name_and_number() {
    let harbor = start(sample()).await;
    let all = get(&harbor, As::Admin, "/projects/odd/repositories?page_size=100").await;
    assert_eq!(all.len(), 9);
    assert_eq!(all.column("name")[0], "odd/other", "the newest comes first");
    for (query, rows) in [
        ("q=name%3Dodd%2Fmulti", 1),
        ("q=name%3D~MULT", 1),
        ("q=repository_id%3D%5B4~%5D&sort=repository_id", 7),
        ("q=id%3D%5B4~%5D", 9),
        ("q=project_id%3D1", 0),
        ("q=ProjectID%3D1", 9),
    ] {
        let answer = get(&harbor, As::Admin, &format!("/projects/odd/repositories?page_size=100&{query}")).await;
        assert_eq!((answer.len(), answer.total()), (rows, Some(rows)), "{query}");
    }
    let answer = get(&harbor, As::Admin, "/repositories?q=project_id%3D1").await;
    assert_eq!(answer.column("name"), [json!("library/svc/app")]);
}

#[tokio::test]
async fn children_of_indexes_are_hidden_unless_asked_for() {
    let harbor = start(sample()).await;
    let path = "/projects/odd/repositories/multi/artifacts";
    assert_eq!(get(&harbor, As::Admin, path).await.total(), Some(1));
    assert_eq!(get(&harbor, As::Admin, &format!("{path}?q=base%3D*")).await.total(), Some(3));
    let repository = get(&harbor, As::Admin, "/projects/odd/repositories/multi").await.json();
    assert_eq!(repository["artifact_count"], 1);
    // Untagged artifacts that no index refers to are listed.
    let untagged = get(&harbor, As::Admin, "/projects/odd/artifacts?q=tags%3Dnil").await;
    assert_eq!(untagged.column("repository_name"), [json!("odd/untagged")]);
}

#[tokio::test]
async fn the_newest_of_each_repository() {
    let harbor = start(sample()).await;
    let path = "/projects/library/artifacts?latest_in_repository=true";
    let answer = get(&harbor, As::Admin, path).await;
    assert_eq!(answer.status, 400);
    assert!(answer.error().1.contains("but not both, when querying with latest_in_repository"));
    let query = "&q=media_type%3Dapplication%2Fvnd.docker.container.image.v1%252Bjson";
    let answer = get(&harbor, As::Admin, &format!("{path}{query}")).await;
    assert_eq!((answer.total(), answer.column("id")), (Some(1), vec![json!(3)]));
    // Other conditions and the order are ignored, and only a text is compared.
    let answer = get(&harbor, As::Admin, &format!("{path}{query},tags%3Dv1&sort=id")).await;
    assert_eq!(answer.column("id"), vec![json!(3)]);
    assert_eq!(get(&harbor, As::Admin, &format!("{path}&q=media_type%3D~docker")).await.status, 500);
    // Children of indexes count.
    let odd = get(&harbor, As::Admin, &format!("/projects/odd/artifacts?latest_in_repository=true{query}")).await;
    let names: Vec<_> = odd.column("repository_name").into_iter().filter(|name| name == "odd/multi").collect();
    assert_eq!(names, ["odd/multi"]);
}

#[tokio::test]
async fn keys_of_projects_that_are_no_columns() {
    let harbor = start(sample()).await;
    let all = ["123", "library", "odd"];
    for (query, expected) in [
        ("q=public%3D1", &["library"][..]),
        ("q=public%3DTrue", &["library"]),
        // Everything else means "not public".
        ("q=public%3Dyes", &["123", "odd"]),
        ("q=public%3D~true", &["123", "odd"]),
        ("q=Public%3Dfalse", &["123", "odd"]),
        ("q=Public%3Dfalse,public%3Dtrue", &[]),
        // The plain parameter replaces the key.
        ("q=public%3Dfalse&public=true", &["library"]),
        ("q=name%3D~odd&name=lib", &["library"]),
        ("q=owner%3Dalice&owner=admin", &all),
        ("q=owner%3Dalice", &[]),
        ("q=Owner%3Dalice", &[]),
        ("q=owner%3D~ali", &all),
        ("q=registry_id%3D0", &all),
        ("q=Deleted%3Dtrue", &[]),
        ("q=deleted%3Dtrue", &all),
        // They cannot be sorted by.
        ("sort=public", &all),
        ("sort=-owner", &all),
        ("sort=projectId", &all),
        ("sort=project_id, name", &["library", "odd", "123"]),
    ] {
        let answer = get(&harbor, As::Admin, &format!("/projects?{query}")).await;
        assert_eq!(answer.column("name"), expected, "{query}");
    }
    for (query, expected) in [("q=public%3Dfalse", &["library"][..]), ("public=false", &[]), ("q=Public%3Dfalse", &[])]
    {
        let answer = get(&harbor, As::Anonymous, &format!("/projects?{query}")).await;
        assert_eq!(answer.column("name"), expected, "{query}");
    }
}

#[tokio::test]
async fn types_are_checked_where_there_are_no_rows() {
    let harbor = start(sample()).await;
    for path in [
        "/projects?name=nothing&q=project_id%3Dabc",
        "/projects?q=name%3D%00",
        "/projects?q=name%3D~%ff",
        "/projects/123/repositories?q=repository_id%3Dabc",
        "/projects/123/repositories?q=name%3D%5B5~%5D",
        "/projects/library/repositories/nothing/artifacts?q=id%3Dabc",
        "/projects/library/repositories/svc%252Fapp/artifacts?q=id%3D1,size%3D%7B0%20abc%7D",
        "/projects/library/repositories/svc%252Fapp/artifacts?q=id%3D999,size%3Dabc",
        "/projects/library/repositories/svc%252Fapp/artifacts/v1/accessories?q=creation_time%3Dabc",
    ] {
        let answer = get(&harbor, As::Admin, path).await;
        assert_eq!((answer.status, answer.error().0.as_str()), (500, "UNKNOWN"), "{path}");
    }
}

#[tokio::test]
async fn further_columns_and_what_the_path_says() {
    let harbor = start(sample()).await;
    let digest =
        get(&harbor, As::Admin, "/projects/library/repositories/svc%252Fapp/artifacts/v1").await.json()["digest"]
            .as_str()
            .unwrap()
            .to_owned();
    let tags = "/projects/library/repositories/svc%252Fapp/artifacts/v1/tags";
    let artifacts = "/projects/library/repositories/svc%252Fapp/artifacts";
    for (path, query, rows) in [
        ("/projects/library/repositories", "star_count%3D1".to_owned(), 0),
        ("/projects/library/repositories", "description%3D~a".to_owned(), 0),
        ("/projects/library/repositories", "blob_digest%3Dsha256:0".to_owned(), 0),
        ("/projects/library/repositories", format!("blob_digest%3D{digest}"), 1),
        (tags, "ArtifactID%3D999".to_owned(), 1),
        (tags, "artifact_id%3D999".to_owned(), 0),
        (artifacts, "extra_attrs%3D~AMD64".to_owned(), 3),
        (artifacts, "ExtraAttrs%3D~s390x".to_owned(), 0),
        (artifacts, "annotations%3D~a".to_owned(), 0),
        (artifacts, "pull_time%3D0001-01-01T00:00:00".to_owned(), 3),
        (artifacts, "pull_time%3D%5B2020-01-01~%5D".to_owned(), 0),
        (artifacts, "push_time%3D~2026-01-01%2000:".to_owned(), 3),
    ] {
        let answer = get(&harbor, As::Admin, &format!("{path}?q={query}")).await;
        assert_eq!((answer.status, answer.total()), (200, Some(rows)), "{path} {query}");
    }
    // Those who may not see everything get the projects that they may see, whatever the key says.
    for (who, rows) in [(As::Anonymous, 1), (As::Admin, 0)] {
        let answer = get(&harbor, who, "/repositories?q=ProjectID%3D999").await;
        assert_eq!(answer.total(), Some(rows), "{who:?}");
    }
    let both = get(&harbor, As::Admin, &format!("{artifacts}?q=tags%3D%7Ba%7D,base%3D1")).await;
    assert!(both.error().1.contains("\"base\""), "{}", both.text);
}
