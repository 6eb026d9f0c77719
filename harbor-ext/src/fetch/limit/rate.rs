//! Throughput, and how far chance may have led its measurement astray.

use std::time::Duration;

use tokio::time::Instant;

use super::load::Load;

/// A measurement takes this many answers for each place, so that each place is heard more than once.
pub(super) const ANSWERS_PER_PLACE: usize = 2;

/// An answer more or less at the edges of a measurement is chance.
const EDGE: f64 = 0.5;

/// A measurement in progress: the answers since a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    since: Instant,
    /// The area under the curve of requests under way at that moment.
    area: f64,
    answers: usize,
    latencies: f64,
    squares: f64,
}

/// The throughput of a server at one limit.
///
/// It is told by how long answers take, not by how many come in a time: by Little's law the one follows from the other,
/// and a queue that has nothing to ask for a moment does not look like a slow server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    limit: f64,
    answers: f64,
    area: f64,
    latencies: f64,
    squares: f64,
}

/// How much higher one throughput is than another, as the logarithm of their ratio.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gain {
    pub(super) logarithm: f64,
    /// The standard error of the logarithm.
    pub(super) doubt: f64,
}

impl Window {
    pub(super) fn open(load: &Load, now: Instant) -> Self {
        Self { since: now, area: load.area(), answers: 0, latencies: 0.0, squares: 0.0 }
    }

    pub(super) fn add(&mut self, latency: Duration) {
        let latency = latency.as_secs_f64();
        self.answers += 1;
        self.latencies += latency;
        self.squares += latency * latency;
    }

    pub(super) fn answers(&self) -> usize {
        self.answers
    }

    pub(super) fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// What was measured, unless the limit was used up for less than a share of the time.
    pub(super) fn close(self, load: &Load, limit: usize, used_up: f64, now: Instant) -> Option<Rate> {
        let (limit, area, time) = (limit as f64, load.area() - self.area, self.age(now).as_secs_f64());
        let is_used_up = area > 0.0 && area >= limit * used_up * time;
        let Self { answers, latencies, squares, .. } = self;
        is_used_up.then_some(Rate { limit, answers: answers as f64, area, latencies, squares })
    }
}

impl Rate {
    /// Takes what was measured later at the same limit; what is old counts less once there is more than enough.
    pub(super) fn follow(&mut self, later: &Self, enough: f64) {
        let weight = (enough / (self.answers + later.answers)).min(1.0);
        self.answers = (self.answers + later.answers) * weight;
        self.area = (self.area + later.area) * weight;
        self.latencies = (self.latencies + later.latencies) * weight;
        self.squares = (self.squares + later.squares) * weight;
    }

    pub(super) fn answers(&self) -> f64 {
        self.answers
    }

    pub(super) fn gain_over(&self, other: &Self) -> Gain {
        let logarithm = (self.per_second() / other.per_second()).ln();
        Gain { logarithm, doubt: self.doubt().hypot(other.doubt()) }
    }

    fn per_second(&self) -> f64 {
        self.limit * self.answers / self.area
    }

    /// The relative standard error.
    fn doubt(&self) -> f64 {
        let edge = EDGE / self.answers;
        let mean = self.latencies / self.answers;
        if mean <= 0.0 {
            return edge;
        }
        let variance = (self.squares / self.answers - mean * mean).max(0.0);
        edge.hypot(variance.sqrt() / mean / self.answers.sqrt())
    }
}
