//! The way of a request: log, faults, hold, login, route, answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::auth::{self, Account, Authorization, Login};
use crate::connection::{Connection, Connections};
use crate::fault::{Arrival, Effect, Faults, Kind, Places, Scope, Strike};
use crate::hold::Gate;
use crate::http::operations::Matched;
use crate::http::routes::Route;
use crate::http::{Answer, Asked, Outcome, check, pages};
use crate::incoming::Incoming;
use crate::log::Log;
use crate::login::{Locks, LoginCost};
use crate::nginx;
use crate::outage::Outage;
use crate::outgoing::{Delivery, Manner, send};
use crate::registry::{Caller, Registry};
use crate::resources::{Handler, handler};
use crate::session::Sessions;
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;

/// The longest body of a request, in bytes.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) registry: RwLock<Registry>,
    pub(crate) version: HarborVersion,
    pub(crate) behind_nginx: bool,
    pub(crate) login_delay: Duration,
    pub(crate) login_cost: LoginCost,
    pub(crate) locks: Locks,
    pub(crate) sessions: Sessions,
    pub(crate) faults: Faults,
    pub(crate) gates: Mutex<Vec<Arc<Gate>>>,
    pub(crate) outage: Outage,
    pub(crate) connections: Connections,
    pub(crate) log: Log,
    /// The requests so far, by which each has a number.
    pub(crate) arrivals: AtomicU64,
}

/// A request with all that it takes to answer it.
struct Work {
    incoming: Incoming,
    login: Login,
    scope: Scope,
    strike: Strike,
}

/// What comes of a request.
#[derive(Default)]
struct Worked {
    /// Nothing where the connection is to be reset instead.
    answer: Option<Answer>,
    places: Places,
    /// Whether the login was refused although it is right.
    login_refused: bool,
}

/// Answers every request.
pub(crate) async fn serve(
    State(service): State<Arc<Service>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: HttpRequest,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        // A body that does not come has no request to answer; a larger one is none of Harbor's.
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let number = service.arrivals.fetch_add(1, Ordering::SeqCst) + 1;
    let incoming = Incoming::new(number, head, body, service.version, service.behind_nginx);
    service.handle(incoming, &connection).await
}

impl Service {
    async fn handle(self: Arc<Self>, incoming: Incoming, connection: &Connection) -> Response {
        let reuses_connection = connection.carry_request();
        let login = self.identify(&incoming.headers);
        let flight = self.log.arrive(incoming.log_entry(login.authorization), login.caller.name());
        let scope = incoming.scope(&self.registry.read().unwrap_or_else(PoisonError::into_inner));
        if self.outage.is_down() {
            let delivery = Delivery::new(flight, Places::default());
            return send(nginx::page(StatusCode::BAD_GATEWAY), delivery, Manner::default());
        }
        let strike = self.faults.strike(&Arrival {
            scope: &scope,
            target: &incoming.target,
            authorization: login.authorization,
            reuses_connection,
        });
        match strike.kind() {
            Some(Kind::Restart { grace: Duration::ZERO, down_for }) => {
                self.restart(*down_for);
                return Response::default();
            }
            Some(Kind::Restart { grace, down_for }) => self.restart_after(*grace, *down_for),
            _ => {}
        }
        let manner = Manner {
            is_truncated: strike.kind() == Some(&Kind::Truncated),
            drip: strike.drip,
            is_head: incoming.method == Method::HEAD,
            keeps_alive: self.behind_nginx && !incoming.ends_connection(),
        };
        let worked = self.work_in_time(Work { incoming, login, scope, strike }).await;
        if worked.login_refused {
            flight.login_refused();
        }
        match worked.answer {
            Some(answer) => send(answer, Delivery::new(flight, worked.places), manner),
            None => {
                // Nothing of an answer is ever written.
                connection.reset();
                Response::default()
            }
        }
    }

