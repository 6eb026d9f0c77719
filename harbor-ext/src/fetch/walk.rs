//! The bulk queries that need nothing but lists: repositories, and artifacts without their reports.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::cause::Cause;
use super::listing::{Goal, ListAnswer, ListJob, Listed, Listing};
use super::queue::{Next, Queue, Work};
use super::selection::Selection;
use super::stream::Fetching;
use super::terms::Terms;
use crate::failure::{Failure, Phase, Target};
use crate::model::{Artifact, Repository};
use crate::outcome::Summary;
use crate::session::Session;

/// What a walk yields.
pub(super) trait Wanted: Send + Unpin + 'static {
    const GOAL: Goal;

    /// Takes what is wanted out of what was listed.
    fn pick(listed: &mut Listed) -> Vec<Self>
    where
        Self: Sized;
}

/// A walk through the registry that yields what it finds.
struct Walk<T> {
    listing: Listing,
    item: PhantomData<fn() -> T>,
}

pub(super) fn start<T: Wanted>(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<T> {
    let terms = Terms::of(&session, deadline);
    let mut listing = Listing::new(&session, selection, T::GOAL);
    let mut next = Next::default();
    forward(listing.begin(), &mut next);
    Fetching::new(Queue::new(Walk { listing, item: PhantomData }, next, terms))
}

impl<T: Wanted> Work for Walk<T> {
    type Job = ListJob;
    type Answer = ListAnswer;
    type Item = T;

    fn describe(&self, job: &ListJob) -> (Phase, Target) {
        self.listing.describe(job)
    }

    fn run(&self, job: ListJob) -> impl Future<Output = Result<ListAnswer, Cause>> + Send + 'static {
        self.listing.lister().run(job)
    }

    fn lighten(&self, job: &ListJob) -> Option<ListJob> {
        self.listing.lighten(job)
    }

    fn take_answer(&mut self, answer: ListAnswer, next: &mut Next<ListJob, T>) {
        forward(self.listing.take_answer(answer), next);
    }

    fn take_failure(&mut self, job: ListJob, failure: Failure, next: &mut Next<ListJob, T>) {
        forward(self.listing.take_failure(job, failure), next);
    }

    fn finished(&self) -> u64 {
        self.listing.listed()
    }

    fn tally(&self, summary: &mut Summary) {
        self.listing.tally(summary);
    }
}

fn forward<T: Wanted>(mut listed: Listed, next: &mut Next<ListJob, T>) {
    next.items.extend(T::pick(&mut listed).into_iter().map(Ok));
    next.items.extend(listed.failures.into_iter().map(Err));
    next.jobs.extend(listed.jobs);
    next.abandon = listed.abandon;
}

impl Wanted for Repository {
    const GOAL: Goal = Goal::Repositories;

    fn pick(listed: &mut Listed) -> Vec<Self> {
        std::mem::take(&mut listed.repositories)
    }
}

impl Wanted for Artifact {
    const GOAL: Goal = Goal::Artifacts;

    fn pick(listed: &mut Listed) -> Vec<Self> {
        let indexes = std::mem::take(&mut listed.indexes);
        std::mem::take(&mut listed.artifacts).into_iter().chain(indexes).collect()
    }
}
