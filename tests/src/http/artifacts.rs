//! Artifacts: lists of a repository and of a project, single ones, their tags and accessories.

mod answer;

use super::{Call, Outcome};
use crate::registry::{Artifact, Project, Repository, Tag};
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::q::{Pattern, Query, Scalar};
use crate::wire::rows::{Cell, Row, Selection};

pub(crate) use answer::is_icon;

/// An artifact in a list, with the repository and the project that hold it.
#[derive(Clone, Copy)]
pub(crate) struct ArtifactRow<'a> {
    pub(crate) project: &'a Project,
    pub(crate) repository: &'a Repository,
    pub(crate) artifact: &'a Artifact,
}

/// A tag in a list, with its artifact.
struct TagRow<'a> {
    repository: &'a Repository,
    artifact: &'a Artifact,
    tag: &'a Tag,
}

impl Row for ArtifactRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        let kind = &self.artifact.kind;
        match name {
            "id" => Some(Cell::Integer(self.artifact.id)),
            "digest" => Some(Cell::Text(self.artifact.digest())),
            "type" => Some(Cell::Text(kind.name())),
            "media_type" => Some(Cell::Text(kind.media_type())),
            "manifest_media_type" => Some(Cell::Text(kind.manifest_media_type())),
            "artifact_type" => Some(Cell::Text(kind.artifact_type())),
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
}

impl Row for TagRow<'_> {
    fn column(&self, name: &str) -> Option<Cell<'_>> {
        match name {
            "id" => Some(Cell::Integer(self.tag.id)),
            "name" => Some(Cell::Text(&self.tag.name)),
            "artifact_id" => Some(Cell::Integer(self.artifact.id)),
            "repository_id" => Some(Cell::Integer(self.repository.id)),
            "push_time" => Some(Cell::Time(Some(self.tag.pushed))),
            "pull_time" => Some(Cell::Time(None)),
            _ => None,
        }
    }

    fn id(&self) -> i64 {
        self.tag.id
    }
}

/// Lists the artifacts of a repository; a repository that does not exist has none.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let project = match call.project("artifact:list") {
        Ok(project) => Some(project),
        // An administrator gets an empty list even where there is no project.
        Err(_) if call.is_administrator() => None,
        Err(refusal) => return Err(refusal),
    };
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let special = Special::take_from(&mut selection.query)?;
    // What the path says wins over the same key in `q`.
    selection.query.take("RepositoryName");
    let name = call.asked.argument("repository_name");
    let repository = project.and_then(|project| Some((project, project.repository(name)?)));
    let rows = repository.map(|(project, repository)| rows_of(project, repository, &special).collect());
    answer_list(call, &selection, rows.unwrap_or_default())
}

/// Lists the artifacts of all repositories of a project. It asks for a login first, even in public
/// projects.
pub(crate) fn list_of_project(call: &Call<'_>) -> Outcome {
    if call.asked.is_anonymous() {
        return Err(Refusal::unauthorized());
    }
    let project = call.project("artifact:list")?;
    let mut selection = Selection::from_parameters(call.asked.parameters)?;
    let special = Special::take_from(&mut selection.query)?;
    selection.query.take("ProjectID");
    let rows = match call.asked.parameters.flag("latest_in_repository", false) {
        true => latest_rows(project, &selection)?,
        false => {
            let repositories = project.repositories().iter();
            repositories.flat_map(|repository| rows_of(project, repository, &special)).collect()
        }
    };
    answer_list(call, &selection, rows)
}

/// The newest artifact of a type in each repository; children of indexes count, too.
fn latest_rows<'a>(project: &'a Project, selection: &Selection) -> Result<Vec<ArtifactRow<'a>>, Refusal> {
    let names = |key: &str| selection.query.terms().iter().any(|(known, _)| known == key);
    if names("media_type") == names("artifact_type") {
        return Err(Refusal::bad_request(
            "bad request: either 'media_type' or 'artifact_type' must be specified, but not both, \
             when querying with latest_in_repository",
        ));
    }
    let everything = Special { with_children: true, ..Special::default() };
    let mut latest = Vec::new();
    for repository in project.repositories() {
        let rows = selection.matching(rows_of(project, repository, &everything).collect())?;
        latest.extend(rows.into_iter().max_by_key(|row| row.artifact.id));
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
    let (_, repository, artifact) = find(call, "tag:list")?;
    let selection = Selection::from_parameters(call.asked.parameters)?;
    let rows = artifact.tags.iter().map(|tag| TagRow { repository, artifact, tag }).collect();
    let selected = selection.of(rows, &["-push_time", "-id"])?;
    let rows: Vec<_> =
        selected.rows.iter().map(|row| answer::tag(call, row.repository, row.artifact, row.tag)).collect();
    call.list(&rows, selected.total, selection.page)
}

