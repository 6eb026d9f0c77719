//! What holds for every text, not only for those that somebody has thought of.

use proptest::prelude::*;

use super::*;

/// Text that is like a version: bits of real ones in any order, so that many pairs nearly agree.
fn any_version() -> impl Strategy<Value = String> {
    const BITS: &[&str] = &[
        "0",
        "00",
        "1",
        "01",
        "2",
        "9",
        "10",
        "20240101",
        "99999999999999999999",
        ".",
        ".",
        ".",
        ".",
        "-",
        "-",
        "_",
        "~",
        "^",
        "+",
        ":",
        "!",
        "a",
        "b",
        "m",
        "rc",
        "alpha",
        "_alpha",
        "_p",
        "-r",
        "beta",
        "pre",
        "post",
        ".post",
        "dev",
        ".dev",
        "final",
        "ga",
        "sp",
        "snapshot",
        "x",
        "Z",
        "v",
        "=",
        "go",
        "deb",
        "ubuntu",
        "el8",
        "incompatible",
        "é",
        "٣",
        " ",
    ];
    prop_oneof![
        8 => prop::collection::vec(prop::sample::select(BITS), 0..7).prop_map(|bits| bits.concat()),
        4 => (0..3_u8, 0..3_u8, prop::collection::vec(prop::sample::select(BITS), 0..4))
            .prop_map(|(major, minor, bits)| format!("{major}.{minor}{}", bits.concat())),
        1 => any::<String>(),
    ]
}

/// Versions that mostly differ in little.
fn three_versions() -> impl Strategy<Value = [String; 3]> {
    let change = || (any::<prop::sample::Index>(), any_version());
    let changed = |text: &str, (place, bit): (prop::sample::Index, String)| {
        let places: Vec<usize> = text.char_indices().map(|(place, _)| place).chain([text.len()]).collect();
        let (start, end) = text.split_at(*place.get(&places));
        format!("{start}{bit}{end}")
    };
    let near = (any_version(), change(), change())
        .prop_map(move |(text, one, other): (String, _, _)| [changed(&text, one), changed(&text, other), text]);
    prop_oneof![1 => [any_version(), any_version(), any_version()], 2 => near]
}

fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(&Scheme::ALL)
}

fn parsed(scheme: Scheme, texts: &[String]) -> Vec<Version> {
    texts.iter().filter_map(|text| Version::parse(scheme, text).ok()).collect()
}

