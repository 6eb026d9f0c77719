use super::*;

const DEBIAN: Option<Distribution> = Some(Distribution::Debian);

fn range(text: &str) -> VersionRange {
    VersionRange::parse(text).unwrap()
}

fn inside(range: &VersionRange, package: &str, version: &str, distribution: Option<Distribution>) -> Option<bool> {
    range.contains(package, version, distribution).is_inside()
}

#[test]
fn ranges_are_read_from_text_and_written_back() {
    let any = VersionRange::any;
    let cases = [
        (">=1.2, <2", any().at_least("1.2").less_than("2"), ">=1.2, <2"),
        ("  <2>=1.2 ", any().at_least("1.2").less_than("2"), ">=1.2, <2"),
        ("<2 >1", any().less_than("2").more_than("1"), ">1, <2"),
        ("<= 1:2.3-4", any().at_most("1:2.3-4"), "<=1:2.3-4"),
        (">0", any().more_than("0"), ">0"),
        ("==1.0", any().exactly("1.0"), "=1.0"),
        ("1.0", any().exactly("1.0"), "=1.0"),
        (">=1,<=1", any().exactly("1"), "=1"),
        ("*", any(), "*"),
    ];
    for (text, expected, written) in cases {
        assert_eq!(range(text), expected, "{text}");
        assert_eq!(expected.to_string(), written);
        assert_eq!(range(written), expected);
    }
    for (text, error) in [
        ("", "a bound of the version range is missing"),
        (">=1,", "a bound of the version range is missing"),
        (">=", "\">=\" is not a version after one of >=, >, <=, <, = or nothing"),
        ("^1.2", "\"^1.2\" is not a version after one of >=, >, <=, <, = or nothing"),
        ("!=1.2", "\"!=1.2\" is not a version after one of >=, >, <=, <, = or nothing"),
        (">=1, >2", "\">2\" is one bound too many for a version range"),
        ("=1, <2", "\"<2\" is one bound too many for a version range"),
        ("<1 2", "\"2\" is one bound too many for a version range"),
    ] {
        assert_eq!(VersionRange::parse(text).unwrap_err().to_string(), error, "{text}");
    }
}

/// I10: bounds are inclusive or exclusive as they say, and compared by the ecosystem's own rules.
#[test]
fn i10_bounds_are_compared_by_the_rules_of_the_ecosystem() {
    let fixed = range("<1:1.1.1n-0+deb11u4");
    assert_eq!(inside(&fixed, "libssl1.1", "1:1.1.1n-0+deb11u3", DEBIAN), Some(true));
    assert_eq!(inside(&fixed, "libssl1.1", "1:1.1.1n-0+deb11u4", DEBIAN), Some(false));
    assert_eq!(inside(&fixed, "libssl1.1", "2:0.1-1", DEBIAN), Some(false), "an epoch is not a major version");
    assert_eq!(inside(&range("<=1.10"), "jquery", "1.9", None), Some(true));
    assert_eq!(inside(&range("<=1.10"), "jquery", "1.10.0", None), Some(true));
    assert_eq!(inside(&range("<1.10"), "jquery", "1.10.0", None), Some(false));
    assert_eq!(inside(&range(">1.10"), "jquery", "1.10.0", None), Some(false));
    assert_eq!(inside(&range(">=1.2, <2"), "jquery", "2.0.0-rc.1", None), Some(true));
}

