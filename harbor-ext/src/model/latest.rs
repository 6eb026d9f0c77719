//! Which of several artifacts is the latest.
//!
//! Harbor has no list of the latest artifacts that works for all kinds of them, so that this is decided here, by one
//! rule for queries and for what was collected.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::Arc;

use super::{Artifact, ArtifactInfo};
use crate::name::RepositoryName;

/// The latest artifact of each repository, in the order in which the repositories appear. Repositories of two registries
/// are two, whatever their names.
///
/// Takes artifacts or anything that has one ([`ArtifactInfo`], references, `Arc`s) and gives back what it took. What is
/// later is decided by [`by_push_time`]. All artifacts count, untagged ones too: leave out before what should not.
///
/// ```
/// use harbor_ext::model::{Artifact, latest};
/// # let digest = |n: u8| format!("sha256:{n:064x}").parse().unwrap();
/// let mut old = Artifact::new("library/nginx".parse().unwrap(), digest(1));
/// old.push_time = "2026-01-01T00:00:00Z".parse().ok();
/// let mut new = Artifact::new("library/nginx".parse().unwrap(), digest(2));
/// new.push_time = "2026-02-01T00:00:00Z".parse().ok();
/// let never_told = Artifact::new("library/nginx".parse().unwrap(), digest(3));
/// assert_eq!(latest::per_repository([&never_told, &new, &old]), [&new]);
/// ```
#[must_use]
pub fn per_repository<T: AsRef<Artifact>>(artifacts: impl IntoIterator<Item = T>) -> Vec<T> {
    per_group(artifacts, |artifact| Some(repository_of(artifact)))
}

/// The latest artifact of each repository and group of tags, in the order in which they appear.
///
/// `group` says to which group a tag belongs, and nothing for a tag that does not count: `|tag| tag.starts_with("v1.")
/// .then_some(())` keeps the latest of the tags that match a pattern, `|tag| tag.split('.').next()
/// .map(str::to_owned)` the latest of each major version. An artifact whose tags are in several groups stands for each of
/// them and may come several times, each time with its group.
#[must_use]
pub fn per_tag_group<T, G>(
    artifacts: impl IntoIterator<Item = T>,
    mut group: impl FnMut(&str) -> Option<G>,
) -> Vec<(G, T)>
where
    T: AsRef<Artifact> + Clone,
    G: Eq + Hash + Clone,
{
    let grouped = artifacts.into_iter().flat_map(|item| {
        let groups: Vec<G> = item.as_ref().tag_names().filter_map(&mut group).collect();
        groups.into_iter().map(move |group| InGroup { group, item: item.clone() })
    });
    per_key(grouped, |member| Some((repository_of(member.item.as_ref()), member.group.clone())))
        .into_iter()
        .map(|member| (member.group, member.item))
        .collect()
}

/// The latest artifact of each group, in the order in which the groups appear. An artifact without a group is left out.
#[must_use]
pub fn per_group<T: AsRef<Artifact>, G: Eq + Hash>(
    artifacts: impl IntoIterator<Item = T>,
    mut group: impl FnMut(&Artifact) -> Option<G>,
) -> Vec<T> {
    per_key(artifacts, |item| group(item.as_ref()))
}

/// Compares by the time of the push, the later being greater.
///
/// An artifact whose time is not known is earlier than any other, so that it never hides one. Equal times are decided
/// by Harbor's number, because numbers are given in the order of first pushes, and equal numbers by the digest.
#[must_use]
pub fn by_push_time(a: &Artifact, b: &Artifact) -> Ordering {
    (a.push_time, a.id, &a.digest).cmp(&(b.push_time, b.id, &b.digest))
}

/// [`Artifact::repository_key`], to be kept while the artifact moves.
fn repository_of(artifact: &Artifact) -> (Option<Arc<str>>, RepositoryName) {
    (artifact.registry.clone(), artifact.repository.clone())
}

fn per_key<T: AsRef<Artifact>, K: Eq + Hash>(
    items: impl IntoIterator<Item = T>,
    mut key: impl FnMut(&T) -> Option<K>,
) -> Vec<T> {
    let mut latest: Vec<T> = Vec::new();
    let mut places = HashMap::new();
    for item in items {
        let Some(key) = key(&item) else { continue };
        match places.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(latest.len());
                latest.push(item);
            }
            Entry::Occupied(place) => {
                let known = &mut latest[*place.get()];
                if by_push_time(item.as_ref(), known.as_ref()).is_gt() {
                    *known = item;
                }
            }
        }
    }
    latest
}

/// An artifact as a member of one of its groups of tags.
struct InGroup<G, T> {
    group: G,
    item: T,
}

