//! harbor-ext against the simulated Harbor: what is asked for arrives, whatever the server does meanwhile.

mod captures;
mod completeness;
mod faults;
mod kindness;
mod queries;
mod questions;
mod single;
mod support;
mod trust;
