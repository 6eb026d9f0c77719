//! The way of a request: log, hold, login, faults, route, answer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::auth::{self, Authorization};
use crate::connection::ResetSwitch;
use crate::fault::{Effect, Fault, Kind, Scope, nginx_page};
use crate::hold::Gate;
use crate::http::{Answer, Call};
use crate::incoming::Incoming;
use crate::log::Log;
use crate::outgoing::{send, send_half};
use crate::registry::{Caller, Registry};
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) registry: RwLock<Registry>,
    pub(crate) version: HarborVersion,
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
    let incoming = Incoming::new(&request, service.version);
    service.handle(&incoming, &connection).await
}

impl Service {
    async fn handle(&self, incoming: &Incoming, connection: &ResetSwitch) -> Response {
        let (caller, authorization) = self.identify(&incoming.headers);
        let request_id = self.request_id(&incoming.headers);
        let flight = self.log.arrive(incoming.log_entry(authorization, &request_id), caller.name());
        let scope = incoming.scope();
        self.pass_gates(&scope).await;
        if self.down.load(Ordering::SeqCst) {
            return send(nginx_page(StatusCode::BAD_GATEWAY), flight);
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
        let parameters = match &incoming.parameters {
            Ok(parameters) => parameters,
            Err(refusal) => return refusal.answer(),
        };
        if incoming.is_write() && auth::has_session(&incoming.headers) {
            return Refusal::forbidden("CSRF token not found in request").answer();
        }
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        let call = Call {
            registry: &registry,
            version: self.version,
            caller,
            headers: &incoming.headers,
            parameters,
            path: &incoming.path,
            query: &incoming.query,
        };
        let outcome = incoming.route.answer(&call, &incoming.method, &incoming.decoded_path());
        outcome.unwrap_or_else(|refusal| refusal.answer())
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