impl<G, T: AsRef<Artifact>> AsRef<Artifact> for InGroup<G, T> {
    fn as_ref(&self) -> &Artifact {
        self.item.as_ref()
    }
}

impl AsRef<Artifact> for Artifact {
    fn as_ref(&self) -> &Artifact {
        self
    }
}

impl AsRef<Artifact> for ArtifactInfo {
    fn as_ref(&self) -> &Artifact {
        &self.artifact
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{ArtifactTag, ReportState};

    fn artifact(repository: &str, id: i64, seconds: Option<i64>) -> Artifact {
        let digest = format!("sha256:{:064x}", 1000 - id).parse().unwrap();
        let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
        artifact.id = id;
        artifact.push_time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        artifact
    }

    fn tagged(id: i64, seconds: i64, tags: &[&str]) -> Artifact {
        let mut artifact = artifact("p/a", id, Some(seconds));
        artifact.tags = tags.iter().map(|tag| ArtifactTag::new(*tag)).collect();
        artifact
    }

    fn ids(artifacts: &[Artifact]) -> Vec<i64> {
        artifacts.iter().map(|artifact| artifact.id).collect()
    }

    /// I15: a missing time loses, wherever it stands; repositories keep the order of their first appearance.
    #[test]
    fn the_latest_push_of_each_repository_stays() {
        let latest = per_repository([
            artifact("p/b", 1, None),
            artifact("p/a", 2, Some(20)),
            artifact("p/b", 3, Some(10)),
            artifact("p/a", 4, Some(10)),
            artifact("p/c", 5, None),
            artifact("p/b", 6, Some(9)),
            artifact("p/b", 7, None),
        ]);
        assert_eq!(ids(&latest), [3, 2, 5]);
    }

    /// I15: ties are broken by the higher number, then by the digest, not by the order.
    #[test]
    fn equal_times_are_decided_by_number_and_digest() {
        for seconds in [None, Some(5)] {
            let (one, two) = (artifact("p/a", 1, seconds), artifact("p/a", 2, seconds));
            assert_eq!(ids(&per_repository([one.clone(), two.clone()])), [2]);
            assert_eq!(ids(&per_repository([two, one.clone()])), [2]);
            let mut same_number = artifact("p/a", 7, seconds);
            same_number.id = 1;
            assert!(same_number.digest < one.digest);
            assert_eq!(per_repository([same_number, one.clone()]), [one]);
        }
    }

    /// I15: the latest of each group of tags; a tag without a group does not count.
    #[test]
    fn tags_may_be_grouped() {
        let artifacts =
            [tagged(1, 10, &["v1.0", "v2.0"]), tagged(2, 20, &["v1.1"]), tagged(3, 30, &[]), tagged(4, 40, &["test"])];
        let major = |tag: &str| tag.strip_prefix('v')?.chars().next();
        let latest: Vec<_> =
            per_tag_group(&artifacts, major).into_iter().map(|(group, artifact)| (group, artifact.id)).collect();
        assert_eq!(latest, [('1', 2), ('2', 1)]);
        let latest = per_tag_group(&artifacts, |tag| tag.starts_with("v1").then_some(()));
        assert_eq!(latest, [((), &artifacts[1])]);
    }

    #[test]
    fn whatever_has_an_artifact_can_be_asked() {
        let shared = Arc::new(artifact("p/a", 1, Some(1)));
        assert_eq!(per_repository([&shared]), [&shared]);
        let info = ArtifactInfo::new(shared, ReportState::NotScanned);
        assert_eq!(per_repository([&info]), [&info]);
        assert!(per_group([info], |_| None::<()>).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_of_the_same_repository_is_later(
            drawn in prop::collection::vec((0..4_usize, prop::option::of(1..4_i64)), 0..30),
        ) {
            let all: Vec<_> = drawn
                .into_iter()
                .zip(1..)
                .map(|((repository, seconds), id)| artifact(["p/a", "p/b", "q/a", "q/c"][repository], id, seconds))
                .collect();
            let latest = per_repository(&all);
            for artifact in &all {
                let kept: Vec<_> = latest.iter().filter(|kept| kept.repository == artifact.repository).collect();
                prop_assert_eq!(kept.len(), 1);
                prop_assert!(by_push_time(kept[0], artifact).is_ge());
            }
            let mut appearances: Vec<_> = all.iter().map(|artifact| &artifact.repository).collect();
            let mut seen = std::collections::HashSet::new();
            appearances.retain(|repository| seen.insert(*repository));
            prop_assert_eq!(latest.iter().map(|artifact| &artifact.repository).collect::<Vec<_>>(), appearances);
        }
    }
}
