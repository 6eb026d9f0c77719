//! What an artifact is, and the media types that say so.

use std::sync::Arc;

use super::icon;

/// What an artifact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Image,
    Index,
    Chart,
    /// A model of machine learning, `CNAI`.
    Model,
    /// A bill of materials that Harbor made.
    Sbom,
    /// A type that the scanner does not know, with the media type of its config.
    Other {
        name: String,
        media_type: String,
        artifact_type: String,
    },
}

/// Media types that differ from the usual ones of the kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaTypes {
    pub(crate) config: String,
    pub(crate) manifest: String,
    pub(crate) artifact: String,
}

impl Kind {
    /// The word in the member `type`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Image | Self::Index => "IMAGE",
            Self::Chart => "CHART",
            Self::Model => "CNAI",
            Self::Sbom => "SBOM",
            Self::Other { name, .. } => name,
        }
    }

    /// The picture that stands for the type.
    pub(crate) fn icon(&self) -> &'static str {
        match self {
            Self::Image | Self::Index => icon::IMAGE,
            Self::Chart => icon::CHART,
            Self::Model => icon::MODEL,
            Self::Sbom => icon::SBOM,
            Self::Other { name, .. } if name == "WASM" => icon::WASM,
            Self::Other { .. } => icon::OTHER,
        }
    }

    /// The media type of the config, or of the index itself.
    pub(super) fn media_type(&self) -> &str {
        match self {
            Self::Image => "application/vnd.docker.container.image.v1+json",
            Self::Index => "application/vnd.oci.image.index.v1+json",
            Self::Chart => "application/vnd.cncf.helm.config.v1+json",
            Self::Model => "application/vnd.cnai.model.config.v1+json",
            Self::Sbom => "application/vnd.goharbor.harbor.sbom.v1",
            Self::Other { media_type, .. } => media_type,
        }
    }

    pub(super) fn manifest_media_type(&self) -> &str {
        match self {
            Self::Image => "application/vnd.docker.distribution.manifest.v2+json",
            Self::Index => "application/vnd.oci.image.index.v1+json",
            Self::Chart | Self::Model | Self::Sbom | Self::Other { .. } => "application/vnd.oci.image.manifest.v1+json",
        }
    }

    /// The member `artifact_type`, empty for an index.
    pub(super) fn artifact_type(&self) -> &str {
        match self {
            Self::Index => "",
            Self::Model => "application/vnd.cnai.model.manifest.v1+json",
            Self::Other { artifact_type, .. } => artifact_type,
            other => other.media_type(),
        }
    }
}

impl MediaTypes {
    /// Those of an image in the format of the OCI.
    pub(super) fn oci_image() -> Arc<Self> {
        let config = "application/vnd.oci.image.config.v1+json";
        Arc::new(Self {
            config: config.to_owned(),
            manifest: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            artifact: config.to_owned(),
        })
    }
}
