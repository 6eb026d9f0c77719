//! A question to the registry, as a value.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::selection::Selection;
use super::stream::Fetching;
use super::{reports, walk};
use crate::failure::Failure;
use crate::model::{Artifact, ArtifactInfo, Repository};
use crate::name::{ArtifactReference, NameError};
use crate::outcome::Collected;
use crate::session::Session;

/// A bulk query: what to fetch from which part of the registry. Nothing is sent until it is streamed or collected, and
/// one query can be run several times.
///
/// Without any narrowing it concerns every project that the caller can see.
///
/// ```no_run
/// # async fn example(harbor: harbor_ext::Harbor) {
/// let collected = harbor.reports().projects(["library", "mirrors"]).tag("latest").collect().await;
/// println!("{}", collected.summary);
/// # }
/// ```
#[must_use = "a query does nothing until it is streamed or collected"]
pub struct Query<T> {
    session: Arc<Session>,
    selection: Selection,
    item: PhantomData<fn() -> T>,
}

/// What a bulk query can fetch: [`Repository`], [`Artifact`] or [`ArtifactInfo`].
pub trait Fetched: Send + Sized + sealed::Start {
    /// The order of collected items: by name, then by Harbor's number.
    fn compare(&self, other: &Self) -> Ordering;

    /// Why this item is incomplete, if it is.
    fn failure(&self) -> Option<&Failure> {
        None
    }
}

/// What can be narrowed by tag: [`Artifact`] and [`ArtifactInfo`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no tags",
    note = "only artifacts and reports can be narrowed by tag"
)]
pub trait HasTags: Fetched {}

pub(super) mod sealed {
    use super::{Arc, Fetching, Selection, Session};

    /// Begins the fetching of one kind of item.
    pub trait Start: Sized {
        #[doc(hidden)]
        fn start(session: Arc<Session>, selection: Selection) -> Fetching<Self>;
    }
}

impl<T> Query<T> {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session, selection: Selection::default(), item: PhantomData }
    }

    /// Nothing but one artifact.
    pub(crate) fn artifact(mut self, reference: Result<ArtifactReference, NameError>) -> Self {
        self.selection.select_artifact(reference);
        self
    }

    /// Only these projects, by exact name. Called again, it adds to them.
    ///
    /// A name that cannot be one, and a list without any name, come back as a [`Failure`]; so does a project that does
    /// not exist or may not be read.
    pub fn projects(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.select_projects(names);
        self
    }

    /// Only these repositories, by full name, such as `library/nginx` or `team/backend/api`. Called again, it adds to
    /// them.
    ///
    /// A name that cannot be one, a list without any name, a repository that does not exist, and one outside of the
    /// [`projects`](Self::projects) named as well come back as a [`Failure`].
    pub fn repositories(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.select_repositories(names);
        self
    }
}

impl<T: HasTags> Query<T> {
    /// Only artifacts that carry this tag, exactly. Called again, the last tag counts.
    pub fn tag(mut self, name: impl ToString) -> Self {
        self.selection.select_tag(&name.to_string());
        self
    }

    /// Also tells the labels of each artifact; see [`Artifact::labels`]. Costs the server about a tenth more for a list.
    pub fn with_labels(mut self) -> Self {
        self.selection.details.labels = true;
        self
    }

    /// Also tells what belongs to each artifact, such as signatures; see [`Artifact::accessories`]. Costs the server
    /// about a fifth more for a list. Known to Harbor from 2.5 on.
    pub fn with_accessories(mut self) -> Self {
        self.selection.details.accessories = true;
        self
    }

    /// Also tells whether each tag is immutable; see [`ArtifactTag::immutable`](crate::model::ArtifactTag::immutable).
    /// Costs the server two more statements for each tag.
    pub fn with_immutable_status(mut self) -> Self {
        self.selection.details.immutable_status = true;
        self
    }

