//! The simulated Harbor against what is known of the real one.

mod access;
mod additions;
mod artifacts;
mod captures;
mod exports;
mod faults;
mod log;
mod nginx;
mod paging;
mod query;
mod registry;
mod reports;
mod resources;
mod routes;
mod rows;
mod scans;
mod security;
mod sessions;
mod support;
