//! All artifacts with some of their findings.

use std::sync::Arc;

use super::ArtifactReport;
use crate::model::{ArtifactInfo, FindingRef, ReportState};

impl ArtifactReport {
    /// The same artifacts in the same states, with only the findings that the caller wants to keep. An artifact of whose
    /// findings none is kept stays, with an empty report.
    ///
    /// Sums, places and plans are then about these findings. How versions are compared does not change: see
    /// [`Report::narrowed`](crate::model::Report::narrowed).
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// # let report = ArtifactReport::default();
    /// let fixable = report.narrowed(|_, finding| finding.fixable());
    /// for cve in fixable.by_cve() {
    ///     println!("{} can be fixed in {} images", cve.id, cve.artifacts);
    /// }
    /// ```
    #[must_use]
    pub fn narrowed(&self, mut keep: impl FnMut(&ArtifactInfo, FindingRef<'_>) -> bool) -> Self {
        let narrow = |info: &ArtifactInfo| match &info.state {
            ReportState::Reported(report) => {
                let report = Arc::new(report.narrowed(|finding| keep(info, finding)));
                ArtifactInfo::new(Arc::clone(&info.artifact), ReportState::Reported(report))
            }
            _ => info.clone(),
        };
        self.iter().map(narrow).collect::<Vec<_>>().into()
    }
}
