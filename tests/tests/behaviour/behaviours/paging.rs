//! `page` and `page_size`.

use serde_json::Value;

use crate::survey::q;
use crate::target::{Outcome, Target};

pub(crate) fn without_a_size_there_are_ten_rows(harbor: &Target) -> Outcome {
    for list in harbor.lists(11)? {
        let answer = harbor.get(&list);
        assert_eq!(answer.rows().len(), 10, "{list}");
        assert_eq!(answer.rows(), harbor.get(&format!("{list}?page=1&page_size=10")).rows(), "{list}");
    }
    Ok(())
}

pub(crate) fn more_than_a_hundred_rows_are_refused(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let message = "validation failure list:\npage_size in query should be less than or equal to 100";
        harbor.get(&format!("{list}?page_size=101")).assert_error(422, "UNPROCESSABLE_ENTITY", message);
        harbor.get(&format!("{list}?page_size=100")).assert_status(200);
    }
    Ok(())
}

pub(crate) fn size_zero_means_everything(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        for page in ["1", "2", "-1"] {
            let answer = harbor.get(&format!("{list}?page_size=0&page={page}"));
            assert_eq!(rows(answer.rows().len()), answer.total(), "{list}");
            assert!(answer.total() > 1, "{list}");
            assert_eq!(answer.header("link"), None, "{list}");
        }
    }
    Ok(())
}

pub(crate) fn a_negative_size_means_everything_and_never_ends(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        let answer = harbor.get(&format!("{list}?page_size=-1"));
        assert_eq!(rows(answer.rows().len()), answer.total(), "{list}");
        let next = format!("</api/v2.0{list}?page=2&page_size=-1>; rel=\"next\"");
        assert_eq!(answer.header("link"), Some(next.as_str()));
        let beyond = harbor.get(&format!("{list}?page=1000&page_size=-1"));
        assert!(beyond.header("link").is_some_and(|link| link.contains("rel=\"next\"")), "{list}");
    }
    Ok(())
}

pub(crate) fn page_zero_and_below_are_the_first(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        let first = harbor.get(&format!("{list}?page=1&page_size=1")).rows();
        for (page, next) in [(0, 1), (-3, -2)] {
            let answer = harbor.get(&format!("{list}?page={page}&page_size=1"));
            assert_eq!(answer.rows(), first, "{list}");
            let next = format!("</api/v2.0{list}?page={next}&page_size=1>; rel=\"next\"");
            assert_eq!(answer.header("link"), Some(next.as_str()));
        }
    }
    Ok(())
}

pub(crate) fn beyond_the_end_there_is_nothing_but_the_total(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let total = harbor.get(&format!("{list}?page_size=1")).total();
        // Right behind the last page there is a link back, further behind there is none.
        let answer = harbor.get(&format!("{list}?page={}&page_size=100", total + 2));
        assert_eq!((answer.text.as_str(), answer.total()), ("[]\n", total), "{}", answer.about());
        assert_eq!(answer.header("link"), None, "{list}");
    }
    Ok(())
}

pub(crate) fn numbers_are_sixty_four_bits_wide(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let answer = harbor.get(&format!("{list}?page=99999999999&page_size=100"));
        assert_eq!(answer.text, "[]\n", "{}", answer.about());
        let page = "99999999999999999999";
        let message = format!("validation failure list:\npage in query must be of type int64: \"{page}\"");
        harbor.get(&format!("{list}?page={page}")).assert_error(422, "UNPROCESSABLE_ENTITY", &message);
    }
    Ok(())
}

pub(crate) fn what_is_not_a_number_is_refused_together(harbor: &Target) -> Outcome {
    for list in harbor.lists(1)? {
        let message = "validation failure list:\npage in query must be of type int64: \"x\"\n\
                       page_size in query must be of type int64: \"y\"";
        harbor.get(&format!("{list}?page=x&page_size=y")).assert_error(422, "UNPROCESSABLE_ENTITY", message);
    }
    Ok(())
}

