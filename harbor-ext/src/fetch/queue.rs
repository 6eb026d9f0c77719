//! One work queue for every bulk operation.
//!
//! Jobs run as tasks that the queue owns, so that a consumer that waits for something else never stalls them, and
//! dropping the queue ends them. There is one limit for all kinds of job: nested limits would multiply. A job that
//! waits before it is repeated takes up no place. The newest jobs run first, which keeps what is remembered near one
//! project, and no job is started while finished items wait for the consumer.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};

use super::backoff;
use super::cause::{Blame, Cause};
use super::limit::Limit;
use super::server::{Server, Start};
use crate::failure::{Failure, Phase, Target};
use crate::outcome::{Progress, Summary};
use crate::settings::Settings;

/// What a queue does: how one job is run, and what follows from its answer.
pub(crate) trait Work: Send + Unpin + 'static {
    type Job: Clone + Send + Unpin + 'static;
    type Answer: Send + 'static;
    type Item: Send + Unpin + 'static;

    /// What a job does and to what, for its failure.
    fn describe(&self, job: &Self::Job) -> (Phase, Target);

    /// Sends the one request of a job.
    fn run(&self, job: Self::Job) -> impl Future<Output = Result<Self::Answer, Cause>> + Send + 'static;

    /// Takes the final outcome of a job; new jobs and items go to `next`.
    fn take(&mut self, job: Self::Job, outcome: Result<Self::Answer, Failure>, next: &mut Next<Self::Job, Self::Item>);

    /// How many items have their outcome.
    fn finished(&self) -> u64;

    /// Writes what only the work can count.
    fn tally(&self, summary: &mut Summary);
}

/// What follows from a finished job.
#[derive(Debug)]
pub(crate) struct Next<J, T> {
    /// Jobs to do; the last one is done first.
    pub(crate) jobs: Vec<J>,
    /// Items and failures for the consumer.
    pub(crate) items: VecDeque<Result<T, Failure>>,
}

/// The jobs of one bulk operation and their results, as a stream.
pub(crate) struct Queue<W: Work> {
    work: W,
    settings: Settings,
    waiting: Vec<Attempt<W::Job>>,
    sleeping: Vec<(Instant, Attempt<W::Job>)>,
    running: JoinSet<Finished<W>>,
    next: Next<W::Job, W::Item>,
    limit: Limit,
    server: Server,
    /// Made when it is first needed, because that takes a runtime.
    timer: Option<Pin<Box<Sleep>>>,
    random: fastrand::Rng,
    started: Option<Instant>,
    summary: Summary,
    progress: watch::Sender<Progress>,
}

/// A job and how many requests it has cost.
struct Attempt<J> {
    job: J,
    count: u32,
}

struct Finished<W: Work> {
    attempt: Attempt<W::Job>,
    is_probe: bool,
    outcome: Result<W::Answer, Cause>,
}

impl<J, T> Default for Next<J, T> {
    fn default() -> Self {
        Self { jobs: Vec::new(), items: VecDeque::new() }
    }
}

impl<J> Attempt<J> {
    fn first(job: J) -> Self {
        Self { job, count: 0 }
    }
}

