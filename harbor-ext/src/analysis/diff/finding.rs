//! What became of one finding.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::keys::{self, AnyCase, FindingKey};
use crate::model::{Finding, Report, Severity};

/// What became of one finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct FindingChange {
    /// What became of it.
    pub class: FindingClass,
    /// The finding as the new report has it, or else the old one.
    pub finding: Arc<Finding>,
    /// The finding as the old report has it, where both have it.
    pub before: Option<Arc<Finding>>,
}

/// What became of a finding: exactly one of these.
///
/// In one image a finding is known by its vulnerability and its package, and by the version only where that leaves a
/// choice: in a newer version that is still vulnerable it is not fixed, but [changed](Self::Changed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingClass {
    /// In an image that was not there before.
    NewImage,
    /// New in an image that has not changed: more is known about it now.
    NewOnSameImage,
    /// New in an image that was rebuilt.
    NewByRebuild,
    /// Not known before, because the image, or the one that it replaces, had no report then. It need not be new.
    ScanAppeared,
    /// In both reports, with another severity, fix version or version of the package.
    Changed,
    /// In both reports alike.
    Unchanged,
    /// In an image that is still there, without the tags that it had. See [`Relation`](super::Relation).
    Superseded,
    /// In an image that was there before it took the tags of another. See [`Relation`](super::Relation).
    Reinstated,
    /// Not known any more, because the image, or its rebuild, has no report now. It is not fixed for that.
    ScanMissing,
    /// Gone from an image that was rebuilt.
    FixedByRebuild,
    /// Gone from an image that has not changed: it was withdrawn, or the scanner judges differently.
    FixedInPlace,
    /// In an image that is not there any more.
    ImageGone,
}

impl fmt::Display for FindingClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NewImage => "in a new image",
            Self::NewOnSameImage => "new on the same image",
            Self::NewByRebuild => "new by a rebuild",
            Self::ScanAppeared => "without report before",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Superseded => "in a superseded image",
            Self::Reinstated => "in a reinstated image",
            Self::ScanMissing => "without report now",
            Self::FixedByRebuild => "fixed by a rebuild",
            Self::FixedInPlace => "fixed in place",
            Self::ImageGone => "image gone",
        })
    }
}

impl FindingChange {
    /// The severity before and now, where it changed.
    #[must_use]
    pub fn severity_change(&self) -> Option<(Severity, Severity)> {
        let before = self.before.as_ref()?.severity();
        let now = self.finding.severity();
        (before != now).then_some((before, now))
    }

    /// Whether a version that fixes it has become available.
    #[must_use]
    pub fn became_fixable(&self) -> bool {
        self.before.as_ref().is_some_and(|before| !before.fixable()) && self.finding.fixable()
    }
}

/// All findings of a report, as one class.
pub(super) fn all_of(report: &Report, class: FindingClass) -> Vec<FindingChange> {
    sorted(report).into_iter().map(|finding| alone(class, finding)).collect()
}

/// The findings that are not alike in both reports, sorted by identifier, package and version, and how many are alike.
pub(super) fn compare(
    old: &Report,
    new: &Report,
    fixed: FindingClass,
    new_finding: FindingClass,
) -> (Vec<FindingChange>, usize) {
    if std::ptr::eq(old, new) {
        return (Vec::new(), new.len());
    }
    let mut rest = Unmatched { old: sorted(old), new: sorted(new) };
    let unchanged = rest.take_pairs(shown).len();
    let same_version = rest.take_pairs(keys::of);
    let other_version = rest.take_pairs(|finding| (AnyCase(finding.id()), AnyCase(finding.package())));

    let changed = same_version.into_iter().chain(other_version).map(|(old, new)| FindingChange {
        class: FindingClass::Changed,
        finding: new.clone(),
        before: Some(old.clone()),
    });
    let fixed = rest.old.into_iter().map(|finding| alone(fixed, finding));
    let new_findings = rest.new.into_iter().map(|finding| alone(new_finding, finding));
    let mut changes: Vec<_> = changed.chain(fixed).chain(new_findings).collect();
    changes.sort_by(|a, b| keys::of(&a.finding).cmp(&keys::of(&b.finding)));
    (changes, unchanged)
}

/// Findings of two reports that have not found their counterpart yet, each list sorted by [`shown`].
struct Unmatched<'a> {
    old: Vec<&'a Arc<Finding>>,
    new: Vec<&'a Arc<Finding>>,
}

impl<'a> Unmatched<'a> {
    /// Takes out the pairs that have a key in common, by which both lists are sorted.
    fn take_pairs<K: Ord>(&mut self, key: impl Fn(&'a Finding) -> K) -> Vec<(&'a Arc<Finding>, &'a Arc<Finding>)> {
        let mut pairs = Vec::new();
        let (mut only_old, mut only_new) = (Vec::new(), Vec::new());
        let (mut old, mut new) = (std::mem::take(&mut self.old).into_iter(), std::mem::take(&mut self.new).into_iter());
        let (mut next_old, mut next_new) = (old.next(), new.next());
        while let (Some(one), Some(other)) = (next_old, next_new) {
            let order = key(one).cmp(&key(other));
            match order {
                Ordering::Less => only_old.push(one),
                Ordering::Equal => pairs.push((one, other)),
                Ordering::Greater => only_new.push(other),
            }
            if order.is_le() {
                next_old = old.next();
            }
            if order.is_ge() {
                next_new = new.next();
            }
        }
        self.old = only_old.into_iter().chain(next_old).chain(old).collect();
        self.new = only_new.into_iter().chain(next_new).chain(new).collect();
        pairs
    }
}

fn sorted(report: &Report) -> Vec<&Arc<Finding>> {
    let mut findings: Vec<_> = report.findings().map(|finding| finding.shared()).collect();
    findings.sort_by(|a, b| shown(a).cmp(&shown(b)));
    findings
}

/// What must agree for a finding to be unchanged. Begins with what makes it the same finding, so that a list that is
/// sorted by this is also sorted by that.
fn shown(finding: &Finding) -> (FindingKey<'_>, Severity, &str) {
    (keys::of(finding), finding.severity(), finding.fix_version())
}

fn alone(class: FindingClass, finding: &Arc<Finding>) -> FindingChange {
    FindingChange { class, finding: finding.clone(), before: None }
}
