//! Packages that statements are about.

use super::purl::Purl;
use crate::model::Finding;

/// A package, in one version or in any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Package {
    kind: Kind,
    /// As Harbor's reports write it.
    name: String,
    version: Option<String>,
}

/// What names and versions look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Of a distribution of Linux.
    System,
    Go,
    Python,
    /// Of another programming language.
    Language,
    /// Of nothing that is known.
    Other,
}

impl Package {
    /// Why it is none is told in words.
    pub(super) fn new(purl: &Purl) -> Result<Self, &'static str> {
        let kind = match &*purl.kind {
            "oci" | "docker" => return Err("an image is no package"),
            "deb" | "rpm" | "apk" | "alpm" => Kind::System,
            "golang" => Kind::Go,
            "pypi" => Kind::Python,
            "cargo" | "cocoapods" | "composer" | "conan" | "gem" | "hex" | "maven" | "npm" | "nuget" | "pub"
            | "swift" => Kind::Language,
            _ => Kind::Other,
        };
        // Reports name modules and packages, not what is in them.
        if purl.subpath.is_some() && purl.kind != "cocoapods" {
            return Err("reports do not tell parts of packages");
        }
        let version = purl.version.as_deref().map(|version| match (kind, purl.qualifier("epoch")) {
            (Kind::System, Some(epoch)) if epoch != "0" && !version.contains(':') => format!("{epoch}:{version}"),
            _ => version.to_owned(),
        });
        Ok(Self { kind, name: name(purl, kind), version })
    }

    /// Whether a statement on it can do without an image that it is in; if not, why.
    pub(super) fn stands_alone(&self) -> Result<(), &'static str> {
        match self.kind {
            Kind::System => Err("Harbor does not tell which distribution a package is from: name the image, too"),
            Kind::Other => Err("a package of this type is not recognised in every image: name the image, too"),
            _ if self.version.is_none() => Err("it has no version: name the image, too, or a version"),
            _ => Ok(()),
        }
    }

    /// The same package in this version; `None` where it has another one.
    pub(super) fn in_version(&self, version: &str) -> Option<Self> {
        let has_other = self.version.as_deref().is_some_and(|own| !self.is_same_version(own, version));
        (!has_other).then(|| Self { version: Some(version.to_owned()), ..self.clone() })
    }

    /// Whether a finding is in this package.
    pub(super) fn holds(&self, finding: &Finding) -> bool {
        let is_version = |version: &String| self.is_same_version(version, finding.version());
        self.is_same_name(finding.package()) && self.version.as_ref().is_none_or(is_version)
    }

    fn is_same_name(&self, name: &str) -> bool {
        match self.kind {
            Kind::Python => python_letters(&self.name).eq(python_letters(name)),
            _ => self.name.eq_ignore_ascii_case(name),
        }
    }

    fn is_same_version(&self, one: &str, other: &str) -> bool {
        let plain = |version: &'_ str| -> String {
            let version = version.trim();
            match self.kind {
                Kind::Go => version.strip_prefix('v').unwrap_or(version).to_owned(),
                Kind::System => version.strip_prefix("0:").unwrap_or(version).to_owned(),
                _ => version.to_owned(),
            }
        };
        plain(one) == plain(other)
    }
}

/// The name as reports write it.
fn name(purl: &Purl, kind: Kind) -> String {
    let Purl { namespace, name, subpath, .. } = purl;
    match (kind, &*purl.kind, subpath) {
        // A subspec is a package of its own.
        (_, "cocoapods", Some(subspec)) => format!("{name}/{subspec}"),
        // The namespace is that of the distribution.
        (Kind::System, ..) => name.clone(),
        _ if namespace.is_empty() => name.clone(),
        (_, "maven", _) => format!("{namespace}:{name}"),
        _ => format!("{namespace}/{name}"),
    }
}

