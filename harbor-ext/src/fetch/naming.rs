//! Which repositories were named, and which of the names were found.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;

use super::cause::Cause;
use super::selection::Selection;
use crate::condition;
use crate::failure::{Failure, FailureKind, Phase, Target};
use crate::name::{ProjectName, RepositoryName};

/// The names of repositories that are looked for in projects, as the part after the project.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    sought: Sought,
    found: BTreeSet<Box<str>>,
    /// Full names that were not there: to be looked for as the part after the project.
    deferred: BTreeMap<RepositoryName, Missing>,
    /// Repositories whose content was asked for already.
    opened: BTreeSet<RepositoryName>,
    /// Projects in which names are looked for.
    searched: BTreeSet<ProjectName>,
}

/// Parts after the project, and what to say where none is found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sought(Arc<BTreeMap<Box<str>, Missing>>);

/// What to say about a name that was not found.
#[derive(Clone, Debug)]
pub(crate) enum Missing {
    /// Only the part after the project was given; the one project that was named, if it is one.
    Path(Option<ProjectName>),
    /// A full name that is not in the named projects.
    Outside(RepositoryName),
    /// A full name that is not there.
    Nowhere(RepositoryName),
    /// The attempt to read it as a full name failed.
    Failed(Box<Failure>),
}

impl Naming {
    /// The names that are looked for in projects from the beginning.
    pub(crate) fn new(selection: &Selection) -> Self {
        let Some(named) = &selection.repositories else { return Self::default() };
        let only_project = selection.projects.iter().filter(|projects| projects.len() == 1).flatten().next();
        let outside = named.full_or_path.iter().filter(|name| !selection.is_in_projects(name));
        let outside = outside.map(|name| (name.full().into(), Missing::Outside(name.clone())));
        let sought = named
            .paths
            .iter()
            .map(|path| (path.clone(), Missing::Path(only_project.cloned())))
            .chain(outside)
            .collect();
        Self { sought: Sought(Arc::new(sought)), ..Self::default() }
    }

    pub(crate) fn sought(&self) -> &Sought {
        &self.sought
    }

    /// Whether a repository that a project has is looked for.
    pub(crate) fn finds(&mut self, repository: &RepositoryName) -> bool {
        let is_sought = self.sought.is_empty() || self.sought.0.contains_key(repository.path());
        if is_sought && !self.sought.is_empty() {
            self.found.insert(repository.path().into());
        }
        is_sought
    }

    /// Whether any of the names that are looked for was found.
    pub(crate) fn has_found(&self) -> bool {
        !self.found.is_empty()
    }

    /// Notes that the content of a repository is asked for; `false` where it was before.
    pub(crate) fn open(&mut self, repository: &RepositoryName) -> bool {
        self.opened.insert(repository.clone())
    }

    pub(crate) fn opened(&self) -> impl Iterator<Item = &RepositoryName> {
        self.opened.iter()
    }

    /// Notes that names are looked for in a project.
    pub(crate) fn search(&mut self, project: &ProjectName) {
        if !self.sought.is_empty() {
            self.searched.insert(project.clone());
        }
    }

    /// Notes a full name that was not there.
    pub(crate) fn defer(&mut self, repository: RepositoryName, failure: Option<Failure>) {
        self.opened.remove(&repository);
        let missing = match failure {
            Some(failure) => Missing::Failed(Box::new(failure)),
            None => Missing::Nowhere(repository.clone()),
        };
        self.deferred.insert(repository, missing);
    }

    /// Goes on to the full names that were not there; `false` where there are none.
    pub(crate) fn look_further(&mut self) -> bool {
        let deferred = mem::take(&mut self.deferred).into_iter();
        self.sought = Sought(Arc::new(deferred.map(|(name, missing)| (name.full().into(), missing)).collect()));
        !self.sought.is_empty()
    }

    /// The names that were not found. Where lists could not be read, only what failed on the way can be told.
    ///
    /// A full name whose project there is, and that could not be read, stays unread even if another repository is found
    /// by it.
    pub(crate) fn not_found(&mut self, is_cut_short: bool) -> Vec<Failure> {
        let found = mem::take(&mut self.found);
        let searched = mem::take(&mut self.searched);
        let is_unread = |missing: &Missing| match missing {
            Missing::Failed(failure) => failure.target.project.iter().any(|project| searched.contains(project)),
            _ => false,
        };
        let missing = self.sought.0.iter().filter(|(path, missing)| !found.contains(*path) || is_unread(missing));
        missing.filter_map(|(path, missing)| missing.clone().into_failure(path, is_cut_short)).collect()
    }
}

impl Sought {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The condition by which the server finds them in a project, in Harbor's query language; `None` where it cannot be
    /// asked for them.
    pub(crate) fn condition(&self, project: &ProjectName) -> Option<String> {
        let full_names = self.0.keys().map(|path| format!("{project}/{path}"));
        Some(format!("name={}", condition::encode_any_of(full_names)?))
    }
}

impl Missing {
    fn into_failure(self, path: &str, is_cut_short: bool) -> Option<Failure> {
        let (target, message): (Target, String) = match self {
            Self::Failed(failure) => return Some(*failure),
            _ if is_cut_short => return None,
            Self::Path(project) => (
                project.map(Target::from).unwrap_or_default(),
                format!("no project that could be read has a repository \"{path}\""),
            ),
            Self::Outside(name) => {
                let message = "the repository is not in any of the projects that were named as well, and none of them has \
                               one of this name in it";
                (name.into(), message.to_owned())
            }
            Self::Nowhere(name) => {
                (name.into(), "there is no such repository, and no project has one of this name in it".to_owned())
            }
        };
        Some(Cause::new(FailureKind::NotFound, message).into_failure(Phase::ListingRepositories, target, 1))
    }
}
