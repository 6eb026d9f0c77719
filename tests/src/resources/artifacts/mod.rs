//! Artifacts: lists of a repository and of a project, single ones, their tags and accessories.

pub(super) mod additions;
mod answer;
pub(super) mod labels;
mod overview;
pub(super) mod reports;
pub(super) mod scans;
mod special;
pub(super) mod writes;

use crate::http::{Call, Outcome};
use crate::random::Random;
use crate::registry::{AccessoryRow, Artifact, Project, Repository, Tag};
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::q::Pattern;
use crate::wire::rows::{Cell, Row, Selection};
use special::Special;

/// The order of lists of artifacts and tags.
const NEWEST_FIRST: &[&str] = &["-push_time", "-id"];

/// An artifact in a list, with the repository and the project that hold it.
#[derive(Clone, Copy)]
pub(crate) struct ArtifactRow<'a> {
    pub(crate) project: &'a Project,
    pub(crate) repository: &'a Repository,
    pub(crate) artifact: &'a Artifact,
}

/// Where an artifact is, to find it again for a change.
struct Place {
    project: String,
    repository: String,
    digest: String,
}

/// A tag in a list, with its artifact.
struct TagRow<'a> {
    repository: &'a Repository,
    artifact: &'a Artifact,
    tag: &'a Tag,
}

/// An accessory in a list, with its subject.
struct AccessoryListRow<'a> {
    repository: &'a Repository,
    subject: &'a Artifact,
    accessory: &'a AccessoryRow,
}

impl Place {
    fn of(project: &Project, repository: &Repository, artifact: &Artifact) -> Self {
        Self {
            project: project.name().to_owned(),
            repository: repository.name().to_owned(),
            digest: artifact.digest().to_owned(),
        }
    }
}

impl Row for ArtifactRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.artifact.id)),
            "digest" => Some(Cell::Text(self.artifact.digest())),
            "type" => Some(Cell::Text(self.artifact.kind.name())),
            "media_type" => Some(Cell::Text(self.artifact.media_type())),
            "manifest_media_type" => Some(Cell::Text(self.artifact.manifest_media_type())),
            "artifact_type" => Some(Cell::Text(self.artifact.artifact_type())),
            // The icon of the type is found when the artifact is answered; none is stored.
            "icon" => Some(Cell::Text("")),
            "size" => Some(Cell::Integer(self.artifact.size)),
            "push_time" => Some(Cell::Time(Some(self.artifact.pushed))),
            "pull_time" => Some(Cell::Time(self.artifact.pulled)),
            "project_id" => Some(Cell::Integer(self.project.id)),
            "repository_id" => Some(Cell::Integer(self.repository.id)),
            "repository_name" => Some(Cell::Text(&self.repository.full_name)),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.artifact.id
    }

    fn example(name: &str) -> Option<Cell<'static>> {
        match name {
            "id" | "size" | "project_id" | "repository_id" => Some(Cell::Integer(0)),
            "digest" | "type" | "media_type" | "manifest_media_type" | "artifact_type" | "icon" | "repository_name" => {
                Some(Cell::Text(""))
            }
            "push_time" | "pull_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }
}

impl Row for TagRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.tag.id)),
            "name" => Some(Cell::Text(&self.tag.name)),
            "artifact_id" => Some(Cell::Integer(self.artifact.id)),
            "repository_id" => Some(Cell::Integer(self.repository.id)),
            "push_time" => Some(Cell::Time(Some(self.tag.pushed))),
            "pull_time" => Some(Cell::Time(self.tag.pulled)),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.tag.id
    }

    fn example(name: &str) -> Option<Cell<'static>> {
        match name {
            "id" | "artifact_id" | "repository_id" => Some(Cell::Integer(0)),
            "name" => Some(Cell::Text("")),
            "push_time" | "pull_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }
}

