//! An artifact, as a list of artifacts gives it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{SbomOverview, ScanOverview};
use crate::name::{ArtifactReference, Digest, NameError, NamesArtifact, RepositoryName};

/// An artifact, as a list of artifacts gives it: an image, an index of images, a chart, or anything
/// else that a registry can hold.
///
/// What a list tells only when it is asked is `None` where it was not asked, and serialised only where it was: labels,
/// accessories, overviews, and whether a tag is immutable. Asked for and not there is an empty list or map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Artifact {
    /// The registry that listed it, by [`Harbor::registry`](crate::Harbor::registry), such as `harbor.example.com`. The
    /// same repository and digest in two registries are two artifacts. `None` for what was made without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<Arc<str>>,
    /// The repository that it was listed in.
    pub repository: RepositoryName,
    /// Harbor's number for that repository.
    pub repository_id: Option<i64>,
    /// Harbor's number for the project of that repository.
    pub project_id: Option<i64>,
    /// Harbor's number for it. The same content in two repositories has two numbers.
    pub id: i64,
    /// The digest of its content.
    pub digest: Digest,
    /// Harbor's word for what it is, such as `IMAGE` or `CHART`; `type` on the wire.
    #[serde(rename = "type")]
    pub kind: Arc<str>,
    /// The media type of its configuration.
    pub media_type: Arc<str>,
    /// The media type of its manifest, by which an index is told from an image.
    pub manifest_media_type: Arc<str>,
    /// The type that its manifest declares. Not known to servers before 2.11, nor for most indexes.
    pub artifact_type: Option<Arc<str>>,
    /// Its size in bytes; 0 where Harbor does not give it.
    pub size: u64,
    /// Its tags in the order of the list, which is not sorted.
    pub tags: Vec<ArtifactTag>,
    /// Its labels, where they were [asked for](crate::Query::with_labels).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<Label>>,
    /// What belongs to it, such as signatures, where that was [asked for](crate::Query::with_accessories).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accessories: Option<Vec<Accessory>>,
    /// What its scans amount to, by the media type of the report, where that was
    /// [asked for](crate::Query::with_scan_overview). Harbor gives one entry at most, and none for what was never scanned,
    /// cannot be scanned, or while its scanner is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_overview: Option<BTreeMap<String, ScanOverview>>,
    /// Where its SBOM stands: the outer `None` means that it was not [asked for](crate::Query::with_sbom_overview), the
    /// inner one (`null` in JSON) that there is none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "asked_for")]
    #[schemars(with = "Option<SbomOverview>")]
    pub sbom_overview: Option<Option<Box<SbomOverview>>>,
    /// When it was pushed.
    pub push_time: Option<DateTime<Utc>>,
    /// When it was last pulled; `None` where it never was.
    pub pull_time: Option<DateTime<Utc>>,
    /// The platform of an image.
    pub platform: Platform,
    /// The children of an index; empty for anything else.
    pub children: Vec<Child>,
    /// Whether the list linked to a vulnerability report. A link means that the scanner can scan
    /// the artifact; none, that it cannot or that it was down.
    pub has_vulnerability_link: bool,
}

/// A tag of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ArtifactTag {
    /// Its name.
    pub name: Arc<str>,
    /// When it was last pushed.
    pub push_time: Option<DateTime<Utc>>,
    /// Whether a rule keeps it from being moved or deleted, where that was
    /// [asked for](crate::Query::with_immutable_status).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub immutable: Option<bool>,
}

/// A label of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Label {
    /// Its name. A label of the registry and one of a project can have the same.
    pub name: String,
    /// Harbor's number for it.
    pub id: i64,
    /// Harbor's number for the project that it belongs to; `None` for a label of the whole registry.
    pub project_id: Option<i64>,
}

/// An artifact that belongs to another one, such as a signature or an SBOM. Lists of artifacts never show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Accessory {
    /// The digest of its content.
    pub digest: Digest,
    /// Harbor's word for what it is, such as `signature.cosign` or `sbom.harbor`; `type` on the wire.
    #[serde(rename = "type")]
    pub kind: Arc<str>,
    /// Its size in bytes.
    pub size: u64,
    /// When it was pushed.
    pub creation_time: Option<DateTime<Utc>>,
}

/// One artifact of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Child {
    /// The digest of its content.
    pub digest: Digest,
    /// The platform that it is for.
    pub platform: Platform,
}

/// What an image runs on. Displayed as `linux/amd64`, with `unknown` for what is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Platform {
    /// The architecture, such as `amd64`.
    pub architecture: Option<Arc<str>>,
    /// The operating system, such as `linux`.
    pub os: Option<Arc<str>>,
}

