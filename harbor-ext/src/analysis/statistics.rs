//! Statistics of CVSS scores.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ArtifactReport;
use crate::model::{FindingRef, Severity};

/// Statistics of the CVSS scores of some findings.
///
/// Findings without a score do not count; where a report says 0 and nobody has more to say, there is no score. A score
/// of 0.0 that follows from a vector counts as any other: somebody has found the vulnerability to be harmless.
///
/// Percentiles are those of the nearest rank: the lowest score that at least so many percent of all scores do not
/// exceed. So they are always one of the scores, which the median of an even number need not be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    /// The 25th percentile.
    pub p25: f64,
    /// The 75th percentile.
    pub p75: f64,
    /// The 90th percentile.
    pub p90: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
}

impl ArtifactReport {
    /// Statistics of the scores of all findings of all artifacts, each counted where it occurs;
    /// `None` where none has a score. Those of single artifacts are in [`by_artifact`](Self::by_artifact).
    #[must_use]
    pub fn cvss(&self) -> Option<CvssStatistics> {
        CvssStatistics::of(self.findings().map(|(_, finding)| finding))
    }

    /// Statistics of the scores of the findings of each severity, each counted where it occurs. Severities of which no
    /// finding has a score are absent.
    #[must_use]
    pub fn cvss_by_severity(&self) -> BTreeMap<Severity, CvssStatistics> {
        let mut histograms: BTreeMap<Severity, Histogram> = BTreeMap::new();
        for (_, finding) in self.findings() {
            if let Some(score) = finding.cvss_score() {
                histograms.entry(finding.severity()).or_default().add(score);
            }
        }
        let statistics = |(severity, histogram): (_, Histogram)| Some((severity, histogram.statistics()?));
        histograms.into_iter().filter_map(statistics).collect()
    }
}

