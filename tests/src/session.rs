//! Sessions: the cookie that every answer gives, the token that a write needs with it, and the users who logged in with one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::header::{COOKIE, HeaderName, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use crate::random::Random;
use crate::registry::{Caller, Registry};
use crate::wire::answer::{Answer, Outcome};
use crate::wire::errors::Refusal;
use crate::wire::parameters::Parameters;

/// The token that a write has to send back once it comes with a session cookie.
const CSRF_TOKEN: &str = "c2ltdWxhdGVkLXRva2Vu";

/// The cookie that belongs to the token.
const CSRF_COOKIE: &str = "_gorilla_csrf=c2ltdWxhdGVk";

/// The header with the token, in both directions.
const CSRF_HEADER: &str = "x-harbor-csrf-token";

/// The sessions in which a user logged in, by their number. The others are not kept: they mean nothing.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<String, String>>);

impl Sessions {
    /// The user who logged in with the session of a request.
    pub(crate) fn user(&self, headers: &HeaderMap) -> Option<String> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(number(headers)?).cloned()
    }

    /// Logs a user in with the form of the portal, in the session of the request or in a new one.
    pub(crate) fn log_in(&self, registry: &Registry, headers: &HeaderMap, body: &[u8], new: &str) -> Outcome {
        let form = Parameters::parse(&String::from_utf8_lossy(body))?;
        let given = |name: &str| form.text(name).unwrap_or_default();
        let Some(Caller::User(user)) = registry.login(given("principal"), given("password")) else {
            return Ok(Answer::empty(StatusCode::UNAUTHORIZED));
        };
        let number = number(headers).filter(|number| is_given(number)).unwrap_or(new);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number.to_owned(), user);
        Ok(Answer::empty(StatusCode::OK))
    }

    /// Ends the session of a request.
    pub(crate) fn log_out(&self, headers: &HeaderMap) -> Answer {
        if let Some(number) = number(headers) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(number);
        }
        Answer::empty(StatusCode::OK)
    }
}

/// The number of a new session.
pub(crate) fn new_number(seed: u64) -> String {
    format!("{seed:016x}{:016x}", Random::new(seed).next())
}

/// Gives a session to a client that brings none of this server.
pub(crate) fn give(request: &HeaderMap, answer: &mut HeaderMap, new: &str) {
    if !number(request).is_some_and(is_given) {
        append_cookie(answer, &format!("sid={new}; Path=/; HttpOnly"));
    }
}

/// Whether a request brings a session cookie, which it should not.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    number(headers).is_some()
}

/// Whether requests like this one are guarded against forgery: on the paths of programs only those with a session.
pub(crate) fn is_guarded(path: &str, headers: &HeaderMap) -> bool {
    has_session(headers) || !["/api/", "/v2/", "/service/"].iter().any(|prefix| path.starts_with(prefix))
}

/// Refuses a guarded write without the token against forged requests.
pub(crate) fn check_token(headers: &HeaderMap) -> Result<(), Refusal> {
    match headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()) {
        None => Err(Refusal::forbidden("CSRF token not found in request")),
        Some(token) if token == CSRF_TOKEN && has_token_cookie(headers) => Ok(()),
        Some(_) => Err(Refusal::forbidden("CSRF token invalid")),
    }
}

/// Adds the token to an answer, and its cookie for those who have none.
pub(crate) fn add_token(request: &HeaderMap, answer: &mut HeaderMap) {
    answer.insert(HeaderName::from_static(CSRF_HEADER), HeaderValue::from_static(CSRF_TOKEN));
    if !has_token_cookie(request) {
        append_cookie(answer, &format!("{CSRF_COOKIE}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
    }
}

/// Whether a number is that of a session which a server gave: its halves belong together.
fn is_given(number: &str) -> bool {
    let seed = number.get(..16).and_then(|half| u64::from_str_radix(half, 16).ok());
    seed.is_some_and(|seed| new_number(seed) == number)
}

fn has_token_cookie(headers: &HeaderMap) -> bool {
    cookies(headers).any(|cookie| cookie == CSRF_COOKIE)
}

fn append_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(SET_COOKIE, cookie);
    }
}

/// The number of the session that a request brings.
fn number(headers: &HeaderMap) -> Option<&str> {
    cookies(headers).find_map(|cookie| cookie.strip_prefix("sid="))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).map(str::trim)
}
