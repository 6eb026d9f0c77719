//! The texts that the rows of a page repeat.
//!
//! A hundred thousand artifacts have a handful of types and platforms, and some thousand repositories. Sharing them within a
//! page is as good as within a whole walk, since a page has a hundred rows, and needs neither a lock nor an end.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::name::{NameError, ProjectName, RepositoryName};

/// The texts of a page, each held once however many rows have it.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    /// The registry that the page is of.
    registry: Option<Arc<str>>,
    /// The project that the page is about, whose name all pages share.
    project: Option<ProjectName>,
    texts: HashSet<Arc<str>>,
    repositories: HashMap<String, RepositoryName>,
}

impl Interner {
    /// For a page of a registry.
    pub(crate) fn of(registry: &Arc<str>) -> Self {
        Self { registry: Some(Arc::clone(registry)), ..Self::default() }
    }

    /// The same for a page about one project.
    pub(crate) fn about(mut self, project: &ProjectName) -> Self {
        self.project = Some(project.clone());
        self
    }

    /// The registry as all rows have it.
    pub(crate) fn registry(&self) -> Option<Arc<str>> {
        self.registry.clone()
    }

    /// The text as all rows have it; a missing one is empty.
    pub(crate) fn share(&mut self, text: Option<impl AsRef<str>>) -> Arc<str> {
        let text = text.as_ref().map(AsRef::as_ref).unwrap_or_default();
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.texts.insert(Arc::clone(&new));
        new
    }

    /// As [`share`](Self::share), but an empty text counts as missing.
    pub(crate) fn share_known(&mut self, text: Option<impl AsRef<str>>) -> Option<Arc<str>> {
        let text = text.filter(|text| !text.as_ref().is_empty())?;
        Some(self.share(Some(text)))
    }

    /// The name of a repository as all rows have it.
    pub(crate) fn repository(&mut self, text: &str) -> Result<RepositoryName, NameError> {
        if let Some(known) = self.repositories.get(text) {
            return Ok(known.clone());
        }
        let parsed: RepositoryName = text.parse()?;
        let name = match &self.project {
            Some(project) => parsed.sharing(project),
            None => parsed,
        };
        self.repositories.insert(text.to_owned(), name.clone());
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_held_once() {
        let project: ProjectName = "p".parse().unwrap();
        let mut interner = Interner::default().about(&project);
        let [one, two] = ["IMAGE", "IMAGE"].map(|text| interner.share(Some(text)));
        assert!(Arc::ptr_eq(&one, &two));
        assert_eq!((&*interner.share(None::<&str>), interner.share_known(Some(""))), ("", None));
        assert_eq!(interner.share_known(Some("IMAGE")), Some(one));
        let [one, two, other] = ["p/a", "p/a", "q/a"].map(|text| interner.repository(text).unwrap());
        assert_eq!(one.full().as_ptr(), two.full().as_ptr());
        assert_eq!(one.project().as_str().as_ptr(), project.as_str().as_ptr());
        assert_eq!((one.project().as_str(), one.path(), other.project().as_str()), ("p", "a", "q"));
        assert!(interner.repository("p").is_err());
    }
}
