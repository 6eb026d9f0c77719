//! The time in which nothing but nginx answers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Whether the server is down.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Up,
    DownUntilTold,
    DownUntil(Instant),
}

impl Outage {
    /// Ends or begins an outage, whatever there was before.
    pub(crate) fn set_down(&self, down: bool) {
        *self.state() = match down {
            true => State::DownUntilTold,
            false => State::Up,
        };
    }

    /// Begins an outage of a time.
    pub(crate) fn begin(&self, time: Duration) {
        *self.state() = match Instant::now().checked_add(time) {
            Some(end) => State::DownUntil(end),
            None => State::DownUntilTold,
        };
    }

    pub(crate) fn is_down(&self) -> bool {
        match *self.state() {
            State::Up => false,
            State::DownUntilTold => true,
            State::DownUntil(end) => Instant::now() < end,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
