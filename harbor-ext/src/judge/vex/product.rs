//! What a document calls a product, and what that is in a registry.

use super::package::Package;
use super::purl::Purl;
use crate::model::{Artifact, FindingRef};
use crate::name::Digest;

/// What a document says to identify a product or a part of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity {
    /// What the document calls it; for people.
    pub(super) label: String,
    /// Package URLs and other identifiers, the most telling first.
    pub(super) identifiers: Vec<String>,
    /// Hashes of its content as digests, such as `sha256:…`.
    pub(super) hashes: Vec<String>,
}

/// What an identity is in a registry.
#[derive(Clone, Debug)]
pub(super) enum Product {
    Image(Image),
    Package(Package),
}

/// Images that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Image {
    /// Where there are any, they say it all.
    digests: Vec<Digest>,
    /// The host of the registry and the name.
    repository: Option<String>,
    /// The image has to have all of these.
    tags: Vec<String>,
    architecture: Option<String>,
}

impl Product {
    /// Finds out what an identity is; if nothing that a registry has, why.
    pub(super) fn recognise(identity: &Identity) -> Result<Self, &'static str> {
        match identity.identifiers.iter().find_map(|text| Purl::parse(text)) {
            Some(purl) if matches!(&*purl.kind, "oci" | "docker") => Image::new(Some(&purl), identity).map(Self::Image),
            // The hashes of a package are not those of an image.
            Some(purl) => Package::new(&purl).map(Self::Package),
            None => Image::new(None, identity).map(Self::Image),
        }
    }
}

impl Image {
    fn new(purl: Option<&Purl>, identity: &Identity) -> Result<Self, &'static str> {
        let version = purl.and_then(|purl| purl.version.as_deref());
        let names = identity.identifiers.iter().filter_map(|text| digest_in(text));
        let hashes = identity.hashes.iter().filter_map(|text| text.parse().ok());
        let mut digests: Vec<Digest> = version.and_then(|version| version.parse().ok()).into_iter().collect();
        digests.extend(names.chain(hashes));
        let Some(purl) = purl else {
            return match digests.is_empty() {
                true => Err("it is neither a package URL nor has it a digest"),
                false => Ok(Self { digests, repository: None, tags: Vec::new(), architecture: None }),
            };
        };
        let tag = version.filter(|version| version.parse::<Digest>().is_err());
        let tags: Vec<String> = tag.into_iter().chain(purl.qualifier("tag")).map(str::to_owned).collect();
        // What looks like a digest and is none is no tag either.
        if digests.is_empty() && tags.iter().any(|tag| tag.contains(':')) {
            return Err("its digest cannot be read");
        }
        let repository = purl.qualifier("repository_url").and_then(|url| repository(url, purl));
        if digests.is_empty() && repository.is_none() {
            return Err("it has neither a digest nor a repository_url with the host of the registry");
        }
        Ok(Self { digests, repository, tags, architecture: purl.qualifier("arch").map(str::to_owned) })
    }

    /// Whether a finding in an artifact is in one of these images and in nothing else.
    pub(super) fn holds(&self, artifact: &Artifact, finding: FindingRef<'_>) -> bool {
        if self.digests.is_empty() {
            return self.is_named(artifact);
        }
        let is_one = |digest: &str| self.digests.iter().any(|known| known.as_str() == digest);
        let mut children = finding.artifact_digests();
        is_one(artifact.digest.as_str()) || (children.len() > 0 && children.all(is_one))
    }

    fn is_named(&self, artifact: &Artifact) -> bool {
        let Some(registry) = artifact.registry.as_deref() else {
            return false;
        };
        let is_repository = |spelling: &String| {
            let (host, path) = spelling.split_at_checked(registry.len()).unwrap_or_default();
            host.eq_ignore_ascii_case(registry) && path.strip_prefix('/') == Some(artifact.repository.full())
        };
        let has_tag = |tag: &String| artifact.tag_names().any(|own| own == tag);
        let is_architecture = |architecture: &String| artifact.platform.architecture.as_deref() == Some(architecture);
        self.repository.as_ref().is_some_and(is_repository)
            && self.tags.iter().all(has_tag)
            && self.architecture.as_ref().is_none_or(is_architecture)
    }
}

/// The repository that a URL means: it ends in the name of the image, or the name follows.
fn repository(url: &str, purl: &Purl) -> Option<String> {
    let (_, plain) = url.split_once("://").unwrap_or(("", url));
    let plain = plain.trim_matches('/');
    let Purl { namespace, name, .. } = purl;
    let ends_in_name = || plain.rsplit_once('/').is_some_and(|(_, last)| last == name);
    match (plain, &**namespace) {
        ("", _) => None,
        _ if ends_in_name() => Some(plain.to_owned()),
        (_, "") => Some(format!("{plain}/{name}")),
        _ => Some(format!("{plain}/{namespace}/{name}")),
    }
}

/// The digest that stands in a text, such as `harbor.example.com/library/nginx@sha256:…`.
fn digest_in(text: &str) -> Option<Digest> {
    ["sha256:", "sha512:"].into_iter().find_map(|algorithm| {
        let (_, after) = text.split_once(algorithm)?;
        let end = after.find(|character: char| !character.is_ascii_hexdigit()).unwrap_or(after.len());
        format!("{algorithm}{}", &after[..end]).parse().ok()
    })
}
