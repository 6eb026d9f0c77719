//! One work queue for every bulk operation.
//!
//! Jobs run as tasks that the queue owns, so that a consumer that waits for something else never stalls them, and
//! dropping the queue ends them. There is one limit for all kinds of job: nested limits would multiply. A job that
//! waits before it is repeated takes up no place. The newest jobs run first, which keeps what is remembered near one
//! project, and no job is started while finished items wait for the consumer.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::Stream;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, Sleep, timeout_at};

use super::backoff;
use super::cause::{Blame, Cause};
use super::limit::{Limit, Ticket};
use super::server::{Server, Start};
use super::terms::Terms;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::outcome::{Progress, Summary};

pub(crate) use work::{Next, Work};

use sleepers::Sleepers;

mod sleepers;
mod work;

/// No answer takes longer, and a server that sends a byte now and then must not hold a query for ever.
const LONGEST_REQUEST: Duration = Duration::from_secs(600);

/// The share of the first delay that is waited for after a failure that stands alone.
const LONE_FAILURE: f64 = 0.1;

/// The jobs of one bulk operation and their results, as a stream.
pub(crate) struct Queue<W: Work> {
    work: W,
    terms: Terms,
    waiting: Vec<Attempt<W::Job>>,
    /// What is to be repeated, and why.
    sleeping: Sleepers<(Attempt<W::Job>, Cause)>,
    running: JoinSet<Finished<W>>,
    next: Next<W::Job, W::Item>,
    limit: Limit,
    server: Server,
    /// Whether the last request that ended was answered as it should be.
    is_well: bool,
    /// Made when it is first needed, because that takes a runtime.
    timer: Option<Pin<Box<Sleep>>>,
    random: fastrand::Rng,
    started: Option<Instant>,
    summary: Summary,
    /// Gone once the stream has ended, so that those who watch it end, too.
    progress: Option<watch::Sender<Progress>>,
}

/// A job and how many requests it has cost.
struct Attempt<J> {
    job: J,
    count: u32,
    /// What it cost before with more to do at once, beside the last of those.
    heavier: u32,
}

struct Finished<W: Work> {
    attempt: Attempt<W::Job>,
    is_probe: bool,
    ticket: Ticket,
    /// When its outcome was there, which may be long before the consumer asks for it.
    at: Instant,
    outcome: Result<W::Answer, Cause>,
}

impl<J> Attempt<J> {
    fn first(job: J) -> Self {
        Self { job, count: 0, heavier: 0 }
    }
}

impl<W: Work> Queue<W> {
    /// A queue that begins with the jobs and items of `first`. Nothing runs before the first poll.
    pub(crate) fn new(work: W, first: Next<W::Job, W::Item>, terms: Terms) -> Self {
        let mut queue = Self {
            work,
            waiting: Vec::new(),
            sleeping: Sleepers::default(),
            running: JoinSet::new(),
            next: first,
            limit: Limit::new(terms.settings.concurrency),
            server: Server::new(terms.settings.retry.patience),
            is_well: false,
            timer: None,
            random: fastrand::Rng::new(),
            started: None,
            summary: Summary::default(),
            progress: Some(watch::Sender::new(Progress::default())),
            terms,
        };
        queue.accept_jobs();
        queue
    }

    /// The counts up to now.
    pub(crate) fn summary(&self) -> Summary {
        let mut summary = self.summary.clone();
        self.work.tally(&mut summary);
        summary
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        match &self.progress {
            Some(progress) => progress.subscribe(),
            None => watch::Sender::new(self.state()).subscribe(),
        }
    }

    fn state(&self) -> Progress {
        let summary = self.summary();
        Progress {
            listed: summary.listed,
            announced: summary.announced.saturating_sub(summary.left_out).max(summary.listed),
            finished: self.work.finished(),
            failures: summary.failures,
            requests: summary.requests,
            retries: summary.retries,
            in_flight: self.running.len() as u64,
            limit: self.limit.current() as u64,
            waiting_for_server: self.server.is_waited_for(Instant::now()),
        }
    }

    fn accept_jobs(&mut self) {
        self.waiting.extend(self.next.jobs.drain(..).map(Attempt::first));
    }

