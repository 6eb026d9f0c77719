//! How much of what is sent to a server may be repeats.
//!
//! A server in trouble fails many requests, and a client that repeats each of them three times sends it four times as
//! much. So repeats are a share of what was answered, beyond a small reserve, for all queries of one
//! [`Harbor`](crate::Harbor) together. Where the share is used up they are not dropped but paced: what a patient caller
//! would get is got. A repeat that is answered costs nothing in the end, so that a server that is well again is asked at
//! full speed for all that had failed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// One repeat for so many answers.
const ANSWERS_PER_REPEAT: u32 = 5;

/// How many repeats there are before anything was answered, and how many can be saved up.
const RESERVE: u32 = 20;
const MOST: u32 = 200;

/// The repeats that all queries of one `Harbor` may still send at once.
#[derive(Debug)]
pub(crate) struct Budget(Mutex<Account>);

#[derive(Debug)]
struct Account {
    /// In answers, of which a repeat costs several.
    balance: u32,
    /// When the next repeat may be sent that is not covered.
    next_uncovered: Option<Instant>,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Account { balance: RESERVE * ANSWERS_PER_REPEAT, next_uncovered: None }))
    }
}

impl Budget {
    /// An answer came in, be it to a repeat or at the first attempt.
    pub(crate) fn answered(&self, is_repeat: bool) {
        let refund = if is_repeat { ANSWERS_PER_REPEAT } else { 0 };
        let mut account = self.account();
        account.balance = (account.balance + 1 + refund).min(MOST * ANSWERS_PER_REPEAT);
    }

    /// Takes one repeat. Where none is covered, one after each `pace` is let through all the same.
    ///
    /// # Errors
    ///
    /// When to ask again.
    pub(crate) fn take(&self, now: Instant, pace: Duration) -> Result<(), Instant> {
        let mut account = self.account();
        if let Some(rest) = account.balance.checked_sub(ANSWERS_PER_REPEAT) {
            account.balance = rest;
            return Ok(());
        }
        match account.next_uncovered {
            Some(next) if now < next => Err(next),
            _ => {
                account.next_uncovered = Some(now + pace);
                Ok(())
            }
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Duration = Duration::from_millis(200);

    /// How many repeats are let through in a time, asked for as soon as allowed.
    fn repeats(budget: &Budget, time: Duration) -> u32 {
        let start = Instant::now();
        let (mut now, mut count) = (start, 0);
        while now < start + time {
            match budget.take(now, PACE) {
                Ok(()) => count += 1,
                Err(next) => now = next,
            }
        }
        count
    }

    #[test]
    fn a_reserve_is_there_from_the_beginning_and_then_repeats_are_paced() {
        assert_eq!(repeats(&Budget::default(), 10 * PACE), RESERVE + 10);
    }

    #[test]
    fn repeats_are_a_share_of_the_answers() {
        let budget = Budget::default();
        repeats(&budget, PACE);
        (0..100).for_each(|_| budget.answered(false));
        assert_eq!(repeats(&budget, PACE), 100 / ANSWERS_PER_REPEAT + 1);
    }

    #[test]
    fn a_server_that_is_well_again_is_asked_at_full_speed() {
        let budget = Budget::default();
        let now = Instant::now();
        repeats(&budget, PACE);
        // The one that is let through without cover is answered.
        (0..1000).for_each(|_| {
            budget.answered(true);
            budget.take(now, PACE).unwrap();
        });
    }

    #[test]
    fn what_can_be_saved_up_is_bounded() {
        let budget = Budget::default();
        (0..100_000).for_each(|_| budget.answered(false));
        assert_eq!(repeats(&budget, PACE), MOST + 1);
    }
}
