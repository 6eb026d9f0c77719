//! Users, and what callers may do.

use std::fmt;

use chrono::{DateTime, Utc};

use super::{BEGINNING, Project, Registry, Robot, permission};

/// A local user.
#[derive(Clone)]
pub struct User {
    pub(crate) id: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) real_name: String,
    pub(crate) comment: String,
    pub(crate) administrator: bool,
    /// Nobody can log in as a user whose password is not known.
    pub(super) password: Option<String>,
}

/// Who sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Anonymous,
    User(String),
    Robot(String),
}

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
        let name = name.into();
        Self {
            id: 0,
            created: BEGINNING,
            updated: BEGINNING,
            email: format!("{name}@example.com"),
            real_name: name.clone(),
            comment: String::new(),
            name,
            administrator: false,
            password: None,
        }
    }

    /// Sets the e-mail address, with which the user can log in as well.
    #[must_use]
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = email.into();
        self
    }

    /// Sets the name that people know the user by.
    #[must_use]
    pub fn with_real_name(mut self, name: impl Into<String>) -> Self {
        self.real_name = name.into();
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn with_comment(mut self, comment: impl Into<String>) -> Self {
        self.comment = comment.into();
        self
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

impl Registry {
    /// Finds who a login name and a secret belong to.
    pub(crate) fn login(&self, name: &str, secret: &str) -> Option<Caller> {
        let is_named = |user: &&User| user.name == name || (!user.email.is_empty() && user.email == name);
        let user = self.users().iter().filter(is_named).find(|user| user.password() == Some(secret));
        if let Some(user) = user {
            return Some(Caller::User(user.name.clone()));
        }
        let robot = self.robots().iter().find(|robot| robot.name == name && robot.admits(secret));
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
            Caller::Robot(name) => self
                .robot(name)
                .is_some_and(|robot| robot.system_permissions.iter().any(|granted| granted == permission)),
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
        let public = project.is_public() && permission::is_public(permission);
        match caller {
            Caller::Anonymous => public,
            Caller::User(name) => public || project.role_of(name).is_some_and(|role| role.permits(permission)),
            Caller::Robot(name) if project.denies(name) => false,
            Caller::Robot(name) => {
                let has = |robot: &Robot| robot.permissions.iter().any(|granted| granted == permission);
                let granted = |robot: &Robot| robot.covers(project.name()) && has(robot);
                public || self.robot(name).is_some_and(granted)
            }
        }
    }
}

impl fmt::Debug for User {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("User");
        debug.field("name", &self.name).field("administrator", &self.administrator);
        debug.finish_non_exhaustive()
    }
}
