//! An artifact and a tag as JSON: which members are there, which are `null`, and which are absent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::ArtifactRow;
use crate::http::labels::{self, LabelAnswer};
use crate::http::{Call, reports};
use crate::registry::{Artifact, Kind, MEDIA_TYPE, Platform, Repository, Tag};
use crate::wire::{json, time};

const IMAGE_ICON: &str = "sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06";
const CHART_ICON: &str = "sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518";
const OTHER_ICON: &str = "sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f";

/// One artifact; the members are in the order of the wire, which is alphabetical.
#[derive(Serialize)]
pub(super) struct ArtifactAnswer<'a> {
    accessories: Option<&'a [Value]>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    addition_links: BTreeMap<&'static str, Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    artifact_type: &'a str,
    digest: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_attrs: Option<&'a Map<String, Value>>,
    icon: &'static str,
    id: i64,
    labels: Option<Vec<LabelAnswer<'a>>>,
    manifest_media_type: &'a str,
    media_type: &'a str,
    project_id: i64,
    #[serde(serialize_with = "time::serialize_optional")]
    pull_time: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time::serialize")]
    push_time: DateTime<Utc>,
    references: Option<Vec<ReferenceAnswer<'a>>>,
    repository_id: i64,
    #[serde(skip_serializing_if = "str::is_empty")]
    repository_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scan_overview: Option<BTreeMap<&'static str, Overview>>,
    #[serde(skip_serializing_if = "json::is_zero")]
    size: i64,
    tags: Option<Vec<TagAnswer<'a>>>,
    #[serde(rename = "type")]
    kind: &'a str,
}

/// One tag.
#[derive(Serialize)]
pub(super) struct TagAnswer<'a> {
    artifact_id: i64,
    id: i64,
    immutable: bool,
    name: &'a str,
    #[serde(serialize_with = "time::serialize_optional")]
    pull_time: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time::serialize")]
    push_time: DateTime<Utc>,
    repository_id: i64,
}

#[derive(Serialize)]
struct Link {
    absolute: bool,
    href: String,
}

#[derive(Serialize)]
struct ReferenceAnswer<'a> {
    child_digest: &'a str,
    child_id: i64,
    parent_id: i64,
    platform: PlatformAnswer<'a>,
    urls: Option<()>,
}

/// A platform; the two odd names are what the real server sends.
#[derive(Serialize)]
struct PlatformAnswer<'a> {
    #[serde(rename = "OsFeatures")]
    os_features: Option<&'a [String]>,
    #[serde(rename = "OsVersion", skip_serializing_if = "Option::is_none")]
    os_version: Option<&'a str>,
    architecture: &'a str,
    os: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variant: Option<&'a str>,
}

#[derive(Serialize)]
struct Overview {
    #[serde(skip_serializing_if = "json::is_zero")]
    complete_percent: i64,
    #[serde(skip_serializing_if = "json::is_zero")]
    duration: i64,
    #[serde(serialize_with = "time::serialize_optional")]
    end_time: Option<DateTime<Utc>>,
    report_id: String,
    scan_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    #[serde(serialize_with = "time::serialize_optional")]
    start_time: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<OverviewSummary>,
}

#[derive(Serialize)]
struct OverviewSummary {
    fixable: usize,
    summary: BTreeMap<&'static str, usize>,
    total: usize,
}

/// One artifact with what the parameters ask for.
pub(super) fn artifact<'a>(call: &Call<'a>, row: ArtifactRow<'a>) -> ArtifactAnswer<'a> {
    let ArtifactRow { project, repository, artifact } = row;
    let modern = call.asked.version.names_repositories();
    ArtifactAnswer {
        accessories: shown(call, "with_accessory", &artifact.accessories),
        addition_links: links(row, modern),
        annotations: artifact.annotations.as_deref(),
        artifact_type: if modern { artifact.kind.artifact_type() } else { "" },
        digest: artifact.digest(),
        extra_attrs: artifact.extra_attributes.as_deref(),
        icon: icon(&artifact.kind),
        id: artifact.id,
        labels: shown(call, "with_label", &artifact.labels).map(|labels| labels.iter().map(labels::answer).collect()),
        manifest_media_type: artifact.kind.manifest_media_type(),
        media_type: artifact.kind.media_type(),
        project_id: project.id,
        pull_time: artifact.pulled,
        push_time: artifact.pushed,
        references: references(artifact),
        repository_id: repository.id,
        repository_name: if modern { &repository.full_name } else { "" },
        scan_overview: overview(call, row),
        size: artifact.size,
        tags: match call.asked.parameters.flag("with_tag", true) && !artifact.tags.is_empty() {
            // The newest tag comes first.
            true => Some(artifact.tags.iter().rev().map(|each| tag(call, repository, artifact, each)).collect()),
            false => None,
        },
        kind: artifact.kind.name(),
    }
}

