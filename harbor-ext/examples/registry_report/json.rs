//! The report as one JSON object.

use std::io::{self, Write};

use harbor_ext::analysis::{ArtifactReport, ArtifactSummary, CveSummary, CvssStatistics, Distribution, Fix, Upgrade};
use harbor_ext::model::{ArtifactInfo, FindingRef};
use harbor_ext::{Failure, StateCounts, Summary};
use serde::Serialize;

use crate::{Questions, memory, text};

#[derive(Serialize)]
struct Output<'a> {
    source: &'a str,
    /// Whether everything could be read.
    complete: bool,
    /// Of the listed artifacts, those that are neither reported, nor not scanned, nor failed are in other `states`.
    listed: u64,
    reported: u64,
    not_scanned: u64,
    /// Listed artifacts whose report could not be read; what could not even be listed is among the failures.
    failed: u64,
    states: StateCounts,
    findings: usize,
    fixable: usize,
    unique_findings: usize,
    unique_cves: usize,
    requests: u64,
    retries: u64,
    shared_reports: u64,
    report_bytes: u64,
    seconds: f64,
    peak_rss_bytes: Option<u64>,
    severities: Distribution,
    cvss: Option<CvssStatistics>,
    top_artifacts: Vec<ArtifactSummary<'a>>,
    top_cves: Vec<CveSummary<'a>>,
    fixes: Vec<Fix<'a>>,
    upgrades: Vec<Upgrade<'a>>,
    without_report: Vec<WithoutReport<'a>>,
    failures: &'a [Failure],
    #[serde(skip_serializing_if = "Option::is_none")]
    with_cve: Option<Vec<Match<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    with_package: Option<Vec<Match<'a>>>,
}

/// An artifact that has no report, and why.
#[derive(Serialize)]
struct WithoutReport<'a> {
    artifact: String,
    digest: &'a str,
    state: &'static str,
}

/// One finding in one artifact.
#[derive(Serialize)]
struct Match<'a> {
    artifact: String,
    digest: &'a str,
    tags: Vec<&'a str>,
    cve: &'a str,
    package: &'a str,
    version: &'a str,
    fix_version: &'a str,
    severity: &'a str,
    cvss_score: Option<f64>,
}

pub(crate) fn write(
    output: &mut impl Write,
    source: &str,
    report: &ArtifactReport,
    failures: &[Failure],
    summary: &Summary,
    questions: Questions<'_>,
) -> io::Result<()> {
    let counts = report.counts();
    let states = summary.states;
    let object = Output {
        source,
        complete: failures.is_empty(),
        listed: summary.listed,
        reported: states.reported,
        not_scanned: states.not_scanned,
        failed: states.failed + states.forbidden,
        states,
        findings: counts.findings,
        fixable: counts.fixable,
        unique_findings: counts.unique_findings,
        unique_cves: counts.unique_cves,
        requests: summary.requests,
        retries: summary.retries,
        shared_reports: summary.shared_reports,
        report_bytes: summary.report_bytes,
        seconds: summary.elapsed.as_secs_f64(),
        peak_rss_bytes: memory::peak_rss_bytes(),
        severities: report.distribution(),
        cvss: report.cvss(),
        top_artifacts: report
            .by_artifact()
            .into_iter()
            .filter(|artifact| artifact.findings.total() > 0)
            .take(text::TOP)
            .collect(),
        top_cves: report.by_cve().into_iter().filter(|cve| !cve.id.is_empty()).take(text::TOP).collect(),
        fixes: report.fixes().into_iter().take(text::TOP).collect(),
        upgrades: report.fix_plan().upgrades.into_iter().take(text::TOP).collect(),
        without_report: report.iter().filter(|info| info.state.report().is_none()).map(WithoutReport::from).collect(),
        failures,
        with_cve: questions.cve.map(|id| report.findings().with_cve(id).map(Match::from).collect()),
        with_package: questions.package.map(|name| report.findings().with_package(name).map(Match::from).collect()),
    };
    serde_json::to_writer_pretty(&mut *output, &object)?;
    writeln!(output)
}

impl<'a> From<&'a ArtifactInfo> for WithoutReport<'a> {
    fn from(info: &'a ArtifactInfo) -> Self {
        let artifact = &info.artifact;
        Self { artifact: artifact.to_string(), digest: artifact.digest.as_str(), state: info.state.name() }
    }
}

impl<'a> From<(&'a ArtifactInfo, FindingRef<'a>)> for Match<'a> {
    fn from((info, finding): (&'a ArtifactInfo, FindingRef<'a>)) -> Self {
        let finding = finding.shared().as_ref();
        Self {
            artifact: info.artifact.repository.to_string(),
            digest: info.artifact.digest.as_str(),
            tags: info.tags().collect(),
            cve: finding.id(),
            package: finding.package(),
            version: finding.version(),
            fix_version: finding.fix_version(),
            severity: finding.severity().as_str(),
            cvss_score: finding.cvss_score(),
        }
    }
}
