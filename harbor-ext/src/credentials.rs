//! Who a program is to a Harbor.

use std::env::{self, VarError};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::HeaderValue;

use crate::error::Error;
use crate::redaction::hide;

/// Who the requests are made as. `Debug` never shows a secret.
///
/// Prefer a **system robot**: Harbor hashes a local user's password 600,000 times on every request (98 ms of its CPU,
/// from v2.15.2 on), a robot's secret 4,096 times. Reading every report needs no more than the permissions
/// `repository:list`, `artifact:list` and `artifact-addition:read`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Anonymous,
    Basic { username: String, secret: String },
    Bearer { token: String },
}

impl Credentials {
    /// The environment variable with the name of a user or robot.
    pub const USERNAME_VARIABLE: &str = "HARBOR_USERNAME";
    /// The environment variable with the password of a user or the secret of a robot.
    pub const SECRET_VARIABLE: &str = "HARBOR_SECRET";
    /// The environment variable with an OIDC id token.
    pub const TOKEN_VARIABLE: &str = "HARBOR_TOKEN";

    /// A user with a password, or a robot by its full name and secret.
    #[must_use]
    pub fn basic(username: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(Kind::Basic { username: username.into(), secret: secret.into() })
    }

    /// A system robot by the name it was created with: `robot("auditor", …)` is `robot$auditor`.
    ///
    /// A name that contains a `$` is taken as the full name, since the prefix `robot$` can be configured.
    #[must_use]
    pub fn robot(name: impl AsRef<str>, secret: impl Into<String>) -> Self {
        let name = name.as_ref();
        let username = if name.contains('$') { name.to_owned() } else { format!("robot${name}") };
        Self::basic(username, secret)
    }

    /// An OIDC id token. Harbor asks its identity provider on every request.
    #[must_use]
    pub fn bearer(token: impl Into<String>) -> Self {
        Self(Kind::Bearer { token: token.into() })
    }

    /// Nobody: only what is public can be read, and only where Harbor lets anonymous callers list.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(Kind::Anonymous)
    }

    /// Reads `HARBOR_USERNAME` and `HARBOR_SECRET`, or, where neither is set, `HARBOR_TOKEN`. Nothing in this crate reads
    /// the environment unless this function, or [`Harbor::from_env`](crate::Harbor::from_env), is called.
    ///
    /// # Errors
    ///
    /// [`Error::Environment`] when neither pair nor token is there, when only half of the pair is, or when a value is
    /// not Unicode. The message names the variable, never its value.
    pub fn from_env() -> Result<Self, Error> {
        let username = variable(Self::USERNAME_VARIABLE)?;
        let secret = variable(Self::SECRET_VARIABLE)?;
        let token = variable(Self::TOKEN_VARIABLE)?;
        match (username, secret, token) {
            (Some(username), Some(secret), _) => Ok(Self::basic(username, secret)),
            (Some(_), None, _) => Err(missing(Self::SECRET_VARIABLE, Self::USERNAME_VARIABLE)),
            (None, Some(_), _) => Err(missing(Self::USERNAME_VARIABLE, Self::SECRET_VARIABLE)),
            (None, None, Some(token)) => Ok(Self::bearer(token)),
            (None, None, None) => Err(Error::Environment(format!(
                "no credentials: set {} and {}, or {}",
                Self::USERNAME_VARIABLE,
                Self::SECRET_VARIABLE,
                Self::TOKEN_VARIABLE
            ))),
        }
    }

    /// Whether these credentials are nobody's.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.0 == Kind::Anonymous
    }

    /// The name that is sent, where one is.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        match &self.0 {
            Kind::Basic { username, .. } => Some(username),
            Kind::Anonymous | Kind::Bearer { .. } => None,
        }
    }

    /// The name and the password of somebody who may be a local user. A user's name cannot hold the `$` of a robot's; that
    /// a name without one is a user's is not certain, since the prefix of robots can be configured.
    pub(crate) fn password(&self) -> Option<(&str, &str)> {
        match &self.0 {
            Kind::Basic { username, secret } if !username.contains('$') => Some((username, secret)),
            Kind::Basic { .. } | Kind::Anonymous | Kind::Bearer { .. } => None,
        }
    }

    /// A text without the secret and without the header that carries it. A proxy may quote the request that it refuses.
    pub(crate) fn redact(&self, text: String) -> String {
        match &self.0 {
            Kind::Anonymous => text,
            Kind::Basic { username, secret } => hide(&hide(&text, &basic(username, secret)), secret),
            Kind::Bearer { token } => hide(&text, token),
        }
    }

    /// The `Authorization` header, marked so that no log shows it.
    pub(crate) fn header(&self) -> Result<Option<HeaderValue>, Error> {
        let text = match &self.0 {
            Kind::Anonymous => return Ok(None),
            Kind::Basic { username, .. } if username.contains(':') => {
                return Err(Error::InvalidCredentials("a user name cannot contain a colon"));
            }
            Kind::Basic { username, secret } => {
                format!("Basic {}", basic(username, secret))
            }
            Kind::Bearer { token } => format!("Bearer {token}"),
        };
        let mut header = HeaderValue::try_from(text)
            .map_err(|_| Error::InvalidCredentials("the token contains characters that no header can carry"))?;
        header.set_sensitive(true);
        Ok(Some(header))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Anonymous => formatter.write_str("Anonymous"),
            Kind::Basic { username, .. } => {
                formatter.debug_struct("Basic").field("username", username).finish_non_exhaustive()
            }
            Kind::Bearer { .. } => formatter.debug_struct("Bearer").finish_non_exhaustive(),
        }
    }
}

