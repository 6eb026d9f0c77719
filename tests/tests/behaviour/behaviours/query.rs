//! The language of `q`.

use serde_json::Value;

use crate::client::Answer;
use crate::survey::{Place, encode, q};
use crate::target::{Outcome, Skipped, Target};

/// A list of artifacts with what is known of it.
struct Crowd<'a> {
    harbor: &'a Target,
    place: &'a Place,
    /// The numbers of all artifacts, ascending.
    ids: Vec<i64>,
}

impl<'a> Crowd<'a> {
    fn of(harbor: &'a Target) -> Result<Self, Skipped> {
        let place = harbor.crowd(3)?;
        let mut crowd = Self { harbor, place, ids: Vec::new() };
        crowd.ids = crowd.ask("nope=1");
        Ok(crowd)
    }

    /// The numbers of what a query finds, ascending.
    #[track_caller]
    fn ask(&self, query: &str) -> Vec<i64> {
        self.ask_raw(&q(query))
    }

    #[track_caller]
    fn ask_raw(&self, parameter: &str) -> Vec<i64> {
        let answer = self.get(parameter);
        let mut ids: Vec<_> = answer.column("id").iter().map(|id| id.as_i64().unwrap()).collect();
        assert_eq!(answer.total(), i64::try_from(ids.len()).unwrap(), "{}", answer.about());
        ids.sort_unstable();
        ids
    }

    fn get(&self, parameter: &str) -> Answer {
        self.harbor.get(&format!("{}?page_size=0&{parameter}", self.place.list()))
    }
}

pub(crate) fn exact_values(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let id = crowd.place.artifact["id"].as_i64().unwrap();
    let digest = crowd.place.digest();
    assert_eq!(crowd.ask(&format!("id={id}")), [id]);
    assert_eq!(crowd.ask(&format!("digest={digest}")), [id]);
    assert_eq!(crowd.ask(&format!("digest=\\{digest}")), [id], "a leading backslash is dropped");
    assert_eq!(crowd.ask("type=image"), [0; 0], "capitals count");
    assert_eq!(crowd.ask(&format!("digest={}", &digest[..20])), [0; 0], "the whole value counts");
    Ok(())
}

pub(crate) fn parts_of_texts(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let id = crowd.place.artifact["id"].as_i64().unwrap();
    let part = &crowd.place.digest()[7..60];
    assert_eq!(crowd.ask(&format!("digest=~{part}")), [id]);
    assert_eq!(crowd.ask(&format!("digest=~{}", part.to_uppercase())), [id], "capitals do not count");
    assert_eq!(crowd.ask("digest=~SHA256:"), crowd.ids);
    for wildcard in ["%", "_", "sha256%", "sha25_"] {
        assert_eq!(crowd.ask(&format!("digest=~{wildcard}")), [0; 0], "{wildcard} stands for itself");
    }
    Ok(())
}

pub(crate) fn ranges(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let (first, second, last) = (crowd.ids[0], crowd.ids[1], *crowd.ids.last().unwrap());
    assert_eq!(crowd.ask(&format!("id=[{second}~]")), crowd.ids[1..]);
    assert_eq!(crowd.ask(&format!("id=[~{second}]")), crowd.ids[..2]);
    assert_eq!(crowd.ask(&format!("id=[{second}~{second}]")), [second]);
    assert_eq!(crowd.ask(&format!("id=[{first}~{last}]")), crowd.ids);
    assert_eq!(crowd.ask(&format!("id=[{last}~{first}]")), [0; 0]);
    Ok(())
}

pub(crate) fn sets(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let (first, last) = (crowd.ids[0], *crowd.ids.last().unwrap());
    assert_eq!(crowd.ask(&format!("id={{{first} {last}}}")), [first, last]);
    assert_eq!(crowd.ask(&format!("id={{{last}}}")), [last]);
    let digest = crowd.place.digest();
    let id = crowd.place.artifact["id"].as_i64().unwrap();
    assert_eq!(crowd.ask(&format!("digest={{nope '{digest}'}}")), [id], "quotes are trimmed");
    assert_eq!(crowd.ask(&format!("digest={{nope \"{digest}\"}}")), [id], "quotes are trimmed");
    Ok(())
}

