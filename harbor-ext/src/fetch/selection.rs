//! Which part of the registry a query concerns.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::details::Details;
use super::globs::Globs;
use crate::condition::{Condition, ConditionError, Conditions};
use crate::failure::{Failure, Target};
use crate::name::{ArtifactReference, NameError, ProjectName, RepositoryName};

/// Which part of the registry a query concerns, and what was wrong with how it was named.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `None` is every project.
    pub(crate) projects: Option<BTreeSet<ProjectName>>,
    /// `None` is every repository.
    pub(crate) repositories: Option<NamedRepositories>,
    /// Nothing but this one artifact.
    pub(crate) artifact: Option<ArtifactReference>,
    /// Also the images of the indexes that are listed.
    pub(crate) with_children: bool,
    /// What the server decides about artifacts.
    pub(crate) conditions: Conditions,
    /// The names of labels that artifacts must all have.
    pub(crate) labels: BTreeSet<String>,
    pub(crate) repository_globs: Globs,
    pub(crate) tag_globs: Globs,
    /// Only the latest artifact of each repository.
    pub(crate) is_for_latest: bool,
    pub(crate) details: Details,
    /// A filter makes no sense: an answer without it would mislead, so that nothing is asked.
    pub(crate) is_impossible: bool,
    complaints: Vec<String>,
}

/// Repositories that were named.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamedRepositories {
    /// By full name, for certain.
    pub(crate) exact: BTreeSet<RepositoryName>,
    /// By a text with a slash: a full name, or else the part after the project.
    pub(crate) full_or_path: BTreeSet<RepositoryName>,
    /// By the part after the project.
    pub(crate) paths: BTreeSet<Box<str>>,
}

impl Selection {
    pub(crate) fn select_projects(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names = self.read("projects", names);
        self.projects.get_or_insert_default().extend(names);
    }

    pub(crate) fn select_repositories(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names: Vec<RepositoryText> = self.read("repositories", names);
        let selected = self.repositories.get_or_insert_default();
        for name in names {
            match name {
                RepositoryText::FullOrPath(name) => {
                    selected.full_or_path.insert(name);
                }
                RepositoryText::Path(path) => {
                    selected.paths.insert(path);
                }
            }
        }
    }

    pub(crate) fn select_exact_repositories(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names: Vec<RepositoryName> = self.read("repositories", names);
        self.repositories.get_or_insert_default().exact.extend(names);
    }

    pub(crate) fn select_artifact(&mut self, reference: Result<ArtifactReference, NameError>) {
        match reference {
            Ok(reference) => self.artifact = Some(reference),
            Err(error) => self.refuse(error),
        }
    }

    pub(crate) fn select_labels(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names: BTreeSet<String> = names.into_iter().map(|name| name.to_string()).collect();
        if names.is_empty() {
            self.refuse("an empty list of labels selects nothing; leave it out to select all");
        } else if names.contains("") {
            self.refuse("a label has a name that is not empty");
        }
        self.labels.extend(names);
    }

    pub(crate) fn add_condition(&mut self, condition: Result<Condition, ConditionError>) {
        if let Err(error) = condition.and_then(|condition| self.conditions.add(condition)) {
            self.refuse(error);
        }
    }

    pub(crate) fn add_globs(
        &mut self,
        patterns: impl IntoIterator<Item = impl ToString>,
        mut add: impl FnMut(&mut Self, &str) -> Result<(), String>,
    ) -> usize {
        let mut count = 0;
        for pattern in patterns {
            count += 1;
            if let Err(why) = add(self, &pattern.to_string()) {
                self.refuse(why);
            }
        }
        count
    }

    /// Notes a filter that makes no sense: nothing is to be asked.
    pub(crate) fn refuse(&mut self, complaint: impl Display) {
        self.is_impossible = true;
        self.complain(complaint);
    }

    /// What is wrong with the selection, as failures. With a name that cannot be any, a query still answers for the rest.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        let of_input = |complaint: &String| Failure::of_input(Target::default(), complaint.clone());
        let exact = self.repositories.iter().flat_map(|named| &named.exact);
        let outside = exact.filter(|repository| !self.is_in_projects(repository)).map(outside_of_projects);
        self.complaints.iter().map(of_input).chain(outside).collect()
    }

    pub(crate) fn is_in_projects(&self, repository: &RepositoryName) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.contains(repository.project()))
    }

    /// What is asked of a list of artifacts, the names of labels included where they decide.
    pub(crate) fn details_to_ask(&self) -> Details {
        Details { labels: self.details.labels || !self.labels.is_empty(), ..self.details }
    }

    /// Reads names and notes those that cannot be any. A list without a name is a mistake of the caller (a filter that
    /// came out empty), and taking it for "all" would answer another question.
    fn read<N>(&mut self, what: &str, names: impl IntoIterator<Item = impl ToString>) -> Vec<N>
    where
        N: FromStr<Err: Display>,
    {
        let mut read = Vec::new();
        let mut is_empty = true;
        for name in names {
            is_empty = false;
            match name.to_string().parse() {
                Ok(name) => read.push(name),
                Err(error) => self.complain(error),
            }
        }
        if is_empty {
            self.complain(format_args!("an empty list of {what} selects nothing; leave it out to select all"));
        }
        read
    }

    fn complain(&mut self, complaint: impl Display) {
        self.complaints.push(complaint.to_string());
    }
}

/// How a text names a repository.
enum RepositoryText {
    FullOrPath(RepositoryName),
    Path(Box<str>),
}

impl FromStr for RepositoryText {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.contains('/') {
            return text.parse().map(Self::FullOrPath);
        }
        // What may stand after the project is what may be a project.
        let path: ProjectName = text.parse()?;
        Ok(Self::Path(path.as_str().into()))
    }
}

fn outside_of_projects(repository: &RepositoryName) -> Failure {
    let message = "the repository is not in any of the projects that were named as well".to_owned();
    Failure::of_input(repository.clone().into(), message)
}
