//! Filters of findings.

use std::ops::RangeBounds;
use std::sync::Arc;

use self::condition::{FindingCondition, ScoreRange};
use super::expression::Expression;
use super::names::Names;
use super::operators::operators;
use super::pass::Pass;
use super::{Answer, ArtifactFilter, Pattern};
use crate::model::cvss::Preference;
use crate::model::{ArtifactInfo, Finding, FindingRef, Severity};
use crate::version::VersionRange;

mod condition;

/// What is true of one finding in one artifact.
///
/// Put together with `&`, `|` and `!`. Text is compared whole and whatever its capitals; patterns have to be asked for.
/// Each answer is yes, no or unknown, and what makes it unknown stands with each filter; where nothing is said it is
/// always known. Cheap to clone.
///
/// ```
/// # use harbor_ext::analysis::FindingFilter;
/// # use harbor_ext::model::Severity;
/// let urgent = FindingFilter::severity_at_least(Severity::High) & FindingFilter::fixable();
/// let urgent = urgent & !FindingFilter::package("linux-libc-dev");
/// assert_eq!(urgent.to_string(), "severity at least High and fixable and not package linux-libc-dev");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FindingFilter {
    expression: Arc<Expression<FindingCondition>>,
}

impl FindingFilter {
    /// The findings of one vulnerability: `CVE-2020-1234` is not `CVE-2020-12345`. The empty identifier is that of findings
    /// without one, as in [`by_cve`](crate::analysis::ArtifactReport::by_cve).
    #[must_use]
    pub fn cve(id: impl AsRef<str>) -> Self {
        Self::condition(FindingCondition::Cve(Names::one(id.as_ref())))
    }

    /// The findings of any of these vulnerabilities; of none of them, nothing.
    #[must_use]
    pub fn cves(ids: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::condition(FindingCondition::Cve(Names::several(ids)))
    }

    /// The findings whose whole identifier matches a pattern.
    #[must_use]
    pub fn cve_matching(pattern: Pattern) -> Self {
        Self::condition(FindingCondition::Cve(Names::Matching(pattern)))
    }

    /// The findings in one package: `ssl` is not `libssl`.
    #[must_use]
    pub fn package(name: impl AsRef<str>) -> Self {
        Self::condition(FindingCondition::Package(Names::one(name.as_ref())))
    }

    /// The findings in any of these packages; in none of them, nothing.
    #[must_use]
    pub fn packages(names: impl IntoIterator<Item: AsRef<str>>) -> Self {
        Self::condition(FindingCondition::Package(Names::several(names)))
    }

    /// The findings in packages whose whole name matches a pattern.
    #[must_use]
    pub fn package_matching(pattern: Pattern) -> Self {
        Self::condition(FindingCondition::Package(Names::Matching(pattern)))
    }

    /// The findings whose installed version is in a range.
    ///
    /// Reports do not say by which rules versions are compared. Unless the range has a scheme, it follows from the package,
    /// the version, and what the other packages of the artifact show its distribution to be. Unknown for a version that
    /// cannot be compared with the range, or by no scheme that can be told.
    ///
    /// Goes with a package: `package("openssl") & version(range)`. Alone it asks for the versions of all packages.
    #[must_use]
    pub fn version(range: VersionRange) -> Self {
        Self::condition(FindingCondition::Version(range))
    }

    /// The findings of exactly this severity. One that is not rated has [`Severity::Unknown`], which is a severity like
    /// the others.
    #[must_use]
    pub fn severity(severity: Severity) -> Self {
        Self::condition(FindingCondition::Severity(severity))
    }

    /// The findings of this severity or a worse one, in the order of [`Severity`]: one that is not rated is below all
    /// but [`Severity::None`].
    #[must_use]
    pub fn severity_at_least(severity: Severity) -> Self {
        Self::condition(FindingCondition::SeverityAtLeast(severity))
    }

    /// The findings whose CVSS score is in a range, such as `7.0..` or `4.0..=6.9`.
    ///
    /// The score is [`Finding::cvss_score`](crate::model::Finding::cvss_score). Unknown for a finding without one, which
    /// may be as bad as any.
    #[must_use]
    pub fn cvss_score(range: impl RangeBounds<f64>) -> Self {
        Self::condition(FindingCondition::CvssScore(ScoreRange::new(range)))
    }