fn hash(version: &Version) -> u64 {
    use std::hash::BuildHasher;
    std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default().hash_one(version)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// V4: exactly one of `<`, `==` and `>` holds, and all of them go together over three versions.
    #[test]
    fn v4_the_order_is_lawful(scheme in any_scheme(), texts in three_versions()) {
        let versions = parsed(scheme, &texts);
        for a in &versions {
            prop_assert_eq!(a.partial_cmp(a), Some(Ordering::Equal));
            for b in &versions {
                let ordering = a.partial_cmp(b).unwrap();
                prop_assert_eq!(b.partial_cmp(a).unwrap(), ordering.reverse());
                prop_assert_eq!(a == b, ordering == Ordering::Equal);
                prop_assert_eq!(compare(scheme, a.text(), b.text()), Ok(ordering));
                if a == b {
                    prop_assert_eq!(hash(a), hash(b));
                }
                for c in &versions {
                    if a <= b && b <= c {
                        prop_assert!(a <= c, "{a} <= {b} <= {c}");
                        prop_assert_eq!(a == c, a == b && b == c, "{} {} {}", a, b, c);
                    }
                }
            }
        }
    }

    /// V1: any text is a version or an error, and what is shown is read as the same version again.
    #[test]
    fn v1_any_text_is_a_version_or_an_error(scheme in any_scheme(), text in any_version()) {
        match Version::parse(scheme, &text) {
            Ok(version) => {
                prop_assert_eq!(version.text(), text.trim());
                prop_assert_eq!(&Version::parse(scheme, &version.to_string()).unwrap(), &version);
            }
            Err(error) => {
                prop_assert_eq!(error.scheme(), scheme);
                prop_assert!(!error.reason().is_empty());
            }
        }
    }

    /// I10: a range contains what the comparisons with its bounds say.
    #[test]
    fn i10_a_range_is_two_comparisons(
        scheme in any_scheme(),
        [lower, upper, version] in three_versions(),
        (at_least, at_most) in any::<(bool, bool)>(),
        (has_lower, has_upper) in any::<(bool, bool)>(),
    ) {
        let mut range = VersionRange::any();
        if has_lower {
            range = if at_least { range.at_least(&lower) } else { range.more_than(&lower) };
        }
        if has_upper {
            range = if at_most { range.at_most(&upper) } else { range.less_than(&upper) };
        }
        let known = range.clone().scheme(scheme);
        let (Ok(low), Ok(high), Ok(version)) =
            (Version::parse(scheme, &lower), Version::parse(scheme, &upper), Version::parse(scheme, &version))
        else {
            return Ok(());
        };
        let above = !has_lower || version > low || at_least && version == low;
        let below = !has_upper || version < high || at_most && version == high;
        match known {
            Ok(range) => {
                let answer = range.contains("package", version.text(), None);
                prop_assert_eq!(answer.is_inside(), Some(above && below), "{} {}", range, version);
            }
            Err(error) => {
                prop_assert!(matches!(error, RangeError::NoVersion { .. }), "{}", error);
                prop_assert!(has_lower && has_upper && !(above && below));
            }
        }
    }

    #[test]
    fn ranges_are_read_as_they_are_written(
        lower in prop::option::of((any::<bool>(), "[0-9a-z][0-9a-z.:~^+_-]{0,8}")),
        upper in prop::option::of((any::<bool>(), "[0-9a-z][0-9a-z.:~^+_-]{0,8}")),
    ) {
        let mut range = VersionRange::any();
        if let Some((inclusive, version)) = &lower {
            range = if *inclusive { range.at_least(version) } else { range.more_than(version) };
        }
        if let Some((inclusive, version)) = &upper {
            range = if *inclusive { range.at_most(version) } else { range.less_than(version) };
        }
        prop_assert_eq!(VersionRange::parse(&range.to_string()), Ok(range));
    }

    #[test]
    fn any_text_is_a_range_or_an_error(text in any_version(), operator in "[<>=~!*, ]{0,4}") {
        if let Ok(range) = VersionRange::parse(&format!("{operator}{text}")) {
            prop_assert_eq!(VersionRange::parse(&range.to_string()), Ok(range));
        }
    }

    /// A guess can be worked with, and is never what only the caller can say.
    #[test]
    fn a_guessed_scheme_reads_the_version(
        package in prop_oneof![any::<String>(), "[a-z@./:]{0,9}"],
        version in any_version(),
        distribution in prop::option::of(prop::sample::select(&[
            Distribution::Debian,
            Distribution::RedHat,
            Distribution::Alpine,
        ])),
    ) {
        if let Some(guess) = guess(&package, &version, distribution) {
            prop_assert!(Version::parse(guess.scheme, &version).is_ok());
            prop_assert!(guess.confidence < Confidence::Given);
        }
        let _ = Distribution::of([(&*package, &*version)]);
    }
}

/// Very long texts are read in a moment, and never end the program.
#[test]
fn long_texts_are_read_or_refused() {
    let bits = ["1", "1.", "a", "~", "-", "1a", "_p", "-1", "1-a.", "é", "=", "1:", "0."];
    for scheme in Scheme::ALL {
        for bit in bits {
            let text = bit.repeat(10_000 / bit.len());
            for text in [text.clone(), format!("1.0{text}"), format!("{text}1")] {
                if let Ok(version) = Version::parse(scheme, &text) {
                    assert_eq!(version.partial_cmp(&version.clone()), Some(Ordering::Equal));
                }
            }
        }
    }
}
