//! The way of a request: log, hold, faults, login, route, and the headers that every answer has.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::header::{CONTENT_LENGTH, HeaderName, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures::{StreamExt, stream};

use crate::auth;
use crate::connection::ResetSwitch;
use crate::fault::{Fault, Kind, Scope, nginx_page};
use crate::hold::Gate;
use crate::http::routes::{Route, merge_slashes};
use crate::http::{Answer, Call};
use crate::log::{Flight, Log, Request};
use crate::registry::{Caller, Registry};
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::parameters::{Parameters, unescape_path};

/// Bodies up to this size are sent with their length, longer ones in chunks.
const LARGEST_SIZED_BODY: usize = 2048;

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
    let method = request.method().clone();
    let headers = request.headers().clone();
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str())
        .to_owned();
    service
        .handle(&method, &target, &headers, &connection)
        .await
}

impl Service {
    async fn handle(
        &self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        connection: &ResetSwitch,
    ) -> Response {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = merge_slashes(path);
        let route = Route::of(&path, self.version.lists_project_artifacts());
        let (caller, authorization) = {
            let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
            auth::identify(&registry, headers)
        };
        let request_id = self.request_id(headers);
        let flight = self.log.arrive(Request {
            method: method.to_string(),
            target: target.to_owned(),
            operation: route.operation(),
            status: None,
            authorization,
            session: auth::has_session(headers),
            request_id: request_id.clone(),
        });
        let scope = scope_of(&route, query);
        self.pass_gates(&scope).await;
        if self.down.load(Ordering::SeqCst) {
            return respond(nginx_page(StatusCode::BAD_GATEWAY), flight, false);
        }
        if authorization == auth::Authorization::BasicRefused {
            wait(self.login_delay).await;
        }
        let (latency, fault) = self.strike(&scope, target);
        wait(latency).await;
        if matches!(fault.as_ref().map(Fault::kind), Some(Kind::Reset)) {
            connection.reset();
        }
        let answer = self.answer(&route, method, &caller, headers, &path, query);
        let mut answer = match &fault {
            Some(fault) => fault.apply(answer),
            None => answer,
        };
        if answer.headers.get("server").is_none() {
            common_headers(
                &mut answer.headers,
                &request_id,
                method,
                headers,
                answer.status,
                query,
            );
        }
        respond(
            answer,
            flight,
            matches!(fault.as_ref().map(Fault::kind), Some(Kind::Truncated)),
        )
    }

    /// Answers from the state alone.
    fn answer(
        &self,
        route: &Route,
        method: &Method,
        caller: &Caller,
        headers: &HeaderMap,
        path: &str,
        query: &str,
    ) -> Answer {
        let parameters = match Parameters::parse(query) {
            Ok(parameters) => parameters,
            Err(refusal) => return refusal.answer(),
        };
        if *method != Method::GET && *method != Method::HEAD && auth::has_session(headers) {
            return Refusal::forbidden("CSRF token not found in request").answer();
        }
        let registry = self.registry.read().unwrap_or_else(PoisonError::into_inner);
        let call = Call {
            registry: &registry,
            version: self.version,
            caller,
            headers,
            parameters: &parameters,
            path,
            query,
        };
        let decoded = unescape_path(path).unwrap_or_else(|| path.to_owned());
        route
            .answer(&call, method, &decoded)
            .unwrap_or_else(|refusal| refusal.answer())
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
    fn strike(&self, scope: &Scope, target: &str) -> (Duration, Option<Fault>) {
        let mut latency = Duration::ZERO;
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        for fault in faults.iter_mut() {
            if !fault.strikes(scope, target) {
                continue;
            }
            match fault.kind() {
                Kind::Latency(more) => latency += *more,
                _ => return (latency, Some(fault.clone())),
            }
        }
        (latency, None)
    }

    /// The id that the client sent, or one of the server's own.
    fn request_id(&self, headers: &HeaderMap) -> String {
        let sent = headers
            .get("x-request-id")
            .and_then(|value| value.to_str().ok());
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

/// What a request is, for faults and holds.
fn scope_of(route: &Route, query: &str) -> Scope {
    let artifacts = matches!(
        route,
        Route::Artifact(_) | Route::Artifacts { .. } | Route::ProjectArtifacts { .. }
    );
    let parameters = Parameters::parse_leniently(query);
    Scope {
        operation: Some(route.operation().to_owned()),
        project: route.project().map(str::to_owned),
        overview: artifacts && parameters.flag("with_scan_overview", false),
    }
}

fn common_headers(
    answer: &mut HeaderMap,
    request_id: &str,
    method: &Method,
    request: &HeaderMap,
    status: StatusCode,
    query: &str,
) {
    // A query string that is not well-formed is refused before the request gets its id.
    let refused_early = status == StatusCode::BAD_REQUEST && Parameters::parse(query).is_err();
    if let (false, Ok(id)) = (refused_early, HeaderValue::from_str(request_id)) {
        answer.insert(HeaderName::from_static("x-request-id"), id);
    }
    if !auth::has_session(request) {
        let cookie = HeaderValue::from_static("sid=4f2d0e6a9b1c8d735e60; Path=/; HttpOnly");
        answer.insert(SET_COOKIE, cookie);
    } else if *method == Method::GET {
        answer.insert(VARY, HeaderValue::from_static("Cookie"));
        let token = HeaderValue::from_static("c2ltdWxhdGVkLXRva2Vu");
        answer.insert(HeaderName::from_static("x-harbor-csrf-token"), token);
        let cookie = HeaderValue::from_static("_gorilla_csrf=c2ltdWxhdGVk; Path=/; HttpOnly");
        answer.insert(SET_COOKIE, cookie);
    }
}

/// Sends an answer; the request is in flight until its body is.
fn respond(answer: Answer, flight: Flight, truncated: bool) -> Response {
    let Answer {
        status,
        headers,
        body,
    } = answer;
    flight.answered(status.as_u16());
    let length = body.len();
    let body = match truncated {
        true => truncated_body(body, flight),
        false => Body::from_stream(stream::once(async move {
            let _flight = flight;
            Ok::<_, io::Error>(body)
        })),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if length <= LARGEST_SIZED_BODY && !truncated {
        response
            .headers_mut()
            .insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// The first half of a body in a chunk, and then an error that makes the server close the connection.
fn truncated_body(body: Bytes, flight: Flight) -> Body {
    let half = stream::once(async move { Ok(body.slice(..body.len() / 2)) });
    let end = stream::once(async move {
        let _flight = flight;
        // The connection sends what it has before it hears of the error only if it has to wait for it.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    Body::from_stream(half.chain(end))
}
