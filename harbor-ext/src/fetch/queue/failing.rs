//! What follows from a failed request: another attempt, a failure, or the end of everything.

use std::mem;
use std::time::Duration;

use tokio::task::JoinError;
use tokio::time::Instant;

use super::{Attempt, Queue, Work};
use crate::failure::{FailureKind, Phase, Target};
use crate::fetch::backoff;
use crate::fetch::cause::{Blame, Cause};

/// The share of the first delay that is waited for after a failure that stands alone.
const LONE_FAILURE: f64 = 0.1;

impl<W: Work> Queue<W> {
    pub(super) fn finish_in_vain(
        &mut self,
        attempt: Attempt<W::Job>,
        is_probe: bool,
        was_well: bool,
        cause: Cause,
        now: Instant,
    ) {
        let delay = self.delay(attempt.count, was_well, &cause);
        let lighter = self.lighter_job(&attempt, &cause);
        // That nothing came may be the size of what was asked for.
        let may_be_size = lighter.is_some() && !is_probe && cause.blame() == Blame::Server;
        if !may_be_size {
            self.blame(&cause, is_probe, now, delay);
        }
        // What was under way before says nothing of now: only a probe can tell that the server is still away.
        if is_probe && lighter.is_none() && self.server.has_given_up(now) {
            let patience = self.terms.settings.retry.patience.as_secs();
            let message = format!("the server stayed away for {patience} s; its last answer: {}", cause.message);
            self.fail(attempt, cause.clone());
            self.abandon(Cause::new(cause.kind, message));
            return;
        }
        match self.next_attempt(attempt, lighter, is_probe, cause.blame()) {
            Ok(next) => {
                let delay_ms = delay.as_millis() as u64;
                tracing::debug!(attempt = next.count, delay_ms, "repeating: {}", cause.message);
                // If the credentials are no good any more, all the rest is in vain, which shows only when a job fails for good.
                let is_urgent = cause.status == Some(401) && next.count > 1;
                self.sleeping.push(now + delay, is_urgent, (next, cause));
            }
            Err(last) => self.fail(last, cause),
        }
    }

    /// How long to wait after a failed attempt, before the same is tried again.
    fn delay(&mut self, attempts: u32, was_well: bool, cause: &Cause) -> Duration {
        // A single failure among answers is most likely chance, and the last one of a query keeps its caller waiting. Where
        // there are more, a random zero would use up the attempts of a job before the server can be well again.
        let random = match attempts == 1 && was_well {
            true => LONE_FAILURE * self.random.f64(),
            false => 0.5 + self.random.f64() / 2.0,
        };
        backoff::delay(&self.terms.settings.retry, attempts, cause.retry_after, random)
    }

    /// Notes what a failure says of the server.
    fn blame(&mut self, cause: &Cause, is_probe: bool, now: Instant, delay: Duration) {
        match cause.blame() {
            Blame::Server => {
                // The delay of a rate limit is everybody's.
                let throttled_until = cause.is_throttle().then(|| now + delay);
                let policy = &self.terms.settings.retry;
                self.server.failed(now, is_probe, cause, policy, throttled_until, &mut self.random);
            }
            Blame::Item | Blame::Caller => self.server.answered(is_probe),
        }
    }

    /// The same with less to do at once, where the job may have been too much.
    fn lighter_job(&self, attempt: &Attempt<W::Job>, cause: &Cause) -> Option<W::Job> {
        let is_heavy = cause.blame() != Blame::Caller && cause.is_too_much(attempt.count);
        if is_heavy { self.work.lighten(&attempt.job) } else { None }
    }

    /// What is tried after a failed attempt: the lighter job, or the same again. Gives the attempt back as an error where it
    /// was the last one.
    fn next_attempt(
        &self,
        mut attempt: Attempt<W::Job>,
        lighter: Option<W::Job>,
        is_probe: bool,
        blame: Blame,
    ) -> Result<Attempt<W::Job>, Attempt<W::Job>> {
        // What fails because the server is away is not the job's fault: only patience ends it.
        let is_excused = is_probe && blame == Blame::Server;
        if is_excused {
            attempt.count = attempt.count.saturating_sub(1).max(1);
        }
        if let Some(job) = lighter {
            return Ok(Attempt { job, count: 1, heavier: attempt.heavier + attempt.count - 1 });
        }
        let is_last = !is_excused && attempt.count >= self.terms.settings.retry.attempts;
        if is_last || blame == Blame::Caller { Err(attempt) } else { Ok(attempt) }
    }

    /// Ends what waits to be repeated where all repeats are in vain; the cause is that of its last failure.
    pub(super) fn fail_hopeless(&mut self, attempt: Attempt<W::Job>, cause: Cause) {
        let patience = self.terms.settings.retry.patience.as_secs();
        let message = format!("{}; not repeated any more: all repeats were in vain for {patience} s", cause.message);
        self.fail(attempt, Cause { message, ..cause });
    }

    fn fail(&mut self, attempt: Attempt<W::Job>, cause: Cause) {
        let (phase, target) = self.work.describe(&attempt.job);
        let failure = cause.into_failure(phase, target, attempt.count + attempt.heavier);
        self.work.take_failure(attempt.job, failure, &mut self.next);
    }

    /// Ends everything that waits, and what would follow from it.
    pub(super) fn abandon(&mut self, cause: Cause) {
        tracing::warn!("giving up on what is left: {}", cause.message);
        let cause = Cause { message: format!("not asked any more: {}", cause.message), ..cause };
        let mut left = mem::take(&mut self.waiting);
        left.extend(self.sleeping.drain().map(|(attempt, _)| attempt));
        left.extend(self.next.jobs.drain(..).map(Attempt::first));
        while let Some(attempt) = left.pop() {
            self.fail(attempt, cause.clone());
            left.extend(self.next.jobs.drain(..).map(Attempt::first));
        }
        self.next.abandon = None;
    }

    /// A job ended without an outcome. A panic belongs to the consumer; otherwise the runtime is going away.
    pub(super) fn lose(&mut self, error: JoinError) {
        match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => {
                let cause = Cause::new(FailureKind::Interrupted, "the runtime of the program was shut down");
                self.abandon(cause.clone());
                self.next.items.push_back(Err(cause.into_failure(Phase::Asking, Target::default(), 0)));
            }
        }
    }
}
