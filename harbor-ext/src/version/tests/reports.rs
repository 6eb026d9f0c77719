//! Guesses about the findings of real reports, where they are at hand. They are no part of this repository: without them
//! the test says so and passes.

use serde_json::Value;

use super::*;

/// What the reports were made of: a part of the file's name, and the schemes of its packages. Where a report has
/// packages of two ecosystems, the second one is that of the packages named.
const ECOSYSTEMS: [(&str, Scheme, &[&str], Scheme); 31] = [
    ("all_statuses", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("cvssv4", Scheme::Maven, &[], Scheme::Maven),
    ("issue_9263", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("legacy_many", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("misconfigurations", Scheme::Pep440, &[], Scheme::Pep440),
    ("severity_prio", Scheme::Dpkg, &["certifi"], Scheme::Pep440),
    ("alpine", Scheme::Apk, &[], Scheme::Apk),
    ("amazon", Scheme::Rpm, &[], Scheme::Rpm),
    ("bun", Scheme::Npm, &[], Scheme::Npm),
    ("centos", Scheme::Rpm, &[], Scheme::Rpm),
    ("cocoapods", Scheme::SemVer, &[], Scheme::SemVer),
    ("composer", Scheme::SemVer, &[], Scheme::SemVer),
    ("debian", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("distroless-python", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("fluentd", Scheme::Dpkg, &["activesupport"], Scheme::SemVer),
    ("gomod", Scheme::Go, &[], Scheme::Go),
    ("mariner", Scheme::Rpm, &[], Scheme::Rpm),
    ("mix.lock", Scheme::SemVer, &[], Scheme::SemVer),
    ("npm", Scheme::Npm, &[], Scheme::Npm),
    ("nuget", Scheme::SemVer, &[], Scheme::SemVer),
    ("opensuse", Scheme::Rpm, &[], Scheme::Rpm),
    ("packagesprops", Scheme::SemVer, &[], Scheme::SemVer),
    ("-pip", Scheme::Pep440, &[], Scheme::Pep440),
    ("pylock", Scheme::Pep440, &[], Scheme::Pep440),
    ("-uv", Scheme::Pep440, &[], Scheme::Pep440),
    ("pom", Scheme::Maven, &[], Scheme::Maven),
    ("sbt", Scheme::Maven, &[], Scheme::Maven),
    ("spring", Scheme::Maven, &[], Scheme::Maven),
    ("ubi-", Scheme::Rpm, &[], Scheme::Rpm),
    ("ubuntu", Scheme::Dpkg, &[], Scheme::Dpkg),
    ("test-repo", Scheme::SemVer, &[], Scheme::SemVer),
];

#[derive(Debug, Default, PartialEq)]
struct Tally {
    same_scheme: usize,
    same_order: usize,
    none: usize,
    wrong: usize,
}

#[test]
fn guesses_about_real_reports_are_right_or_absent() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/reports");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("skipped: there are no captured reports at {folder}");
        return;
    };
    let mut tally = Tally::default();
    for file in files {
        let path = file.unwrap().path();
        let report: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        judge(&name, report["vulnerabilities"].as_array().unwrap(), &mut tally);
    }
    println!("{tally:?}");
    assert_eq!(tally.wrong, 0);
    assert!(tally.none * 20 <= tally.same_scheme + tally.same_order, "{tally:?}");
}

fn judge(name: &str, findings: &[Value], tally: &mut Tally) {
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    let packages: Vec<_> =
        findings.iter().map(|finding| (text(finding, "package"), text(finding, "version"))).collect();
    let distribution = Distribution::of(packages.iter().map(|(package, version)| (&**package, &**version)));
    for (finding, (package, version)) in findings.iter().zip(&packages) {
        let Some(expected) = expected(name, package) else {
            println!("unknown: {name}");
            return;
        };
        let Some(guess) = guess(package, version, distribution) else {
            println!("no guess: {name}: {package} {version}");
            tally.none += 1;
            continue;
        };
        let fixes = text(finding, "fix_version");
        if guess.scheme == expected {
            tally.same_scheme += 1;
        } else if fixes
            .split(", ")
            .all(|fix| compare(guess.scheme, version, fix).ok() == compare(expected, version, fix).ok())
        {
            tally.same_order += 1;
        } else {
            println!("wrong: {name}: {package} {version} -> {fixes}: {guess:?} {distribution:?}");
            tally.wrong += 1;
        }
    }
}

fn expected(name: &str, package: &str) -> Option<Scheme> {
    let (_, scheme, others, other) = ECOSYSTEMS.into_iter().find(|(part, ..)| name.contains(part))?;
    Some(if others.contains(&package) { other } else { scheme })
}
