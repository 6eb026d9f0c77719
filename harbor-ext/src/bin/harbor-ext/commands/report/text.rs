//! The overview for people.

use std::error::Error;
use std::io::{self, Write};

use harbor_ext::analysis::ArtifactReport;
use harbor_ext::model::Severity;
use harbor_ext::{Current, Inventory, text};

use crate::output::{short_line, table};

pub(super) fn write(output: &mut dyn Write, inventory: &Inventory, top: usize) -> Result<(), Box<dyn Error>> {
    let report = inventory.report();
    write_sources(output, inventory.current())?;
    write_totals(output, report)?;
    write_severities(output, report)?;
    write_images(output, report, top)?;
    write_cves(output, report, top)?;
    write_upgrades(output, report, top)?;
    Ok(write_without_report(output, report)?)
}

fn write_sources(output: &mut dyn Write, sources: &[Current]) -> io::Result<()> {
    for Current { source, .. } in sources {
        let time = source.started_at.format("%Y-%m-%d %H:%M UTC");
        let version = source.harbor_version.as_deref().unwrap_or("of unknown version");
        let selection = match source.selection.as_slice() {
            [] => String::new(),
            conditions => format!(", only {}", conditions.join(", ")),
        };
        write_line(output, &format!("{} (Harbor {version}) as of {time}{selection}", source.registry))?;
    }
    writeln!(output)
}

fn write_totals(output: &mut dyn Write, report: &ArtifactReport) -> io::Result<()> {
    let counts = report.counts();
    heading(output, "Totals")?;
    writeln!(output, "{:>8}  images, {} of them with a report", counts.artifacts, counts.reported)?;
    writeln!(output, "{:>8}  findings, {} distinct", counts.findings, counts.unique_findings)?;
    writeln!(output, "{:>8}  CVEs", counts.unique_cves)?;
    writeln!(output, "{:>8}  findings that a newer version of the package fixes", counts.fixable)?;
    if let Some(cvss) = report.cvss() {
        let (mean, median, max) = (cvss.mean, cvss.median, cvss.max);
        writeln!(output, "{mean:>8.1}  mean CVSS score; median {median:.1}, highest {max:.1}")?;
    }
    writeln!(output)
}

fn write_severities(output: &mut dyn Write, report: &ArtifactReport) -> io::Result<()> {
    heading(output, "Findings and CVEs by severity")?;
    let cves = report.cve_distribution();
    for (severity, findings) in report.distribution().iter().filter(|(_, findings)| *findings > 0) {
        writeln!(output, "{findings:>8}  {:<10} {:>8} CVEs", severity.as_str(), cves.get(severity))?;
    }
    writeln!(output)
}

fn write_images(output: &mut dyn Write, report: &ArtifactReport, top: usize) -> io::Result<()> {
    heading(output, "Worst images")?;
    writeln!(output, "{:>8} {:>6} {:>6} {:>6}", "critical", "high", "medium", "low")?;
    for image in report.by_artifact().iter().filter(|image| image.findings.total() > 0).take(top) {
        let [critical, high, medium, low] = Severity::COLUMNS.map(|severity| image.findings.get(severity));
        let name = image.artifact.artifact.name_with_registry();
        write_line(output, &format!("{critical:>8} {high:>6} {medium:>6} {low:>6}  {name}"))?;
    }
    writeln!(output)
}

fn write_cves(output: &mut dyn Write, report: &ArtifactReport, top: usize) -> io::Result<()> {
    heading(output, "CVEs that touch most images")?;
    writeln!(output, "{:>8} {:>5}", "images", "CVSS")?;
    for cve in report.by_cve().iter().filter(|cve| !cve.id.is_empty()).take(top) {
        let score = cve.cvss_score.map_or_else(|| "-".to_owned(), |score| format!("{score:.1}"));
        let line = format!(
            "{:>8} {score:>5}  {:<19} {:<8} {:<11} {}",
            cve.artifacts,
            cve.id,
            cve.severity.as_str(),
            if cve.fixable { "fixable" } else { "not fixable" },
            text::some_of(&cve.packages, table::NAMES),
        );
        write_line(output, &line)?;
    }
    writeln!(output)
}

fn write_upgrades(output: &mut dyn Write, report: &ArtifactReport, top: usize) -> io::Result<()> {
    let plan = report.fix_plan();
    heading(output, &format!("Upgrades that remove most findings ({} in all)", plan.upgrades.len()))?;
    for upgrade in plan.upgrades.iter().take(top) {
        write_line(output, &format!("{:>8}  {upgrade}", upgrade.affected.findings))?;
    }
    let apart: usize = plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
    if apart > 0 {
        writeln!(output, "{apart:>8}  have a fix whose version cannot be compared with what is installed")?;
    }
    writeln!(output)
}

/// The images that are not in the numbers above, and why.
fn write_without_report(output: &mut dyn Write, report: &ArtifactReport) -> io::Result<()> {
    let without: Vec<_> = report.iter().filter(|info| info.state.report().is_none()).collect();
    if without.is_empty() {
        return Ok(());
    }
    heading(output, "Images without a report")?;
    for info in without {
        write_line(output, &format!("{:<20} {}", info.state.name(), info.artifact.name_with_registry()))?;
    }
    writeln!(output)
}

fn heading(output: &mut dyn Write, title: &str) -> io::Result<()> {
    writeln!(output, "{title}\n{}", "─".repeat(title.chars().count()))
}

/// A line with texts of the registry in it.
fn write_line(output: &mut dyn Write, line: &str) -> io::Result<()> {
    writeln!(output, "{}", short_line(line))
}
