//! The state behind the simulated server: projects, repositories, artifacts, scans, and who may see
//! them.

mod accessory;
mod addition;
mod allowlist;
mod artifact;
mod body;
mod capture;
mod demo;
mod expected;
mod exports;
mod finding;
mod icon;
mod ids;
mod kind;
mod label;
mod load;
mod people;
pub(crate) mod permission;
mod progress;
mod project;
mod records;
mod report;
mod repository;
mod robot;
mod role;
mod rows;
mod sbom;
mod scan;
mod scanner;
mod synthetic;

use std::collections::HashMap;
use std::sync::Arc;

pub use accessory::Accessory;
pub use addition::Addition;
pub use allowlist::Allowlist;
pub use artifact::{Artifact, Platform};
pub use expected::{Expected, ListedArtifact};
pub use finding::Finding;
pub use label::Label;
pub use load::LoadError;
pub use people::User;
pub use progress::ScanPace;
pub use project::Project;
pub use report::{Report, ReportError};
pub use repository::Repository;
pub use robot::Robot;
pub use role::{Role, UnknownRole};
pub use rows::Duplicates;
pub use scan::Scan;
pub use scanner::Scanner;
pub use synthetic::Scale;

pub(crate) use accessory::AccessoryRow;
pub(crate) use artifact::{Reference, Tag};
pub(crate) use exports::{Export, ExportContent};
pub(crate) use icon::is_icon;
pub(crate) use ids::Ids;
pub(crate) use kind::Kind;
pub(crate) use people::Caller;
pub(crate) use progress::Scans;
pub(crate) use records::{Record, Records, SeverityCounts};
pub(crate) use report::MEDIA_TYPE;
pub(crate) use sbom::Sbom;
pub(crate) use scanner::{ADAPTER, Scanners};

use exports::Exports;
use ids::BEGINNING;

/// Everything a simulated Harbor holds.
///
/// Every list that the server answers is computed from this state at the time of the request, so
/// that changes made while it serves are seen at once. A new registry has one user, the
/// administrator `admin` with the password `Harbor12345`, and one scanner.
#[derive(Clone, Debug)]
pub struct Registry {
    projects: Vec<Project>,
    users: Vec<User>,
    robots: Vec<Robot>,
    labels: Vec<Label>,
    allowlist: Allowlist,
    pub(crate) scanners: Scanners,
    scans: Scans,
    /// Where the report of a digest is in the database, as far as that is known.
    report_ranks: HashMap<Arc<str>, usize>,
    sbom_jobs: Vec<sbom::SbomJob>,
    exports: Exports,
    pub(crate) ids: Ids,
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// Creates a registry without projects.
    #[must_use]
    pub fn new() -> Self {
        let registry = Self {
            projects: Vec::new(),
            users: Vec::new(),
            robots: Vec::new(),
            labels: Vec::new(),
            allowlist: Allowlist::default(),
            scanners: Scanners::default(),
            scans: Scans::default(),
            report_ranks: HashMap::new(),
            sbom_jobs: Vec::new(),
            exports: Exports::default(),
            ids: Ids::default(),
        };
        let administrator = User::administrator("admin", "Harbor12345");
        registry.with_user(administrator.with_real_name("system admin").with_email("").with_comment("admin user"))
    }

