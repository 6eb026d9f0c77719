//! A question to the registry, as a value.

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::selection::Selection;
use super::stream::Fetching;
use super::{reports, walk};
use crate::condition::{Condition, TextKey, TimeKey};
use crate::failure::Failure;
use crate::model::{Artifact, ArtifactInfo, Repository};
use crate::name::{ArtifactReference, NameError, RepositoryName};
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
    deadline: Option<Duration>,
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
    use super::{Arc, Duration, Fetching, Selection, Session};

    /// Begins the fetching of one kind of item.
    pub trait Start: Sized {
        #[doc(hidden)]
        fn start(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<Self>;
    }
}

impl<T> Query<T> {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self { session, selection: Selection::default(), deadline: None, item: PhantomData }
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

    /// Only these repositories, by full name, such as `library/nginx`, or by the part after the project, such as `nginx`.
    /// Called again, it adds to them.
    ///
    /// A name without a slash is looked for in every project, or in the [`projects`](Self::projects) that are named as
    /// well: one request for each. A name with a slash is taken for a full name; only where there is no such repository
    /// is it looked for as the part after the project. Give [`Repository`] values to
    /// [`in_repositories`](Self::in_repositories), which does not look any further.
    ///
    /// A name that cannot be one, a list without any name, and a repository that does not exist come back as a
    /// [`Failure`]; so does a full name that may not be read, even where the name is then found as the part after a
    /// project. Patterns decide about what a name leads to: see [`include_repositories`](Self::include_repositories).
    pub fn repositories(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.select_repositories(names);
        self
    }

    /// Only these repositories, as an earlier query found them. Called again, it adds to them.
    ///
    /// An empty list, a repository that is not there any more, and one outside of the [`projects`](Self::projects) named
    /// as well come back as a [`Failure`].
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) {
    /// let repositories = harbor.repositories().projects(["library"]).collect().await.items;
    /// let popular = repositories.iter().filter(|repository| repository.pull_count > 1000);
    /// let reports = harbor.reports().in_repositories(popular).collect().await;
    /// # }
    /// ```
    pub fn in_repositories(mut self, repositories: impl IntoIterator<Item = impl AsRef<RepositoryName>>) -> Self {
        let names = repositories.into_iter().map(|repository| repository.as_ref().to_string());
        self.selection.select_exact_repositories(names);
        self
    }

    /// Only repositories that one of these patterns matches. Called again, it adds to them.
    ///
    /// A pattern is tried on the full name and on the part after the project: `library/*`, `nginx`, `**/test-*`. `*` and
    /// `?` stay within a segment, `**` does not; `[a-z]` and `{one,two}` are known; capitals count. It is decided here,
    /// after listing, where the server lists whole projects: what is left out is counted in
    /// [`left_out`](crate::Summary::left_out), and no report of it is fetched.
    ///
    /// An empty list and a broken pattern come back as a [`Failure`], and nothing is asked.
    pub fn include_repositories(mut self, patterns: impl IntoIterator<Item = impl ToString>) -> Self {
        if self.selection.add_globs(patterns, |selection, pattern| selection.repository_globs.include(pattern)) == 0 {
            self.selection.refuse(EMPTY_PATTERNS);
        }
        self
    }

    /// No repository that one of these patterns matches; see [`include_repositories`](Self::include_repositories). Called
    /// again, it adds to them. An empty list excludes nothing.
    pub fn exclude_repositories(mut self, patterns: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.add_globs(patterns, |selection, pattern| selection.repository_globs.exclude(pattern));
        self
    }

    /// Ends the query after a time, counted from its first poll. Called again, the last one counts. Without it, a query
    /// takes as long as the server does, within the bounds of the [`RetryPolicy`](crate::RetryPolicy).
    ///
    /// When the time is over, the requests under way are ended and nothing more is asked. Nothing is lost silently: an
    /// artifact that was listed and whose report is not there yet is in the result, in the state
    /// [`Failed`](crate::model::ReportState::Failed), and a list that was not read to its end is a [`Failure`], all of
    /// the kind [`DeadlineExceeded`](crate::FailureKind::DeadlineExceeded). What was found before stays.
    ///
    /// ```no_run
    /// # async fn example(harbor: harbor_ext::Harbor) {
    /// use std::time::Duration;
    ///
    /// let collected = harbor.reports().deadline(Duration::from_secs(600)).collect().await;
    /// println!("{} of {} reports in ten minutes", collected.summary.states.reported, collected.summary.announced);
    /// # }
    /// ```
    pub fn deadline(mut self, time: Duration) -> Self {
        self.deadline = Some(time);
        self
    }

    /// Nothing but this repository, by full name.
    pub(crate) fn repository(mut self, name: impl ToString) -> Self {
        self.selection.select_exact_repositories([name]);
        self
    }
}

const EMPTY_PATTERNS: &str = "an empty list of patterns selects nothing; leave it out to select all";

impl<T: HasTags> Query<T> {
    /// Only artifacts that carry this tag, exactly.
    ///
    /// The server decides it. A tag that nothing has comes back as one [`Failure`] for the query; where there are other
    /// conditions, and nothing fulfils all of them, the lists are asked again for the tag alone to see whether there is
    /// one.
    pub fn tag(mut self, name: impl ToString) -> Self {
        self.selection.add_condition(Condition::tag(&name.to_string()));
        self
    }