impl Row for AccessoryListRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.accessory.id)),
            "artifact_id" => Some(Cell::Integer(self.accessory.artifact_id)),
            "subject_artifact_id" => Some(Cell::Integer(self.subject.id)),
            "subject_artifact_digest" => Some(Cell::Text(self.subject.digest())),
            "subject_artifact_repo" => Some(Cell::Text(&self.repository.full_name)),
            "type" => Some(Cell::Text(&self.accessory.kind)),
            "size" => Some(Cell::Integer(self.accessory.size)),
            "digest" => Some(Cell::Text(&self.accessory.digest)),
            "creation_time" => Some(Cell::Time(Some(self.accessory.created))),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.accessory.id
    }

    fn example(name: &str) -> Option<Cell<'static>> {
        match name {
            "id" | "artifact_id" | "subject_artifact_id" | "size" => Some(Cell::Integer(0)),
            "subject_artifact_digest" | "subject_artifact_repo" | "type" | "digest" => Some(Cell::Text("")),
            "creation_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }
}

/// Lists the artifacts of a repository; a repository that does not exist has none.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let project = call.project_if_any("artifact:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let special = Special::take_from(&mut selection.query)?;
    // What the path says wins over the same key in `q`.
    selection.query.take("RepositoryName");
    let name = call.asked.argument("repository_name");
    let repository = project.and_then(|project| Some((project, project.repository(name)?)));
    let rows = repository.map(|(project, repository)| rows_of(project, repository, &special).collect());
    answer_list(call, &selection, rows.unwrap_or_default(), NEWEST_FIRST)
}

/// Lists the artifacts of all repositories of a project. It asks for a login first, even in public
/// projects.
pub(crate) fn list_of_project(call: &Call<'_>) -> Outcome {
    call.permit_login()?;
    let project = call.project("artifact:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    if call.asked.parameters.flag("latest_in_repository", false) {
        return list_latest(call, project, &selection);
    }
    let special = Special::take_from(&mut selection.query)?;
    selection.query.take("ProjectID");
    let repositories = project.repositories().iter();
    let rows = repositories.flat_map(|repository| rows_of(project, repository, &special)).collect();
    answer_list(call, &selection, rows, NEWEST_FIRST)
}

/// Lists the newest artifacts of each repository. The statement has no `ORDER BY`, so that the rows come as the database
/// finds them: in an order of no meaning, which stays the same. This one agrees with the page that was recorded.
fn list_latest(call: &Call<'_>, project: &Project, selection: &Selection) -> Outcome {
    const ORDER: u64 = 123;
    let mut rows = latest_rows(project, selection)?;
    rows.sort_by_cached_key(|row| Random::new(ORDER ^ row.repository.id.unsigned_abs()).next());
    let page: Vec<_> = selection.page.cut(&rows).iter().map(|row| answer::artifact(call, *row)).collect();
    call.list(&page, rows.len(), selection.page)
}

/// The newest artifacts of a type in each repository. Everything else in `q` is ignored, and children of indexes and
/// accessories count, too.
fn latest_rows<'a>(project: &'a Project, selection: &Selection) -> Result<Vec<ArtifactRow<'a>>, Refusal> {
    let term = |key: &str| selection.query.terms().iter().find(|(known, _)| known == key).map(|(_, pattern)| pattern);
    let (column, pattern) = match (term("media_type"), term("artifact_type")) {
        (Some(pattern), None) => ("media_type", pattern),
        (None, Some(pattern)) => ("artifact_type", pattern),
        _ => {
            return Err(Refusal::bad_request(
                "bad request: either 'media_type' or 'artifact_type' must be specified, but not both, \
                 when querying with latest_in_repository",
            ));
        }
    };
    let Pattern::Exact(wanted) = pattern else {
        return Err(Refusal::internal("a pattern where the statement takes a text"));
    };
    let mut latest = Vec::new();
    for repository in project.repositories() {
        let rows = repository.artifacts().iter().map(|artifact| ArtifactRow { project, repository, artifact });
        let of_type = rows.clone().filter(|row| row.column(column) == Some(Cell::Text(wanted)));
        let newest = of_type.map(|row| row.artifact.pushed).max();
        // What was pushed at that very time comes along, whatever its type.
        latest.extend(rows.filter(|row| Some(row.artifact.pushed) == newest));
    }
    Ok(latest)
}

