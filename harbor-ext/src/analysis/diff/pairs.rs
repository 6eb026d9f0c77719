//! Which artifacts of two reports belong together.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::Relation;
use crate::analysis::ArtifactReport;
use crate::model::{Artifact, ArtifactInfo, latest};
use crate::name::Digest;

/// Two artifacts that belong together, or one that is alone; never none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) relation: Relation,
    pub(super) old: Option<&'a ArtifactInfo>,
    pub(super) new: Option<&'a ArtifactInfo>,
}

/// The artifacts of a report, sorted, each once: with the last of its reports, if it is there several times.
pub(super) fn once_each(report: &ArtifactReport) -> Vec<&ArtifactInfo> {
    let mut by_name: HashMap<_, &ArtifactInfo> = HashMap::new();
    for info in report {
        let known = by_name.entry(info.artifact.key()).or_insert(info);
        if info.state.report().is_some() || known.state.report().is_none() {
            *known = info;
        }
    }
    let mut artifacts: Vec<_> = by_name.into_values().collect();
    artifacts.sort();
    artifacts
}

/// Pairs artifacts as [`Diff`](super::Diff) says. Each of them is in one pair.
pub(super) fn pairs<'a>(old: &[&'a ArtifactInfo], new: &[&'a ArtifactInfo]) -> Vec<Pair<'a>> {
    let mut repositories: BTreeMap<_, Repository<'a>> = BTreeMap::new();
    for info in old {
        repositories.entry(info.artifact.repository_key()).or_default().old.push(info);
    }
    for info in new {
        repositories.entry(info.artifact.repository_key()).or_default().new.push(info);
    }
    repositories.into_values().flat_map(Repository::into_pairs).collect()
}

impl<'a> Pair<'a> {
    /// Where the pair stands among all of them.
    pub(super) fn place(&self) -> impl Ord + use<'a> {
        let info = self.new.or(self.old);
        (info.map(|info| info.artifact.repository_key()), self.new.is_none(), info)
    }
}

/// The artifacts of one repository, in both reports.
#[derive(Debug, Default)]
struct Repository<'a> {
    old: Vec<&'a ArtifactInfo>,
    new: Vec<&'a ArtifactInfo>,
}

impl<'a> Repository<'a> {
    fn into_pairs(self) -> Vec<Pair<'a>> {
        let digests = |artifacts: &[&'a ArtifactInfo]| -> HashSet<&'a Digest> {
            artifacts.iter().map(|info| &info.artifact.digest).collect()
        };
        let (were_there, are_there) = (digests(&self.old), digests(&self.new));
        let mut matching = Matching { old: self.old, new: self.new, pairs: Vec::new() };
        matching.take_same_images(shares_tag);
        matching.take_rebuilds();
        matching.take_same_images(|_, _| true);

        let Matching { old, new, mut pairs } = matching;
        pairs.extend(old.into_iter().map(|info| {
            let stays = are_there.contains(&info.artifact.digest);
            let relation = if stays { Relation::Reinstated } else { Relation::Gone };
            Pair { relation, old: Some(info), new: None }
        }));
        pairs.extend(new.into_iter().map(|info| {
            let was_there = were_there.contains(&info.artifact.digest);
            let relation = if was_there { Relation::Superseded } else { Relation::New };
            Pair { relation, old: None, new: Some(info) }
        }));
        pairs
    }
}

/// Pairs in the making, and the artifacts that are in none yet.
#[derive(Debug)]
struct Matching<'a> {
    old: Vec<&'a ArtifactInfo>,
    new: Vec<&'a ArtifactInfo>,
    pairs: Vec<Pair<'a>>,
}

impl<'a> Matching<'a> {
    fn take_same_images(&mut self, also: impl Fn(&Artifact, &Artifact) -> bool) {
        let by_digest: HashMap<&Digest, &'a ArtifactInfo> =
            self.old.iter().map(|info| (&info.artifact.digest, *info)).collect();
        let same = self.new.iter().filter_map(|new| {
            let old = *by_digest.get(&new.artifact.digest)?;
            also(&old.artifact, &new.artifact).then_some((old, *new))
        });
        let same: Vec<_> = same.collect();
        self.take(Relation::Same, same);
    }

    fn take_rebuilds(&mut self) {
        let mut by_tag: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, old) in self.old.iter().enumerate() {
            for tag in old.tags() {
                by_tag.entry(tag).or_default().push(place);
            }
        }
        let mut common_tags: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (new_place, new) in self.new.iter().enumerate() {
            for old_place in new.tags().filter_map(|tag| by_tag.get(tag)).flatten() {
                *common_tags.entry((*old_place, new_place)).or_default() += 1;
            }
        }
        let mut candidates: Vec<_> =
            common_tags.into_iter().map(|((old, new), tags)| (Reverse(tags), self.old[old], self.new[new])).collect();
        // Candidates that exclude each other have one side in common, so that this order is the same whichever report
        // is called the old one.
        candidates.sort_by(|(tags, old, new), (other_tags, other_old, other_new)| {
            tags.cmp(other_tags)
                .then_with(|| latest::by_push_time(&other_new.artifact, &new.artifact))
                .then_with(|| latest::by_push_time(&other_old.artifact, &old.artifact))
        });
        let (mut taken_old, mut taken_new) = (HashSet::new(), HashSet::new());
        candidates.retain(|(_, old, new)| {
            let free = !taken_old.contains(&old.artifact.digest) && !taken_new.contains(&new.artifact.digest);
            if free {
                taken_old.insert(&old.artifact.digest);
                taken_new.insert(&new.artifact.digest);
            }
            free
        });
        self.take(Relation::Rebuilt, candidates.into_iter().map(|(_, old, new)| (old, new)).collect());
    }

    fn take(&mut self, relation: Relation, taken: Vec<(&'a ArtifactInfo, &'a ArtifactInfo)>) {
        let old: HashSet<_> = taken.iter().map(|(old, _)| &old.artifact.digest).collect();
        let new: HashSet<_> = taken.iter().map(|(_, new)| &new.artifact.digest).collect();
        self.old.retain(|info| !old.contains(&info.artifact.digest));
        self.new.retain(|info| !new.contains(&info.artifact.digest));
        self.pairs.extend(taken.into_iter().map(|(old, new)| Pair { relation, old: Some(old), new: Some(new) }));
    }
}

fn shares_tag(old: &Artifact, new: &Artifact) -> bool {
    old.tag_names().any(|tag| new.tag_names().any(|other| other == tag))
}
