//! What became of one artifact.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{self, FindingChange, FindingClass};
use super::pairs::Pair;
use crate::model::{ArtifactInfo, Scanner};
use crate::name::{Digest, RepositoryName};

/// What became of one artifact, and of its findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ArtifactChange {
    /// The registry, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Arc<str>>,
    /// The repository.
    pub repository: RepositoryName,
    /// How the artifacts of the two reports belong together.
    pub relation: Relation,
    /// What the old report says; `None` where it has no such artifact.
    pub old: Option<Image>,
    /// What the new report says; `None` where it has no such artifact.
    pub new: Option<Image>,
    /// The findings that changed, sorted by identifier and package.
    pub findings: Vec<FindingChange>,
    /// How many findings both reports have alike.
    pub unchanged: usize,
}

/// What one report says of an artifact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Image {
    /// The digest of its content.
    pub digest: Digest,
    /// Its tags, in the order of the list.
    pub tags: Vec<String>,
    /// Whether it had a report, by [`ReportState::name`](crate::model::ReportState::name).
    pub state: String,
    /// When its report was made, where that is known.
    pub generated_at: Option<DateTime<Utc>>,
    /// The scanner that made its report, where it is named. Two scanners find different things.
    pub scanner: Option<Scanner>,
    /// How many findings it had.
    pub findings: usize,
}

/// How artifacts of two reports belong together. See [`Diff`](super::Diff) for the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// The same content in the same repository.
    Same,
    /// Other content has taken the tags.
    Rebuilt,
    /// Only the new report has it.
    New,
    /// Only the old report has it.
    Gone,
    /// It was there before and is still there, but its tags are on a rebuild, with which it is compared elsewhere.
    Superseded,
    /// It was there before, and has since taken the tags of another, with which it is compared elsewhere: the
    /// counterpart of [`Superseded`](Self::Superseded), as when a rebuild is taken back.
    Reinstated,
}

impl fmt::Display for Relation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Same => "same image",
            Self::Rebuilt => "rebuilt",
            Self::New => "new image",
            Self::Gone => "image gone",
            Self::Superseded => "superseded",
            Self::Reinstated => "reinstated",
        })
    }
}

impl ArtifactChange {
    pub(super) fn of(pair: &Pair<'_>) -> Option<Self> {
        let artifact = &pair.new.or(pair.old)?.artifact;
        let (registry, repository) = (artifact.registry.clone(), artifact.repository.clone());
        let (findings, unchanged) = findings_of(pair);
        let [old, new] = [pair.old, pair.new].map(|info| info.map(Image::of));
        Some(Self { registry, repository, relation: pair.relation, old, new, findings, unchanged })
    }

    /// Whether it is the same image in the same state with the same findings.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let state = |image: &Option<Image>| image.as_ref().map(|image| image.state.clone());
        self.relation == Relation::Same && self.findings.is_empty() && state(&self.old) == state(&self.new)
    }
}

fn findings_of(pair: &Pair<'_>) -> (Vec<FindingChange>, usize) {
    let [old, new] = [pair.old, pair.new].map(|info| info.and_then(|info| info.state.report()));
    let alone = match pair.relation {
        Relation::New => FindingClass::NewImage,
        Relation::Gone => FindingClass::ImageGone,
        Relation::Superseded => FindingClass::Superseded,
        Relation::Reinstated => FindingClass::Reinstated,
        // The image is in both reports, but only one of them knows its findings.
        Relation::Same | Relation::Rebuilt if new.is_none() => FindingClass::ScanMissing,
        Relation::Same | Relation::Rebuilt => FindingClass::ScanAppeared,
    };
    let (fixed, new_finding) = match pair.relation {
        Relation::Rebuilt => (FindingClass::FixedByRebuild, FindingClass::NewByRebuild),
        _ => (FindingClass::FixedInPlace, FindingClass::NewOnSameImage),
    };
    match (old, new) {
        (Some(old), Some(new)) => finding::compare(old, new, fixed, new_finding),
        (one, other) => (one.or(other).map(|report| finding::all_of(report, alone)).unwrap_or_default(), 0),
    }
}

impl Image {
    fn of(info: &ArtifactInfo) -> Self {
        let report = info.state.report();
        Self {
            digest: info.artifact.digest.clone(),
            tags: info.tags().map(str::to_owned).collect(),
            state: info.state.name().to_owned(),
            generated_at: report.and_then(|report| report.generated_at()),
            scanner: report.and_then(|report| report.scanner()).cloned(),
            findings: report.map_or(0, |report| report.len()),
        }
    }
}
