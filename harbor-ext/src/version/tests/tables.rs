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

/// rpm's own tests of rpmvercmp, and epochs and releases around them.
#[test]
fn rpm() {
    check(
        Scheme::Rpm,
        "1.0 = 1.0
         1.0 < 2.0
         2.0 < 2.0.1
         2.0.1a > 2.0.1
         5.5p1 < 5.5p2
         5.5p1 < 5.5p10
         10xyz < 10.1xyz
         xyz10 < xyz10.1
         xyz.4 < 8
         xyz.4 < 2
         5.5p2 < 5.6p1
         5.6p1 < 6.5p1
         6.0.rc1 > 6.0
         10b2 > 10a1
         10a2 < 10b2
         1.0a < 1.0aa
         10.0001 = 10.1
         10.0001 < 10.0039
         4.999.9 < 5.0
         20101121 < 20101122
         2_0 = 2.0
         a+ = a_
         +a = _a
         +_ = _+
         + = _
         1.0~rc1 < 1.0
         1.0~rc1 < 1.0~rc2
         1.0~rc1~git123 < 1.0~rc1
         1.0^ > 1.0
         1.0^git1 > 1.0
         1.0^git1 < 1.0^git2
         1.0^git1 < 1.01
         1.0^20160101 < 1.0.1
         1.0^20160102 > 1.0^20160101^git1
         1.0~rc1^git1 > 1.0~rc1
         1.0^git1~pre < 1.0^git1
         1b.fc17 < 1.fc17
         1g.fc17 > 1.fc17
         0 < 0.0
         fc4 = fc.4
         0:1.0-1 = 1.0-1
         :1.0-1 = 1.0-1
         01:1.0-1 = 1:1.0-1
         1:1.0-1.el9 > 2.0-1.el9
         9:1.0 < 10:0.1
         1.0-1.el9 < 1.0-1.el9_2
         3.0.7-25.el9_2 > 3.0.7-25.el9
         1.0.2k-19.el7 < 1.0.2k-26.el7_9
         1.0.1e-57.el6 < 1.0.1e-58.el6_10
         7.61.1-9.amzn2.0.1 < 7.61.1-12.amzn2.0.1
         1.0-150400.4.46.1 < 1.0-150500.55.31.1
         1.0 < 1.0-1
         1.0-2-1 < 1.0-2-2",
    );
    check_refused(Scheme::Rpm, &["a:1", "1:", "-1", "1:-1", "1 0", "1.1.α", "1/2", "1,2"]);
}