    /// Also tells what Harbor counts of the last scan of each artifact; see [`Artifact::scan_overview`].
    ///
    /// Harbor loads every report to count it, so that a list costs the server 24 times as much: nearly as much as the
    /// reports themselves, which say more. Pages are smaller, so that no proxy gives up.
    pub fn with_scan_overview(mut self) -> Self {
        self.selection.details.scan_overview = true;
        self
    }

    /// Also tells where the SBOM of each artifact stands; see [`Artifact::sbom_overview`]. Costs the server twice as much
    /// for a list, and far more for indexes. Known to Harbor from 2.11 on.
    pub fn with_sbom_overview(mut self) -> Self {
        self.selection.details.sbom_overview = true;
        self
    }
}

impl<T: Fetched> Query<T> {
    /// Yields items as they come, in the order of completion, and failures among them.
    ///
    /// An artifact whose report could not be read is not an `Err`: it is an item, in the state
    /// [`Failed`](crate::model::ReportState::Failed) or [`Forbidden`](crate::model::ReportState::Forbidden). An `Err` is
    /// what could not be listed.
    ///
    /// ```no_run
    /// use futures::StreamExt;
    ///
    /// # async fn example(harbor: harbor_ext::Harbor) {
    /// let mut stream = harbor.reports().stream();
    /// while let Some(next) = stream.next().await {
    ///     match next {
    ///         Ok(info) => match info.state.failure() {
    ///             None => println!("{}: {}", info.artifact, info.state.name()),
    ///             Some(failure) => eprintln!("no report: {failure}"),
    ///         },
    ///         Err(failure) => eprintln!("not listed: {failure}"),
    ///     }
    /// }
    /// println!("{}", stream.summary());
    /// # }
    /// ```
    ///
    /// Requests are made only while the stream is polled, and no new one begins
    /// while finished items wait, so a slow consumer slows the crawl instead of filling the memory. Dropping the stream
    /// ends the requests under way.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub fn stream(self) -> Fetching<T> {
        T::start(self.session, self.selection)
    }

    /// Fetches everything; never fails as a whole. What could not be read is in [`Collected::failures`].
    ///
    /// Dropping the future ends the requests under way.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn collect(self) -> Collected<T> {
        self.stream().into_collected().await
    }

    /// Fetches everything, or stops at the first thing that cannot be read. Items are sorted.
    ///
    /// # Errors
    ///
    /// The first [`Failure`]; the requests under way are ended.
    ///
    /// # Panics
    ///
    /// When it is polled outside of a tokio runtime.
    pub async fn try_collect(self) -> Result<Vec<T>, Failure> {
        self.stream().try_into_items().await
    }
}

impl<T> Clone for Query<T> {
    fn clone(&self) -> Self {
        Self { session: Arc::clone(&self.session), selection: self.selection.clone(), item: PhantomData }
    }
}

impl<T> fmt::Debug for Query<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Query").field("session", &self.session).field("selection", &self.selection).finish()
    }
}

impl Fetched for Repository {
    fn compare(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }
}

impl Fetched for Artifact {
    fn compare(&self, other: &Self) -> Ordering {
        (&self.repository, self.id).cmp(&(&other.repository, other.id))
    }
}

impl HasTags for Artifact {}

impl Fetched for ArtifactInfo {
    fn compare(&self, other: &Self) -> Ordering {
        self.cmp(other)
    }

    fn failure(&self) -> Option<&Failure> {
        self.state.failure()
    }
}

impl HasTags for ArtifactInfo {}

impl sealed::Start for Repository {
    fn start(session: Arc<Session>, selection: Selection) -> Fetching<Self> {
        walk::start(session, selection)
    }
}

impl sealed::Start for Artifact {
    fn start(session: Arc<Session>, selection: Selection) -> Fetching<Self> {
        walk::start(session, selection)
    }
}

impl sealed::Start for ArtifactInfo {
    fn start(session: Arc<Session>, selection: Selection) -> Fetching<Self> {
        reports::start(session, selection)
    }
}
