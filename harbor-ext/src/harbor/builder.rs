//! How the handle to a Harbor is made.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{self, HeaderMap};
use reqwest::redirect;
use url::{Host, Url};

use super::Harbor;
use crate::client::{Client, Portal};
use crate::credentials::Credentials;
use crate::error::Error;
use crate::session::Session;
use crate::settings::{Concurrency, RetryPolicy, Settings};

/// Where Harbor's API lies below its address.
const API_PATH: &str = "/api/v2.0";

/// Makes a [`Harbor`]. `Debug` shows neither secrets nor the HTTP client, whose headers may hold some.
#[must_use = "a builder does nothing until it is built"]
pub struct HarborBuilder {
    url: String,
    credentials: Option<Credentials>,
    has_session_login: bool,
    http_client: Option<reqwest::ClientBuilder>,
    settings: Settings,
}

impl HarborBuilder {
    pub(super) fn new(url: String) -> Self {
        Self { url, credentials: None, has_session_login: false, http_client: None, settings: Settings::default() }
    }

    /// Who asks. Without this, [`build`](Self::build) refuses: anonymous access must be asked for with
    /// [`Credentials::anonymous`].
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Logs a local user in at Harbor's portal once, and reads in the session that this opens. Off unless it is asked for.
    ///
    /// A [robot](Credentials::robot) is the better way. Where there is none to be had, a session spares the server the
    /// hashing of the password: 98 ms of processor time in every request from Harbor 2.15.2 on. It is for names and
    /// passwords only, LDAP's included, and changes nothing for robots, tokens and anonymous access.
    ///
    /// Only what belongs to one project is read in the session: lists, reports and the name of its scanner. When a session
    /// has ended, Harbor goes on as for an anonymous caller; such a caller is refused what is private, which leads to a new
    /// login and the same question again, and sees all of what is public. Who the caller is and which projects there are is
    /// always asked with the password, and so is everything, with a warning, where the portal refuses the login. Nothing is
    /// ever written in the session, but Harbor's audit log may have an entry for each login.
    ///
    /// The session ends with [`Harbor::log_out`], or by itself an hour after the last request.
    ///
    /// [`build`](Self::build) refuses it for an address with `http://`, unless it is this machine's own: a session is as
    /// good as the password while it lasts.
    pub fn session_login(mut self, wanted: bool) -> Self {
        self.has_session_login = wanted;
        self
    }

    /// How often and how long failed requests are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// How many requests of one query are under way at once; by default the number adapts to the server.
    pub fn concurrency(mut self, concurrency: Concurrency) -> Self {
        self.settings.concurrency = concurrency;
        self
    }

    /// The HTTP client to use, for own certificates, proxies or time-outs: start from
    /// [`http_client`](crate::http_client). Credentials and the handling of redirects are added to it.
    ///
    /// ```no_run
    /// use harbor_ext::reqwest::{Certificate, Proxy};
    /// use harbor_ext::{Credentials, Harbor};
    ///
    /// # fn example(pem: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// let http = harbor_ext::http_client()
    ///     .add_root_certificate(Certificate::from_pem(pem)?)
    ///     .proxy(Proxy::https("http://proxy.example.com:3128")?);
    /// let harbor = Harbor::builder("https://harbor.example.com")
    ///     .credentials(Credentials::from_env()?)
    ///     .http_client(http)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Do not give it a cookie store: Harbor hands out a session with every answer, and a session that is sent back
    /// makes every write need a CSRF token.
    pub fn http_client(mut self, client: reqwest::ClientBuilder) -> Self {
        self.http_client = Some(client);
        self
    }

    /// Makes the handle; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the address is not one of a Harbor, when there are no credentials or they cannot be sent, when a setting
    /// makes no sense, or when the HTTP client cannot be made.
    pub fn build(self) -> Result<Harbor, Error> {
        let url = parse_url(&self.url)?;
        let credentials = self.credentials.ok_or(Error::MissingCredentials)?;
        self.settings.validate()?;
        let portal = match credentials.password().filter(|_| self.has_session_login) {
            Some(_) if !is_confidential(&url) => {
                return Err(Error::InvalidSetting("a session login needs an address with https://"));
            }
            Some((user, password)) => Some(Portal::new(url.clone(), user.to_owned(), password.to_owned())),
            None => None,
        };
        let mut headers = HeaderMap::new();
        if let Some(header) = credentials.header()? {
            headers.insert(header::AUTHORIZATION, header);
        }
        // A client that was not made by ours needs a provider, too.
        harbor_api::install_tls_provider();
        let http_client = self
            .http_client
            .unwrap_or_else(harbor_api::http_client)
            .default_headers(headers)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|error| Error::HttpClient(error.without_url()))?;
        let base_url = format!("{}{API_PATH}", url.as_str().trim_end_matches('/'));
        let api = harbor_api::Client::new_with_client(&base_url, http_client);
        let client = Client::new(api, registry_name(&url).into(), &credentials, portal);
        let session = Session { client, url, credentials, settings: self.settings, budget: Arc::default() };
        Ok(Harbor { session: Arc::new(session) })
    }
}

