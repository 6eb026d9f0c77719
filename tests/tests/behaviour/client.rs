//! A client that sends a request target byte for byte, which no URL library does, and shows how the answer was framed.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_platform_verifier::ConfigVerifierExt;
use serde_json::Value;

/// How long a server may send nothing; a live Harbor may build a list for a minute.
const SILENCE: Duration = Duration::from_secs(75);

/// Where a server listens.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    tls: bool,
    host: String,
    port: u16,
}

/// A name and a secret.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) name: String,
    secret: String,
}

/// A request before it is sent.
#[must_use]
pub(crate) struct Request {
    address: Address,
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    /// What was asked, for messages.
    asked: String,
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Address {
    /// Reads `http://host:port` or `https://host`, with or without the path of the API.
    pub(crate) fn parse(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap_or_else(|| panic!("{url:?} has no scheme"));
        let tls = match scheme {
            "http" => false,
            "https" => true,
            _ => panic!("the scheme of {url:?} is neither http nor https"),
        };
        let authority = rest.trim_end_matches('/').trim_end_matches("/api/v2.0");
        assert!(!authority.contains(['/', '@']), "{url:?} has a path or credentials");
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().unwrap_or_else(|_| panic!("the port of {url:?} is no number"))),
            None => (authority, if tls { 443 } else { 80 }),
        };
        Self { tls, host: host.to_owned(), port }
    }

    fn exchange(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut socket = TcpStream::connect((self.host.as_str(), self.port))?;
        socket.set_read_timeout(Some(SILENCE))?;
        if !self.tls {
            return exchange(&mut socket, request);
        }
        // A second installation is refused, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = ClientConfig::with_platform_verifier().map_err(io::Error::other)?;
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        exchange(&mut StreamOwned::new(connection, socket), request)
    }
}

impl Credentials {
    pub(crate) fn new(name: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { name: name.into(), secret: secret.into() }
    }
}

impl Request {
    /// A request for a target that goes out as it is.
    pub(crate) fn new(address: &Address, method: &'static str, target: impl Into<String>) -> Self {
        let (address, target) = (address.clone(), target.into());
        assert!(target.starts_with('/') && !target.contains([' ', '\r', '\n']), "{target:?} is no request target");
        Self { address, method, target, headers: Vec::new(), body: String::new() }
    }

    /// Adds credentials.
    pub(crate) fn login(self, credentials: &Credentials) -> Self {
        let encoded = STANDARD.encode(format!("{}:{}", credentials.name, credentials.secret));
        self.header("Authorization", &format!("Basic {encoded}"))
    }

    /// Adds a header, beside others of the same name.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a body of JSON.
    pub(crate) fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self.header("Content-Type", "application/json")
    }

    /// Sends the request on a connection of its own.
    pub(crate) fn send(self) -> Answer {
        let Self { address, method, target, headers, body } = self;
        let Address { host, port, .. } = &address;
        let mut request = format!("{method} {target} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() || method == "POST" {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(&body);
        let asked = format!("{method} {target}");
        let response = address.exchange(request.as_bytes()).unwrap_or_else(|error| panic!("{asked}: {error}"));
        let response = String::from_utf8(response).unwrap_or_else(|_| panic!("{asked}: the answer is no text"));
        Answer::read(asked, method == "HEAD", &response)
    }
}

impl Answer {
    fn read(asked: String, headless: bool, response: &str) -> Self {
        let (head, body) = response.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{asked}: no answer"));
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        let status = status.unwrap_or_else(|| panic!("{asked}: no status in {head:?}"));
        let mut answer = Self { asked, status, headers, text: String::new() };
        if !headless {
            answer.text = answer.unframed(body);
        }
        answer
    }

    fn unframed(&self, body: &str) -> String {
        if self.is_chunked() {
            return join_chunks(body).unwrap_or_else(|| panic!("{}: the answer is cut off", self.asked));
        }
        if let Some(length) = self.header("content-length") {
            assert_eq!(length, body.len().to_string(), "{}: the length of the body", self.asked);
        }
        body.to_owned()
    }

    /// What was asked and answered, for messages.
    pub(crate) fn about(&self) -> String {
        let text: String = self.text.chars().take(500).collect();
        format!("{}: {} {text}", self.asked, self.status)
    }

    /// The first header of a name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.as_str())
    }

    /// The cookies that the answer sets.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let cookies = self.headers.iter().filter(|(name, _)| name == "set-cookie");
        cookies.map(|(_, value)| value.as_str()).collect()
    }

    /// Whether the body came in chunks.
    pub(crate) fn is_chunked(&self) -> bool {
        self.header("transfer-encoding") == Some("chunked")
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.about()))
    }

    /// The elements of a list.
    pub(crate) fn rows(&self) -> Vec<Value> {
        match self.assert_status(200).json() {
            Value::Array(rows) => rows,
            _ => panic!("not a list: {}", self.about()),
        }
    }

    /// One member of each element of a list.
    pub(crate) fn column(&self, name: &str) -> Vec<Value> {
        self.rows().iter().map(|row| row[name].clone()).collect()
    }

    /// The number in `X-Total-Count`.
    pub(crate) fn total(&self) -> i64 {
        let total = self.header("x-total-count").and_then(|total| total.parse().ok());
        total.unwrap_or_else(|| panic!("no X-Total-Count: {}", self.about()))
    }

    /// Checks the status.
    #[track_caller]
    pub(crate) fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.about());
        self
    }

    /// Checks that the answer is an error of Harbor's shape, and answers its code and message.
    #[track_caller]
    pub(crate) fn error(&self) -> (String, String) {
        let json = self.json();
        let errors = json["errors"].as_array().filter(|errors| errors.len() == 1);
        let error = errors.unwrap_or_else(|| panic!("not one error: {}", self.about()))[0].clone();
        let member = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{}", self.about())).to_owned();
        (member("code"), member("message"))
    }

    /// Checks the status, the code and the message of an error.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str, message: &str) {
        self.assert_status(status);
        assert_eq!(self.error(), (code.to_owned(), message.to_owned()), "{}", self.about());
    }
}

fn exchange(stream: &mut (impl Read + Write), request: &[u8]) -> io::Result<Vec<u8>> {
    stream.write_all(request)?;
    stream.flush()?;
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        // Some servers close without TLS' goodbye; whether something is missing shows in the framing.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(response),
        Err(error) => Err(error),
        Ok(_) => Ok(response),
    }
}

fn join_chunks(mut body: &str) -> Option<String> {
    let mut text = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n")?;
        match usize::from_str_radix(size, 16).ok()? {
            0 => return Some(text),
            size => {
                text.push_str(rest.get(..size)?);
                body = rest.get(size + 2..)?;
            }
        }
    }
}
