//! Ending a queue before its end.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;

use tokio::sync::watch;

use crate::failure::FailureKind;
use crate::fetch::cause::Cause;

/// Ends a running query from anywhere, such as from a task that waits for Ctrl-C. Made by
/// [`Fetching::stopper`](crate::Fetching::stopper). Cheap to clone: clones stop the same query.
///
/// ```no_run
/// use futures::StreamExt;
///
/// # async fn example(harbor: harbor_ext::Harbor, wish_to_stop: impl Future + Send + 'static) {
/// let mut fetching = harbor.reports().stream();
/// let stopper = fetching.stopper();
/// tokio::spawn(async move {
///     wish_to_stop.await;
///     stopper.stop();
/// });
/// while let Some(next) = fetching.next().await {
///     // What comes after the stop says so: nothing is lost silently.
/// #   let _ = next;
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Stopper {
    sender: Arc<watch::Sender<bool>>,
}

impl Stopper {
    /// Ends the query as its [deadline](crate::Query::deadline) would, at once: requests under way end, and nothing more is
    /// asked. What is left comes out of the stream as failures of the kind [`Stopped`](crate::FailureKind::Stopped),
    /// artifacts that were listed already as [`Failed`](crate::model::ReportState::Failed) ones.
    ///
    /// A query that has ended, or was stopped before, stays as it is.
    pub fn stop(&self) {
        self.sender.send_replace(true);
    }

    /// Whether the query was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.sender.borrow()
    }
}

impl fmt::Debug for Stopper {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stopper").field("is_stopped", &self.is_stopped()).finish()
    }
}

/// The queue's side of its [`Stopper`]s.
pub(super) struct Stop {
    stopper: Stopper,
    /// Wakes the queue; made when it is first polled.
    stopped: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Stop {
    pub(super) fn new() -> Self {
        Self { stopper: Stopper { sender: Arc::new(watch::Sender::new(false)) }, stopped: None }
    }

    pub(super) fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Why nothing is asked any more, once the queue was stopped; until then it is woken when that happens.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Option<Cause> {
        if !self.stopper.is_stopped() {
            let stopper = &self.stopper;
            let stopped = self.stopped.get_or_insert_with(|| Box::pin(wait(stopper.sender.subscribe())));
            if stopped.as_mut().poll(context).is_pending() {
                return None;
            }
        }
        Some(cause())
    }

    /// Ends a request when the queue is stopped.
    pub(super) fn bound<T, R: Future<Output = Result<T, Cause>>>(
        &self,
        request: R,
    ) -> impl Future<Output = Result<T, Cause>> + use<T, R> {
        let stopped = wait(self.stopper.sender.subscribe());
        async move {
            tokio::select! {
                // What has come is not thrown away.
                biased;
                outcome = request => outcome,
                () = stopped => Err(cause()),
            }
        }
    }
}

fn cause() -> Cause {
    Cause::new(FailureKind::Stopped, "the query was stopped")
}

async fn wait(mut receiver: watch::Receiver<bool>) {
    if receiver.wait_for(|is_stopped| *is_stopped).await.is_err() {
        // The queue is gone, and nobody can stop it any more.
        std::future::pending::<()>().await;
    }
}
