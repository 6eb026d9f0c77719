//! What the server was asked, in the order of arrival.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::auth::Authorization;

/// A request that the server received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path and the query, exactly as sent.
    pub target: String,
    /// The name of the operation, such as `reports`.
    pub operation: &'static str,
    /// The status of the answer, or `None` while there is none: still held, or the client went
    /// away.
    pub status: Option<u16>,
    /// How the request was authorised.
    pub authorization: Authorization,
    /// Whether the request brought a session cookie.
    pub session: bool,
    /// The `X-Request-Id` of the answer.
    pub request_id: String,
}

/// The log, the gauge of requests in flight and its highest value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    in_flight: usize,
    peak: usize,
}

/// A request in flight; dropping it ends the flight.
#[derive(Debug)]
pub(crate) struct Flight {
    log: Log,
    position: usize,
}

impl Log {
    /// Notes that a request arrived.
    pub(crate) fn arrive(&self, request: Request) -> Flight {
        let mut state = self.state();
        state.in_flight += 1;
        state.peak = state.peak.max(state.in_flight);
        state.requests.push(request);
        Flight { log: self.clone(), position: state.requests.len() - 1 }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for request in &self.state().requests {
            *counts.entry(request.operation).or_insert(0) += 1;
        }
        counts
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.state().in_flight
    }

    pub(crate) fn peak(&self) -> usize {
        self.state().peak
    }

    /// Forgets what was, but not what is in flight.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        state.requests.clear();
        state.peak = state.in_flight;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is never left half changed, so that a panic elsewhere does no harm.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    /// Notes the status of the answer.
    pub(crate) fn answered(&self, status: u16) {
        if let Some(request) = self.log.state().requests.get_mut(self.position) {
            request.status = Some(status);
        }
    }

    /// Notes that the login was refused although it is right.
    pub(crate) fn login_refused(&self) {
        if let Some(request) = self.log.state().requests.get_mut(self.position) {
            request.authorization = Authorization::BasicRefused;
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.log.state().in_flight -= 1;
    }
}