/// I10: a version that is missing or odd is in a range without bounds, and in no other range is it "outside".
#[test]
fn i10_a_version_that_cannot_be_compared_is_neither_inside_nor_outside() {
    for version in ["", "0", "unknown", "1.0-1-1", "٣"] {
        assert_eq!(VersionRange::any().contains("a", version, None), Containment::Inside(None));
    }
    let range = range(">=1.0");
    let reason = |package, version| match range.contains(package, version, None) {
        Containment::NotComparable(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason("a", " "), NotComparable::NoVersion);
    assert_eq!(reason("a", "unknown"), NotComparable::NoScheme);
    assert_eq!(reason("a", "1.1.1f"), NotComparable::NoScheme);
    assert_eq!(inside(&range, "a", "0", None), Some(false));
    let given = range.clone().scheme(Scheme::Npm).unwrap();
    let Containment::NotComparable(NotComparable::Version(error)) = given.contains("a", "1.1.1f", None) else {
        panic!()
    };
    assert_eq!((error.scheme(), error.text()), (Scheme::Npm, "1.1.1f"));
    let odd = VersionRange::any().less_than("2~rc1");
    let Containment::NotComparable(NotComparable::Bound(error)) = odd.contains("a", "1.1", None) else { panic!() };
    assert_eq!((error.scheme(), error.text()), (Scheme::SemVer, "2~rc1"));
}

/// I10: what is only weakly guessed holds for numbers alone; a bound that says more decides, or nothing does.
#[test]
fn i10_a_bound_says_more_than_numbers() {
    for (bound, package, version, distribution, expected) in [
        ("<3.0.7-1+deb12u1", "openssl", "3.0.7", None, Some(true)),
        ("<2021.1.1+deb11u1", "debian-archive-keyring", "2021.1.1", DEBIAN, Some(true)),
        ("<2.0.0-3.el8", "a", "2.0.0", None, Some(true)),
        ("<3.0.7-1", "openssl", "3.0.7", None, None),
        ("<29.0-jre", "guava", "29.0", None, None),
        (">=1.0.0-1.el8, <2.0.0-1ubuntu1", "a", "1.5", None, None),
        ("<2.0.0-rc.1", "jquery", "2.0.0", None, Some(false)),
        (">=2.0.0-rc.1, <3", "jquery", "2.0.0", None, Some(true)),
        ("<3.0.7-1", "@scope/name", "3.0.7", None, Some(false)),
    ] {
        assert_eq!(inside(&range(bound), package, version, distribution), expected, "{package} {version} {bound}");
    }
}

/// I10: a range in which no version can be is an error where the scheme is known, and holds nothing where it is not.
#[test]
fn i10_a_range_upside_down_is_an_error_or_empty() {
    for upside_down in [">=2, <1", ">=2, <=1", ">1, <1", ">=1, <1", ">1, <=1", ">=0.0.1, <=0.0.0"] {
        let range = range(upside_down);
        assert!(matches!(range.clone().scheme(Scheme::SemVer), Err(RangeError::NoVersion { .. })), "{upside_down}");
        for version in ["0", "1", "1.5", "2", "3"] {
            assert_eq!(inside(&range, "a", version, None), Some(false), "{version} {upside_down}");
        }
    }
    assert!(range(">=1.10, <=1.9").scheme(Scheme::SemVer).is_err(), "as text, 1.10 comes before 1.9");
    assert!(range(">=1.9, <=1.10").scheme(Scheme::SemVer).is_ok());
    assert!(range(">=1, <=1").scheme(Scheme::SemVer).is_ok());
    assert!(matches!(range(">=x").scheme(Scheme::SemVer), Err(RangeError::Version(_))));
}

#[test]
fn the_answer_says_by_which_scheme_and_how_sure_it_is() {
    let likely = |scheme| Guess { scheme, confidence: Confidence::Likely };
    let range = range("<3");
    assert_eq!(range.contains("bash", "4.4-5", DEBIAN), Containment::Outside(likely(Scheme::Dpkg)));
    assert_eq!(range.contains("org.a:b", "2", None), Containment::Inside(Some(likely(Scheme::Maven))));
    let given = range.scheme(Scheme::Rpm).unwrap().contains("bash", "4.4-5", DEBIAN);
    assert_eq!(given, Containment::Outside(Guess { scheme: Scheme::Rpm, confidence: Confidence::Given }));
}

#[test]
fn the_very_text_needs_no_scheme() {
    let range = VersionRange::any().exactly("2024a-weird~1!");
    assert_eq!(range.contains("tzdata", "2024a-weird~1!", None), Containment::Inside(None));
    assert_eq!(inside(&range, "tzdata", "2024b-weird~1!", None), None);
}
