//! The images of indexes as artifacts of their own, where they are asked for.
//!
//! Harbor lists an index and leaves its images out, unless they have a tag. They are asked for by their digests, so that
//! all filters are about the index and none of its images is missed. An index waits until its images are there, because
//! its report is nothing but theirs together: counted beside them, everything would be counted twice.

use std::collections::HashSet;
use std::sync::Arc;

use super::cause::Cause;
use super::details::Details;
use super::listing::{ListJob, Listed};
use super::pages::{Cursor, Page};
use super::{convert, requests};
use crate::failure::{FailureKind, Phase, Target};
use crate::model::Artifact;
use crate::name::{Digest, RepositoryName};

/// How many images one request asks for; their digests make the address long. Never more than a page holds.
const AT_ONCE: usize = 25;

/// Which artifacts of a query were seen, so that none comes twice.
#[derive(Debug, Default)]
pub(crate) struct Families {
    seen: HashSet<Key>,
    /// Indexes whose images could not be listed.
    given_up: HashSet<Key>,
}

/// What an artifact is known by. Harbor's number would do, but for a row without one.
type Key = (RepositoryName, Digest);

/// An index whose images are being listed.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) index: Arc<Artifact>,
    /// How many of its images were asked for already.
    asked: usize,
}

impl Families {
    /// Takes what was listed: leaves out what came before, and sends for the images of indexes. Answers how many were left
    /// out.
    pub(crate) fn expand(&mut self, listed: &mut Listed) -> u64 {
        let before = listed.artifacts.len();
        listed.artifacts.retain(|artifact| {
            let key = key(artifact);
            self.given_up.contains(&key) || self.seen.insert(key)
        });
        let left_out = before - listed.artifacts.len();
        let is_open =
            |artifact: &mut Artifact| !artifact.children.is_empty() && !self.given_up.contains(&key(artifact));
        let indexes = listed.artifacts.extract_if(.., is_open);
        let families = indexes.map(|index| Family { index: Arc::new(index), asked: 0 });
        listed.jobs.extend(families.map(ListJob::Children));
        left_out as u64
    }

    /// Takes an index whose images could not be listed: then it has to stand for them itself.
    pub(crate) fn give_up(&mut self, family: Family, listed: &mut Listed) {
        self.given_up.insert(key(&family.index));
        listed.artifacts.push(Arc::unwrap_or_clone(family.index));
    }
}

impl Family {
    /// Lists the next images.
    pub(crate) async fn list(&self, client: &harbor_api::Client, details: Details) -> Result<Page<Artifact>, Cause> {
        let digests: Vec<&str> = self.next().map(Digest::as_str).collect();
        let condition = format!("digest={{{}}},base=*", convert::query_value(&digests.join(" ")));
        requests::artifacts_of_repository(client, &self.index.repository, &condition, details).await
    }

    /// Takes the images that were listed.
    pub(crate) fn take(mut self, page: Page<Artifact>, listed: &mut Listed) {
        let place = (Phase::ListingArtifacts, self.target());
        let mut missing: Vec<&Digest> = self.next().collect();
        let turn = Cursor::default().turn(page);
        listed.fail_if(&place, turn.complaint);
        for row in turn.rows {
            match row {
                Ok(artifact) => {
                    missing.retain(|digest| **digest != artifact.digest);
                    listed.artifacts.push(artifact);
                }
                Err(cause) => listed.fail(&place, cause),
            }
        }
        for digest in missing {
            let message = format!("the index refers to the image {digest}, which the repository does not show");
            listed.fail(&place, Cause::new(FailureKind::Incomplete, message));
        }
        self.asked = (self.asked + AT_ONCE).min(self.index.children.len());
        if self.asked < self.index.children.len() {
            listed.jobs.push(ListJob::Children(self));
        } else {
            listed.indexes.push(Arc::unwrap_or_clone(self.index));
        }
    }

    /// The index.
    pub(crate) fn target(&self) -> Target {
        Target { digest: Some(self.index.digest.clone()), ..self.index.repository.clone().into() }
    }

    /// The images to be asked for next, each once: an index may refer to the same image for two platforms.
    fn next(&self) -> impl Iterator<Item = &Digest> {
        let mut seen = HashSet::new();
        let children = self.index.children.iter().skip(self.asked).take(AT_ONCE);
        children.map(|child| &child.digest).filter(move |digest| seen.insert(*digest))
    }
}

fn key(artifact: &Artifact) -> Key {
    (artifact.repository.clone(), artifact.digest.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
