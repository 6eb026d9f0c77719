//! Labels: those that there are, and the artifacts that have them.

use chrono::{DateTime, Utc};

use super::{Artifact, BEGINNING, Project, Registry};

/// A label, of the whole registry or of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) color: String,
    /// The number of the project that the label belongs to, where it is not one of the whole registry.
    pub(crate) project: Option<i64>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
}

impl Label {
    /// A label of the whole registry; `q=labels=(ID)` finds what has it.
    #[must_use]
    pub fn new(id: i64, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            description: String::new(),
            color: "#fff".to_owned(),
            project: None,
            created: BEGINNING,
            updated: BEGINNING,
        }
    }

    /// Sets the colour, such as `#61717D`.
    #[must_use]
    pub fn with_color(mut self, color: impl Into<String>) -> Self {
        self.color = color.into();
        self
    }

    /// Says what the label means.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Makes it a label of the project of a number ([`Project::id`]).
    #[must_use]
    pub fn in_project(mut self, project: i64) -> Self {
        self.project = Some(project);
        self
    }

    /// The word for where the label belongs: `g` or `p`.
    pub(crate) fn scope(&self) -> &'static str {
        match self.project {
            Some(_) => "p",
            None => "g",
        }
    }
}

impl Registry {
    /// Adds a label, in place of one of the same number.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.put_label(label);
        self
    }

    pub(crate) fn labels(&self) -> &[Label] {
        &self.labels
    }

    pub(crate) fn label(&self, id: i64) -> Option<&Label> {
        self.labels.iter().find(|label| label.id == id)
    }

    /// Creates a label and answers its number.
    pub(crate) fn create_label(&mut self, mut label: Label) -> i64 {
        label.id = self.labels.iter().map(|known| known.id).max().unwrap_or(0) + 1;
        label.created = self.ids.now();
        label.updated = label.created;
        let id = label.id;
        self.put_label(label);
        id
    }

    /// Puts a label in, also where artifacts have the one of its number.
    pub(crate) fn put_label(&mut self, label: Label) {
        for known in self.every_artifact().flat_map(|artifact| &mut artifact.labels) {
            if known.id == label.id {
                known.clone_from(&label);
            }
        }
        self.labels.retain(|known| known.id != label.id);
        self.labels.push(label);
        self.labels.sort_by_key(|label| label.id);
    }

    /// Deletes a label, also from the artifacts that have it.
    pub(crate) fn delete_label(&mut self, id: i64) {
        for artifact in self.every_artifact() {
            artifact.labels.retain(|label| label.id != id);
        }
        self.labels.retain(|label| label.id != id);
    }

    /// Makes the labels known that an artifact brings along; of a number that is known, the known one counts.
    pub(super) fn adopt_labels(&mut self, artifact: &mut Artifact) {
        for label in &mut artifact.labels {
            match self.labels.iter().find(|known| known.id == label.id) {
                Some(known) => label.clone_from(known),
                None => {
                    self.labels.push(label.clone());
                    self.labels.sort_by_key(|label| label.id);
                }
            }
        }
        for (_, child) in &mut artifact.children {
            self.adopt_labels(child);
        }
    }

    fn every_artifact(&mut self) -> impl Iterator<Item = &mut Artifact> {
        let projects = self.projects.iter_mut();
        projects.flat_map(Project::repositories_mut).flat_map(|repository| &mut repository.artifacts)
    }
}
