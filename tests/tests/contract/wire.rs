//! A server that answers what it is told and remembers what it was asked.

use std::{
    mem,
    sync::{Arc, Mutex},
};

use harbor_api::Client;
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use serde_json::Value;

use crate::call::{Arguments, Outcome, call};

/// The base path of Harbor's API, which the client takes as part of its base URL.
pub(crate) const BASE_PATH: &str = "/api/v2.0";

/// A client, the server that it talks to, and what passes between them.
pub(crate) struct Wire {
    client: Client,
    desk: Arc<Mutex<Desk>>,
    // The server lives as long as this.
    _server: MockServer,
}

/// An answer to be sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query as they were written.
    pub(crate) target: String,
    /// The decoded pairs of the query, sorted.
    pub(crate) query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

#[derive(Debug, Default)]
struct Desk {
    reply: Reply,
    requests: Vec<Request>,
}

impl Wire {
    /// Starts a server and makes a client for it.
    pub(crate) async fn start() -> Self {
        let server = MockServer::start_async().await;
        let desk = Arc::new(Mutex::new(Desk::default()));
        let shared = Arc::clone(&desk);
        server
            .mock_async(move |when, then| {
                when.any_request();
                then.respond_with(move |request| shared.lock().expect("no panic at the desk").serve(request));
            })
            .await;
        let http = harbor_api::http_client().no_proxy().build().expect("an HTTP client");
        let client = Client::new_with_client(&server.url(BASE_PATH), http);
        Self { client, desk, _server: server }
    }

    /// Calls an operation, which is answered by `reply`. It must send one request, and no cookie,
    /// although each answer brings one.
    pub(crate) async fn exchange(&self, id: &str, arguments: &Arguments, reply: Reply) -> (Request, Outcome) {
        self.desk.lock().expect("no panic at the desk").reply = reply;
        let outcome = call(&self.client, id, arguments).await;
        let mut requests = mem::take(&mut self.desk.lock().expect("no panic at the desk").requests);
        assert_eq!(requests.len(), 1, "{id} sends one request: {outcome:?}");
        let request = requests.remove(0);
        assert_eq!(request.header("cookie"), None, "{id} sends a cookie");
        (request, outcome)
    }
}

impl Reply {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", body.to_string())
    }

    /// An answer of any media type.
    pub(crate) fn text(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("Content-Type".to_owned(), media_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// The same answer with one more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Request {
    /// The value of a header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// The path as it was written.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl Desk {
    fn serve(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        let mut query = request.query_params();
        query.sort();
        let uri = request.uri();
        let target = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        self.requests.push(Request {
            method: request.method_str().to_owned(),
            target,
            query,
            headers: request.headers_vec().clone(),
            body: request.body_vec(),
        });
        HttpMockResponse::builder()
            .status(self.reply.status)
            .headers(self.reply.headers.clone())
            .header("Set-Cookie", "sid=0123456789; Path=/; HttpOnly")
            .body(self.reply.body.clone())
            .build()
    }
}
