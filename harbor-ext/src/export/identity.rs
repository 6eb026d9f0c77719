//! What images and packages are called elsewhere: image references, package URLs, file names, fingerprints.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

use crate::model::{Artifact, ArtifactInfo, Finding};
use crate::version::{self, Confidence, Distribution, Scheme};

/// Everything but what the specification of package URLs leaves as it is.
const PURL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same for values with slashes, such as the address of a repository.
const PURL_PATH: &AsciiSet = &PURL.remove(b'/');
/// What may stand in the path of a URI.
const URI_PATH: &AsciiSet = &PURL_PATH.remove(b'@').remove(b'+').remove(b'=').remove(b'!').remove(b'$').remove(b',');

/// The [name](Artifact::name_with_registry) as a relative URI, whose first segment must have no colon: it would be a scheme.
pub(super) fn uri(artifact: &Artifact) -> String {
    const LATER_SEGMENTS: &AsciiSet = &URI_PATH.remove(b':');
    let name = artifact.name_with_registry();
    let (first, later) = name.split_once('/').unwrap_or((&name, ""));
    format!("{}/{}", utf8_percent_encode(first, URI_PATH), utf8_percent_encode(later, LATER_SEGMENTS))
}

/// The package URL of an artifact. It has no tag, because a tag can move.
pub(super) fn artifact_purl(artifact: &Artifact) -> String {
    let path = artifact.repository.full().to_lowercase();
    let last = path.rsplit('/').next().unwrap_or(&path);
    let (last, digest) = (utf8_percent_encode(last, PURL), utf8_percent_encode(artifact.digest.as_str(), PURL));
    let architecture = artifact.platform.architecture.as_deref().filter(|architecture| !architecture.is_empty());
    let architecture =
        architecture.map(|name| format!("arch={}&", utf8_percent_encode(name, PURL))).unwrap_or_default();
    let repository = artifact.repository_with_registry();
    format!("pkg:oci/{last}@{digest}?{architecture}repository_url={}", utf8_percent_encode(&repository, PURL_PATH))
}

/// Which ecosystems the packages of an artifact belong to, as far as its findings tell.
pub(super) struct Ecosystem {
    distribution: Option<Distribution>,
    is_ubuntu: bool,
}

impl Ecosystem {
    pub(super) fn of(info: &ArtifactInfo) -> Self {
        let packages = || info.findings().map(|finding| (finding.get().package(), finding.get().version()));
        let is_ubuntu = packages().any(|(_, version)| version.contains("ubuntu"));
        Self { distribution: Distribution::of(packages()), is_ubuntu }
    }

    /// The package URL of the package of a finding; `None` where it cannot be told which kind of package it is: a wrong one
    /// would be about another package.
    pub(super) fn package_purl(&self, finding: &Finding) -> Option<String> {
        let (package, version) = (finding.package(), finding.version());
        let guess = version::guess(package, version, self.distribution)?;
        if package.is_empty() || guess.confidence == Confidence::Weak {
            return None;
        }
        let encoded = |text: &str| utf8_percent_encode(text, PURL).to_string();
        let path = match guess.scheme {
            Scheme::Dpkg if self.is_ubuntu => format!("deb/ubuntu/{}", encoded(package)),
            Scheme::Dpkg => format!("deb/debian/{}", encoded(package)),
            Scheme::Apk => format!("apk/alpine/{}", encoded(package)),
            Scheme::Rpm => format!("rpm/{}", encoded(package)),
            Scheme::Pep440 => format!("pypi/{}", encoded(&package.to_lowercase().replace('_', "-"))),
            Scheme::Npm => format!("npm/{}", utf8_percent_encode(package, PURL_PATH)),
            Scheme::Go => format!("golang/{}", utf8_percent_encode(package, PURL_PATH)),
            Scheme::Maven => {
                let (group, artifact) = package.split_once(':')?;
                format!("maven/{}/{}", encoded(group), encoded(artifact))
            }
            Scheme::SemVer => return None,
        };
        let version = if version.is_empty() { String::new() } else { format!("@{}", encoded(version)) };
        Some(format!("pkg:{path}{version}"))
    }
}

