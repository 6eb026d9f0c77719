//! The users, members and robots that the arguments add to a registry.

use harbor_testkit::{Registry, Robot, User};
use thiserror::Error;

use crate::arguments::Arguments;
use crate::values::{ADMINISTRATOR, Membership, NamedSecret, ROBOT_PREFIX};

/// An argument that does not fit the registry or the other arguments.
#[derive(Debug, Error)]
pub(crate) enum Misfit {
    #[error("{argument} {name} is given twice")]
    Twice { argument: &'static str, name: String },
    #[error("{argument} needs a project {project} that the registry holds; there {held}")]
    NoProject { argument: String, project: String, held: String },
    #[error("--member {project}:{user} needs a user {user}; add --user {user}:PASSWORD")]
    NoUser { project: String, user: String },
}

/// Adds all of them.
pub(crate) fn add(registry: &mut Registry, arguments: &Arguments) -> Result<(), Misfit> {
    let members = arguments.members.iter().map(|member| format!("{}:{}", member.project, member.user));
    check_unique("--user", arguments.users.iter().map(|user| user.name.clone()))?;
    check_unique("--robot", arguments.robots.iter().map(|robot| robot.name.clone()))?;
    check_unique("--member", members)?;
    registry.set_password(ADMINISTRATOR, &arguments.admin_password);
    for NamedSecret { name, secret } in &arguments.users {
        if !registry.set_password(name, secret) {
            registry.add_user(User::new(name, secret));
        }
    }
    arguments.members.iter().try_for_each(|member| add_member(registry, member))?;
    arguments.robots.iter().try_for_each(|robot| add_robot(registry, robot))
}

fn add_member(registry: &mut Registry, member: &Membership) -> Result<(), Misfit> {
    let Membership { project, user, role } = member;
    check_project(registry, format!("--member {project}:{user}"), project)?;
    if !registry.users().iter().any(|known| known.name() == user) {
        return Err(Misfit::NoUser { project: project.clone(), user: user.clone() });
    }
    registry.add_member_with_role(project, user, *role);
    Ok(())
}

fn add_robot(registry: &mut Registry, robot: &NamedSecret) -> Result<(), Misfit> {
    let NamedSecret { name, secret } = robot;
    if registry.set_secret(name, secret) {
        return Ok(());
    }
    let own_name = name.trim_start_matches(ROBOT_PREFIX);
    let robot = match own_name.split_once('+') {
        Some((project, own_name)) => {
            check_project(registry, format!("--robot {name}"), project)?;
            Robot::new(own_name, secret).with_read_permissions().in_project(project)
        }
        None => Robot::new(own_name, secret).with_read_permissions(),
    };
    registry.add_robot(robot);
    Ok(())
}

fn check_project(registry: &Registry, argument: String, project: &str) -> Result<(), Misfit> {
    if registry.project(project).is_some() {
        return Ok(());
    }
    Err(Misfit::NoProject { argument, project: project.to_owned(), held: held(registry) })
}

/// Some of the names of the projects; a synthetic registry may have thousands.
fn held(registry: &Registry) -> String {
    const SHOWN: usize = 10;
    let names: Vec<_> = registry.projects().iter().take(SHOWN).map(|project| project.name()).collect();
    match registry.projects().len() {
        0 => "are none".to_owned(),
        count if count > SHOWN => format!("are {} and {} more", names.join(", "), count - SHOWN),
        _ => format!("are {}", names.join(", ")),
    }
}

fn check_unique(argument: &'static str, names: impl Iterator<Item = String>) -> Result<(), Misfit> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(Misfit::Twice { argument, name });
        }
        seen.push(name);
    }
    Ok(())
}
