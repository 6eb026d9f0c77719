//! Harbor's API: which operation a request means, and whether it is well-formed.

mod call;
pub(crate) mod operations;
pub(crate) mod pages;
pub(crate) mod routes;
mod validation;

pub(crate) use call::{Asked, Call};
pub(crate) use validation::check;

pub(crate) use crate::wire::answer::{Answer, Outcome};
