//! Robot accounts: where they belong to, and what they may do.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::{BEGINNING, Registry, permission};

/// A robot account.
///
/// A new one may do what reading all reports needs, in all projects: `repository:list`,
/// `artifact:list` and `artifact-addition:read`.
#[derive(Clone)]
pub struct Robot {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) disabled: bool,
    /// When the robot ends; without it, it never does.
    pub(crate) expires: Option<DateTime<Utc>>,
    /// The project that a robot belongs to which is not one of the whole system.
    pub(crate) home: Option<String>,
    pub(crate) projects: Option<Vec<String>>,
    /// What it may do in its projects.
    pub(crate) permissions: Vec<String>,
    /// What it may do with the whole system.
    pub(crate) system_permissions: Vec<String>,
    /// Nobody can log in as a robot whose secret is not known.
    pub(super) secret: Option<String>,
}

/// What a robot needs to read everything, in its projects and of the system.
const READING: [&str; 13] = [
    "project:list",
    "project:read",
    "repository:list",
    "repository:read",
    "repository:pull",
    "artifact:list",
    "artifact:read",
    "artifact-addition:read",
    "tag:list",
    "accessory:list",
    "label:list",
    "security-hub:read",
    "security-hub:list",
];

impl Robot {
    /// A robot of the whole system; its login name is `robot$` and `name`.
    #[must_use]
    pub fn new(name: impl AsRef<str>, secret: impl Into<String>) -> Self {
        let robot = Self::without_secret(format!("robot${}", name.as_ref()));
        let robot = ["repository:list", "artifact:list", "artifact-addition:read"]
            .into_iter()
            .fold(robot, Self::with_permission);
        Self { secret: Some(secret.into()), ..robot }
    }

    /// A robot of a full login name without permissions, as which nobody can log in before [`Registry::set_secret`].
    #[must_use]
    pub fn without_secret(login: impl Into<String>) -> Self {
        Self {
            id: 0,
            name: login.into(),
            description: String::new(),
            created: BEGINNING,
            updated: BEGINNING,
            disabled: false,
            expires: None,
            home: None,
            projects: None,
            permissions: Vec::new(),
            system_permissions: Vec::new(),
            secret: None,
        }
    }

    /// Makes it a robot of one project; its login name is `robot$`, the project, `+`, and the name.
    #[must_use]
    pub fn in_project(mut self, project: impl Into<String>) -> Self {
        let project = project.into();
        let own = self.name.strip_prefix("robot$").unwrap_or(&self.name);
        self.name = format!("robot${project}+{own}");
        self.system_permissions.clear();
        self.home = Some(project.clone());
        self.on_projects([project])
    }

    /// Restricts the robot to some projects.
    #[must_use]
    pub fn on_projects<T: Into<String>>(mut self, projects: impl IntoIterator<Item = T>) -> Self {
        self.projects = Some(projects.into_iter().map(Into::into).collect());
        self
    }

    /// Says what the robot is for.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Grants a permission such as `artifact:read`, beside those it has: in its projects, with the whole system, or
    /// both, as the resource is something of projects, of the system, or of both.
    #[must_use]
    pub fn with_permission(mut self, permission: impl Into<String>) -> Self {
        let permission: String = permission.into();
        if self.home.is_none() && permission::has(&permission::SYSTEM, &permission) {
            self.system_permissions.push(permission.clone());
        }
        // What nobody knows is of no use anywhere, and shows where it would be looked for first.
        if permission::has(&permission::PROJECT, &permission) || !permission::has(&permission::SYSTEM, &permission) {
            self.permissions.push(permission);
        }
        self
    }

    /// Grants everything that reading a registry can need.
    #[must_use]
    pub fn with_read_permissions(self) -> Self {
        READING.into_iter().fold(self.without_permissions(), Self::with_permission)
    }

    /// Takes all permissions away.
    #[must_use]
    pub fn without_permissions(mut self) -> Self {
        self.permissions.clear();
        self.system_permissions.clear();
        self
    }

    /// Switches the robot off, so that its secret is as good as a wrong one.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// Lets the robot have ended, so that its secret is as good as a wrong one.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.created = BEGINNING - TimeDelta::days(60);
        self.expires = Some(BEGINNING - TimeDelta::days(30));
        self
    }

    /// The login name, with `robot$`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The secret, where it is known.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// Whether someone may log in with a secret.
    pub(super) fn admits(&self, secret: &str) -> bool {
        let ended = self.expires.is_some_and(|end| end <= Utc::now());
        self.secret() == Some(secret) && !self.disabled && !ended
    }

    pub(super) fn covers(&self, project: &str) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.iter().any(|name| name == project))
    }
}

impl Registry {
    pub(crate) fn robot(&self, name: &str) -> Option<&Robot> {
        self.robots().iter().find(|robot| robot.name == name)
    }
}

impl fmt::Debug for Robot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Robot");
        debug.field("name", &self.name).field("projects", &self.projects);
        debug.field("permissions", &self.permissions).field("disabled", &self.disabled).finish_non_exhaustive()
    }
}
