//! On what terms a queue asks.

use std::sync::Arc;
use std::time::Duration;

use crate::budget::Budget;
use crate::session::Session;
use crate::settings::Settings;

/// How requests are repeated, how many run at once, and how long everything may take.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) settings: Settings,
    /// Shared by all queues of one session.
    pub(crate) budget: Arc<Budget>,
    /// How long the queue may take, from its first poll on.
    pub(crate) deadline: Option<Duration>,
}

impl Terms {
    pub(crate) fn of(session: &Session, deadline: Option<Duration>) -> Self {
        Self { settings: session.settings.clone(), budget: Arc::clone(&session.budget), deadline }
    }
}
