//! Smaller reports out of a report: the artifacts that a filter says yes to.

use std::cell::LazyCell;
use std::collections::HashSet;

use super::ArtifactReport;
use super::filter::{Answer, ArtifactFilter, FindingFilter, Pass};
use crate::model::{ArtifactInfo, ReportState, Severity};
use crate::version::VersionRange;

/// The artifacts of a report, by what a filter says of them. Each is in exactly one of the three.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Partition {
    /// Those that it says yes to.
    pub matching: ArtifactReport,
    /// Those that it can say neither yes nor no to: never scanned, not read, or not comparable.
    pub undecided: ArtifactReport,
    /// Those that it says no to.
    pub others: ArtifactReport,
}

/// Smaller reports: whole artifacts, with all their findings. They can be narrowed on and on.
///
/// What a filter does not know is left out. That an artifact is not in `report.with_cve(…)` does not mean that it is free
/// of the vulnerability: [`without_report`](Self::without_report) has those of which nobody knows, and
/// [`undecided`](Self::undecided) those that any one filter cannot decide.
impl ArtifactReport {
    /// The artifacts that a filter says yes to.
    #[must_use]
    pub fn matching(&self, filter: &ArtifactFilter) -> Self {
        self.answering(filter, Answer::Yes)
    }

    /// The artifacts that a filter can say neither yes nor no to.
    #[must_use]
    pub fn undecided(&self, filter: &ArtifactFilter) -> Self {
        self.answering(filter, Answer::Unknown)
    }

    /// All artifacts, by what a filter says of them.
    #[must_use]
    pub fn partition(&self, filter: &ArtifactFilter) -> Partition {
        let mut partition = Partition::default();
        for (info, answer) in self.answers(filter) {
            let part = match answer {
                Answer::Yes => &mut partition.matching,
                Answer::Unknown => &mut partition.undecided,
                Answer::No => &mut partition.others,
            };
            part.extend([info.clone()]);
        }
        partition
    }

    /// The artifacts that have no report, whatever the reason.
    #[must_use]
    pub fn without_report(&self) -> Self {
        self.matching(&!ArtifactFilter::reported())
    }

    /// The artifacts that have a vulnerability, as [`FindingFilter::cve`] has it.
    #[must_use]
    pub fn with_cve(&self, id: &str) -> Self {
        self.matching(&has_cve(id))
    }

    /// The artifacts that have a finding in a package, as [`FindingFilter::package`] has it.
    #[must_use]
    pub fn with_package(&self, name: &str) -> Self {
        self.matching(&has_package(name))
    }

    /// The artifacts that have a finding in a package whose version is in a range, as [`FindingFilter::version`] has it.
    #[must_use]
    pub fn with_package_version(&self, name: &str, range: &VersionRange) -> Self {
        self.matching(&has_package_version(name, range))
    }

    /// The artifacts that have a finding in whose description a text stands.
    #[must_use]
    pub fn with_description(&self, text: &str) -> Self {
        self.matching(&has_description(text))
    }

    /// The artifacts that have a finding of exactly this severity, among worse ones or not.
    #[must_use]
    pub fn with_severity(&self, severity: Severity) -> Self {
        self.matching(&has_severity(severity))
    }

    /// The artifacts whose worst finding is of exactly this severity.
    #[must_use]
    pub fn with_overall_severity(&self, severity: Severity) -> Self {
        self.matching(&ArtifactFilter::overall_severity(severity))
    }

    /// The artifacts whose worst finding is of this severity or a worse one.
    #[must_use]
    pub fn with_severity_at_least(&self, severity: Severity) -> Self {
        self.matching(&ArtifactFilter::overall_severity_at_least(severity))
    }

    /// The artifacts of one registry, as [`ArtifactFilter::registry`] has it.
    #[must_use]
    pub fn with_registry(&self, name: &str) -> Self {
        self.matching(&ArtifactFilter::registry(name))
    }

    /// The artifacts of one repository, as [`ArtifactFilter::repository`] has it.
    #[must_use]
    pub fn with_repository(&self, name: &str) -> Self {
        self.matching(&ArtifactFilter::repository(name))
    }

    /// The artifacts of any of these repositories; of none of them, nothing.
    #[must_use]
    pub fn with_repositories(&self, names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.matching(&ArtifactFilter::repositories(names))
    }

    /// The artifacts of one project.
    #[must_use]
    pub fn with_project(&self, name: &str) -> Self {
        self.matching(&ArtifactFilter::project(name))
    }

