//! The handle to one Harbor.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::credentials::{Credentials, variable};
use crate::error::Error;
use crate::failure::{Failure, Phase, Target};
use crate::fetch::{self, AccessCheck, Cause, Lookup, Query};
use crate::model::{Allowlists, Artifact, ArtifactInfo, Owner, Repository};
use crate::name::{NamesArtifact, ProjectName, RepositoryName};
use crate::session::Session;

pub use builder::HarborBuilder;

mod builder;

/// One Harbor, and who asks it. Cheap to clone: clones share connections.
///
/// Nothing is sent before a query is collected or streamed.
#[derive(Clone)]
pub struct Harbor {
    session: Arc<Session>,
}

impl Harbor {
    /// The environment variable with the address of a Harbor.
    pub const URL_VARIABLE: &str = "HARBOR_URL";

    /// Starts with the address of a Harbor, such as `https://harbor.example.com`.
    ///
    /// The path `/api/v2.0` is added where it is missing. Use `https://` where the server has it: a redirect from
    /// `http://` would lose the credentials, so it is reported instead of followed.
    pub fn builder(url: impl Into<String>) -> HarborBuilder {
        HarborBuilder::new(url.into())
    }

    /// Starts with the address in `HARBOR_URL` and the credentials that [`Credentials::from_env`] finds.
    ///
    /// # Errors
    ///
    /// [`Error::Environment`] when one of them is not set.
    pub fn from_env() -> Result<HarborBuilder, Error> {
        let url = variable(Self::URL_VARIABLE)?
            .ok_or_else(|| Error::Environment(format!("no address: set {}", Self::URL_VARIABLE)))?;
        Ok(Self::builder(url).credentials(Credentials::from_env()?))
    }

    /// All repositories that the caller can see; narrow it with [`Query::projects`] or [`Query::repositories`].
    pub fn repositories(&self) -> Query<Repository> {
        Query::new(Arc::clone(&self.session))
    }

    /// All artifacts that the caller can see, without their reports.
    ///
    /// As in Harbor's lists, the platform images of an index and signatures are not listed on their own.
    pub fn artifacts(&self) -> Query<Artifact> {
        Query::new(Arc::clone(&self.session))
    }

    /// All artifacts that the caller can see, each with its vulnerability report or the reason why there is none.
    pub fn reports(&self) -> Query<ArtifactInfo> {
        Query::new(Arc::clone(&self.session))
    }

    /// One repository, by its full name.
    ///
    /// Fails with [`NotFound`](crate::FailureKind::NotFound) where there is none. Costs one request, and one to check the
    /// credentials; needs the permission `repository:list`.
    pub fn repository(&self, name: impl ToString) -> Lookup<Repository> {
        let name = name.to_string();
        let target = name.parse::<RepositoryName>().map(Target::from).unwrap_or_default();
        Lookup::new(self.repositories().repository(name), target)
    }

    /// One artifact, by a reference such as `library/nginx:1.25` or `library/a/b@sha256:…`; see [`NamesArtifact`] for
    /// what else can name it.
    ///
    /// It is looked up in the list of its repository, which the permission `artifact:list` is enough for, images of an
    /// index included. Only what no list shows (signatures and the like, and the tag `nil`) is asked for by itself, with
    /// the permission `artifact:read`. Fails with [`NotFound`](crate::FailureKind::NotFound) where there is no such
    /// artifact. Costs one request, a second one for what the list does not show, and one to check the credentials.
    pub fn artifact(&self, reference: impl NamesArtifact) -> Lookup<Artifact> {
        self.lookup(self.artifacts(), reference)
    }

    /// One artifact with its vulnerability report or the reason why there is none, by a reference such as
    /// `library/nginx:1.25`.
    ///
    /// As [`artifact`](Self::artifact), and then fetches the report as [`reports`](Self::reports) does. "Never scanned"
    /// and the like are states of the artifact; a report that may not or cannot be read is a failure.
    pub fn report(&self, reference: impl NamesArtifact) -> Lookup<ArtifactInfo> {
        self.lookup(self.reports(), reference)
    }