pub(crate) fn several_keys_must_all_match(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let digest = crowd.place.digest();
    let id = crowd.place.artifact["id"].as_i64().unwrap();
    assert_eq!(crowd.ask(&format!("id={id},digest={digest}")), [id]);
    assert_eq!(crowd.ask(&format!("id={id},digest=nope")), [0; 0]);
    Ok(())
}

pub(crate) fn of_a_repeated_key_the_last_counts(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let (first, last) = (crowd.ids[0], *crowd.ids.last().unwrap());
    assert_eq!(crowd.ask(&format!("id={first},id={last}")), [last]);
    Ok(())
}

pub(crate) fn an_empty_query_is_none(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    assert_eq!(crowd.ask_raw("q="), crowd.ids);
    Ok(())
}

pub(crate) fn columns_go_by_their_field_names_too(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let last = *crowd.ids.last().unwrap();
    assert_eq!(crowd.ask(&format!("ID={last}")), [last]);
    assert_eq!(crowd.ask("PushTime=[~2000-01-01T00:00:00]"), [0; 0]);
    Ok(())
}

pub(crate) fn unknown_keys_are_ignored(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let id = crowd.ids[0];
    for query in ["nope=1", "nope=~x", "nope=[1~]", "nope={1 2}", "idd=1"] {
        assert_eq!(crowd.ask(query), crowd.ids, "{query}");
    }
    assert_eq!(crowd.ask(&format!("nope=1,id={id}")), [id]);
    Ok(())
}

pub(crate) fn plus_signs_must_be_encoded_twice(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let kind = crowd.place.artifact["media_type"].as_str().unwrap();
    if !kind.contains('+') {
        return Err(Skipped("no media type with a plus sign".to_owned()));
    }
    let query = format!("media_type={kind}");
    assert!(!crowd.ask(&query).is_empty());
    assert_eq!(crowd.ask_raw(&format!("q={}", encode(&query))), [0; 0]);
    Ok(())
}

pub(crate) fn a_broken_second_encoding_is_text(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    assert_eq!(crowd.ask_raw("q=nope%3D%25zz"), crowd.ids);
    assert_eq!(crowd.ask_raw("q=digest%3D%25zz"), [0; 0]);
    Ok(())
}

pub(crate) fn times_come_in_three_layouts(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    for time in ["2000-01-01T00:00:00", "2000-01-01 00:00:00", "2000-01-01T00:00:00Z"] {
        assert_eq!(crowd.ask(&format!("push_time=[{time}~]")), crowd.ids, "{time}");
        assert_eq!(crowd.ask(&format!("push_time=[~{time}]")), [0; 0], "{time}");
    }
    Ok(())
}

pub(crate) fn malformed_queries(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    for query in ["abc", "=v", "k=", "a=1,", "a=1,b"] {
        let message = "the query string must contain \"=\" and the key/value cannot be empty";
        crowd.get(&q(query)).assert_error(400, "BAD_REQUEST", message);
    }
    for value in ["[1", "{1", "(1", "[~]", "[1]", "[1~2~3]"] {
        let message = format!("invalid query string value: {value}");
        crowd.get(&q(&format!("id={value}"))).assert_error(400, "BAD_REQUEST", &message);
    }
    Ok(())
}

pub(crate) fn malformed_queries_of_every_list(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        harbor.get(&format!("{list}?{}", q("a={b"))).assert_error(400, "BAD_REQUEST", "invalid query string value: {b");
    }
    Ok(())
}

pub(crate) fn values_of_the_wrong_type(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    for query in ["id=abc", "id=[foo~]", "push_time=[foo~]", "type=[5~]"] {
        crowd.get(&q(query)).assert_error(500, "UNKNOWN", "internal server error");
    }
    for (list, query) in [("/repositories", "name=[5~]"), ("/projects", "name=[5~]"), ("/projects", "project_id=abc")] {
        harbor.get(&format!("{list}?{}", q(query))).assert_error(500, "UNKNOWN", "internal server error");
    }
    Ok(())
}

pub(crate) fn semicolons(harbor: &Target) -> Outcome {
    let answer = harbor.get("/projects?page_size=2;x=1");
    answer.assert_error(400, "BAD_REQUEST", "invalid semicolon separator in query");
    assert_eq!(answer.header("x-request-id"), None, "the query is refused before the request gets its id");
    // An encoded one is a character like any other.
    harbor.get("/projects?q=nope%3Da%3Bb").assert_status(200);
    Ok(())
}