    fn start_jobs(&mut self, now: Instant) {
        while !self.waiting.is_empty() {
            let is_probe = match self.server.may_start(now) {
                Start::Yes if self.limit.has_place() => false,
                Start::Probe => true,
                Start::Yes | Start::No => return,
            };
            let next = if is_probe { self.least_tried() } else { self.waiting.len() - 1 };
            let mut attempt = self.waiting.remove(next);
            if is_probe {
                self.server.probing();
            }
            if attempt.count > 0 {
                self.summary.retries += 1;
            }
            attempt.count += 1;
            self.summary.requests += 1;
            let ticket = self.limit.started(now);
            let deadline = self.deadline().filter(|deadline| *deadline < now + LONGEST_REQUEST);
            let request = timeout_at(deadline.unwrap_or(now + LONGEST_REQUEST), self.work.run(attempt.job.clone()));
            let out_of_time = self.out_of_time();
            self.running.spawn(async move {
                let outcome = request.await.unwrap_or_else(|_| {
                    let message = format!("the answer was not complete after {} s", LONGEST_REQUEST.as_secs());
                    Err(deadline.and(out_of_time).unwrap_or_else(|| Cause::new(FailureKind::Timeout, message)))
                });
                Finished { attempt, is_probe, ticket, at: Instant::now(), outcome }
            });
            self.summary.peak_in_flight = self.summary.peak_in_flight.max(self.running.len() as u64);
        }
    }

    /// The job that has failed the least: what failed may do so by itself, and would prove nothing about the server.
    fn least_tried(&self) -> usize {
        let newest_first = self.waiting.iter().enumerate().rev();
        newest_first.min_by_key(|(_, attempt)| attempt.count).map_or(0, |(index, _)| index)
    }

    fn finish(&mut self, finished: Finished<W>, now: Instant) {
        let Finished { attempt, is_probe, ticket, at, outcome } = finished;
        let was_well = mem::replace(&mut self.is_well, outcome.is_ok());
        match outcome {
            Ok(answer) => {
                self.server.answered(is_probe);
                self.limit.succeeded(ticket, at);
                self.terms.budget.answered(attempt.count > 1);
                self.work.take_answer(answer, &mut self.next);
            }
            Err(cause) => {
                // A server that is away says nothing of how much it can do.
                match cause.is_overload() && !is_probe {
                    true => self.limit.overloaded(ticket, at),
                    false => self.limit.ended(ticket, at),
                }
                self.finish_in_vain(attempt, is_probe, was_well, cause, now);
            }
        }
        if let Some(cause) = self.next.abandon.take() {
            self.abandon(cause);
        }
        self.accept_jobs();
    }

    fn finish_in_vain(
        &mut self,
        mut attempt: Attempt<W::Job>,
        is_probe: bool,
        was_well: bool,
        cause: Cause,
        now: Instant,
    ) {
        let blame = cause.blame();
        // A single failure among answers is most likely chance, and the last one of a query keeps its caller waiting. Where
        // there are more, a random zero would use up the attempts of a job before the server can be well again.
        let random = match attempt.count == 1 && was_well {
            true => LONE_FAILURE * self.random.f64(),
            false => 0.5 + self.random.f64() / 2.0,
        };
        let delay = backoff::delay(&self.terms.settings.retry, attempt.count, cause.retry_after, random);
        let is_heavy = blame != Blame::Caller && cause.is_too_much(attempt.count);
        let lighter = if is_heavy { self.work.lighten(&attempt.job) } else { None };
        match blame {
            // That nothing came may be the size of what was asked for.
            Blame::Server if lighter.is_some() && !is_probe => {}
            Blame::Server => {
                // The delay of a rate limit is everybody's.
                let throttled_until = cause.is_throttle().then(|| now + delay);
                self.server.failed(
                    now,
                    is_probe,
                    &cause,
                    &self.terms.settings.retry,
                    throttled_until,
                    &mut self.random,
                );
            }
            Blame::Item | Blame::Caller => self.server.answered(is_probe),
        }
        // What was under way before says nothing of now: only a probe can tell that the server is still away.
        if is_probe && lighter.is_none() && self.server.has_given_up(now) {
            let patience = self.terms.settings.retry.patience.as_secs();
            let message = format!("the server stayed away for {patience} s; its last answer: {}", cause.message);
            self.fail(attempt, cause.clone());
            self.abandon(Cause::new(cause.kind, message));
            return;
        }
        // What fails because the server is away is not the job's fault: only patience ends it.
        let is_excused = is_probe && blame == Blame::Server;
        if is_excused {
            attempt.count = attempt.count.saturating_sub(1).max(1);
        }
        if let Some(job) = lighter {
            attempt = Attempt { job, count: 1, heavier: attempt.heavier + attempt.count - 1 };
        } else if blame == Blame::Caller || (!is_excused && attempt.count >= self.terms.settings.retry.attempts) {
            self.fail(attempt, cause);
            return;
        }
        tracing::debug!(attempt = attempt.count, delay_ms = delay.as_millis() as u64, "repeating: {}", cause.message);
        // If the credentials are no good any more, all the rest is in vain, which shows only when a job fails for good.
        let is_urgent = cause.status == Some(401) && attempt.count > 1;
        self.sleeping.push(now + delay, is_urgent, (attempt, cause));
    }

