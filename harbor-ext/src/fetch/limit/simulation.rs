//! Servers on a clock of their own, for the limit to be tried on: one event after another, and nothing waits.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::{Limit, Ticket};
use crate::settings::Concurrency;

/// How many rows a page of a list has, and how many of their requests are left when the next page is asked for.
const PAGE: usize = 100;
const LEFT_AT_NEXT_PAGE: usize = 8;

/// How a server is made.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) speed: Speed,
    /// It refuses what comes while more than so many requests are under way.
    pub(super) refuses_above: Option<usize>,
    /// How uneven requests are: the standard deviation of the logarithm of the work that they take.
    pub(super) noise: f64,
    /// The share of requests that it refuses for no reason.
    pub(super) hiccups: f64,
}

/// How fast a server gets on, by how many requests are under way.
#[derive(Clone, Debug)]
pub(super) enum Speed {
    /// So many at once, each within a time in seconds; others wait their turn.
    Places { places: usize, latency: f64 },
    /// A latency of its own for each number of requests, decided when one comes.
    Latency(fn(f64) -> f64),
    /// Requests a second in all, shared evenly: points of a curve by number of requests under way.
    Shared(&'static [(usize, f64)]),
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Outcome {
    /// In seconds.
    pub(super) elapsed: f64,
    pub(super) refused: usize,
    /// The limit after each answer, with its time in seconds.
    pub(super) limits: Vec<(f64, usize)>,
    /// The most requests under way in the second half.
    pub(super) peak_once_settled: usize,
}

/// A run against a server that may change on the way.
pub(super) struct Run {
    limit: Limit,
    random: fastrand::Rng,
    /// In seconds.
    clock: f64,
    begun: Instant,
    server: Server,
    under_way: Vec<UnderWay>,
    /// Requests that wait for a place at the server.
    in_line: VecDeque<UnderWay>,
    outcome: Outcome,
}

#[derive(Debug)]
struct UnderWay {
    ticket: Ticket,
    is_page: bool,
    is_refused: bool,
    /// Seconds of latency, or requests' worth of work, that are left.
    left: f64,
}

impl Server {
    pub(super) fn new(speed: Speed) -> Self {
        Self { speed, refuses_above: None, noise: 0.0, hiccups: 0.0 }
    }
}

impl Run {
    pub(super) fn new(server: &Server, concurrency: Concurrency, seed: u64) -> Self {
        Self {
            limit: Limit::new(concurrency),
            random: fastrand::Rng::with_seed(seed),
            clock: 0.0,
            begun: Instant::now(),
            server: server.clone(),
            under_way: Vec::new(),
            in_line: VecDeque::new(),
            outcome: Outcome { elapsed: 0.0, refused: 0, limits: Vec::new(), peak_once_settled: 0 },
        }
    }

    pub(super) fn change(&mut self, server: &Server) {
        self.server = server.clone();
    }

    pub(super) fn limit(&self) -> usize {
        self.limit.current()
    }

    /// Lists and fetches so many things as a query does, page by page.
    pub(super) fn go(&mut self, requests: usize) -> &Outcome {
        let (begun, mut listed, mut waiting, mut done) = (self.clock, 0, 0, 0);
        let mut is_page_asked = false;
        let (mut paused_until, mut refused_in_a_row, mut asleep) = (0.0_f64, 0, Vec::<f64>::new());
        // As the queue does it: who is refused waits for as long as the server wishes, and after three in a row everybody.
        let wish = if self.server.refuses_above.is_some() { 1.0 } else { 0.1 };
        while done < requests {
            waiting += asleep.extract_if(.., |until| *until <= self.clock).count();
            let next_wake = asleep.iter().copied().fold(f64::INFINITY, f64::min);
            let pause = if paused_until > self.clock { paused_until } else { next_wake };
            let has_nothing_to_send = waiting == 0 && (listed == requests || is_page_asked);
            if self.under_way.is_empty() && (has_nothing_to_send || paused_until > self.clock) {
                self.clock = pause;
                continue;
            }
            while self.limit.has_place() && paused_until <= self.clock {
                if waiting <= LEFT_AT_NEXT_PAGE && listed < requests && !is_page_asked {
                    is_page_asked = true;
                    self.send(true);
                } else if waiting > 0 {
                    waiting -= 1;
                    self.send(false);
                } else {
                    break;
                }
            }
            if done > requests / 2 {
                let in_flight = self.under_way.len() + self.in_line.len();
                self.outcome.peak_once_settled = self.outcome.peak_once_settled.max(in_flight);
            }
            let Some(ended) = self.next_end(pause) else {
                continue;
            };
            let now = self.now();
            if ended.is_refused {
                self.limit.overloaded(ended.ticket, now);
                self.outcome.refused += 1;
                refused_in_a_row += 1;
                is_page_asked &= !ended.is_page;
                if !ended.is_page {
                    asleep.push(self.clock + wish);
                }
                if refused_in_a_row >= 3 {
                    paused_until = self.clock + wish;
                }
                continue;
            }
            refused_in_a_row = 0;
            self.limit.succeeded(ended.ticket, now);
            self.outcome.limits.push((self.clock, self.limit.current()));
            if ended.is_page {
                is_page_asked = false;
                let rows = PAGE.min(requests - listed);
                listed += rows;
                waiting += rows;
            } else {
                done += 1;
            }
        }
        self.outcome.elapsed = self.clock - begun;
        &self.outcome
    }

    fn now(&self) -> Instant {
        self.begun + Duration::from_secs_f64(self.clock)
    }

    fn send(&mut self, is_page: bool) {
        let now = self.now();
        let ticket = self.limit.started(now);
        let in_flight = self.under_way.len() + self.in_line.len() + 1;
        let is_refused =
            self.server.refuses_above.is_some_and(|most| in_flight > most) || self.random.f64() < self.server.hiccups;
        let noise = self.noise();
        let (left, waits) = match self.server.speed {
            _ if is_refused => (0.0, false),
            Speed::Places { places, latency } => (latency * noise, self.under_way.len() >= places),
            Speed::Latency(latency) => (latency(in_flight as f64) * noise, false),
            Speed::Shared(_) => (noise, false),
        };
        let sent = UnderWay { ticket, is_page, is_refused, left };
        match waits {
            true => self.in_line.push_back(sent),
            false => self.under_way.push(sent),
        }
    }

    /// Log-normal with a mean of 1.
    fn noise(&mut self) -> f64 {
        let (one, other) = (1.0 - self.random.f64(), self.random.f64());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        let noise = self.server.noise;
        (noise * normal - noise * noise / 2.0).exp()
    }

    /// Lets time pass until a request ends, or until a pause does.
    fn next_end(&mut self, pause: f64) -> Option<UnderWay> {
        let pace = match self.server.speed {
            Speed::Shared(curve) => on_curve(curve, self.under_way.len()) / self.under_way.len() as f64,
            Speed::Places { .. } | Speed::Latency(_) => 1.0,
        };
        let least = |one: &(usize, f64), other: &(usize, f64)| one.1.total_cmp(&other.1);
        let (place, left) = self.under_way.iter().map(|request| request.left).enumerate().min_by(least)?;
        let wait = left / pace;
        let is_pause_first = pause > self.clock && pause < self.clock + wait;
        let wait = if is_pause_first { pause - self.clock } else { wait };
        self.clock += wait;
        self.under_way.iter_mut().for_each(|request| request.left -= wait * pace);
        if is_pause_first {
            return None;
        }
        let ended = self.under_way.swap_remove(place);
        self.under_way.extend(self.in_line.pop_front());
        Some(ended)
    }
}

/// The value of a curve, straight between its points and level beyond them.
fn on_curve(curve: &[(usize, f64)], place: usize) -> f64 {
    let after = curve.iter().position(|(at, _)| *at >= place);
    match after {
        Some(0) => curve[0].1,
        Some(after) => {
            let ((left, low), (right, high)) = (curve[after - 1], curve[after]);
            low + (high - low) * (place - left) as f64 / (right - left) as f64
        }
        None => curve[curve.len() - 1].1,
    }
}