pub(crate) fn broken_escapes(harbor: &Target) -> Outcome {
    for escape in ["%zz", "%2", "%"] {
        let answer = harbor.get(&format!("/projects?nope={escape}"));
        answer.assert_error(400, "BAD_REQUEST", &format!("invalid URL escape \"{escape}\""));
        assert_eq!(answer.header("x-request-id"), None, "the query is refused before the request gets its id");
    }
    Ok(())
}

pub(crate) fn identifiers_of_projects_and_repositories(harbor: &Target) -> Outcome {
    for (list, column, member) in [("/projects", "project_id", "project_id"), ("/repositories", "repository_id", "id")]
    {
        let all = harbor.get(&format!("{list}?page_size=1"));
        let number = all.column(member)[0].clone();
        let answer = harbor.get(&format!("{list}?{}", q(&format!("{column}={number}"))));
        assert_eq!((answer.column(member), answer.total()), (vec![number], 1));
        // The member of the answer is no column.
        let ignored = harbor.get(&format!("{list}?page_size=1&{}", q("id=1")));
        assert_eq!(ignored.total(), all.total(), "{list}");
    }
    Ok(())
}

pub(crate) fn projects_by_name_and_visibility(harbor: &Target) -> Outcome {
    let name = harbor.project(true)?;
    let names = |query: &str| harbor.get(&format!("/projects?page_size=100&{query}")).column("name");
    assert_eq!(names(&q(&format!("name={name}"))), [Value::from(name.as_str())]);
    let part = &name[1..];
    for query in [q(&format!("name=~{part}")), format!("name={}", encode(part))] {
        let found = names(&query);
        assert!(found.iter().all(|found| found.as_str().unwrap().contains(part)), "{query}: {found:?}");
        assert!(found.contains(&Value::from(name.as_str())), "{query}: {found:?}");
    }
    let public = harbor.get(&format!("/projects?page_size=100&{}", q("public=true"))).column("metadata");
    assert!(!public.is_empty() && public.iter().all(|metadata| metadata["public"] == "true"));
    Ok(())
}

/// The suffixes are those of the layer below; a value stays text, which the database compares as the column does.
pub(crate) fn keys_with_suffixes_compare(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let second = crowd.ids[1];
    assert_eq!(crowd.ask(&format!("id__gte={second}")), crowd.ids[1..]);
    assert_eq!(crowd.ask(&format!("id__lte={second}")), crowd.ids[..2]);
    assert_eq!(crowd.ask(&format!("id__gt={second}")), crowd.ids[2..]);
    assert_eq!(crowd.ask(&format!("id__lt={second}")), crowd.ids[..1]);
    assert_eq!(crowd.ask(&format!("id__exact={second}")), [second]);
    assert_eq!(crowd.ask("digest__icontains=SHA256"), crowd.ids);
    Ok(())
}

pub(crate) fn exact_values_are_text(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    for query in ["type=5", "digest=a=b", "type=2020-01-01T00:00:00", "digest=a b"] {
        assert_eq!(crowd.ask(query), [0; 0], "{query}");
    }
    crowd.get(&q("type={5 6}")).assert_error(500, "UNKNOWN", "internal server error");
    Ok(())
}

/// Its twin, the name of the column, is one condition more.
pub(crate) fn the_path_wins_over_its_own_key(harbor: &Target) -> Outcome {
    let crowd = Crowd::of(harbor)?;
    let full = format!("{}/{}", crowd.place.project, crowd.place.repository);
    assert_eq!(crowd.ask("RepositoryName=nope"), crowd.ids);
    assert_eq!(crowd.ask("repository_name=nope"), [0; 0]);
    assert_eq!(crowd.ask(&format!("repository_name={full}")), crowd.ids);
    let list = format!("/projects/{}/repositories", crowd.place.project);
    let total = harbor.get(&list).total();
    assert_eq!(harbor.get(&format!("{list}?{}", q("ProjectID=999999999"))).total(), total);
    assert_eq!(harbor.get(&format!("{list}?{}", q("project_id=999999999"))).total(), 0);
    Ok(())
}
