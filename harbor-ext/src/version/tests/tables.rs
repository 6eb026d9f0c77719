//! Pairs and chains of versions, with the order that the ecosystem's own tests and documents give them.

use super::*;

/// Checks lines of the form `one < other`, `one = other` or `one > other`, in both directions.
fn check(scheme: Scheme, table: &str) {
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let [one, sign, other] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let expected = match sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => panic!("{line}"),
        };
        assert_eq!(compare(scheme, one, other), Ok(expected), "{scheme}: {line}");
        assert_eq!(compare(scheme, other, one), Ok(expected.reverse()), "{scheme}: {line}, the other way round");
    }
}

/// Checks that each of the versions comes before all that follow it.
fn check_chain(scheme: Scheme, chain: &str) {
    let versions: Vec<_> = chain.split_whitespace().collect();
    for (index, lower) in versions.iter().enumerate() {
        for higher in &versions[index + 1..] {
            check(scheme, &format!("{lower} < {higher}"));
        }
    }
}

fn check_refused(scheme: Scheme, versions: &[&str]) {
    for text in versions {
        assert!(Version::parse(scheme, text).is_err(), "{scheme} {text:?}");
    }
}

/// Debian Policy 5.6.12, and the comparisons of dpkg's own tests.
#[test]
fn dpkg() {
    check(
        Scheme::Dpkg,
        "0:0-0 = 0
         0:00-00 = 00
         1:2-3 = 1:2-3
         0:0-0 < 1:0-0
         0:0-1 > 0:0-0
         0:a-0 < 0:b-0
         0:0-0 < 0:1-0
         9 < 10
         1.2.3 < 1:0
         1.0 = 1.0-0
         1.0 < 1.0-1
         1.0-1 < 1.0-1.1
         1.0-1 < 1.0-1ubuntu1
         1.0-1ubuntu1 < 1.0-1ubuntu1.1
         1.0-1~bpo1 < 1.0-1
         1.0~rc1-1 < 1.0-1
         1.0~rc1 < 1.0~rc2
         1.0~~ < 1.0~
         1.0~ < 1.0
         1.0 < 1.0a
         1.0a < 1.0+
         1.0 < 1.0+b1
         1.0Z < 1.0a
         1.0. > 1.0
         1.a = 1.a0
         1.0 > 1.0-~
         1.0z > 1.0-z
         1.0~1-0 < 1.0-0~1
         2.31-13+deb11u3 < 2.31-13+deb11u10
         1.1.0k-1~deb9u1 < 1.1.0l-1~deb9u1
         5.10.0 < 5.10.0-1
         1.2-3-4 > 1.2-3
         99999999999999999999999999 < 100000000000000000000000000
         1.0_1 > 1.0a
         0:abc3-0 > 0:9-0",
    );
    check_chain(Scheme::Dpkg, "1~~ 1~~a 1~ 1 1a");
    check_refused(Scheme::Dpkg, &["0:", ":1.0", "1.0-", "0:0 0-1", "-1:0-1", "a:0-0", "-0", "0:-0", "0:0/0", "1.0é"]);
}

/// SemVer 2.0.0, section 11, and what scanners report besides.
#[test]
fn semver() {
    check_chain(
        Scheme::SemVer,
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
    );
    check_chain(Scheme::SemVer, "1.0.0 2.0.0 2.1.0 2.1.1 2.1.1.1 2.10");
    check(
        Scheme::SemVer,
        "1.0.0-1 < 1.0.0--
         1.0.0-999999999999999999999999 < 1.0.0-a
         1.0.0-a-b.c > 1.0.0-a-b
         1.0.0+20130313144700 = 1.0.0+21AF26D3---117B344092BD
         1.2 = 1.2.0
         v1.2.3 = V1.2.3
         01.2.3 = 1.2.3
         99999999999999999999999.0.0 < 99999999999999999999999.0.1
         6.0.2.1 < 6.0.3.1
         6.0.2.1 > 6.0.2
         1.0.0-0A < 1.0.0-a
         1.0.0-00 = 1.0.0-0",
    );
    check_refused(
        Scheme::SemVer,
        &["1.0.0-", "1.0.0-a..b", "1.0.0+", "1.0.0-é", "1.0.0-a_b", "a.b.c", "1.2.3a", "1.2.*", "vv1", "1.0.0-a+b+c"],
    );
}
