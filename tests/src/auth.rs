//! Who sent a request. Wrong credentials are not an error: the request goes on without a login.

use axum::http::header::{AUTHORIZATION, COOKIE, HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

use crate::registry::{Caller, Registry};
use crate::wire::base64;
use crate::wire::errors::Refusal;

/// The session that everyone gets.
const SESSION_COOKIE: &str = "sid=4f2d0e6a9b1c8d735e60";

/// The token that a write has to send back once it comes with a session cookie.
const CSRF_TOKEN: &str = "c2ltdWxhdGVkLXRva2Vu";

/// The cookie that belongs to the token.
const CSRF_COOKIE: &str = "_gorilla_csrf=c2ltdWxhdGVk";

/// The header with the token, in both directions.
const CSRF_HEADER: &str = "x-harbor-csrf-token";

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
    /// Anything else, `Basic` that cannot be read among it.
    Other,
}

/// The login of a request.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) caller: Caller,
    pub(crate) authorization: Authorization,
    /// The name that was sent.
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

/// Whether a request brings a session cookie, which it should not.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    cookies(headers).any(|cookie| cookie.starts_with("sid="))
}

/// Hands out a session to those who bring none that the server knows.
pub(crate) fn add_session(request: &HeaderMap, answer: &mut HeaderMap) {
    if !cookies(request).any(|cookie| cookie == SESSION_COOKIE) {
        append_cookie(answer, format!("{SESSION_COOKIE}; Path=/; HttpOnly"));
    }
}

/// Whether requests like this one are guarded against forgery: on the paths of programs only those with a session.
pub(crate) fn is_guarded(path: &str, headers: &HeaderMap) -> bool {
    has_session(headers) || !["/api/", "/v2/", "/service/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Refuses a guarded write without the token against forged requests.
pub(crate) fn check_csrf(headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    match token {
        None => Err(Refusal::forbidden("CSRF token not found in request")),
        Some(token) if token == CSRF_TOKEN && has_csrf_cookie(headers) => Ok(()),
        Some(_) => Err(Refusal::forbidden("CSRF token invalid")),
    }
}

/// Adds the token to an answer, and its cookie for those who have none.
pub(crate) fn add_csrf_token(request: &HeaderMap, answer: &mut HeaderMap) {
    answer.insert(HeaderName::from_static(CSRF_HEADER), HeaderValue::from_static(CSRF_TOKEN));
    if !has_csrf_cookie(request) {
        append_cookie(answer, format!("{CSRF_COOKIE}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
    }
}

fn has_csrf_cookie(headers: &HeaderMap) -> bool {
    cookies(headers).any(|cookie| cookie == CSRF_COOKIE)
}

fn append_cookie(headers: &mut HeaderMap, cookie: String) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(SET_COOKIE, cookie);
    }
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).map(str::trim)
}

impl Login {
    fn without_name(authorization: Authorization) -> Self {
        Self { caller: Caller::Anonymous, authorization, name: String::new(), account: Account::Nobody }
    }
}
