//! Faults: what a server in trouble answers, where, how often, and how many.

mod answers;
mod draw;
mod effect;
mod kind;
mod latency;
mod scope;
mod spec;
mod strike;

use std::time::{Duration, SystemTime};

pub(crate) use effect::Effect;
use effect::{Body, RetryAfter};
pub(crate) use kind::{Drip, Kind};
pub(crate) use scope::Scope;
pub use spec::FaultSpecError;
pub(crate) use strike::{Arrival, Faults, Places, Strike};

/// A fault, for all requests unless it is restricted.
///
/// A server with several faults uses the first one that concerns the request; only latencies, caps, drips, time-outs,
/// an absent scanner, and what a login costs add up with another.
///
/// A fault can also be written as a text, which [`str::parse`] reads and [`Fault::GRAMMAR`] describes:
///
/// ```
/// use harbor_testkit::Fault;
///
/// let fault: Fault = "status=503,on=reports,times=2,retry-after=1".parse()?;
/// # Ok::<(), harbor_testkit::FaultSpecError>(())
/// ```
///
#[doc = include_str!("grammar.md")]
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    effect: Effect,
    scope: Scope,
    /// The first request that it may strike, counted from 1.
    first: usize,
    times: Option<usize>,
    share: Option<f64>,
    seed: u64,
}

/// Where, when and how often it goes wrong.
impl Fault {
    /// The text form of faults, as Markdown.
    pub const GRAMMAR: &str = include_str!("grammar.md");

    /// Restricts the fault to an operation, by its id in Harbor's description, such as `scanArtifact`, or by one of the
    /// short names: `projects`, `reports`, `systeminfo` and so on, as the log has them.
    ///
    /// `artifacts` means both kinds of artifact lists, `overview` every request of artifacts with their overview, and
    /// `outside` every path beside the API.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.scope.operation = Some(operation.into());
        self
    }

    /// Restricts the fault to a project.
    #[must_use]
    pub fn in_project(mut self, project: impl Into<String>) -> Self {
        self.scope.project = Some(project.into());
        self
    }

    /// Restricts the fault to the repositories of a name, which is without the project.
    #[must_use]
    pub fn in_repository(mut self, repository: impl Into<String>) -> Self {
        self.scope.repository = Some(repository.into());
        self
    }

    /// Ends the fault after it has struck so many times.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// Starts the fault with the request of that number, counted from 1 among those that it
    /// concerns.
    #[must_use]
    pub fn after(mut self, number: usize) -> Self {
        self.first = number;
        self
    }

    /// Strikes a part of the requests, from 0 to 1. Which ones depends on the seed, the target and
    /// how often it was asked for, but not on the order of arrival.
    #[must_use]
    pub fn share(mut self, share: f64, seed: u64) -> Self {
        self.share = Some(share);
        self.seed(seed)
    }

    /// Sets the seed of what is drawn, which is 0 without this. The same one as in [`Fault::share`].
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Answers the status with a page of nginx instead of JSON, as something in front of Harbor
    /// does.
    #[must_use]
    pub fn html_body(mut self) -> Self {
        self.effect.body = Body::Html;
        self
    }

    /// Answers the status with JSON in Harbor's shape, even where nginx would answer with a page.
    #[must_use]
    pub fn json_body(mut self) -> Self {
        self.effect.body = Body::Json;
        self
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.effect.retry_after = Some(RetryAfter::Seconds(seconds));
        self
    }

    /// Adds `Retry-After` as a date.
    #[must_use]
    pub fn retry_after_date(mut self, date: SystemTime) -> Self {
        self.effect.retry_after = Some(RetryAfter::Date(date));
        self
    }

    /// Adds `Retry-After` as the date that lies a time after the answer, rounded up to a second.
    #[must_use]
    pub fn retry_after_date_in(mut self, time: Duration) -> Self {
        self.effect.retry_after = Some(RetryAfter::DateIn(time));
        self
    }

    /// The operation that the fault is restricted to, if the server does not have it.
    pub(crate) fn unknown_operation(&self) -> Option<&str> {
        self.scope.unknown_operation()
    }

    fn of_kind(kind: Kind) -> Self {
        let effect = Effect { kind, retry_after: None, body: Body::OfSender };
        Self { effect, scope: Scope::default(), first: 1, times: None, share: None, seed: 0 }
    }
}
