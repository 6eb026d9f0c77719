//! An artifact and a tag as JSON: which members are there, which are `null`, and which are absent.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::ArtifactRow;
use super::overview::{self, Overview, SbomOverview};
use crate::http::Call;
use crate::registry::{AccessoryRow, Artifact, Platform, Repository, Tag};
use crate::resources::labels::{self, LabelAnswer};
use crate::wire::{json, time};

/// One artifact; the members are in the order of the wire, which is alphabetical.
#[derive(Serialize)]
pub(super) struct ArtifactAnswer<'a> {
    accessories: Option<Vec<AccessoryAnswer<'a>>>,
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
    sbom_overview: Option<SbomOverview<'a>>,
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

/// One accessory.
#[derive(Serialize)]
pub(super) struct AccessoryAnswer<'a> {
    artifact_id: i64,
    #[serde(serialize_with = "time::serialize")]
    creation_time: DateTime<Utc>,
    digest: &'a str,
    icon: &'a str,
    id: i64,
    size: i64,
    subject_artifact_digest: &'a str,
    subject_artifact_id: i64,
    subject_artifact_repo: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
}

#[derive(Serialize)]
struct Link {
    absolute: bool,
    href: String,
}

#[derive(Serialize)]
struct ReferenceAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'a Map<String, Value>>,
    child_digest: &'a str,
    child_id: i64,
    parent_id: i64,
    platform: PlatformAnswer<'a>,
    urls: Option<&'a [String]>,
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

/// One artifact with what the parameters ask for.
pub(super) fn artifact<'a>(call: &Call<'a>, row: ArtifactRow<'a>) -> ArtifactAnswer<'a> {
    let ArtifactRow { project, repository, artifact } = row;
    let modern = call.asked.version.names_repositories();
    ArtifactAnswer {
        accessories: shown(call, "with_accessory", &artifact.accessories)
            .map(|rows| rows.iter().map(|accessory| self::accessory(repository, artifact, accessory)).collect()),
        addition_links: links(call, row),
        annotations: artifact.annotations.as_deref(),
        artifact_type: if modern { artifact.artifact_type() } else { "" },
        digest: artifact.digest(),
        extra_attrs: artifact.extra_attributes.as_deref(),
        icon: artifact.kind.icon(),
        id: artifact.id,
        labels: shown(call, "with_label", &artifact.labels).map(|labels| labels.iter().map(labels::answer).collect()),
        manifest_media_type: artifact.manifest_media_type(),
        media_type: artifact.media_type(),
        project_id: project.id,
        pull_time: artifact.pulled,
        push_time: artifact.pushed,
        references: references(artifact),
        repository_id: repository.id,
        repository_name: if modern { &repository.full_name } else { "" },
        sbom_overview: overview::sbom(call, row),
        scan_overview: overview::vulnerabilities(call, row),
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
        pull_time: tag.pulled,
        push_time: tag.pushed,
        repository_id: repository.id,
    }
}

/// One accessory of an artifact.
pub(super) fn accessory<'a>(
    repository: &'a Repository,
    subject: &'a Artifact,
    row: &'a AccessoryRow,
) -> AccessoryAnswer<'a> {
    AccessoryAnswer {
        artifact_id: row.artifact_id,
        creation_time: row.created,
        digest: &row.digest,
        icon: &row.icon,
        id: row.id,
        size: row.size,
        subject_artifact_digest: subject.digest(),
        subject_artifact_id: subject.id,
        subject_artifact_repo: &repository.full_name,
        kind: &row.kind,
    }
}

/// A list that the caller must ask for, `null` without and where it is empty.
fn shown<'a, T>(call: &Call<'_>, flag: &str, list: &'a [T]) -> Option<&'a [T]> {
    Some(list).filter(|list| !list.is_empty() && call.asked.parameters.flag(flag, false))
}

fn links(call: &Call<'_>, row: ArtifactRow<'_>) -> BTreeMap<&'static str, Link> {
    let repository = row.repository.name().replace('/', "%252F");
    let base = format!("/api/v2.0/projects/{}/repositories/{repository}/artifacts", row.project.name());
    let digest = row.artifact.digest();
    let version = call.asked.version;
    let scannable = call.registry.can_scan(row.project, row.repository, row.artifact);
    let vulnerabilities = scannable.then_some("vulnerabilities");
    let names = row.artifact.addition_names().iter().copied();
    let names = names.filter(|name| version.has_addition(name)).chain(vulnerabilities);
    let link = |href| Link { absolute: false, href };
    let mut links: BTreeMap<_, _> =
        names.map(|name| (name, link(format!("{base}/{digest}/additions/{name}")))).collect();
    if scannable && version.has_addition("sbom") {
        // Harbor tells the digest only where the overview has it.
        let digest = overview::sbom(call, row).and_then(|overview| overview.sbom_digest).unwrap_or_default();
        links.insert("sboms", link(format!("{base}/{digest}/additions/sbom")));
    }
    links
}

fn references(artifact: &Artifact) -> Option<Vec<ReferenceAnswer<'_>>> {
    let references = artifact.references.iter().map(|reference| ReferenceAnswer {
        annotations: reference.annotations.as_deref(),
        child_digest: &reference.child_digest,
        child_id: reference.child_id,
        parent_id: reference.parent_id,
        platform: platform(&reference.platform),
        urls: reference.urls.as_deref(),
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
