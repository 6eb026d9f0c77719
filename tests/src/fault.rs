//! Faults: what a server in trouble answers, where, how often, and how many.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::http::{Answer, operations};
use crate::nginx;
use crate::registry::Random;
use crate::wire::errors::Refusal;

/// A fault, for all requests unless it is restricted.
///
/// A server with several faults uses the first one that concerns the request; only latency adds up
/// with another.
#[derive(Clone, Debug)]
pub struct Fault {
    effect: Effect,
    scope: Scope,
    remaining: Option<usize>,
    share: Option<Share>,
}

/// What a fault does to an answer.
#[derive(Clone, Debug)]
pub(crate) struct Effect {
    pub(crate) kind: Kind,
    retry_after: Option<HeaderValue>,
    /// Whether a status comes with a page instead of JSON.
    page: bool,
}

/// What a fault or a hold concerns; in a request, what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) operation: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) repository: Option<String>,
    /// Whether an artifact request asks for the overview, which `overview` stands for.
    pub(crate) overview: bool,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Status(StatusCode),
    Latency(Duration),
    Truncated,
    Reset,
    OddFinding,
    BrokenJson,
    Empty,
    Html,
}

/// A part of the requests, drawn by the target and the number of times it was asked for.
#[derive(Clone, Debug)]
struct Share {
    share: f64,
    seed: u64,
    seen: HashMap<String, u64>,
}

impl Fault {
    /// Answers with a status: 502, 503 and 504 with a page of nginx, others with an error in
    /// Harbor's shape.
    ///
    /// A number that is no status becomes 500.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::of_kind(Kind::Status(status))
    }

    /// Answers as usual, but later.
    #[must_use]
    pub fn latency(latency: Duration) -> Self {
        Self::of_kind(Kind::Latency(latency))
    }

    /// Breaks the connection off in the middle of a chunked body.
    #[must_use]
    pub fn truncated() -> Self {
        Self::of_kind(Kind::Truncated)
    }

    /// Resets the connection instead of an answer.
    #[must_use]
    pub fn reset() -> Self {
        Self::of_kind(Kind::Reset)
    }

    /// Puts the number 17 in front of the findings of a report; the JSON stays well-formed.
    #[must_use]
    pub fn odd_finding() -> Self {
        Self::of_kind(Kind::OddFinding)
    }

    /// Answers 200 with the first half of the body, as if that were all.
    #[must_use]
    pub fn broken_json() -> Self {
        Self::of_kind(Kind::BrokenJson)
    }

    /// Answers 200 with an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::of_kind(Kind::Empty)
    }

    /// Answers 200 with the page of the portal, as a wrong base path does.
    #[must_use]
    pub fn html() -> Self {
        Self::of_kind(Kind::Html)
    }

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
        self.remaining = Some(times);
        self
    }

    /// Strikes a part of the requests, from 0 to 1. Which ones depends on the seed, the target and
    /// how often it was asked for, but not on the order of arrival.
    #[must_use]
    pub fn share(mut self, share: f64, seed: u64) -> Self {
        self.share = Some(Share { share, seed, seen: HashMap::new() });
        self
    }

    /// Answers the status with a page of nginx instead of JSON, as something in front of Harbor
    /// does.
    #[must_use]
    pub fn html_body(mut self) -> Self {
        self.effect.page = true;
        self
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.effect.retry_after = Some(HeaderValue::from(seconds));
        self
    }

    /// Adds `Retry-After` as a date.
    #[must_use]
    pub fn retry_after_date(mut self, date: SystemTime) -> Self {
        let date = DateTime::<Utc>::from(date).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        self.effect.retry_after = HeaderValue::try_from(date).ok();
        self
    }

    pub(crate) fn effect(&self) -> &Effect {
        &self.effect
    }

    /// The operation that the fault is restricted to, if the server does not have it.
    pub(crate) fn unknown_operation(&self) -> Option<&str> {
        self.scope.unknown_operation()
    }

    /// Whether the fault strikes a request, which counts.
    pub(crate) fn strikes(&mut self, request: &Scope, target: &str) -> bool {
        if self.remaining == Some(0) || !self.scope.covers(request) {
            return false;
        }
        let drawn = self.share.as_mut().is_none_or(|share| share.draws(target));
        if let (true, Some(remaining)) = (drawn, &mut self.remaining) {
            *remaining -= 1;
        }
        drawn
    }

    fn of_kind(kind: Kind) -> Self {
        let effect = Effect { kind, retry_after: None, page: false };
        Self { effect, scope: Scope::default(), remaining: None, share: None }
    }
}

impl Effect {
    /// Turns the answer that the server would give into the one that it gives. Latency, truncation
    /// and resets are not about the answer, and leave it alone.
    pub(crate) fn apply(&self, answer: Answer) -> Answer {
        let mut answer = match &self.kind {
            Kind::Status(status) => match self.page || matches!(status.as_u16(), 502..=504) {
                true => nginx::page(*status),
                false => Refusal::of_status(*status).answer(),
            },
            Kind::Empty => Answer { body: Bytes::new(), ..answer },
            Kind::Html => crate::http::pages::portal(),
            Kind::OddFinding => Answer { body: with_odd_finding(&answer.body), ..answer },
            Kind::BrokenJson => Answer { body: answer.body.slice(..answer.body.len() / 2), ..answer },
            Kind::Latency(_) | Kind::Truncated | Kind::Reset => answer,
        };
        if let Some(value) = &self.retry_after {
            answer.headers.insert(RETRY_AFTER, value.clone());
        }
        answer
    }
}

impl Scope {
    /// The scope of one operation by name.
    pub(crate) fn of_operation(operation: &str) -> Self {
        Self { operation: Some(operation.to_owned()), ..Self::default() }
    }

    pub(crate) fn unknown_operation(&self) -> Option<&str> {
        self.operation.as_deref().filter(|operation| !operations::is_name(operation))
    }

    /// Whether a request lies in this scope.
    pub(crate) fn covers(&self, request: &Self) -> bool {
        let name = request.operation.as_deref().unwrap_or_default();
        let operation = match self.operation.as_deref() {
            None => true,
            Some("overview") => request.overview,
            Some("artifacts") => name == "project-artifacts" || name == "repository-artifacts",
            Some(operation) => operation == name || operations::id_of(name) == Some(operation),
        };
        operation
            && (self.project.is_none() || self.project == request.project)
            && (self.repository.is_none() || self.repository == request.repository)
    }
}

impl Share {
    fn draws(&mut self, target: &str) -> bool {
        let seen = self.seen.entry(target.to_owned()).or_insert(0);
        *seen += 1;
        let mixed = target.bytes().fold(self.seed ^ seen.wrapping_mul(0x9e37), |mixed, byte| {
            (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        // The upper half of the number as a fraction of 1; 32 bits are exact in a double.
        let drawn = u32::try_from(Random::new(mixed).next() >> 32).unwrap_or(u32::MAX);
        f64::from(drawn) / (f64::from(u32::MAX) + 1.0) < self.share
    }
}

fn with_odd_finding(body: &Bytes) -> Bytes {
    let text = String::from_utf8_lossy(body);
    let text = text.replacen("\"vulnerabilities\":[]", "\"vulnerabilities\":[17]", 1);
    Bytes::from(text.replacen("\"vulnerabilities\":[{", "\"vulnerabilities\":[17,{", 1))
}
