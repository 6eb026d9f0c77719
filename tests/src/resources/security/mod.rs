//! The security hub: what was found in the whole registry.

mod filter;
mod summary;

use std::cmp::Ordering;

use axum::http::header::LINK;
use serde::Serialize;

use super::artifacts::ArtifactRow;
use crate::http::{Call, Outcome};
use crate::registry::{Artifact, Kind, Record, Records, Registry};
use crate::wire::database_sort::Sorter;
use crate::wire::errors::Refusal;
use crate::wire::json;
use crate::wire::paging::Page;
use crate::wire::q::Query;
use filter::Filter;

pub(crate) use summary::get as summary;

/// The size of a page that was asked for with a size of zero or below.
const FALLBACK_SIZE: usize = 15;

/// Above this number `tune_count` gives up counting.
const LARGEST_COUNT: usize = 1_000;

/// The most tags that are shown.
const LARGEST_TAGS: usize = 10;

/// A finding of an image, before it is written.
#[derive(Clone, Copy)]
struct Row {
    image: usize,
    record: usize,
    score: Option<f64>,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    cve_id: &'a str,
    #[serde(skip_serializing_if = "json::is_no_score", serialize_with = "json::serialize_score")]
    cvss_v3_score: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    desc: &'a str,
    digest: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    fixed_version: &'a str,
    links: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    package: &'a str,
    project_id: i64,
    repository_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    severity: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    status: &'a str,
    tags: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
}

/// Lists the findings of all images, the highest scores first.
pub(crate) fn list(call: &Call<'_>) -> Outcome {
    call.permit_system("security-hub:list")?;
    let parameters = call.asked.parameters;
    let page = Page::from_parameters(parameters);
    let query = Query::parse(parameters.text("q").unwrap_or_default())?;
    let filter = Filter::new(&query, call.asked.version)?;
    let (first, end) = window(page)?;
    let images = images(call.registry, |image| filter.allows_image(image));
    let mut records = Records::new(call.registry);
    let mut sorter = Sorter::new(end, best_first);
    let mut total = 0;
    for (position, image) in images.iter().enumerate() {
        for record in records.of(image.artifact) {
            if filter.allows_record(records.get(record)) {
                total += 1;
                sorter.push(Row { image: position, record, score: records.get(record).score });
            }
        }
    }
    let rows = sorter.finish();
    let rows = rows.get(first..).unwrap_or_default().iter();
    let rows: Vec<_> = rows.map(|row| answer(call, images[row.image], records.get(row.record))).collect();
    let mut answer = call.list(&rows, total, page)?;
    if total > LARGEST_COUNT && parameters.flag("tune_count", false) {
        answer.headers.remove(LINK);
        return Ok(answer.with_header("x-total-count", "-1"));
    }
    Ok(answer)
}

/// The wanted images of the registry, children of indexes too, in the order in which the database finds their reports.
/// Only the default scanner's reports count, so that there are no images without one.
fn images(registry: &Registry, wanted: impl Fn(&ArtifactRow<'_>) -> bool) -> Vec<ArtifactRow<'_>> {
    let has_default = registry.scanners().default_scanner().is_some();
    let images = artifacts(registry).filter(|row| has_default && row.artifact.kind == Kind::Image && wanted(row));
    let mut images: Vec<_> = images.collect();
    images.sort_by_key(|row| registry.report_rank(row.artifact.digest()));
    images
}

fn artifacts(registry: &Registry) -> impl Iterator<Item = ArtifactRow<'_>> {
    registry.projects().iter().flat_map(|project| {
        project.repositories().iter().flat_map(move |repository| {
            repository.artifacts().iter().map(move |artifact| ArtifactRow { project, repository, artifact })
        })
    })
}

/// The first row of a page and the end of it. A size of zero is always the first page, and a negative one makes a
/// position that the database refuses.
fn window(page: Page) -> Result<(usize, usize), Refusal> {
    let first = match page.number() {
        ..=1 => 0,
        number => (number - 1).saturating_mul(page.size()),
    };
    let first = usize::try_from(first).map_err(|_| Refusal::internal("a negative offset"))?;
    let size = match usize::try_from(page.size()) {
        Ok(0) | Err(_) => FALLBACK_SIZE,
        Ok(size) => size,
    };
    Ok((first, first.saturating_add(size)))
}

/// The highest score first, and those without one last.
fn best_first(left: &Row, right: &Row) -> Ordering {
    match (left.score, right.score) {
        (Some(left), Some(right)) => right.total_cmp(&left),
        (left, right) => right.is_some().cmp(&left.is_some()),
    }
}

fn answer<'a>(call: &Call<'_>, image: ArtifactRow<'a>, record: &'a Record) -> Vulnerability<'a> {
    Vulnerability {
        cve_id: &record.id,
        cvss_v3_score: record.score,
        desc: &record.description,
        digest: image.artifact.digest(),
        fixed_version: &record.fix_version,
        links: &record.links,
        package: &record.package,
        project_id: image.project.id,
        repository_name: &image.repository.full_name,
        severity: &record.severity,
        status: if call.asked.version.has_statuses() { &record.status } else { "" },
        tags: call.asked.parameters.flag("with_tag", false).then(|| tags(image.artifact)),
        version: &record.version,
    }
}

/// The newest tags.
fn tags(artifact: &Artifact) -> Vec<&str> {
    artifact.tags.iter().rev().take(LARGEST_TAGS).map(|tag| tag.name.as_str()).collect()
}
