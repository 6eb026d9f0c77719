//! Whether an artifact has a vulnerability report, and if not, why.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::Report;
use crate::failure::Failure;

/// Whether an artifact has a vulnerability report, and if not, why.
///
/// No report is not a clean report: only [`Reported`](Self::Reported) says anything about
/// vulnerabilities.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReportState {
    /// There is a report. Artifacts with the same content share it.
    Reported(Arc<Report>),
    /// The artifact can be scanned and never was, or, for an index, one of its children never was.
    NotScanned,
    /// A scan is waiting or under way; Harbor has dropped the report before it, if there was one.
    Running,
    /// The last scan did not succeed.
    ScanFailed {
        /// Harbor's word for how the scan ended, such as `Error` or `Stopped`.
        status: Box<str>,
    },
    /// The scanner cannot scan artifacts of this type.
    Unsupported,
    /// There is no report and Harbor does not say why, as while its scanner is down.
    Unavailable,
    /// The project has no scanner.
    NoScanner,
    /// The account may not read reports here.
    Forbidden(Arc<Failure>),
    /// The report could not be fetched or read.
    Failed(Arc<Failure>),
}

impl ReportState {
    /// The report, where there is one.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Reported(report) => Some(report),
            _ => None,
        }
    }

    /// What went wrong, where something did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Forbidden(failure) | Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// A stable word for the state, such as `not_scanned`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reported(_) => "reported",
            Self::NotScanned => "not_scanned",
            Self::Running => "running",
            Self::ScanFailed { .. } => "scan_failed",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::NoScanner => "no_scanner",
            Self::Forbidden(_) => "forbidden",
            Self::Failed(_) => "failed",
        }
    }
}

/// An object with the [`name`](ReportState::name) as `state`, and with what there is to add to it
/// as `report`, `status` or `failure`.
impl Serialize for ReportState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("state", self.name())?;
        match self {
            Self::Reported(report) => map.serialize_entry("report", report)?,
            Self::ScanFailed { status } => map.serialize_entry("status", status)?,
            Self::Forbidden(failure) | Self::Failed(failure) => {
                map.serialize_entry("failure", failure)?;
            }
            _ => {}
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn states_have_different_words_and_serialise_with_them() {
        let scan_failed = ReportState::ScanFailed { status: "Stopped".into() };
        assert_eq!(serde_json::to_value(&scan_failed).unwrap(), json!({"state": "scan_failed", "status": "Stopped"}),);
        let states = [
            scan_failed,
            ReportState::NotScanned,
            ReportState::Running,
            ReportState::Unsupported,
            ReportState::Unavailable,
            ReportState::NoScanner,
        ];
        let names: BTreeSet<_> = states.iter().map(ReportState::name).collect();
        assert_eq!(names.len(), states.len());
        for state in &states {
            assert!(state.report().is_none() && state.failure().is_none());
            assert_eq!(serde_json::to_value(state).unwrap()["state"], state.name());
        }
    }
}
