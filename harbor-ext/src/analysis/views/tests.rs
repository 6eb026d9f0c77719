//! The views of a report, by the ids of what Python's `harborapi` promises; and its traps.

use std::sync::Arc;

use super::*;
use crate::analysis::samples::{changed, clean, finding, in_registry, report_of, reported, unscanned};
use crate::model::{ArtifactTag, Child, Platform};

fn tagged(mut info: ArtifactInfo, tags: &[&str]) -> ArtifactInfo {
    Arc::make_mut(&mut info.artifact).tags = tags.iter().map(|tag| ArtifactTag::new(*tag)).collect();
    info
}

fn ids(report: &ArtifactReport) -> Vec<i64> {
    report.iter().map(|info| info.artifact.id).collect()
}

fn sample() -> ArtifactReport {
    let mut described = finding("CVE-3", "zlib", "1", "", "Low");
    described["description"] = "foo\nbar (baz)".into();
    report_of([
        tagged(
            reported(
                "p/one",
                1,
                &[
                    finding("CVE-2020-1234", "ssl", "1.0", "2", "High"),
                    finding("CVE-2020-12345", "libssl", "1.1", "", "Low"),
                ],
            ),
            &["v1.0", "latest"],
        ),
        tagged(unscanned("p/two", 2), &["v1"]),
        clean("p/base/three", 3),
        reported("q/four", 4, &[finding("cve-2020-1234", "SSL", "3.0", " , ", "Critical"), described]),
    ])
}

/// R10, I8: exact, chainable, and nobody says of an unscanned image that it is free of anything.
#[test]
fn artifacts_with_a_cve() {
    let report = sample();
    assert_eq!(ids(&report.with_cve("Cve-2020-1234")), [1, 4]);
    assert_eq!(ids(&report.with_cve("CVE-2020-1234").with_cve("CVE-3")), [4]);
    assert_eq!(report.with_cve("CVE-3").artifacts()[0].findings().count(), 2, "whole artifacts");
    assert!(report.has_cve("CVE-3").is_yes());
    assert!(report.has_cve("CVE-4").is_unknown());
    assert!(report.matching(&ArtifactFilter::reported()).has_cve("CVE-4").is_no());
    assert_eq!(ids(&report.without_report()), [2]);
}

/// I9, I8: the beginning of an identifier is another identifier.
#[test]
fn trap_a_cve_is_not_found_by_its_beginning() {
    let report = sample();
    assert_eq!(ids(&report.with_cve("CVE-2020-12345")), [1]);
    let one = report.with_cve("CVE-2020-12345");
    assert_eq!(one.findings().with_cve("CVE-2020-1234").count(), 1);
    for id in ["CVE-2020-123", "2020-1234", "CVE-2020-1234 ", "", ".*", "CVE-2020-1234|CVE-3"] {
        assert!(report.with_cve(id).is_empty(), "{id:?}");
        assert_eq!(report.findings().with_cve(id).count(), 0, "{id:?}");
    }
    let pattern = FindingFilter::cve_matching(crate::analysis::Pattern::regex("CVE-2020-1234.*").unwrap());
    assert_eq!(report.findings().matching(&pattern).count(), 3);
}

/// R11, I12, S16: a description contains a text wherever it stands, and on whichever line.
#[test]
fn trap_a_description_contains_what_is_not_at_its_start() {
    let report = sample();
    for text in ["bar", "FOO", "o\nb", "(baz)", "bar (b"] {
        assert_eq!(ids(&report.with_description(text)), [4], "{text:?}");
        assert!(report.has_description(text).is_yes());
        assert_eq!(report.findings().with_description(text).count(), 1);
    }
    for text in ["foo bar", ".*bar", "foo.bar"] {
        assert!(report.with_description(text).is_empty(), "{text:?}");
    }
}

