//! What all requests to one Harbor share: the client, who asks, how, and what was learned about the server.

use std::fmt;
use std::sync::OnceLock;

use url::Url;

use crate::credentials::Credentials;
use crate::settings::Settings;

/// What all requests to one Harbor share.
pub struct Session {
    pub(crate) client: harbor_api::Client,
    pub(crate) url: Url,
    pub(crate) credentials: Credentials,
    pub(crate) settings: Settings,
    identity: OnceLock<Identity>,
}

/// What the server said of the caller.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The version of the Harbor; told to everybody but nobody.
    pub(crate) version: Option<String>,
}

impl Session {
    pub(crate) fn new(client: harbor_api::Client, url: Url, credentials: Credentials, settings: Settings) -> Self {
        Self { client, url, credentials, settings, identity: OnceLock::new() }
    }

    /// What the server said of the caller, once it was asked.
    pub(crate) fn identity(&self) -> Option<&Identity> {
        self.identity.get()
    }

    /// Remembers what the server said of the caller. The first answer stands: queries that run side by side ask alike.
    pub(crate) fn remember(&self, identity: Identity) {
        let _ = self.identity.set(identity);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("url", &self.url.as_str())
            .field("credentials", &self.credentials)
            .field("settings", &self.settings)
            .field("identity", &self.identity.get())
            .finish_non_exhaustive()
    }
}
