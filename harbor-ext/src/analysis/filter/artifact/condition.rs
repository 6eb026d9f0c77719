//! A single condition on an artifact.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};

use super::super::names::Names;
use super::super::pass::{Pass, Question};
use super::super::split::Split;
use super::super::{Answer, FindingFilter, platform};
use crate::model::{Artifact, ArtifactInfo, Report, Severity};

/// A single condition on an artifact. What each means is told where it is made.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ArtifactCondition {
    Has(Has),
    OverallSeverity(Severity),
    Reported,
    State(Names),
    Registry(Names),
    Repository(Names),
    Project(Names),
    Tag(Names),
    Untagged,
    Label(Names),
    Digest(Names),
    Architecture(Names),
    Os(Names),
    Kind(Names),
    MediaType(Names),
    Since(Moment, DateTime<Utc>),
    Pulled,
}

/// Whether any finding is such.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Has {
    filter: FindingFilter,
    split: Split,
    /// Whether the answer depends on the report alone, so that artifacts with the same one share it.
    is_of_report: bool,
}

/// Something that happens to an artifact at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Push,
    Pull,
    Scan,
}

impl ArtifactCondition {
    pub(super) fn answer<'a>(&self, pass: &mut Pass<'a>, info: &'a ArtifactInfo) -> Answer {
        let artifact = &*info.artifact;
        match self {
            Self::Has(has) => has.answer(pass, info),
            Self::OverallSeverity(severity) => {
                Answer::of(info.state.report(), |report| report.severity() == Some(*severity))
            }
            Self::Reported => info.state.report().is_some().into(),
            Self::State(names) => names.match_name(info.state.name()).into(),
            Self::Registry(names) => Answer::of(artifact.registry.as_deref(), |registry| names.match_name(registry)),
            Self::Repository(names) => is_repository(names, artifact).into(),
            Self::Project(names) => names.match_name(artifact.repository.project().as_str()).into(),
            Self::Tag(names) => artifact.tag_names().any(|tag| names.match_name(tag)).into(),
            Self::Untagged => (artifact.tag_names().len() == 0).into(),
            Self::Label(names) => {
                Answer::of(artifact.label_names(), |mut labels| labels.any(|label| names.match_name(label)))
            }
            Self::Digest(names) => names.match_name(artifact.digest.as_str()).into(),
            Self::Architecture(names) => platform::of_artifact(artifact, |platform| {
                Answer::of_text(platform.architecture.as_deref(), |name| names.match_name(name))
            }),
            Self::Os(names) => platform::of_artifact(artifact, |platform| {
                Answer::of_text(platform.os.as_deref(), |name| names.match_name(name))
            }),
            Self::Kind(names) => Answer::of_text(&*artifact.kind, |kind| names.match_name(kind)),
            Self::MediaType(names) => is_of_media_type(names, artifact),
            Self::Since(moment, time) => moment.since(*time, info),
            Self::Pulled => artifact.pull_time.is_some().into(),
        }
    }
}

impl Has {
    pub(super) fn new(filter: FindingFilter) -> Self {
        let is_of_report = !filter.looks_at_artifact();
        Self { split: Split::new(&filter), filter, is_of_report }
    }

    fn answer<'a>(&self, pass: &mut Pass<'a>, info: &'a ArtifactInfo) -> Answer {
        let Some(report) = info.state.report() else {
            return Answer::Unknown;
        };
        let any = |pass: &mut Pass<'a>| {
            pass.with_answers_of(self, |pass, answers| {
                Answer::any(report.findings().map(|finding| self.split.answer(answers, pass, info, finding)))
            })
        };
        if self.is_of_report { pass.remember(Question::of_report(self, report), any) } else { any(pass) }
    }
}

/// Exact names are full ones or the part after the project; patterns are of full ones only, since a pattern can leave
/// the project open and a part of it would match by accident.
fn is_repository(names: &Names, artifact: &Artifact) -> bool {
    let name = &artifact.repository;
    let is_path = matches!(names, Names::OneOf(_)) && names.match_name(name.path());
    is_path || names.match_name(name.full())
}

fn is_of_media_type(names: &Names, artifact: &Artifact) -> Answer {
    let types = [Some(&*artifact.manifest_media_type), Some(&*artifact.media_type), artifact.artifact_type.as_deref()];
    let mut known = types.into_iter().flatten().filter(|name| !name.is_empty()).peekable();
    match known.peek() {
        Some(_) => known.any(|name| names.match_name(name)).into(),
        None => Answer::Unknown,
    }
}

impl Moment {
    fn since(self, time: DateTime<Utc>, info: &ArtifactInfo) -> Answer {
        let is_since = |moment: DateTime<Utc>| moment >= time;
        match self {
            Self::Push => Answer::of(info.artifact.push_time, is_since),
            // No time means that it was never pulled, which is known.
            Self::Pull => info.artifact.pull_time.is_some_and(is_since).into(),
            Self::Scan => Answer::of(info.state.report().and_then(Report::generated_at), is_since),
        }
    }
}

impl fmt::Display for ArtifactCondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Has(has) => write!(formatter, "has ({})", has.filter),
            Self::OverallSeverity(severity) => write!(formatter, "overall severity {severity}"),
            Self::Reported => formatter.write_str("reported"),
            Self::State(names) => write!(formatter, "state {names}"),
            Self::Registry(names) => write!(formatter, "registry {names}"),
            Self::Repository(names) => write!(formatter, "repository {names}"),
            Self::Project(names) => write!(formatter, "project {names}"),
            Self::Tag(names) => write!(formatter, "tag {names}"),
            Self::Untagged => formatter.write_str("untagged"),
            Self::Label(names) => write!(formatter, "label {names}"),
            Self::Digest(names) => write!(formatter, "digest {names}"),
            Self::Architecture(names) => write!(formatter, "architecture {names}"),
            Self::Os(names) => write!(formatter, "os {names}"),
            Self::Kind(names) => write!(formatter, "kind {names}"),
            Self::MediaType(names) => write!(formatter, "media type {names}"),
            Self::Since(moment, time) => {
                write!(formatter, "{moment} since {}", time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            }
            Self::Pulled => formatter.write_str("pulled"),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Push => "pushed",
            Self::Pull => "pulled",
            Self::Scan => "scanned",
        })
    }
}
