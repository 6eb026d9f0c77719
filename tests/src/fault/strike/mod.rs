//! The faults of a running server, and what they do to a request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::draw::{Draw, Drawn, Purpose};
use super::latency::Circumstances;
use super::{Drip, Effect, Fault, Kind, Scope, answers};
use crate::auth::Authorization;
use crate::http::Answer;
use crate::login::LoginCost;

/// The faults of a server, with what they have done so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Armed>>);

/// A request, as far as faults look at it.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) scope: &'a Scope,
    /// The path and the query as sent.
    pub(crate) target: &'a str,
    /// What the request brings to log in with.
    pub(crate) authorization: Authorization,
    /// Whether its connection has carried a request before.
    pub(crate) reuses_connection: bool,
}

/// What all faults together do to a request.
#[derive(Debug, Default)]
pub(crate) struct Strike {
    pub(crate) latency: Duration,
    pub(crate) login_freeze: Duration,
    pub(crate) login_cost: LoginCost,
    pub(crate) gateway_timeout: Option<Duration>,
    pub(crate) scanner_down: bool,
    pub(crate) drip: Option<Drip>,
    /// The first one that does more than the members above.
    pub(crate) effect: Option<Effect>,
    overview_latency: Duration,
    queues: Vec<Arc<Semaphore>>,
    places: Places,
}

/// What a request takes up until its answer is sent.
#[derive(Debug, Default)]
pub(crate) struct Places {
    permits: Vec<OwnedSemaphorePermit>,
    loads: Vec<Arc<()>>,
}

/// A fault at work.
#[derive(Debug)]
struct Armed {
    fault: Fault,
    /// The requests that it has concerned so far.
    concerned: usize,
    /// The requests that it has struck so far.
    struck: usize,
    draw: Draw,
    places: Arc<Semaphore>,
    /// Each request in flight has a clone, so that the clones count them.
    load: Arc<()>,
}

impl Faults {
    /// Adds a fault behind those that are there.
    pub(crate) fn add(&self, fault: Fault) {
        self.armed().push(Armed::new(fault));
    }

    /// Ends all faults; requests that wait because of one go on waiting.
    pub(crate) fn clear(&self) {
        self.armed().clear();
    }

    /// Finds what strikes a request.
    pub(crate) fn strike(&self, arrival: &Arrival<'_>) -> Strike {
        let mut strike = Strike::default();
        for armed in self.armed().iter_mut() {
            armed.strike(arrival, &mut strike);
            if strike.effect.is_some() {
                break;
            }
        }
        strike
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        Self(Mutex::new(faults.into_iter().map(Armed::new).collect()))
    }
}

impl Strike {
    pub(crate) fn kind(&self) -> Option<&Kind> {
        self.effect.as_ref().map(|effect| &effect.kind)
    }

    /// Waits for a place wherever the number of requests is limited.
    pub(crate) async fn take_places(&mut self) -> Places {
        for queue in self.queues.drain(..) {
            // Nobody closes the semaphore.
            self.places.permits.extend(queue.acquire_owned().await);
        }
        std::mem::take(&mut self.places)
    }

    /// How much later an answer comes because of the findings that its overviews count.
    pub(crate) fn latency_of_overviews(&self, answer: &Answer) -> Duration {
        if self.overview_latency.is_zero() {
            return Duration::ZERO;
        }
        let findings = answers::findings_of_overviews(&answer.body);
        self.overview_latency.saturating_mul(u32::try_from(findings).unwrap_or(u32::MAX))
    }
}

impl Armed {
    fn new(fault: Fault) -> Self {
        let places = match &fault.effect.kind {
            Kind::Cap { places, .. } => (*places).min(Semaphore::MAX_PERMITS),
            _ => 0,
        };
        Self {
            fault,
            concerned: 0,
            struck: 0,
            draw: Draw::default(),
            places: Arc::new(Semaphore::new(places)),
            load: Arc::default(),
        }
    }

