//! The order of each ecosystem, and the traps of versions that are all read alike.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::*;

mod properties;
mod reports;
mod tables;

fn version(scheme: Scheme, text: &str) -> Version {
    Version::parse(scheme, text).unwrap()
}

/// V1: a text that is not a version is an error that says the scheme, the text and the reason; nothing becomes 0.0.0.
#[test]
fn v1_what_is_not_a_version_is_an_error_that_says_why() {
    for scheme in Scheme::ALL {
        for empty in ["", " ", "\n"] {
            let error = Version::parse(scheme, empty).unwrap_err();
            assert_eq!((error.scheme(), error.text(), error.reason()), (scheme, "", "there is no version"));
        }
        assert_eq!(version(scheme, " 1.2 \n").text(), "1.2");
        assert_eq!(version(scheme, "1.2").to_string(), "1.2");
    }
    let error = Version::parse(Scheme::SemVer, "latest").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"latest\" is not a version by the rules of semver: it does not begin with numbers that dots separate"
    );
    let long = "x".repeat(10_000);
    assert_eq!(Version::parse(Scheme::SemVer, &long).unwrap_err().text().chars().count(), 81);
}

/// V2: an epoch is not a major version, letters are not lost, and only ASCII digits are digits.
#[test]
fn v2_nothing_in_a_version_is_dropped() {
    assert!(version(Scheme::Dpkg, "2:1.0-1") > version(Scheme::Dpkg, "3.0-1"));
    assert!(version(Scheme::Rpm, "1:1.0.2k-16.el7") > version(Scheme::Rpm, "3.0.7-1.el9"));
    assert!(version(Scheme::SemVer, "1.2-rc1") < version(Scheme::SemVer, "1.2"));
    assert_eq!(version(Scheme::SemVer, "v1.2.3"), version(Scheme::SemVer, "1.2.3"));
    assert_eq!(version(Scheme::SemVer, "1.2.3+b-1"), version(Scheme::SemVer, "1.2.3"));
    assert!(version(Scheme::SemVer, "1.2.3.4-5") > version(Scheme::SemVer, "1.2.3"));
    for scheme in Scheme::ALL.into_iter().filter(|scheme| *scheme != Scheme::Maven) {
        assert!(Version::parse(scheme, "١.٢").is_err(), "{scheme}");
    }
    assert!(version(Scheme::Maven, "١.٢") < version(Scheme::Maven, "1"));
}

/// V3: a version is made of text alone, and of nothing that could have the wrong parts.
#[test]
fn v3_negative_and_missing_parts_are_refused() {
    for odd in ["-1", "1.-2", "1..2", "1.", ".1", "1,2"] {
        for scheme in [Scheme::SemVer, Scheme::Npm, Scheme::Go, Scheme::Apk, Scheme::Pep440] {
            assert!(Version::parse(scheme, odd).is_err(), "{scheme} {odd}");
        }
    }
}

/// V4: two different pre-releases have an order, and exactly one of `<`, `==` and `>` holds.
#[test]
fn v4_pre_releases_are_ordered() {
    let (one, two) = (version(Scheme::SemVer, "1.0.0-alpha"), version(Scheme::SemVer, "1.0.0-beta"));
    assert_eq!(one.partial_cmp(&two), Some(Ordering::Less));
    assert_eq!(two.partial_cmp(&one), Some(Ordering::Greater));
    assert_ne!(one, two);
    assert_eq!(version(Scheme::SemVer, "1.0.0+one"), version(Scheme::SemVer, "1.0.0+two"));
    assert!(version(Scheme::SemVer, "0.0.0") < version(Scheme::SemVer, "0.0.1"));
    assert_eq!(version(Scheme::SemVer, "0.0.0"), version(Scheme::SemVer, "0"));
}

/// V5: versions of different ecosystems do not compare, even where their text is the same.
#[test]
fn v5_schemes_are_kept_apart() {
    for one in Scheme::ALL {
        for other in Scheme::ALL {
            let (a, b) = (version(one, "1.0"), version(other, "1.0"));
            assert_eq!(a == b, one == other);
            assert_eq!(a.partial_cmp(&b), (one == other).then_some(Ordering::Equal));
        }
    }
    assert_eq!(compare(Scheme::Dpkg, "1.1.1f-1ubuntu2", "1.1.1a"), Ok(Ordering::Greater));
    assert!(compare(Scheme::SemVer, "1.1.1f-1ubuntu2", "1.1.1a").is_err());
}

#[test]
fn equal_versions_have_one_hash() {
    let versions = [
        (Scheme::Dpkg, "1.0-0", "0:1.0"),
        (Scheme::Rpm, "1.0", "0:1_00"),
        (Scheme::Pep440, "1.0", "v1.0.0"),
        (Scheme::SemVer, "1", "1.0.0+x"),
        (Scheme::Npm, "1.0.0", "=1.0.0"),
        (Scheme::Maven, "1", "1.0-ga"),
        (Scheme::Go, "v1.2.0", "1.2.0+incompatible"),
    ];
    for (scheme, one, other) in versions {
        let set = HashSet::from([version(scheme, one), version(scheme, other)]);
        assert_eq!(set.len(), 1, "{scheme}");
    }
}
