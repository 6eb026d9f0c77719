//! What is decided on the client about listed artifacts.

use std::collections::BTreeMap;
use std::mem;

use crate::model::{Artifact, latest};
use crate::name::{ProjectName, RepositoryName};

/// Holds artifacts back until it is known which is the latest of its repository, if that is wanted.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    is_for_latest: bool,
    /// The latest artifact so far of each repository whose list has not ended.
    held: BTreeMap<RepositoryName, Artifact>,
    left_out: u64,
}

impl Sieve {
    pub(crate) fn new(is_for_latest: bool) -> Self {
        Self { is_for_latest, ..Self::default() }
    }

    /// Counts an item that no filter of the caller wants.
    pub(crate) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// How many items were left out.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Takes an artifact; gives it back where nothing holds it.
    pub(crate) fn take(&mut self, artifact: Artifact) -> Option<Artifact> {
        if !self.is_for_latest {
            return Some(artifact);
        }
        match self.held.get_mut(&artifact.repository) {
            None => {
                self.held.insert(artifact.repository.clone(), artifact);
            }
            Some(held) => {
                self.left_out += 1;
                if latest::by_push_time(&artifact, held).is_gt() {
                    *held = artifact;
                }
            }
        }
        None
    }

    /// The latest artifacts of a project, whose list has ended.
    pub(crate) fn end_project(&mut self, project: &ProjectName) -> Vec<Artifact> {
        let is_of_project = |name: &RepositoryName| name.project() == project;
        let (ended, rest) = mem::take(&mut self.held).into_iter().partition(|(name, _)| is_of_project(name));
        self.held = rest;
        let ended: BTreeMap<RepositoryName, Artifact> = ended;
        ended.into_values().collect()
    }

    /// The latest artifact of a repository, whose list has ended.
    pub(crate) fn end_repository(&mut self, repository: &RepositoryName) -> Option<Artifact> {
        self.held.remove(repository)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(repository: &str, id: i64, seconds: Option<i64>) -> Artifact {
        let mut artifact = Artifact::new(repository.parse().unwrap(), format!("sha256:{id:064}").parse().unwrap());
        artifact.id = id;
        artifact.push_time = seconds.and_then(|seconds| chrono::DateTime::from_timestamp(seconds, 0));
        artifact
    }

    /// I15: the newest push of each repository; a missing time loses. Everything else is counted.
    #[test]
    fn the_latest_of_a_repository_comes_when_its_list_ends() {
        let mut sieve = Sieve::new(true);
        let all = [("p/a", 1, None), ("p/a", 2, Some(9)), ("p/b", 3, None), ("q/a", 4, Some(1)), ("p/a", 5, Some(8))];
        for (repository, id, seconds) in all {
            assert_eq!(sieve.take(artifact(repository, id, seconds)), None);
        }
        let ids = |artifacts: Vec<Artifact>| artifacts.iter().map(|artifact| artifact.id).collect::<Vec<_>>();
        assert_eq!(ids(sieve.end_project(&"p".parse().unwrap())), [2, 3]);
        assert_eq!(sieve.end_repository(&"q/a".parse().unwrap()).map(|artifact| artifact.id), Some(4));
        assert_eq!(sieve.left_out(), 2);
        assert!(sieve.held.is_empty());
    }

    #[test]
    fn nothing_is_held_unless_the_latest_is_wanted() {
        let mut sieve = Sieve::new(false);
        assert!(sieve.take(artifact("p/a", 1, None)).is_some() && sieve.take(artifact("p/a", 2, None)).is_some());
        assert_eq!(sieve.left_out(), 0);
    }
}