impl<W: Work> Queue<W> {
    /// A queue that begins with the jobs and items of `first`. Nothing runs before the first poll.
    pub(crate) fn new(work: W, first: Next<W::Job, W::Item>, settings: Settings) -> Self {
        let mut queue = Self {
            work,
            waiting: Vec::new(),
            sleeping: Vec::new(),
            running: JoinSet::new(),
            next: first,
            limit: Limit::new(settings.concurrency),
            server: Server::new(settings.retry.patience),
            timer: None,
            random: fastrand::Rng::new(),
            started: None,
            summary: Summary::default(),
            progress: watch::Sender::new(Progress::default()),
            settings,
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
        self.progress.subscribe()
    }

    fn accept_jobs(&mut self) {
        self.waiting.extend(self.next.jobs.drain(..).map(Attempt::first));
    }

    fn start_jobs(&mut self, now: Instant) {
        while !self.waiting.is_empty() && self.running.len() < self.limit.current() {
            let is_probe = match self.server.may_start(now, self.running.len()) {
                Start::Yes => false,
                Start::Probe => true,
                Start::No => return,
            };
            let Some(mut attempt) = self.waiting.pop() else {
                return;
            };
            if attempt.count > 0 {
                self.summary.retries += 1;
            }
            attempt.count += 1;
            self.summary.requests += 1;
            let request = self.work.run(attempt.job.clone());
            self.running.spawn(async move { Finished { attempt, is_probe, outcome: request.await } });
            self.summary.peak_in_flight = self.summary.peak_in_flight.max(self.running.len() as u64);
        }
    }

    fn finish(&mut self, finished: Finished<W>, now: Instant) {
        let Finished { attempt, is_probe, outcome } = finished;
        match outcome {
            Ok(answer) => {
                self.server.answered(is_probe);
                // The finished job still counts: the limit learns only from times when it was used up.
                self.limit.succeeded(now, self.running.len() + 1);
                self.work.take(attempt.job, Ok(answer), &mut self.next);
            }
            Err(cause) => self.finish_in_vain(attempt, is_probe, cause, now),
        }
        self.accept_jobs();
    }

    fn finish_in_vain(&mut self, mut attempt: Attempt<W::Job>, is_probe: bool, cause: Cause, now: Instant) {
        let blame = cause.blame();
        if cause.is_overload() {
            self.limit.overloaded(now);
        }
        let delay = backoff::delay(&self.settings.retry, attempt.count, cause.retry_after, self.random.f64());
        match blame {
            Blame::Server => {
                self.server.failed(now, is_probe, &self.settings.retry, cause.throttle_until(now), &mut self.random);
            }
            Blame::Item | Blame::Caller => self.server.answered(is_probe),
        }
        if self.server.has_given_up(now) {
            self.give_up(attempt, &cause);
            return;
        }
        // What fails because the server is away is not the job's fault: only patience ends it.
        let is_excused = is_probe && blame == Blame::Server;
        if is_excused {
            attempt.count = attempt.count.saturating_sub(1).max(1);
        }
        if blame == Blame::Caller || (!is_excused && attempt.count >= self.settings.retry.attempts) {
            self.fail(attempt, cause);
        } else {
            tracing::debug!(
                attempt = attempt.count,
                delay_ms = delay.as_millis() as u64,
                "repeating: {}",
                cause.message
            );
            self.sleeping.push((now + delay, attempt));
        }
    }

    fn fail(&mut self, attempt: Attempt<W::Job>, cause: Cause) {
        let (phase, target) = self.work.describe(&attempt.job);
        let failure = cause.into_failure(phase, target, attempt.count);
        self.work.take(attempt.job, Err(failure), &mut self.next);
    }

    /// Ends everything that is left, and what would follow from it: the server has been away for longer than the
    /// caller's patience.
    fn give_up(&mut self, attempt: Attempt<W::Job>, cause: &Cause) {
        tracing::warn!("the server stayed away, giving up on what is left: {}", cause.message);
        let mut left = vec![attempt];
        left.append(&mut self.waiting);
        left.extend(self.sleeping.drain(..).map(|(_, attempt)| attempt));
        while let Some(attempt) = left.pop() {
            self.fail(attempt, cause.clone());
            left.extend(self.next.jobs.drain(..).map(Attempt::first));
        }
    }

    fn wake_sleepers(&mut self, now: Instant) {
        let due = self.sleeping.extract_if(.., |(at, _)| *at <= now);
        self.waiting.extend(due.map(|(_, attempt)| attempt));
    }

    /// When something is to be done although no job finishes.
    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let sleeper = self.sleeping.iter().map(|(at, _)| *at).min();
        let probe = if self.waiting.is_empty() { None } else { self.server.next_start(now) };
        [sleeper, probe].into_iter().flatten().min()
    }

    fn report_progress(&mut self) {
        let summary = self.summary();
        self.progress.send_if_modified(|progress| {
            let new = Progress {
                listed: summary.listed,
                announced: summary.announced.max(summary.listed),
                finished: self.work.finished(),
                failures: summary.failures,
                requests: summary.requests,
                retries: summary.retries,
                in_flight: self.running.len() as u64,
                limit: self.limit.current() as u64,
                waiting_for_server: self.server.is_away(),
            };
            let is_new = *progress != new;
            *progress = new;
            is_new
        });
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
            queue.wake_sleepers(now);
            queue.start_jobs(now);
            queue.report_progress();
            match queue.running.poll_join_next(context) {
                Poll::Ready(Some(Ok(finished))) => {
                    queue.finish(finished, Instant::now());
                    continue;
                }
                // A job is never aborted while the queue lives, so this is a panic: it belongs to the consumer.
                Poll::Ready(Some(Err(error))) => std::panic::resume_unwind(error.into_panic()),
                Poll::Ready(None) | Poll::Pending => {}
            }
            if queue.running.is_empty() && queue.waiting.is_empty() && queue.sleeping.is_empty() {
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
