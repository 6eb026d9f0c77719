//! Filters of artifacts.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use self::condition::{ArtifactCondition, Has, Moment};
use super::expression::Expression;
use super::names::{Capitals, Names, Words};
use super::operators::operators;
use super::pass::Pass;
use super::{Answer, FindingFilter, Pattern};
use crate::model::{ArtifactInfo, Severity};

mod condition;

/// What is true of an artifact.
///
/// Put together with `&`, `|` and `!`. Text is compared whole and, but for tags, whatever its capitals; patterns have to
/// be asked for. Each answer is yes, no or unknown, and what makes it unknown stands with each filter; where nothing is
/// said it is always known. Cheap to clone.
///
/// ```
/// # use harbor_ext::analysis::{ArtifactFilter, FindingFilter};
/// # use harbor_ext::model::Severity;
/// let log4shell = ArtifactFilter::has(FindingFilter::cve("CVE-2021-44228"));
/// let filter = log4shell & ArtifactFilter::project("shop") & !ArtifactFilter::tag("old");
/// assert_eq!(filter.to_string(), "has (cve CVE-2021-44228) and project shop and not tag old");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ArtifactFilter {
    expression: Arc<Expression<ArtifactCondition>>,
}

/// What is in it.
impl ArtifactFilter {
    /// The artifacts that have at least one finding that another filter says yes to.
    ///
    /// Unknown for an artifact without a report, whatever the reason, and where the other filter does not know and says
    /// yes to no other finding. So `!has(cve)` has only artifacts that were scanned and are known not to have it.
    ///
    /// An index of which the children are artifacts of the report, too, has no report of its own: ask the children.
    ///
    /// Several conditions on *one* finding stand inside: `has(cve & fixable)`. `has(cve) & has(fixable)` asks for two
    /// findings that may be different ones.
    #[must_use]
    pub fn has(filter: FindingFilter) -> Self {
        Self::condition(ArtifactCondition::Has(Has::new(filter)))
    }

    /// The artifacts whose worst finding is of exactly this severity.
    ///
    /// `has(severity(Low))` asks for any finding of that severity instead. An artifact without findings has no severity.
    /// Unknown without a report.
    #[must_use]
    pub fn overall_severity(severity: Severity) -> Self {
        Self::condition(ArtifactCondition::OverallSeverity(severity))
    }

    /// The artifacts whose worst finding is of this severity or a worse one. Unknown without a report.
    #[must_use]
    pub fn overall_severity_at_least(severity: Severity) -> Self {
        Self::has(FindingFilter::severity_at_least(severity))
    }

    /// The artifacts that have a report.
    #[must_use]
    pub fn reported() -> Self {
        Self::condition(ArtifactCondition::Reported)
    }

    /// The artifacts in one state, by [`ReportState::name`](crate::model::ReportState::name), such as `not_scanned`.
    #[must_use]
    pub fn state(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::State(Names::one(name.as_ref())))
    }
}

/// Where it is, and what it is called.
impl ArtifactFilter {
    /// The artifacts of one registry, such as `harbor.example.com`, by
    /// [`Artifact::registry`](crate::model::Artifact::registry). Unknown for what was made without one.
    #[must_use]
    pub fn registry(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Registry(Names::one(name.as_ref())))
    }

    /// The artifacts of any of these registries; of none of them, nothing. Unknown for what was made without one.
    #[must_use]
    pub fn registries(names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::condition(ArtifactCondition::Registry(Names::several(names)))
    }

    /// The artifacts of registries that match a pattern as a whole. Unknown for what was made without one.
    #[must_use]
    pub fn registry_matching(pattern: Pattern) -> Self {
        Self::condition(ArtifactCondition::Registry(Names::Matching(pattern)))
    }

    /// The artifacts of one repository, in whichever registries: by its full name, or by the part after the project, which may be in several
    /// projects.
    #[must_use]
    pub fn repository(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Repository(Names::one(name.as_ref())))
    }

    /// The artifacts of any of these repositories, each named as for [`repository`](Self::repository); of none of them,
    /// nothing.
    #[must_use]
    pub fn repositories(names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::condition(ArtifactCondition::Repository(Names::several(names)))
    }

    /// The artifacts of repositories whose full name, with the project, matches a pattern.
    #[must_use]
    pub fn repository_matching(pattern: Pattern) -> Self {
        Self::condition(ArtifactCondition::Repository(Names::Matching(pattern)))
    }

    /// The artifacts of one project.
    #[must_use]
    pub fn project(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Project(Names::one(name.as_ref())))
    }

    /// The artifacts of any of these projects; of none of them, nothing.
    #[must_use]
    pub fn projects(names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::condition(ArtifactCondition::Project(Names::several(names)))
    }

    /// The artifacts of projects whose whole name matches a pattern.
    #[must_use]
    pub fn project_matching(pattern: Pattern) -> Self {
        Self::condition(ArtifactCondition::Project(Names::Matching(pattern)))
    }

    /// The artifacts with one tag: `v1` is neither `v1.0` nor `V1`, which are other tags to a registry.
    #[must_use]
    pub fn tag(name: impl AsRef<str>) -> Self {
        let words = Words::new([name], Capitals::Count);
        Self::condition(ArtifactCondition::Tag(Names::OneOf(words)))
    }

    /// The artifacts with a tag that matches a pattern as a whole.
    #[must_use]
    pub fn tag_matching(pattern: Pattern) -> Self {
        Self::condition(ArtifactCondition::Tag(Names::Matching(pattern)))
    }

    /// The artifacts with no tag at all.
    #[must_use]
    pub fn untagged() -> Self {
        Self::condition(ArtifactCondition::Untagged)
    }

    /// The artifacts with one label. Unknown where labels were not asked for when the artifacts were listed.
    #[must_use]
    pub fn label(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Label(Names::one(name.as_ref())))
    }

    /// The artifacts with one digest, in whichever repositories.
    #[must_use]
    pub fn digest(digest: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Digest(Names::one(digest.as_ref())))
    }
}

