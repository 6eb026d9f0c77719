//! The handle to one Harbor, and how to make it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use reqwest::header::{self, HeaderMap};
use reqwest::redirect;
use url::{Host, Url};

use crate::client::{Client, Portal};
use crate::credentials::{Credentials, variable};
use crate::error::Error;
use crate::failure::{Failure, Phase, Target};
use crate::fetch::{self, AccessCheck, Cause, Lookup, Query};
use crate::model::{Artifact, ArtifactInfo, Owner, Repository};
use crate::name::{NamesArtifact, ProjectName, RepositoryName};
use crate::session::Session;
use crate::settings::{Concurrency, RetryPolicy, Settings};

/// Where Harbor's API lies below its address.
const API_PATH: &str = "/api/v2.0";

/// One Harbor, and who asks it. Cheap to clone: clones share connections.
///
/// Nothing is sent before a query is collected or streamed.
#[derive(Clone)]
pub struct Harbor {
    session: Arc<Session>,
}

impl Harbor {
    /// The environment variable with the address of a Harbor.
    pub const URL_VARIABLE: &str = "HARBOR_URL";

    /// Starts with the address of a Harbor, such as `https://harbor.example.com`.
    ///
    /// The path `/api/v2.0` is added where it is missing. Use `https://` where the server has it: a redirect from
    /// `http://` would lose the credentials, so it is reported instead of followed.
    pub fn builder(url: impl Into<String>) -> HarborBuilder {
        HarborBuilder {
            url: url.into(),
            credentials: None,
            has_session_login: false,
            http_client: None,
            settings: Settings::default(),
        }
    }

    /// Starts with the address in `HARBOR_URL` and the credentials that [`Credentials::from_env`] finds.
    ///
    /// # Errors
    ///
    /// [`Error::Environment`] when one of them is not set.
    pub fn from_env() -> Result<HarborBuilder, Error> {
        let url = variable(Self::URL_VARIABLE)?
            .ok_or_else(|| Error::Environment(format!("no address: set {}", Self::URL_VARIABLE)))?;
        Ok(Self::builder(url).credentials(Credentials::from_env()?))
    }

    /// All repositories that the caller can see; narrow it with [`Query::projects`] or [`Query::repositories`].
    pub fn repositories(&self) -> Query<Repository> {
        Query::new(Arc::clone(&self.session))
    }

    /// All artifacts that the caller can see, without their reports.
    ///
    /// As in Harbor's lists, the platform images of an index and signatures are not listed on their own.
    pub fn artifacts(&self) -> Query<Artifact> {
        Query::new(Arc::clone(&self.session))
    }

    /// All artifacts that the caller can see, each with its vulnerability report or the reason why there is none.
    pub fn reports(&self) -> Query<ArtifactInfo> {
        Query::new(Arc::clone(&self.session))
    }

    /// One repository, by its full name.
    ///
    /// Fails with [`NotFound`](crate::FailureKind::NotFound) where there is none. Costs one request, and one to check the
    /// credentials; needs the permission `repository:list`.
    pub fn repository(&self, name: impl ToString) -> Lookup<Repository> {
        let name = name.to_string();
        let target = name.parse::<RepositoryName>().map(Target::from).unwrap_or_default();
        Lookup::new(self.repositories().repository(name), target)
    }

    /// One artifact, by a reference such as `library/nginx:1.25` or `library/a/b@sha256:…`; see [`NamesArtifact`] for
    /// what else can name it.
    ///
    /// It is looked up in the list of its repository, which the permission `artifact:list` is enough for, images of an
    /// index included. Only what no list shows (signatures and the like, and the tag `nil`) is asked for by itself, with
    /// the permission `artifact:read`. Fails with [`NotFound`](crate::FailureKind::NotFound) where there is no such
    /// artifact. Costs one request, a second one for what the list does not show, and one to check the credentials.
    pub fn artifact(&self, reference: impl NamesArtifact) -> Lookup<Artifact> {
        self.lookup(self.artifacts(), reference)
    }

