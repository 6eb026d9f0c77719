//! Asking for one thing by its name.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use super::query::{Fetched, HasTags, Query};
use crate::failure::{Failure, FailureKind, Phase, Target};

/// A request for one thing by its name, as a value: nothing is sent until it is awaited.
///
/// It takes the same way as a query for many: the server is asked first whether it knows the caller (Harbor treats wrong
/// credentials as none), failed requests are repeated, and answers are decoded alike.
///
/// ```no_run
/// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::Failure> {
/// let info = harbor.report("library/nginx:1.25").await?;
/// println!("{}: {}, {} findings", info.artifact, info.state.name(), info.findings().count());
/// # Ok(())
/// # }
/// ```
///
/// Awaiting gives the thing, or the [`Failure`] that says what could not be read. For a report, an artifact that has none
/// because it was never scanned is no failure but its [`state`](crate::model::ArtifactInfo::state); a report that may not
/// be read, or could not be, is one. Dropping the future ends the requests under way.
///
/// # Panics
///
/// When it is awaited outside of a tokio runtime.
#[must_use = "a lookup does nothing until it is awaited"]
pub struct Lookup<T> {
    query: Query<T>,
    target: Target,
}

impl<T> Lookup<T> {
    pub(crate) fn new(query: Query<T>, target: Target) -> Self {
        Self { query, target }
    }

    /// Gives up after a time; see [`Query::deadline`].
    pub fn deadline(self, time: Duration) -> Self {
        Self { query: self.query.deadline(time), ..self }
    }
}

/// What is told only when it is asked for, as in a [`Query`].
impl<T: HasTags> Lookup<T> {
    /// Also tells the labels of the artifact; see [`Query::with_labels`].
    pub fn with_labels(self) -> Self {
        Self { query: self.query.with_labels(), ..self }
    }

    /// Also tells what belongs to the artifact, such as signatures; see [`Query::with_accessories`].
    pub fn with_accessories(self) -> Self {
        Self { query: self.query.with_accessories(), ..self }
    }

    /// Also tells whether each tag is immutable; see [`Query::with_immutable_status`].
    pub fn with_immutable_status(self) -> Self {
        Self { query: self.query.with_immutable_status(), ..self }
    }

    /// Also tells what Harbor counts of the last scan of the artifact; see [`Query::with_scan_overview`].
    pub fn with_scan_overview(self) -> Self {
        Self { query: self.query.with_scan_overview(), ..self }
    }

    /// Also tells where the SBOM of the artifact stands; see [`Query::with_sbom_overview`].
    pub fn with_sbom_overview(self) -> Self {
        Self { query: self.query.with_sbom_overview(), ..self }
    }
}

impl<T: Fetched + 'static> IntoFuture for Lookup<T> {
    type Output = Result<T, Failure>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let found = self.query.try_collect().await?.into_iter().next();
            found.ok_or_else(|| Failure {
                kind: FailureKind::NotFound,
                phase: Phase::ReadingArtifact,
                ..Failure::of_input(self.target, "the server answered with nothing".to_owned())
            })
        })
    }
}

impl<T> Clone for Lookup<T> {
    fn clone(&self) -> Self {
        Self { query: self.query.clone(), target: self.target.clone() }
    }
}

impl<T> fmt::Debug for Lookup<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lookup").field("query", &self.query).finish()
    }
}
