//! The way of a request: log, hold, login, faults, route, answer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::auth::{self, Authorization};
use crate::connection::ResetSwitch;
use crate::fault::{Effect, Fault, Kind, Scope};
use crate::hold::Gate;
use crate::http::routes::Route;
use crate::http::{Answer, Asked, Handler, Outcome, check, handler, pages};
use crate::incoming::Incoming;
use crate::log::Log;
use crate::nginx;
use crate::outgoing::{send, send_half};
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
    pub(crate) faults: Mutex<Vec<Fault>>,
    pub(crate) gates: Mutex<Vec<Arc<Gate>>>,
    pub(crate) down: AtomicBool,
    pub(crate) log: Log,
    pub(crate) answers: AtomicU64,
}

/// Answers every request.
pub(crate) async fn serve(
    State(service): State<Arc<Service>>,
    ConnectInfo(connection): ConnectInfo<ResetSwitch>,
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
    async fn handle(&self, incoming: &Incoming, connection: &ResetSwitch) -> Response {
        let (caller, authorization) = self.identify(&incoming.headers);
        let request_id = self.request_id(&incoming.headers);
        let flight = self.log.arrive(incoming.log_entry(authorization, &request_id));
        let scope = incoming.scope();
        self.pass_gates(&scope).await;
        if self.down.load(Ordering::SeqCst) {
            return send(nginx::page(StatusCode::BAD_GATEWAY), flight);
        }
        if authorization == Authorization::BasicRefused {
            wait(self.login_delay).await;
        }
        let (latency, effect) = self.strike(&scope, &incoming.target);
        wait(latency).await;
        let answer = self.answer(incoming, &caller);
        let mut answer = match &effect {
            Some(effect) => effect.apply(answer),
            None => answer,
        };
        incoming.add_headers(&mut answer, &request_id);
        if self.behind_nginx {
            nginx::add_headers(&mut answer);
        }
        match effect.map(|effect| effect.kind) {
            Some(Kind::Reset) => {
                // Nothing of this answer is ever written.
                connection.reset();
                Response::default()
            }
            Some(Kind::Truncated) => send_half(answer, flight),
            _ => send(answer, flight),
        }
    }

    /// Answers from the state alone.
    fn answer(&self, incoming: &Incoming, caller: &Caller) -> Answer {
        if self.behind_nginx
            && let Some(answer) = nginx::own_answer(&incoming.path)
        {
            return answer;
        }
        self.outcome(incoming, caller).unwrap_or_else(|refusal| refusal.answer())
    }

    fn outcome(&self, incoming: &Incoming, caller: &Caller) -> Outcome {
        let parameters = incoming.parameters.as_ref().map_err(Refusal::clone)?;
        if incoming.is_write() {
            auth::check_csrf(&incoming.headers)?;
        }
        let method = incoming.method.as_str();
        let operation = match &incoming.route {
            Route::Outside => return Ok(pages::page_not_found()),
            Route::Unknown => {
                return Err(Refusal::not_found(format!("path {} was not found", incoming.decoded_path())));
            }
            Route::Api { operation: Some(operation), .. } => operation,
            Route::Api { matched, operation: None } => {
                return Err(Refusal::method_not_allowed(method, &matched.methods()));
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

    fn identify(&self, headers: &HeaderMap) -> (Caller, Authorization) {
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

    /// The latency of all faults that strike, and the first one that strikes with anything else.
    fn strike(&self, scope: &Scope, target: &str) -> (Duration, Option<Effect>) {
        let mut latency = Duration::ZERO;
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in faults.iter_mut() {
            if !fault.strikes(scope, target) {
                continue;
            }
            match &fault.effect().kind {
                Kind::Latency(more) => latency += *more,
                _ => return (latency, Some(fault.effect().clone())),
            }
        }
        (latency, None)
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
