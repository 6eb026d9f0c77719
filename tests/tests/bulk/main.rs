//! harbor-ext against the simulated Harbor: what is asked for arrives, whatever the server does meanwhile.

mod access;
mod captures;
mod changes;
mod combinations;
mod completeness;
mod faults;
mod inventories;
mod kindness;
mod odd_lists;
mod passwords;
mod queries;
mod questions;
mod schema;
mod sessions;
mod single;
mod states;
mod storms;
mod sums;
mod support;
mod trust;
