//! The security hub.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::shape::{assert_members, assert_null_or_filled};
use crate::survey::{Place, none, q};
use crate::target::{Outcome, Skipped, Target};

/// The digest of an image with 1 to 100 findings.
fn digest(harbor: &Target) -> Result<(String, usize), Skipped> {
    harbor.needs_administrator()?;
    let count = |report: &Value| report["vulnerabilities"].as_array().map_or(0, Vec::len);
    let is_short = |report: &Value| (1..=100).contains(&count(report));
    let (place, report) = harbor.reported("image with 1 to 100 findings", Place::is_image, is_short)?;
    Ok((place.digest().to_owned(), count(&report)))
}

pub(crate) fn summary(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let summary = harbor.get("/security/summary").assert_status(200).json();
    let always =
        ["critical_cnt", "fixable_cnt", "low_cnt", "medium_cnt", "scanned_cnt", "total_artifact", "total_vuls"];
    assert_members(&summary, &always, &["high_cnt", "none_cnt", "unknown_cnt"]);
    let path = "/security/summary?with_dangerous_cve=true&with_dangerous_artifact=true";
    let dangerous = harbor.get(path).assert_status(200).json();
    for cve in dangerous["dangerous_cves"].as_array().into_iter().flatten() {
        assert_members(cve, &["cve_id", "package", "severity", "version"], &["cvss_score_v3"]);
    }
    for artifact in dangerous["dangerous_artifacts"].as_array().into_iter().flatten() {
        let always = ["critical_cnt", "digest", "high_cnt", "medium_cnt", "project_id", "repository_name"];
        assert_members(artifact, &always, &[]);
    }
    for list in ["dangerous_cves", "dangerous_artifacts"] {
        assert!(dangerous[list].as_array().is_none_or(|list| (1..=5).contains(&list.len())), "{dangerous}");
    }
    Ok(())
}

pub(crate) fn rows_of_one_digest(harbor: &Target) -> Outcome {
    let (digest, findings) = digest(harbor)?;
    let path = format!("/security/vul?page_size=100&{}", q(&format!("digest={digest}")));
    let answer = harbor.get(&path);
    let rows = answer.rows();
    // One row for each repository that holds the image.
    assert_eq!((rows.len() % findings, rows.is_empty()), (0, false), "{findings} findings, {} rows", rows.len());
    assert_eq!(answer.total(), i64::try_from(rows.len()).unwrap());
    for row in &rows {
        let always = ["cve_id", "digest", "links", "package", "project_id", "repository_name", "severity", "tags"];
        assert_members(row, &always, &["cvss_v3_score", "desc", "fixed_version", "status", "version"]);
        assert_eq!((&row["digest"], &row["tags"]), (&Value::from(digest.as_str()), &Value::Null));
        assert!(row["links"].as_array().is_some_and(|links| !links.is_empty()), "{row}");
    }
    for row in harbor.get(&format!("{path}&with_tag=true")).rows() {
        assert_null_or_filled(&row, "tags");
    }
    Ok(())
}

/// More than 1,000 rows are not counted then, and so not linked.
pub(crate) fn counts_can_be_tuned(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let total = harbor.get("/security/vul?page_size=1").assert_status(200).total();
    let answer = harbor.get("/security/vul?page_size=1&tune_count=true");
    assert!(total > 1_000 || harbor.is_live(), "{total} findings are too few to see it");
    match total > 1_000 {
        true => assert_eq!((answer.total(), answer.header("link")), (-1, None)),
        false => assert_eq!(answer.total(), total),
    }
    Ok(())
}

pub(crate) fn size_zero_is_fifteen_rows(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let first = harbor.get("/security/vul?page_size=0");
    assert_eq!(first.rows().len(), usize::try_from(first.total().min(15)).unwrap());
    assert_eq!(first.header("link"), None);
    let message = "validation failure list:\npage_size in query should be less than or equal to 100";
    harbor.get("/security/vul?page_size=101").assert_error(422, "UNPROCESSABLE_ENTITY", message);
    Ok(())
}

pub(crate) fn negative_pages_fail(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    harbor.get("/security/vul?page_size=-1&page=2").assert_error(500, "UNKNOWN", "internal server error");
    harbor.get("/security/vul?page_size=-1").assert_status(200);
    Ok(())
}

pub(crate) fn exact_keys_only(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let severity = harbor.get("/security/vul?page_size=1").column("severity");
    let severity = severity.first().and_then(Value::as_str).ok_or_else(|| none("finding"))?;
    let found = |query: &str| harbor.get(&format!("/security/vul?page_size=100&{}", q(query)));
    let severities: BTreeSet<_> =
        found(&format!("severity={severity}")).column("severity").iter().map(Value::to_string).collect();
    assert_eq!(severities.len(), 1);
    let scores = found("cvss_score_v3=[7~8]").column("cvss_v3_score");
    assert!(scores.iter().all(|score| (7.0..=8.0).contains(&score.as_f64().unwrap())), "{scores:?}");
    // An open end matches nothing.
    assert_eq!(found("cvss_score_v3=[7~]").assert_status(200).total(), 0);
    let answer = found("severity=~igh");
    answer.assert_status(400);
    assert!(answer.error().1.contains("the query type is not allowed"), "{}", answer.about());
    Ok(())
}

pub(crate) fn unknown_keys_are_refused(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    let message = "bad request: keyword: nope is not allowed";
    harbor.get(&format!("/security/vul?{}", q("nope=1"))).assert_error(400, "BAD_REQUEST", message);
    let message = "invalid query string value: {b";
    harbor.get(&format!("/security/vul?{}", q("a={b"))).assert_error(400, "BAD_REQUEST", message);
    Ok(())
}

pub(crate) fn needs_a_login(harbor: &Target) -> Outcome {
    let user = harbor.user();
    for path in ["/security/vul?page_size=1", "/security/summary"] {
        harbor.anonymous("GET", path).send().assert_error(401, "UNAUTHORIZED", "unauthorized");
        if let Ok(user) = &user {
            let answer = harbor.anonymous("GET", path).login(user).send();
            answer.assert_error(403, "FORBIDDEN", &user.name);
        }
    }
    Ok(())
}
