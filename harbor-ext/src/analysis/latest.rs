//! The latest artifacts of what was collected.

use super::ArtifactReport;
use crate::model::latest;

impl ArtifactReport {
    /// The latest artifact of each repository only, in the order in which the repositories appear.
    ///
    /// What is later is decided by [`latest::by_push_time`]: an artifact whose time is not known never hides one. For
    /// the latest of each group of tags, or of any other group, see [`latest`].
    #[must_use]
    pub fn latest_per_repository(&self) -> Self {
        latest::per_repository(self).into_iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use crate::analysis::samples::{finding, pushed, report_of, reported, unscanned};

    /// I15: the latest artifact stays, scanned or not.
    #[test]
    fn the_latest_of_each_repository_stays() {
        let findings = [finding("1", "a", "1", "", "High")];
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let report = report_of([
            reported("p/a", 1, &findings),
            pushed(reported("p/a", 2, &findings), at(20)),
            pushed(unscanned("p/b", 3), at(20)),
            pushed(reported("p/b", 4, &findings), at(10)),
        ]);
        let latest = report.latest_per_repository();
        assert_eq!(latest.iter().map(|info| info.artifact.id).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(latest.counts().findings, 1);
    }
}
