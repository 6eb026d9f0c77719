//! From the names of labels to Harbor's numbers, by which it filters.
//!
//! A label belongs to the whole registry or to one project, and both may have one of the same name. Harbor takes numbers
//! that an artifact must all have, so that a name with two numbers, and a project whose labels may not be read, are
//! decided by the names that the list tells.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::condition::Condition;
use crate::model::{Artifact, Label};
use crate::name::ProjectName;

/// The labels that artifacts must have, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    wanted: BTreeSet<String>,
    /// Of the whole registry.
    global: BTreeMap<String, i64>,
    /// The labels of the registry could not be read.
    is_unreadable: bool,
    projects: HashMap<ProjectName, Knowledge>,
    /// Names that there are.
    seen: BTreeSet<String>,
}

/// What is known of the labels of a project.
#[derive(Clone, Debug)]
enum Knowledge {
    Listing(BTreeMap<String, i64>),
    Known(Resolution),
}

/// How to list what has the wanted labels in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// These numbers are a condition for the server; what comes is looked at by name as well.
    Ids(Vec<i64>),
    /// Nothing in the project can have all of them.
    Impossible,
}

impl Labels {
    pub(crate) fn new(wanted: BTreeSet<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    pub(crate) fn names(&self) -> &BTreeSet<String> {
        &self.wanted
    }

    /// Takes labels of the whole registry.
    pub(crate) fn add_global(&mut self, labels: impl IntoIterator<Item = Label>) {
        for label in labels {
            if self.wanted.contains(&label.name) {
                self.seen.insert(label.name.clone());
                self.global.insert(label.name, label.id);
            }
        }
    }

    /// The labels of the whole registry cannot be read.
    pub(crate) fn give_up_global(&mut self) {
        self.is_unreadable = true;
    }

    /// Begins to find out about a project; `false` where that was done before.
    pub(crate) fn ask(&mut self, project: &ProjectName) -> bool {
        let is_new = !self.projects.contains_key(project);
        if is_new {
            self.projects.insert(project.clone(), Knowledge::Listing(BTreeMap::new()));
        }
        is_new
    }

    /// Takes labels of a project.
    pub(crate) fn add(&mut self, project: &ProjectName, labels: impl IntoIterator<Item = Label>) {
        let Some(Knowledge::Listing(known)) = self.projects.get_mut(project) else { return };
        for label in labels {
            if self.wanted.contains(&label.name) {
                self.seen.insert(label.name.clone());
                known.insert(label.name, label.id);
            }
        }
    }

    /// The labels of a project are all known.
    pub(crate) fn resolve(&mut self, project: &ProjectName) {
        let Some(Knowledge::Listing(own)) = self.projects.get(project) else { return };
        let ids_of = |name: &String| [self.global.get(name), own.get(name)].map(|id| id.copied());
        let is_impossible = |name| !self.is_unreadable && ids_of(name) == [None, None];
        let resolution = if self.wanted.iter().any(is_impossible) {
            Resolution::Impossible
        } else {
            let only = |name| match ids_of(name) {
                [Some(id), None] | [None, Some(id)] if !self.is_unreadable => Some(id),
                _ => None,
            };
            Resolution::Ids(self.wanted.iter().filter_map(only).collect())
        };
        self.projects.insert(project.clone(), Knowledge::Known(resolution));
    }

    /// The labels of a project cannot be read: those of the registry may be meant or not, so that the names decide.
    pub(crate) fn give_up(&mut self, project: &ProjectName) {
        self.projects.insert(project.clone(), Knowledge::Known(Resolution::Ids(Vec::new())));
    }

    /// How to list a project, once that is known.
    pub(crate) fn resolution(&self, project: &ProjectName) -> Option<&Resolution> {
        match self.projects.get(project)? {
            Knowledge::Known(resolution) => Some(resolution),
            Knowledge::Listing(_) => None,
        }
    }

    /// The condition for the server in a project.
    pub(crate) fn condition(&self, project: &ProjectName) -> Option<Condition> {
        match self.resolution(project)? {
            Resolution::Ids(ids) => Condition::labels(ids.iter().copied()).ok(),
            Resolution::Impossible => None,
        }
    }

    /// Whether an artifact has all of them, by name.
    pub(crate) fn are_on(&self, artifact: &Artifact) -> bool {
        let has = |name: &String| artifact.label_names().into_iter().flatten().any(|label| label == name);
        self.wanted.iter().all(has)
    }

    /// Whether an artifact has one that was not seen before.
    pub(crate) fn has_news(&self, artifact: &Artifact) -> bool {
        artifact.label_names().into_iter().flatten().any(|name| self.wanted.contains(name) && !self.seen.contains(name))
    }

    /// Notes the labels of an artifact.
    pub(crate) fn note(&mut self, artifact: &Artifact) {
        let names = artifact.label_names().into_iter().flatten().filter(|name| self.wanted.contains(*name));
        self.seen.extend(names.map(str::to_owned));
    }

    /// The names that nothing has.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = &String> {
        self.wanted.difference(&self.seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(wanted: &[&str], global: &[(&str, i64)], own: Option<&[(&str, i64)]>) -> Labels {
        let project = "p".parse().unwrap();
        let of = |list: &[(&str, i64)]| list.iter().map(|(name, id)| Label::new(*name, *id)).collect::<Vec<_>>();
        let mut labels = Labels::new(wanted.iter().map(|name| (*name).to_owned()).collect());
        labels.add_global(of(global));
        assert!(labels.ask(&project) && !labels.ask(&project));
        assert_eq!(labels.resolution(&project), None);
        match own {
            Some(own) => {
                labels.add(&project, of(own));
                labels.resolve(&project);
            }
            None => labels.give_up(&project),
        }
        labels
    }

    #[test]
    fn names_become_numbers_where_each_has_one() {
        let project = "p".parse().unwrap();
        let of = |wanted: &[&str], own| labels(wanted, &[("prod", 1), ("both", 2)], own).resolution(&project).cloned();
        let own: &[(&str, i64)] = &[("team", 7), ("both", 8), ("other", 9)];
        assert_eq!(of(&["prod", "team"], Some(own)), Some(Resolution::Ids(vec![1, 7])));
        assert_eq!(of(&["prod", "both"], Some(own)), Some(Resolution::Ids(vec![1])));
        assert_eq!(of(&["prod", "nowhere"], Some(own)), Some(Resolution::Impossible));
        assert_eq!(of(&["prod", "nowhere"], None), Some(Resolution::Ids(vec![])));
    }

    #[test]
    fn a_name_that_nothing_has_is_unknown() {
        let mut labels = labels(&["prod", "team", "seen", "nowhere"], &[("prod", 1)], Some(&[("team", 7)]));
        let mut artifact = Artifact::new("q/r".parse().unwrap(), format!("sha256:{:064}", 1).parse().unwrap());
        artifact.labels = Some(vec![Label::new("seen", 3)]);
        assert!(!labels.are_on(&artifact) && labels.has_news(&artifact));
        labels.note(&artifact);
        assert!(!labels.has_news(&artifact));
        assert_eq!(labels.unknown().collect::<Vec<_>>(), ["nowhere"]);
    }
}
