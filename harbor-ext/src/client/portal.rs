//! A login at Harbor's portal, whose session spares the server the hashing of a password in every request.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use harbor_api::types::{Errors, GeneralInfo};
use harbor_api::{ClientInfo as _, Error, ResponseValue};
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, REFERER, USER_AGENT};
use url::{Url, form_urlencoded};

use super::cookies::{Cookies, gives_session};
use crate::redaction::hide;

/// The token against forged forms, in both directions.
const TOKEN: HeaderName = HeaderName::from_static("x-harbor-csrf-token");

/// A session that answered fewer requests than this was not worth its login.
const ANSWERS_WORTH_A_LOGIN: u64 = 100;

/// After so many logins in a row that were not worth it, no other is tried.
const VAIN_LOGINS: u32 = 3;

/// The portal of a Harbor, and the session that a user has there.
///
/// **Why this loses nothing.** A session can end at any time, and Harbor then goes on as for an anonymous caller without saying
/// so: usually the answer gives a new session, but where the end falls between the two times that Harbor looks at it, not
/// even that. So a session is used only for what an anonymous caller is either refused or given in full: what belongs to one
/// project. A private project answers 401, a public one shows the same to all. An answer that gives a session, and
/// every 401, is thrown away and asked for again, in the end with the credentials, whose answer counts. Lists of projects,
/// which would only be shorter, and the question who the caller is are never asked in a session.
///
/// `X-Harbor-No-Session-Renewal` is not sent: a session that is in use should last.
pub(crate) struct Portal {
    /// Below which the API and the portal lie.
    url: Url,
    user: String,
    password: String,
    /// Held while a login is under way, so that there is one for all who need it.
    state: tokio::sync::Mutex<State>,
    /// What opened a session so far, so that no message tells it.
    opened: Mutex<Vec<String>>,
}

/// A session that was proven to be the user's.
pub(super) struct Login {
    cookies: HeaderValue,
    answers: AtomicU64,
}

#[derive(Default)]
struct State {
    login: Option<Arc<Login>>,
    /// Logins in a row that were not worth it.
    vain: u32,
    is_given_up: bool,
}

/// Why there is no session.
enum Trouble {
    /// The server refuses the login, and would do so again.
    Refused(String),
    /// It may be another time.
    Passing(String),
}

impl Portal {
    pub(crate) fn new(url: Url, user: String, password: String) -> Self {
        Self { url, user, password, state: tokio::sync::Mutex::default(), opened: Mutex::default() }
    }

    /// The session to ask in: the one that there is unless it is the `ended` one, else a new one. `None` where there is
    /// none to be had.
    pub(super) async fn login(
        &self,
        api: &harbor_api::Client,
        ended: Option<&Arc<Login>>,
        requests: &AtomicU64,
    ) -> Option<Arc<Login>> {
        let mut state = self.state.lock().await;
        if let Some(ended) = ended {
            state.end(ended);
        }
        if state.login.is_none() && !state.is_given_up {
            match self.open(api, requests).await {
                Ok(login) => state.login = Some(Arc::new(login)),
                Err(Trouble::Refused(why)) => state.give_up(&why),
                Err(Trouble::Passing(why)) => state.try_again(&why),
            }
        }
        state.login.clone()
    }

    /// Notes that a session has ended.
    pub(super) async fn forget(&self, ended: &Arc<Login>) {
        self.state.lock().await.end(ended);
    }

    /// Ends the session, where there is one.
    pub(super) async fn log_out(&self, api: &harbor_api::Client) {
        let Some(login) = self.state.lock().await.login.take() else { return };
        let request = api.client().get(self.address("c/log_out")).headers(login.headers(&named()));
        match request.send().await {
            Ok(answer) => tracing::debug!(status = answer.status().as_u16(), "logged out"),
            // It ends by itself as well.
            Err(_) => tracing::debug!("no answer to the logout"),
        }
    }

    pub(super) fn redact(&self, text: String) -> String {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.iter().fold(text, |text, session| hide(&text, session))
    }

