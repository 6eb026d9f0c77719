//! Registries of any size, the same for the same seed, whose reports are written when they are
//! asked for.

use std::sync::Arc;

use super::finding::StoredFinding;
use super::{Artifact, Finding, Project, Registry, Report, Repository};
use crate::random::Random;

/// The size of a synthetic registry.
///
/// The default has 2,000 reports of 150 findings, drawn from 5,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The number of projects.
    pub projects: usize,
    /// The number of repositories in each project.
    pub repositories: usize,
    /// The number of images in each repository.
    pub artifacts: usize,
    /// The number of findings in each report, at most `distinct`.
    pub findings: usize,
    /// The number of different findings, each of about 900 bytes.
    pub distinct: usize,
    /// Decides what is drawn; the same seed gives the same registry.
    pub seed: u64,
}

impl Default for Scale {
    fn default() -> Self {
        Self { projects: 10, repositories: 20, artifacts: 10, findings: 150, distinct: 5_000, seed: 1 }
    }
}

impl Registry {
    /// Creates a registry of public projects `project-1`, `project-2` and so on, every image
    /// scanned.
    ///
    /// Reports share one table of findings, so that memory does not grow with the number of
    /// reports.
    #[must_use]
    pub fn synthetic(scale: Scale) -> Self {
        let mut random = Random::new(scale.seed);
        let findings = (0..scale.distinct).map(|number| Arc::new(finding(number, &mut random).to_stored()));
        let table: Arc<[Arc<StoredFinding>]> = findings.collect();
        let template = Report::new().with_severity("Critical");
        let mut registry = Self::new();
        for project in 1..=scale.projects {
            let mut project = Project::new(format!("project-{project}")).public();
            for repository in 1..=scale.repositories {
                let mut repository = Repository::new(format!("team/service-{repository}"));
                for version in 1..=scale.artifacts {
                    let image = Artifact::image()
                        .with_digest(digest(&mut random))
                        .with_tag(format!("1.{version}"))
                        .with_report(report(&template, &table, scale.findings, &mut random));
                    repository = repository.with_artifact(image);
                }
                project = project.with_repository(repository);
            }
            registry.add_project(project);
        }
        registry
    }
}

/// Draws a report without repeating a finding: a stride that shares no factor with the table visits
/// each entry once.
fn report(template: &Report, table: &Arc<[Arc<StoredFinding>]>, findings: usize, random: &mut Random) -> Report {
    let start = random.below(table.len());
    let mut stride = 1 + random.below(table.len());
    while greatest_common_divisor(stride, table.len()) > 1 {
        stride += 1;
    }
    template.drawing(table, start, stride, findings.min(table.len()))
}

fn greatest_common_divisor(left: usize, right: usize) -> usize {
    match right {
        0 => left,
        _ => greatest_common_divisor(right, left % right),
    }
}

fn finding(number: usize, random: &mut Random) -> Finding {
    const SEVERITIES: [(&str, f64, &str); 4] = [
        ("Critical", 9.8, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
        ("High", 7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"),
        ("Medium", 5.3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"),
        ("Low", 3.7, "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"),
    ];
    const WORDS: [&str; 12] = [
        "parser", "buffer", "header", "request", "length", "memory", "crafted", "input", "remote", "overflow",
        "handler", "archive",
    ];
    let (severity, score, vector) = SEVERITIES[random.below(SEVERITIES.len())];
    let words: Vec<_> = (0..60).map(|_| WORDS[random.below(WORDS.len())]).collect();
    let id = format!("CVE-{}-{}", 2015 + number % 11, 10_000 + number);
    let version = format!("{}.{}.{}", 1 + random.below(9), random.below(20), random.below(40));
    let link = format!("https://avd.example.com/nvd/{}", id.to_lowercase());
    let finding = Finding::new(id, format!("library-{}", number % 700), version)
        .with_severity(severity)
        .with_description(format!("Invented weakness {number}: {}.", words.join(" ")))
        .with_link(link)
        .with_cwe(format!("CWE-{}", 20 + random.below(900)))
        .with_cvss("nvd", score, vector);
    // Two thirds have a fix, and Harbor shows the score of one half.
    let finding = match number % 3 {
        0 => finding,
        _ => finding.with_fix(format!("{}.0.0", 10 + random.below(5))),
    };
    match number % 2 {
        0 => finding.with_preferred_score(score),
        _ => finding,
    }
}

fn digest(random: &mut Random) -> String {
    let words = [random.next(), random.next(), random.next(), random.next()];
    format!("sha256:{:016x}{:016x}{:016x}{:016x}", words[0], words[1], words[2], words[3])
}