    /// The same, with the score that a preference of the caller's chooses. Unknown where nobody has rated the finding
    /// whom the preference believes.
    #[must_use]
    pub fn cvss_score_with(preference: Preference, range: impl RangeBounds<f64>) -> Self {
        Self::condition(FindingCondition::CvssScoreBy(preference, ScoreRange::new(range)))
    }

    /// The findings that a newer version of the package fixes.
    #[must_use]
    pub fn fixable() -> Self {
        Self::condition(FindingCondition::Fixable)
    }

    /// The findings that no version of the package fixes yet.
    #[must_use]
    pub fn unfixable() -> Self {
        !Self::fixable()
    }

    /// The findings that the vendor has given this status, such as `will_not_fix`. Unknown for a finding without one:
    /// servers before 2.14 do not tell.
    #[must_use]
    pub fn status(status: impl AsRef<str>) -> Self {
        Self::condition(FindingCondition::Status(Names::one(status.as_ref())))
    }

    /// The findings in whose description a text stands anywhere. It is no pattern. Nothing stands in a description that
    /// is missing.
    #[must_use]
    pub fn description_contains(text: impl Into<Box<str>>) -> Self {
        Self::condition(FindingCondition::DescriptionContains(text.into()))
    }

    /// The findings of a kind of weakness, such as `CWE-79`. One that has none given is not of that kind.
    #[must_use]
    pub fn cwe(id: impl Into<Box<str>>) -> Self {
        Self::condition(FindingCondition::Cwe(id.into()))
    }

    /// The findings in images for an architecture, such as `arm64`.
    ///
    /// A finding of an index counts for those of its children that it is in. Unknown where the list of artifacts did not
    /// tell the platform, and where the report does not tell the child and the children differ.
    #[must_use]
    pub fn architecture(name: impl AsRef<str>) -> Self {
        Self::condition(FindingCondition::Architecture(Names::one(name.as_ref())))
    }

    /// The findings in images for an operating system, such as `linux`; known where
    /// [`architecture`](Self::architecture) is.
    #[must_use]
    pub fn os(name: impl AsRef<str>) -> Self {
        Self::condition(FindingCondition::Os(Names::one(name.as_ref())))
    }

    /// The findings in artifacts that another filter says yes to. Unknown where that is unknown.
    ///
    /// The way back is [`ArtifactFilter::has`].
    #[must_use]
    pub fn in_artifact(filter: ArtifactFilter) -> Self {
        Self::condition(FindingCondition::InArtifact(filter))
    }

    /// What the filter says of one finding in one artifact.
    ///
    /// For many findings, [`Findings::matching`](crate::analysis::Findings::matching) is much faster.
    #[must_use]
    pub fn answer(&self, info: &ArtifactInfo, finding: FindingRef<'_>) -> Answer {
        self.answer_in(&mut Pass::default(), info, finding)
    }

    pub(in crate::analysis) fn answer_in<'a>(
        &self,
        pass: &mut Pass<'a>,
        info: &'a ArtifactInfo,
        finding: FindingRef<'a>,
    ) -> Answer {
        self.expression.answer(&mut |condition| condition.answer(pass, info, finding))
    }

    /// The answer of a filter that [looks at the finding alone](Self::looks_at_finding_alone).
    pub(super) fn answer_alone(&self, finding: &Finding) -> Answer {
        self.expression.answer(&mut |condition| condition.answer_alone(finding))
    }

    /// Filters that all have to say yes for this one to do so.
    pub(super) fn conjunction(&self) -> impl Iterator<Item = Self> {
        let parts = match &*self.expression {
            Expression::All(parts) => &parts[..],
            part => std::slice::from_ref(part),
        };
        parts.iter().cloned().map(Self::new)
    }

    /// Whether the answer depends on nothing but the finding.
    pub(super) fn looks_at_finding_alone(&self) -> bool {
        !self.expression.any_condition(&|condition| !condition.looks_at_finding_alone())
    }

    /// Whether the answer depends on the artifact that the finding is in, beyond its report.
    pub(super) fn looks_at_artifact(&self) -> bool {
        self.expression.any_condition(&FindingCondition::looks_at_artifact)
    }

    fn condition(condition: FindingCondition) -> Self {
        Self::new(Expression::Condition(condition))
    }

    fn new(expression: Expression<FindingCondition>) -> Self {
        Self { expression: Arc::new(expression) }
    }

    fn into_expression(self) -> Expression<FindingCondition> {
        Arc::unwrap_or_clone(self.expression)
    }
}

operators!(FindingFilter);

#[cfg(test)]
mod tests;
