//! How many requests may be under way at once, learned from the server.
//!
//! A Harbor on two cores is as fast with 4 connections as with 8, and slower with 16; one with a small database pool is
//! fastest with 2; one far away wants many. None of this can be known beforehand, and all of it can change during a
//! crawl. So the limit tries a step up or down now and then, measures what it does to the throughput, and goes back where
//! it does not pay: up has to be faster, down only about as fast, because fewer requests at once are kinder to everybody
//! else. What fails is tried again more and more rarely. Where the server says that it is too much, the limit goes down
//! at once and stays away from that height for a long time.

use std::time::Duration;

use tokio::time::Instant;

use crate::settings::Concurrency;

use danger::Danger;
use load::Load;
pub(crate) use load::Ticket;
use rate::{ANSWERS_PER_PLACE, Rate, Window};
use trial::{Direction, Trial, Verdict};

mod danger;
mod load;
mod rate;
mod trial;

/// Where an adaptive limit begins: near the best of a Harbor on two cores, harmless to a smaller one.
const FIRST: usize = 4;

/// More has never been seen to help, and a mistake of the measurement must not run away.
const HIGHEST: usize = 64;

/// An answer tells what the limit does only if the limit was used up for this share of its time: a queue between two
/// pages of a list has nothing to ask for a moment.
const USED_UP: f64 = 0.75;

/// No measurement is shorter. A server that answers within a millisecond is measured many times before the client itself
/// has warmed up, and the limit would take the credit for that.
const SHORTEST_MEASUREMENT: Duration = Duration::from_millis(40);

/// How many answers for each place are remembered of the level that trials are compared with.
const MEMORY_PER_PLACE: usize = 32;

/// A throughput that differs by this much, as a logarithm, from what it was at the same limit is news of the server.
const NEWS: f64 = 0.25;

/// Measurements of rest after a step that brought less than its share, and after one that failed for the first time.
/// Rests double with each failure up to the longest, which costs a trial in sixty-four measurements.
const SHORT_REST: u32 = 2;
const FIRST_REST: u32 = 4;
const LONGEST_REST: u32 = 64;

/// A step up that brings this share of what it should leaves room for another large one.
const FULL_SHARE: f64 = 0.7;

/// The number of requests that may be under way at once.
#[derive(Debug)]
pub(crate) struct Limit {
    current: usize,
    is_fixed: bool,
    load: Load,
    /// What is being measured, since the limit was first used up.
    window: Option<Window>,
    /// What was measured at this limit before.
    known: Option<Rate>,
    trial: Option<Trial>,
    direction: Direction,
    /// Whether steps up are large ones.
    is_bold: bool,
    rest: u32,
    failed_trials: u32,
    danger: Danger,
}

impl Limit {
    pub(crate) fn new(concurrency: Concurrency) -> Self {
        let (current, is_fixed) = match concurrency {
            Concurrency::Adaptive => (FIRST, false),
            Concurrency::Fixed(limit) => (limit, true),
        };
        Self {
            current,
            is_fixed,
            load: Load::default(),
            window: None,
            known: None,
            trial: None,
            direction: Direction::Up,
            is_bold: true,
            rest: 0,
            failed_trials: 0,
            danger: Danger::default(),
        }
    }

    pub(crate) fn current(&self) -> usize {
        self.current
    }

    pub(crate) fn has_place(&self) -> bool {
        self.load.in_flight() < self.current
    }

    /// A request is sent. It is to be given back by one of the following.
    pub(crate) fn started(&mut self, now: Instant) -> Ticket {
        let ticket = self.load.start(now);
        if self.window.is_none() && self.load.in_flight() == self.current {
            self.window = Some(Window::open(&self.load, now));
        }
        ticket
    }

    /// A request ended in a way that says nothing about the load of the server.
    pub(crate) fn ended(&mut self, ticket: Ticket, now: Instant) {
        self.load.end(ticket, now);
    }

