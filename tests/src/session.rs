//! Sessions: the cookie that every answer gives, the token that a write needs with it, and the users who logged in with one.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

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

/// The sessions of a server.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// In which a user logged in, by their number. The others are not kept: they mean nothing.
    users: HashMap<String, String>,
    /// Those that ended one by one.
    ended: HashSet<String>,
    /// The seed of the last session that ended with all others.
    all_ended_at: u64,
}

impl Sessions {
    /// The user who logged in with the session of a request.
    pub(crate) fn user(&self, headers: &HeaderMap) -> Option<String> {
        self.state().users.get(number(headers)?).cloned()
    }

    /// Logs a user in with the form of the portal. The session gets a new number, so that nobody can prepare one for
    /// somebody else.
    pub(crate) fn log_in(&self, registry: &Registry, headers: &HeaderMap, body: &[u8], new: &str) -> Outcome {
        let form = Parameters::parse(&String::from_utf8_lossy(body))?;
        let given = |name: &str| form.text(name).unwrap_or_default();
        let Some(Caller::User(user)) = registry.login(given("principal"), given("password")) else {
            return Ok(Answer::empty(StatusCode::UNAUTHORIZED));
        };
        let mut state = self.state();
        if let Some(old) = number(headers) {
            state.end(old);
        }
        state.users.insert(new.to_owned(), user);
        Ok(Answer::empty(StatusCode::OK))
    }

    /// Ends the session of a request.
    pub(crate) fn log_out(&self, headers: &HeaderMap) -> Answer {
        if let Some(number) = number(headers) {
            self.state().end(number);
        }
        Answer::empty(StatusCode::OK)
    }

    /// Ends all sessions up to that of a seed.
    pub(crate) fn end_all(&self, seed: u64) {
        let mut state = self.state();
        state.users.clear();
        state.ended.clear();
        state.all_ended_at = seed;
    }

    /// Gives a session to a client that brings none of this server which is alive.
    pub(crate) fn give(&self, request: &HeaderMap, answer: &mut HeaderMap, new: &str) {
        if !number(request).is_some_and(|number| self.state().is_alive(number)) {
            append_cookie(answer, &format!("sid={new}; Path=/; HttpOnly"));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn end(&mut self, number: &str) {
        self.users.remove(number);
        if seed_of(number).is_some() {
            self.ended.insert(number.to_owned());
        }
    }

    fn is_alive(&self, number: &str) -> bool {
        seed_of(number).is_some_and(|seed| seed > self.all_ended_at) && !self.ended.contains(number)
    }
}

/// The number of a new session.
pub(crate) fn new_number(seed: u64) -> String {
    format!("{seed:016x}{:016x}", Random::new(seed).next())
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

/// What the number of a session was made of, where a server gave it: its halves belong together.
fn seed_of(number: &str) -> Option<u64> {
    let seed = u64::from_str_radix(number.get(..16)?, 16).ok()?;
    (new_number(seed) == number).then_some(seed)
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
