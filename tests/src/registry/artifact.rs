//! Artifacts: images, indexes of images, charts and other things.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::accessory::{Accessory, AccessoryRow};
use super::kind::{Kind, MediaTypes};
use super::{Addition, BEGINNING, Label, Report, Sbom, Scan};

/// An artifact of a repository.
#[derive(Clone, Debug)]
pub struct Artifact {
    pub(crate) id: i64,
    pub(crate) kind: Kind,
    pub(crate) digest: Arc<str>,
    pub(crate) pushed: DateTime<Utc>,
    pub(crate) pulled: Option<DateTime<Utc>>,
    pub(crate) size: i64,
    pub(crate) extra_attributes: Option<Arc<Map<String, Value>>>,
    pub(crate) annotations: Option<Arc<Map<String, Value>>>,
    pub(crate) references: Vec<Reference>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) labels: Vec<Label>,
    /// Media types other than those of the kind.
    pub(crate) media_types: Option<Arc<MediaTypes>>,
    /// Signatures and the like, once they are there.
    pub(crate) accessories: Vec<AccessoryRow>,
    pub(crate) is_accessory: bool,
    pub(crate) sbom: Option<Box<Sbom>>,
    pub(super) additions: Vec<(Addition, Arc<str>)>,
    /// The content of an SBOM.
    pub(crate) document: Option<Arc<str>>,
    /// Whether an index of the repository refers to the artifact.
    pub(crate) referenced: bool,
    pub(crate) children: Vec<(Platform, Artifact)>,
    pub(crate) pushed_tags: Vec<String>,
    pub(crate) pushed_accessories: Vec<Accessory>,
    pub(crate) scan: Option<Scan>,
    pub(crate) next_scan: Option<Scan>,
}

/// The platform of a child of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// The processor, such as `amd64`.
    pub architecture: String,
    /// The operating system, such as `linux`.
    pub os: String,
    /// The variant of the processor, such as `v8`.
    pub variant: Option<String>,
    /// The version of the operating system, which indexes of Windows images have.
    pub os_version: Option<String>,
    /// What the operating system must have, such as `win32k`.
    pub os_features: Vec<String>,
}

/// A tag of an artifact.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) pushed: DateTime<Utc>,
    pub(crate) pulled: Option<DateTime<Utc>>,
    pub(crate) immutable: bool,
}

/// A link from an index to one of its children.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) parent_id: i64,
    pub(crate) child_id: i64,
    pub(crate) child_digest: Arc<str>,
    pub(crate) platform: Platform,
    pub(crate) annotations: Option<Arc<Map<String, Value>>>,
    pub(crate) urls: Option<Vec<String>>,
}

/// The annotation that marks the attestation of an image among the children of an index, and its value.
const ATTESTATION: (&str, &str) = ("vnd.docker.reference.type", "attestation-manifest");

/// What the config of an image tells. One for all of them, since a large registry holds many.
static IMAGE_ATTRIBUTES: LazyLock<Option<Arc<Map<String, Value>>>> = LazyLock::new(|| {
    object(json!({
        "architecture": "amd64",
        "author": "",
        "config": {"Cmd": ["/bin/sh"], "Env": ["PATH=/bin"]},
        "created": "2026-01-01T00:00:00Z",
        "os": "linux",
    }))
});

impl Artifact {
    /// An image for linux/amd64.
    #[must_use]
    pub fn image() -> Self {
        Self { size: 1_000_000, extra_attributes: IMAGE_ATTRIBUTES.clone(), ..Self::of_kind(Kind::Image) }
    }

    /// An image for linux/amd64 whose manifest has the format of the OCI instead of Docker's.
    #[must_use]
    pub fn oci_image() -> Self {
        Self { media_types: Some(MediaTypes::oci_image()), ..Self::image() }
    }

    /// An index without children.
    #[must_use]
    pub fn index() -> Self {
        Self { size: 2_000, ..Self::of_kind(Kind::Index) }
    }

    /// A Helm chart, which cannot be scanned.
    #[must_use]
    pub fn chart(name: impl Into<String>, version: impl Into<String>) -> Self {
        let (name, version) = (name.into(), version.into());
        let attributes = json!({"apiVersion": "v2", "name": name, "version": version});
        Self { size: 500, ..Self::of_kind(Kind::Chart) }.with_extra_attributes(attributes)
    }

    /// A model of machine learning, which cannot be scanned.
    #[must_use]
    pub fn model(name: impl Into<String>) -> Self {
        let attributes = json!({"descriptor": {"name": name.into()}});
        Self { size: 5_000_000, ..Self::of_kind(Kind::Model) }.with_extra_attributes(attributes)
    }

    /// An artifact of another type, which cannot be scanned.
    #[must_use]
    pub fn other(name: impl Into<String>, media_type: impl Into<String>) -> Self {
        let (name, media_type) = (name.into(), media_type.into());
        let artifact_type = media_type.clone();
        Self::of_kind(Kind::Other { name, media_type, artifact_type })
    }

    /// Sets the digest; without it the digest is made from the repository and the number of
    /// artifacts before.
    #[must_use]
    pub fn with_digest(mut self, digest: impl AsRef<str>) -> Self {
        self.digest = Arc::from(digest.as_ref());
        self
    }

