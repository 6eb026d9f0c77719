//! Holding answers back, so that a test decides when they come.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::fault::Scope;

/// Holds the answers of an operation back until it is told to let them go.
///
/// Dropping it lets all of them go.
#[derive(Debug)]
pub struct Hold(Arc<Gate>);

/// The side of the server.
#[derive(Debug)]
pub(crate) struct Gate {
    scope: Scope,
    passes: Semaphore,
    waiting: watch::Sender<usize>,
}

/// A request that waits; dropping it tells that it waits no longer.
struct Waiting<'a>(&'a Gate);

impl Hold {
    pub(crate) fn new(scope: Scope) -> (Self, Arc<Gate>) {
        let gate = Gate { scope, passes: Semaphore::new(0), waiting: watch::Sender::new(0) };
        let gate = Arc::new(gate);
        (Self(Arc::clone(&gate)), gate)
    }

    /// The number of requests that wait for their answer now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        *self.0.waiting.borrow()
    }

    /// Waits until at least `count` requests wait for their answer.
    pub async fn reached(&self, count: usize) {
        let mut waiting = self.0.waiting.subscribe();
        // The sender lives in the gate that `self` keeps, so that waiting cannot fail.
        let _ = waiting.wait_for(|waiting| *waiting >= count).await;
    }

    /// Lets some requests go: those that wait longest, or the next ones to come.
    pub fn let_through(&self, count: usize) {
        self.0.passes.add_permits(count);
    }

    /// Lets all requests go, those to come too.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.passes.close();
    }
}

impl Gate {
    /// Whether the gate is open for good.
    pub(crate) fn is_open(&self) -> bool {
        self.passes.is_closed()
    }

    pub(crate) fn concerns(&self, scope: &Scope) -> bool {
        self.scope.covers(scope)
    }

    /// Waits until the request may be answered.
    pub(crate) async fn pass(&self) {
        let _waiting = Waiting::new(self);
        if let Ok(permit) = self.passes.acquire().await {
            permit.forget();
        }
    }
}

impl<'a> Waiting<'a> {
    fn new(gate: &'a Gate) -> Self {
        gate.waiting.send_modify(|waiting| *waiting += 1);
        Self(gate)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.send_modify(|waiting| *waiting -= 1);
    }
}
