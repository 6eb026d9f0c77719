//! The simulated Harbor against what is known of the real one.

mod access;
mod artifacts;
mod captures;
mod faults;
mod nginx;
mod paging;
mod query;
mod registry;
mod reports;
mod resources;
mod routes;
mod support;
