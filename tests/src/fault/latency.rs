//! How much later an answer comes.

use std::time::Duration;

/// A latency, which may depend on chance, on the load, and on how many requests came before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Latency {
    Fixed(Duration),
    /// Every latency between two bounds is as likely as any other.
    Between(Duration, Duration),
    /// Most are short and few are long: exponential with a mean, cut off at the longest.
    Exponential {
        mean: Duration,
        longest: Duration,
    },
    /// The base, and a step more for each request in flight above the knee.
    Load {
        base: Duration,
        knee: usize,
        step: Duration,
    },
    /// One for each request in turn; the last one stays.
    InTurn(Vec<Duration>),
}

/// What the latency of a request depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Circumstances {
    /// A number from 0 up to, but without, 1.
    pub(crate) chance: f64,
    /// The requests in flight that the fault strikes, this one included.
    pub(crate) in_flight: usize,
    /// The requests that the fault has struck before.
    pub(crate) before: usize,
}

impl Latency {
    pub(crate) fn of(&self, circumstances: Circumstances) -> Duration {
        match self {
            Self::Fixed(latency) => *latency,
            Self::Between(low, high) => *low + high.saturating_sub(*low).mul_f64(circumstances.chance),
            // The chance is below 1, so that the logarithm is finite. What is no duration any more is too long anyway.
            Self::Exponential { mean, longest } => {
                let seconds = mean.as_secs_f64() * -(1.0 - circumstances.chance).ln();
                Duration::try_from_secs_f64(seconds).map_or(*longest, |latency| latency.min(*longest))
            }
            Self::Load { base, knee, step } => {
                let above = circumstances.in_flight.saturating_sub(*knee);
                base.saturating_add(step.saturating_mul(u32::try_from(above).unwrap_or(u32::MAX)))
            }
            Self::InTurn(latencies) => {
                latencies.get(circumstances.before).or(latencies.last()).copied().unwrap_or_default()
            }
        }
    }

    /// Whether chance has a part in it.
    pub(crate) fn is_drawn(&self) -> bool {
        matches!(self, Self::Between(..) | Self::Exponential { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    fn drawn(latency: &Latency, chance: f64) -> Duration {
        latency.of(Circumstances { chance, in_flight: 1, before: 0 })
    }

    #[test]
    fn a_range_is_reached_from_end_to_end() {
        let latency = Latency::Between(20 * MILLISECOND, 200 * MILLISECOND);
        assert_eq!(drawn(&latency, 0.0), 20 * MILLISECOND);
        assert_eq!(drawn(&latency, 0.5), 110 * MILLISECOND);
    }

    #[test]
    fn an_exponential_latency_has_its_mean_and_its_end() {
        let latency = Latency::Exponential { mean: 100 * MILLISECOND, longest: Duration::from_secs(1) };
        let total: Duration = (0..1000).map(|number| drawn(&latency, f64::from(number) / 1000.0)).sum();
        assert!((98 * MILLISECOND..102 * MILLISECOND).contains(&(total / 1000)), "{total:?}");
        assert_eq!(drawn(&latency, 0.999_999_999), Duration::from_secs(1));
        let endless = Latency::Exponential { mean: Duration::MAX, longest: MILLISECOND };
        assert_eq!(drawn(&endless, 0.999_999_999), MILLISECOND);
    }

    #[test]
    fn the_load_counts_above_the_knee_only() {
        let latency = Latency::Load { base: 10 * MILLISECOND, knee: 8, step: 20 * MILLISECOND };
        let at = |in_flight| latency.of(Circumstances { chance: 0.0, in_flight, before: 0 });
        assert_eq!([1, 8, 9, 12].map(at), [10, 10, 30, 90].map(Duration::from_millis));
    }

    #[test]
    fn the_last_latency_in_turn_stays() {
        let latency = Latency::InTurn([9, 5, 1].map(Duration::from_secs).to_vec());
        let at = |before| latency.of(Circumstances { chance: 0.0, in_flight: 1, before });
        assert_eq!([0, 1, 2, 3, 100].map(at), [9, 5, 1, 1, 1].map(Duration::from_secs));
        let none = Latency::InTurn(Vec::new());
        assert_eq!(drawn(&none, 0.0), Duration::ZERO);
    }
}
