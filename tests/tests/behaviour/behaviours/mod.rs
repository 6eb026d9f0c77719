//! The behaviours, by theme.

pub(crate) mod access;
pub(crate) mod accounts;
pub(crate) mod additions;
pub(crate) mod artifacts;
pub(crate) mod errors;
pub(crate) mod export;
pub(crate) mod hub;
pub(crate) mod indexes;
pub(crate) mod labels;
pub(crate) mod links;
pub(crate) mod names;
pub(crate) mod order;
pub(crate) mod overviews;
pub(crate) mod paging;
pub(crate) mod presence;
pub(crate) mod projects;
pub(crate) mod query;
pub(crate) mod reports;
pub(crate) mod resources;
pub(crate) mod routes;
pub(crate) mod sboms;
pub(crate) mod scans;
pub(crate) mod sessions;
pub(crate) mod special;
pub(crate) mod wire;
pub(crate) mod writes;
