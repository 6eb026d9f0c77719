//! The images of indexes as artifacts of their own, where they are asked for.
//!
//! Harbor lists an index and leaves its images out, unless they have a tag. They are asked for by their digests, so that
//! all filters are about the index and none of its images is missed. An index waits until its images are there, because
//! its report is nothing but theirs together: counted beside them, everything would be counted twice.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::jobs::{ListJob, Listed};
use crate::failure::Phase;
use crate::fetch::family::Family;
use crate::fetch::pages::Page;
use crate::model::Artifact;
use crate::name::{Digest, RepositoryName};

/// Which artifacts of a query were seen, so that none comes twice.
#[derive(Debug, Default)]
pub(crate) struct Families {
    seen: HashSet<Key>,
    /// Indexes whose images could not be listed.
    given_up: HashSet<Key>,
}

/// What an artifact is known by. Harbor's number would do, but for a row without one.
type Key = (RepositoryName, Digest);

impl Families {
    /// Takes what was listed: leaves out what came before, and sends for the images of indexes. Answers how many were left
    /// out.
    pub(crate) fn expand(&mut self, listed: &mut Listed) -> u64 {
        let before = listed.artifacts.len();
        listed.artifacts.retain(|artifact| self.seen.insert(key(artifact)));
        let left_out = before - listed.artifacts.len();
        let is_open =
            |artifact: &mut Artifact| !artifact.children.is_empty() && !self.given_up.contains(&key(artifact));
        let indexes = listed.artifacts.extract_if(.., is_open);
        let families = indexes.map(Family::new);
        listed.jobs.extend(families.map(ListJob::Children));
        left_out as u64
    }

    /// Takes the images that were listed, and asks for the next ones.
    pub(crate) fn take(family: Family, page: Page<Artifact>, listed: &mut Listed) {
        let place = (Phase::ListingArtifacts, family.target());
        let images = family.take(page);
        listed.artifacts.extend(images.artifacts);
        images.causes.into_iter().for_each(|cause| listed.fail(&place, cause));
        match images.rest {
            ControlFlow::Continue(family) => listed.jobs.push(ListJob::Children(family)),
            ControlFlow::Break(index) => listed.indexes.push(index),
        }
    }

    /// Takes an index whose images could not be listed: then it has to stand for them itself.
    pub(crate) fn give_up(&mut self, family: Family, listed: &mut Listed) {
        let key = key(&family.index);
        // It comes now, and no more after that.
        self.seen.remove(&key);
        self.given_up.insert(key);
        listed.artifacts.push(Arc::unwrap_or_clone(family.index));
    }
}

fn key(artifact: &Artifact) -> Key {
    (artifact.repository.clone(), artifact.digest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Child, Platform};

    /// A row without a number is one of its own, and another one is not taken for it.
    #[test]
    fn artifacts_without_a_number_are_told_apart() {
        let artifact =
            |number: u8| Artifact::new("p/r".parse().unwrap(), format!("sha256:{number:064}").parse().unwrap());
        let mut families = Families::default();
        let mut listed = Listed { artifacts: vec![artifact(1), artifact(2), artifact(1)], ..Listed::default() };
        assert_eq!(families.expand(&mut listed), 1);
        assert_eq!(listed.artifacts, [artifact(1), artifact(2)]);
    }

    /// It may be listed by its tag, and again as a part of another index.
    #[test]
    fn an_index_whose_images_could_not_be_listed_comes_once() {
        let digest = |number: u8| format!("sha256:{number:064}").parse::<Digest>().unwrap();
        let mut index = Artifact::new("p/r".parse().unwrap(), digest(1));
        index.children = vec![Child { digest: digest(2), platform: Platform::default() }];
        let mut families = Families::default();
        let expanded = |families: &mut Families, mut listed: Listed| {
            let left_out = families.expand(&mut listed);
            (listed.artifacts.len(), listed.jobs.len(), left_out)
        };
        let of = |index: &Artifact| Listed { artifacts: vec![index.clone()], ..Listed::default() };
        assert_eq!(expanded(&mut families, of(&index)), (0, 1, 0));
        let mut listed = Listed::default();
        families.give_up(Family::new(index.clone()), &mut listed);
        assert_eq!(expanded(&mut families, listed), (1, 0, 0));
        assert_eq!(expanded(&mut families, of(&index)), (0, 0, 1));
    }
}
