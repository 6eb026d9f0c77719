//! Package URLs.

use percent_encoding::percent_decode_str;

/// The parts of a package URL, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Purl {
    /// In lower case.
    pub(super) kind: String,
    /// Empty where there is none.
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    pub(super) subpath: Option<String>,
    qualifiers: Vec<(String, String)>,
}

impl Purl {
    /// Reads `pkg:type/namespace/name@version?qualifiers#subpath`; `None` for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_at_checked(4)?;
        let rest = scheme.eq_ignore_ascii_case("pkg:").then(|| rest.trim_start_matches('/'))?;
        let (rest, subpath) = split_off(rest, '#');
        let (rest, qualifiers) = split_off(rest, '?');
        let (path, version) = match rest.rsplit_once('@') {
            // The sign of a scope in npm, which should have been encoded.
            Some((before, after)) if after.contains('/') || before.ends_with('/') => (rest, None),
            Some((before, after)) => (before, Some(after)),
            None => (rest, None),
        };
        let (kind, path) = path.split_once('/')?;
        let (namespace, name) = path.trim_matches('/').rsplit_once('/').unwrap_or(("", path.trim_matches('/')));
        let is_kind =
            !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte));
        let purl = Self {
            kind: kind.to_ascii_lowercase(),
            namespace: decoded(namespace)?,
            name: decoded(name)?,
            version: optional(version)?,
            subpath: optional(subpath)?,
            qualifiers: qualifiers.map_or(Some(Vec::new()), read_qualifiers)?,
        };
        (is_kind && !purl.name.is_empty()).then_some(purl)
    }

    /// The value of a qualifier; `None` where it is absent or empty, which is the same.
    pub(super) fn qualifier(&self, name: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }
}

/// Nothing there is fine, and what cannot be decoded is not.
fn optional(text: Option<&str>) -> Option<Option<String>> {
    match text {
        None | Some("") => Some(None),
        Some(text) => decoded(text).map(Some),
    }
}

fn split_off(text: &str, sign: char) -> (&str, Option<&str>) {
    match text.split_once(sign) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn read_qualifiers(text: &str) -> Option<Vec<(String, String)>> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| Some((name.to_owned(), decoded(value)?))).collect()
}

fn decoded(text: &str) -> Option<String> {
    Some(percent_decode_str(text).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_told_apart_and_decoded() {
        let purl = Purl::parse(
            "pkg:OCI/nginx@sha256%3Aabc?repository_url=harbor.example.com%2Flibrary/nginx&tag=1.25&arch=&x",
        )
        .unwrap();
        assert_eq!((&*purl.kind, &*purl.namespace, &*purl.name), ("oci", "", "nginx"));
        assert_eq!(purl.version.as_deref(), Some("sha256:abc"));
        assert_eq!(purl.qualifier("repository_url"), Some("harbor.example.com/library/nginx"));
        assert_eq!((purl.qualifier("tag"), purl.qualifier("arch")), (Some("1.25"), None));
        for (text, expected) in [
            ("pkg:npm/%40angular/core@12.3.1", ("@angular", "core", Some("12.3.1"))),
            ("pkg:npm/@angular/core@12.3.1", ("@angular", "core", Some("12.3.1"))),
            ("pkg:npm/@angular/core", ("@angular", "core", None)),
            ("pkg:npm/@angular", ("", "@angular", None)),
            ("pkg:golang/github.com/a/b@v1.0.0%2Bincompatible#sub", ("github.com/a", "b", Some("v1.0.0+incompatible"))),
            ("PKG://deb/debian/curl@1%3A7.50?arch=i386", ("debian", "curl", Some("1:7.50"))),
            ("pkg:generic/a@", ("", "a", None)),
        ] {
            let purl = Purl::parse(text).unwrap();
            assert_eq!((&*purl.namespace, &*purl.name, purl.version.as_deref()), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/a", "pkg:n m/a", "npm/a", "pkg:npm/%ff", "http://a/b", "pk€:a/b"]
        {
            assert_eq!(Purl::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_tried(text in "(pkg:)?[a-z@/%?#&=:é]{0,20}") {
            let purl = Purl::parse(&text);
            prop_assert!(purl.is_none_or(|purl| !purl.name.is_empty()));
        }
    }
}
