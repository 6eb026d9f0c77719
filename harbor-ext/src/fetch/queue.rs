//! One work queue for every bulk operation.
//!
//! Jobs run as tasks that the queue owns, so that a consumer that waits for something else never stalls them, and
//! dropping the queue ends them. There is one limit for all kinds of job: nested limits would multiply. A job that
//! waits before it is repeated takes up no place. The newest jobs run first, which keeps what is remembered near one
//! project, and no job is started while finished items wait for the consumer.

use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::Stream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};

use super::cause::Cause;
use super::limit::{Limit, Ticket};
use super::server::{Server, Start};
use super::terms::Terms;
use crate::failure::Failure;
use crate::outcome::{Progress, Summary};

pub use stop::Stopper;
pub(crate) use work::{Next, Work};

use deadline::Deadline;
use sleepers::Sleepers;
use stop::Stop;

mod deadline;
mod failing;
mod sleepers;
mod stop;
mod work;

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
    deadline: Deadline,
    stop: Stop,
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
            deadline: Deadline::new(terms.deadline),
            stop: Stop::new(),
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

    pub(crate) fn stopper(&self) -> Stopper {
        self.stop.stopper()
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
            let request = self.stop.bound(self.work.run(attempt.job.clone()));
            let request = self.deadline.bound(now, request);
            self.running.spawn(async move {
                let outcome = request.await;
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

    fn wake_sleepers(&mut self, now: Instant) {
        let woken = self.sleeping.wake(now, &self.terms.budget, &self.terms.settings.retry);
        self.waiting.extend(woken.due.into_iter().map(|(attempt, _)| attempt));
        self.summary.paced_retries += woken.paced;
        woken.hopeless.into_iter().for_each(|(attempt, cause)| self.fail_hopeless(attempt, cause));
        self.accept_jobs();
    }

    /// When something is to be done although no job finishes.
    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let sleeper = self.sleeping.next_wake();
        let probe = if self.waiting.is_empty() { None } else { self.server.next_start(now) };
        [sleeper, probe, self.deadline.at()].into_iter().flatten().min()
    }

    /// Gives up what is left once the caller's time is over or the caller wishes so; requests under way end by themselves.
    /// Tells whether there was anything.
    fn stop_in_time(&mut self, now: Instant, context: &mut Context<'_>) -> bool {
        let has_more = !self.waiting.is_empty() || !self.sleeping.is_empty();
        let cause = self.stop.poll(context).or_else(|| self.deadline.passed(now));
        let Some(cause) = cause.filter(|_| has_more) else {
            return false;
        };
        self.abandon(cause);
        true
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
        let started = queue.deadline.begin();
        loop {
            let now = Instant::now();
            queue.summary.elapsed = now - started;
            if let Some(item) = queue.next.items.pop_front() {
                return Poll::Ready(Some(item));
            }
            if queue.stop_in_time(now, context) {
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
