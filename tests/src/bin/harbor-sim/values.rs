//! The values of the command line: each becomes what it means, or a sentence that says why it cannot.

use std::str::FromStr;

use harbor_testkit::{Role, Scale};

/// A name and the secret that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct NamedSecret {
    pub(crate) name: String,
    pub(crate) secret: String,
}

/// A role of a user in a project.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) project: String,
    pub(crate) user: String,
    pub(crate) role: Role,
}

/// The counts of a synthetic registry; the seed is an argument of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Synthetic(pub(crate) Scale);

/// The administrator, who has an argument of their own.
pub(crate) const ADMINISTRATOR: &str = "admin";

/// What a robot's login name begins with.
pub(crate) const ROBOT_PREFIX: &str = "robot$";

/// About 1.2 KB of memory each.
const MOST_ARTIFACTS: usize = 5_000_000;

/// About 1.6 KB of memory each.
const MOST_DISTINCT: usize = 1_000_000;

/// About 8 bytes each, in every finding.
const MOST_WORDS: usize = 10_000;

pub(crate) fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "a port is a number from 0 to 65535".to_owned())
}

pub(crate) fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("a seed is a number from 0 to {}", u64::MAX))
}

pub(crate) fn password(text: &str) -> Result<String, String> {
    match text {
        "" => Err("a password is not empty".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

pub(crate) fn user(text: &str) -> Result<NamedSecret, String> {
    let user = named_secret(text, "NAME:PASSWORD")?;
    if user.name == ADMINISTRATOR {
        return Err("the password of the administrator is that of --admin-password".to_owned());
    }
    // What Harbor refuses in the name of a user, and what HTTP's basic authentication cannot carry.
    match user.name.chars().find(|character| ",\"~#%$".contains(*character) || character.is_control()) {
        Some(character) => Err(format!("the name of a user has no {character:?}")),
        None => Ok(user),
    }
}

/// Reads a robot, whose name is the full login name from then on.
pub(crate) fn robot(text: &str) -> Result<NamedSecret, String> {
    let NamedSecret { name, secret } = named_secret(text, "NAME:SECRET or PROJECT+NAME:SECRET")?;
    let name = name.strip_prefix(ROBOT_PREFIX).unwrap_or(&name);
    let (project, own_name) = match name.split_once('+') {
        Some((project, own_name)) => (Some(project), own_name),
        None => (None, name),
    };
    if project == Some("") || !is_robot_name(own_name) {
        return Err("the name of a robot is of a-z, 0-9 and single . _ - between them".to_owned());
    }
    Ok(NamedSecret { name: format!("{ROBOT_PREFIX}{name}"), secret })
}

/// Reads a pair; only the first colon divides it, because a secret may have more.
fn named_secret(text: &str, form: &str) -> Result<NamedSecret, String> {
    match text.split_once(':') {
        None => Err(format!("there is no colon; the form is {form}")),
        Some(("", _)) => Err(format!("there is no name before the colon; the form is {form}")),
        Some((_, "")) => Err(format!("there is nothing behind the colon; the form is {form}")),
        Some((name, secret)) => Ok(NamedSecret { name: name.to_owned(), secret: secret.to_owned() }),
    }
}

/// Whether Harbor takes a text as the name of a robot.
fn is_robot_name(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    name.split(['.', '_', '-']).all(is_word)
}

impl FromStr for Membership {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(':').collect();
        match parts.as_slice() {
            [project, user, role] if !project.is_empty() && !user.is_empty() => {
                let role = role.parse().map_err(|unknown: harbor_testkit::UnknownRole| unknown.to_string())?;
                Ok(Self { project: (*project).to_owned(), user: (*user).to_owned(), role })
            }
            _ => Err("the form is PROJECT:NAME:ROLE".to_owned()),
        }
    }
}

impl FromStr for Synthetic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut scale, mut given) = (Scale::default(), Vec::new());
        for part in text.split(',') {
            let Some((name, number)) = part.split_once('=') else {
                return Err(format!("{part:?} is not of the form NAME=NUMBER"));
            };
            let count = match name {
                "projects" => &mut scale.projects,
                "repositories" => &mut scale.repositories,
                "artifacts" => &mut scale.artifacts,
                "findings" => &mut scale.findings,
                "distinct" => &mut scale.distinct,
                "words" => &mut scale.words,
                _ => {
                    let known = "projects, repositories, artifacts, findings, distinct and words";
                    return Err(format!("there is no count {name:?}; there are {known}"));
                }
            };
            *count = number.parse().map_err(|_| format!("{name}={number} is no whole number, or too large"))?;
            if given.contains(&name) {
                return Err(format!("{name} is given twice"));
            }
            given.push(name);
        }
        if !given.contains(&"findings") {
            scale.findings = scale.findings.min(scale.distinct);
        }
        if !given.contains(&"distinct") {
            scale.distinct = scale.distinct.max(scale.findings);
        }
        check(scale).map(Self)
    }
}

fn check(scale: Scale) -> Result<Scale, String> {
    let repositories = scale.projects.checked_mul(scale.repositories);
    // Each level is limited by itself, too: a million empty projects take as much as a million images.
    let counts =
        [Some(scale.projects), repositories, repositories.and_then(|count| count.checked_mul(scale.artifacts))];
    let names = ["projects", "repositories", "artifacts"];
    let mut too_many = names.iter().zip(counts).filter(|(_, count)| count.is_none_or(|count| count > MOST_ARTIFACTS));
    match too_many.next() {
        _ if scale.distinct == 0 => Err("distinct=0 leaves nothing to draw; findings=0 makes clean reports".to_owned()),
        _ if scale.distinct > MOST_DISTINCT => {
            Err(format!("distinct={} is too large: at most {MOST_DISTINCT}", scale.distinct))
        }
        _ if scale.words > MOST_WORDS => Err(format!("words={} is too large: at most {MOST_WORDS}", scale.words)),
        _ if scale.findings > scale.distinct => {
            let Scale { findings, distinct, .. } = scale;
            Err(format!("a report has a finding once, so that findings={findings} cannot be of distinct={distinct}"))
        }
        Some((name, _)) => Err(format!("these are too many {name}: at most {MOST_ARTIFACTS}")),
        None => Ok(scale),
    }
}
