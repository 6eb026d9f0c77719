//! What a caller holds while a bulk query runs.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::watch;

pub use super::queue::Stopper;
use super::queue::{Queue, Work};
use crate::failure::Failure;
use crate::outcome::{Progress, Summary};

/// The items and failures of a bulk query, in the order of completion; made by [`Query::stream`](super::Query::stream).
///
/// Dropping it ends the requests under way.
#[must_use = "a stream does nothing until it is polled"]
pub struct Fetching<T> {
    run: Pin<Box<dyn Run<T>>>,
}

/// A queue whose kind of work is of no interest any more.
trait Run<T>: Stream<Item = Result<T, Failure>> + Send {
    fn summary(&self) -> Summary;
    fn progress(&self) -> watch::Receiver<Progress>;
    fn stopper(&self) -> Stopper;
}

impl<T> Fetching<T> {
    pub(super) fn new<W: Work<Item = T>>(queue: Queue<W>) -> Self {
        Self { run: Box::pin(queue) }
    }

    /// The counts up to now; final once the stream has ended.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.run.summary()
    }

    /// How far the query is, for a progress bar: always the newest value, and never a burden on the query.
    ///
    /// The sender ends when the stream has yielded everything or is dropped.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.run.progress()
    }

    /// Ends the query before its end, from anywhere else; see [`Stopper`].
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.run.stopper()
    }
}

impl<T> Stream for Fetching<T> {
    type Item = Result<T, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.run.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Fetching<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Fetching").field("summary", &self.summary()).finish_non_exhaustive()
    }
}

impl<W: Work> Run<W::Item> for Queue<W> {
    fn summary(&self) -> Summary {
        Queue::summary(self)
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        Queue::progress(self)
    }

    fn stopper(&self) -> Stopper {
        Queue::stopper(self)
    }
}