/// One tag of an artifact.
pub(super) fn tag<'a>(call: &Call<'_>, repository: &Repository, artifact: &Artifact, tag: &'a Tag) -> TagAnswer<'a> {
    TagAnswer {
        artifact_id: artifact.id,
        id: tag.id,
        immutable: tag.immutable && call.asked.parameters.flag("with_immutable_status", false),
        name: &tag.name,
        pull_time: None,
        push_time: tag.pushed,
        repository_id: repository.id,
    }
}

/// A list that the caller must ask for, `null` without and where it is empty.
fn shown<'a, T>(call: &Call<'_>, flag: &str, list: &'a [T]) -> Option<&'a [T]> {
    Some(list).filter(|list| !list.is_empty() && call.asked.parameters.flag(flag, false))
}

fn links(row: ArtifactRow<'_>, with_sboms: bool) -> BTreeMap<&'static str, Link> {
    let repository = row.repository.name().replace('/', "%252F");
    let base = format!("/api/v2.0/projects/{}/repositories/{repository}/artifacts", row.project.name());
    let digest = row.artifact.digest();
    let names: &[&'static str] = match row.artifact.kind {
        Kind::Image => &["build_history"],
        Kind::Chart => &["dependencies", "readme.md", "values.yaml"],
        Kind::Index | Kind::Other { .. } => &[],
    };
    let scannable = row.artifact.is_scannable();
    let vulnerabilities = scannable.then_some("vulnerabilities");
    let names = names.iter().copied().chain(vulnerabilities);
    let link = |href| Link { absolute: false, href };
    let mut links: BTreeMap<_, _> =
        names.map(|name| (name, link(format!("{base}/{digest}/additions/{name}")))).collect();
    if scannable && with_sboms {
        // Harbor leaves the digest out until there is an SBOM.
        links.insert("sboms", link(format!("{base}//additions/sbom")));
    }
    links
}

fn references(artifact: &Artifact) -> Option<Vec<ReferenceAnswer<'_>>> {
    let references = artifact.references.iter().map(|reference| ReferenceAnswer {
        child_digest: &reference.child_digest,
        child_id: reference.child_id,
        parent_id: reference.parent_id,
        platform: platform(&reference.platform),
        urls: None,
    });
    let references: Vec<_> = references.collect();
    (!references.is_empty()).then_some(references)
}

fn platform(platform: &Platform) -> PlatformAnswer<'_> {
    PlatformAnswer {
        os_features: Some(platform.os_features.as_slice()).filter(|list| !list.is_empty()),
        os_version: platform.os_version.as_deref(),
        architecture: &platform.architecture,
        os: &platform.os,
        variant: platform.variant.as_deref(),
    }
}

fn overview(call: &Call<'_>, row: ArtifactRow<'_>) -> Option<BTreeMap<&'static str, Overview>> {
    if !call.asked.parameters.flag("with_scan_overview", false) || !reports::accepts_reports(call) {
        return None;
    }
    let summary = call.registry.summary(row.repository, row.artifact)?;
    let (severity, scanner, numbers) = match summary.counts {
        Some(counts) => {
            let numbers = OverviewSummary { fixable: counts.fixable, summary: counts.by_severity, total: counts.total };
            (Some(counts.severity), counts.scanner, Some(numbers))
        }
        None => (None, None, None),
    };
    let overview = Overview {
        complete_percent: summary.complete_percent,
        duration: if summary.ended.is_some() { 2 } else { 0 },
        end_time: summary.ended,
        report_id: summary.report_id,
        scan_status: summary.status,
        scanner,
        severity,
        start_time: summary.started,
        summary: numbers,
    };
    Some(BTreeMap::from([(MEDIA_TYPE, overview)]))
}

/// Whether a digest is that of an icon.
pub(crate) fn is_icon(digest: &str) -> bool {
    [IMAGE_ICON, CHART_ICON, OTHER_ICON].contains(&digest)
}

fn icon(kind: &Kind) -> &'static str {
    match kind {
        Kind::Image | Kind::Index => IMAGE_ICON,
        Kind::Chart => CHART_ICON,
        Kind::Other { .. } => OTHER_ICON,
    }
}
