//! Users and robots, and what they may do.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{BEGINNING, Project, Registry};

/// A local user.
#[derive(Clone)]
pub struct User {
    pub(crate) id: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) name: String,
    pub(crate) administrator: bool,
    /// Nobody can log in as a user whose password is not known.
    pub(super) password: Option<String>,
}

/// A robot account.
///
/// A new one may do what reading all reports needs, in all projects: `repository:list`,
/// `artifact:list` and `artifact-addition:read`.
#[derive(Clone)]
pub struct Robot {
    pub(crate) id: i64,
    pub(super) name: String,
    /// Nobody can log in as a robot whose secret is not known.
    pub(super) secret: Option<String>,
    projects: Option<Vec<String>>,
    permissions: Vec<String>,
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Anonymous,
    User(String),
    Robot(String),
}

/// What everyone may do in a public project.
const PUBLIC: [&str; 8] = [
    "project:read",
    "repository:list",
    "artifact:list",
    "artifact:read",
    "artifact-addition:read",
    "tag:list",
    "accessory:list",
    "scan:read",
];

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

impl Caller {
    /// The login name, or `anonymous`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(name) | Self::Robot(name) => name,
        }
    }
}

impl User {
    /// A user who sees public projects and those of which they are a member.
    #[must_use]
    pub fn new(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { password: Some(password.into()), ..Self::without_password(name) }
    }

    /// A user who may do everything.
    #[must_use]
    pub fn administrator(name: impl Into<String>, password: impl Into<String>) -> Self {
        Self { administrator: true, ..Self::new(name, password) }
    }

    /// A user as whom nobody can log in before [`Registry::set_password`].
    #[must_use]
    pub fn without_password(name: impl Into<String>) -> Self {
        Self { id: 0, created: BEGINNING, name: name.into(), administrator: false, password: None }
    }

    /// The login name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The password, where it is known.
    #[must_use]
    pub fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    /// Whether the user may do everything.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.administrator
    }
}

impl Robot {
    /// A robot of the whole system; its login name is `robot$` and `name`.
    #[must_use]
    pub fn new(name: impl AsRef<str>, secret: impl Into<String>) -> Self {
        let permissions = ["repository:list", "artifact:list", "artifact-addition:read"];
        Self {
            id: 0,
            name: format!("robot${}", name.as_ref()),
            secret: Some(secret.into()),
            projects: None,
            permissions: permissions.map(str::to_owned).to_vec(),
        }
    }

    /// Restricts the robot to some projects.
    #[must_use]
    pub fn on_projects<T: Into<String>>(mut self, projects: impl IntoIterator<Item = T>) -> Self {
        self.projects = Some(projects.into_iter().map(Into::into).collect());
        self
    }

    /// Grants a permission such as `artifact:read`, beside those it has.
    #[must_use]
    pub fn with_permission(mut self, permission: impl Into<String>) -> Self {
        self.permissions.push(permission.into());
        self
    }

    /// A robot of a full login name without permissions, as which nobody can log in before [`Registry::set_secret`].
    #[must_use]
    pub fn without_secret(login: impl Into<String>) -> Self {
        Self { id: 0, name: login.into(), secret: None, projects: None, permissions: Vec::new() }
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

    fn has_permission(&self, permission: &str) -> bool {
        self.permissions.iter().any(|granted| granted == permission)
    }

    fn covers(&self, project: &str) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.iter().any(|name| name == project))
    }
}

impl Registry {
    /// Finds who a login name and a secret belong to.
    pub(crate) fn login(&self, name: &str, secret: &str) -> Option<Caller> {
        let user = self.users().iter().find(|user| user.name == name && user.password() == Some(secret));
        if let Some(user) = user {
            return Some(Caller::User(user.name.clone()));
        }
        let robot = self.robots().iter().find(|robot| robot.name == name && robot.secret() == Some(secret));
        robot.map(|robot| Caller::Robot(robot.name.clone()))
    }

    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users().iter().find(|user| user.name == name)
    }

    pub(crate) fn is_administrator(&self, caller: &Caller) -> bool {
        match caller {
            Caller::User(name) => self.user(name).is_some_and(|user| user.administrator),
            _ => false,
        }
    }

    /// Whether a caller may do something with the whole system.
    pub(crate) fn permits_system(&self, caller: &Caller, permission: &str) -> bool {
        match caller {
            Caller::Robot(name) => self.robot(name).is_some_and(|robot| robot.has_permission(permission)),
            _ => self.is_administrator(caller),
        }
    }

    /// Whether a project shows up in the lists of a caller.
    pub(crate) fn lists(&self, caller: &Caller, project: &Project) -> bool {
        project.is_public()
            || match caller {
                Caller::Anonymous => false,
                Caller::User(name) => self.is_administrator(caller) || project.role_of(name).is_some(),
                Caller::Robot(name) => self.robot(name).is_some_and(|robot| robot.covers(project.name())),
            }
    }

    /// Whether a caller may do something in a project.
    pub(crate) fn permits(&self, caller: &Caller, project: &Project, permission: &str) -> bool {
        if self.is_administrator(caller) {
            return true;
        }
        let public = project.is_public() && PUBLIC.contains(&permission);
        match caller {
            Caller::Anonymous => public,
            Caller::User(name) => public || project.role_of(name).is_some(),
            Caller::Robot(name) if project.denies(name) => false,
            Caller::Robot(name) => {
                let granted = |robot: &Robot| robot.covers(project.name()) && robot.has_permission(permission);
                public || self.robot(name).is_some_and(granted)
            }
        }
    }

    fn robot(&self, name: &str) -> Option<&Robot> {
        self.robots().iter().find(|robot| robot.name == name)
    }
}

impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("User");
        debug.field("name", &self.name).field("administrator", &self.administrator);
        debug.finish_non_exhaustive()
    }
}

impl fmt::Debug for Robot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Robot");
        debug.field("name", &self.name).field("projects", &self.projects);
        debug.field("permissions", &self.permissions).finish_non_exhaustive()
    }
}
