//! The simulated Harbor against what is known of the real one.

mod access;
mod artifacts;
mod captures;
mod exports;
mod faults;
mod nginx;
mod paging;
mod query;
mod registry;
mod reports;
mod routes;
mod security;
mod support;
