//! What a login costs, and who is locked after a wrong one.

use std::collections::HashMap;
use std::hint;
use std::ops::Add;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::auth::Account;

/// The time of the processor that comparing a secret takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoginCost {
    pub(crate) users: Duration,
    pub(crate) robots: Duration,
}

/// The names that are locked, each until a time of its own.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<String, Instant>>);

impl LoginCost {
    /// Keeps the thread busy, as comparing a secret does: the server answers nobody meanwhile.
    pub(crate) fn burn(self, account: Account) {
        let cost = match account {
            Account::User => self.users,
            Account::Robot => self.robots,
            Account::Nobody => return,
        };
        let started = Instant::now();
        while started.elapsed() < cost {
            hint::spin_loop();
        }
    }
}

impl Add for LoginCost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { users: self.users.saturating_add(other.users), robots: self.robots.saturating_add(other.robots) }
    }
}

impl Locks {
    /// Locks a name from now on for a time.
    pub(crate) fn lock(&self, name: &str, time: Duration) {
        let now = Instant::now();
        let mut locks = self.locks();
        locks.retain(|_, until| *until > now);
        if let Some(until) = now.checked_add(time) {
            locks.insert(name.to_owned(), until);
        }
    }

    pub(crate) fn is_locked(&self, name: &str) -> bool {
        self.locks().get(name).is_some_and(|until| *until > Instant::now())
    }

    fn locks(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
