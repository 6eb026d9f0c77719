//! Statistics of CVSS scores.

use serde::Serialize;

use super::ArtifactReport;
use crate::model::FindingRef;

/// Statistics of the CVSS scores of some findings. Findings without a score do not count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CvssStatistics {
    /// The number of scores.
    pub count: usize,
    /// The arithmetic mean.
    pub mean: f64,
    /// The middle score; half-way between the two middle ones of an even number.
    pub median: f64,
    /// The standard deviation of a sample (divided by one less than the count); 0 for one score.
    pub stdev: f64,
    /// The lowest score.
    pub min: f64,
    /// The highest score.
    pub max: f64,
}

impl ArtifactReport {
    /// Statistics of the scores of all findings of all artifacts, each counted where it occurs;
    /// `None` where none has a score.
    #[must_use]
    pub fn cvss(&self) -> Option<CvssStatistics> {
        CvssStatistics::of(self.findings().map(|(_, finding)| finding))
    }
}

impl CvssStatistics {
    /// Statistics of the scores of some findings, such as those of one artifact; `None` where none
    /// has a score.
    #[must_use]
    pub fn of<'a>(findings: impl IntoIterator<Item = FindingRef<'a>>) -> Option<Self> {
        let mut histogram = Histogram::default();
        for score in findings.into_iter().filter_map(|finding| finding.cvss_score()) {
            histogram.add(score);
        }
        histogram.statistics()
    }
}

/// How often each score occurs. Scores have one decimal, so that tenths can be counted: this is
/// exact, does not depend on the order, and needs no room for millions of scores.
struct Histogram {
    tenths: [usize; 101],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { tenths: [0; 101] }
    }
}

impl Histogram {
    fn add(&mut self, score: f64) {
        self.tenths[(score.clamp(0.0, 10.0) * 10.0).round() as usize] += 1;
    }

    fn statistics(&self) -> Option<CvssStatistics> {
        let count: usize = self.tenths.iter().sum();
        if count == 0 {
            return None;
        }
        let sum_of = |power: u32| -> u128 {
            let terms = self.tenths.iter().zip(0_u128..);
            terms.map(|(times, tenths)| *times as u128 * tenths.pow(power)).sum()
        };
        let (n, sum, squares) = (count as u128, sum_of(1), sum_of(2));
        // n·Σx² − (Σx)² is n(n−1) times the variance, and exact in whole numbers.
        let spread = (n * squares - sum * sum) as f64;
        let pairs = n * (n - 1);
        Some(CvssStatistics {
            count,
            mean: sum as f64 / n as f64 / 10.0,
            median: (self.nth((count - 1) / 2) + self.nth(count / 2)) as f64 / 20.0,
            stdev: if pairs == 0 { 0.0 } else { (spread / pairs as f64).sqrt() / 10.0 },
            min: self.nth(0) as f64 / 10.0,
            max: self.nth(count - 1) as f64 / 10.0,
        })
    }

    /// The score at a place of the sorted scores, in tenths.
    fn nth(&self, place: usize) -> usize {
        let mut seen = 0;
        let is_reached = |times: &usize| {
            seen += times;
            seen > place
        };
        self.tenths.iter().position(is_reached).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::samples::{clean, finding, report_of, reported, scored, unscanned};

    fn statistics(tenths: &[u8]) -> Option<CvssStatistics> {
        let mut histogram = Histogram::default();
        for tenths in tenths {
            histogram.add(f64::from(*tenths) / 10.0);
        }
        histogram.statistics()
    }

    #[test]
    fn scores_of_all_artifacts_are_pooled() {
        let report = report_of([
            reported("p/one", 1, &[scored("1", "a", 2.0), scored("2", "a", 4.0)]),
            reported("p/two", 2, &[scored("1", "a", 4.0), scored("3", "a", 4.0)]),
            reported("p/three", 3, &[scored("4", "a", 5.0), scored("5", "a", 5.0)]),
            reported("p/four", 4, &[scored("6", "a", 7.0), scored("7", "a", 9.0)]),
            reported("p/five", 5, &[finding("8", "a", "1", "", "High"), scored("9", "a", 0.0)]),
            unscanned("p/six", 6),
        ]);
        let statistics = report.cvss().unwrap();
        assert_eq!(statistics.count, 8);
        assert_eq!((statistics.mean, statistics.median), (5.0, 4.5));
        assert_eq!((statistics.min, statistics.max), (2.0, 9.0));
        assert!((statistics.stdev - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn no_scores_have_no_statistics_and_one_has_no_deviation() {
        assert_eq!(report_of([clean("p/one", 1), unscanned("p/two", 2)]).cvss(), None);
        let one = CvssStatistics { count: 1, mean: 7.5, median: 7.5, stdev: 0.0, min: 7.5, max: 7.5 };
        assert_eq!(statistics(&[75]), Some(one));
    }

    proptest! {
        #[test]
        fn counting_tenths_gives_the_textbook_figures(tenths in prop::collection::vec(0..=100_u8, 1..200)) {
            let mut scores: Vec<f64> = tenths.iter().map(|tenths| f64::from(*tenths) / 10.0).collect();
            scores.sort_by(f64::total_cmp);
            let n = scores.len();
            let mean = scores.iter().sum::<f64>() / n as f64;
            let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
            let stdev = if n == 1 { 0.0 } else { (squares / (n - 1) as f64).sqrt() };
            let median = (scores[(n - 1) / 2] + scores[n / 2]) / 2.0;

            let counted = statistics(&tenths).unwrap();
            for (figure, expected) in [
                (counted.mean, mean),
                (counted.median, median),
                (counted.stdev, stdev),
                (counted.min, scores[0]),
                (counted.max, scores[n - 1]),
            ] {
                prop_assert!((figure - expected).abs() < 1e-9, "{figure} {expected}");
            }
            prop_assert_eq!(counted.count, n);
        }
    }
}
