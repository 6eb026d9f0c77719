//! What waits before it is repeated.

use tokio::time::Instant;

use crate::budget::{Budget, Denial};
use crate::settings::RetryPolicy;

/// What waits before it is repeated. It takes up no place among the requests under way.
pub(super) struct Sleepers<T>(Vec<Sleeper<T>>);

struct Sleeper<T> {
    until: Instant,
    tries: u32,
    what: T,
    /// Whether it waits because too much is repeated.
    is_paced: bool,
}

/// What may be repeated now.
pub(super) struct Woken<T> {
    /// That which was tried least comes first, or else an outage would use up all tries of a few.
    pub(super) due: Vec<T>,
    /// How much else would have been due, and waits for the budget from now on.
    pub(super) paced: u64,
    /// What is not worth waiting for, because all else was in vain.
    pub(super) hopeless: Vec<T>,
}

impl<T> Default for Sleepers<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Sleepers<T> {
    /// Adds what was tried so often.
    pub(super) fn push(&mut self, until: Instant, tries: u32, what: T) {
        self.0.push(Sleeper { until, tries, what, is_paced: false });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the next one is due.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.0.iter().map(|sleeper| sleeper.until).min()
    }

    /// Takes those out that are due, as far as the budget for repeats allows.
    pub(super) fn wake(&mut self, now: Instant, budget: &Budget, policy: &RetryPolicy) -> Woken<T> {
        let mut woken = Woken { due: Vec::new(), paced: 0, hopeless: Vec::new() };
        let mut due: Vec<_> = self.0.extract_if(.., |sleeper| sleeper.until <= now).collect();
        due.sort_by_key(|sleeper| (sleeper.tries, sleeper.until));
        for sleeper in due {
            match budget.take(now, policy) {
                Ok(()) => woken.due.push(sleeper.what),
                Err(Denial::Hopeless) => woken.hopeless.push(sleeper.what),
                Err(Denial::Until(until)) => {
                    woken.paced += u64::from(!sleeper.is_paced);
                    self.0.push(Sleeper { until, is_paced: true, ..sleeper });
                }
            }
        }
        woken
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.0.drain(..).map(|sleeper| sleeper.what)
    }
}
