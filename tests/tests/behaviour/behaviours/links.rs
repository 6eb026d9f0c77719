//! The header `Link`, which is damaged: nobody should follow it.

use crate::survey::encode;
use crate::target::{Outcome, Target};

pub(crate) fn name_the_pages_before_and_after(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        let link = |page: i64, relation: &str| format!("</api/v2.0{list}?page={page}&page_size=1>; rel=\"{relation}\"");
        let total = harbor.get(&format!("{list}?page_size=1")).total();
        for (page, expected) in [
            (1, link(2, "next")),
            (2, format!("{} , {}", link(1, "prev"), link(3, "next"))),
            (total, link(total - 1, "prev")),
            (total + 1, link(total, "prev")),
        ] {
            // Behind the last page there is still a page before, as long as that one has rows.
            let before = (page - 1).min(total);
            let answer = harbor.get(&format!("{list}?page={page}&page_size=1"));
            match before < total {
                true => assert_eq!(answer.header("link"), Some(expected.as_str()), "{}", answer.about()),
                false => assert_eq!(answer.header("link"), None, "{}", answer.about()),
            }
        }
    }
    Ok(())
}

pub(crate) fn are_absent_where_all_is_on_one_page(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let total = harbor.get(&format!("{list}?page_size=1")).total();
        if total <= 100 {
            let answer = harbor.get(&format!("{list}?page_size={total}"));
            assert_eq!(answer.header("link"), None, "{list}");
        }
    }
    Ok(())
}

pub(crate) fn sort_their_parameters(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        let answer = harbor.get(&format!("{list}?zebra=1&page_size=1&ant=2&page=1"));
        let expected = format!("</api/v2.0{list}?ant=2&page=2&page_size=1&zebra=1>; rel=\"next\"");
        assert_eq!(answer.header("link"), Some(expected.as_str()));
    }
    Ok(())
}

pub(crate) fn are_decoded_once_and_the_next_page_twice(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        let query = "page_size=1&q=nope%3Da%2Fb%252Bc";
        let first = harbor.get(&format!("{list}?page=1&{query}"));
        let expected = format!("</api/v2.0{list}?page=2&page_size=1&q=nope=a/b%2Bc>; rel=\"next\"");
        assert_eq!(first.header("link"), Some(expected.as_str()));
        let second = harbor.get(&format!("{list}?page=2&{query}"));
        let expected = format!(
            "</api/v2.0{list}?page=1&page_size=1&q=nope=a/b%2Bc>; rel=\"prev\" , \
             </api/v2.0{list}?page=3&page_size=1&q=nope=a/b+c>; rel=\"next\""
        );
        assert_eq!(second.header("link"), Some(expected.as_str()));
    }
    Ok(())
}

pub(crate) fn keep_braces_and_spaces_unescaped(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        let answer = harbor.get(&format!("{list}?page_size=1&q={}", encode("nope={1 \"two\"}")));
        let expected = format!("</api/v2.0{list}?page=2&page_size=1&q=nope={{1 \"two\"}}>; rel=\"next\"");
        assert_eq!(answer.header("link"), Some(expected.as_str()));
    }
    Ok(())
}

pub(crate) fn are_absent_where_no_project_is_found(harbor: &Target) -> Outcome {
    let answer = harbor.get("/projects?name=nothing-is-called-so&page_size=-1");
    answer.assert_status(200);
    assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", 0));
    assert_eq!(answer.header("link"), None);
    Ok(())
}
