//! Names as the generator writes them.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

/// The name of a function or an argument.
pub(crate) fn snake_case(name: &str) -> String {
    words(name).to_snake_case()
}

/// The name of a type or a variant.
pub(crate) fn pascal_case(name: &str) -> String {
    words(name).to_pascal_case()
}

/// Adds a number to a name that in the given case is one of the names taken.
pub(crate) fn unique(name: &str, case: fn(&str) -> String, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 1;
    while !taken.insert(case(&candidate)) {
        number += 1;
        candidate = format!("{name}_{number}");
    }
    candidate
}

fn words(name: &str) -> String {
    name.replace('\'', "").replace(|c: char| !c.is_alphanumeric(), "-")
}
