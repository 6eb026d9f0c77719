//! What waits before it is repeated.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};

use tokio::time::Instant;

use crate::budget::{Budget, Denial};
use crate::settings::RetryPolicy;

/// What waits before it is repeated. It takes up no place among the requests under way.
///
/// After an outage everything may wait here, and it is looked at after each answer: so only what is due is touched.
pub(super) struct Sleepers<T> {
    sleeping: BinaryHeap<Sleeper<T>>,
    /// What has slept enough, and waits because too much is repeated. That which waited longest comes first, so that nothing
    /// uses up its attempts in one short illness of the server.
    held_back: VecDeque<T>,
    /// When the budget may have something for those.
    next_repeat: Option<Instant>,
}

struct Sleeper<T> {
    until: Instant,
    is_urgent: bool,
    what: T,
}

/// What may be repeated now.
pub(super) struct Woken<T> {
    pub(super) due: Vec<T>,
    /// How much else would have been due, and waits for the budget from now on.
    pub(super) paced: u64,
    /// What is not worth waiting for, because all else was in vain.
    pub(super) hopeless: Vec<T>,
}

impl<T> Default for Sleepers<T> {
    fn default() -> Self {
        Self { sleeping: BinaryHeap::new(), held_back: VecDeque::new(), next_repeat: None }
    }
}

impl<T> Sleepers<T> {
    /// Lets something sleep. What is urgent is not held back behind anything else.
    pub(super) fn push(&mut self, until: Instant, is_urgent: bool, what: T) {
        self.sleeping.push(Sleeper { until, is_urgent, what });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sleeping.is_empty() && self.held_back.is_empty()
    }

    /// When the next one is due.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        let next_repeat = self.next_repeat.filter(|_| !self.held_back.is_empty());
        self.sleeping.peek().map(|sleeper| sleeper.until).into_iter().chain(next_repeat).min()
    }

    /// Takes those out that are due, as far as the budget for repeats allows.
    pub(super) fn wake(&mut self, now: Instant, budget: &Budget, policy: &RetryPolicy) -> Woken<T> {
        let before = self.held_back.len();
        while self.sleeping.peek().is_some_and(|sleeper| sleeper.until <= now)
            && let Some(Sleeper { is_urgent, what, .. }) = self.sleeping.pop()
        {
            match is_urgent {
                true => self.held_back.push_front(what),
                false => self.held_back.push_back(what),
            }
        }
        let mut woken = Woken { due: Vec::new(), paced: 0, hopeless: Vec::new() };
        while let Some(what) = self.held_back.pop_front() {
            match budget.take(now, policy) {
                Ok(()) => woken.due.push(what),
                Err(Denial::Hopeless) => woken.hopeless.push(what),
                Err(Denial::Until(next)) => {
                    self.held_back.push_front(what);
                    self.next_repeat = Some(next);
                    break;
                }
            }
        }
        woken.paced = self.held_back.len().saturating_sub(before) as u64;
        woken
    }

    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> {
        self.sleeping.drain().map(|sleeper| sleeper.what).chain(self.held_back.drain(..))
    }
}

/// The greatest is the one that is due first.
impl<T> Ord for Sleeper<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.until.cmp(&self.until)
    }
}

impl<T> PartialOrd for Sleeper<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Sleeper<T> {
    fn eq(&self, other: &Self) -> bool {
        self.until == other.until
    }
}

impl<T> Eq for Sleeper<T> {}