    fn strike(&mut self, arrival: &Arrival<'_>, strike: &mut Strike) {
        let Some(drawn) = self.draw(arrival) else {
            return;
        };
        match &self.fault.effect.kind {
            Kind::Latency(latency) => {
                strike.places.loads.push(Arc::clone(&self.load));
                let latency = latency.of(Circumstances {
                    chance: drawn.fraction(Purpose::Latency),
                    in_flight: Arc::strong_count(&self.load) - 1,
                    before: self.struck,
                });
                strike.latency = strike.latency.saturating_add(latency);
            }
            Kind::OverviewLatency(latency) => {
                strike.overview_latency = strike.overview_latency.saturating_add(*latency)
            }
            Kind::LoginFreeze(delay) => strike.login_freeze = strike.login_freeze.saturating_add(*delay),
            Kind::LoginCost(cost) => strike.login_cost = strike.login_cost + *cost,
            Kind::GatewayTimeout(longest) => {
                strike.gateway_timeout = Some(strike.gateway_timeout.map_or(*longest, |other| other.min(*longest)));
            }
            Kind::ScannerDown => strike.scanner_down = true,
            Kind::Drip(drip) => strike.drip = strike.drip.or(Some(*drip)),
            Kind::Cap { refusal, .. } => {
                // Whoever waits for a place already waits for the next ones too, in the order of the
                // faults: so two requests never wait for what the other one has.
                if (refusal.is_some() || strike.queues.is_empty())
                    && let Ok(permit) = Arc::clone(&self.places).try_acquire_owned()
                {
                    strike.places.permits.push(permit);
                    return;
                }
                match refusal {
                    Some(_) => strike.effect = Some(self.fault.effect.clone()),
                    None => strike.queues.push(Arc::clone(&self.places)),
                }
            }
            _ => strike.effect = Some(self.fault.effect.clone()),
        }
        self.struck += 1;
    }

    /// The numbers of a request that the fault is to strike.
    fn draw(&mut self, arrival: &Arrival<'_>) -> Option<Drawn> {
        if self.fault.times.is_some_and(|times| self.struck >= times) || !self.concerns(arrival) {
            return None;
        }
        self.concerned += 1;
        if self.concerned < self.fault.first {
            return None;
        }
        if !self.fault.draws() {
            return Some(Drawn::default());
        }
        let drawn = self.draw.next(self.fault.seed, arrival.target);
        self.fault.share.is_none_or(|share| drawn.fraction(Purpose::Share) < share).then_some(drawn)
    }

    fn concerns(&self, arrival: &Arrival<'_>) -> bool {
        let path = arrival.target.split('?').next().unwrap_or_default();
        let has_credentials = arrival.authorization != Authorization::None;
        // Elsewhere it would do nothing, and yet use up what `times` allows and keep other faults away.
        let kind = match self.fault.effect.kind {
            Kind::ReusedReset => arrival.reuses_connection,
            Kind::OverviewLatency(_) => arrival.scope.overview,
            Kind::OddFinding => arrival.scope.has_name("reports"),
            Kind::NullTags => arrival.scope.has_name("artifacts") || arrival.scope.has_name("artifact"),
            Kind::LoginFreeze(_) => arrival.authorization == Authorization::BasicRefused,
            Kind::LoginCost(_) | Kind::Anonymous => has_credentials,
            // What needs no database goes on.
            Kind::PostgresqlDown => {
                path.starts_with("/api/") && !path.ends_with("/ping") && (has_credentials || !path.ends_with("/health"))
            }
            _ => true,
        };
        kind && self.fault.scope.covers(arrival.scope)
    }
}

impl Fault {
    /// Whether chance has a part in it.
    pub(super) fn draws(&self) -> bool {
        self.share.is_some() || matches!(&self.effect.kind, Kind::Latency(latency) if latency.is_drawn())
    }
}

#[cfg(test)]
mod tests;
