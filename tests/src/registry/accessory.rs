//! Accessories: artifacts that belong to another one, such as signatures and SBOMs.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Artifact, BEGINNING, Kind, icon};

/// The type of an SBOM that Harbor made.
pub(crate) const SBOM: &str = "sbom.harbor";

/// An artifact that belongs to another one, its subject.
///
/// It has a digest and can be asked for, but lists of artifacts never show it.
#[derive(Clone, Debug)]
pub struct Accessory {
    pub(super) kind: String,
    pub(super) icon: String,
    pub(super) artifact: Artifact,
}

/// What a subject knows of an accessory.
#[derive(Clone, Debug)]
pub(crate) struct AccessoryRow {
    pub(crate) id: i64,
    pub(crate) artifact_id: i64,
    pub(crate) digest: Arc<str>,
    pub(crate) kind: String,
    pub(crate) icon: String,
    pub(crate) size: i64,
    pub(crate) created: DateTime<Utc>,
}

impl Accessory {
    /// A signature of cosign.
    #[must_use]
    pub fn signature() -> Self {
        Self::new("signature.cosign", icon::SIGNATURE, Artifact::oci_image().with_size(707))
    }

    /// A signature of Notation.
    #[must_use]
    pub fn notation() -> Self {
        let artifact = Artifact::other("UNKNOWN", "application/vnd.cncf.notary.signature").with_size(730);
        Self::new("signature.notation", "", artifact)
    }

    /// An image in the format of Nydus, which starts faster.
    #[must_use]
    pub fn nydus() -> Self {
        Self::new("accelerator.nydus", icon::NYDUS, Artifact::oci_image())
    }

    /// Any other artifact whose manifest names a subject.
    #[must_use]
    pub fn other(artifact: Artifact) -> Self {
        Self::new("subject.accessory", "", artifact)
    }

    /// Sets the digest; without it the digest is made up.
    #[must_use]
    pub fn with_digest(mut self, digest: impl AsRef<str>) -> Self {
        self.artifact = self.artifact.with_digest(digest);
        self
    }

    /// An SBOM that Harbor made.
    pub(super) fn sbom(document: &Value) -> Self {
        let created = BEGINNING.to_rfc3339_opts(SecondsFormat::Secs, true);
        let mut artifact = Artifact::of_kind(Kind::Sbom).with_size(1092).with_annotations(json!({
            "created": created,
            "created-by": "Harbor",
            "org.opencontainers.artifact.created": created,
            "org.opencontainers.artifact.description": "SPDX JSON SBOM",
        }));
        let document = document.to_string();
        artifact.extra_attributes = super::artifact::object(json!({
            "architecture": "",
            "config": {},
            "created": "0001-01-01T00:00:00Z",
            "history": [{"author": "harbor", "created": "0001-01-01T00:00:00Z", "created_by": "harbor"}],
            "os": "",
            "rootfs": {"diff_ids": [super::artifact::digest_of(document.as_bytes())], "type": "layers"},
        }));
        artifact.document = Some(Arc::from(document));
        Self::new(SBOM, icon::SBOM, artifact)
    }

    fn new(kind: &str, icon: &str, artifact: Artifact) -> Self {
        Self { kind: kind.to_owned(), icon: icon.to_owned(), artifact }
    }
}
