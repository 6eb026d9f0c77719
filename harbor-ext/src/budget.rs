//! How much of what is sent to a server may be repeats.
//!
//! A server in trouble fails many requests, and a client that repeats each of them three times sends it four times as
//! much. So repeats are a share of what was answered, beyond a small reserve, for all queries of one
//! [`Harbor`](crate::Harbor) together. Where the share is used up they are not dropped but paced: what a patient caller
//! would get is got. Only where none of them is answered for as long as the caller's patience lasts, the rest is not worth
//! waiting for. A repeat that is answered costs nothing in the end, so that a server that is well again is asked at full
//! speed for all that had failed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::settings::{LONGEST_DELAY, RetryPolicy};

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
    uncovered: Option<Uncovered>,
}

/// Repeats that were let through without cover, and of which none was answered.
#[derive(Clone, Copy, Debug)]
struct Uncovered {
    since: Instant,
    /// When the next one may be sent.
    next: Instant,
}

/// Why a repeat is not sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// It is to be asked for again at this time.
    Until(Instant),
    /// All others were in vain for longer than the caller's patience.
    Hopeless,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Mutex::new(Account { balance: RESERVE * ANSWERS_PER_REPEAT, uncovered: None }))
    }
}

impl Budget {
    /// An answer came in, be it to a repeat or at the first attempt.
    pub(crate) fn answered(&self, is_repeat: bool) {
        let refund = if is_repeat { ANSWERS_PER_REPEAT } else { 0 };
        let mut account = self.account();
        account.balance = (account.balance + 1 + refund).min(MOST * ANSWERS_PER_REPEAT);
        if is_repeat && let Some(uncovered) = &mut account.uncovered {
            uncovered.since = uncovered.next;
        }
    }

    /// Takes one repeat. Where none is covered, one after each first delay is let through all the same.
    ///
    /// # Errors
    ///
    /// Why it is not to be sent now.
    pub(crate) fn take(&self, now: Instant, policy: &RetryPolicy) -> Result<(), Denial> {
        let RetryPolicy { first_delay, patience, .. } = policy;
        let mut account = self.account();
        if let Some(rest) = account.balance.checked_sub(ANSWERS_PER_REPEAT) {
            account.balance = rest;
            return Ok(());
        }
        let since = match account.uncovered {
            Some(Uncovered { since, next }) if now < next => {
                return Err(if now - since < *patience { Denial::Until(next) } else { Denial::Hopeless });
            }
            // What was long ago says nothing of now.
            Some(Uncovered { since, next }) if now - next < *patience => since,
            _ => now,
        };
        account.uncovered = Some(Uncovered { since, next: now + (*first_delay).min(LONGEST_DELAY) });
        Ok(())
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PACE: Duration = Duration::from_millis(200);

    fn policy() -> RetryPolicy {
        RetryPolicy { first_delay: PACE, patience: 100 * PACE, ..RetryPolicy::default() }
    }

    /// How many repeats are let through in a time, asked for as soon as allowed.
    fn repeats(budget: &Budget, time: Duration) -> u32 {
        let start = Instant::now();
        let (mut now, mut count) = (start, 0);
        while now < start + time {
            match budget.take(now, &policy()) {
                Ok(()) => count += 1,
                Err(Denial::Until(next)) => now = next,
                Err(Denial::Hopeless) => break,
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
            budget.take(now, &policy()).unwrap();
        });
    }

    #[test]
    fn repeats_that_are_all_in_vain_come_to_an_end_and_those_of_later_begin_anew() {
        let budget = Budget::default();
        assert_eq!(repeats(&budget, 1000 * PACE), RESERVE + 101);
        let later = Instant::now() + 1000 * PACE;
        assert_eq!(budget.take(later, &policy()), Ok(()));
        assert_eq!(budget.take(later, &policy()), Err(Denial::Until(later + PACE)));
    }

    #[test]
    fn a_repeat_that_is_answered_is_a_reason_to_go_on() {
        let budget = Budget::default();
        assert_eq!(repeats(&budget, 90 * PACE), RESERVE + 90);
        budget.answered(true);
        let now = Instant::now() + 110 * PACE;
        // One is covered by now.
        assert_eq!([(); 2].map(|()| budget.take(now, &policy())), [Ok(()); 2]);
        assert_eq!(budget.take(now, &policy()), Err(Denial::Until(now + PACE)));
    }

    #[test]
    fn what_can_be_saved_up_is_bounded() {
        let budget = Budget::default();
        (0..100_000).for_each(|_| budget.answered(false));
        assert_eq!(repeats(&budget, PACE), MOST + 1);
    }
}