pub(crate) fn the_last_of_repeated_parameters_counts(harbor: &Target) -> Outcome {
    for list in harbor.lists(2)? {
        let answer = harbor.get(&format!("{list}?page_size=100&page=7&page_size=1&page=2"));
        assert_eq!(answer.rows(), harbor.get(&format!("{list}?page=2&page_size=1")).rows(), "{list}");
    }
    Ok(())
}

pub(crate) fn pages_add_up_to_the_list(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        let total = harbor.get(&format!("{list}?page_size=1")).total();
        let whole = harbor.get(&format!("{list}?page_size=100")).rows();
        let size = usize::try_from(total.min(100) / 2).unwrap().clamp(2, 7);
        let mut pages = Vec::new();
        for page in 1..=whole.len().div_ceil(size) {
            pages.extend(harbor.get(&format!("{list}?page={page}&page_size={size}")).rows());
        }
        pages.truncate(whole.len());
        assert_eq!(pages, whole, "{list}");
    }
    Ok(())
}

pub(crate) fn keyset_pages_lose_and_repeat_nothing(harbor: &Target) -> Outcome {
    for list in harbor.lists(3)? {
        // The column of the database, and the member of the answer that shows it.
        let (column, member) = match list.as_str() {
            "/projects" => ("project_id", "project_id"),
            path if path.ends_with("/artifacts") => ("id", "id"),
            _ => ("repository_id", "id"),
        };
        let mut expected = numbers(&harbor.get(&format!("{list}?page_size=0")).column(member));
        expected.sort_unstable();
        let mut found = Vec::new();
        let mut total = i64::MAX;
        while total > 0 {
            let least = found.last().map_or(1, |last| last + 1);
            let path = format!("{list}?sort={column}&page_size=2&{}", q(&format!("{column}=[{least}~]")));
            let answer = harbor.get(&path);
            let page = numbers(&answer.column(member));
            total = answer.total() - rows(page.len());
            found.extend(page);
        }
        assert_eq!(found, expected, "{list}");
    }
    Ok(())
}

pub(crate) fn lists_of_one_artifact_have_pages(harbor: &Target) -> Outcome {
    let place = harbor.place("artifact with two tags", |place| place.tags().len() > 1)?;
    harbor.read(&format!("{}/tags", place.path()))?;
    for list in ["tags", "accessories"] {
        let message = "validation failure list:\npage_size in query should be less than or equal to 100";
        let path = format!("{}/{list}", place.path());
        harbor.get(&format!("{path}?page_size=101")).assert_error(422, "UNPROCESSABLE_ENTITY", message);
        let message = "invalid query string value: {b";
        harbor.get(&format!("{path}?{}", q("a={b"))).assert_error(400, "BAD_REQUEST", message);
    }
    let tags = format!("{}/tags", place.path());
    let first = harbor.get(&format!("{tags}?page_size=1"));
    assert_eq!((first.rows().len(), first.total()), (1, rows(place.tags().len())));
    let next = format!("</api/v2.0{tags}?page=2&page_size=1>; rel=\"next\"");
    assert_eq!(first.header("link"), Some(next.as_str()));
    assert_eq!(harbor.get(&format!("{tags}?page_size=0")).rows().len(), place.tags().len());
    Ok(())
}

/// The operation has the parameters of a list, although it is none.
pub(crate) fn single_artifacts_check_pages_too(harbor: &Target) -> Outcome {
    let place = harbor.crowd(1)?;
    harbor.read(&place.path())?;
    let message = "validation failure list:\npage_size in query should be less than or equal to 100";
    harbor.get(&format!("{}?page_size=101", place.path())).assert_error(422, "UNPROCESSABLE_ENTITY", message);
    Ok(())
}

fn numbers(column: &[Value]) -> Vec<i64> {
    column.iter().map(|value| value.as_i64().unwrap()).collect()
}

fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}
