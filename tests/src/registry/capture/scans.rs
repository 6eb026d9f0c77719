//! The scans of a registry that was told by a real one: their numbers, their times and their order.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use serde::Deserialize;

use super::CapturedProject;
use super::times::never;
use crate::random::Random;
use crate::registry::progress::RecordedScan;

/// What an artifact tells of its scan.
#[derive(Deserialize)]
pub(super) struct CapturedOverview {
    #[serde(default)]
    report_id: String,
    pub(super) scan_status: String,
    #[serde(default = "never")]
    start_time: DateTime<Utc>,
    #[serde(default = "never")]
    pub(super) end_time: DateTime<Utc>,
}

/// The database finds reports in the order in which they were written, but a capture tells the second only. This is the
/// seed of the order within a second; with this one the recorded registry answers its lists of findings as the real
/// Harbor did.
const ORDER_WITHIN_A_SECOND: u64 = 463_147;

impl CapturedOverview {
    /// What stays of the scan, beside how it ended.
    pub(super) fn restore(&self) -> RecordedScan {
        let known = |time: DateTime<Utc>| Some(time).filter(|time| time.year() > 1);
        RecordedScan { report_id: self.report_id.clone(), started: known(self.start_time), ended: known(self.end_time) }
    }
}

/// Where the reports are in the database: the one that was written first comes first.
pub(super) fn report_ranks(projects: &[CapturedProject]) -> HashMap<Arc<str>, usize> {
    let repositories = projects.iter().flat_map(|project| project.repositories.iter().flatten());
    let artifacts = repositories.flat_map(|repository| repository.artifacts.iter().flatten());
    let written = artifacts.filter_map(|artifact| {
        let overview = artifact.scan_overview.as_ref()?.values().next()?;
        let number = u64::from_str_radix(artifact.digest.get(7..23)?, 16).ok()?;
        Some((overview.end_time, Random::new(ORDER_WITHIN_A_SECOND ^ number).next(), &artifact.digest))
    });
    let mut written: Vec<_> = written.collect();
    written.sort();
    written.into_iter().enumerate().map(|(rank, (_, _, digest))| (Arc::from(digest.as_str()), rank)).collect()
}