impl Platform {
    /// Whether it says that it is unknown, by which builders mark what belongs to an image and is none.
    pub(crate) fn is_unknown(&self) -> bool {
        let is_unknown = |text: &Option<Arc<str>>| text.as_deref() == Some("unknown");
        is_unknown(&self.architecture) && is_unknown(&self.os)
    }
}

impl Artifact {
    /// An artifact of which nothing but its name is known.
    #[must_use]
    pub fn new(repository: RepositoryName, digest: Digest) -> Self {
        Self {
            registry: None,
            repository,
            repository_id: None,
            project_id: None,
            id: 0,
            digest,
            kind: Arc::default(),
            media_type: Arc::default(),
            manifest_media_type: Arc::default(),
            artifact_type: None,
            size: 0,
            tags: Vec::new(),
            labels: None,
            accessories: None,
            scan_overview: None,
            sbom_overview: None,
            push_time: None,
            pull_time: None,
            platform: Platform::default(),
            children: Vec::new(),
            has_vulnerability_link: false,
        }
    }

    /// The names of its tags, in the order of the list.
    #[must_use]
    pub fn tag_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tags.iter().map(|tag| &*tag.name)
    }

    /// The names of its labels; `None` where labels were not asked for.
    #[must_use]
    pub fn label_names(&self) -> Option<impl ExactSizeIterator<Item = &str>> {
        Some(self.labels.as_ref()?.iter().map(|label| &*label.name))
    }

    /// What its vulnerability scans amount to: the first entry of the [`scan_overview`](Self::scan_overview), and there is
    /// never more than one. `None` where there is none or where it was not asked for.
    #[must_use]
    pub fn scan(&self) -> Option<&ScanOverview> {
        self.scan_overview.as_ref()?.values().next()
    }

    /// What tells its repository from all others: two registries may have one of the same name. Sorted by this, the
    /// repositories of a registry are together, and in it those of a project.
    #[must_use]
    pub fn repository_key(&self) -> (Option<&str>, &RepositoryName) {
        (self.registry.as_deref(), &self.repository)
    }

    /// What tells it from all other artifacts: the same content in two repositories, or in two registries, is two
    /// artifacts.
    #[must_use]
    pub fn key(&self) -> (Option<&str>, &RepositoryName, &Digest) {
        (self.registry.as_deref(), &self.repository, &self.digest)
    }

    /// The repository and the short digest, such as `library/nginx@sha256:0123abcd`: for people to
    /// read.
    #[must_use]
    pub fn name_with_digest(&self) -> String {
        format!("{}@{}", self.repository, self.digest.short())
    }

    /// The repository and the whole digest, by which the artifact can be pulled.
    #[must_use]
    pub fn name_with_full_digest(&self) -> String {
        format!("{}@{}", self.repository, self.digest)
    }

    /// The registry, the repository and the whole digest, such as `harbor.example.com/library/nginx@sha256:…`, by which
    /// the artifact can be pulled, and which no other artifact has; without the registry where that is not known.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}@{}", self.repository_with_registry(), self.digest)
    }

    /// The registry, the repository and the first tag, such as `harbor.example.com/library/nginx:1.27`, by which the
    /// artifact can be pulled; without a tag, the [`full_name`](Self::full_name). Without the registry where that is not
    /// known.
    #[must_use]
    pub fn name_with_registry(&self) -> String {
        match self.tag_names().next() {
            Some(tag) => format!("{}:{tag}", self.repository_with_registry()),
            None => self.full_name(),
        }
    }

    /// The registry and the repository, such as `harbor.example.com/library/nginx`; without the registry where that is not
    /// known.
    #[must_use]
    pub fn repository_with_registry(&self) -> String {
        match &self.registry {
            Some(registry) => format!("{registry}/{}", self.repository),
            None => self.repository.to_string(),
        }
    }

    /// The repository and the first tag, such as `library/nginx:latest`; without a tag,
    /// `library/nginx:untagged`, as Python's `harborapi` has it; `Display` gives the digest there.
    #[must_use]
    pub fn name_with_tag(&self) -> String {
        format!("{}:{}", self.repository, self.tag_names().next().unwrap_or("untagged"))
    }
}

/// The name for people: with the first tag, or with the short digest where there is none.
impl fmt::Display for Artifact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tag_names().next() {
            Some(tag) => write!(formatter, "{}:{tag}", self.repository),
            None => write!(formatter, "{}@{}", self.repository, self.digest.short()),
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [os, architecture] = [&self.os, &self.architecture].map(|part| part.as_deref().unwrap_or("unknown"));
        write!(formatter, "{os}/{architecture}")
    }
}

/// By its digest, so that it is the same artifact whatever became of its tags.
impl NamesArtifact for Artifact {
    fn artifact_reference(&self, _: &str) -> Result<ArtifactReference, NameError> {
        Ok(ArtifactReference::new(self.repository.clone(), self.digest.clone()))
    }
}