/// apk-tools' own tests, and the places of its grammar.
#[test]
fn apk() {
    check(
        Scheme::Apk,
        "2.34 > 0.1.0_alpha
         0.1.0_alpha < 0.1.3_alpha
         0.1.0_alpha2 > 0.1.0_alpha
         2.2.39-r1 > 1.0.4-r3
         1.0.4-r3 < 1.0.4-r4
         1.0.4-r4 < 1.6
         1.0.2 > 0.7-r1
         1.1 > 1.1_alpha1
         1.1_alpha1 < 1.2.1
         1.3_alpha < 1.3_alpha2
         0.8_beta4 < 4.8-r1
         2.3.0b-r1 < 2.3.0b-r2
         0.13_beta5 > 0.9.12
         0.9.13 > 0.0.16
         1.2.11 < 1.2.12.1
         3.1_p16 < 3.1_p17
         3.1_p17 > 1.06-r6
         1.06-r6 < 006
         006 > 1.0.0
         2.01.01_alpha10 > 0.94
         1.0 > 0.99.3.20040818
         1.6 < 1.39
         1.39 > 1.00_beta2
         7.15.1-r1 > 1.02
         1.02 < 1.03-r1
         1.03-r1 < 1.12.12-r2
         1.02.07 < 1.02.10-r1
         4.2.52_p2-r1 < 4.2.52_p4-r2
         20060720 > 3.0.20060720
         2.5.1-r8 < 2.5.1a-r1
         2.0.0_rc3-r1 > 1.5
         3.9_pre20060124 > 0.01
         0.01 < 0.06
         6b-r7 > 1.12-r7
         0.10.0 < 0.10.1_rc1
         1.1a < 1.3a
         0.15.1b-r2 > 0.15.1b
         7.0.17 < 7.0.174
         1.2.07.8 < 1.2.12.04
         1.2.12.04 < 1.2.12.05
         1.07-r1 < 1.07.5
         0.20070207_rc1 < 1.0
         4.5_p1-r1 > 4.5_p1
         0.9.8c-r1 < 0.9.8d
         1.3-r0 < 1.3.1-r0
         1.3_pre1-r1 < 1.3.2
         1.0_p10-r0 > 1.0_p9-r0
         0.1.0_alpha_pre2 < 0.1.0_alpha
         1.0.0_pre20191002222144-r0 < 1.0.0_pre20210530193627-r0
         1.10 > 1.9
         1.09 < 1.1
         1.0 < 1.00
         1.015 < 1.02
         01.2 = 1.2
         1.1.1c-r0 < 1.1.1d-r0
         1.0_git20200101 > 1.0
         1.0~1234abcd > 1.0-r5
         1.0~1234abcd-r0 < 1.0~1234abcd-r1",
    );
    check_chain(
        Scheme::Apk,
        "1_alpha 1_alpha0 1_alpha1 1_beta 1_pre 1_rc 1_rc1 1 1-r0 1-r1 1_cvs 1_svn 1_git 1_hg 1_p 1_p1 1a 1b 1.0 1.1",
    );
    check_refused(
        Scheme::Apk,
        &[
            "1.0bc",
            "23_foo",
            "1.",
            ".1",
            "a1",
            "1.0-1",
            "1.0-r",
            "1.0-r1-r2",
            "1.0a1",
            "1.0_",
            "1.0~",
            "1.0~xyz",
            "1.0A",
        ],
    );
}

/// PEP 440, with the examples of its section on ordering and of `packaging`'s tests.
#[test]
fn pep440() {
    check_chain(
        Scheme::Pep440,
        "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 \
         1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1",
    );
    check(
        Scheme::Pep440,
        "1.0 = 1.0.0
         1.0 = v1.0
         1.0a1 = 1.0.ALPHA-1
         1.0rc1 = 1.0-c1
         1.0rc1 = 1.0_preview_1
         1.0.post1 = 1.0-1
         1.0.post1 = 1.0.rev1
         1.0a = 1.0a0
         1.0+ubuntu-1 = 1.0+ubuntu.1
         2022.5.18.1 < 2023.7.22
         0.11 < 0.11.6
         0.11.6 < 0.15.3
         1.0 < 1.0+local
         1.0rc1 < 1.0",
    );
    check_refused(
        Scheme::Pep440,
        &["1.0-", "french toast", "1.0+a+", "1.0++", "1.0+_foobar", "1.0+1+1", "a.b", "1.1.1f"],
    );
}

/// node-semver's own comparisons, and what npm cannot hold.
#[test]
fn npm() {
    check(
        Scheme::Npm,
        "0.0.0 > 0.0.0-foo
         0.0.1 > 0.0.0
         1.0.0 > 0.9.9
         0.10.0 > 0.9.0
         v0.0.0 > 0.0.0-foo
         =1.0.0 = v1.0.0
         2.0.0 > 1.2.3
         v1.2.3 > v1.2.3-asdf
         1.2.3 > 1.2.3-4-foo
         1.2.3-5-foo > 1.2.3-5
         1.2.3-5 > 1.2.3-4
         1.2.3-5-foo > 1.2.3-5-Foo
         3.0.0 > 2.7.2+asdf
         1.2.3-a.10 > 1.2.3-a.5
         1.2.3-a.b > 1.2.3-a.5
         1.2.3-a.b > 1.2.3-a
         1.2.3-a.b.c.10.d.5 > 1.2.3-a.b.c.5.d.100
         1.2.3-r2 > 1.2.3-r100
         1.2.3-r100 > 1.2.3-R2
         1.2.3-beta+build = 1.2.3-beta+otherbuild
         9007199254740991.0.0 < 9007199254740991.0.1
         0.0.0-experimental-20230101000000000 > 0.0.0-experimental-20220101000000000
         4.17.4 < 4.17.12",
    );
    check_refused(Scheme::Npm, &["1.2.3.4", "1.2.3beta", "latest", "^1.2.3", "1.x"]);
}

