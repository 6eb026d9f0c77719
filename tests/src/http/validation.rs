//! What is checked before an operation looks at who asks: content types and parameters, by the description alone.

use axum::http::header::CONTENT_TYPE;

use super::Asked;
use super::operations::{Operation, Parameter, Place};
use crate::wire::accept;
use crate::wire::errors::Refusal;

/// The lists whose pages have no limit.
const UNLIMITED: [&str; 2] = ["listRetentionExecutions", "listRetentionTasks"];

/// Refuses a request that is not well-formed.
pub(crate) fn check(operation: &Operation, asked: &Asked<'_>) -> Result<(), Refusal> {
    check_content_type(asked)?;
    check_accept(operation, asked)?;
    let problems = operation.parameters.iter().filter_map(|parameter| problem(operation, parameter, asked));
    let problems: Vec<_> = problems.collect();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Refusal::invalid(&problems)),
    }
}

/// Refuses a request that takes none of the content types of the operation.
fn check_accept(operation: &Operation, asked: &Asked<'_>) -> Result<(), Refusal> {
    if accept::choose(asked.headers, operation.produces).is_some() {
        return Ok(());
    }
    let kinds = operation.produces.join(" ");
    let problem = format!("unsupported media type requested, only [{kinds}] are available");
    Err(Refusal::invalid(&[problem]))
}

/// Refuses a body that does not say that it is JSON.
fn check_content_type(asked: &Asked<'_>) -> Result<(), Refusal> {
    let given = asked.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = given.map_or("application/octet-stream", |value| value.split(';').next().unwrap_or_default().trim());
    if asked.body.is_empty() || kind.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let problem = format!("unsupported media type {kind:?}, only [application/json] are allowed");
    Err(Refusal::invalid(&[problem]))
}

/// What is wrong with a parameter.
fn problem(operation: &Operation, parameter: &Parameter, asked: &Asked<'_>) -> Option<String> {
    let name = parameter.name;
    let (place, value) = match parameter.place {
        Place::Path => ("path", asked.argument(name)),
        Place::Query => ("query", asked.parameters.text(name).unwrap_or_default()),
        Place::Header => ("header", asked.header(name)),
    };
    if value.is_empty() {
        return parameter.is_required.then(|| format!("{name} in {place} is required"));
    }
    if !parameter.is_integer {
        return None;
    }
    match value.parse::<i64>() {
        Err(_) => Some(format!("{name} in {place} must be of type int64: {value:?}")),
        Ok(101..) if name == "page_size" && !UNLIMITED.contains(&operation.id) => {
            Some("page_size in query should be less than or equal to 100".to_owned())
        }
        Ok(_) => None,
    }
}