/// Lists the accessories of an artifact; only loaded registries have some.
pub(crate) fn accessories(call: &Call<'_>) -> Outcome {
    let (_, _, artifact) = find(call, "accessory:list")?;
    let selection = Selection::from_parameters(call.asked.parameters)?;
    let all = &artifact.accessories;
    let first = selection.page.offset().min(all.len());
    let end = first.saturating_add(selection.page.limit()).min(all.len());
    call.list(&all[first..end], all.len(), selection.page)
}

/// The artifact that a path names, if the caller may do something with it.
pub(crate) fn find<'a>(
    call: &Call<'a>,
    permission: &str,
) -> Result<(&'a Project, &'a Repository, &'a Artifact), Refusal> {
    let project = call.project(permission)?;
    let (name, reference) = (call.asked.argument("repository_name"), call.asked.argument("reference"));
    let repository = project.repository(name);
    let artifact = repository.and_then(|found| Some((found, found.artifact(reference)?)));
    match artifact {
        Some((repository, artifact)) => Ok((project, repository, artifact)),
        None => {
            let separator = if reference.starts_with("sha256:") && reference.len() == 71 { '@' } else { ':' };
            let name = format!("{}/{name}{separator}{reference}", project.name());
            Err(Refusal::not_found(format!("artifact {name} not found")))
        }
    }
}

/// The keys of `q` that artifact lists handle themselves.
#[derive(Default)]
struct Special {
    tags: Option<Pattern>,
    labels: Option<Vec<i64>>,
    with_children: bool,
}

impl Special {
    fn take_from(query: &mut Query) -> Result<Self, Refusal> {
        let tags = query.take("tags");
        if !matches!(tags, None | Some(Pattern::Exact(_) | Pattern::Fuzzy(_))) {
            let message = "the value of \"tags\" query can only be fuzzy match value or exact match value";
            return Err(Refusal::bad_request(message));
        }
        let with_children = match query.take("base") {
            None => false,
            Some(Pattern::Exact(text)) if text == "*" => true,
            Some(_) => {
                let message = "the value of \"base\" query can only be exact match value with \"*\"";
                return Err(Refusal::bad_request(message));
            }
        };
        Ok(Self { tags, labels: labels(query.take("labels"))?, with_children })
    }

    fn allows(&self, artifact: &Artifact) -> bool {
        let tagged = match &self.tags {
            None => true,
            Some(Pattern::Exact(text)) if text == "*" => !artifact.tags.is_empty(),
            Some(Pattern::Exact(text)) if text == "nil" => artifact.tags.is_empty(),
            Some(Pattern::Exact(text)) => artifact.tags().any(|tag| tag == text),
            Some(Pattern::Fuzzy(part)) => artifact.tags().any(|tag| tag.contains(part.as_str())),
            Some(_) => false,
        };
        let has = |id: &i64| artifact.labels.iter().any(|label| label.id == *id);
        let labelled = self.labels.as_ref().is_none_or(|ids| ids.iter().all(has));
        tagged && labelled && (self.with_children || !artifact.is_hidden())
    }
}

fn labels(pattern: Option<Pattern>) -> Result<Option<Vec<i64>>, Refusal> {
    let members = match pattern {
        None => return Ok(None),
        Some(Pattern::AllOf(members)) => members,
        Some(_) => Vec::from([Scalar::Text(String::new())]),
    };
    if members.is_empty() {
        return Err(Refusal::internal("a condition without members"));
    }
    let ids = members.iter().map(|member| match member {
        Scalar::Integer(id) => Ok(*id),
        _ => Err(Refusal::bad_request(
            "the value of \"labels\" query can only be integer list with intersetion relationship",
        )),
    });
    ids.collect::<Result<Vec<_>, _>>().map(Some)
}

fn rows_of<'a>(
    project: &'a Project,
    repository: &'a Repository,
    special: &Special,
) -> impl Iterator<Item = ArtifactRow<'a>> {
    let artifacts = repository.artifacts().iter().filter(|artifact| special.allows(artifact));
    artifacts.map(move |artifact| ArtifactRow { project, repository, artifact })
}

fn answer_list(call: &Call<'_>, selection: &Selection, rows: Vec<ArtifactRow<'_>>) -> Outcome {
    let selected = selection.of(rows, &["-push_time", "-id"])?;
    let rows: Vec<_> = selected.rows.iter().map(|row| answer::artifact(call, *row)).collect();
    call.list(&rows, selected.total, selection.page)
}
