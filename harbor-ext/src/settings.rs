//! How requests are repeated and how many run at once.

use std::time::Duration;

use crate::error::Error;

/// Nothing waits longer, whatever a caller sets: a delay can be longer than any clock reaches.
pub(crate) const LONGEST_DELAY: Duration = Duration::from_secs(365 * 24 * 3600);

/// How failed requests are repeated. Only reads are ever made, so that repeating is always safe.
///
/// A request is repeated after a refused or lost connection, a time-out, an answer that breaks off, and the statuses
/// 408, 429, 500, 502, 503 and 504, and after 401 for a caller whom the server knew before. The wait doubles from
/// [`first_delay`](Self::first_delay) on and is drawn between half and all of that. It is not shorter than the server's
/// `Retry-After` unless that is longer than [`longest_delay`](Self::longest_delay), and takes up no place among the requests
/// under way. After a single failure among answers the first wait is less than a tenth of that.
///
/// So that a server in trouble is not asked for several times as much as usual, repeats in vain are a fifth of the answers,
/// and twenty to begin with, for all queries of one [`Harbor`](crate::Harbor) together. Beyond that they are not given up but
/// sent one after another, one in each `first_delay`; [`Summary::paced_retries`](crate::Summary::paced_retries) counts
/// them. Where all of those are in vain for as long as [`patience`](Self::patience), what else waits for its turn counts as
/// failed.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// How often one thing is asked for before it counts as failed; 1 means never again. Default 4.
    pub attempts: u32,
    /// The longest first wait. Default 200 ms.
    pub first_delay: Duration,
    /// The longest wait of all, also when the server asks for more. Default 30 s.
    pub longest_delay: Duration,
    /// How long a server that had answered may be away (restarting, say) before everything that is left counts as
    /// failed. Meanwhile one request at a time is sent to see whether it is back. The same goes for a server that answers,
    /// but no repeat as it should. Default 60 s.
    pub patience: Duration,
}

/// How many requests of one query are under way at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Concurrency {
    /// Begins with 4, and tries more and fewer now and then: more is kept where it makes the whole faster, fewer where that
    /// makes it no slower. Where the server says that it is too much (429, 503, 504, time-outs), it goes down at once and
    /// stays away from that number for a long time. Never more than 64.
    #[default]
    Adaptive,
    /// Always this many; at least 1.
    Fixed(usize),
}

/// What a [`HarborBuilder`](crate::HarborBuilder) was told about fetching.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) retry: RetryPolicy,
    pub(crate) concurrency: Concurrency,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(200),
            longest_delay: Duration::from_secs(30),
            patience: Duration::from_secs(60),
        }
    }
}

impl Settings {
    pub(crate) fn validate(&self) -> Result<(), Error> {
        if self.concurrency == Concurrency::Fixed(0) {
            return Err(Error::InvalidSetting("a concurrency of 0 could never send anything: give at least 1"));
        }
        if self.retry.attempts == 0 {
            return Err(Error::InvalidSetting("0 attempts could never send anything: give at least 1"));
        }
        Ok(())
    }
}
