//! The full reference of one artifact.

use std::sync::Arc;

use super::{Digest, NameError, NameKind, Reference, RepositoryName, Tag};

/// The full reference of one artifact: a repository with a tag or a digest, such as `library/nginx:1.25` or
/// `library/a/b@sha256:…`.
///
/// A reference with both, such as `library/nginx:1.25@sha256:…`, means the digest, as it does to Docker: whoever writes a
/// digest wants that content, wherever the tag points to by now. The tag must be one, and is dropped.
///
/// A text without tag and digest is refused. Docker would take it for `latest`, and a forgotten tag would then be
/// answered with an image that nobody meant.
///
/// ```
/// # use harbor_ext::name::{ArtifactReference, Reference};
/// let nginx: ArtifactReference = "library/base/nginx:1.25".parse()?;
/// assert_eq!(nginx.repository().path(), "base/nginx");
/// assert_eq!(nginx.reference().as_str(), "1.25");
/// assert_eq!(nginx.to_string(), "library/base/nginx:1.25");
/// # Ok::<(), harbor_ext::name::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArtifactReference {
    repository: RepositoryName,
    reference: Reference,
    full: Arc<str>,
}

/// What can name one artifact to [`Harbor::artifact`](crate::Harbor::artifact) and
/// [`Harbor::report`](crate::Harbor::report): a text, an [`ArtifactReference`] or its parts, or an artifact that was
/// listed before, which is named by its digest.
///
/// A text may begin with the host of the Harbor that is asked, as references for `docker pull` do:
/// `harbor.example.com/library/nginx:1.25`. It is left out where a project and a repository follow.
pub trait NamesArtifact {
    /// The reference, for a Harbor at `host`, which has its port behind a colon unless that is the usual one.
    ///
    /// # Errors
    ///
    /// When it is no reference of an artifact.
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError>;
}

impl ArtifactReference {
    /// Puts a repository together with a tag or a digest.
    #[must_use]
    pub fn new(repository: RepositoryName, reference: impl Into<Reference>) -> Self {
        let reference = reference.into();
        let sign = match &reference {
            Reference::Tag(_) => ':',
            Reference::Digest(_) => '@',
        };
        let full = format!("{repository}{sign}{}", reference.as_str()).into();
        Self { repository, reference, full }
    }

    /// The repository.
    #[must_use]
    pub fn repository(&self) -> &RepositoryName {
        &self.repository
    }

    /// The tag or the digest inside of the repository.
    #[must_use]
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The tag, where there is one.
    #[must_use]
    pub fn tag(&self) -> Option<&Tag> {
        match &self.reference {
            Reference::Tag(tag) => Some(tag),
            Reference::Digest(_) => None,
        }
    }

    /// The digest, where there is one.
    #[must_use]
    pub fn digest(&self) -> Option<&Digest> {
        match &self.reference {
            Reference::Digest(digest) => Some(digest),
            Reference::Tag(_) => None,
        }
    }

    /// The whole reference.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.full
    }

    pub(super) fn parse(text: &str) -> Result<Self, NameError> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        // A colon in front of a slash would be the port of a host, which the name of a repository refuses.
        let (repository, tag) = match name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
            Some((repository, tag)) => (repository, Some(Tag::parse(tag)?)),
            None => (name, None),
        };
        let repository = RepositoryName::parse(repository)?;
        match (digest.map(Reference::Digest), tag.map(Reference::Tag)) {
            (Some(reference), _) | (None, Some(reference)) => Ok(Self::new(repository, reference)),
            (None, None) => {
                Err(NameError::new(NameKind::Artifact, text, "there is neither a tag nor a digest behind it".into()))
            }
        }
    }
}

impl<R: Into<Reference>> From<(RepositoryName, R)> for ArtifactReference {
    fn from((repository, reference): (RepositoryName, R)) -> Self {
        Self::new(repository, reference)
    }
}

