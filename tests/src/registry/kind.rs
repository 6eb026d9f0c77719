//! What an artifact is, and the media types that say so.

use std::sync::Arc;

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
            Self::Image | Self::Index => "sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06",
            Self::Chart => "sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518",
            Self::Model => "sha256:1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717",
            Self::Sbom => "sha256:c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae",
            Self::Other { name, .. } if name == "WASM" => {
                "sha256:badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6"
            }
            Self::Other { .. } => "sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f",
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
