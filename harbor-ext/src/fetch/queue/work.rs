//! What a queue does, and what follows from it.

use std::collections::VecDeque;

use crate::failure::{Failure, Phase, Target};
use crate::fetch::cause::Cause;
use crate::outcome::Summary;

/// What a queue does: how one job is run, and what follows from its answer.
pub(crate) trait Work: Send + Unpin + 'static {
    type Job: Clone + Send + Unpin + 'static;
    type Answer: Send + 'static;
    type Item: Send + Unpin + 'static;

    /// What a job does and to what, for its failure.
    fn describe(&self, job: &Self::Job) -> (Phase, Target);

    /// Sends the one request of a job.
    fn run(&self, job: Self::Job) -> impl Future<Output = Result<Self::Answer, Cause>> + Send + 'static;

    /// The same with less to do at once, where a job is too much for the server.
    fn lighten(&self, _job: &Self::Job) -> Option<Self::Job> {
        None
    }

    /// Takes an answer; new jobs and items go to `next`.
    fn take_answer(&mut self, answer: Self::Answer, next: &mut Next<Self::Job, Self::Item>);

    /// Takes the failure of a job that is not tried again.
    fn take_failure(&mut self, job: Self::Job, failure: Failure, next: &mut Next<Self::Job, Self::Item>);

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
    /// Why everything that is left is not worth asking, if so.
    pub(crate) abandon: Option<Cause>,
}

impl<J, T> Default for Next<J, T> {
    fn default() -> Self {
        Self { jobs: Vec::new(), items: VecDeque::new(), abandon: None }
    }
}