    /// Logs in with the form of the portal, and has the server prove that it knows the caller by the session alone.
    async fn open(&self, api: &harbor_api::Client, requests: &AtomicU64) -> Result<Login, Trouble> {
        let mut cookies = Cookies::of_browser();
        let mut token = None;
        // A server may give the token only in a session that it gave itself.
        for _ in 0..2 {
            let answer = ask_who(api, &cookies, requests).await?;
            cookies.keep(answer.headers());
            token = answer.headers().get(TOKEN).cloned();
            if token.is_some() {
                break;
            }
        }
        let Some(token) = token else {
            return Err(Trouble::Refused("the server gives no token for the form".to_owned()));
        };
        self.send_form(api, &mut cookies, token, requests).await?;
        if let Some(session) = cookies.session() {
            self.opened.lock().unwrap_or_else(PoisonError::into_inner).push(session.to_owned());
        }
        let proof = ask_who(api, &cookies, requests).await?;
        let is_known =
            serde_json::from_slice::<GeneralInfo>(&proof).is_ok_and(|information| information.harbor_version.is_some());
        if !is_known || gives_session(proof.headers()) {
            // It may have ended already.
            return Err(Trouble::Passing("the server does not know the caller by the session".to_owned()));
        }
        tracing::debug!("logged in at the portal");
        let cookies = cookies.header().ok_or_else(unusable)?;
        Ok(Login { cookies, answers: AtomicU64::new(0) })
    }

    async fn send_form(
        &self,
        api: &harbor_api::Client,
        cookies: &mut Cookies,
        token: HeaderValue,
        requests: &AtomicU64,
    ) -> Result<(), Trouble> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("principal", &self.user)
            .append_pair("password", &self.password)
            .finish();
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (TOKEN, token),
        ]);
        headers.extend(named());
        // Some guards against forged forms want to know where the form was.
        headers.extend(HeaderValue::try_from(self.url.as_str()).ok().map(|url| (REFERER, url)));
        let headers = with_cookies(&headers, cookies.header().ok_or_else(unusable)?);
        requests.fetch_add(1, Ordering::Relaxed);
        let request = api.client().post(self.address("c/login")).headers(headers).body(form);
        let answer = request.send().await.map_err(|_| Trouble::Passing("there is no answer".to_owned()))?;
        match answer.status() {
            status if status.is_success() => cookies.keep(answer.headers()),
            status => return Err(Trouble::of_status(status)),
        }
        Ok(())
    }

    fn address(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}/{path}", self.url.path().trim_end_matches('/')));
        url
    }
}

impl Login {
    /// These headers, with the session in the place of the credentials.
    pub(super) fn headers(&self, headers: &HeaderMap) -> HeaderMap {
        with_cookies(headers, self.cookies.clone())
    }

    /// Whether an answer was given to the user; otherwise the session has ended, and the answer means nothing. That there
    /// is no answer says nothing about the session.
    pub(super) fn answered<T>(&self, answer: &Result<ResponseValue<T>, Error<Errors>>) -> bool {
        let was_alive = match answer {
            Ok(answer) => !gives_session(answer.headers()),
            Err(Error::ErrorResponse(answer)) => {
                answer.status() != StatusCode::UNAUTHORIZED && !gives_session(answer.headers())
            }
            Err(Error::UnexpectedResponse(answer)) => !gives_session(answer.headers()),
            Err(_) => return true,
        };
        self.answers.fetch_add(u64::from(was_alive), Ordering::Relaxed);
        was_alive
    }
}

impl State {
    /// Takes the session for ended, unless there is a newer one.
    fn end(&mut self, ended: &Arc<Login>) {
        if self.login.take_if(|login| Arc::ptr_eq(login, ended)).is_none() {
            return;
        }
        if ended.answers.load(Ordering::Relaxed) < ANSWERS_WORTH_A_LOGIN {
            self.try_again("a session ended soon after the login");
        } else {
            tracing::debug!("the session has ended");
            self.vain = 0;
        }
    }