    /// An answer came in.
    pub(crate) fn succeeded(&mut self, ticket: Ticket, now: Instant) {
        let latency = self.load.end(ticket, now);
        self.danger.pass();
        let Some(window) = self.window.as_mut().filter(|_| !self.is_fixed) else {
            return;
        };
        window.add(latency);
        if window.answers() < self.current * ANSWERS_PER_PLACE || window.age(now) < SHORTEST_MEASUREMENT {
            return;
        }
        let measured = window.close(&self.load, self.current, USED_UP, now);
        self.window = None;
        if let Some(measured) = measured {
            self.learn(measured, now);
        }
    }

    /// The server refused, failed or timed out because it had too much to do.
    ///
    /// One such answer may be chance; another one soon after it is none, and costs half.
    pub(crate) fn overloaded(&mut self, ticket: Ticket, now: Instant) {
        self.load.end(ticket, now);
        if self.is_fixed {
            return;
        }
        if let Some(limit) = self.danger.meet(ticket.started, self.current, now) {
            self.trial = None;
            self.known = None;
            self.direction = Direction::Up;
            self.is_bold = true;
            self.failed_trials = 0;
            self.rest = SHORT_REST;
            self.move_to((limit / 2).clamp(1, self.current));
        }
    }

    fn learn(&mut self, measured: Rate, now: Instant) {
        match self.trial.take() {
            None => self.settle(measured, now),
            Some(mut trial) => match trial.judge(measured, self.current) {
                Verdict::Open => self.trial = Some(trial),
                Verdict::Paid(share) => self.keep(trial, share, now),
                Verdict::Failed => self.go_back(trial),
            },
        }
    }

    /// Takes a measurement at a limit that is not on trial.
    fn settle(&mut self, measured: Rate, now: Instant) {
        match &mut self.known {
            Some(known) => {
                let gain = measured.gain_over(known);
                if gain.logarithm.abs() > NEWS.max(3.0 * gain.doubt) {
                    // What failed before may pay now.
                    self.direction = if gain.logarithm < 0.0 { Direction::Down } else { Direction::Up };
                    self.failed_trials = 0;
                    self.rest = self.rest.min(SHORT_REST);
                    *known = measured;
                } else {
                    known.follow(&measured, (self.current * MEMORY_PER_PLACE) as f64);
                }
            }
            None => self.known = Some(measured),
        }
        match self.rest.checked_sub(1) {
            Some(rest) => self.rest = rest,
            None => self.begin_trial(now),
        }
    }

    fn begin_trial(&mut self, now: Instant) {
        let highest = self.danger.ceiling(now).unwrap_or(HIGHEST).clamp(1, HIGHEST);
        let mut limit = self.direction.step(self.current, self.is_bold, highest);
        if limit == self.current {
            self.direction = self.direction.other();
            limit = self.direction.step(self.current, self.is_bold, highest);
        }
        let Some(known) = self.known.filter(|_| limit != self.current) else {
            self.rest = FIRST_REST;
            return;
        };
        self.trial = Some(Trial { from: self.current, known, measured: None });
        self.move_to(limit);
    }

    fn keep(&mut self, trial: Trial, share: f64, now: Instant) {
        tracing::debug!(from = trial.from, to = self.current, "the limit stays changed");
        self.known = trial.measured;
        self.danger.survived(self.current);
        self.is_bold = self.current > trial.from && share >= FULL_SHARE;
        self.rest = if self.is_bold { 0 } else { SHORT_REST };
        if self.rest == 0 {
            self.begin_trial(now);
        }
    }

    fn go_back(&mut self, trial: Trial) {
        self.known = Some(trial.known);
        self.is_bold = false;
        self.direction = self.direction.other();
        self.rest = (FIRST_REST << self.failed_trials.min(8)).min(LONGEST_REST);
        self.failed_trials += 1;
        self.move_to(trial.from);
    }

    fn move_to(&mut self, limit: usize) {
        self.current = limit;
        self.window = None;
    }
}

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
