//! Which part of the registry a query concerns.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::details::Details;
use crate::failure::{Failure, Target};
use crate::name::{ArtifactReference, NameError, ProjectName, RepositoryName, Tag};

/// Which part of the registry a query concerns, and what was wrong with how it was named.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `None` is every project.
    pub(crate) projects: Option<BTreeSet<ProjectName>>,
    /// `None` is every repository.
    pub(crate) repositories: Option<BTreeSet<RepositoryName>>,
    pub(crate) tag: Option<Tag>,
    /// Nothing but this one artifact.
    pub(crate) artifact: Option<ArtifactReference>,
    pub(crate) details: Details,
    /// The tag that was named cannot be one: nothing can match, and an answer without the filter would mislead.
    pub(crate) is_impossible: bool,
    complaints: Vec<String>,
}

impl Selection {
    pub(crate) fn select_projects(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names = self.read("projects", names);
        self.projects.get_or_insert_default().extend(names);
    }

    pub(crate) fn select_repositories(&mut self, names: impl IntoIterator<Item = impl ToString>) {
        let names = self.read("repositories", names);
        self.repositories.get_or_insert_default().extend(names);
    }

    pub(crate) fn select_tag(&mut self, name: &str) {
        match name.parse() {
            // In Harbor's filters `nil` stands for artifacts without any tag.
            Ok(_) if name == "nil" => {
                self.is_impossible = true;
                self.complain("Harbor cannot be asked for the tag nil: it would list what has no tag");
            }
            Ok(tag) => self.tag = Some(tag),
            Err(error) => {
                self.is_impossible = true;
                self.complain(error);
            }
        }
    }

    pub(crate) fn select_artifact(&mut self, reference: Result<ArtifactReference, NameError>) {
        match reference {
            Ok(reference) => self.artifact = Some(reference),
            Err(error) => {
                self.is_impossible = true;
                self.complain(error);
            }
        }
    }

    /// What is wrong with the selection, as failures. With any of them a query still answers for the rest.
    pub(crate) fn failures(&self) -> Vec<Failure> {
        let of_input = |complaint: &String| Failure::of_input(Target::default(), complaint.clone());
        self.complaints.iter().map(of_input).chain(self.outside().map(outside_of_projects)).collect()
    }

    /// The named repositories that lie in the named projects, if repositories were named.
    pub(crate) fn selected_repositories(&self) -> Option<impl Iterator<Item = &RepositoryName>> {
        let selected = self.repositories.as_ref()?.iter();
        Some(selected.filter(|repository| self.is_in_projects(repository)))
    }

    fn outside(&self) -> impl Iterator<Item = &RepositoryName> {
        self.repositories.iter().flatten().filter(|repository| !self.is_in_projects(repository))
    }

    fn is_in_projects(&self, repository: &RepositoryName) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.contains(repository.project()))
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

fn outside_of_projects(repository: &RepositoryName) -> Failure {
    let message = "the repository is not in any of the projects that were named as well".to_owned();
    Failure::of_input(repository.clone().into(), message)
}
