//! The client of Harbor's API with the credentials of a caller, and what it knows of their price.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use harbor_api::types::{Errors, GeneralInfo};
use harbor_api::{ByteStream, Error, ResponseValue};
use reqwest::header::HeaderMap;

use self::password::Password;
use crate::credentials::Credentials;
use crate::outcome::Advice;

pub(crate) use self::portal::Portal;

mod cookies;
mod password;
mod portal;

/// How often one thing is asked for in a session before it is asked for with the credentials: a session can end at any
/// time, and one that ends twice in a row is not worth a third try.
const SESSIONS_FOR_ONE_ANSWER: usize = 2;

/// The client of Harbor's API. What is called through `Deref` sends the credentials with every request.
pub(crate) struct Client {
    api: harbor_api::Client,
    /// The name of the registry that is asked.
    registry: Arc<str>,
    portal: Option<Arc<Portal>>,
    password: Option<Arc<Password>>,
    /// Requests besides those that were asked for.
    extra_requests: AtomicU64,
}

impl Client {
    /// A client whose HTTP client sends the credentials.
    pub(crate) fn new(
        api: harbor_api::Client,
        registry: Arc<str>,
        credentials: &Credentials,
        portal: Option<Portal>,
    ) -> Self {
        let password = credentials.password().map(|_| Arc::default());
        Self { api, registry, portal: portal.map(Arc::new), password, extra_requests: AtomicU64::new(0) }
    }

    /// The same client with a count of its own.
    pub(crate) fn for_one_query(&self) -> Self {
        let Self { api, registry, portal, password, .. } = self;
        let (api, registry) = (api.clone(), Arc::clone(registry));
        let (portal, password) = (portal.clone(), password.clone());
        Self { api, registry, portal, password, extra_requests: AtomicU64::new(0) }
    }

    /// The name of the registry that is asked, as artifacts have it.
    pub(crate) fn registry(&self) -> &Arc<str> {
        &self.registry
    }

    /// Gets what belongs to one project, as [`harbor_api::Client::get_bytes`] does; in a session, where one was asked for.
    ///
    /// Only for what an anonymous caller is either refused or given in full: see [`Portal`].
    pub(crate) async fn get_of_project(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<ResponseValue<Bytes>, Error<Errors>> {
        self.of_project(headers, |headers| self.get_body(operation, segments, query, headers)).await
    }

    /// Gets what belongs to one project, as [`harbor_api::Client::get_stream`] does; otherwise as
    /// [`get_of_project`](Self::get_of_project).
    pub(crate) async fn open_of_project(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<ResponseValue<ByteStream>, Error<Errors>> {
        self.of_project(headers, |headers| self.api.get_stream(operation, segments, query, headers)).await
    }

    /// Gets anything as [`harbor_api::Client::get_bytes`] does: with the credentials, unless the headers have a session in
    /// their place.
    pub(crate) async fn get_body(
        &self,
        operation: &'static str,
        segments: &[&str],
        query: &[(&str, &str)],
        headers: HeaderMap,
    ) -> Result<ResponseValue<Bytes>, Error<Errors>> {
        let answer = self.api.get_bytes(operation, segments, query, headers).await;
        let_connection_return().await;
        answer
    }

    /// Gets something in a session, or else with the credentials.
    async fn of_project<T, F>(&self, headers: HeaderMap, get: impl Fn(HeaderMap) -> F) -> F::Output
    where
        F: Future<Output = Result<ResponseValue<T>, Error<Errors>>>,
    {
        if let Some(answer) = self.in_session(&headers, &get).await {
            return answer;
        }
        self.judge_password().await;
        get(headers).await
    }

    /// `None` where there is no session to be had in which the answer would count.
    async fn in_session<T, F>(&self, headers: &HeaderMap, get: impl Fn(HeaderMap) -> F) -> Option<F::Output>
    where
        F: Future<Output = Result<ResponseValue<T>, Error<Errors>>>,
    {
        let portal = self.portal.as_ref()?;
        let mut ended = None;
        for _ in 0..SESSIONS_FOR_ONE_ANSWER {
            let login = portal.login(&self.api, ended.as_ref(), &self.extra_requests).await?;
            let answer = get(login.headers(headers)).await;
            if login.answered(&answer) {
                return Some(answer);
            }
            self.extra_requests.fetch_add(1, Ordering::Relaxed);
            ended = Some(login);
        }
        portal.forget(&ended?).await;
        None
    }

    /// Finds out, once and where it matters, whether the caller is a local user.
    async fn judge_password(&self) {
        let Some(password) = self.password.as_ref().filter(|password| password.is_to_be_judged()) else { return };
        self.extra_requests.fetch_add(1, Ordering::Relaxed);
        let user = self.api.get_current_user_info().send().await;
        password.judge(user.ok().map(ResponseValue::into_inner));
    }

    /// Notes what the server says of itself to a caller that it knows.
    pub(crate) fn note(&self, server: &GeneralInfo) {
        if let Some(password) = &self.password {
            password.note(server);
        }
    }

    /// What would make a query of so many requests cheaper.
    pub(crate) fn advice(&self, requests: u64) -> Option<Advice> {
        self.password.as_ref()?.advice(requests)
    }

    /// Requests so far besides those that were asked for: logins, and what was asked again because a session had ended.
    pub(crate) fn extra_requests(&self) -> u64 {
        self.extra_requests.load(Ordering::Relaxed)
    }

    /// Ends the session, where there is one.
    pub(crate) async fn log_out(&self) {
        if let Some(portal) = &self.portal {
            portal.log_out(&self.api).await;
        }
    }

    /// A text without what opens a session. A proxy may quote the request that it refuses.
    pub(crate) fn redact(&self, text: String) -> String {
        match &self.portal {
            Some(portal) => portal.redact(text),
            None => text,
        }
    }
}

/// Waits until the connection of an answer that was read to its end can be used again.
///
/// It is given back by a task that is woken together with the reader. What is asked next would come too early and begin
/// another connection (measured: twice as many as requests at once).
pub(crate) async fn let_connection_return() {
    tokio::task::yield_now().await;
}

impl Deref for Client {
    type Target = harbor_api::Client;

    fn deref(&self) -> &harbor_api::Client {
        &self.api
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The HTTP client's headers hold the credentials.
        formatter.debug_struct("Client").field("portal", &self.portal).finish_non_exhaustive()
    }
}
