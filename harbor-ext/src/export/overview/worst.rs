//! The worst of many, without keeping all of them.

use std::cmp::Reverse;

use crate::judge::{Assessed, Exploitation, Likelihood};
use crate::model::Severity;

/// How bad a finding is, in the order in which people should look at them: what counts before what is suppressed, what
/// is known to be exploited before what is not, then by severity, likelihood of exploitation, CVSS score, and whether
/// something can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::export) struct Rank {
    counts: bool,
    exploited: bool,
    severity: Severity,
    per_million: u32,
    tenths: u32,
    fixable: bool,
}

/// The worst of what is put in, up to a number; among equals, what came first.
#[derive(Debug)]
pub(in crate::export) struct Worst<T> {
    limit: usize,
    seen: usize,
    kept: Vec<(Reverse<Rank>, usize, T)>,
    /// What is not worse than this has no chance any more.
    floor: Option<Rank>,
}

impl Rank {
    pub(in crate::export) fn of(assessed: &Assessed<'_>) -> Self {
        Self {
            counts: !assessed.is_suppressed(),
            exploited: matches!(assessed.exploitation, Exploitation::Known(_)),
            severity: assessed.finding.severity(),
            per_million: match assessed.likelihood {
                Likelihood::Scored(score) => (score.probability * 1e6) as u32,
                _ => 0,
            },
            tenths: assessed.finding.cvss_score().map_or(0, |score| (score * 10.0).round() as u32),
            fixable: assessed.finding.fixable(),
        }
    }
}

impl<T> Worst<T> {
    pub(in crate::export) fn new(limit: usize) -> Self {
        Self { limit, seen: 0, kept: Vec::new(), floor: None }
    }

    pub(in crate::export) fn push(&mut self, rank: Rank, item: T) {
        self.seen += 1;
        if self.limit == 0 || self.floor.is_some_and(|floor| rank <= floor) {
            return;
        }
        self.kept.push((Reverse(rank), self.seen, item));
        // Room for twice as many makes a cut rare enough not to count.
        if self.kept.len() >= 2 * self.limit {
            let place = self.limit - 1;
            self.kept.select_nth_unstable_by_key(place, |(rank, place, _)| (*rank, *place));
            self.kept.truncate(self.limit);
            self.floor = self.kept.get(place).map(|(rank, _, _)| rank.0);
        }
    }

    /// The worst first, and how many were put in.
    pub(in crate::export) fn finish(mut self) -> (Vec<T>, usize) {
        self.kept.sort_unstable_by_key(|(rank, place, _)| (*rank, *place));
        self.kept.truncate(self.limit);
        (self.kept.into_iter().map(|(_, _, item)| item).collect(), self.seen)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rank(severity: Severity, tenths: u32) -> Rank {
        Rank { counts: true, exploited: false, severity, per_million: 0, tenths, fixable: false }
    }

    #[test]
    fn what_is_exploited_comes_before_what_is_severe_and_what_is_suppressed_last() {
        let critical = rank(Severity::Critical, 98);
        let exploited = Rank { exploited: true, ..rank(Severity::Low, 30) };
        let suppressed = Rank { counts: false, exploited: true, ..critical };
        assert!(exploited > critical && critical > suppressed);
        assert!(critical > rank(Severity::Critical, 90) && critical > rank(Severity::High, 100));
    }

    proptest! {
        /// The bounded choice is the beginning of the whole, sorted list.
        #[test]
        fn the_worst_are_those_of_the_sorted_list(
            ranks in prop::collection::vec((prop::sample::select(&Severity::ALL[..]), 0..4_u32), 0..200),
            limit in 0..20_usize,
        ) {
            let ranks: Vec<Rank> = ranks.into_iter().map(|(severity, tenths)| rank(severity, tenths)).collect();
            let mut worst = Worst::new(limit);
            ranks.iter().enumerate().for_each(|(place, rank)| worst.push(*rank, place));
            let mut expected: Vec<usize> = (0..ranks.len()).collect();
            expected.sort_by_key(|place| (Reverse(ranks[*place]), *place));
            expected.truncate(limit);
            prop_assert_eq!(worst.finish(), (expected, ranks.len()));
        }
    }
}
