//! FIRST's Exploit Prediction Scoring System.

use std::collections::HashMap;

/// How likely vulnerabilities are to be exploited within 30 days, by FIRST's Exploit Prediction Scoring System.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Epss {
    /// The version of the model, such as `v2026.03.14`.
    pub model: String,
    /// The date of the scores, as the file says.
    pub date: String,
    pub(super) scores: HashMap<String, EpssScore>,
}

/// How likely a vulnerability is to be exploited.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct EpssScore {
    /// The probability that it is exploited within 30 days, from 0 to 1.
    pub probability: f64,
    /// The share of all vulnerabilities that have this probability or a lower one, from 0 to 1.
    pub percentile: f64,
}

impl Epss {
    /// The score of a vulnerability; `None` where it has none. Capitals do not count.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<EpssScore> {
        self.scores.get(&id.to_ascii_uppercase()).copied()
    }
}
