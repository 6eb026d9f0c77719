//! Whether the server is there at all.
//!
//! A Harbor that restarts behind its proxy answers 502 within a millisecond: clients that go on asking send thousands
//! of requests into the void, and each item uses up its attempts in no time. So when several answers in a row say that
//! the *server* is away, the whole queue pauses and one request at a time is sent to see whether it is back.

use std::time::Duration;

use tokio::time::Instant;

use super::backoff;
use super::cause::Cause;
use crate::settings::RetryPolicy;

/// How many failures of the server in a row, without any answer between, mean that it is away. One or two are the
/// ordinary hiccups of a load balancer, which must not slow down everything else.
const FAILURES_THAT_MEAN_AWAY: u32 = 3;

/// What is known about the server's presence.
#[derive(Debug)]
pub(crate) struct Server {
    patience: Duration,
    has_answered: bool,
    failures_in_a_row: u32,
    throttled_until: Option<Instant>,
    absence: Option<Absence>,
}

#[derive(Debug)]
struct Absence {
    since: Instant,
    next_probe: Instant,
    probes: u32,
    is_probing: bool,
}

/// Whether a job may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    Yes,
    /// Yes, to see whether the server is back.
    Probe,
    No,
}

impl Server {
    pub(crate) fn new(patience: Duration) -> Self {
        Self { patience, has_answered: false, failures_in_a_row: 0, throttled_until: None, absence: None }
    }

    pub(crate) fn may_start(&self, now: Instant) -> Start {
        if self.throttled_until.is_some_and(|until| now < until) {
            return Start::No;
        }
        match &self.absence {
            None => Start::Yes,
            Some(absence) if !absence.is_probing && now >= absence.next_probe => Start::Probe,
            Some(_) => Start::No,
        }
    }

    /// A probe is on its way: no other may start before it comes back.
    pub(crate) fn probing(&mut self) {
        if let Some(absence) = &mut self.absence {
            absence.is_probing = true;
        }
    }

    /// When a job may be started at the earliest, where that is a matter of time alone.
    pub(crate) fn next_start(&self, now: Instant) -> Option<Instant> {
        let probe = self.absence.as_ref().map(|absence| absence.next_probe);
        [self.throttled_until, probe].into_iter().flatten().max().filter(|at| *at > now)
    }

    /// Whether the queue waits for the server: because it is away, or because it asked for it.
    pub(crate) fn is_waited_for(&self, now: Instant) -> bool {
        self.absence.is_some() || self.throttled_until.is_some_and(|until| now < until)
    }

    /// The server answered, be it with a refusal. While it counts as away only a probe proves that it is back: what was
    /// under way before may still come in.
    pub(crate) fn answered(&mut self, is_probe: bool) {
        self.has_answered = true;
        self.failures_in_a_row = 0;
        if is_probe {
            self.absence = None;
        }
    }

    /// A request failed because of the server. `throttled_until` is set where the server asked everybody to wait.
    pub(crate) fn failed(
        &mut self,
        now: Instant,
        is_probe: bool,
        cause: &Cause,
        policy: &RetryPolicy,
        throttled_until: Option<Instant>,
        random: &mut fastrand::Rng,
    ) {
        // Even a refusal proves that there is somebody: only what never sent anything may not exist.
        self.has_answered |= cause.status.is_some();
        self.throttled_until = self.throttled_until.max(throttled_until);
        self.failures_in_a_row += 1;
        match &mut self.absence {
            Some(absence) if is_probe => {
                absence.probes += 1;
                absence.is_probing = false;
                absence.next_probe = now + probe_delay(policy, absence.probes, cause.retry_after, random);
            }
            Some(_) => {}
            // A server that never answered may not exist: then the attempts of the first request decide.
            None if self.has_answered && self.failures_in_a_row >= FAILURES_THAT_MEAN_AWAY => {
                tracing::warn!("the server is away; waiting for it");
                let next_probe = now + probe_delay(policy, 1, cause.retry_after, random);
                self.absence = Some(Absence { since: now, next_probe, probes: 1, is_probing: false });
            }
            None => {}
        }
    }

