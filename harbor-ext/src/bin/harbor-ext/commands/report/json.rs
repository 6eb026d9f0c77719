//! The overview as one object.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use harbor_ext::analysis::{ArtifactSummary, Counts, CveSummary, CvssStatistics, Distribution, Upgrade};
use harbor_ext::failure::Failure;
use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Inventory, Source, Summary, TrendPoint};
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::json;

/// The overview. The worst and the furthest come first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Overview<'a> {
    /// Whether everything could be read.
    complete: bool,
    sources: Vec<OverviewSource<'a>>,
    counts: Counts,
    severities: Distribution,
    cvss: Option<CvssStatistics>,
    top_cves: Vec<CveSummary<'a>>,
    top_artifacts: Vec<ArtifactSummary<'a>>,
    upgrades: Vec<Upgrade<'a>>,
    without_report: Vec<WithoutReport<'a>>,
    trend: &'a [TrendPoint],
}

/// The newest snapshot of a registry.
#[derive(Serialize, JsonSchema)]
struct OverviewSource<'a> {
    #[serde(flatten)]
    source: &'a Source,
    summary: &'a Summary,
    failures: &'a [Failure],
}

/// An artifact without a report, and why.
#[derive(Serialize, JsonSchema)]
struct WithoutReport<'a> {
    registry: Option<&'a Arc<str>>,
    repository: &'a str,
    digest: &'a str,
    tags: Vec<&'a str>,
    state: &'static str,
}

pub(super) fn write(output: &mut dyn Write, inventory: &Inventory, top: usize) -> Result<(), Box<dyn Error>> {
    let report = inventory.report();
    let overview = Overview {
        complete: inventory.is_complete(),
        sources: inventory.current().iter().map(OverviewSource::from).collect(),
        counts: report.counts(),
        severities: report.distribution(),
        cvss: report.cvss(),
        top_cves: report.by_cve().into_iter().filter(|cve| !cve.id.is_empty()).take(top).collect(),
        top_artifacts: report.by_artifact().into_iter().filter(|image| image.findings.total() > 0).take(top).collect(),
        upgrades: report.fix_plan().upgrades.into_iter().take(top).collect(),
        without_report: report.iter().filter(|info| info.state.report().is_none()).map(WithoutReport::from).collect(),
        trend: inventory.trend(),
    };
    Ok(json::write(&overview, output)?)
}

impl<'a> From<&'a harbor_ext::Current> for OverviewSource<'a> {
    fn from(current: &'a harbor_ext::Current) -> Self {
        Self { source: &current.source, summary: &current.summary, failures: &current.failures }
    }
}

impl<'a> From<&'a ArtifactInfo> for WithoutReport<'a> {
    fn from(info: &'a ArtifactInfo) -> Self {
        let artifact = &info.artifact;
        Self {
            registry: artifact.registry.as_ref(),
            repository: artifact.repository.full(),
            digest: artifact.digest.as_str(),
            tags: artifact.tag_names().collect(),
            state: info.state.name(),
        }
    }
}
