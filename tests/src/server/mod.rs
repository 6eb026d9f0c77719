//! The server: started on a free port of the loopback, stopped when it is dropped.

mod builder;

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Ready, ready};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub use builder::{SimulatedHarborBuilder, StartError};

use crate::fault::{Fault, Scope};
use crate::hold::Hold;
use crate::log::{Request, Stats};
use crate::registry::Registry;
use crate::service::Service;

/// A simulated Harbor that listens on a free port of 127.0.0.1.
///
/// It serves on a thread of its own, whatever runtime the test has, and stops when it is dropped.
pub struct SimulatedHarbor {
    address: SocketAddr,
    service: Arc<Service>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a change of the registry gave; it is made already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed<T>(T);

impl<T> Changed<T> {
    /// What the change gave, without awaiting it.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> IntoFuture for Changed<T> {
    type Output = T;
    type IntoFuture = Ready<T>;

    fn into_future(self) -> Self::IntoFuture {
        ready(self.0)
    }
}

impl SimulatedHarbor {
    /// Describes a server; without more it is the newest version with an empty registry.
    pub fn builder() -> SimulatedHarborBuilder {
        SimulatedHarborBuilder::default()
    }

    /// The address of the server without the path of its API, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far, in the order of their arrival; none where the server only counts them.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.service.log.requests()
    }

    /// The counters, which clients of any language can read at `/__sim/stats`.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.service.log.stats()
    }

    /// The number of requests so far by operation.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        self.stats().operations
    }

    /// Forgets the requests so far and the peak; requests in flight stay in flight.
    pub fn forget_requests(&self) {
        self.service.log.clear();
    }

    /// The number of requests between their arrival and the end of their answer.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.stats().in_flight
    }

    /// The highest number of requests in flight so far.
    ///
    /// A server that answers at once seldom has two of them, however many a client sends: with a [`Fault::latency`] or a
    /// [`Hold`] it shows how many that are.
    #[must_use]
    pub fn peak_in_flight(&self) -> usize {
        self.stats().peak_in_flight
    }

    /// The number of connections that were made so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.service.connections.made()
    }

    /// Ends all sessions, as when Redis forgets them or their time is over: requests that bring one are anonymous from now
    /// on, and get a new one.
    pub fn end_sessions(&self) {
        self.service.sessions.end_all(self.service.arrivals.load(Ordering::SeqCst));
    }

    /// Reads the registry while the server serves it.
    pub fn registry<T>(&self, read: impl FnOnce(&Registry) -> T) -> T {
        read(&self.service.registry.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the registry while the server serves it; requests see it before or after, never in
    /// between.
    ///
    /// The change is made when this returns, and the next request sees it; awaiting the answer gives what the change
    /// gave. The server stands still meanwhile, so that a change must not wait for an answer of it, nor call
    /// [`SimulatedHarbor::registry`].
    pub fn registry_mut<T>(&self, change: impl FnOnce(&mut Registry) -> T) -> Changed<T> {
        Changed(change(&mut self.service.registry.write().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Adds a fault behind those that are there.
    ///
    /// # Errors
    ///
    /// Fails when the fault is restricted to an operation that does not exist.
    pub fn add_fault(&self, fault: Fault) -> Result<(), StartError> {
        builder::check(&fault)?;
        self.service.faults.add(fault);
        Ok(())
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.service.faults.clear();
    }

    /// Makes every request end in nginx's page for 502, as while Harbor restarts, until it is told
    /// otherwise. It ends a restart, too.
    pub fn set_down(&self, down: bool) {
        self.service.outage.set_down(down);
    }

    /// Restarts the server: cuts all connections at once, with the requests on them, and answers
    /// nginx's page for 502 for a time; then all is as before.
    pub fn restart(&self, down_for: Duration) {
        self.service.restart(down_for);
    }

    /// Holds the answers of an operation back, named as in [`Fault::on`], until the hold lets them
    /// go.
    ///
    /// The faults have had their turn when a request is held: those that come later do not strike it,
    /// and a place that it has under a [`Fault::cap`] stays taken.
    ///
    /// # Errors
    ///
    /// Fails when there is no such operation.
    pub fn hold(&self, operation: &str) -> Result<Hold, StartError> {
        let scope = Scope::of_operation(operation);
        if let Some(operation) = scope.unknown_operation() {
            return Err(StartError::UnknownOperation(operation.to_owned()));
        }
        let (hold, gate) = Hold::new(scope);
        self.service.gates.lock().unwrap_or_else(PoisonError::into_inner).push(gate);
        Ok(hold)
    }
}

impl Drop for SimulatedHarbor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A server that panicked has no more to say here; its requests have failed already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for SimulatedHarbor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SimulatedHarbor").field("url", &self.url()).finish_non_exhaustive()
    }
}
