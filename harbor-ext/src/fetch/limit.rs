//! How many requests may be under way at once, learned from the server.
//!
//! A Harbor on two cores is as fast with 4 connections as with 8, and slower with 16; one with a small database pool is
//! fastest with 2; one far away wants many. None of this can be known beforehand, so the limit climbs while that makes
//! the whole faster, steps back where it does not, and halves when the server says that it is too much.

use std::time::Duration;

use tokio::time::Instant;

use crate::settings::Concurrency;

/// Where an adaptive limit begins: near the best of a Harbor on two cores, harmless to a smaller one.
const FIRST: usize = 4;

/// More has never been seen to help, and a mistake of the measurement must not run away.
const HIGHEST: usize = 64;

/// A step up must bring at least this share more throughput to be kept.
const WORTHWHILE_GAIN: f64 = 0.05;

/// A step is judged by this many answers for each request under way, so that chance averages out.
const ANSWERS_PER_PLACE: usize = 4;

/// After a step that did not pay, how many windows pass before the next try.
const REST_WINDOWS: u32 = 8;

/// After the server was overloaded, how long the limit does not shrink again: the failures of requests that were under
/// way together are one event.
const OVERLOAD_PAUSE: Duration = Duration::from_millis(500);

/// The number of requests that may be under way at once.
#[derive(Debug)]
pub(crate) struct Limit {
    current: usize,
    is_fixed: bool,
    window: Option<Window>,
    trial: Option<Trial>,
    resting: u32,
    overloaded_at: Option<Instant>,
}

/// Answers since a moment, all of them while the limit was used up.
#[derive(Debug)]
struct Window {
    since: Instant,
    answers: usize,
}

/// A step up whose worth is being measured.
#[derive(Debug)]
struct Trial {
    previous: usize,
    previous_rate: f64,
}

impl Limit {
    pub(crate) fn new(concurrency: Concurrency) -> Self {
        let (current, is_fixed) = match concurrency {
            Concurrency::Adaptive => (FIRST, false),
            Concurrency::Fixed(limit) => (limit, true),
        };
        Self { current, is_fixed, window: None, trial: None, resting: 0, overloaded_at: None }
    }

    pub(crate) fn current(&self) -> usize {
        self.current
    }

    /// An answer came in while `in_flight` requests, itself included, were under way.
    pub(crate) fn succeeded(&mut self, now: Instant, in_flight: usize) {
        if self.is_fixed {
            return;
        }
        if in_flight < self.current {
            // The limit was not the bottleneck: there is nothing to learn, and what was measured is spoilt.
            self.window = None;
            return;
        }
        let window = self.window.get_or_insert(Window { since: now, answers: 0 });
        window.answers += 1;
        // The first answer only starts the clock.
        let measured = window.answers - 1;
        let elapsed = now - window.since;
        if measured < self.current * ANSWERS_PER_PLACE || elapsed.is_zero() {
            return;
        }
        self.window = None;
        self.judge(measured as f64 / elapsed.as_secs_f64());
    }

    /// The server refused, failed or timed out because it had too much to do.
    pub(crate) fn overloaded(&mut self, now: Instant) {
        let is_same_event = self.overloaded_at.is_some_and(|at| now - at < OVERLOAD_PAUSE);
        if self.is_fixed || is_same_event {
            return;
        }
        self.overloaded_at = Some(now);
        self.current = (self.current / 2).max(1);
        self.window = None;
        self.trial = None;
        self.resting = REST_WINDOWS;
    }

    /// Decides by the throughput of a full window.
    fn judge(&mut self, rate: f64) {
        if let Some(trial) = self.trial.take()
            && rate < trial.previous_rate * (1.0 + WORTHWHILE_GAIN)
        {
            self.current = trial.previous;
            self.resting = REST_WINDOWS;
            return;
        }
        if self.resting > 0 {
            self.resting -= 1;
        } else if self.current < HIGHEST {
            self.trial = Some(Trial { previous: self.current, previous_rate: rate });
            self.current = (self.current + (self.current / 4).max(1)).min(HIGHEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the limit against a server that answers `rate(limit)` requests a second; returns the limit after `answers`.
    fn settle(limit: &mut Limit, answers: usize, rate: impl Fn(usize) -> f64) -> usize {
        let mut now = Instant::now();
        for _ in 0..answers {
            now += Duration::from_secs_f64(1.0 / rate(limit.current()));
            limit.succeeded(now, limit.current());
        }
        limit.current()
    }

    #[test]
    fn it_climbs_while_more_is_faster_and_stays_where_it_is_not() {
        let mut limit = Limit::new(Concurrency::Adaptive);
        // 20 answers a second for each of up to 8 requests.
        let settled = settle(&mut limit, 20_000, |current| 20.0 * current.min(8) as f64);
        assert!((8..=10).contains(&settled), "{settled}");
    }

    #[test]
    fn it_stays_near_the_start_where_more_does_not_help() {
        let mut limit = Limit::new(Concurrency::Adaptive);
        let settled = settle(&mut limit, 20_000, |_| 200.0);
        assert!((FIRST..=FIRST + 1).contains(&settled), "{settled}");
    }

    #[test]
    fn it_halves_once_for_the_failures_of_one_moment() {
        let mut limit = Limit::new(Concurrency::Adaptive);
        let now = Instant::now();
        limit.overloaded(now);
        limit.overloaded(now + Duration::from_millis(1));
        assert_eq!(limit.current(), FIRST / 2);
        for second in 1..=5 {
            limit.overloaded(now + Duration::from_secs(second));
        }
        assert_eq!(limit.current(), 1);
    }

    #[test]
    fn answers_below_the_limit_teach_nothing() {
        let mut limit = Limit::new(Concurrency::Adaptive);
        let now = Instant::now();
        for answer in 0..10_000 {
            limit.succeeded(now + Duration::from_millis(answer), 1);
        }
        assert_eq!(limit.current(), FIRST);
    }

    #[test]
    fn a_fixed_limit_never_moves() {
        let mut limit = Limit::new(Concurrency::Fixed(7));
        settle(&mut limit, 10_000, |current| current as f64);
        limit.overloaded(Instant::now());
        assert_eq!(limit.current(), 7);
    }
}