impl fmt::Debug for HarborBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address is not shown either: it is not checked yet, and may hold a password.
        formatter
            .debug_struct("HarborBuilder")
            .field("credentials", &self.credentials)
            .field("has_session_login", &self.has_session_login)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Whether nobody on the way can read what is sent.
fn is_confidential(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

/// Reads the address of a Harbor. What it refuses is not repeated in the error: it may hold a password.
/// The address without the scheme, as one writes it in front of the name of a repository to pull from it.
fn registry_name(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{}{port}{path}", url.host_str().unwrap_or_default())
}

fn parse_url(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Err(Error::InvalidUrl(why.to_owned()));
    let mut url = match Url::parse(text.trim()) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return refuse("has no https:// in front"),
        Err(error) => return Err(Error::InvalidUrl(format!("cannot be read ({error})"))),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("must begin with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not hold a user name or password: use Credentials");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not hold a query (?) or fragment (#)");
    }
    let path = url.path().trim_end_matches('/');
    // Whatever follows is an address below the API, as in the message of a redirect.
    let path = path.find(API_PATH).map_or(path, |end| &path[..end]).to_owned();
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base_url(text: &str) -> String {
        use harbor_api::ClientInfo as _;
        let harbor = Harbor::builder(text).credentials(Credentials::anonymous()).build().unwrap();
        harbor.client().baseurl().to_owned()
    }

    #[test]
    fn the_path_of_the_api_is_added_once() {
        for (given, wanted) in [
            ("https://h.example", "https://h.example/api/v2.0"),
            ("https://h.example/", "https://h.example/api/v2.0"),
            ("https://h.example/api/v2.0/", "https://h.example/api/v2.0"),
            ("https://h.example/api/v2.0/systeminfo", "https://h.example/api/v2.0"),
            ("http://h.example:8080/harbor", "http://h.example:8080/harbor/api/v2.0"),
            (" https://h.example\n", "https://h.example/api/v2.0"),
        ] {
            assert_eq!(base_url(given), wanted);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_showing_it() {
        for (given, part) in [
            ("harbor.example.com", "https://"),
            ("ftp://h.example", "must begin"),
            ("https://admin:hunter2@h.example", "Credentials"),
            ("https://h.example?token=hunter2", "query"),
            ("https://", "cannot be read"),
        ] {
            let error = Harbor::builder(given).credentials(Credentials::anonymous()).build().unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(part), "{given}: {shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_session_login_never_goes_over_the_open_network() {
        let build = |url: &str, credentials: Credentials| {
            Harbor::builder(url).credentials(credentials).session_login(true).build()
        };
        let user = || Credentials::basic("alice", "hunter2");
        for url in ["https://h.example", "http://127.0.0.1:8080", "http://[::1]", "http://localhost:8080"] {
            assert!(build(url, user()).is_ok(), "{url}");
        }
        for url in ["http://h.example", "http://10.0.0.1", "http://localhost.example"] {
            assert!(build(url, user()).unwrap_err().to_string().contains("https://"), "{url}");
            assert!(build(url, Credentials::robot("auditor", "s")).is_ok(), "robots have no session");
        }
    }

    #[test]
    fn anonymous_access_must_be_asked_for() {
        assert!(matches!(Harbor::builder("https://h.example").build(), Err(Error::MissingCredentials)));
    }

    #[test]
    fn debug_shows_no_secret() {
        let builder = Harbor::builder("https://h.example").credentials(Credentials::basic("admin", "hunter2"));
        assert!(!format!("{builder:?}").contains("hunter2"));
        assert!(!format!("{:?}", builder.build().unwrap()).contains("hunter2"));
    }
}