    /// Sets the digest to the SHA-256 of a text, so that two artifacts can share it.
    #[must_use]
    pub fn with_content(mut self, content: impl AsRef<[u8]>) -> Self {
        self.digest = digest_of(content.as_ref());
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn with_tag(mut self, tag: impl Into<String>) -> Self {
        self.pushed_tags.push(tag.into());
        self
    }

    /// Adds a child to an index. It is pushed before the index, and lists hide it unless it has a
    /// tag.
    #[must_use]
    pub fn with_child(mut self, platform: Platform, child: Artifact) -> Self {
        self.children.push((platform, child));
        self
    }

    /// Gives the artifact a scan that ended with a report.
    #[must_use]
    pub fn with_report(self, report: Report) -> Self {
        self.with_scan(Scan::Success(Arc::new(report)))
    }

    /// Gives the artifact a scan.
    #[must_use]
    pub fn with_scan(mut self, scan: Scan) -> Self {
        self.scan = Some(scan);
        self
    }

    /// Decides how all scans end that clients start; see [`Registry::set_next_scan`](super::Registry::set_next_scan).
    #[must_use]
    pub fn with_next_scan(mut self, scan: Scan) -> Self {
        self.next_scan = Some(scan);
        self
    }

    /// Adds an accessory. It is pushed after the artifact.
    #[must_use]
    pub fn with_accessory(mut self, accessory: Accessory) -> Self {
        self.pushed_accessories.push(accessory);
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }

    /// Sets the size in bytes.
    #[must_use]
    pub fn with_size(mut self, bytes: i64) -> Self {
        self.size = bytes;
        self
    }

    /// Sets the attributes that the config tells; anything but an object removes them.
    #[must_use]
    pub fn with_extra_attributes(mut self, attributes: Value) -> Self {
        self.extra_attributes = object(attributes);
        self
    }

    /// Sets the annotations of the manifest; anything but an object removes them.
    #[must_use]
    pub fn with_annotations(mut self, annotations: Value) -> Self {
        self.annotations = object(annotations);
        self
    }

    /// The digest; empty before the artifact is part of a registry, unless it was given.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The number that the database gave; 0 before the artifact is part of a registry.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The names of the tags, the newest last.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(|tag| tag.name.as_str())
    }

    /// Whether the scanner can scan the type. An index counts, although only its images are scanned.
    #[must_use]
    pub fn is_scannable(&self) -> bool {
        matches!(self.kind, Kind::Image | Kind::Index) && !self.is_accessory
    }

    /// Whether lists leave the artifact out because it is an accessory, or an untagged child of an index.
    pub(crate) fn is_hidden(&self) -> bool {
        self.is_accessory || (self.referenced && self.tags.is_empty())
    }

    /// The media type of the config, or of the index itself.
    pub(crate) fn media_type(&self) -> &str {
        self.media_types.as_ref().map_or_else(|| self.kind.media_type(), |types| &types.config)
    }

    pub(crate) fn manifest_media_type(&self) -> &str {
        self.media_types.as_ref().map_or_else(|| self.kind.manifest_media_type(), |types| &types.manifest)
    }

    /// The member `artifact_type`; empty where it is not there.
    pub(crate) fn artifact_type(&self) -> &str {
        self.media_types.as_ref().map_or_else(|| self.kind.artifact_type(), |types| &types.artifact)
    }

    pub(crate) fn refer_to(&mut self, child_id: i64, child_digest: Arc<str>, platform: Platform) {
        let annotations = (platform == Platform::unknown()).then(|| json!({ATTESTATION.0: ATTESTATION.1}));
        let annotations = annotations.and_then(object);
        self.references.push(Reference { parent_id: 0, child_id, child_digest, platform, annotations, urls: None });
    }

    pub(crate) fn of_kind(kind: Kind) -> Self {
        Self {
            id: 0,
            kind,
            digest: Arc::from(""),
            pushed: BEGINNING,
            pulled: None,
            size: 0,
            extra_attributes: None,
            annotations: None,
            references: Vec::new(),
            tags: Vec::new(),
            labels: Vec::new(),
            media_types: None,
            accessories: Vec::new(),
            is_accessory: false,
            sbom: None,
            additions: Vec::new(),
            document: None,
            referenced: false,
            children: Vec::new(),
            pushed_tags: Vec::new(),
            pushed_accessories: Vec::new(),
            scan: None,
            next_scan: None,
        }
    }
}

impl Reference {
    /// Whether the child is about another child, and nothing to scan.
    pub(crate) fn is_attestation(&self) -> bool {
        let (name, value) = ATTESTATION;
        self.annotations.as_ref().is_some_and(|annotations| annotations.get(name).is_some_and(|kind| kind == value))
    }
}

impl Platform {
    /// The platform of an attestation that an index holds beside its images; such a child is never scanned.
    #[must_use]
    pub fn unknown() -> Self {
        Self { os: "unknown".to_owned(), ..Self::linux("unknown") }
    }

    /// A platform of Linux.
    #[must_use]
    pub fn linux(architecture: impl Into<String>) -> Self {
        Self {
            architecture: architecture.into(),
            os: "linux".to_owned(),
            variant: None,
            os_version: None,
            os_features: Vec::new(),
        }
    }

    /// Sets the variant of the processor.
    #[must_use]
    pub fn with_variant(mut self, variant: impl Into<String>) -> Self {
        self.variant = Some(variant.into());
        self
    }
}

/// The digest of a content.
pub(crate) fn digest_of(content: &[u8]) -> Arc<str> {
    let hash = Sha256::digest(content);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Arc::from(format!("sha256:{hex}"))
}

pub(crate) fn object(value: Value) -> Option<Arc<Map<String, Value>>> {
    match value {
        Value::Object(map) if !map.is_empty() => Some(Arc::new(map)),
        _ => None,
    }
}