    fn fail(&mut self, attempt: Attempt<W::Job>, cause: Cause) {
        let (phase, target) = self.work.describe(&attempt.job);
        let failure = cause.into_failure(phase, target, attempt.count + attempt.heavier);
        self.work.take_failure(attempt.job, failure, &mut self.next);
    }

    /// Ends everything that waits, and what would follow from it.
    fn abandon(&mut self, cause: Cause) {
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

    fn wake_sleepers(&mut self, now: Instant) {
        let woken = self.sleeping.wake(now, &self.terms.budget, &self.terms.settings.retry);
        self.waiting.extend(woken.due.into_iter().map(|(attempt, _)| attempt));
        self.summary.paced_retries += woken.paced;
        for (attempt, cause) in woken.hopeless {
            let patience = self.terms.settings.retry.patience.as_secs();
            let message =
                format!("{}; not repeated any more: all repeats were in vain for {patience} s", cause.message);
            self.fail(attempt, Cause { message, ..cause });
        }
        self.accept_jobs();
    }

    /// When something is to be done although no job finishes.
    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let sleeper = self.sleeping.next_wake();
        let probe = if self.waiting.is_empty() { None } else { self.server.next_start(now) };
        [sleeper, probe, self.deadline()].into_iter().flatten().min()
    }

    /// When the caller's time is over.
    fn deadline(&self) -> Option<Instant> {
        self.started?.checked_add(self.terms.deadline?)
    }

    fn out_of_time(&self) -> Option<Cause> {
        let message = |time| format!("the time for the query was over after {time:?}");
        Some(Cause::new(FailureKind::DeadlineExceeded, message(self.terms.deadline?)))
    }

    /// Gives up what is left once the caller's time is over; requests under way end by themselves. Tells whether there
    /// was anything.
    fn stop_in_time(&mut self, now: Instant) -> bool {
        let is_over = self.deadline().is_some_and(|deadline| deadline <= now);
        let has_more = !self.waiting.is_empty() || !self.sleeping.is_empty();
        if let Some(cause) = self.out_of_time().filter(|_| is_over && has_more) {
            self.abandon(cause);
        }
        is_over && has_more
    }

    /// A job ended without an outcome. A panic belongs to the consumer; otherwise the runtime is going away.
    fn lose(&mut self, error: JoinError) {
        match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => {
                let cause = Cause::new(FailureKind::Interrupted, "the runtime of the program was shut down");
                self.abandon(cause.clone());
                self.next.items.push_back(Err(cause.into_failure(Phase::Asking, Target::default(), 0)));
            }
        }
    }

    fn report_progress(&mut self) {
        let new = self.state();
        if let Some(sender) = &self.progress {
            sender.send_if_modified(|progress| mem::replace(progress, new) != new);
        }
    }
}

impl<W: Work> Stream for Queue<W> {
    type Item = Result<W::Item, Failure>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let queue = self.get_mut();
        let started = *queue.started.get_or_insert_with(Instant::now);
        loop {
            let now = Instant::now();
            queue.summary.elapsed = now - started;
            if let Some(item) = queue.next.items.pop_front() {
                return Poll::Ready(Some(item));
            }
            if queue.stop_in_time(now) {
                continue;
            }
            queue.wake_sleepers(now);
            if !queue.next.items.is_empty() {
                continue;
            }
            queue.start_jobs(now);
            queue.report_progress();
            match queue.running.poll_join_next(context) {
                Poll::Ready(Some(Ok(finished))) => {
                    queue.finish(finished, Instant::now());
                    continue;
                }
                Poll::Ready(Some(Err(error))) => {
                    queue.lose(error);
                    continue;
                }
                Poll::Ready(None) | Poll::Pending => {}
            }
            if queue.running.is_empty() && queue.waiting.is_empty() && queue.sleeping.is_empty() {
                queue.progress = None;
                return Poll::Ready(None);
            }
            if let Some(at) = queue.next_wake(now) {
                let timer = queue.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at)));
                timer.as_mut().reset(at);
                if timer.as_mut().poll(context).is_ready() {
                    continue;
                }
            }
            return Poll::Pending;
        }
    }
}

#[cfg(test)]
mod tests;
