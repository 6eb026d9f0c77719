//! Reads the registry itself.

use harbor_ext::chrono::Utc;
use harbor_ext::model::{ArtifactInfo, Repository};
use harbor_ext::{Collected, Harbor, Query, Snapshot, Source};

use crate::arguments::Selection;
use crate::ending::Problem;
use crate::output::messages::Messages;
use crate::progress;

/// Harbor lists a hundred artifacts or repositories on a page.
const ROWS_ON_A_PAGE: u64 = 100;

/// What will be read, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    /// Images, untagged ones included.
    pub(crate) images: u64,
    /// Requests at the most, but for repeats: images that have one digest share a report.
    pub(crate) requests: u64,
    /// What could not be listed, so that there are more.
    pub(crate) missing: Vec<String>,
}

/// The query for what was selected.
pub(crate) fn query<T: harbor_ext::HasTags>(query: Query<T>, selection: &Selection) -> Query<T> {
    let mut query = narrow(query, selection);
    if !selection.tags.is_empty() {
        query = query.include_tags(&selection.tags);
    }
    if selection.latest {
        query = query.latest_per_repository();
    }
    query
}

/// The part of a selection that can be said of repositories, too.
fn narrow<T>(mut query: Query<T>, selection: &Selection) -> Query<T> {
    if !selection.projects.is_empty() {
        query = query.projects(&selection.projects);
    }
    if !selection.repositories.is_empty() {
        query = query.include_repositories(&selection.repositories);
    }
    query.exclude_repositories(&selection.excluded_repositories)
}

/// What a snapshot of this registry says of where it comes from. Nobody is asked for more than the version.
pub(crate) async fn identify(harbor: &Harbor, selection: &Selection) -> Source {
    let mut source = Source::new(harbor.registry(), harbor.url().as_str().trim_end_matches('/'), Utc::now());
    // Where this fails, the query fails as well, and says why.
    if let Ok(info) = harbor.client().get_system_info().send().await {
        source.harbor_version = info.into_inner().harbor_version;
    }
    source.selection = words(selection);
    source
}

/// Says how much is about to be read, if it is much: more images than `above`.
pub(crate) async fn announce(
    harbor: &Harbor,
    selection: &Selection,
    above: u64,
    messages: Messages,
) -> Result<Estimate, Problem> {
    let collected = narrow(harbor.repositories(), selection).collect().await;
    if collected.items.is_empty() && !collected.is_complete() {
        return Err(Problem::failed(format!("nothing could be listed\n{}", notes(&collected).join("\n"))));
    }
    let estimate = Estimate::of(&collected);
    if estimate.images > above {
        messages.say(&format!(
            "reading {} images in {} repositories with up to {} requests, as many at once as suit the server",
            estimate.images,
            collected.items.len(),
            estimate.requests
        ));
    }
    Ok(estimate)
}

/// Reads what was selected into memory.
pub(crate) async fn snapshot(harbor: &Harbor, selection: &Selection, messages: Messages) -> Result<Snapshot, Problem> {
    announce(harbor, selection, 1000, messages).await?;
    let mut source = identify(harbor, selection).await;
    let stream = query(harbor.reports(), selection).stream();
    let shown = tokio::spawn(progress::show(stream.progress(), messages));
    let collected: Collected<ArtifactInfo> = stream.into_collected().await;
    // It ends with the stream; should it fail, the answers are there all the same.
    let _ = shown.await;
    source.finished_at = Some(Utc::now());
    let mut snapshot = Snapshot::new(source, collected);
    snapshot.allowlists = harbor.allowlists().await;
    Ok(snapshot)
}

impl Estimate {
    fn of(collected: &Collected<Repository>) -> Self {
        let counts = collected.items.iter().map(|repository| u64::try_from(repository.artifact_count).unwrap_or(0));
        let images: u64 = counts.sum();
        let lists = collected.summary.projects + images / ROWS_ON_A_PAGE;
        Self { images, requests: images + lists, missing: notes(collected) }
    }
}

fn notes(collected: &Collected<Repository>) -> Vec<String> {
    collected.notes().iter().map(ToString::to_string).collect()
}

/// A selection in words, one condition each.
fn words(selection: &Selection) -> Vec<String> {
    let each = |what: &str, values: &[String]| -> Vec<String> {
        values.iter().map(|value| format!("{what} {value}")).collect()
    };
    let mut words = each("project", &selection.projects);
    words.extend(each("repository", &selection.repositories));
    words.extend(each("not repository", &selection.excluded_repositories));
    words.extend(each("tag", &selection.tags));
    words.extend(selection.latest.then(|| "latest of each repository".to_owned()));
    words
}
