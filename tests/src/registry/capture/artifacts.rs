//! Artifacts as a real registry told of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::CapturedLabel;
use super::scans::CapturedOverview;
use super::times::{beginning, moment, never};
use crate::registry::accessory::{Accessory, SBOM};
use crate::registry::artifact::object;
use crate::registry::kind::MediaTypes;
use crate::registry::{AccessoryRow, Artifact, Ids, Kind, Platform, Reference, Sbom, Scan, Tag};

#[derive(Deserialize)]
pub(super) struct CapturedArtifact {
    id: i64,
    pub(super) digest: String,
    #[serde(rename = "type")]
    kind: String,
    media_type: String,
    #[serde(default)]
    artifact_type: String,
    manifest_media_type: String,
    #[serde(default)]
    size: i64,
    #[serde(default = "beginning", deserialize_with = "moment")]
    push_time: DateTime<Utc>,
    #[serde(default = "never", deserialize_with = "moment")]
    pull_time: DateTime<Utc>,
    #[serde(default)]
    extra_attrs: Value,
    #[serde(default)]
    annotations: Value,
    accessories: Option<Vec<CapturedAccessory>>,
    labels: Option<Vec<CapturedLabel>>,
    references: Option<Vec<CapturedReference>>,
    tags: Option<Vec<CapturedTag>>,
    pub(super) scan_overview: Option<BTreeMap<String, CapturedOverview>>,
}

#[derive(Deserialize)]
struct CapturedReference {
    parent_id: i64,
    child_id: i64,
    child_digest: String,
    platform: CapturedPlatform,
    #[serde(default)]
    annotations: Value,
    urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct CapturedAccessory {
    id: i64,
    artifact_id: i64,
    digest: String,
    #[serde(rename = "type")]
    kind: String,
    icon: String,
    size: i64,
    #[serde(default = "beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
}

#[derive(Deserialize)]
struct CapturedPlatform {
    architecture: String,
    os: String,
    variant: Option<String>,
    #[serde(rename = "OsVersion")]
    os_version: Option<String>,
    #[serde(rename = "OsFeatures")]
    os_features: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct CapturedTag {
    id: i64,
    name: String,
    #[serde(default = "beginning", deserialize_with = "moment")]
    push_time: DateTime<Utc>,
    #[serde(default = "never", deserialize_with = "moment")]
    pull_time: DateTime<Utc>,
    #[serde(default)]
    immutable: bool,
}

impl CapturedArtifact {
    /// Where the scan stands; the report itself comes later.
    pub(super) fn scan(&self) -> Scan {
        let overview = self.scan_overview.as_ref().and_then(|overviews| overviews.values().next());
        match overview.map(|overview| overview.scan_status.as_str()) {
            Some("Running") => Scan::Running,
            Some("Pending" | "Scheduled") => Scan::Pending,
            Some("Stopped") => Scan::Stopped,
            Some("Error") => Scan::Failed,
            _ => Scan::Never,
        }
    }

    pub(super) fn restore(self, ids: &mut Ids) -> Artifact {
        ids.artifact = ids.artifact.max(self.id);
        let kind = match self.kind.as_str() {
            "IMAGE" if self.manifest_media_type.ends_with("index.v1+json") => Kind::Index,
            "IMAGE" if self.manifest_media_type.ends_with("manifest.list.v2+json") => Kind::Index,
            "IMAGE" => Kind::Image,
            "CHART" => Kind::Chart,
            "CNAI" => Kind::Model,
            "SBOM" => Kind::Sbom,
            _ => Kind::Other {
                name: self.kind,
                media_type: self.media_type.clone(),
                artifact_type: self.artifact_type.clone(),
            },
        };
        let types =
            MediaTypes { config: self.media_type, manifest: self.manifest_media_type, artifact: self.artifact_type };
        let mut artifact = Artifact::of_kind(kind).with_digest(self.digest).with_size(self.size);
        artifact.id = self.id;
        artifact.pushed = self.push_time;
        ids.pass(artifact.pushed);
        for overview in self.scan_overview.iter().flat_map(BTreeMap::values) {
            ids.pass(overview.end_time);
        }
        artifact.pulled = Some(self.pull_time).filter(|time| time.year() > 1);
        artifact.extra_attributes = object(self.extra_attrs);
        artifact.annotations = object(self.annotations);
        artifact.media_types = Some(Arc::new(types));
        let accessories = self.accessories.unwrap_or_default().into_iter();
        artifact.accessories = accessories.map(|accessory| accessory.restore(ids)).collect();
        let sbom = artifact.accessories.iter().find(|row| row.kind == SBOM);
        artifact.sbom = sbom.map(|row| Box::new(Sbom::ready(Arc::clone(&row.digest), row.created)));
        let labels = self.labels.unwrap_or_default().into_iter();
        artifact.labels = labels.map(CapturedLabel::restore).collect();
        let references = self.references.unwrap_or_default().into_iter();
        artifact.references = references.map(CapturedReference::restore).collect();
        // The answer has the newest tag first.
        for tag in self.tags.unwrap_or_default().into_iter().rev() {
            ids.tag = ids.tag.max(tag.id);
            let CapturedTag { id, name, push_time: pushed, pull_time, immutable } = tag;
            let pulled = Some(pull_time).filter(|time| time.year() > 1);
            artifact.tags.push(Tag { id, name, pushed, pulled, immutable });
        }
        artifact
    }
}

impl CapturedReference {
    fn restore(self) -> Reference {
        let CapturedPlatform { architecture, os, variant, os_version, os_features } = self.platform;
        let os_features = os_features.unwrap_or_default();
        Reference {
            parent_id: self.parent_id,
            child_id: self.child_id,
            child_digest: Arc::from(self.child_digest),
            platform: Platform { architecture, os, variant, os_version, os_features },
            annotations: object(self.annotations),
            urls: self.urls,
        }
    }
}

impl CapturedAccessory {
    fn restore(self, ids: &mut Ids) -> AccessoryRow {
        ids.accessory = ids.accessory.max(self.id);
        ids.artifact = ids.artifact.max(self.artifact_id);
        AccessoryRow {
            id: self.id,
            artifact_id: self.artifact_id,
            digest: Arc::from(self.digest),
            kind: self.kind,
            icon: self.icon,
            size: self.size,
            created: self.creation_time,
        }
    }
}

/// The artifact of an accessory, as far as its subject tells of it.
pub(super) fn accessory(row: &AccessoryRow) -> Artifact {
    let artifact = match row.kind.as_str() {
        // The content is not told; a document without packages stands for it.
        SBOM => Accessory::sbom(&json!({"spdxVersion": "SPDX-2.3", "packages": []})).artifact,
        _ => Artifact::oci_image(),
    };
    let mut artifact = artifact.with_digest(&row.digest).with_size(row.size);
    artifact.id = row.artifact_id;
    artifact.pushed = row.created;
    artifact.is_accessory = true;
    artifact
}
