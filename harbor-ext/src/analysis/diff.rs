//! What changed between two reports.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::pairs::Pair;
use super::ArtifactReport;

pub use self::artifact::{ArtifactChange, Image, Relation};
pub use self::finding::{FindingChange, FindingClass};
pub use self::tag::TagChange;

mod artifact;
mod finding;
mod pairs;
mod tag;

/// What changed between two reports, such as those of yesterday and of today.
///
/// Made by [`Diff::between`]. Every artifact of both reports is in it exactly once, and every finding of both in exactly
/// one [class](FindingClass); of those that did not change only the number is kept. It owns what it holds, and findings
/// are shared with the reports.
///
/// # Which image is which
///
/// An artifact of one report and one of the other belong together ([`Relation`]) if they are in the same repository of the
/// same registry and
///
/// 1. have the same digest and a tag in common: the same image;
/// 2. or have a tag in common, but not the digest: a rebuild. Of several candidates the one with most common tags is
///    taken, then the one that was pushed last;
/// 3. or have the same digest: the same image, whose tags are all new or all gone.
///
/// Each belongs to one other at the most. So a rebuild is an image that takes the place of another. Where the old
/// image keeps one of its tags, it is still there, and the other is a new image. Where it stays without a tag, as
/// Harbor leaves it when a tag is pushed again, the rebuild is compared with it, and what stays is
/// [superseded](Relation::Superseded). An image whose tag moved to another that was there before is compared likewise.
/// [`tags`](Self::tags) tells where each tag went, whatever became of the images.
///
/// The same digest in two repositories, or in two registries, is two artifacts. Children of an index, where they are listed, have no tags, so
/// that those of a rebuilt index are gone and new; the index itself is compared as any other image, and which of its
/// children a finding is in does not matter. An artifact that is in one report several times counts once, with the last
/// of its reports.
///
/// # What a difference does not say
///
/// A report knows what was listed. An image that could not be listed, because its project could not be read, looks as
/// if it were gone: see that the failures of both queries say otherwise before believing it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Diff {
    /// Every artifact of both reports, sorted by registry and repository; within one the new ones in the order of
    /// [`ArtifactInfo`](crate::model::ArtifactInfo), then those that are gone.
    pub artifacts: Vec<ArtifactChange>,
    /// The tags that are on another artifact than before, sorted by registry, repository and tag.
    pub tags: Vec<TagChange>,
}

impl Diff {
    /// Compares two reports, of which `old` is the earlier one.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// use harbor_ext::analysis::diff::{Diff, FindingClass};
    ///
    /// # let (yesterday, today) = (ArtifactReport::default(), ArtifactReport::default());
    /// let diff = Diff::between(&yesterday, &today);
    /// for (artifact, change) in diff.findings() {
    ///     if change.class == FindingClass::NewOnSameImage {
    ///         println!("{}: {}", artifact.repository, change.finding.id());
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn between(old: &ArtifactReport, new: &ArtifactReport) -> Self {
        let (old, new) = (pairs::once_each(old), pairs::once_each(new));
        let mut pairs = pairs::pairs(&old, &new);
        pairs.sort_by_key(Pair::place);
        let artifacts = pairs.iter().filter_map(ArtifactChange::of).collect();
        Self { artifacts, tags: tag::changes(&old, &new) }
    }

    /// Whether nothing changed: the same images with the same tags, states and findings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.artifacts.iter().all(ArtifactChange::is_unchanged)
    }

    /// Every finding that changed, with its artifact.
    pub fn findings(&self) -> impl Iterator<Item = (&ArtifactChange, &FindingChange)> {
        self.artifacts.iter().flat_map(|artifact| artifact.findings.iter().map(move |finding| (artifact, finding)))
    }

    /// How many findings are in each class; classes that do not occur are absent. A finding that both reports have
    /// counts once.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<FindingClass, usize> {
        let mut counts = BTreeMap::new();
        for (_, change) in self.findings() {
            *counts.entry(change.class).or_default() += 1;
        }
        // What was read from a file may be any numbers.
        let unchanged = self.artifacts.iter().map(|artifact| artifact.unchanged).fold(0, usize::saturating_add);
        if unchanged > 0 {
            counts.insert(FindingClass::Unchanged, unchanged);
        }
        counts
    }
}

#[cfg(test)]
mod tests;
