//! The few cookies of a login.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};

/// The cookie by which Harbor knows a session.
const SESSION: &str = "sid";

/// Cookies by their names. `Debug` is left out on purpose: they open a session.
#[derive(Clone, Default)]
pub(super) struct Cookies(BTreeMap<String, String>);

impl Cookies {
    /// An empty session, which Harbor takes for a request of a browser: the answer opens a session, and has the token that
    /// a form needs.
    pub(super) fn of_browser() -> Self {
        Self(BTreeMap::from([(SESSION.to_owned(), String::new())]))
    }

    /// Keeps what an answer sets, in front of Harbor as well: a load balancer may find the way by a cookie of its own.
    pub(super) fn keep(&mut self, headers: &HeaderMap) {
        for (name, value) in set_by(headers) {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    /// What opens the session.
    pub(super) fn session(&self) -> Option<&str> {
        self.0.get(SESSION).map(String::as_str).filter(|session| !session.is_empty())
    }

    /// The header that brings them, marked so that no log shows it.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut header = HeaderValue::try_from(pairs.join("; ")).ok()?;
        header.set_sensitive(true);
        Some(header)
    }
}

/// Whether an answer gives a session, which it does to those who brought none that is alive.
pub(super) fn gives_session(headers: &HeaderMap) -> bool {
    set_by(headers).any(|(name, _)| name == SESSION)
}

fn set_by(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let texts = headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.filter_map(|text| text.split(';').next()?.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&'static str]) -> HeaderMap {
        cookies.iter().map(|text| (SET_COOKIE, HeaderValue::from_static(text))).collect()
    }

    #[test]
    fn the_newest_cookie_of_a_name_is_kept() {
        let mut cookies = Cookies::of_browser();
        assert_eq!((cookies.session(), cookies.header().unwrap().as_bytes()), (None, &b"sid="[..]));
        cookies.keep(&headers(&["sid=one; Path=/; HttpOnly", "_gorilla_csrf=a=b; Secure", "odd"]));
        cookies.keep(&headers(&["sid=two"]));
        let header = cookies.header().unwrap();
        assert_eq!((cookies.session(), header.as_bytes()), (Some("two"), &b"_gorilla_csrf=a=b; sid=two"[..]));
        assert!(header.is_sensitive());
    }

    #[test]
    fn only_the_cookie_of_a_session_gives_one() {
        assert!(gives_session(&headers(&["AWSALB=x; Path=/", "sid=y; Path=/"])));
        assert!(!gives_session(&headers(&["AWSALB=x; Path=/", "sidecar=y", "_gorilla_csrf=sid=y"])));
        assert!(!gives_session(&HeaderMap::new()));
    }
}