/// The tests of Maven's ComparableVersion, with the issues that they name.
#[test]
fn maven() {
    check_chain(
        Scheme::Maven,
        "1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2 \
         1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123",
    );
    check_chain(
        Scheme::Maven,
        "2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 \
         11 11.a 11b 11c 11m",
    );
    check_chain(Scheme::Maven, "6.1.0rc3 6.1.0 6.1H.5-beta");
    check_chain(
        Scheme::Maven,
        "20190126.230843 1234567890.12345 123456789012345.1H.5-beta 12345678901234567890.1H.5-beta",
    );
    check_chain(Scheme::Maven, "1-0.alpha 1-0.beta 1");
    check_chain(Scheme::Maven, "1-alpha 1-final-alpha 1 1.0.final-redhat 1-ga-2 1.0-sp1-redhat 1.0-redhat 1-1 1.0.1");
    check(
        Scheme::Maven,
        "1 = 1.0.0
         1 = 1-0
         1.0 = 1.0-0
         1a = 1-a
         1a = 1.0.0-a
         1.0.0x = 1-x
         1 = 1ga
         1 = 1.RELEASE
         1 = 1.0.0.Final
         1cr = 1Rc
         1a1 = 1-alpha-1
         1b2 = 1-Beta-2
         1m3 = 1-MILESTONE-3
         1.foo = 1-foo
         1.0.0-foo.0.0 = 1-foo
         1.0.0-0.0.0 = 1
         2.0.X = 2-x
         0.x = x
         0000000000000000000 = 0
         0000000000000000001 = 1
         1.0-alpha-1 < 1.0
         1.0-alpha-1-SNAPSHOT < 1.0-alpha-1
         1.0-beta-1 < 1.0-SNAPSHOT
         2.0-1 < 2.0.1
         2.0.1-xyz < 2.0.1-123
         1.0.0.RC1 < 1.0.0-RC2
         1-foo2 < 1-foo10
         1-foo < 1-1
         1-sp > 1-ga
         1.7 > 1.K
         5.zebra > 5.aardvark
         1.α > 1.b
         0.7 < 2
         31.1-jre > 31.1-android
         2.9.1 < 2.9.10.4
         9.0.0.M1 < 9.0.0
         5.3.15 < 5.3.18",
    );
    check_refused(Scheme::Maven, &["", "  "]);
}

/// golang.org/x/mod/semver's own list, Go's reference on pseudo-versions, and go/version's releases of Go.
#[test]
fn go() {
    check_chain(
        Scheme::Go,
        "v1.2.3-0 v1.2.3-123 v1.2.3-456 v1.2.3-456.789 v1.2.3-456-789 v1.2.3-456a v1.2.3-456b v1.2.3-a v1.2.3-a.1 v1.2.3-a-b \
         v1.2.3-pre v1.2.3-zzz v1.2.3",
    );
    check_chain(
        Scheme::Go,
        "v0.0.0-20190101000000-abcdefabcdef v0.0.0-20200101000000-0123456789ab v1.2.3-pre.0.20200101000000-abcdefabcdef v1.2.3 \
         v1.2.4-0.20191109021931-daa7c04131f5 v1.2.4",
    );
    check_chain(Scheme::Go, "go1.20 go1.20.1 go1.21rc1 go1.21rc2 go1.21 go1.21.1 go1.22beta1");
    check(
        Scheme::Go,
        "v1 = v1.0.0
         v1.2 = v1.2.0
         v2.7.1+incompatible = v2.7.1
         v1.2.3+meta = v1.2.3
         v0.3.6 < 0.3.7
         v2.7.1+incompatible < v2.8.0
         1.20.3 < go1.20.10
         1.21rc2 < 1.21.0",
    );
    check_refused(
        Scheme::Go,
        &["bad", "v1-", "v1.2.3.4", "(devel)", "go", "v", "1.21rc", "go1.21gamma1", "v1.2.3-pre_1"],
    );
}
