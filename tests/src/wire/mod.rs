//! What every answer has in common: query strings, the `q` language, paging, JSON, times and
//! errors.

pub(crate) mod accept;
pub(crate) mod answer;
pub(crate) mod base64;
pub(crate) mod body;
pub(crate) mod database_sort;
pub(crate) mod doublestar;
pub(crate) mod errors;
pub(crate) mod json;
pub(crate) mod paging;
pub(crate) mod parameters;
pub(crate) mod q;
pub(crate) mod rows;
pub(crate) mod text;
pub(crate) mod time;
