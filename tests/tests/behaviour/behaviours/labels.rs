//! Labels of the whole system.

use crate::shape::assert_members;
use crate::survey::q;
use crate::target::{Outcome, Target};

pub(crate) fn need_a_scope(harbor: &Target) -> Outcome {
    harbor.get("/labels").assert_error(400, "BAD_REQUEST", "invalid scope: ");
    harbor.get(&format!("/labels?{}", q("a={b"))).assert_error(400, "BAD_REQUEST", "invalid query string value: {b");
    Ok(())
}

pub(crate) fn of_the_system(harbor: &Target) -> Outcome {
    let answer = harbor.read("/labels?scope=g&page_size=100")?;
    for label in answer.rows() {
        let always = ["creation_time", "id", "name", "scope", "update_time"];
        assert_members(&label, &always, &["color", "description"]);
        assert_eq!(label["scope"], "g");
    }
    let none = harbor.get("/labels?scope=g&name=nothing-is-called-so");
    assert_eq!((none.assert_status(200).text.as_str(), none.total()), ("[]\n", 0));
    // Nobody needs a login to see them.
    assert_eq!(harbor.anonymous("GET", "/labels?scope=g&page_size=100").send().rows(), answer.rows());
    Ok(())
}

pub(crate) fn that_do_not_exist(harbor: &Target) -> Outcome {
    harbor.needs_administrator()?;
    harbor.get("/labels/999999999").assert_error(404, "NOT_FOUND", "label 999999999 not found");
    Ok(())
}