    /// Adds a project with all it holds.
    #[must_use]
    pub fn with_project(mut self, project: Project) -> Self {
        self.add_project(project);
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn with_user(mut self, user: User) -> Self {
        self.add_user(user);
        self
    }

    /// Adds a robot account.
    #[must_use]
    pub fn with_robot(mut self, robot: Robot) -> Self {
        self.add_robot(robot);
        self
    }

    /// Chooses what becomes of findings with the same id, package and version. Call it before projects are added.
    #[must_use]
    pub fn with_duplicates(mut self, duplicates: Duplicates) -> Self {
        self.scans.rows.duplicates = duplicates;
        self
    }

    /// The projects, in the order of their creation.
    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// The project of a name.
    #[must_use]
    pub fn project(&self, name: &str) -> Option<&Project> {
        self.projects.iter().find(|project| project.name() == name)
    }

    /// The users, in the order of their creation.
    #[must_use]
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The robots, in the order of their creation.
    #[must_use]
    pub fn robots(&self) -> &[Robot] {
        &self.robots
    }

    /// Adds a project with all it holds, while serving too.
    pub fn add_project(&mut self, mut project: Project) {
        project.id = self.ids.next_project();
        project.created = self.ids.now();
        project.updated = project.created;
        for mut repository in std::mem::take(&mut project.repositories) {
            let path = repository.name().to_owned();
            let artifacts = std::mem::take(&mut repository.artifacts);
            project.adopt(repository, &mut self.ids);
            for mut artifact in artifacts {
                self.adopt_labels(&mut artifact);
                project.push(&path, artifact, &mut self.ids, &mut self.scans);
            }
        }
        self.projects.push(project);
    }

    /// Pushes an artifact and answers its digest, or `None` where there is no such project.
    ///
    /// A repository that is not there yet is created. A digest that the repository already holds
    /// gains the tags, and a tag that another artifact of the repository had moves.
    pub fn push(&mut self, project: &str, repository: &str, mut artifact: Artifact) -> Option<String> {
        let position = self.projects.iter().position(|known| known.name() == project)?;
        self.adopt_labels(&mut artifact);
        let digest = self.projects[position].push(repository, artifact, &mut self.ids, &mut self.scans)?;
        Some(digest.to_string())
    }

    /// Deletes an artifact by its digest or by one of its tags, and tells whether it was there.
    pub fn delete_artifact(&mut self, project: &str, repository: &str, reference: &str) -> bool {
        let now = self.ids.now();
        let Some(repository) = self.repository_mut(project, repository) else {
            return false;
        };
        let deleted = repository.delete(reference);
        if deleted {
            repository.updated = now;
        }
        deleted
    }

    /// Keeps a tag from being deleted over the API, with its artifact, and tells whether it is there.
    pub fn make_immutable(&mut self, project: &str, repository: &str, tag: &str) -> bool {
        let artifact = self.artifact_mut(project, repository, tag);
        let tag = artifact.and_then(|artifact| artifact.tags.iter_mut().find(|known| known.name == tag));
        tag.map(|tag| tag.immutable = true).is_some()
    }

    /// Deletes a tag, and tells whether it was there; its artifact stays.
    pub fn delete_tag(&mut self, project: &str, repository: &str, tag: &str) -> bool {
        self.repository_mut(project, repository).is_some_and(|repository| repository.delete_tag(tag))
    }

    /// Deletes a repository with all it holds, and tells whether it was there.
    pub fn delete_repository(&mut self, project: &str, repository: &str) -> bool {
        self.project_mut(project).is_some_and(|project| project.delete(repository))
    }

    /// Deletes a project with all it holds, and tells whether it was there.
    pub fn delete_project(&mut self, project: &str) -> bool {
        let before = self.projects.len();
        self.projects.retain(|known| known.name() != project);
        self.robots.retain(|robot| robot.home.as_deref() != Some(project));
        self.projects.len() < before
    }

    /// Moves a tag to the artifact of a digest or of another tag, and tells whether that is there.
    pub fn retag(&mut self, project: &str, repository: &str, reference: &str, tag: &str) -> bool {
        let Self { projects, ids, .. } = self;
        let project = projects.iter_mut().find(|known| known.name() == project);
        match project.and_then(|project| project.repository_mut(repository)) {
            Some(repository) => repository.tag(reference, tag, ids),
            None => false,
        }
    }

    /// Adds a user, while serving too.
    pub fn add_user(&mut self, mut user: User) {
        user.id = self.ids.next_user();
        user.created = self.ids.now();
        user.updated = user.created;
        self.users.push(user);
    }

    /// Adds a robot account, while serving too.
    pub fn add_robot(&mut self, mut robot: Robot) {
        robot.id = self.ids.next_robot();
        if robot.expires.is_none() {
            robot.created = self.ids.now();
            robot.updated = robot.created;
        }
        self.robots.push(robot);
    }

    /// Makes a user a developer of a project, and tells whether there is such a project.
    pub fn add_member(&mut self, project: &str, user: impl Into<String>) -> bool {
        self.add_member_with_role(project, user, Role::Developer)
    }

    /// Gives a user a role in a project instead of the one they had, and tells whether there is such a project.
    pub fn add_member_with_role(&mut self, project: &str, user: impl Into<String>, role: Role) -> bool {
        match self.project_mut(project) {
            Some(project) => {
                project.add_member(user.into(), role);
                true
            }
            None => false,
        }
    }

    /// Sets the password of a user, and tells whether there is such a user.
    pub fn set_password(&mut self, user: &str, password: impl Into<String>) -> bool {
        let user = self.users.iter_mut().find(|known| known.name == user);
        user.map(|user| user.password = Some(password.into())).is_some()
    }

    /// Sets the secret of a robot by its full name, and tells whether there is such a robot.
    pub fn set_secret(&mut self, robot: &str, secret: impl Into<String>) -> bool {
        let robot = self.robots.iter_mut().find(|known| known.name == robot);
        robot.map(|robot| robot.secret = Some(secret.into())).is_some()
    }

    /// Deletes a robot by its full name, as when it expires; returns whether there was one.
    pub fn delete_robot(&mut self, name: &str) -> bool {
        let before = self.robots.len();
        self.robots.retain(|robot| robot.name != name);
        self.robots.len() < before
    }

    /// A project by its name or by its number, where `by_name` tells that an all-digit text is a
    /// name.
    pub(crate) fn project_by_name_or_id(&self, text: &str, by_name: bool) -> Option<&Project> {
        match text.parse::<i64>() {
            Ok(id) if !by_name => self.project_of_id(id),
            _ => self.project(text),
        }
    }

    pub(crate) fn project_of_id(&self, id: i64) -> Option<&Project> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// The findings of all reports as they are served.
    pub(crate) fn rows(&self) -> &rows::Rows {
        &self.scans.rows
    }

    pub(crate) fn project_mut(&mut self, name: &str) -> Option<&mut Project> {
        self.projects.iter_mut().find(|project| project.name() == name)
    }

    pub(crate) fn artifact_mut(&mut self, project: &str, repository: &str, reference: &str) -> Option<&mut Artifact> {
        self.repository_mut(project, repository)?.artifact_mut(reference)
    }

    pub(crate) fn repository_mut(&mut self, project: &str, repository: &str) -> Option<&mut Repository> {
        self.project_mut(project)?.repository_mut(repository)
    }
}