    /// Only artifacts that fulfil this condition, too. The server decides it.
    ///
    /// All conditions must hold. Two that cannot be sent together, and those that nothing can fulfil, come back as a
    /// [`Failure`], and nothing is asked.
    ///
    /// ```no_run
    /// use harbor_ext::condition::{Condition, NumberKey, TextKey};
    ///
    /// # async fn example(harbor: harbor_ext::Harbor) -> Result<(), harbor_ext::condition::ConditionError> {
    /// let large_charts = harbor
    ///     .artifacts()
    ///     .condition(Condition::is(TextKey::Kind, "CHART")?)
    ///     .condition(Condition::number(NumberKey::Size, 1_000_000..)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn condition(mut self, condition: Condition) -> Self {
        self.selection.add_condition(Ok(condition));
        self
    }

    /// Only artifacts that fulfil these conditions, too, in Harbor's query language as the server reads it after
    /// decoding: `type=IMAGE,push_time=[2026-01-01T00:00:00~]`. See [`condition`](crate::condition); what Harbor would
    /// ignore or misread comes back as a [`Failure`], and nothing is asked.
    pub fn query(mut self, text: &str) -> Self {
        for pair in text.split(',') {
            self.selection.add_condition(pair.parse());
        }
        self
    }

    /// Only artifacts of this type, in Harbor's word, such as `IMAGE` or `CHART`. The server decides it.
    pub fn kind(mut self, word: impl Into<String>) -> Self {
        self.selection.add_condition(Condition::is(TextKey::Kind, word));
        self
    }

    /// Only artifacts whose configuration has this media type. The server decides it.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.selection.add_condition(Condition::is(TextKey::MediaType, media_type));
        self
    }

    /// Only artifacts whose manifest declares this type. The server decides it; before 2.11 it does not know it, and each
    /// list says so as a [`Failure`].
    pub fn artifact_type(mut self, artifact_type: impl Into<String>) -> Self {
        self.selection.add_condition(Condition::is(TextKey::ArtifactType, artifact_type));
        self
    }

    /// Only artifacts pushed at this time or later. The server decides it.
    pub fn pushed_after(mut self, time: DateTime<Utc>) -> Self {
        self.selection.add_condition(Condition::time(TimeKey::PushTime, time..));
        self
    }

    /// Only artifacts pushed before this time. The server decides it.
    pub fn pushed_before(mut self, time: DateTime<Utc>) -> Self {
        self.selection.add_condition(Condition::time(TimeKey::PushTime, ..time));
        self
    }

    /// Only artifacts that have all of these labels, by name. Called again, it adds to them.
    ///
    /// A label belongs to the whole registry or to a project; either will do. The names are looked up first: one request
    /// for the registry, and one or two for each project. A project that cannot have them is not listed. Where the labels
    /// of a project may not be read (`label:list`), its list is asked for with labels, and their names decide here; what
    /// that leaves out is counted in [`left_out`](crate::Summary::left_out).
    ///
    /// An empty list and a label that does not exist come back as a [`Failure`].
    pub fn labels(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.select_labels(names);
        self
    }

    /// Only artifacts with a tag that one of these patterns matches, such as `v1.*`; see
    /// [`include_repositories`](Self::include_repositories). Called again, it adds to them.
    ///
    /// Together with [`exclude_tags`](Self::exclude_tags), an artifact needs one tag that is included and not excluded.
    pub fn include_tags(mut self, patterns: impl IntoIterator<Item = impl ToString>) -> Self {
        if self.selection.add_globs(patterns, |selection, pattern| selection.tag_globs.include(pattern)) == 0 {
            self.selection.refuse(EMPTY_PATTERNS);
        }
        self
    }

    /// No artifact of whose tags each is matched by one of these patterns. What has no tag stays. Called again, it adds to
    /// them.
    pub fn exclude_tags(mut self, patterns: impl IntoIterator<Item = impl ToString>) -> Self {
        self.selection.add_globs(patterns, |selection, pattern| selection.tag_globs.exclude(pattern));
        self
    }

    /// Only the artifact of each repository that was pushed last, of those that fulfil everything else; see
    /// [`latest`](crate::model::latest).
    ///
    /// It is decided here, because the server's own way knows one media type only and leaves ties open. Artifacts are held
    /// back until the list of their project ends; the others are counted in [`left_out`](crate::Summary::left_out). Where
    /// a list breaks off, which is a [`Failure`], the latest of what came is given.
    pub fn latest_per_repository(mut self) -> Self {
        self.selection.is_for_latest = true;
        self
    }

    /// Also lists the images of each index, as artifacts of their own with reports of their own; which index an image is
    /// part of is told by [`Parents`](crate::model::Parents).
    ///
    /// Harbor's lists leave them out unless they have a tag. All filters are about the index: its images come along,
    /// whatever their own tags are, and no artifact comes twice. Since the report of an index is that of its images
    /// together, it is not fetched: the index is in the state [`InChildren`](crate::model::ReportState::InChildren), so
    /// that nothing is counted twice. Where its images cannot be listed, that is a failure, and the index has its own
    /// report. Costs a request for each index (of up to 25 images).
    pub fn with_children(mut self) -> Self {
        self.selection.with_children = true;
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
        T::start(self.session, self.selection, self.deadline)
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
        let (session, selection) = (Arc::clone(&self.session), self.selection.clone());
        Self { session, selection, deadline: self.deadline, item: PhantomData }
    }
}

impl<T> fmt::Debug for Query<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Query")
            .field("session", &self.session)
            .field("selection", &self.selection)
            .field("deadline", &self.deadline)
            .finish()
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
    fn start(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<Self> {
        walk::start(session, selection, deadline)
    }
}

impl sealed::Start for Artifact {
    fn start(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<Self> {
        walk::start(session, selection, deadline)
    }
}

impl sealed::Start for ArtifactInfo {
    fn start(session: Arc<Session>, selection: Selection, deadline: Option<Duration>) -> Fetching<Self> {
        reports::start(session, selection, deadline)
    }
}