    /// Who the project of an artifact belongs to. For many artifacts, [`owners`](Self::owners) costs less.
    ///
    /// # Errors
    ///
    /// When the account cannot see the project, or the server could not be asked. Not being allowed to read the owner's
    /// account is not an error: the list of projects tells the name to everybody who sees the project, and
    /// [`Owner::failure`] says which permission is missing for the rest.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn owner(&self, artifact: impl AsRef<Artifact>) -> Result<Owner, Failure> {
        let project = artifact.as_ref().repository.project().clone();
        let owner = fetch::owners(&self.session, BTreeSet::from([project.clone()])).await.remove(&project);
        owner.unwrap_or_else(|| Err(Failure::of_input(project.into(), "there is no such project".to_owned())))
    }

    /// Who the projects of some artifacts belong to, by project: an answer or a failure for each.
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
    /// let artifacts = harbor.artifacts().try_collect().await?;
    /// let owners = harbor.owners(&artifacts).await;
    /// for artifact in &artifacts {
    ///     match &owners[artifact.repository.project()] {
    ///         Ok(owner) => println!("{artifact} belongs to {owner}"),
    ///         Err(failure) => println!("{artifact}: {failure}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Costs one request to check the credentials, one for twenty projects, and one for each owner, however many artifacts
    /// there are; where accounts may not be read, one request finds that out. Dropping the future ends the requests under
    /// way.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn owners<A: AsRef<Artifact>>(
        &self,
        artifacts: impl IntoIterator<Item = A>,
    ) -> BTreeMap<ProjectName, Result<Owner, Failure>> {
        let projects = artifacts.into_iter().map(|artifact| artifact.as_ref().repository.project().clone());
        let projects = projects.collect();
        fetch::owners(&self.session, projects).await
    }

    /// Which vulnerabilities the registry accepts, and which those of the projects that the caller can see.
    ///
    /// It never fails: what could not be read is among the [`failures`](Allowlists::failures). The list of the registry is
    /// told to everybody who is logged in, those of the projects to everybody who sees them. Costs one request to check the
    /// credentials, one for the list of the registry, and one for a hundred projects. Dropping the future ends the requests
    /// under way.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn allowlists(&self) -> Allowlists {
        fetch::allowlists(&self.session, None).await
    }

    /// The same for some projects only, twenty in one request.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn allowlists_of(&self, projects: impl IntoIterator<Item = ProjectName>) -> Allowlists {
        fetch::allowlists(&self.session, Some(projects.into_iter().collect())).await
    }

    /// Who the server takes the caller for, and what may be read in which project; see [`AccessCheck`].
    pub fn check_access(&self) -> AccessCheck {
        AccessCheck::new(Arc::clone(&self.session))
    }

    fn lookup<T>(&self, query: Query<T>, reference: impl NamesArtifact) -> Lookup<T> {
        // Images are pulled from the host, wherever below it the API lies.
        let host = self.registry().split('/').next().unwrap_or_default();
        let reference = reference.artifact_reference(host);
        let target = reference.clone().map(Target::from).unwrap_or_default();
        Lookup::new(query.artifact(reference), target)
    }

    /// The generated client with these credentials, for every other operation of Harbor.
    ///
    /// It is a plain client: nothing is repeated, wrong credentials are not noticed (Harbor answers with what is
    /// public), and the path of a repository must be given as
    /// [`RepositoryName::encoded_path`](crate::name::RepositoryName::encoded_path).
    #[must_use]
    pub fn client(&self) -> &harbor_api::Client {
        &self.session.client
    }

    /// Says in words what went wrong in an operation of the generated client, without headers and without the secret.
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
    /// let quotas = harbor.client().list_quotas().send().await.map_err(|error| harbor.failure(error))?;
    /// println!("{} quotas", quotas.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn failure(&self, error: harbor_api::Error<harbor_api::types::Errors>) -> Failure {
        Cause::from(error).seen_by(&self.session).into_failure(Phase::Calling, Target::default(), 1)
    }

    /// Ends the session of a [session login](HarborBuilder::session_login), where there is one; otherwise nothing is sent.
    ///
    /// Queries that are under way, and later ones, log in again. Without it, the session ends by itself an hour after the
    /// last request.
    pub async fn log_out(&self) {
        self.session.client.log_out().await;
    }

    /// The name of the registry, as [`Artifact::registry`] has it: the address without the scheme, such as
    /// `harbor.example.com` or `10.0.0.1:8443`.
    #[must_use]
    pub fn registry(&self) -> &str {
        self.session.client.registry()
    }

    /// The address of the Harbor, without the path of the API.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.session.url
    }
}

impl fmt::Debug for Harbor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Harbor").field(&self.session).finish()
    }
}
