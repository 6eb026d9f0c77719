//! Projects.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Allowlist, Artifact, BEGINNING, Ids, Repository, Role, Scans};

/// A project: a name, who may see it, and its repositories.
#[derive(Clone, Debug)]
pub struct Project {
    pub(crate) id: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    /// The login name of the owner.
    pub(crate) owner: String,
    /// What is set beside the visibility, such as `auto_scan`.
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) allowlist: Allowlist,
    /// The most bytes that the project may hold; no limit at -1.
    pub(crate) storage_limit: i64,
    pub(crate) repositories: Vec<Repository>,
    /// The number of the project's own scanner, known or not.
    pub(crate) scanner: Option<String>,
    /// Where in `repositories` a name is, once the project is part of a registry.
    positions: HashMap<String, usize>,
    name: String,
    public: bool,
    members: Vec<(String, Role)>,
    denied: Vec<String>,
}

impl Project {
    /// A private project without repositories, owned by the administrator.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: 0,
            created: BEGINNING,
            updated: BEGINNING,
            owner: "admin".to_owned(),
            metadata: BTreeMap::new(),
            allowlist: Allowlist::default(),
            storage_limit: -1,
            repositories: Vec::new(),
            scanner: None,
            positions: HashMap::new(),
            name: name.into(),
            public: false,
            members: vec![("admin".to_owned(), Role::ProjectAdmin)],
            denied: Vec::new(),
        }
    }

    /// Lets everyone see the project, also without a login.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Makes a user a developer of the project.
    #[must_use]
    pub fn with_member(mut self, user: impl Into<String>) -> Self {
        self.add_member(user.into(), Role::Developer);
        self
    }

    /// Answers 403 to a robot, named with its prefix, for everything inside of the project, public
    /// or not.
    #[must_use]
    pub fn denying(mut self, robot: impl Into<String>) -> Self {
        self.denied.push(robot.into());
        self
    }

    /// Sets the vulnerabilities that the project accepts.
    #[must_use]
    pub fn with_allowlist(mut self, allowlist: Allowlist) -> Self {
        self.allowlist = allowlist;
        self
    }

    /// Sets a value that the project has beside its visibility, such as `auto_scan`.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Limits the bytes that the project may hold, as its quota says.
    #[must_use]
    pub fn with_storage_limit(mut self, bytes: i64) -> Self {
        self.storage_limit = bytes;
        self
    }

    /// Makes a user the owner, and the one who may do everything there.
    #[must_use]
    pub fn owned_by(mut self, user: impl Into<String>) -> Self {
        let user = user.into();
        self.members = vec![(user.clone(), Role::ProjectAdmin)];
        self.owner = user;
        self
    }

    /// Adds a repository.
    #[must_use]
    pub fn with_repository(mut self, repository: Repository) -> Self {
        self.repositories.push(repository);
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that the database gave; 0 before the project is part of a registry.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Whether everyone may see the project.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.public
    }

    /// The repositories, in the order of their creation.
    #[must_use]
    pub fn repositories(&self) -> &[Repository] {
        &self.repositories
    }

    /// The repository of a path, without the name of the project.
    #[must_use]
    pub fn repository(&self, name: &str) -> Option<&Repository> {
        self.positions.get(name).map(|position| &self.repositories[*position])
    }

    pub(crate) fn repositories_mut(&mut self) -> &mut [Repository] {
        &mut self.repositories
    }

    pub(crate) fn repository_mut(&mut self, name: &str) -> Option<&mut Repository> {
        self.positions.get(name).map(|position| &mut self.repositories[*position])
    }

    /// Gives a user a role in the project instead of the one they had.
    pub(crate) fn add_member(&mut self, user: String, role: Role) {
        self.members.retain(|(name, _)| *name != user);
        self.members.push((user, role));
    }

    /// Takes a repository in as it is, with the numbers and times it has.
    pub(crate) fn restore(&mut self, mut repository: Repository) {
        repository.index();
        self.positions.insert(repository.name().to_owned(), self.repositories.len());
        self.repositories.push(repository);
    }

    /// Takes a repository in.
    pub(crate) fn adopt(&mut self, mut repository: Repository, ids: &mut Ids) {
        repository.id = ids.next_repository();
        repository.created = ids.now();
        repository.updated = repository.created;
        repository.full_name = format!("{}/{}", self.name, repository.name());
        self.positions.insert(repository.name().to_owned(), self.repositories.len());
        self.repositories.push(repository);
    }

    /// Takes an artifact into a repository, which is created where it is not there yet, and answers its digest.
    pub(super) fn push(
        &mut self,
        repository: &str,
        artifact: Artifact,
        ids: &mut Ids,
        scans: &mut Scans,
    ) -> Option<Arc<str>> {
        if self.repository(repository).is_none() {
            self.adopt(Repository::new(repository), ids);
        }
        let repository = self.repository_mut(repository)?;
        let digest = repository.adopt(artifact, ids, scans);
        repository.updated = ids.now();
        Some(digest)
    }

    /// Deletes a repository with all it holds, and tells whether it was there.
    pub(crate) fn delete(&mut self, repository: &str) -> bool {
        let Some(position) = self.positions.get(repository) else {
            return false;
        };
        self.repositories.remove(*position);
        let names = self.repositories.iter().enumerate();
        self.positions = names.map(|(position, known)| (known.name().to_owned(), position)).collect();
        true
    }

    /// Lets everyone see the project, or its members only.
    pub(crate) fn set_public(&mut self, public: bool) {
        self.public = public;
    }

    /// The bytes of all artifacts.
    pub(crate) fn size(&self) -> i64 {
        let size = |repository: &Repository| -> i64 {
            repository.artifacts.iter().map(|artifact| repository.own_size(artifact)).sum()
        };
        self.repositories.iter().map(size).sum()
    }

    /// The login names of the members and their roles.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, Role)> {
        self.members.iter().map(|(name, role)| (name.as_str(), *role))
    }

    /// The role that a user has in the project.
    pub(crate) fn role_of(&self, user: &str) -> Option<Role> {
        self.members.iter().find(|(name, _)| name == user).map(|(_, role)| *role)
    }

    pub(crate) fn denies(&self, robot: &str) -> bool {
        self.denied.iter().any(|name| name == robot)
    }
}
