//! What the server was asked, in the order of arrival.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

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

/// A request that has come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The request.
    pub request: Request,
    /// The login name of the caller, or `anonymous`.
    pub caller: String,
    /// The bytes of the answer's body that were sent.
    pub bytes: u64,
    /// The time from the arrival of the request to the end of its answer.
    pub duration: Duration,
}

/// The counters of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// The number of requests.
    pub requests: usize,
    /// The number of requests by operation.
    pub operations: BTreeMap<&'static str, usize>,
    /// The number of answers by status; a request whose connection was reset has none.
    pub statuses: BTreeMap<u16, usize>,
    /// The bytes of all bodies that were sent.
    pub bytes: u64,
    /// The number of requests between their arrival and the end of their answer.
    pub in_flight: usize,
    /// The highest number of requests in flight.
    pub peak_in_flight: usize,
}

/// The log, the counters, and who wants to hear of every request.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    state: Arc<Mutex<State>>,
    keeps_requests: bool,
    observer: Option<Observer>,
}

/// Hears of every request that has come to its end.
#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&Exchange) + Send + Sync>);

#[derive(Debug, Default)]
struct State {
    requests: Vec<Request>,
    stats: Stats,
    /// The number of requests that were forgotten.
    forgotten: usize,
}

/// A request in flight; dropping it ends the flight.
#[derive(Debug)]
pub(crate) struct Flight {
    log: Log,
    /// The number of requests before this one.
    number: usize,
    arrived: Instant,
    /// What an observer will hear.
    exchange: Option<Mutex<Exchange>>,
}

impl Log {
    /// A log that keeps every request, or only counts them.
    pub(crate) fn new(keeps_requests: bool, observer: Option<Observer>) -> Self {
        Self { state: Arc::default(), keeps_requests, observer }
    }

    /// Notes that a request of a caller arrived.
    pub(crate) fn arrive(&self, request: Request, caller: &str) -> Flight {
        let mut state = self.state();
        let number = state.forgotten + state.stats.requests;
        let stats = &mut state.stats;
        stats.requests += 1;
        *stats.operations.entry(request.operation).or_insert(0) += 1;
        stats.in_flight += 1;
        stats.peak_in_flight = stats.peak_in_flight.max(stats.in_flight);
        if self.keeps_requests {
            state.requests.push(request.clone());
        }
        drop(state);
        let exchange = self.observer.is_some().then(|| {
            let caller = caller.to_owned();
            Mutex::new(Exchange { request, caller, bytes: 0, duration: Duration::ZERO })
        });
        Flight { log: self.clone(), number, arrived: Instant::now(), exchange }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.state().stats.clone()
    }

    /// Forgets what was, but not what is in flight.
    pub(crate) fn clear(&self) {
        let mut state = self.state();
        let in_flight = state.stats.in_flight;
        state.forgotten += state.stats.requests;
        state.requests.clear();
        state.stats = Stats { in_flight, peak_in_flight: in_flight, ..Stats::default() };
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Observer {
    pub(crate) fn new(hear: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Observer").finish_non_exhaustive()
    }
}

impl Flight {
    /// Notes the status of the answer.
    pub(crate) fn answered(&self, status: u16) {
        if let Some(exchange) = &self.exchange {
            lock(exchange).request.status = Some(status);
        }
        let mut state = self.log.state();
        if let Some(position) = self.number.checked_sub(state.forgotten) {
            *state.stats.statuses.entry(status).or_insert(0) += 1;
            if let Some(request) = state.requests.get_mut(position) {
                request.status = Some(status);
            }
        }
    }

    /// Notes that bytes of the body were sent.
    pub(crate) fn sent(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if let Some(exchange) = &self.exchange {
            lock(exchange).bytes += bytes;
        }
        let mut state = self.log.state();
        if self.number >= state.forgotten {
            state.stats.bytes += bytes;
        }
    }

    /// Notes that the login was refused although it is right.
    pub(crate) fn login_refused(&self) {
        if let Some(exchange) = &self.exchange {
            lock(exchange).request.authorization = Authorization::BasicRefused;
        }
        let mut state = self.log.state();
        let position = self.number.checked_sub(state.forgotten);
        if let Some(request) = position.and_then(|position| state.requests.get_mut(position)) {
            request.authorization = Authorization::BasicRefused;
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.log.state().stats.in_flight -= 1;
        if let (Some(Observer(hear)), Some(exchange)) = (&self.log.observer, &self.exchange) {
            let mut exchange = lock(exchange);
            exchange.duration = self.arrived.elapsed();
            hear(&exchange);
        }
    }
}

/// Nothing in here is ever left half changed, so that a panic elsewhere does no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