/// The letters of a name, with runs of `-`, `_` and `.` as one hyphen, as Python's index compares them.
fn python_letters(name: &str) -> impl Iterator<Item = char> {
    let mut after_sign = false;
    name.chars().filter_map(move |character| {
        let is_sign = matches!(character, '-' | '_' | '.');
        let is_repeated = is_sign && after_sign;
        after_sign = is_sign;
        match is_sign {
            true => (!is_repeated).then_some('-'),
            false => Some(character.to_ascii_lowercase()),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(purl: &str, name: &str, version: &str) -> bool {
        let finding: Finding =
            serde_json::from_str(&json!({ "package": name, "version": version }).to_string()).unwrap();
        Package::new(&Purl::parse(purl).unwrap()).unwrap().holds(&finding)
    }

    #[test]
    fn names_and_versions_are_compared_by_type() {
        for (purl, name, version) in [
            ("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "org.apache.logging.log4j:log4j-core", "2.14.1"),
            ("pkg:npm/%40angular/core@12.3.1", "@angular/core", "12.3.1"),
            ("pkg:npm/lodash", "lodash", "4.0.0"),
            ("pkg:pypi/Ruamel_yaml..clib@0.2", "ruamel-yaml-clib", "0.2"),
            ("pkg:golang/golang.org/x/net@v0.7.0", "golang.org/x/net", "0.7.0"),
            ("pkg:golang/golang.org/x/net@0.7.0", "golang.org/x/net", "v0.7.0"),
            ("pkg:golang/github.com/a/b@v1.0.0%2Bincompatible", "github.com/a/b", "v1.0.0+incompatible"),
            ("pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u3?arch=amd64&distro=debian-11", "openssl", "1.1.1n-0+deb11u3"),
            ("pkg:rpm/redhat/openssl@1.0.1e-48.el6?epoch=1", "openssl", "1:1.0.1e-48.el6"),
            ("pkg:rpm/redhat/openssl@1.0.1e-48.el6?epoch=0", "openssl", "1.0.1e-48.el6"),
            ("pkg:deb/debian/vim@2%3A8.2", "vim", "2:8.2"),
            ("pkg:apk/alpine/busybox@1.36.1-r0", "busybox", "1.36.1-r0"),
            ("pkg:composer/Symfony/http-kernel@5.0", "symfony/http-kernel", "5.0"),
            ("pkg:nuget/Newtonsoft.Json@12.0.1", "newtonsoft.json", "12.0.1"),
            ("pkg:cocoapods/AFNetworking@3.0#Serialization", "AFNetworking/Serialization", "3.0"),
        ] {
            assert!(holds(purl, name, version), "{purl}");
        }
        for (purl, name, version) in [
            ("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1", "log4j-core", "2.14.1"),
            ("pkg:maven/org.apache.logging.log4j/log4j-core@2.14", "org.apache.logging.log4j:log4j-core", "2.14.1"),
            ("pkg:npm/core@12.3.1", "@angular/core", "12.3.1"),
            ("pkg:npm/lodash", "lodash.merge", "4.0.0"),
            ("pkg:pypi/a-b@1", "ab", "1"),
            ("pkg:pypi/a@1", "a-", "1"),
            ("pkg:rpm/redhat/openssl@1.0.1e-48.el6?epoch=1", "openssl", "1.0.1e-48.el6"),
            ("pkg:rpm/redhat/openssl@1.0.1e-48.el6", "openssl", "1:1.0.1e-48.el6"),
            ("pkg:npm/a@v1.0", "a", "1.0"),
            ("pkg:deb/debian/openssl@1.1.1", "openssl", ""),
        ] {
            assert!(!holds(purl, name, version), "{purl}");
        }
    }

    #[test]
    fn only_what_is_known_everywhere_stands_alone() {
        let alone = |purl: &str| Package::new(&Purl::parse(purl).unwrap()).unwrap().stands_alone().is_ok();
        assert!(alone("pkg:golang/golang.org/x/net@v0.7.0") && alone("pkg:pypi/requests@2.0"));
        assert!(!alone("pkg:golang/golang.org/x/net") && !alone("pkg:deb/debian/curl@1") && !alone("pkg:generic/a@1"));
        for purl in ["pkg:oci/nginx", "pkg:docker/nginx", "pkg:golang/a.b/c@v1#sub/part"] {
            assert!(Package::new(&Purl::parse(purl).unwrap()).is_err(), "{purl}");
        }
    }

    #[test]
    fn a_version_is_not_changed_into_another() {
        let package = |purl: &str| Package::new(&Purl::parse(purl).unwrap()).unwrap();
        assert!(package("pkg:npm/a@1").in_version("2").is_none());
        assert_eq!(package("pkg:npm/a").in_version("2"), Some(package("pkg:npm/a@2")));
        assert_eq!(package("pkg:golang/a/b@v2").in_version("2"), Some(package("pkg:golang/a/b@2")));
    }
}
