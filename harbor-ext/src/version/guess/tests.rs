use super::*;

const DEBIAN: Option<Distribution> = Some(Distribution::Debian);
const RED_HAT: Option<Distribution> = Some(Distribution::RedHat);
const ALPINE: Option<Distribution> = Some(Distribution::Alpine);

#[test]
fn package_version_and_distribution_decide() {
    use Confidence::{Likely, Weak};
    let cases = [
        // The name of the package.
        ("org.apache.logging.log4j:log4j-core", "2.14.1", DEBIAN, Some((Scheme::Maven, Likely))),
        ("com.google.guava:guava", "31.1-jre", None, Some((Scheme::Maven, Likely))),
        ("@babel/core", "7.0.0-beta.1", ALPINE, Some((Scheme::Npm, Likely))),
        ("github.com/docker/distribution", "v2.7.1+incompatible", None, Some((Scheme::Go, Likely))),
        ("golang.org/x/text", "0.3.6", RED_HAT, Some((Scheme::Go, Likely))),
        ("stdlib", "1.21rc2", None, Some((Scheme::Go, Likely))),
        ("guzzlehttp/psr7", "1.8.3", DEBIAN, Some((Scheme::SemVer, Weak))),
        // Marks in the version.
        ("libcrypto1.1", "1.1.1c-r0", None, Some((Scheme::Apk, Likely))),
        ("curl", "7.81.0-1ubuntu1.14", None, Some((Scheme::Dpkg, Likely))),
        ("base-files", "9.9+deb9u9", None, Some((Scheme::Dpkg, Likely))),
        ("openssl-libs", "1:1.0.2k-16.el7", None, Some((Scheme::Rpm, Likely))),
        ("httpd", "2.4.37-43.module_el8.5.0+1022+b541f3b1", None, Some((Scheme::Rpm, Likely))),
        ("vim", "8.2.4081-1.cm1", None, Some((Scheme::Rpm, Likely))),
        ("libzypp", "17.31.2-150400.3.9.1", None, Some((Scheme::Rpm, Likely))),
        ("any", "v0.0.0-20190101000000-abcdef123456", None, Some((Scheme::Go, Likely))),
        ("Django", "3.0rc1", DEBIAN, Some((Scheme::Pep440, Likely))),
        ("setuptools", "40.0.0.post1", None, Some((Scheme::Pep440, Likely))),
        ("react", "19.0.0-rc.1", DEBIAN, Some((Scheme::SemVer, Likely))),
        // The distribution.
        ("bash", "4.4-5", DEBIAN, Some((Scheme::Dpkg, Likely))),
        ("apt", "1.8.2.2", DEBIAN, Some((Scheme::Dpkg, Likely))),
        ("libapt-pkg5.0", "1.8.2.2", DEBIAN, Some((Scheme::Dpkg, Likely))),
        ("bash", "4.4-5", RED_HAT, Some((Scheme::Rpm, Likely))),
        ("libopenssl3", "3.1.4-9.1", RED_HAT, Some((Scheme::Rpm, Likely))),
        ("libidn2-0", "2.0.5-1", None, None),
        // Numbers alone.
        ("werkzeug", "0.11.1", DEBIAN, Some((Scheme::SemVer, Weak))),
        ("activesupport", "6.0.2.1", None, Some((Scheme::SemVer, Weak))),
        // Contradictions and what nobody knows.
        ("curl", "7.81.0-1ubuntu1.14", ALPINE, None),
        ("libcrypto1.1", "1.1.1c-r0", RED_HAT, None),
        ("nokogiri", "1.13.1-java", None, None),
        ("openssl", "1.1.1f", None, None),
        ("", "", None, None),
        ("a", "", DEBIAN, None),
        ("a", "latest", None, None),
        ("golang.org/x/text", "(devel)", None, None),
        ("a:b:c", "latest", None, None),
    ];
    for (package, version, distribution, expected) in cases {
        let guess = guess(package, version, distribution).map(|guess| (guess.scheme, guess.confidence));
        assert_eq!(guess, expected, "{package} {version} {distribution:?}");
    }
}

#[test]
fn packages_tell_the_distribution() {
    let of = |packages: &[(&str, &str)]| Distribution::of(packages.iter().copied());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[("bash", "5.0-4"), ("libc6", "2.28-10"), ("werkzeug", "0.11.1")]), DEBIAN);
    assert_eq!(of(&[("linux-libc-dev", "6.1.55-1")]), DEBIAN);
    assert_eq!(of(&[("left-pad", "1.0.0-1")]), None);
    assert_eq!(of(&[("glibc", "2.12-1.212.el6"), ("bash", "5.0-4")]), RED_HAT);
    assert_eq!(of(&[("a", "3.1.4-9.1"), ("b", "1.2-1.1"), ("c", "1.0-2.3")]), RED_HAT);
    assert_eq!(of(&[("a", "3.1.4-9.1"), ("b", "1.2-1.1"), ("c", "1.0-2")]), DEBIAN);
    assert_eq!(of(&[("libopenssl3", "3.1.4-9.1")]), None);
    assert_eq!(of(&[("musl", "1.2.3-r0"), ("org.a:b", "1.0-1"), ("lodash", "4.17.4")]), ALPINE);
    assert_eq!(of(&[("musl", "1.2.3-r0"), ("bash", "1.0-1.el8")]), None, "half and half");
}

#[test]
fn guesses_are_written_as_words() {
    let guess = Guess { scheme: Scheme::Dpkg, confidence: Confidence::Likely };
    let json = serde_json::json!({ "scheme": "dpkg", "confidence": "likely" });
    assert_eq!(serde_json::to_value(guess).unwrap(), json);
    assert_eq!(serde_json::from_value::<Guess>(json).unwrap(), guess);
    assert!(Confidence::Weak < Confidence::Likely && Confidence::Likely < Confidence::Given);
}