impl ArtifactTag {
    /// A tag of which nothing but its name is known.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), push_time: None, immutable: None }
    }
}

impl Label {
    /// A label of the whole registry.
    #[must_use]
    pub fn new(name: impl Into<String>, id: i64) -> Self {
        Self { name: name.into(), id, project_id: None }
    }
}

impl Accessory {
    /// An accessory of which nothing but its content and its type is known.
    #[must_use]
    pub fn new(digest: Digest, kind: impl Into<Arc<str>>) -> Self {
        Self { digest, kind: kind.into(), size: 0, creation_time: None }
    }
}

impl Child {
    /// A child of this content for this platform.
    #[must_use]
    pub fn new(digest: Digest, platform: Platform) -> Self {
        Self { digest, platform }
    }
}

/// Reads what is there, `null` included: only what is missing was not asked for.
fn asked_for<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn artifact() -> Artifact {
        Artifact::new("p/r".parse().unwrap(), format!("sha256:{:064}", 1).parse().unwrap())
    }

    /// S20: the scan is the first entry of the overview, or nothing.
    #[test]
    fn the_scan_is_the_first_entry_of_the_overview() {
        let mut artifact = artifact();
        assert!(artifact.scan().is_none());
        artifact.scan_overview = Some(BTreeMap::new());
        assert!(artifact.scan().is_none());
        let overview: ScanOverview =
            serde_json::from_value(json!({"scan_status": "Success", "severity": "High"})).unwrap();
        artifact.scan_overview = Some(BTreeMap::from([("application/report".to_owned(), overview)]));
        assert_eq!(artifact.scan().and_then(ScanOverview::severity), Some(super::super::Severity::High));
    }

    #[test]
    fn what_was_not_asked_for_is_not_what_is_not_there() {
        let bare = artifact();
        let json = serde_json::to_value(&bare).unwrap();
        for name in ["labels", "accessories", "scan_overview", "sbom_overview"] {
            assert!(json.get(name).is_none(), "{name} was not asked for");
        }
        let mut asked = artifact();
        asked.tags = vec![ArtifactTag { immutable: Some(false), ..ArtifactTag::new("v1") }];
        asked.labels = Some(vec![Label::new("important", 3)]);
        asked.accessories = Some(vec![Accessory::new(asked.digest.clone(), "signature.cosign")]);
        asked.scan_overview = Some(BTreeMap::new());
        asked.sbom_overview = Some(None);
        let without = Artifact { labels: Some(Vec::new()), accessories: Some(Vec::new()), ..asked.clone() };
        let with_sbom = Artifact { sbom_overview: Some(Some(Box::default())), ..asked.clone() };
        for artifact in [bare, asked, without, with_sbom] {
            let json = serde_json::to_string(&artifact).unwrap();
            assert_eq!(serde_json::from_str::<Artifact>(&json).unwrap(), artifact, "{json}");
        }
    }

    /// I3, I4, I5: names with a short or a whole digest, or with the first tag. A digest is never missing: an artifact
    /// without one is not listed but reported as a failure.
    #[test]
    fn names_are_for_people_and_for_pulling() {
        let repository = "p/a/b".parse().unwrap();
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4)).parse().unwrap();
        let mut artifact = Artifact::new(repository, digest);
        assert_eq!(artifact.name_with_digest(), "p/a/b@sha256:01234567");
        assert_eq!(artifact.name_with_full_digest(), format!("p/a/b@sha256:{}", "0123456789abcdef".repeat(4)),);
        assert_eq!(artifact.name_with_tag(), "p/a/b:untagged");
        assert_eq!(artifact.to_string(), "p/a/b@sha256:01234567");
        artifact.tags = vec![ArtifactTag::new("v2"), ArtifactTag::new("v1")];
        assert_eq!(artifact.name_with_tag(), "p/a/b:v2");
        assert_eq!(artifact.to_string(), "p/a/b:v2");
        assert_eq!(
            (artifact.name_with_registry(), artifact.full_name()),
            ("p/a/b:v2".into(), artifact.name_with_full_digest())
        );
        artifact.registry = Some("harbor.example.com:8443".into());
        assert_eq!(artifact.name_with_registry(), "harbor.example.com:8443/p/a/b:v2");
        assert_eq!(artifact.to_string(), "p/a/b:v2");
        artifact.tags.clear();
        assert_eq!(artifact.name_with_registry(), format!("harbor.example.com:8443/p/a/b@{}", artifact.digest));
    }

    #[test]
    fn a_platform_is_written_as_docker_writes_it() {
        let arm = Platform { architecture: Some("arm64".into()), os: Some("linux".into()) };
        assert_eq!([arm, Platform::default()].map(|platform| platform.to_string()), ["linux/arm64", "unknown/unknown"]);
    }
}
