//! Users, robots, labels and scanners as a real registry told of them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::times::beginning;
use crate::registry::{Label, Robot, Scanner, User};

#[derive(Deserialize)]
pub(super) struct CapturedUser {
    user_id: i64,
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    realname: String,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    sysadmin_flag: bool,
    #[serde(default = "beginning")]
    creation_time: DateTime<Utc>,
    #[serde(default = "beginning")]
    update_time: DateTime<Utc>,
}

#[derive(Deserialize)]
pub(super) struct CapturedRobot {
    id: i64,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    disable: bool,
    #[serde(default)]
    expires_at: i64,
    #[serde(default)]
    level: String,
    #[serde(default = "beginning")]
    creation_time: DateTime<Utc>,
    #[serde(default = "beginning")]
    update_time: DateTime<Utc>,
    #[serde(default)]
    permissions: Vec<CapturedPermission>,
}

/// What a robot may do in a project, in all of them (`*`), or in the system (`/`).
#[derive(Deserialize)]
struct CapturedPermission {
    namespace: String,
    access: Vec<CapturedAccess>,
}

#[derive(Deserialize)]
struct CapturedAccess {
    resource: String,
    action: String,
}

#[derive(Deserialize)]
pub(super) struct CapturedScanner {
    pub(super) uuid: String,
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    auth: String,
    #[serde(default)]
    pub(super) is_default: bool,
    #[serde(default)]
    disabled: bool,
    #[serde(default)]
    use_internal_addr: bool,
    #[serde(rename = "skip_certVerify", default)]
    skip_certificate: bool,
    #[serde(default = "beginning")]
    create_time: DateTime<Utc>,
    #[serde(default = "beginning")]
    update_time: DateTime<Utc>,
}

/// What a report tells of the scanner that made it.
#[derive(Deserialize)]
struct CapturedReport {
    scanner: CapturedAdapter,
}

#[derive(Deserialize)]
struct CapturedAdapter {
    version: String,
}

#[derive(Deserialize)]
pub(super) struct CapturedLabel {
    id: i64,
    name: String,
    #[serde(default)]
    color: String,
    #[serde(default)]
    description: String,
    project_id: Option<i64>,
    #[serde(default = "beginning")]
    creation_time: DateTime<Utc>,
    #[serde(default = "beginning")]
    update_time: DateTime<Utc>,
}

impl CapturedUser {
    pub(super) fn restore(self) -> User {
        let mut user = User::without_password(self.username);
        user.id = self.user_id;
        user.created = self.creation_time;
        user.updated = self.update_time;
        user.administrator = self.sysadmin_flag;
        user.email = self.email;
        user.real_name = self.realname;
        user.comment = self.comment;
        user
    }
}

impl CapturedRobot {
    pub(super) fn restore(self) -> Robot {
        let mut robot = Robot::without_secret(&self.name);
        let mut projects = Vec::new();
        for permission in self.permissions {
            let granted = permission.access.iter().map(|access| format!("{}:{}", access.resource, access.action));
            match permission.namespace.as_str() {
                "/" => robot.system_permissions.extend(granted),
                _ => {
                    robot.permissions.extend(granted);
                    projects.push(permission.namespace);
                }
            }
        }
        if self.level == "project" {
            robot.home = projects.first().cloned();
        }
        if !projects.iter().any(|project| project == "*") {
            robot = robot.on_projects(projects);
        }
        robot.description = self.description;
        robot.created = self.creation_time;
        robot.updated = self.update_time;
        robot.disabled = self.disable;
        robot.expires = DateTime::from_timestamp(self.expires_at, 0).filter(|_| self.expires_at > 0);
        robot.id = self.id;
        robot
    }
}

impl CapturedLabel {
    pub(super) fn restore(self) -> Label {
        let Self { id, name, color, description, project_id: project, creation_time, update_time } = self;
        Label { id, name, color, description, project, created: creation_time, updated: update_time }
    }
}

impl CapturedScanner {
    pub(super) fn restore(self, version: &str) -> Scanner {
        Scanner {
            uuid: self.uuid,
            name: self.name,
            url: self.url,
            description: self.description,
            version: version.to_owned(),
            authorization: self.auth,
            created: self.create_time,
            updated: self.update_time,
            disabled: self.disabled,
            use_internal_address: self.use_internal_addr,
            skip_certificate: self.skip_certificate,
        }
    }
}

/// The version of the scanner, which only its reports tell; empty without any.
pub(super) fn scanner_version(reports: &BTreeMap<String, &RawValue>) -> String {
    let read = |body: &&RawValue| serde_json::from_str::<BTreeMap<String, CapturedReport>>(body.get()).ok();
    let reports = reports.values().filter_map(read).flat_map(BTreeMap::into_values);
    reports.map(|report| report.scanner.version).next().unwrap_or_default()
}
