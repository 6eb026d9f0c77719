//! Robot accounts of the system and of projects.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::http::{Call, Outcome};
use crate::registry::{Project, Robot};
use crate::wire::errors::Refusal;
use crate::wire::q::Pattern;
use crate::wire::rows::{Cell, Row, Selection};
use crate::wire::{json, time};

#[derive(Serialize)]
struct RobotAnswer<'a> {
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator_ref: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator_type: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    disable: bool,
    duration: i64,
    editable: bool,
    expires_at: i64,
    id: i64,
    level: &'static str,
    name: &'a str,
    permissions: Vec<PermissionAnswer<'a>>,
    #[serde(serialize_with = "time::serialize")]
    update_time: DateTime<Utc>,
}

#[derive(Serialize)]
struct PermissionAnswer<'a> {
    access: Vec<Access<'a>>,
    kind: &'static str,
    namespace: &'a str,
}

#[derive(Serialize)]
struct Access<'a> {
    action: &'a str,
    resource: &'a str,
}

/// What robots belong to that a list is about.
enum Homes<'a> {
    System,
    Project(&'a str),
    /// The system, and all projects.
    Any,
}

impl<'a> Homes<'a> {
    /// The project of a number, where the robots of the system have the number 0.
    fn of(call: &Call<'a>, number: &str) -> Result<Self, Refusal> {
        let id: i64 = number.parse().map_err(|_| Refusal::internal("the number of a project is a number"))?;
        let project = call.registry.project_of_id(id);
        Ok(if id == 0 { Self::System } else { Self::Project(project.map_or("", Project::name)) })
    }

    fn contain(&self, robot: &Robot) -> bool {
        match self {
            Self::System => robot.home.is_none(),
            Self::Project(name) => robot.home.as_deref() == Some(name),
            Self::Any => true,
        }
    }
}

impl Row for &Robot {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.id)),
            "name" => Some(Cell::Text(stored_name(self))),
            "description" => Some(Cell::Text(&self.description)),
            "disabled" => Some(Cell::Boolean(self.disabled)),
            "duration" => Some(Cell::Integer(duration(self))),
            "expiresat" | "expires_at" => Some(Cell::Integer(expires_at(self))),
            "creation_time" => Some(Cell::Time(Some(self.created))),
            "update_time" => Some(Cell::Time(Some(self.updated))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.id
    }
}

/// Lists the robots of the system, or those of a project.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let level = selection.query.take("Level");
    let number = selection.query.take("ProjectID");
    let homes = homes(call, level, number)?;
    let rows = call.registry.robots().iter().filter(|robot| homes.contain(robot)).collect();
    let selected = selection.of(rows, &["name"])?;
    let rows: Vec<_> = selected.rows.into_iter().map(|robot| answer(call, robot)).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Finds out which robots a list is about, and whether the caller may see them.
fn homes<'a>(call: &Call<'a>, level: Option<Pattern>, number: Option<Pattern>) -> Result<Homes<'a>, Refusal> {
    let of_system = |homes| call.permit_system("robot:list").map(|()| homes);
    match (level, number) {
        (None, _) => of_system(Homes::System),
        (Some(Pattern::Exact(level)), number) if level == "system" => match number {
            // A level that is named does not keep the robots of projects out.
            None => of_system(Homes::Any),
            Some(Pattern::Exact(id)) => of_system(Homes::of(call, &id)?),
            Some(_) => Err(Refusal::internal("a pattern where the statement takes a number")),
        },
        (Some(Pattern::Exact(level)), None) if level == "project" => {
            Err(Refusal::bad_request("must with project ID when to query project robots"))
        }
        (Some(Pattern::Exact(level)), Some(Pattern::Exact(id))) if level == "project" => {
            let id = id.parse().map_err(|_| Refusal::bad_request("Project ID must be int type."))?;
            Ok(Homes::Project(call.project_of_id(id, "robot:list")?.name()))
        }
        _ => Err(Refusal::bad_request("bad request error level input")),
    }
}

/// Answers one robot. That there is none is told to everyone with a login.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let id = call.asked.number("robot_id");
    let missing = || Refusal::not_found(format!("robot {id} not found"));
    let robot = call.registry.robots().iter().find(|robot| robot.id == id).ok_or_else(missing)?;
    match robot.home.as_deref().and_then(|home| call.registry.project(home)) {
        Some(project) if !call.registry.permits(call.asked.caller, project, "robot:read") => {
            return Err(call.denied());
        }
        Some(_) => {}
        None => call.permit_system("robot:read")?,
    }
    json::answer(&answer(call, robot))
}

/// The name as the database has it: with the project, and without what Harbor puts before all names.
fn stored_name(robot: &Robot) -> &str {
    robot.name.strip_prefix("robot$").unwrap_or(&robot.name)
}

fn expires_at(robot: &Robot) -> i64 {
    robot.expires.map_or(-1, |end| end.timestamp())
}

/// For how many days the robot was made; -1 for one that does not end.
fn duration(robot: &Robot) -> i64 {
    robot.expires.map_or(-1, |end| (end - robot.created).num_days())
}

fn answer<'a>(call: &Call<'_>, robot: &'a Robot) -> RobotAnswer<'a> {
    let names_creators = call.asked.version.names_creators();
    RobotAnswer {
        creation_time: robot.created,
        creator_ref: names_creators.then_some(1),
        creator_type: names_creators.then_some("local"),
        description: &robot.description,
        disable: robot.disabled,
        duration: duration(robot),
        editable: true,
        expires_at: expires_at(robot),
        id: robot.id,
        level: if robot.home.is_some() { "project" } else { "system" },
        name: &robot.name,
        permissions: permissions(robot),
        update_time: robot.updated,
    }
}

fn permissions(robot: &Robot) -> Vec<PermissionAnswer<'_>> {
    let of = |kind, namespace, granted| PermissionAnswer { access: accesses(granted), kind, namespace };
    let mut permissions: Vec<_> = match &robot.projects {
        _ if robot.permissions.is_empty() => Vec::new(),
        None => vec![of("project", "*", &robot.permissions)],
        Some(projects) => projects.iter().map(|project| of("project", project, &robot.permissions)).collect(),
    };
    if !robot.system_permissions.is_empty() {
        permissions.push(of("system", "/", &robot.system_permissions));
    }
    permissions
}

fn accesses(granted: &[String]) -> Vec<Access<'_>> {
    let pairs = granted.iter().filter_map(|permission| permission.split_once(':'));
    pairs.map(|(resource, action)| Access { action, resource }).collect()
}