    /// One artifact with its vulnerability report or the reason why there is none, by a reference such as
    /// `library/nginx:1.25`.
    ///
    /// As [`artifact`](Self::artifact), and then fetches the report as [`reports`](Self::reports) does. "Never scanned"
    /// and the like are states of the artifact; a report that may not or cannot be read is a failure.
    pub fn report(&self, reference: impl NamesArtifact) -> Lookup<ArtifactInfo> {
        self.lookup(self.reports(), reference)
    }

    /// Who the project of an artifact belongs to. For many artifacts, [`owners`](Self::owners) costs less.
    ///
    /// # Errors
    ///
    /// When the account cannot see the project, or the server could not be asked. Not being allowed to read the owner's
    /// account is not an error: the list of projects tells the name to everybody who sees the project, and
    /// [`Owner::failure`] says which permission is missing for the rest.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn owner(&self, artifact: impl AsRef<Artifact>) -> Result<Owner, Failure> {
        let project = artifact.as_ref().repository.project().clone();
        let owner = fetch::owners(&self.session, BTreeSet::from([project.clone()])).await.remove(&project);
        owner.unwrap_or_else(|| Err(Failure::of_input(project.into(), "there is no such project".to_owned())))
    }

    /// Who the projects of some artifacts belong to, by project: an answer or a failure for each.
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
    /// let artifacts = harbor.artifacts().try_collect().await?;
    /// let owners = harbor.owners(&artifacts).await;
    /// for artifact in &artifacts {
    ///     match &owners[artifact.repository.project()] {
    ///         Ok(owner) => println!("{artifact} belongs to {owner}"),
    ///         Err(failure) => println!("{artifact}: {failure}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Costs one request to check the credentials, one for twenty projects, and one for each owner, however many artifacts
    /// there are; where accounts may not be read, one request finds that out. Dropping the future ends the requests under
    /// way.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn owners<A: AsRef<Artifact>>(
        &self,
        artifacts: impl IntoIterator<Item = A>,
    ) -> BTreeMap<ProjectName, Result<Owner, Failure>> {
        let projects = artifacts.into_iter().map(|artifact| artifact.as_ref().repository.project().clone());
        let projects = projects.collect();
        fetch::owners(&self.session, projects).await
    }

    /// Who the server takes the caller for, and what may be read in which project; see [`AccessCheck`].
    pub fn check_access(&self) -> AccessCheck {
        AccessCheck::new(Arc::clone(&self.session))
    }

    fn lookup<T>(&self, query: Query<T>, reference: impl NamesArtifact) -> Lookup<T> {
        let url = self.url();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let reference = reference.artifact_reference(&format!("{}{port}", url.host_str().unwrap_or_default()));
        let target = reference.clone().map(Target::from).unwrap_or_default();
        Lookup::new(query.artifact(reference), target)
    }

    /// The generated client with these credentials, for every other operation of Harbor.
    ///
    /// It is a plain client: nothing is repeated, wrong credentials are not noticed (Harbor answers with what is
    /// public), and the path of a repository must be given as
    /// [`RepositoryName::encoded_path`](crate::name::RepositoryName::encoded_path).
    #[must_use]
    pub fn client(&self) -> &harbor_api::Client {
        &self.session.client
    }

    /// Says in words what went wrong in an operation of the generated client, without headers and without the secret.
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
    /// let quotas = harbor.client().list_quotas().send().await.map_err(|error| harbor.failure(error))?;
    /// println!("{} quotas", quotas.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn failure(&self, error: harbor_api::Error<harbor_api::types::Errors>) -> Failure {
        Cause::from(error).seen_by(&self.session).into_failure(Phase::Calling, Target::default(), 1)
    }

    /// Ends the session of a [session login](HarborBuilder::session_login), where there is one; otherwise nothing is sent.
    ///
    /// Queries that are under way, and later ones, log in again. Without it, the session ends by itself an hour after the
    /// last request.
    pub async fn log_out(&self) {
        self.session.client.log_out().await;
    }

    /// The address of the Harbor, without the path of the API.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.session.url
    }
}

impl fmt::Debug for Harbor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Harbor").field(&self.session).finish()
    }
}

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
            Some(_) if !is_private(&url) => {
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
        let client = Client::new(api, &credentials, portal);
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
fn is_private(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        }
}

/// Reads the address of a Harbor. What it refuses is not repeated in the error: it may hold a password.
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
