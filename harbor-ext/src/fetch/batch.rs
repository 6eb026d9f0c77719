//! Some requests of one kind through the queue, for questions that are asked in steps.
//!
//! Each step is a batch: it has the same repeats, the same limit and the same patience with a server that is away as a
//! query for a whole registry.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use futures::Stream;

use super::cause::Cause;
use super::queue::{Next, Queue, Work};
use super::requests;
use super::terms::Terms;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::outcome::Summary;
use crate::session::Session;

/// One request: what it is for, and what the function that sends it needs.
#[derive(Clone, Debug)]
struct Job<J> {
    place: usize,
    target: Target,
    input: J,
}

struct Batch<J, A, S> {
    session: Arc<Session>,
    phase: Phase,
    send: S,
    finished: u64,
    kinds: PhantomData<fn(J) -> A>,
}

/// Sends a request for each of the inputs; the answers and failures come in the order of the inputs.
pub(super) async fn batch<J, A, S, F>(
    session: &Arc<Session>,
    phase: Phase,
    inputs: impl IntoIterator<Item = (Target, J)>,
    send: S,
) -> Vec<Result<A, Failure>>
where
    J: Clone + Send + Unpin + 'static,
    A: Send + Unpin + 'static,
    S: Fn(Arc<Session>, J) -> F + Send + Unpin + 'static,
    F: Future<Output = Result<A, Cause>> + Send + 'static,
{
    let numbered = inputs.into_iter().enumerate();
    let mut jobs: Vec<Job<J>> = numbered.map(|(place, (target, input))| Job { place, target, input }).collect();
    // Only a runtime that shuts down leaves a request without an answer.
    let unanswered = |job: &Job<J>| {
        Err(Cause::new(FailureKind::Interrupted, "there was no answer").into_failure(phase, job.target.clone(), 0))
    };
    let mut answers: Vec<Result<A, Failure>> = jobs.iter().map(unanswered).collect();
    // The last job is done first.
    jobs.reverse();
    let work = Batch { session: Arc::clone(session), phase, send, finished: 0, kinds: PhantomData };
    let mut queue = Queue::new(work, Next { jobs, ..Next::default() }, Terms::of(session, None));
    while let Some(item) = poll_fn(|context| Pin::new(&mut queue).poll_next(context)).await {
        if let Ok((place, answer)) = item {
            answers[place] = answer;
        }
    }
    answers
}

/// Sends one request.
///
/// # Errors
///
/// Its failure.
pub(super) async fn single<A, F>(
    session: &Arc<Session>,
    phase: Phase,
    target: Target,
    send: impl Fn(Arc<Session>) -> F + Send + Unpin + 'static,
) -> Result<A, Failure>
where
    A: Send + Unpin + 'static,
    F: Future<Output = Result<A, Cause>> + Send + 'static,
{
    let mut answers = batch(session, phase, [(target.clone(), ())], move |session, ()| send(session)).await;
    let nothing = || Err(Cause::new(FailureKind::Interrupted, "nothing was asked").into_failure(phase, target, 0));
    answers.pop().unwrap_or_else(nothing)
}

/// Fails where the server takes the caller for nobody although credentials were given.
///
/// # Errors
///
/// That, or that the server could not be asked.
pub(super) async fn identify(session: &Arc<Session>) -> Result<(), Failure> {
    if session.credentials.is_anonymous() {
        return Ok(());
    }
    let send = |session: Arc<Session>| async move { requests::identify(&session.client).await };
    match single(session, Phase::Identifying, Target::default(), send).await? {
        true => Ok(()),
        false => Err(Cause::of_unknown_caller().into_failure(Phase::Identifying, Target::default(), 1)),
    }
}

impl<J, A, S, F> Work for Batch<J, A, S>
where
    J: Clone + Send + Unpin + 'static,
    A: Send + Unpin + 'static,
    S: Fn(Arc<Session>, J) -> F + Send + Unpin + 'static,
    F: Future<Output = Result<A, Cause>> + Send + 'static,
{
    type Job = Job<J>;
    type Answer = (usize, A);
    type Item = (usize, Result<A, Failure>);

    fn describe(&self, job: &Self::Job) -> (Phase, Target) {
        (self.phase, job.target.clone())
    }

    fn run(&self, job: Self::Job) -> impl Future<Output = Result<Self::Answer, Cause>> + Send + 'static {
        let session = Arc::clone(&self.session);
        let answer = (self.send)(Arc::clone(&session), job.input);
        async move {
            match answer.await {
                Ok(answer) => Ok((job.place, answer)),
                Err(cause) => Err(cause.seen_by(&session)),
            }
        }
    }

    fn take_answer(&mut self, (place, answer): Self::Answer, next: &mut Next<Self::Job, Self::Item>) {
        self.finished += 1;
        next.items.push_back(Ok((place, Ok(answer))));
    }

    fn take_failure(&mut self, job: Self::Job, failure: Failure, next: &mut Next<Self::Job, Self::Item>) {
        self.finished += 1;
        next.items.push_back(Ok((job.place, Err(failure))));
    }

    fn finished(&self) -> u64 {
        self.finished
    }

    fn tally(&self, _: &mut Summary) {}
}
