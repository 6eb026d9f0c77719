//! How long to wait before a request is repeated.

use std::time::Duration;

use crate::settings::{LONGEST_DELAY, RetryPolicy};

/// The wait after the given number of vain attempts (1 after the first), with `random` between 0 and 1.
///
/// Chance spreads the repeats of many clients; the server's own wish is a lower bound, so that a random zero does
/// not ignore it. Nothing is longer than the policy's longest delay.
pub(crate) fn delay(policy: &RetryPolicy, attempts: u32, wished: Option<Duration>, random: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(31);
    let longest = policy.longest_delay.min(LONGEST_DELAY);
    let ceiling = policy.first_delay.saturating_mul(1 << doublings).min(longest);
    let own = ceiling.mul_f64(random.clamp(0.0, 1.0));
    own.max(wished.unwrap_or_default()).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn policy() -> RetryPolicy {
        RetryPolicy { first_delay: SECOND, longest_delay: 10 * SECOND, ..RetryPolicy::default() }
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_longest_delay() {
        let ceilings: Vec<_> = (1..=6).map(|attempts| delay(&policy(), attempts, None, 1.0).as_secs()).collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 10, 10]);
        assert_eq!(delay(&policy(), u32::MAX, None, 1.0), 10 * SECOND);
    }

    #[test]
    fn chance_goes_down_to_nothing() {
        assert_eq!(delay(&policy(), 3, None, 0.0), Duration::ZERO);
        assert_eq!(delay(&policy(), 3, None, 0.5), 2 * SECOND);
    }

    #[test]
    fn the_servers_wish_is_a_lower_bound_within_the_longest_delay() {
        assert_eq!(delay(&policy(), 1, Some(3 * SECOND), 0.1), 3 * SECOND);
        assert_eq!(delay(&policy(), 3, Some(SECOND), 1.0), 4 * SECOND);
        assert_eq!(delay(&policy(), 1, Some(600 * SECOND), 0.1), 10 * SECOND);
    }
}
