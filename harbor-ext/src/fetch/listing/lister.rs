//! Sending the requests of a walk.

use std::sync::Arc;

use super::{ListAnswer, ListJob, Listing, Stage};
use crate::client::Client;
use crate::condition::{self, Conditions};
use crate::fetch::cause::Cause;
use crate::fetch::details::Details;
use crate::fetch::labels::Labels;
use crate::fetch::naming::Sought;
use crate::fetch::pages::Cursor;
use crate::fetch::{convert, requests, single};
use crate::name::ProjectName;
use crate::session::Session;

/// What sends the requests of a walk.
#[derive(Debug)]
pub(crate) struct Lister {
    session: Arc<Session>,
    /// What artifacts must fulfil.
    conditions: Conditions,
    labels: Arc<Labels>,
    sought: Sought,
    details: Details,
}

impl Listing {
    /// What sends the requests of this walk.
    pub(crate) fn lister(&self) -> Lister {
        let is_about_tag = self.stage == Stage::TagAlone;
        let conditions = &self.selection.conditions;
        Lister {
            session: Arc::clone(&self.session),
            conditions: if is_about_tag { conditions.tag_alone().unwrap_or_default() } else { conditions.clone() },
            labels: if is_about_tag { Arc::default() } else { Arc::clone(&self.labels) },
            sought: self.naming.sought().clone(),
            details: self.selection.details_to_ask(),
        }
    }
}

impl Lister {
    /// Sends the request of a job.
    pub(crate) async fn run(self, job: ListJob) -> Result<ListAnswer, Cause> {
        self.send(&self.session.client, job).await.map_err(|cause| cause.seen_by(&self.session))
    }

    /// What artifacts of a project must fulfil, from a place in their list on.
    fn query(&self, project: &ProjectName, cursor: Cursor) -> String {
        let mut conditions = self.conditions.clone();
        if let Some(labels) = self.labels.condition(project) {
            // Where it cannot be sent as well, the names decide.
            let _ = conditions.add(labels);
        }
        conditions.starting_at(cursor.first_key()).encode()
    }

    async fn send(&self, client: &Client, job: ListJob) -> Result<ListAnswer, Cause> {
        let details = self.details;
        let label_names = || condition::encode_any_of(self.labels.names()).map(|names| format!("name={names}"));
        Ok(match job {
            ListJob::Identify => ListAnswer::Identity(requests::identify(client).await?),
            ListJob::GlobalLabels(cursor) => {
                let page = requests::labels(client, None, cursor, label_names()).await?;
                ListAnswer::GlobalLabels(cursor, page)
            }
            ListJob::Projects(cursor) => ListAnswer::Projects(cursor, requests::projects(client, cursor, None).await?),
            ListJob::ProjectNumber(project) => {
                let condition = condition::encode_any_of([project.as_str()]).map(|name| format!("name={name}"));
                let page = requests::projects(client, Cursor::default(), condition).await?;
                let mut rows = Cursor::default().turn(page).rows.into_iter().flatten();
                let number = rows.find(|row| row.name == project).and_then(|row| row.id);
                ListAnswer::ProjectNumber(project, number)
            }
            ListJob::ProjectLabels(project, number, cursor) => {
                let page = requests::labels(client, Some(number), cursor, label_names()).await?;
                ListAnswer::ProjectLabels(project, number, cursor, page)
            }
            ListJob::Repositories(project, cursor) => {
                let names: Vec<String> = self.sought.condition(&project).into_iter().collect();
                let query = cursor.query("repository_id", &names);
                let page = requests::repositories(client, &project, cursor, &query).await?;
                ListAnswer::Repositories(project, cursor, page)
            }
            ListJob::Repository(repository) => {
                let query = format!("name={}", convert::query_value(repository.full()));
                let page = requests::repositories(client, repository.project(), Cursor::default(), &query).await?;
                ListAnswer::Repository(repository, page)
            }
            ListJob::ArtifactsOfProject(project, cursor) => {
                let query = self.query(&project, cursor);
                let page = requests::artifacts_of_project(client, &project, cursor, &query, details).await?;
                ListAnswer::ArtifactsOfProject(project, cursor, page)
            }
            ListJob::ArtifactsOfRepository(repository, cursor) => {
                let query = self.query(repository.project(), cursor);
                let page = requests::artifacts_of_repository(client, &repository, cursor, &query, details).await?;
                ListAnswer::ArtifactsOfRepository(repository, cursor, page)
            }
            ListJob::Artifact(reference) => {
                let found = single::listed(client, &reference, details).await?;
                ListAnswer::Artifact(reference, found.map(Box::new))
            }
            ListJob::HiddenArtifact(reference) => {
                let artifact = single::hidden(client, &reference, details).await?;
                ListAnswer::Artifact(reference, Some(Box::new(artifact)))
            }
            ListJob::Children(family) => {
                let page = family.list(client, details).await?;
                ListAnswer::Children(family, page)
            }
        })
    }
}
