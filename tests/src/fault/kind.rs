//! What goes wrong, and how it is told.

use std::time::Duration;

use axum::http::StatusCode;

use super::Fault;
use super::latency::Latency;
use crate::login::LoginCost;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    // These leave the answer as it is, and add up with whatever else there is.
    Latency(Latency),
    /// For each finding that an overview counts.
    OverviewLatency(Duration),
    LoginFreeze(Duration),
    LoginCost(LoginCost),
    /// So many requests at once; the others wait where there is no status for them.
    Cap {
        places: usize,
        refusal: Option<StatusCode>,
    },
    GatewayTimeout(Duration),
    ScannerDown,
    Drip(Drip),
    // These answer in the place of Harbor.
    Status(StatusCode),
    EmptyError,
    Html,
    PostgresqlDown,
    Reset,
    ReusedReset,
    Restart {
        grace: Duration,
        down_for: Duration,
    },
    // These change what Harbor answers.
    Anonymous,
    Empty,
    Null,
    BrokenJson,
    WrongShape,
    NullTags,
    OddFinding,
    Truncated,
}

/// How slowly a body comes: in pieces of some bytes, each a time after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drip {
    pub(crate) bytes: usize,
    pub(crate) every: Duration,
}

/// Things that go wrong.
impl Fault {
    /// Answers with a status: 414, 502, 503 and 504 with a page of nginx, others with an error in
    /// Harbor's shape.
    ///
    /// A number that is no status becomes 500.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::of_kind(Kind::Status(status_or_500(status)))
    }

    /// Answers as usual, but later.
    #[must_use]
    pub fn latency(latency: Duration) -> Self {
        Self::of_kind(Kind::Latency(Latency::Fixed(latency)))
    }

    /// Answers later, drawn evenly between two bounds; [`Fault::seed`] says how.
    #[must_use]
    pub fn latency_between(shortest: Duration, longest: Duration) -> Self {
        Self::of_kind(Kind::Latency(Latency::Between(shortest, longest)))
    }

    /// Answers later, mostly a little and sometimes much: drawn from the exponential distribution
    /// with a mean, and cut off at the longest; [`Fault::seed`] says how.
    #[must_use]
    pub fn exponential_latency(mean: Duration, longest: Duration) -> Self {
        Self::of_kind(Kind::Latency(Latency::Exponential { mean, longest }))
    }

    /// Answers the later, the more requests are in flight: up to the knee after the base, and a step
    /// later for each request above it. Only requests that the fault concerns count.
    #[must_use]
    pub fn load_latency(base: Duration, knee: usize, step: Duration) -> Self {
        Self::of_kind(Kind::Latency(Latency::Load { base, knee, step }))
    }

    /// Answers the first request, the second and so on after a latency of its own; the last one
    /// holds for all that follow.
    #[must_use]
    pub fn latencies(latencies: impl IntoIterator<Item = Duration>) -> Self {
        Self::of_kind(Kind::Latency(Latency::InTurn(latencies.into_iter().collect())))
    }

    /// Answers as Harbor does while its Redis is down: after 10.5, 4.5 and 2.4 seconds, and then
    /// always after half a second.
    #[must_use]
    pub fn redis_down() -> Self {
        Self::latencies([10_500, 4_500, 2_400, 500].map(Duration::from_millis))
    }

    /// Answers artifacts with their overview later, by a time for each finding that they count.
    ///
    /// A real Harbor reads every report for it and needs about 40 microseconds.
    #[must_use]
    pub fn overview_latency(finding: Duration) -> Self {
        Self::of_kind(Kind::OverviewLatency(finding))
    }

    /// Serves so many requests at once; more of them wait, first come, first served. What a
    /// [`Hold`](crate::Hold) keeps back keeps its place.
    ///
    /// [`Fault::times`] counts the requests that have to wait.
    #[must_use]
    pub fn cap(places: usize) -> Self {
        Self::of_kind(Kind::Cap { places, refusal: None })
    }

    /// Serves so many requests at once; more of them are answered at once as in [`Fault::status`].
    ///
    /// [`Fault::times`] counts the requests that are refused.
    #[must_use]
    pub fn cap_refusing(places: usize, status: u16) -> Self {
        Self::of_kind(Kind::Cap { places, refusal: Some(status_or_500(status)) })
    }

    /// Answers nginx's page for 504 where Harbor takes longer than a time, 60 seconds in a real one.
    ///
    /// Harbor goes on with its work, which keeps its place under a [`Fault::cap`], and so it does when
    /// the client has left. Without this fault the server drops the work of a client that leaves.
    #[must_use]
    pub fn gateway_timeout(longest: Duration) -> Self {
        Self::of_kind(Kind::GatewayTimeout(longest))
    }

    /// Answers as while the scanner cannot be reached, as after
    /// [`set_scanner_healthy`](crate::Registry::set_scanner_healthy).
    #[must_use]
    pub fn scanner_down() -> Self {
        Self::of_kind(Kind::ScannerDown)
    }

    /// Takes a login for none: the request goes on as anonymous, so that lists are 200 and shorter.
    #[must_use]
    pub fn anonymous() -> Self {
        Self::of_kind(Kind::Anonymous)
    }

    /// Freezes wrong logins for a time, beside that of
    /// [`login_delay`](crate::SimulatedHarborBuilder::login_delay), which says what this is.
    #[must_use]
    pub fn login_freeze(delay: Duration) -> Self {
        Self::of_kind(Kind::LoginFreeze(delay))
    }

    /// Burns time of the processor for each login of a user and each one of a robot, beside that of
    /// [`login_cost`](crate::SimulatedHarborBuilder::login_cost), which says what this is.
    #[must_use]
    pub fn login_cost(users: Duration, robots: Duration) -> Self {
        Self::of_kind(Kind::LoginCost(LoginCost { users, robots }))
    }

    /// Answers 500 as Harbor does while its PostgreSQL is down; `/ping`, the pages beside the API,
    /// and `/health` without a login do not notice.
    #[must_use]
    pub fn postgresql_down() -> Self {
        Self::of_kind(Kind::PostgresqlDown)
    }

    /// Restarts the server when a request arrives: cuts all connections at once, the one of the
    /// request too, and answers nginx's page for 502 for a time.
    ///
    /// It happens once; [`Fault::after`] says when, and [`Fault::times`] makes it happen again.
    #[must_use]
    pub fn restart(down_for: Duration) -> Self {
        Self::graceful_restart(Duration::ZERO, down_for)
    }

    /// Begins a restart when a request arrives, but answers as usual for some time first: 3 seconds
    /// in a real Harbor. Then all is as in [`Fault::restart`].
    #[must_use]
    pub fn graceful_restart(grace: Duration, down_for: Duration) -> Self {
        Self::of_kind(Kind::Restart { grace, down_for }).times(1)
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

    /// Resets the connection instead of an answer where it has carried a request before, as happens
    /// to connections that were idle for too long.
    #[must_use]
    pub fn reset_reused() -> Self {
        Self::of_kind(Kind::ReusedReset)
    }

    /// Sends the body in pieces of some bytes, each a time after the one before.
    #[must_use]
    pub fn drip(bytes: usize, every: Duration) -> Self {
        Self::of_kind(Kind::Drip(Drip { bytes, every }))
    }

    /// Puts the number 17 in front of the findings of a report; the JSON stays well-formed.
    #[must_use]
    pub fn odd_finding() -> Self {
        Self::of_kind(Kind::OddFinding)
    }

    /// Answers artifacts with `null` for their tags and 200, as Harbor does where it cannot read
    /// them.
    #[must_use]
    pub fn null_tags() -> Self {
        Self::of_kind(Kind::NullTags)
    }

    /// Answers 200 with the first half of the body, as if that were all.
    #[must_use]
    pub fn broken_json() -> Self {
        Self::of_kind(Kind::BrokenJson)
    }

    /// Answers well-formed JSON of another shape: a list in an object, an object in a list.
    #[must_use]
    pub fn wrong_shape() -> Self {
        Self::of_kind(Kind::WrongShape)
    }

    /// Answers 200 with an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::of_kind(Kind::Empty)
    }

    /// Answers 500 with an empty body, as Harbor does after a panic.
    #[must_use]
    pub fn empty_error() -> Self {
        Self::of_kind(Kind::EmptyError)
    }

    /// Answers 200 with `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::of_kind(Kind::Null)
    }

    /// Answers 200 with the page of the portal, as a wrong base path does.
    #[must_use]
    pub fn html() -> Self {
        Self::of_kind(Kind::Html)
    }
}

fn status_or_500(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