/// What basic authentication sends.
fn basic(username: &str, secret: &str) -> String {
    BASE64.encode(format!("{username}:{secret}"))
}

/// The value of an environment variable; an empty one counts as unset.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Error> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Error::Environment(format!("the value of {name} is not Unicode"))),
    }
}

fn missing(absent: &str, present: &str) -> Error {
    Error::Environment(format!("{present} is set but {absent} is not: set both"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let all = [
            Credentials::basic("admin", "hunter2"),
            Credentials::robot("auditor", "hunter2"),
            Credentials::bearer("hunter2"),
        ];
        for credentials in all {
            let shown = format!("{credentials:?} {:#?} {:?}", credentials, credentials.header());
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(!shown.contains(&BASE64.encode("admin:hunter2")), "{shown}");
        }
    }

    #[test]
    fn what_a_proxy_quotes_is_redacted() {
        let text = "GET / Authorization: Basic YWRtaW46aHVudGVyMg== (admin:hunter2) hunter2".to_owned();
        let redacted = Credentials::basic("admin", "hunter2").redact(text.clone());
        assert_eq!(redacted, "GET / Authorization: Basic … (admin:…) …");
        assert_eq!(Credentials::anonymous().redact(text.clone()), text);
        assert_eq!(Credentials::bearer("hunter2").redact("Bearer hunter2".to_owned()), "Bearer …");
    }

    #[test]
    fn a_robot_gets_the_prefix_once() {
        assert_eq!(Credentials::robot("auditor", "s").username(), Some("robot$auditor"));
        assert_eq!(Credentials::robot("robot$team+ci", "s").username(), Some("robot$team+ci"));
    }

    #[test]
    fn robots_and_tokens_have_no_password() {
        assert_eq!(Credentials::basic("alice", "s").password(), Some(("alice", "s")));
        for credentials in [Credentials::robot("a", "s"), Credentials::bearer("s"), Credentials::anonymous()] {
            assert_eq!(credentials.password(), None);
        }
    }

    #[test]
    fn the_header_is_basic_authentication() {
        let header = Credentials::basic("admin", "Harbor12345").header().unwrap().unwrap();
        assert_eq!(header.as_bytes(), b"Basic YWRtaW46SGFyYm9yMTIzNDU=");
        assert!(header.is_sensitive());
        assert_eq!(Credentials::anonymous().header().unwrap(), None);
    }

    #[test]
    fn what_no_header_can_carry_is_refused() {
        assert!(Credentials::bearer("a\nb").header().is_err());
        assert!(Credentials::basic("a:b", "c").header().is_err());
    }
}
