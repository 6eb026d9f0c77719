//! The same thing said once: failures for people to read.

use std::collections::HashMap;
use std::fmt;

use super::{Failure, FailureKind, Permission, Phase, Target};

/// What went wrong in the same way, once: the first of the failures, and how many there were.
///
/// Displayed as one sentence or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Note<'a> {
    /// The first of them.
    pub failure: &'a Failure,
    /// How many there were, the first one included.
    pub count: usize,
}

/// What makes two failures the same to a reader.
#[derive(PartialEq, Eq, Hash)]
enum Sameness<'a> {
    /// Nobody was recognised: what follows from that says nothing new.
    Login,
    Permission(&'a Target, Permission),
    Answer(Phase, FailureKind, Option<u16>, &'a str),
}

/// Says everything once: failures that tell a reader the same are one note, in the order of their first ones.
///
/// The same are those for want of one permission in one project, all those that stem from a login that the server does
/// not accept, and those of one phase with the same status and message. Five hundred reports that may not be read in a
/// project are one note; the failures themselves stay complete.
#[must_use]
pub fn notes(failures: &[Failure]) -> Vec<Note<'_>> {
    let mut notes: Vec<Note<'_>> = Vec::new();
    let mut places: HashMap<Sameness<'_>, usize> = HashMap::new();
    let projects: Vec<Target> = failures.iter().map(|failure| project_of(&failure.target)).collect();
    for (failure, project) in failures.iter().zip(&projects) {
        let sameness = match (failure.kind, failure.missing_permission()) {
            (FailureKind::NotAuthenticated, _) => Sameness::Login,
            (_, Some(permission)) => Sameness::Permission(project, permission),
            (kind, None) => Sameness::Answer(failure.phase, kind, failure.status, &failure.message),
        };
        let place = *places.entry(sameness).or_insert(notes.len());
        match notes.get_mut(place) {
            Some(note) => note.count += 1,
            None => notes.push(Note { failure, count: 1 }),
        }
    }
    notes
}

fn project_of(target: &Target) -> Target {
    Target { project: target.project.clone(), ..Target::default() }
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failure, count } = self;
        let more = count.saturating_sub(1);
        match failure.missing_permission() {
            Some(permission) if more > 0 => {
                let place = project_of(&failure.target);
                write!(formatter, "the account lacks {permission} on {place}: {count} times, first in {failure}")
            }
            _ if more > 0 => write!(formatter, "{failure} (and {more} more like it)"),
            _ => write!(formatter, "{failure}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::missing_permissions;

    fn failure(phase: Phase, kind: FailureKind, repository: &str, message: &str) -> Failure {
        let target = repository.parse::<crate::name::RepositoryName>().unwrap().into();
        Failure { phase, kind, ..Failure::of_input(target, message.to_owned()) }
    }

    #[test]
    fn a_missing_permission_is_said_once_for_a_project() {
        let forbidden = |phase, repository: &str| failure(phase, FailureKind::Forbidden, repository, "forbidden");
        let mut failures: Vec<Failure> =
            (0..500).map(|number| forbidden(Phase::FetchingReport, &format!("p/r{number}"))).collect();
        failures.push(forbidden(Phase::FetchingReport, "q/r"));
        failures.push(forbidden(Phase::ListingArtifacts, "q/r"));
        let missing = missing_permissions(&failures);
        let shown: Vec<String> = missing.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "no permission artifact-addition:read on project p (500 times)",
                "no permission artifact:list on project q",
                "no permission artifact-addition:read on project q",
            ]
        );
        let notes = notes(&failures);
        assert_eq!(notes.iter().map(|note| note.count).collect::<Vec<_>>(), [500, 1, 1]);
        let first = notes[0].to_string();
        assert!(first.starts_with("the account lacks artifact-addition:read on project p: 500 times, "), "{first}");
    }

    #[test]
    fn what_stems_from_a_refused_login_is_one_note() {
        let unknown = |phase, message| failure(phase, FailureKind::NotAuthenticated, "p/r", message);
        let failures = [
            unknown(Phase::Identifying, "the server does not accept the credentials"),
            unknown(Phase::ListingArtifacts, "not asked any more"),
            unknown(Phase::FetchingReport, "not asked any more"),
            failure(Phase::FetchingReport, FailureKind::Server, "p/r", "internal server error"),
            failure(Phase::FetchingReport, FailureKind::Server, "q/r", "internal server error"),
            failure(Phase::FetchingReport, FailureKind::Server, "q/r", "another error"),
        ];
        let counts: Vec<usize> = notes(&failures).iter().map(|note| note.count).collect();
        assert_eq!(counts, [3, 2, 1]);
        assert!(missing_permissions(&failures).is_empty());
    }

    #[test]
    fn a_registry_in_read_only_mode_lacks_no_permission() {
        let mut denied = failure(Phase::FetchingReport, FailureKind::Forbidden, "p/r", "read only");
        assert!(denied.missing_permission().is_some());
        denied.code = Some("DENIED".to_owned());
        assert_eq!(denied.missing_permission(), None);
    }
}