impl CvssStatistics {
    /// Statistics of the scores of some findings, such as those of one artifact; `None` where none
    /// has a score.
    #[must_use]
    pub fn of<'a>(findings: impl IntoIterator<Item = FindingRef<'a>>) -> Option<Self> {
        Self::of_scores(findings.into_iter().filter_map(|finding| finding.cvss_score()))
    }

    /// Statistics of some scores, such as those that [`Cvss::score_with`](crate::model::cvss::Cvss::score_with) gives by
    /// an own preference; `None` where there are none. Scores count as tenths from 0.0 to 10.0.
    #[must_use]
    pub fn of_scores(scores: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut histogram = Histogram::default();
        scores.into_iter().filter(|score| !score.is_nan()).for_each(|score| histogram.add(score));
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
        let percentile = |percent: usize| self.nth((count * percent).div_ceil(100) - 1) as f64 / 10.0;
        Some(CvssStatistics {
            count,
            mean: sum as f64 / n as f64 / 10.0,
            median: (self.nth((count - 1) / 2) + self.nth(count / 2)) as f64 / 20.0,
            stdev: if pairs == 0 { 0.0 } else { (spread / pairs as f64).sqrt() / 10.0 },
            min: self.nth(0) as f64 / 10.0,
            max: self.nth(count - 1) as f64 / 10.0,
            p25: percentile(25),
            p75: percentile(75),
            p90: percentile(90),
            p95: percentile(95),
            p99: percentile(99),
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
    use serde_json::json;

    use super::*;
    use crate::analysis::samples::{clean, finding, report_of, reported, scored, unscanned};

    fn statistics(tenths: &[u8]) -> Option<CvssStatistics> {
        let mut histogram = Histogram::default();
        for tenths in tenths {
            histogram.add(f64::from(*tenths) / 10.0);
        }
        histogram.statistics()
    }

    /// R5 and C1: pooled over all artifacts, not the mean of their means.
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
    fn severities_have_statistics_of_their_own() {
        let mut high = scored("3", "a", 8.0);
        high["severity"] = json!("High");
        let report = report_of([
            reported("p/one", 1, &[scored("1", "a", 2.0), scored("2", "a", 4.0), high.clone()]),
            reported("p/two", 2, &[high, finding("8", "a", "1", "", "Low")]),
        ]);
        let statistics = report.cvss_by_severity();
        let figures: Vec<_> = statistics.iter().map(|(severity, cvss)| (*severity, cvss.count, cvss.mean)).collect();
        assert_eq!(figures, [(Severity::Medium, 2, 3.0), (Severity::High, 2, 8.0)]);
    }

    /// S17: 0 for "unknown" does not count, 0 by a vector does.
    #[test]
    fn a_zero_counts_if_a_vector_says_so() {
        let mut harmless = scored("1", "a", 0.0);
        harmless["preferred_cvss"]["vector_v3"] = json!("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N");
        let report = report_of([reported("p/one", 1, &[harmless, scored("2", "a", 0.0), scored("3", "a", 5.0)])]);
        let statistics = report.cvss().unwrap();
        assert_eq!((statistics.count, statistics.min, statistics.mean), (2, 0.0, 2.5));
    }

    /// C1 and C2: `None` instead of zeros where there is nothing.
    #[test]
    fn no_scores_have_no_statistics_and_one_has_no_deviation() {
        assert_eq!(report_of([clean("p/one", 1), unscanned("p/two", 2)]).cvss(), None);
        let one = statistics(&[75]).unwrap();
        assert_eq!((one.count, one.mean, one.median, one.stdev, one.min, one.max), (1, 7.5, 7.5, 0.0, 7.5, 7.5));
        assert_eq!([one.p25, one.p75, one.p90, one.p95, one.p99], [7.5; 5]);
    }

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let hundred = statistics(&(1..=100).collect::<Vec<_>>()).unwrap();
        let percentiles = |of: CvssStatistics| [of.p25, of.p75, of.p90, of.p95, of.p99];
        assert_eq!(percentiles(hundred), [2.5, 7.5, 9.0, 9.5, 9.9]);
        // Five scores: the ranks are 1.25, 3.75, 4.5, 4.75 and 4.95, rounded up.
        let five = statistics(&[15, 20, 35, 40, 50]).unwrap();
        assert_eq!(percentiles(five), [2.0, 4.0, 5.0, 5.0, 5.0]);
    }

    proptest! {
        /// C2: as the textbook has it.
        #[test]
        fn counting_tenths_gives_the_textbook_figures(tenths in prop::collection::vec(0..=100_u8, 1..200)) {
            let mut scores: Vec<f64> = tenths.iter().map(|tenths| f64::from(*tenths) / 10.0).collect();
            scores.sort_by(f64::total_cmp);
            let n = scores.len();
            let mean = scores.iter().sum::<f64>() / n as f64;
            let squares: f64 = scores.iter().map(|score| (score - mean).powi(2)).sum();
            let stdev = if n == 1 { 0.0 } else { (squares / (n - 1) as f64).sqrt() };
            let median = (scores[(n - 1) / 2] + scores[n / 2]) / 2.0;

            let percentile = |percent: usize| {
                let reaches = |score: &&f64| scores.iter().filter(|other| other <= score).count() * 100 >= percent * n;
                *scores.iter().find(reaches).unwrap()
            };

            let counted = statistics(&tenths).unwrap();
            for (figure, expected) in [
                (counted.mean, mean),
                (counted.median, median),
                (counted.stdev, stdev),
                (counted.min, scores[0]),
                (counted.max, scores[n - 1]),
                (counted.p25, percentile(25)),
                (counted.p75, percentile(75)),
                (counted.p90, percentile(90)),
                (counted.p95, percentile(95)),
                (counted.p99, percentile(99)),
            ] {
                prop_assert!((figure - expected).abs() < 1e-9, "{figure} {expected}");
            }
            prop_assert_eq!(counted.count, n);
        }

        #[test]
        fn all_statistics_are_written_and_read_again(tenths in prop::collection::vec(0..=100_u8, 1..50)) {
            let statistics = statistics(&tenths).unwrap();
            let json = serde_json::to_string(&statistics).unwrap();
            prop_assert_eq!(serde_json::from_str::<CvssStatistics>(&json).unwrap(), statistics);
        }
    }
}
