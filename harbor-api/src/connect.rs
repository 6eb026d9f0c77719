//! Making a client: TLS, time-outs, and no cookies.

use std::time::Duration;

use crate::Client;

/// The `User-Agent` of every request: this crate, its version, and the Harbor release that it was made from.
pub const USER_AGENT: &str = concat!("harbor-api/", env!("CARGO_PKG_VERSION"));

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the server may send nothing. Harbor writes the first byte of a heavy list only when all of it is ready,
/// and the nginx that it ships cuts after 60 s, so waiting a little longer lets the server's own answer arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(75);

/// Starts an HTTP client that suits Harbor: the TLS library chosen by feature, verified certificates, 10 s to
/// connect, 75 s of silence before giving up, no bound on the whole request, no cookies.
///
/// Add credentials, proxies or certificates, build it, and hand it to [`Client::new_with_client`].
///
/// With the feature `rustls` this makes ring the process' default crypto provider, unless the program has installed
/// one before.
pub fn http_client() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT);
    with_tls(builder)
}

#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    // An error means that a provider is installed already: the program's own choice stands.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder.tls_backend_rustls()
}

#[cfg(not(feature = "rustls"))]
fn with_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

impl Client {
    /// Makes a client without credentials for the API below `base_url`, such as
    /// `https://harbor.example.com/api/v2.0`. Trailing slashes are dropped.
    ///
    /// # Errors
    ///
    /// When the HTTP client cannot be made, for instance because the platform's certificates cannot be read.
    pub fn new(base_url: &str) -> reqwest::Result<Self> {
        let client = http_client().build()?;
        Ok(Self::new_with_client(base_url.trim_end_matches('/'), client))
    }
}