    /// Answers a request, or in the place of Harbor where that takes too long.
    async fn work_in_time(self: Arc<Self>, work: Work) -> Worked {
        let Some(longest) = work.strike.gateway_timeout else {
            return self.work(work).await;
        };
        // A task of its own goes on where nobody waits for it any longer.
        match tokio::time::timeout(longest, tokio::spawn(self.work(work))).await {
            Ok(worked) => worked.unwrap_or_else(|_| Worked::nginx(StatusCode::BAD_GATEWAY)),
            Err(_) => Worked::nginx(StatusCode::GATEWAY_TIMEOUT),
        }
    }

    /// Answers a request once it has its place and its latency is over.
    async fn work(self: Arc<Self>, work: Work) -> Worked {
        let Work { incoming, login, scope, mut strike } = work;
        let mut worked = Worked { places: strike.take_places().await, ..Worked::default() };
        wait(strike.latency).await;
        self.pass_gates(&scope).await;
        if self.outage.is_down() {
            return Worked { places: worked.places, ..Worked::nginx(StatusCode::BAD_GATEWAY) };
        }
        if let Some(Kind::Reset | Kind::ReusedReset) = strike.kind() {
            return worked;
        }
        let mut answer = match strike.effect.as_ref().and_then(Effect::answer_instead) {
            Some(answer) => answer,
            None => self.answer_struck(&incoming, login, &strike, &mut worked).await,
        };
        incoming.add_headers(&mut answer, &self.sessions);
        if self.behind_nginx {
            answer = nginx::forwarded(answer);
        }
        worked.answer = Some(answer);
        worked
    }