/// Answers one artifact.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let (project, repository, artifact) = find(call, "artifact:read")?;
    json::answer(&answer::artifact(call, ArtifactRow { project, repository, artifact }))
}

/// Lists the tags of an artifact.
pub(crate) fn tags(call: &Call<'_>) -> Outcome {
    call.project_if_any("tag:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let (_, repository, artifact) = find(call, "tag:list")?;
    // What the path says wins over the same key in `q`.
    selection.query.take("ArtifactID");
    let rows = artifact.tags.iter().map(|tag| TagRow { repository, artifact, tag }).collect();
    let selected = selection.of(rows, NEWEST_FIRST)?;
    let rows: Vec<_> =
        selected.rows.iter().map(|row| answer::tag(call, row.repository, row.artifact, row.tag)).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Lists the accessories of an artifact.
pub(crate) fn accessories(call: &Call<'_>) -> Outcome {
    call.project_if_any("accessory:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let (_, repository, subject) = find(call, "accessory:list")?;
    // What the path says wins over the same keys in `q`.
    for key in ["SubjectArtifactDigest", "SubjectArtifactRepo"] {
        selection.query.take(key);
    }
    let accessories = subject.accessories.iter();
    let rows = accessories.map(|accessory| AccessoryListRow { repository, subject, accessory }).collect();
    let selected = selection.of(rows, &["id"])?;
    let rows = selected.rows.iter().map(|row| answer::accessory(row.repository, row.subject, row.accessory));
    call.list(&rows.collect::<Vec<_>>(), selected.total, selection.page)
}

/// The artifact that a path names, if the caller may do something with it.
pub(crate) fn find<'a>(
    call: &Call<'a>,
    permission: &str,
) -> Result<(&'a Project, &'a Repository, &'a Artifact), Refusal> {
    let project = call.project_if_any(permission)?;
    let (name, reference) = (call.asked.argument("repository_name"), call.asked.argument("reference"));
    let repository = project.and_then(|project| Some((project, project.repository(name)?)));
    let artifact = repository.and_then(|(project, found)| Some((project, found, found.artifact(reference)?)));
    artifact.ok_or_else(|| {
        let name = format!("{}/{name}", call.asked.argument("project_name"));
        Refusal::not_found(match (is_digest(reference), repository) {
            (true, _) => format!("artifact {name}@{reference} not found"),
            (false, Some(_)) => format!("artifact {name}:{reference} not found"),
            // A tag is looked for in its repository, which has to be there first.
            (false, None) => format!("repository {name} not found"),
        })
    })
}

/// Whether a reference is a digest rather than a tag.
fn is_digest(reference: &str) -> bool {
    let lengths = [("sha256:", 64), ("sha384:", 96), ("sha512:", 128)];
    lengths.iter().any(|(algorithm, length)| {
        let hex = reference.strip_prefix(algorithm).filter(|hex| hex.len() == *length);
        hex.is_some_and(|hex| hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
    })
}

fn rows_of<'a>(
    project: &'a Project,
    repository: &'a Repository,
    special: &Special,
) -> impl Iterator<Item = ArtifactRow<'a>> {
    let artifacts = repository.artifacts().iter().filter(|artifact| special.allows(artifact));
    artifacts.map(move |artifact| ArtifactRow { project, repository, artifact })
}

fn answer_list(call: &Call<'_>, selection: &Selection, rows: Vec<ArtifactRow<'_>>, order: &[&str]) -> Outcome {
    let selected = selection.of(rows, order)?;
    let rows: Vec<_> = selected.rows.iter().map(|row| answer::artifact(call, *row)).collect();
    call.list(&rows, selected.total, selection.page)
}