    /// The artifacts with one tag, as [`ArtifactFilter::tag`] has it.
    #[must_use]
    pub fn with_tag(&self, name: &str) -> Self {
        self.matching(&ArtifactFilter::tag(name))
    }

    fn answering(&self, filter: &ArtifactFilter, wanted: Answer) -> Self {
        self.answers(filter).filter(|(_, answer)| *answer == wanted).map(|(info, _)| info.clone()).collect()
    }

    fn answers(&self, filter: &ArtifactFilter) -> impl Iterator<Item = (&ArtifactInfo, Answer)> {
        let mut pass = Pass::default();
        self.iter().map(move |info| (info, filter.answer_in(&mut pass, info)))
    }
}

/// Whether any artifact is such: yes if one is; unknown if none is, and of some nobody knows; no if none is for certain.
///
/// `report.has_cve(…).is_yes()` is what is known; `!report.has_cve(…).is_no()` is the careful side. Even a "no" is about
/// the artifacts that were listed only: see that [`Collected::failures`](crate::Collected::failures) is empty.
///
/// Where the images of an index are listed as artifacts of their own, they speak for the index: what is asked of findings
/// is asked of them, and nothing about it is unknown as long as all of them are in the report.
impl ArtifactReport {
    /// Whether a filter says yes to any artifact.
    #[must_use]
    pub fn has(&self, filter: &ArtifactFilter) -> Answer {
        Answer::any(self.answers(filter).map(|(_, answer)| answer))
    }

    /// Whether any artifact has a vulnerability.
    #[must_use]
    pub fn has_cve(&self, id: &str) -> Answer {
        self.has_finding(&has_cve(id))
    }

    /// Whether any artifact has a finding in a package.
    #[must_use]
    pub fn has_package(&self, name: &str) -> Answer {
        self.has_finding(&has_package(name))
    }

    /// Whether any artifact has a finding in a package whose version is in a range.
    #[must_use]
    pub fn has_package_version(&self, name: &str, range: &VersionRange) -> Answer {
        self.has_finding(&has_package_version(name, range))
    }

    /// Whether any artifact has a finding in whose description a text stands.
    #[must_use]
    pub fn has_description(&self, text: &str) -> Answer {
        self.has_finding(&has_description(text))
    }

    /// Whether any artifact has a finding of exactly this severity.
    #[must_use]
    pub fn has_severity(&self, severity: Severity) -> Answer {
        self.has_finding(&has_severity(severity))
    }

    /// Whether the worst finding of any artifact is of exactly this severity.
    #[must_use]
    pub fn has_overall_severity(&self, severity: Severity) -> Answer {
        self.has_finding(&ArtifactFilter::overall_severity(severity))
    }

    /// Whether there is an artifact of this repository.
    #[must_use]
    pub fn has_repository(&self, name: &str) -> Answer {
        self.has(&ArtifactFilter::repository(name))
    }

    /// Whether any artifact has this tag.
    #[must_use]
    pub fn has_tag(&self, name: &str) -> Answer {
        self.has(&ArtifactFilter::tag(name))
    }

    /// What a filter that asks for nothing but findings says of any artifact.
    fn has_finding(&self, filter: &ArtifactFilter) -> Answer {
        let listed = LazyCell::new(|| self.iter().map(|info| info.artifact.key()).collect::<HashSet<_>>());
        let is_spoken_for = |info: &ArtifactInfo| {
            let (registry, repository) = info.artifact.repository_key();
            let mut images = info.artifact.children.iter().map(|child| (registry, repository, &child.digest));
            info.state == ReportState::InChildren && images.all(|image| listed.contains(&image))
        };
        let answers = self.answers(filter).filter(|(info, answer)| !answer.is_unknown() || !is_spoken_for(info));
        Answer::any(answers.map(|(_, answer)| answer))
    }
}

fn has_cve(id: &str) -> ArtifactFilter {
    ArtifactFilter::has(FindingFilter::cve(id))
}

fn has_package(name: &str) -> ArtifactFilter {
    ArtifactFilter::has(FindingFilter::package(name))
}

fn has_package_version(name: &str, range: &VersionRange) -> ArtifactFilter {
    ArtifactFilter::has(FindingFilter::package(name) & FindingFilter::version(range.clone()))
}

fn has_description(text: &str) -> ArtifactFilter {
    ArtifactFilter::has(FindingFilter::description_contains(text))
}

fn has_severity(severity: Severity) -> ArtifactFilter {
    ArtifactFilter::has(FindingFilter::severity(severity))
}

#[cfg(test)]
mod tests;
