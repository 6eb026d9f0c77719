//! Who sent a request. Wrong credentials are not an error: the request goes on without a login.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

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
    /// `Basic` with a wrong name or secret, or with the name of a user who is locked after a wrong
    /// login, so that the request was anonymous.
    BasicRefused,
    /// `Bearer`, which this server does not know, so that the request was anonymous.
    Bearer,
    /// The cookie of a session in which a user logged in.
    Session,
    /// Anything else, `Basic` that cannot be read among it.
    Other,
}

/// The login of a request.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) caller: Caller,
    pub(crate) authorization: Authorization,
    /// The name that was sent; empty where none was.
    pub(crate) name: String,
    pub(crate) account: Account,
}

/// Whose secret the server has to compare, which costs time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    User,
    Robot,
    Nobody,
}

/// Finds the caller of a request.
pub(crate) fn identify(registry: &Registry, headers: &HeaderMap) -> Login {
    let Some(value) = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()) else {
        return Login::without_name(Authorization::None);
    };
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return Login::without_name(Authorization::Bearer);
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Login::without_name(Authorization::Other);
    }
    let decoded = base64::decode(rest).and_then(|bytes| String::from_utf8(bytes).ok());
    let Some((name, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) else {
        // What cannot be read is no login at all, so that nobody waits for it.
        return Login::without_name(Authorization::Other);
    };
    let caller = registry.login(name, secret);
    let account = match &caller {
        Some(Caller::Robot(_)) => Account::Robot,
        Some(_) => Account::User,
        None if name.starts_with("robot$") => Account::Robot,
        None if registry.user(name).is_some() => Account::User,
        None => Account::Nobody,
    };
    let authorization = match caller {
        Some(_) => Authorization::Basic,
        None => Authorization::BasicRefused,
    };
    Login { caller: caller.unwrap_or(Caller::Anonymous), authorization, name: name.to_owned(), account }
}

impl Login {
    /// The login of a user in a session, which costs nothing.
    pub(crate) fn of_session(user: String) -> Self {
        let login = Self::without_name(Authorization::Session);
        Self { caller: Caller::User(user), ..login }
    }

    fn without_name(authorization: Authorization) -> Self {
        Self { caller: Caller::Anonymous, authorization, name: String::new(), account: Account::Nobody }
    }
}
