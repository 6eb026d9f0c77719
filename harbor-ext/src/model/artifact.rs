//! An artifact, as a list of artifacts gives it.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::name::{Digest, RepositoryName};

/// An artifact, as a list of artifacts gives it: an image, an index of images, a chart, or anything
/// else that a registry can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Artifact {
    /// The repository that it was listed in.
    pub repository: RepositoryName,
    /// Harbor's number for it. The same content in two repositories has two numbers.
    pub id: i64,
    /// The digest of its content.
    pub digest: Digest,
    /// Harbor's word for what it is, such as `IMAGE` or `CHART`; `type` on the wire.
    #[serde(rename = "type")]
    pub kind: String,
    /// The media type of its configuration.
    pub media_type: String,
    /// The media type of its manifest, by which an index is told from an image.
    pub manifest_media_type: String,
    /// The type that its manifest declares. Not known to servers before 2.11, nor for most indexes.
    pub artifact_type: Option<String>,
    /// Its size in bytes; 0 where Harbor does not give it.
    pub size: u64,
    /// Its tags in the order of the list, which is not sorted.
    pub tags: Vec<ArtifactTag>,
    /// The names of its labels.
    pub labels: Vec<String>,
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct ArtifactTag {
    /// Its name.
    pub name: Arc<str>,
    /// When it was last pushed.
    pub push_time: Option<DateTime<Utc>>,
}

/// One artifact of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Child {
    /// The digest of its content.
    pub digest: Digest,
    /// The platform that it is for.
    pub platform: Platform,
}

/// What an image runs on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Platform {
    /// The architecture, such as `amd64`.
    pub architecture: Option<String>,
    /// The operating system, such as `linux`.
    pub os: Option<String>,
}

impl Artifact {
    /// An artifact of which nothing but its name is known.
    #[must_use]
    pub fn new(repository: RepositoryName, digest: Digest) -> Self {
        Self {
            repository,
            id: 0,
            digest,
            kind: String::new(),
            media_type: String::new(),
            manifest_media_type: String::new(),
            artifact_type: None,
            size: 0,
            tags: Vec::new(),
            labels: Vec::new(),
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

impl ArtifactTag {
    /// A tag of which nothing but its name is known.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), push_time: None }
    }
}

impl Child {
    /// A child for a platform.
    #[must_use]
    pub fn new(digest: Digest, platform: Platform) -> Self {
        Self { digest, platform }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
