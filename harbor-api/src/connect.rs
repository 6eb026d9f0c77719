//! Making a client: TLS, time-outs, and no cookies.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::Client;

/// The `User-Agent` of every request: this crate, its version, and the Harbor release that it was made from.
pub const USER_AGENT: &str = concat!("harbor-api/", env!("CARGO_PKG_VERSION"));

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the server may send nothing. Harbor writes the first byte of a heavy list only when all of it is ready,
/// and the nginx that it ships cuts after 60 s, so waiting a little longer lets the server's own answer arrive.
const READ_TIMEOUT: Duration = Duration::from_secs(75);

/// How long a connection without a request is kept. The nginx that Harbor ships closes it after 75 s, and a request that
/// is sent just then is lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Starts an HTTP client that suits Harbor: the TLS library chosen by feature, verified certificates, 10 s to
/// connect, 75 s of silence before giving up, no bound on the whole request, no cookies. Connections are used again until
/// nothing was asked for 60 s; there are no more of them than requests at once, so that their number has no bound of its
/// own.
///
/// Add credentials, proxies or certificates, build it, and hand it to [`Client::new_with_client`].
///
/// With the feature `rustls` this calls [`install_tls_provider`].
pub fn http_client() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT);
    with_tls(builder)
}

/// Makes ring the TLS provider of the process, unless the program has installed one before.
///
/// [`http_client`] does it. It is needed only where an HTTP client is made in another way: with the feature `rustls`
/// alone, `reqwest::Client::new()` panics without a provider.
pub fn install_tls_provider() {
    // An error means that a provider is installed already: the program's own choice stands.
    #[cfg(feature = "rustls")]
    let _ = rustls::crypto::ring::default_provider().install_default();
}

#[cfg(feature = "rustls")]
fn with_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    install_tls_provider();
    builder.tls_backend_rustls()
}

#[cfg(not(feature = "rustls"))]
fn with_tls(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

/// Why a client could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientError {
    /// The address holds a user name or a password, which every error and log would show.
    CredentialsInUrl,
    /// The HTTP client cannot be made, for instance because the platform's certificates cannot be read.
    HttpClient(reqwest::Error),
}

impl Client {
    /// Makes a client without credentials for the API below `base_url`, such as
    /// `https://harbor.example.com/api/v2.0`. Trailing slashes are dropped.
    ///
    /// # Errors
    ///
    /// When the address holds credentials, and when the HTTP client cannot be made. Whether the address can be reached
    /// shows at the first request.
    pub fn new(base_url: &str) -> Result<Self, ClientError> {
        let authority = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
        if authority.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@')) {
            return Err(ClientError::CredentialsInUrl);
        }
        let client = http_client().build().map_err(ClientError::HttpClient)?;
        Ok(Self::new_with_client(base_url.trim_end_matches('/'), client))
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::CredentialsInUrl => {
                "the address holds credentials: put them into a default header of the HTTP client"
            }
            Self::HttpClient(_) => "the HTTP client cannot be made",
        })
    }
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::CredentialsInUrl => None,
            Self::HttpClient(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientInfo as _;

    #[test]
    fn an_address_with_credentials_is_refused() {
        for address in ["https://u:hunter2@h.example/api/v2.0", "u@h.example"] {
            let error = Client::new(address).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        let client = Client::new("https://h.example/api/v2.0/").unwrap();
        assert_eq!(client.baseurl(), "https://h.example/api/v2.0");
        assert!(Client::new("https://h.example/@odd").is_ok());
    }
}