/// The identifier of the vulnerability; `unnamed` where the scanner gives none, because formats demand one.
pub(super) fn vulnerability(finding: &Finding) -> &str {
    let id = finding.id().trim();
    if id.is_empty() { "unnamed" } else { id }
}

/// A package and its version as one text that no other package and version have.
pub(super) fn package_reference(finding: &Finding) -> String {
    format!("{}@{}", utf8_percent_encode(finding.package(), PURL), utf8_percent_encode(finding.version(), PURL))
}

/// A URL as such, if it is one that can be opened in a browser without harm.
pub(super) fn link(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.to_string())
}

/// The number of a weakness, such as 79 for `CWE-79`.
pub(super) fn weakness(id: &str) -> Option<u32> {
    let (prefix, number) = id.trim().split_once('-')?;
    number.parse().ok().filter(|number| *number > 0 && prefix.eq_ignore_ascii_case("cwe"))
}

/// 64 hexadecimal digits that the parts have and no other parts.
pub(super) fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts are the same text.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A UUID made of the parts (version 8 of RFC 9562), so that the same export has the same.
pub(super) fn uuid<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let digits = fingerprint(parts);
    format!("{}-{}-8{}-8{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..32])
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::model::ReportState;

    fn purl(package: &str, version: &str) -> Option<String> {
        let mut finding = samples::finding("CVE-1", package, "Low");
        finding["version"] = version.into();
        let info = samples::info("a/b", 1, samples::reported(&[finding]));
        let ecosystem = Ecosystem::of(&info);
        info.findings().next().and_then(|finding| ecosystem.package_purl(&finding))
    }

    #[test]
    fn packages_have_their_urls_where_their_kind_is_known() {
        for (package, version, expected) in [
            (
                "org.apache.logging.log4j:log4j-core",
                "2.14.1",
                Some("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"),
            ),
            ("@babel/traverse", "7.1.0", Some("pkg:npm/%40babel/traverse@7.1.0")),
            ("github.com/docker/docker", "v20.10.0", Some("pkg:golang/github.com/docker/docker@v20.10.0")),
            ("musl", "1.2.3-r4", Some("pkg:apk/alpine/musl@1.2.3-r4")),
            ("bash", "5.1-2+deb11u1", Some("pkg:deb/debian/bash@5.1-2%2Bdeb11u1")),
            ("bash", "5.0-6ubuntu1.1", Some("pkg:deb/ubuntu/bash@5.0-6ubuntu1.1")),
            ("lodash", "4.17.0", None),
            ("", "4.17.0", None),
        ] {
            assert_eq!(purl(package, version).as_deref(), expected, "{package} {version}");
        }
    }

    #[test]
    fn images_have_their_names() {
        let info = samples::info("Shop/cart", 1, ReportState::NotScanned);
        let digest = format!("sha256:{:064x}", 1);
        assert_eq!(info.artifact.full_name(), format!("harbor.example.com/Shop/cart@{digest}"));
        assert_eq!(uri(&info.artifact), "harbor.example.com/Shop/cart:1.1");
        let mut with_port = (*info.artifact).clone();
        with_port.registry = Some("localhost:5000".into());
        assert_eq!(uri(&with_port), "localhost%3A5000/Shop/cart:1.1");
        let digest = digest.replace(':', "%3A");
        let url = "repository_url=harbor.example.com/Shop/cart";
        assert_eq!(artifact_purl(&info.artifact), format!("pkg:oci/cart@{digest}?arch=amd64&{url}"));
    }

    #[test]
    fn nothing_but_links_is_a_link() {
        assert_eq!(link("https://example.com/<a b>").as_deref(), Some("https://example.com/%3Ca%20b%3E"));
        for text in ["javascript:alert(1)", "data:text/html,x", "/a", "", samples::HOSTILE, "file:///etc/passwd"] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        assert_eq!(uuid(["a"]).len(), 36);
    }
}
