//! The report for people.

use std::io::{self, Write};

use harbor_ext::analysis::ArtifactReport;
use harbor_ext::model::{ArtifactInfo, FindingRef, Severity};
use harbor_ext::{Failure, Summary};

use crate::Questions;

/// How many of the worst are shown.
pub(crate) const TOP: usize = 10;

/// How many names of packages or artifacts stand on one line.
const NAMES_ON_A_LINE: usize = 3;

pub(crate) fn write(
    output: &mut impl Write,
    report: &ArtifactReport,
    failures: &[Failure],
    summary: &Summary,
    questions: Questions<'_>,
) -> io::Result<()> {
    if let Some(id) = questions.cve {
        write_matches(output, &format!("Images with {id}"), report.findings().with_cve(id))?;
    }
    if let Some(name) = questions.package {
        write_matches(output, &format!("Images with findings in {name}"), report.findings().with_package(name))?;
    }
    if questions.cve.is_none() && questions.package.is_none() {
        write_overview(output, report)?;
    }
    write_unread(output, report, failures)?;
    writeln!(output, "{summary}")
}

fn write_overview(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    write_totals(output, report)?;
    write_severities(output, report)?;
    write_artifacts(output, report)?;
    write_cves(output, report)?;
    write_upgrades(output, report)
}

fn write_totals(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    let counts = report.counts();
    heading(output, "Totals")?;
    writeln!(output, "{:>8}  artifacts, {} of them with a report", counts.artifacts, counts.reported)?;
    writeln!(output, "{:>8}  findings, {} distinct", counts.findings, counts.unique_findings)?;
    writeln!(output, "{:>8}  CVEs", counts.unique_cves)?;
    writeln!(output, "{:>8}  findings that a newer version of the package fixes", counts.fixable)?;
    if let Some(cvss) = report.cvss() {
        let (mean, median, max) = (cvss.mean, cvss.median, cvss.max);
        writeln!(output, "{mean:>8.1}  mean CVSS score; median {median:.1}, highest {max:.1}")?;
    }
    writeln!(output)
}

fn write_severities(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    heading(output, "Findings and CVEs by severity")?;
    let cves = report.cve_distribution();
    for (severity, findings) in report.distribution().iter().filter(|(_, findings)| *findings > 0) {
        writeln!(output, "{findings:>8}  {:<10} {:>8} CVEs", severity.as_str(), cves.get(severity))?;
    }
    writeln!(output)
}

fn write_artifacts(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    heading(output, "Worst images")?;
    writeln!(output, "{:>8} {:>6} {:>6} {:>6}", "critical", "high", "medium", "low")?;
    for summary in report.by_artifact().iter().filter(|summary| summary.findings.total() > 0).take(TOP) {
        let count = |severity| summary.findings.get(severity);
        writeln!(
            output,
            "{:>8} {:>6} {:>6} {:>6}  {}",
            count(Severity::Critical),
            count(Severity::High),
            count(Severity::Medium),
            count(Severity::Low),
            summary.artifact.artifact,
        )?;
    }
    writeln!(output)
}

fn write_cves(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    heading(output, "CVEs that touch most images")?;
    writeln!(output, "{:>8} {:>5}", "images", "CVSS")?;
    for cve in report.by_cve().iter().filter(|cve| !cve.id.is_empty()).take(TOP) {
        writeln!(
            output,
            "{:>8} {:>5}  {:<19} {:<8} {:<11} {}",
            cve.artifacts,
            cve.cvss_score.map_or_else(|| "-".to_owned(), |score| format!("{score:.1}")),
            cve.id,
            cve.severity.as_str(),
            if cve.fixable { "fixable" } else { "not fixable" },
            some_of(cve.packages.iter().copied(), cve.packages.len()),
        )?;
    }
    writeln!(output)
}

fn write_upgrades(output: &mut impl Write, report: &ArtifactReport) -> io::Result<()> {
    let plan = report.fix_plan();
    heading(output, &format!("Upgrades that remove most findings ({} in all)", plan.upgrades.len()))?;
    for upgrade in plan.upgrades.iter().take(TOP) {
        writeln!(output, "{:>8}  {upgrade}", upgrade.affected.findings)?;
    }
    let apart: usize = plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
    if apart > 0 {
        writeln!(output, "{apart:>8}  have a fix whose version cannot be compared with what is installed")?;
    }
    writeln!(output)
}

/// One line for each image, in the order of the report, with all that matched in it.
fn write_matches<'a>(
    output: &mut impl Write,
    title: &str,
    matches: impl Iterator<Item = (&'a ArtifactInfo, FindingRef<'a>)>,
) -> io::Result<()> {
    heading(output, title)?;
    let mut last: Option<&ArtifactInfo> = None;
    for (info, finding) in matches {
        if !last.is_some_and(|last| std::ptr::eq(last, info)) {
            writeln!(output, "{}", info.artifact)?;
            last = Some(info);
        }
        let fix = if finding.fixable() { format!(" → {}", finding.fix_version()) } else { ", no fix".to_owned() };
        let (id, severity) = (finding.id(), finding.severity().as_str());
        writeln!(output, "    {id} {severity}: {} {}{fix}", finding.package(), finding.version())?;
    }
    if last.is_none() {
        writeln!(output, "none of those that could be read")?;
    }
    writeln!(output)
}

/// What is not in the numbers above, and why.
fn write_unread(output: &mut impl Write, report: &ArtifactReport, failures: &[Failure]) -> io::Result<()> {
    let without: Vec<_> = report.iter().filter(|info| info.state.report().is_none()).collect();
    if without.is_empty() && failures.is_empty() {
        return Ok(());
    }
    heading(output, "Not in these numbers")?;
    for info in without.iter().filter(|info| info.state.failure().is_none()) {
        writeln!(output, "{:<20} {}", info.state.name(), info.artifact)?;
    }
    for note in harbor_ext::failure::notes(failures) {
        writeln!(output, "{:<20} {note}", "not read")?;
    }
    writeln!(output)
}

fn heading(output: &mut impl Write, title: &str) -> io::Result<()> {
    writeln!(output, "{title}\n{}", "─".repeat(title.chars().count()))
}

/// The first few names, and how many more there are.
fn some_of<'a>(names: impl Iterator<Item = &'a str>, count: usize) -> String {
    let shown: Vec<_> = names.take(NAMES_ON_A_LINE).collect();
    let more = count.saturating_sub(NAMES_ON_A_LINE);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}