/// R12, I10, I11: packages are compared whole, and asked for by a part only with a pattern.
#[test]
fn trap_a_package_is_not_found_by_its_beginning() {
    let report = sample();
    assert_eq!(ids(&report.with_package("ssl")), [1, 4]);
    assert_eq!(ids(&report.with_package("libSSL")), [1]);
    for name in ["lib", "libss", ".*ssl"] {
        assert!(report.with_package(name).is_empty(), "{name}");
        assert!(!report.has_package(name).is_yes());
    }
    let pattern = crate::analysis::Pattern::regex(".*ssl").unwrap();
    let found = report.findings().matching(&FindingFilter::package_matching(pattern));
    assert_eq!(found.map(|(_, finding)| finding.get().package()).collect::<Vec<_>>(), ["ssl", "libssl", "SSL"]);
}

/// R12, I10: bounds are inclusive, and without any bound a version does not matter.
#[test]
fn artifacts_with_a_version_of_a_package() {
    let report = sample();
    let with = |range: &str| ids(&report.with_package_version("ssl", &VersionRange::parse(range).unwrap()));
    assert_eq!(with("*"), [1, 4]);
    assert_eq!(with(">=1.0, <=3.0"), [1, 4]);
    assert_eq!(with("<3.0"), [1]);
    assert_eq!(with(">1.0"), [4]);
    assert_eq!(with(">3.0"), [0; 0]);
    assert!(report.has_package_version("ssl", &VersionRange::any().at_most("0.9")).is_unknown(), "one is not scanned");
}

/// R12, I10, V2, V5: a Debian epoch is not a major version.
#[test]
fn trap_an_epoch_is_no_major_version() {
    let packages = [
        finding("CVE-1", "vim", "2:8.2.2434-3+deb11u1", "", "High"),
        finding("CVE-2", "libc6", "2.31-13+deb11u5", "", "High"),
        finding("CVE-3", "openssl", "1.1.1n-0+deb11u3", "", "High"),
    ];
    let report = report_of([reported("p/debian", 1, &packages)]);
    let has = |range: &str| report.has_package_version("vim", &VersionRange::parse(range).unwrap());
    assert!(has("<2:9.0").is_yes());
    assert!(has(">=2:8.2, <2:8.3").is_yes());
    assert!(has("<1:9.0").is_no(), "an older epoch, whatever follows");
    assert!(has(">=3.0").is_yes(), "no epoch is epoch 0");
}

/// R13: two views of severity: any finding of that severity, and the worst finding.
#[test]
fn trap_severity_of_a_finding_and_of_the_whole() {
    let report = sample();
    assert_eq!(ids(&report.with_severity(Severity::Low)), [1, 4]);
    assert_eq!(ids(&report.with_overall_severity(Severity::Low)), [0; 0]);
    assert_eq!(ids(&report.with_overall_severity(Severity::High)), [1]);
    assert_eq!(ids(&report.with_severity_at_least(Severity::High)), [1, 4]);
    assert!(report.has_severity(Severity::Low).is_yes());
    assert!(report.has_overall_severity(Severity::Low).is_unknown(), "one is not scanned");
    let clean = report.with_repository("p/base/three");
    for severity in Severity::ALL {
        assert!(clean.has_overall_severity(severity).is_no(), "{severity}: nothing found is no severity");
    }
}

/// R7, R8: findings of each of the seven severities, and of one or worse.
#[test]
fn findings_by_severity() {
    let all = Severity::ALL.map(|severity| finding(severity.as_str(), "a", "1", "", severity.as_str()));
    let report = report_of([reported("p/one", 1, &all), reported("p/two", 2, &all)]);
    fn ids<'a>(findings: crate::analysis::Findings<'a>) -> Vec<&'a str> {
        findings.map(|(_, finding)| finding.get().id()).collect()
    }
    for (place, severity) in Severity::ALL.into_iter().enumerate() {
        assert_eq!(ids(report.findings().with_severity(severity)), [severity.as_str(); 2]);
        assert_eq!(report.findings().with_severity_at_least(severity).count(), 2 * (Severity::ALL.len() - place));
    }
    let named = [
        report.none(),
        report.unknown(),
        report.negligible(),
        report.low(),
        report.medium(),
        report.high(),
        report.critical(),
    ];
    assert_eq!(named.map(|findings| ids(findings)[0]), Severity::ALL.map(Severity::as_str));
}