    /// Whether the server has been away for longer than the caller's patience.
    pub(crate) fn has_given_up(&self, now: Instant) -> bool {
        self.absence.as_ref().is_some_and(|absence| now - absence.since >= self.patience)
    }
}

/// Between half and all of the ceiling: a probe is a single request, so waiting is about the server's rest, and a
/// random zero would waste it.
fn probe_delay(policy: &RetryPolicy, probes: u32, wished: Option<Duration>, random: &mut fastrand::Rng) -> Duration {
    backoff::delay(policy, probes, wished, 0.5 + random.f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureKind;

    fn policy() -> RetryPolicy {
        RetryPolicy::default()
    }

    fn refused() -> Cause {
        Cause::new(FailureKind::Connection, "connection refused")
    }

    fn away() -> (Server, Instant, fastrand::Rng) {
        let mut server = Server::new(Duration::from_secs(60));
        let mut random = fastrand::Rng::with_seed(1);
        let now = Instant::now();
        server.answered(false);
        for _ in 0..FAILURES_THAT_MEAN_AWAY {
            server.failed(now, false, &refused(), &policy(), None, &mut random);
        }
        (server, now, random)
    }

    #[test]
    fn single_failures_do_not_pause_the_queue() {
        let mut server = Server::new(Duration::from_secs(60));
        let mut random = fastrand::Rng::with_seed(1);
        let now = Instant::now();
        for _ in 0..10 {
            server.answered(false);
            server.failed(now, false, &refused(), &policy(), None, &mut random);
            server.failed(now, false, &refused(), &policy(), None, &mut random);
            assert_eq!(server.may_start(now), Start::Yes);
        }
    }

    #[test]
    fn several_in_a_row_pause_it_and_one_probe_at_a_time_is_let_out() {
        let (mut server, now, _) = away();
        let later = now + Duration::from_secs(1);
        assert_eq!(server.may_start(now), Start::No);
        assert!(server.next_start(now).is_some_and(|at| at > now && at < later));
        assert_eq!(server.may_start(later), Start::Probe);
        server.probing();
        assert_eq!(server.may_start(later), Start::No);
    }

    #[test]
    fn only_a_probe_ends_the_pause() {
        let (mut server, now, _) = away();
        let later = now + Duration::from_secs(1);
        server.probing();
        server.answered(false);
        assert_eq!(server.may_start(later), Start::No);
        server.answered(true);
        assert_eq!(server.may_start(later), Start::Yes);
    }

    #[test]
    fn probes_become_rarer_until_patience_ends() {
        let (mut server, mut now, mut random) = away();
        let mut probes = 0;
        while !server.has_given_up(now) {
            now = server.next_start(now).unwrap();
            assert_eq!(server.may_start(now), Start::Probe);
            server.failed(now, true, &refused(), &policy(), None, &mut random);
            probes += 1;
        }
        assert!((5..=12).contains(&probes), "{probes} probes in a minute");
    }

    #[test]
    fn a_server_that_never_answered_is_not_waited_for() {
        let mut server = Server::new(Duration::from_secs(60));
        let mut random = fastrand::Rng::with_seed(1);
        let now = Instant::now();
        for _ in 0..10 {
            server.failed(now, false, &refused(), &policy(), None, &mut random);
        }
        assert!(!server.is_waited_for(now));
        // One that answers 502 does exist.
        let cause = Cause { status: Some(502), ..refused() };
        server.failed(now, false, &cause, &policy(), None, &mut random);
        assert!(server.is_waited_for(now));
    }

    #[test]
    fn everybody_waits_when_the_server_asks_for_it() {
        let mut server = Server::new(Duration::from_secs(60));
        let now = Instant::now();
        let until = now + Duration::from_secs(2);
        server.failed(now, false, &refused(), &policy(), Some(until), &mut fastrand::Rng::with_seed(1));
        assert_eq!(server.may_start(now), Start::No);
        assert_eq!(server.next_start(now), Some(until));
        assert_eq!(server.next_start(until), None);
        assert_eq!(server.may_start(until), Start::Yes);
    }
}
