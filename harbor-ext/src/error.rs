//! Why a [`Harbor`](crate::Harbor) could not be made.

/// Why a [`Harbor`](crate::Harbor) could not be made. What goes wrong later, while reading a registry, is a
/// [`Failure`](crate::Failure).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one of a Harbor.
    #[error("the address of the Harbor {0}: give it like https://harbor.example.com")]
    InvalidUrl(String),

    /// The credentials cannot be sent.
    #[error("the credentials cannot be sent: {0}")]
    InvalidCredentials(&'static str),

    /// No credentials were given, and anonymous access was not asked for.
    #[error("no credentials: give some, or ask for Credentials::anonymous() to read only what is public")]
    MissingCredentials,

    /// The environment does not say what was asked of it.
    #[error("the environment is incomplete: {0}")]
    Environment(String),

    /// A setting makes no sense.
    #[error("{0}")]
    InvalidSetting(&'static str),

    /// The HTTP client cannot be made, for instance because the platform's certificates cannot be read.
    #[error("the HTTP client cannot be made")]
    HttpClient(#[source] reqwest::Error),
}
