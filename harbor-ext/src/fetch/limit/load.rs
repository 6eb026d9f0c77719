//! How many requests are under way, and have been.
//!
//! Kept as the area under the curve of requests under way over time: divided by the answers of a time it is how long one
//! takes, also for those that began before or end after it.

use std::time::Duration;

use tokio::time::Instant;

/// The requests under way.
#[derive(Debug, Default)]
pub(super) struct Load {
    in_flight: usize,
    changed_at: Option<Instant>,
    /// Requests times seconds.
    area: f64,
}

/// A request under way; to be given back when it has ended.
#[derive(Clone, Copy, Debug)]
#[must_use = "a request that is not given back counts as under way for ever"]
pub(crate) struct Ticket {
    pub(super) started: Instant,
}

impl Load {
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn area(&self) -> f64 {
        self.area
    }

    pub(super) fn start(&mut self, now: Instant) -> Ticket {
        self.advance(now);
        self.in_flight += 1;
        Ticket { started: now }
    }

    /// Answers how long the request took.
    pub(super) fn end(&mut self, ticket: Ticket, now: Instant) -> Duration {
        self.advance(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        now.saturating_duration_since(ticket.started)
    }

    /// Answers may be told of a little out of order: the clock never goes back.
    fn advance(&mut self, now: Instant) {
        if let Some(before) = self.changed_at {
            self.area += self.in_flight as f64 * now.saturating_duration_since(before).as_secs_f64();
        }
        self.changed_at = self.changed_at.max(Some(now));
    }
}
