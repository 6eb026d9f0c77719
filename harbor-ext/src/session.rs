//! What all requests to one Harbor share: the client, who asks, and how.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::budget::Budget;
use crate::client::Client;
use crate::credentials::Credentials;
use crate::settings::Settings;

/// What all requests to one Harbor share.
pub struct Session {
    pub(crate) client: Client,
    pub(crate) url: Url,
    pub(crate) credentials: Credentials,
    pub(crate) settings: Settings,
    /// Shared, because a server has the repeats of all queries to bear.
    pub(crate) budget: Arc<Budget>,
}

impl Session {
    /// The same session for one query, whose requests are counted apart from those of others at the same time.
    pub(crate) fn for_one_query(&self) -> Self {
        Self {
            client: self.client.for_one_query(),
            url: self.url.clone(),
            credentials: self.credentials.clone(),
            settings: self.settings.clone(),
            budget: Arc::clone(&self.budget),
        }
    }

    /// A text without what lets others in: the secret, and what opens a session.
    pub(crate) fn redact(&self, text: String) -> String {
        self.client.redact(self.credentials.redact(text))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("url", &self.url.as_str())
            .field("credentials", &self.credentials)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
