//! Versions: any text is a version or an error, the order of a scheme is lawful, and ranges and guesses agree with it.
//!
//! The input is text; each of its first four lines is taken for a version, and the whole for a range.
#![no_main]

use std::cmp::Ordering;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use harbor_ext::version::{Confidence, Distribution, Scheme, Version, VersionRange, guess};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let lines: Vec<&str> = text.split('\n').take(4).collect();
    for scheme in Scheme::ALL {
        check_order(scheme, &lines);
    }
    if let Ok(range) = VersionRange::parse(text) {
        assert_eq!(VersionRange::parse(&range.to_string()), Ok(range));
    }
    check_guess(&lines);
});

fn check_order(scheme: Scheme, lines: &[&str]) {
    let versions: Vec<Version> = lines.iter().filter_map(|line| Version::parse(scheme, line).ok()).collect();
    for a in &versions {
        assert_eq!(Version::parse(scheme, a.text()).as_ref(), Ok(a));
        for b in &versions {
            let ordering = order(a, b);
            assert_eq!(order(b, a), ordering.reverse());
            assert_eq!(a == b, ordering == Ordering::Equal);
            assert!(a != b || hash(a) == hash(b));
            check_range(scheme, a, b);
            for c in &versions {
                if ordering == order(b, c) {
                    assert_eq!(order(a, c), ordering, "{a} {b} {c}");
                }
                assert!(a != b || order(a, c) == order(b, c), "{a} {b} {c}");
            }
        }
    }
}

fn check_range(scheme: Scheme, bound: &Version, version: &Version) {
    let range = VersionRange::any().less_than(bound.text()).scheme(scheme).expect("the bound is a version");
    let answer = range.contains("package", version.text(), None).is_inside();
    assert_eq!(answer, Some(version < bound), "{version} {range}");
}

fn check_guess(lines: &[&str]) {
    let [package, version, ..] = lines else { return };
    let of_all = Distribution::of(lines.iter().map(|line| (*package, *line)));
    for distribution in [None, of_all] {
        if let Some(guess) = guess(package, version, distribution) {
            assert!(guess.confidence < Confidence::Given);
            assert!(Version::parse(guess.scheme, version).is_ok());
        }
    }
}

fn order(one: &Version, other: &Version) -> Ordering {
    one.partial_cmp(other).expect("both are of one scheme")
}

fn hash(version: &Version) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(version)
}
