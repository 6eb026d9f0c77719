//! Registries of any size, the same for the same seed, whose reports are written when they are
//! asked for.

use std::sync::Arc;

use super::finding::StoredFinding;
use super::{Artifact, Finding, Project, Registry, Report, Repository};
use crate::random::Random;

/// The size of a synthetic registry.
///
/// The default has 2,000 reports of 150 findings, drawn from 5,000. The counts nest: repositories in a project, artifacts
/// in a repository, findings in a report. An artifact takes about 1.2 KB of memory, a different finding about 1.6 KB, and
/// a report none that depends on its findings. [`Registry::synthetic`] tells how much it can serve.
///
/// ```
/// use harbor_testkit::{Registry, Scale};
///
/// let registry = Registry::synthetic(Scale { projects: 2, repositories: 3, artifacts: 4, seed: 7, ..Scale::default() });
/// assert_eq!(registry.projects().len(), 2);
/// ```
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
    /// The number of different findings.
    pub distinct: usize,
    /// The number of words in the description of a finding. With 60, a finding of a report has about 980 bytes; each word
    /// more adds 8.
    pub words: usize,
    /// Decides what is drawn; the same seed gives the same registry.
    pub seed: u64,
}

impl Default for Scale {
    fn default() -> Self {
        Self { projects: 10, repositories: 20, artifacts: 10, findings: 150, distinct: 5_000, words: 60, seed: 1 }
    }
}

impl Registry {
    /// Creates a registry of public projects `project-1`, `project-2` and so on, every image
    /// scanned.
    ///
    /// Reports share one table of findings, so that memory does not grow with the number of reports, and are written
    /// when they are asked for. The same scale gives the same answers, byte for byte, in every process and on every
    /// machine.
    ///
    /// 100,000 artifacts with 10 million findings (10 projects of 100 repositories of 100 images, 100 findings each drawn
    /// from 5,000) start in 0.2 to 0.3 s and take 125 MB. One core then serves, in a release build with a reader of raw
    /// bytes on another core of a machine that was busy otherwise (load 3 to 5):
    ///
    /// | request | over one connection | over four |
    /// |---|---|---|
    /// | reports of 98 KB | 800 MB/s, 8,100 a second | 1,660 MB/s, 16,900 a second |
    /// | reports of 147 KB | 600 MB/s, 4,100 a second | 1,270 MB/s, 8,700 a second |
    /// | `/ping` | | 36,000 a second |
    /// | one artifact | | 23,500 a second |
    /// | 100 artifacts of a repository of 100 | 2,100 a second | |
    ///
    /// Lists go through all that they list: where one repository of one project holds all 100,000, a page of 100 takes 3
    /// to 8 ms, the five-hundredth 5 to 15 ms, and one from an id on (`sort=id&q=id=[50000~]`) 3 to 6 ms.
    #[must_use]
    pub fn synthetic(scale: Scale) -> Self {
        let mut random = Random::new(scale.seed);
        let findings =
            (0..scale.distinct).map(|number| Arc::new(finding(number, scale.words, &mut random).to_stored()));
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

fn finding(number: usize, words: usize, random: &mut Random) -> Finding {
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
    let words: Vec<_> = (0..words).map(|_| WORDS[random.below(WORDS.len())]).collect();
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