impl NamesArtifact for str {
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError> {
        let inside = self.strip_prefix(host).and_then(|rest| rest.strip_prefix('/'));
        ArtifactReference::parse(inside.filter(|rest| rest.contains('/')).unwrap_or(self))
    }
}

impl NamesArtifact for String {
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError> {
        self.as_str().artifact_reference(host)
    }
}

impl NamesArtifact for ArtifactReference {
    fn artifact_reference(&self, _: &str) -> Result<ArtifactReference, NameError> {
        Ok(self.clone())
    }
}

impl<R: Clone + Into<Reference>> NamesArtifact for (RepositoryName, R) {
    fn artifact_reference(&self, _: &str) -> Result<ArtifactReference, NameError> {
        Ok(self.clone().into())
    }
}

impl<N: NamesArtifact + ?Sized> NamesArtifact for &N {
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError> {
        (**self).artifact_reference(host)
    }
}

impl<N: NamesArtifact + ?Sized> NamesArtifact for Arc<N> {
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError> {
        (**self).artifact_reference(host)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOST: &str = "harbor.example.com:8443";

    fn digest() -> String {
        format!("sha256:{}", "0123456789abcdef".repeat(4))
    }

    #[test]
    fn references_are_read_with_tag_with_digest_and_with_both() {
        let digest = digest();
        for (text, repository, reference) in [
            ("library/nginx:1.25".to_owned(), "library/nginx", "1.25"),
            ("p/a/b/c:v1".to_owned(), "p/a/b/c", "v1"),
            (format!("p/a/b@{digest}"), "p/a/b", &*digest),
            (format!("p/a:v1@{digest}"), "p/a", &digest),
            ("harbor.example.com:8443/p/a:v1".to_owned(), "p/a", "v1"),
            // A project may be called like a host, and only the own one is left out.
            ("harbor.example.com/p/a:v1".to_owned(), "harbor.example.com/p/a", "v1"),
        ] {
            let read = text.artifact_reference(HOST).unwrap();
            assert_eq!((read.repository().full(), read.reference().as_str()), (repository, reference), "{text}");
            assert_eq!(read.as_str().parse::<ArtifactReference>().as_ref(), Ok(&read));
            assert_eq!(read.tag().is_some(), read.digest().is_none());
        }
        let project = "harbor.example.com/a:v1".artifact_reference("harbor.example.com").unwrap();
        assert_eq!(project.repository().full(), "harbor.example.com/a");
    }

    #[test]
    fn what_is_no_reference_is_refused_with_a_reason() {
        let digest = digest();
        for (text, why) in [
            ("library/nginx".to_owned(), "neither a tag nor a digest"),
            ("nginx:latest".to_owned(), "no slash"),
            ("library/nginx:".to_owned(), "empty"),
            ("library/nginx@".to_owned(), "no colon"),
            ("library/nginx@sha256:abc".to_owned(), "digits"),
            (format!("library/nginx:a b@{digest}"), "a space"),
            ("other.example.com:443/p/a:v1".to_owned(), "\":\""),
            (format!("p/a@{digest}@{digest}"), "\"@\""),
        ] {
            let error = text.artifact_reference(HOST).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn parts_put_together_are_read_apart_again(
            project in "[a-z0-9][a-z0-9._-]{0,9}",
            path in "[a-z0-9]{1,5}(/[a-z0-9._-]{0,4}[a-z0-9]){0,3}",
            tag in "[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}",
            has_digest in any::<bool>(),
        ) {
            let repository: RepositoryName = format!("{project}/{path}").parse().unwrap();
            let reference = if has_digest {
                Reference::Digest(digest().parse().unwrap())
            } else {
                Reference::Tag(tag.parse().unwrap())
            };
            let full = ArtifactReference::new(repository, reference);
            let read = full.as_str().artifact_reference(HOST).unwrap();
            prop_assert_eq!(&read, &full);
            let json = serde_json::to_string(&full).unwrap();
            prop_assert_eq!(serde_json::from_str::<ArtifactReference>(&json).unwrap(), full);
        }
    }
}
