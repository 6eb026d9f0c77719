//! What registries held at times, in numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::analysis::{ArtifactReport, Counts, Distribution};
use crate::snapshot::Source;

/// What a registry, or a part of it, held at one time, in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TrendPoint {
    /// The registry.
    pub registry: Arc<str>,
    /// What was asked for, sorted; empty for everything. Only points that agree in it can be compared.
    pub selection: Vec<String>,
    /// When it was read.
    pub time: DateTime<Utc>,
    /// Whether everything could be read; where not, the numbers are too small.
    pub complete: bool,
    /// Artifacts and findings.
    pub counts: Counts,
    /// How many artifacts are in each state, as [`ArtifactReport::states`] has it.
    pub states: BTreeMap<&'static str, usize>,
    /// Findings by severity.
    pub severities: Distribution,
    /// Unique CVEs by severity, as [`ArtifactReport::cve_distribution`] has it.
    pub cve_severities: Distribution,
}

impl TrendPoint {
    /// The numbers of a report that comes from `source`, whose selection is sorted.
    pub(super) fn new(source: &Source, is_complete: bool, report: &ArtifactReport) -> Self {
        Self {
            registry: Arc::clone(&source.registry),
            selection: source.selection.clone(),
            time: source.started_at,
            complete: is_complete,
            counts: report.counts(),
            states: report.states(),
            severities: report.distribution(),
            cve_severities: report.cve_distribution(),
        }
    }
}
