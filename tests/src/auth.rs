//! Who sent a request. Wrong credentials are not an error: the request goes on without a login.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};

use crate::registry::{Caller, Registry};
use crate::wire::base64;

/// The kind of the `Authorization` header of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Authorization {
    /// No header.
    None,
    /// `Basic` with the right secret.
    Basic,
    /// `Basic` with a wrong name or secret, so that the request was anonymous.
    BasicRefused,
    /// `Bearer`, which this server does not know, so that the request was anonymous.
    Bearer,
    /// Anything else.
    Other,
}

/// Finds the caller of a request.
pub(crate) fn identify(registry: &Registry, headers: &HeaderMap) -> (Caller, Authorization) {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return (Caller::Anonymous, Authorization::None);
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return (Caller::Anonymous, Authorization::Bearer);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return (Caller::Anonymous, Authorization::Other);
    }
    let decoded = base64::decode(rest.trim()).and_then(|bytes| String::from_utf8(bytes).ok());
    let credentials = decoded.as_deref().and_then(|text| text.split_once(':'));
    match credentials.and_then(|(name, secret)| registry.login(name, secret)) {
        Some(caller) => (caller, Authorization::Basic),
        None => (Caller::Anonymous, Authorization::BasicRefused),
    }
}

/// Whether a request brings a session cookie, which it should not.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).any(|cookie| cookie.trim().starts_with("sid="))
}
