//! The way of a request: log, faults, hold, login, route, answer.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::auth::{self, Authorization, Login};
use crate::connection::{Connection, Connections};
use crate::fault::{Arrival, Effect, Faults, Kind, Places, Scope, Strike};
use crate::hold::Gate;
use crate::http::operations::Matched;
use crate::http::routes::Route;
use crate::http::{Answer, Asked, Handler, Outcome, check, handler, pages};
use crate::incoming::Incoming;
use crate::log::Log;
use crate::login::{Locks, LoginCost};
use crate::nginx;
use crate::outage::Outage;
use crate::outgoing::{Delivery, send, send_dripping, send_half};
use crate::registry::{Caller, Registry};
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
    pub(crate) faults: Faults,
    pub(crate) gates: Mutex<Vec<Arc<Gate>>>,
    pub(crate) outage: Outage,
    pub(crate) connections: Connections,
    pub(crate) log: Log,
    pub(crate) answers: AtomicU64,
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
    let incoming = Incoming::new(head, body, service.version, service.behind_nginx);
    service.handle(&incoming, &connection).await
}

impl Service {
    async fn handle(&self, incoming: &Incoming, connection: &Connection) -> Response {
        let reuses_connection = connection.carry_request();
        let login = self.identify(&incoming.headers);
        let request_id = self.request_id(&incoming.headers);
        let flight = self.log.arrive(incoming.log_entry(login.authorization, &request_id), login.caller.name());
        let scope = incoming.scope();
        if self.outage.is_down() {
            return send(nginx::page(StatusCode::BAD_GATEWAY), Delivery::new(flight, Places::default()));
        }
        let mut strike = self.faults.strike(&Arrival {
            scope: &scope,
            target: &incoming.target,
            has_credentials: login.authorization != Authorization::None,
            reuses_connection,
        });
        if let Some(Kind::Restart(down_for)) = strike.kind() {
            self.restart(*down_for);
            return Response::default();
        }
        let delivery = Delivery::new(flight, strike.take_places().await);
        wait(strike.latency).await;
        self.pass_gates(&scope).await;
        if self.outage.is_down() {
            return send(nginx::page(StatusCode::BAD_GATEWAY), delivery);
        }
        if let Some(Kind::Reset | Kind::ReusedReset) = strike.kind() {
            // Nothing of this answer is ever written.
            connection.reset();
            return Response::default();
        }
        let mut answer = match strike.effect.as_ref().and_then(Effect::answer_instead) {
            Some(answer) => answer,
            None => self.answer_struck(incoming, login, &strike, &delivery).await,
        };
        incoming.add_headers(&mut answer, &request_id);
        if self.behind_nginx {
            answer = nginx::forwarded(answer);
        }
        let mut response = match strike.kind() {
            Some(Kind::Truncated) => send_half(answer, delivery),
            Some(Kind::Drip { bytes, every }) => send_dripping(answer, delivery, *bytes, *every),
            _ => send(answer, delivery),
        };
        if incoming.method == Method::HEAD && response.status().is_success() {
            // Where there is nothing whose length could be told, none is.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        if self.behind_nginx && !incoming.ends_connection() {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("keep-alive"));
        }
        response
    }

    /// Cuts all connections, and lets nginx answer alone for a time.
    pub(crate) fn restart(&self, down_for: Duration) {
        // In this order, so that whoever comes back finds the server down.
        self.outage.begin(down_for);
        self.connections.reset();
    }

    /// Answers from the state, as far as the faults let it.
    async fn answer_struck(&self, incoming: &Incoming, login: Login, strike: &Strike, delivery: &Delivery) -> Answer {
        let caller = match self.log_in(login, strike, delivery).await {
            _ if strike.kind() == Some(&Kind::Anonymous) => Caller::Anonymous,
            caller => caller,
        };
        let answer = self.answer(incoming, &caller);
        wait(strike.latency_of_overviews(&answer)).await;
        match &strike.effect {
            Some(effect) => effect.change(answer),
            None => answer,
        }
    }

    /// Logs the caller in, which costs time, and the more where it fails.
    async fn log_in(&self, login: Login, strike: &Strike, delivery: &Delivery) -> Caller {
        let cost = self.login_cost + strike.login_cost;
        // A robot's login does not read the lock; a wrong one goes on as the login of a user.
        let is_robot = matches!(login.caller, Caller::Robot(_));
        if !is_robot && self.locks.is_locked(&login.name) {
            delivery.flight().login_refused();
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
    fn answer(&self, incoming: &Incoming, caller: &Caller) -> Answer {
        if incoming.has_broken_path() {
            return if self.behind_nginx { nginx::page(StatusCode::BAD_REQUEST) } else { pages::broken_request() };
        }
        if self.behind_nginx
            && let Some(answer) = nginx::own_answer(&incoming.target, &incoming.path)
        {
            return answer;
        }
        self.outcome(incoming, caller).unwrap_or_else(|refusal| refusal.answer())
    }

    fn outcome(&self, incoming: &Incoming, caller: &Caller) -> Outcome {
        let parameters = incoming.parameters.as_ref().map_err(Refusal::clone)?;
        incoming.check_forgery()?;
        let method = incoming.method.as_str();
        let operation = match &incoming.route {
            Route::Outside => return Ok(pages::outside(&incoming.path)),
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
            Some(Handler::Read(read)) => read(&asked.of(&self.registry.read().unwrap_or_else(PoisonError::into_inner))),
            Some(Handler::Write(write)) => {
                write(&mut self.registry.write().unwrap_or_else(PoisonError::into_inner), &asked)
            }
            None => Err(Refusal::not_simulated(operation.id, method, &incoming.decoded_path())),
        }
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
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        auth::identify(&registry, headers)
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

    /// The id that the client sent, or one of the server's own.
    fn request_id(&self, headers: &HeaderMap) -> String {
        let sent = headers.get("x-request-id").and_then(|value| value.to_str().ok());
        let number = self.answers.fetch_add(1, Ordering::SeqCst) + 1;
        match sent {
            Some(id) if !id.is_empty() => id.to_owned(),
            _ => format!("00000000-0000-4000-8000-{number:012x}"),
        }
    }
}

/// Waits; without a duration not even for the next tick of the timer.
async fn wait(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
