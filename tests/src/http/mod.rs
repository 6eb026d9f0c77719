//! Harbor's API: what a request means, whether it is well-formed, and what each operation answers from the state.

mod additions;
mod allowlists;
mod artifact_writes;
pub(crate) mod artifacts;
mod call;
mod configurations;
mod dispatch;
mod exports;
mod groups;
mod icons;
pub(crate) mod labels;
mod members;
pub(crate) mod operations;
pub(crate) mod pages;
mod project_details;
mod project_writes;
mod projects;
mod quotas;
mod reports;
mod repositories;
mod robots;
pub(crate) mod routes;
mod scanners;
mod scans;
mod schedules;
mod search;
mod security;
mod statistics;
mod system;
mod users;
mod validation;

pub(crate) use call::{Asked, Call};
pub(crate) use dispatch::{Handler, handler};
pub(crate) use validation::check;

pub(crate) use crate::wire::answer::{Answer, Outcome};
