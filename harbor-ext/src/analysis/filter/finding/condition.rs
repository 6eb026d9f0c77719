//! A single condition on a finding.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use super::super::names::Names;
use super::super::pass::{Pass, Question};
use super::super::{Answer, ArtifactFilter, platform};
use crate::model::cvss::Preference;
use crate::model::{ArtifactInfo, Finding, FindingRef, Severity};
use crate::version::{Containment, VersionRange};

/// A single condition on a finding. What each means is told where it is made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FindingCondition {
    Cve(Names),
    Package(Names),
    Version(VersionRange),
    Severity(Severity),
    SeverityAtLeast(Severity),
    CvssScore(ScoreRange),
    CvssScoreBy(Preference, ScoreRange),
    Fixable,
    Status(Names),
    DescriptionContains(Box<str>),
    Cwe(Box<str>),
    Architecture(Names),
    Os(Names),
    InArtifact(ArtifactFilter),
}

/// A range of CVSS scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ScoreRange {
    from: Bound<f64>,
    to: Bound<f64>,
}

impl FindingCondition {
    pub(super) fn answer<'a>(&self, pass: &mut Pass<'a>, info: &'a ArtifactInfo, finding: FindingRef<'a>) -> Answer {
        match self {
            Self::Version(range) => {
                let distribution = pass.distribution(info);
                let question = Question::of_finding(self, finding.get()).in_distribution(distribution);
                pass.remember(question, |_| match range.contains(finding.package(), finding.version(), distribution) {
                    Containment::Inside(_) => Answer::Yes,
                    Containment::Outside(_) => Answer::No,
                    Containment::NotComparable(_) => Answer::Unknown,
                })
            }
            Self::Architecture(names) => platform::of_finding(&info.artifact, finding, |platform| {
                Answer::of_text(platform.architecture.as_deref(), |name| names.match_name(name))
            }),
            Self::Os(names) => platform::of_finding(&info.artifact, finding, |platform| {
                Answer::of_text(platform.os.as_deref(), |name| names.match_name(name))
            }),
            Self::InArtifact(filter) => {
                pass.remember(Question::of_artifact(self, info), |pass| filter.answer_in(pass, info))
            }
            _ if self.is_costly() => {
                pass.remember(Question::of_finding(self, finding.get()), |_| self.answer_alone(finding.get()))
            }
            _ => self.answer_alone(finding.get()),
        }
    }

    /// Whether the answer depends on the artifact that the finding is in, beyond its report.
    pub(super) fn looks_at_artifact(&self) -> bool {
        matches!(self, Self::Architecture(_) | Self::Os(_) | Self::InArtifact(_))
    }

    /// Whether the answer depends on nothing but the finding.
    pub(super) fn looks_at_finding_alone(&self) -> bool {
        !matches!(self, Self::Version(_)) && !self.looks_at_artifact()
    }

    /// Whether looking up an answer given earlier is cheaper than working it out.
    fn is_costly(&self) -> bool {
        match self {
            Self::Cve(names) | Self::Package(names) => names.are_costly(),
            Self::DescriptionContains(_) | Self::CvssScoreBy(..) => true,
            _ => false,
        }
    }

    /// The answer where it depends on nothing but the finding; unknown where it depends on more.
    pub(super) fn answer_alone(&self, finding: &Finding) -> Answer {
        match self {
            Self::Cve(names) => names.match_name(finding.id()).into(),
            Self::Package(names) => names.match_name(finding.package()).into(),
            Self::Severity(severity) => (finding.severity() == *severity).into(),
            Self::SeverityAtLeast(severity) => (finding.severity() >= *severity).into(),
            Self::CvssScore(range) => range.answer(finding.cvss_score()),
            Self::CvssScoreBy(preference, range) => {
                range.answer(finding.cvss().score_with(preference).map(|score| score.value))
            }
            Self::Fixable => finding.fixable().into(),
            Self::Status(names) => Answer::of_text(finding.status(), |status| names.match_name(status)),
            Self::DescriptionContains(text) => finding.description_contains(text).into(),
            Self::Cwe(id) => finding.has_cwe_id(id).into(),
            Self::Version(_) | Self::Architecture(_) | Self::Os(_) | Self::InArtifact(_) => Answer::Unknown,
        }
    }
}

impl ScoreRange {
    pub(super) fn new(range: impl RangeBounds<f64>) -> Self {
        Self { from: range.start_bound().cloned(), to: range.end_bound().cloned() }
    }

    fn answer(self, score: Option<f64>) -> Answer {
        Answer::of(score, |score| (self.from, self.to).contains(&score))
    }
}

impl fmt::Display for ScoreRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.from {
            Bound::Included(from) => write!(formatter, " >= {from:.1}")?,
            Bound::Excluded(from) => write!(formatter, " > {from:.1}")?,
            Bound::Unbounded => {}
        }
        match self.to {
            Bound::Included(to) => write!(formatter, " <= {to:.1}"),
            Bound::Excluded(to) => write!(formatter, " < {to:.1}"),
            Bound::Unbounded => Ok(()),
        }
    }
}

impl fmt::Display for FindingCondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cve(names) => write!(formatter, "cve {names}"),
            Self::Package(names) => write!(formatter, "package {names}"),
            Self::Version(range) => write!(formatter, "version {range}"),
            Self::Severity(severity) => write!(formatter, "severity {severity}"),
            Self::SeverityAtLeast(severity) => write!(formatter, "severity at least {severity}"),
            Self::CvssScore(range) => write!(formatter, "cvss score{range}"),
            Self::CvssScoreBy(_, range) => write!(formatter, "cvss score of own preference{range}"),
            Self::Fixable => formatter.write_str("fixable"),
            Self::Status(names) => write!(formatter, "status {names}"),
            Self::DescriptionContains(text) => write!(formatter, "description contains {text:?}"),
            Self::Cwe(id) => write!(formatter, "cwe {id}"),
            Self::Architecture(names) => write!(formatter, "architecture {names}"),
            Self::Os(names) => write!(formatter, "os {names}"),
            Self::InArtifact(filter) => write!(formatter, "in artifact ({filter})"),
        }
    }
}
