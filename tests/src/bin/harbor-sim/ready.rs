//! The line that says that the server is ready, and how to use it.

use harbor_testkit::{HarborVersion, Registry, Robot, Scan, SimulatedHarbor, User};
use serde::Serialize;

use crate::values::ADMINISTRATOR;

#[derive(Serialize)]
struct Ready<'a> {
    url: String,
    version: &'a str,
    administrator: Login<'a>,
    users: Vec<Login<'a>>,
    robots: Vec<RobotLogin<'a>>,
    holds: Holdings,
}

/// A user; one whose password is not known cannot log in.
#[derive(Serialize)]
struct Login<'a> {
    name: &'a str,
    password: Option<&'a str>,
}

#[derive(Serialize)]
struct RobotLogin<'a> {
    name: &'a str,
    secret: Option<&'a str>,
}

/// What the registry holds.
#[derive(Default, Serialize)]
struct Holdings {
    projects: usize,
    repositories: usize,
    /// As lists count them: without the children of indexes.
    artifacts: usize,
    /// The artifacts with a report of their own, the children of indexes included.
    reports: usize,
}

/// Writes the line, without its end.
pub(crate) fn line(harbor: &SimulatedHarbor, version: HarborVersion) -> serde_json::Result<String> {
    harbor.registry(|registry| {
        let users = registry.users().iter();
        let (administrators, users): (Vec<_>, Vec<_>) = users.map(login).partition(|user| user.name == ADMINISTRATOR);
        let robots = registry.robots().iter();
        serde_json::to_string(&Ready {
            url: harbor.url(),
            version: version.text(),
            administrator: administrators.into_iter().next().unwrap_or(Login { name: ADMINISTRATOR, password: None }),
            users,
            robots: robots.map(|robot: &Robot| RobotLogin { name: robot.name(), secret: robot.secret() }).collect(),
            holds: holdings(registry),
        })
    })
}

fn login(user: &User) -> Login<'_> {
    Login { name: user.name(), password: user.password() }
}

fn holdings(registry: &Registry) -> Holdings {
    let mut holdings = Holdings::default();
    for project in registry.projects() {
        holdings.projects += 1;
        holdings.repositories += project.repositories().len();
        for repository in project.repositories() {
            let scans = repository.artifacts().iter().map(|artifact| registry.scan(artifact.digest()));
            holdings.artifacts += repository.listed().count();
            holdings.reports += scans.filter(|scan| matches!(scan, Scan::Success(_))).count();
        }
    }
    holdings
}