    fn try_again(&mut self, why: &str) {
        self.vain += 1;
        tracing::debug!(vain = self.vain, "no session: {why}");
        if self.vain >= VAIN_LOGINS {
            self.give_up(why);
        }
    }

    fn give_up(&mut self, why: &str) {
        self.is_given_up = true;
        tracing::warn!("cannot log in at the portal, so that every request is sent with the password: {why}");
    }
}

impl Trouble {
    fn of_status(status: StatusCode) -> Self {
        let why = format!("the login was answered with {}", status.as_u16());
        match status.as_u16() {
            429 | 500.. => Self::Passing(why),
            _ => Self::Refused(why),
        }
    }
}

/// Asks what the server tells of itself, by which it shows whether it knows the caller.
async fn ask_who(
    api: &harbor_api::Client,
    cookies: &Cookies,
    requests: &AtomicU64,
) -> Result<ResponseValue<Bytes>, Trouble> {
    let headers = with_cookies(&HeaderMap::new(), cookies.header().ok_or_else(unusable)?);
    requests.fetch_add(1, Ordering::Relaxed);
    match api.get_bytes("get_system_info", &["systeminfo"], &[], headers).await {
        Ok(answer) => Ok(answer),
        Err(Error::ErrorResponse(answer)) => Err(Trouble::of_status(answer.status())),
        Err(_) => Err(Trouble::Passing("there is no usable answer".to_owned())),
    }
}

/// Credentials come before a session, and would be hashed. A default header of the HTTP client can only be replaced, and
/// an empty one is as good as none to Harbor and to nginx.
fn with_cookies(headers: &HeaderMap, cookies: HeaderValue) -> HeaderMap {
    let mut headers = headers.clone();
    headers.insert(AUTHORIZATION, HeaderValue::from_static(""));
    headers.insert(COOKIE, cookies);
    headers
}

/// What is sent past the hooks of the API's client has the same name.
fn named() -> HeaderMap {
    HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(harbor_api::USER_AGENT))])
}

fn unusable() -> Trouble {
    Trouble::Refused("the cookies cannot be sent back".to_owned())
}

impl fmt::Debug for Portal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Portal").field("user", &self.user).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(answers: u64) -> Arc<Login> {
        Arc::new(Login { cookies: HeaderValue::from_static("sid=x"), answers: AtomicU64::new(answers) })
    }

    #[test]
    fn sessions_that_do_not_last_are_given_up() {
        let mut state = State::default();
        for (answers, is_given_up) in [(0, false), (99, false), (100, false), (5, false), (5, false), (5, true)] {
            let session = login(answers);
            state.login = Some(Arc::clone(&session));
            state.end(&login(0));
            assert!(state.login.is_some(), "another one ended");
            state.end(&session);
            state.end(&session);
            assert!(state.login.is_none());
            assert_eq!(state.is_given_up, is_given_up);
        }
    }

    #[test]
    fn a_refusal_is_told_from_trouble() {
        for (status, is_refusal) in [(401, true), (403, true), (404, true), (308, true), (429, false), (502, false)] {
            let trouble = Trouble::of_status(StatusCode::from_u16(status).unwrap());
            assert_eq!(matches!(trouble, Trouble::Refused(_)), is_refusal, "{status}");
        }
    }

    #[test]
    fn the_portal_lies_beside_the_api() {
        for (url, wanted) in [
            ("https://h.example", "https://h.example/c/login"),
            ("https://h.example:8443/harbor", "https://h.example:8443/harbor/c/login"),
        ] {
            let portal = Portal::new(url.parse().unwrap(), "u".to_owned(), "hunter2".to_owned());
            assert_eq!(portal.address("c/login").as_str(), wanted);
            assert!(!format!("{portal:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_opens_a_session_is_not_told() {
        let portal = Portal::new("https://h.example".parse().unwrap(), "u".to_owned(), "p".to_owned());
        portal.opened.lock().unwrap().push("0123abcd".to_owned());
        assert_eq!(portal.redact("Cookie: sid=0123abcd; x".to_owned()), "Cookie: sid=…; x");
    }
}