/// What it is.
impl ArtifactFilter {
    /// The images for an architecture, such as `arm64`, and the indexes with a child for it. Unknown where the list of
    /// artifacts did not tell.
    #[must_use]
    pub fn architecture(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Architecture(Names::one(name.as_ref())))
    }

    /// The images for an operating system, such as `linux`, and the indexes with a child for it. Unknown where the list
    /// of artifacts did not tell.
    #[must_use]
    pub fn os(name: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Os(Names::one(name.as_ref())))
    }

    /// The artifacts of one kind, in Harbor's word, such as `IMAGE` or `CHART`. Unknown where the list of artifacts did
    /// not tell.
    #[must_use]
    pub fn kind(kind: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::Kind(Names::one(kind.as_ref())))
    }

    /// The artifacts of one media type: that of the manifest, that of the configuration, or the type that the manifest
    /// declares. Unknown where the list of artifacts told none of them.
    #[must_use]
    pub fn media_type(media_type: impl AsRef<str>) -> Self {
        Self::condition(ArtifactCondition::MediaType(Names::one(media_type.as_ref())))
    }
}

/// How old it is. No clock is read here: what is old is told by the caller.
impl ArtifactFilter {
    /// The artifacts pushed at this time or later. Unknown without a time of the push.
    #[must_use]
    pub fn pushed_after(time: DateTime<Utc>) -> Self {
        Self::condition(ArtifactCondition::Since(Moment::Push, time))
    }

    /// The artifacts pushed before this time. Unknown without a time of the push.
    #[must_use]
    pub fn pushed_before(time: DateTime<Utc>) -> Self {
        !Self::pushed_after(time)
    }

    /// The artifacts pushed longer ago than that. Unknown without a time of the push.
    #[must_use]
    pub fn push_older_than(age: Duration, now: DateTime<Utc>) -> Self {
        Self::pushed_before(before(age, now))
    }

    /// The artifacts last pulled at this time or later. One that was never pulled was not.
    #[must_use]
    pub fn pulled_after(time: DateTime<Utc>) -> Self {
        Self::condition(ArtifactCondition::Since(Moment::Pull, time))
    }

    /// The artifacts pulled before this time and not since. One that was never pulled was not; `!pulled_after(time)` has
    /// both.
    #[must_use]
    pub fn pulled_before(time: DateTime<Utc>) -> Self {
        Self::condition(ArtifactCondition::Pulled) & !Self::pulled_after(time)
    }

    /// The artifacts whose report was made at this time or later. Unknown without a report, and for one without a time.
    #[must_use]
    pub fn scanned_after(time: DateTime<Utc>) -> Self {
        Self::condition(ArtifactCondition::Since(Moment::Scan, time))
    }

    /// The artifacts whose report was made before this time. Unknown without a report, and for one without a time.
    #[must_use]
    pub fn scanned_before(time: DateTime<Utc>) -> Self {
        !Self::scanned_after(time)
    }

    /// The artifacts whose report is older than that. Unknown without a report, and for one without a time.
    #[must_use]
    pub fn scan_older_than(age: Duration, now: DateTime<Utc>) -> Self {
        Self::scanned_before(before(age, now))
    }
}

impl ArtifactFilter {
    /// What the filter says of one artifact.
    ///
    /// For many artifacts, [`ArtifactReport::matching`](crate::analysis::ArtifactReport::matching) is much faster.
    #[must_use]
    pub fn answer(&self, info: &ArtifactInfo) -> Answer {
        self.answer_in(&mut Pass::default(), info)
    }

    pub(in crate::analysis) fn answer_in<'a>(&self, pass: &mut Pass<'a>, info: &'a ArtifactInfo) -> Answer {
        self.expression.answer(&mut |condition| condition.answer(pass, info))
    }

    fn condition(condition: ArtifactCondition) -> Self {
        Self::new(Expression::Condition(condition))
    }

    fn new(expression: Expression<ArtifactCondition>) -> Self {
        Self { expression: Arc::new(expression) }
    }

    fn into_expression(self) -> Expression<ArtifactCondition> {
        Arc::unwrap_or_clone(self.expression)
    }
}

operators!(ArtifactFilter);

/// So long before now; the beginning of time for an age that reaches beyond it.
fn before(age: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    let age = TimeDelta::from_std(age).ok();
    age.and_then(|age| now.checked_sub_signed(age)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
mod tests;