    /// Restarts once a time has passed, which begins now.
    fn restart_after(self: &Arc<Self>, grace: Duration, down_for: Duration) {
        let service = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(grace).await;
            service.restart(down_for);
        });
    }

    /// Cuts all connections, and lets nginx answer alone for a time.
    pub(crate) fn restart(&self, down_for: Duration) {
        // In this order, so that whoever comes back finds the server down.
        self.outage.begin(down_for);
        self.connections.reset();
    }

    /// Answers from the state, as far as the faults let it.
    async fn answer_struck(&self, incoming: &Incoming, login: Login, strike: &Strike, worked: &mut Worked) -> Answer {
        let caller = match self.log_in(login, strike, worked).await {
            _ if strike.kind() == Some(&Kind::Anonymous) => Caller::Anonymous,
            caller => caller,
        };
        let answer = self.answer(incoming, &caller, strike.scanner_down);
        wait(strike.latency_of_overviews(&answer)).await;
        match &strike.effect {
            Some(effect) => effect.change(answer),
            None => answer,
        }
    }

    /// Logs the caller in, which costs time, and the more where it fails.
    async fn log_in(&self, login: Login, strike: &Strike, worked: &mut Worked) -> Caller {
        let cost = self.login_cost + strike.login_cost;
        // Only passwords are compared under the lock: a session has none, and a robot's login does not read it; a wrong
        // one goes on as the login of a user.
        let has_password = matches!(login.authorization, Authorization::Basic | Authorization::BasicRefused);
        let is_robot = matches!(login.caller, Caller::Robot(_));
        if has_password && !is_robot && self.locks.is_locked(&login.name) {
            worked.login_refused = true;
            return Caller::Anonymous;
        }
        cost.burn(login.account);
        if login.authorization == Authorization::BasicRefused {
            let delay = self.login_delay.saturating_add(strike.login_freeze);
            self.locks.lock(&login.name, delay);
            wait(delay).await;
        }
        login.caller
    }

    /// Answers from the state alone.
    fn answer(&self, incoming: &Incoming, caller: &Caller, scanner_down: bool) -> Answer {
        if incoming.has_broken_path() {
            return if self.behind_nginx { nginx::page(StatusCode::BAD_REQUEST) } else { pages::broken_request() };
        }
        if self.behind_nginx
            && let Some(answer) = nginx::own_answer(&incoming.target, &incoming.path)
        {
            return answer;
        }
        self.outcome(incoming, caller, scanner_down).unwrap_or_else(|refusal| refusal.answer())
    }

    fn outcome(&self, incoming: &Incoming, caller: &Caller, scanner_down: bool) -> Outcome {
        let parameters = incoming.parameters.as_ref().map_err(Refusal::clone)?;
        incoming.check_forgery()?;
        let method = incoming.method.as_str();
        let operation = match &incoming.route {
            Route::Outside => return self.outside(incoming),
            Route::Unknown => {
                return Err(Refusal::not_found(format!("path {} was not found", incoming.path)));
            }
            Route::Api(Matched { operation: Some(operation), .. }) => operation,
            Route::Api(Matched { operation: None, methods, .. }) => {
                return Err(Refusal::method_not_allowed(method, methods));
            }
        };
        let asked = Asked {
            version: self.version,
            caller,
            headers: &incoming.headers,
            parameters,
            arguments: incoming.route.arguments(),
            path: &incoming.path,
            query: &incoming.query,
            body: &incoming.body,
        };
        check(operation, &asked)?;
        self.advance_scans();
        match handler(operation.id) {
            Some(handler) if scanner_down => self.run_without_scanner(handler, &asked),
            Some(Handler::Read(read)) => read(&asked.of(&self.registry.read().unwrap_or_else(PoisonError::into_inner))),
            Some(Handler::Write(write)) => {
                write(&mut self.registry.write().unwrap_or_else(PoisonError::into_inner), &asked)
            }
            None => Err(Refusal::not_simulated(operation.id, method, &incoming.decoded_path())),
        }
    }

    /// Answers what is not of the API: the login of the portal, and pages.
    fn outside(&self, incoming: &Incoming) -> Outcome {
        match (incoming.method.as_str(), incoming.path.as_str()) {
            ("POST", "/c/login") => {
                self.login_cost.burn(Account::User);
                let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
                self.sessions.log_in(&registry, &incoming.headers, &incoming.body, &incoming.new_session)
            }
            ("GET", "/c/log_out") => Ok(self.sessions.log_out(&incoming.headers)),
            _ => Ok(pages::outside(&incoming.path)),
        }
    }

    /// Answers from the state with a scanner that is not there; nobody else sees it so.
    fn run_without_scanner(&self, handler: Handler, asked: &Asked<'_>) -> Outcome {
        let mut registry = self.registry.write().unwrap_or_else(PoisonError::into_inner);
        let was_healthy = registry.is_scanner_healthy();
        registry.set_scanner_healthy(false);
        let outcome = match handler {
            Handler::Read(read) => read(&asked.of(&registry)),
            Handler::Write(write) => write(&mut registry, asked),
        };
        registry.set_scanner_healthy(was_healthy);
        outcome
    }

    /// Lets the scans get on that follow the clock.
    fn advance_scans(&self) {
        let now = Instant::now();
        let is_due = self.registry.read().unwrap_or_else(PoisonError::into_inner).has_due_scans(now);
        if is_due {
            self.registry.write().unwrap_or_else(PoisonError::into_inner).advance_due_scans(now);
        }
    }

    fn identify(&self, headers: &HeaderMap) -> Login {
        let login = auth::identify(&self.registry.read().unwrap_or_else(PoisonError::into_inner), headers);
        // Credentials come first; only where there are none, or wrong ones, the session counts.
        match (&login.caller, self.sessions.user(headers)) {
            (Caller::Anonymous, Some(user)) => Login::of_session(user),
            _ => login,
        }
    }

    async fn pass_gates(&self, scope: &Scope) {
        let gates = {
            let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
            gates.retain(|gate| !gate.is_open());
            gates.clone()
        };
        for gate in gates.iter().filter(|gate| gate.concerns(scope)) {
            gate.pass().await;
        }
    }
}

impl Worked {
    /// What nginx answers alone.
    fn nginx(status: StatusCode) -> Self {
        Self { answer: Some(nginx::page(status)), ..Self::default() }
    }
}

/// Waits; without a duration not even for the next tick of the timer.
async fn wait(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