/// R14: whole names, of which none means nothing; a pattern is asked for.
#[test]
fn trap_no_repositories_are_not_all_of_them() {
    let report = sample();
    let none: [&str; 0] = [];
    assert!(report.with_repositories(none).is_empty());
    assert!(report.matching(&ArtifactFilter::projects(none)).is_empty());
    assert_eq!(report.findings().matching(&FindingFilter::cves(none)).count(), 0);
    assert_eq!(report.findings().matching(&FindingFilter::packages(none)).count(), 0);
    assert!(report.matching(&ArtifactFilter::any([])).is_empty());
    assert_eq!(ids(&report.with_repositories(["P/One", "q/four", "x/y"])), [1, 4]);
    assert_eq!(ids(&report.with_repository("p/one")), [1]);
    assert_eq!(ids(&report.with_repository("base/three")), [3], "the part after the project");
    assert_eq!(ids(&report.with_repository("three")), [0; 0]);
    assert_eq!(ids(&report.with_repository("p")), [0; 0], "a project is no repository");
    assert_eq!(ids(&report.with_project("p")), [1, 2, 3]);
    assert!(report.has_repository("p/on").is_no() && report.has_repository("p/one").is_yes());
}

/// R15, I13: a tag is compared whole, and its capitals count.
#[test]
fn trap_a_tag_is_not_found_by_its_beginning() {
    let report = sample();
    assert_eq!(ids(&report.with_tag("v1")), [2]);
    assert_eq!(ids(&report.with_tag("latest")), [1]);
    assert_eq!(ids(&report.with_tag("V1")), [0; 0]);
    assert!(report.has_tag("v1.0").is_yes() && report.has_tag("v").is_no());
    let pattern = crate::analysis::Pattern::glob("V1*").unwrap();
    assert_eq!(ids(&report.matching(&ArtifactFilter::tag_matching(pattern))), [1, 2]);
    assert_eq!(ids(&report.matching(&ArtifactFilter::untagged())), [3, 4]);
}

#[test]
fn the_parts_of_a_report_are_the_whole() {
    let report = sample();
    let filter = !ArtifactFilter::has(FindingFilter::cve("CVE-2020-12345"));
    let Partition { matching, undecided, others } = report.partition(&filter);
    assert_eq!((ids(&matching), ids(&undecided), ids(&others)), (vec![3, 4], vec![2], vec![1]));
    assert_eq!(ids(&report.matching(&filter)), [3, 4]);
    assert_eq!(ids(&report.undecided(&filter)), [2]);
}

#[test]
fn views_share_what_they_show() {
    let report = sample();
    let view = report.with_cve("CVE-3");
    assert!(Arc::ptr_eq(&view.artifacts()[0].artifact, &report.artifacts()[3].artifact));
    let [one, other] = [&view.artifacts()[0], &report.artifacts()[3]].map(|info| info.state.report().unwrap());
    assert!(std::ptr::eq(one, other));
}

#[test]
fn images_speak_for_their_index_as_long_as_all_are_there() {
    let one = clean("p/index", 1);
    let two = reported("p/index", 2, &[finding("CVE-1", "ssl", "1", "", "High")]);
    let mut index = changed(clean("p/index", 3), |index| {
        let child = |info: &ArtifactInfo| Child::new(info.artifact.digest.clone(), Platform::default());
        index.children = [&one, &two].map(child).into();
    });
    index.state = ReportState::InChildren;
    let all = report_of([one.clone(), two.clone(), index.clone()]);
    assert!(all.has_cve("CVE-1").is_yes() && all.has_cve("CVE-2").is_no());
    assert!(all.has_severity(Severity::Low).is_no() && all.has_overall_severity(Severity::Low).is_no());
    assert!(report_of([one.clone(), index.clone()]).has_cve("CVE-2").is_unknown());
    let elsewhere = [in_registry("one", one), in_registry("two", two), in_registry("one", index.clone())];
    assert!(report_of(elsewhere).has_cve("CVE-2").is_unknown(), "another registry does not speak for it");
    assert!(report_of([index]).has_cve("CVE-1").is_unknown());
}
