//! How long a queue may take, and each of its requests.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::failure::FailureKind;
use crate::fetch::cause::Cause;

/// No answer takes longer, and a server that sends a byte now and then must not hold a query for ever.
pub(super) const LONGEST_REQUEST: Duration = Duration::from_secs(600);

/// The time that a caller gives a queue, if it has an end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    time: Option<Duration>,
    started: Option<Instant>,
}

impl Deadline {
    /// The time does not begin yet.
    pub(super) fn new(time: Option<Duration>) -> Self {
        Self { time, started: None }
    }

    /// Lets the time begin, unless it has; gives when it did.
    pub(super) fn begin(&mut self) -> Instant {
        *self.started.get_or_insert_with(Instant::now)
    }

    /// When the time is over.
    pub(super) fn at(self) -> Option<Instant> {
        self.started?.checked_add(self.time?)
    }

    /// Why nothing is asked any more, once the time is over.
    pub(super) fn passed(self, now: Instant) -> Option<Cause> {
        self.at().filter(|at| *at <= now)?;
        let message = format!("the time for the query was over after {:?}", self.time?);
        Some(Cause::new(FailureKind::DeadlineExceeded, message))
    }

    /// Ends a request that begins now when it has taken too long, or with the time of the caller.
    pub(super) async fn bound<T>(
        self,
        now: Instant,
        request: impl Future<Output = Result<T, Cause>>,
    ) -> Result<T, Cause> {
        let longest = now + LONGEST_REQUEST;
        let end = self.at().map_or(longest, |at| at.min(longest));
        timeout_at(end, request).await.unwrap_or_else(|_| {
            let message = format!("the answer was not complete after {} s", LONGEST_REQUEST.as_secs());
            Err(self.passed(end).unwrap_or_else(|| Cause::new(FailureKind::Timeout, message)))
        })
    }
}
