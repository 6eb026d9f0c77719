use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::analysis::samples::{any_report, changed, clean, finding, report_of, reported, unscanned};
use crate::model::{ArtifactInfo, FindingRef};

/// Artifact, id and position of each match, sorted; the position by address, as a naive search knows none.
fn sorted_matches<'a>(matches: impl Iterator<Item = (&'a ArtifactInfo, FindingRef<'a>)>) -> Vec<(i64, usize)> {
    let mut found: Vec<_> =
        matches.map(|(info, finding)| (info.artifact.id, std::ptr::from_ref(finding.shared()) as usize)).collect();
    found.sort_unstable();
    found
}

fn ids<'a>(artifacts: impl Iterator<Item = &'a ArtifactInfo>) -> Vec<i64> {
    artifacts.map(|info| info.artifact.id).collect()
}

/// The artifact under another number: the same content in another place.
fn copy(info: &ArtifactInfo, id: i64) -> ArtifactInfo {
    changed(info.clone(), |artifact| artifact.id = id)
}

/// R16: who has a vulnerability, who has a package.
#[test]
fn it_finds_who_has_what() {
    let report = report_of([
        unscanned("p/zero", 0),
        reported(
            "p/one",
            1,
            &[
                finding("CVE-2020-1234", "ssl", "1", "", "High"),
                finding("CVE-2020-12345", "libssl", "1", "", "High"),
                finding("cve-2020-1234", "zip", "1", "", "High"),
            ],
        ),
        clean("p/two", 2),
        reported("p/three", 3, &[finding("CVE-2020-1234", "SSL", "2", "", "High"), finding("", "ssl", "2", "", "Low")]),
    ]);
    let index = Index::new(&report);
    let found: Vec<_> =
        index.with_cve("Cve-2020-1234").map(|(info, finding)| (info.artifact.id, finding.get().package())).collect();
    assert_eq!(found, [(1, "ssl"), (1, "zip"), (3, "SSL")]);
    assert_eq!(ids(index.with_cve("CVE-2020-1234").artifacts()), [1, 3]);
    assert_eq!(ids(index.with_package("ssl").artifacts()), [1, 3]);
    assert_eq!(ids(index.with_package("ssl").map(|(info, _)| info)), [1, 3, 3]);
    assert_eq!(ids(index.with_cve("").artifacts()), [3]);
    for nothing in ["CVE-2020-123", "2020-1234", ".*"] {
        assert_eq!(index.with_cve(nothing).count(), 0, "{nothing}");
        assert_eq!(index.with_package(nothing).count(), 0, "{nothing}");
    }
    assert_eq!(Index::new(&ArtifactReport::default()).with_cve("CVE-1").count(), 0);
}

#[test]
fn artifacts_that_share_a_report_come_together() {
    let findings = [finding("CVE-1", "a", "1", "", "High"), finding("CVE-1", "b", "1", "", "High")];
    let one = reported("p/one", 1, &findings);
    let two = reported("p/two", 2, &findings);
    let report = report_of([one.clone(), two, copy(&one, 3)]);
    let index = Index::new(&report);
    assert_eq!(index.postings.len(), 4);
    assert_eq!(ids(index.with_cve("CVE-1").map(|(info, _)| info)), [1, 1, 3, 3, 2, 2]);
    assert_eq!(ids(index.with_cve("CVE-1").artifacts()), [1, 3, 2]);
    let mut begun = index.with_cve("CVE-1");
    begun.next();
    assert_eq!(ids(begun.artifacts()), [1, 3, 2]);
}

#[test]
fn it_can_be_asked_with_a_text_that_is_gone_by_then() {
    let report = report_of([reported("p/one", 1, &[finding("CVE-1", "a", "1", "", "High")])]);
    let index = Index::new(&report);
    let matches = index.with_cve(&format!("CVE-{}", 1));
    let (_, finding) = matches.last().unwrap();
    drop(index);
    assert!(Arc::ptr_eq(finding.shared(), report.findings().next().unwrap().1.shared()));
}

proptest! {
    /// R16: the same as a naive search, whatever is shared.
    #[test]
    fn it_finds_what_a_naive_search_finds(report in any_report(), copies in prop::collection::vec(0..12_usize, 0..6)) {
        let copies = copies.into_iter().filter_map(|place| report.artifacts().get(place)).zip(100..);
        let copies: Vec<_> = copies.map(|(info, id)| copy(info, id)).collect();
        let report: ArtifactReport = report.iter().cloned().chain(copies).collect();
        let index = Index::new(&report);
        for id in ["CVE-1", "cve-2", "CVE-3", "", "CVE-"] {
            let naive = || report.findings().filter(|(_, finding)| finding.id().eq_ignore_ascii_case(id));
            prop_assert_eq!(sorted_matches(index.with_cve(id)), sorted_matches(naive()));
            let artifacts = ids(index.with_cve(id).artifacts());
            prop_assert_eq!(artifacts.len(), artifacts.iter().collect::<BTreeSet<_>>().len());
            let expected: BTreeSet<_> = naive().map(|(info, _)| info.artifact.id).collect();
            prop_assert_eq!(artifacts.into_iter().collect::<BTreeSet<_>>(), expected);
        }
        for name in ["ssl", "Zip", "", "s"] {
            let naive = report.findings().filter(|(_, finding)| finding.package().eq_ignore_ascii_case(name));
            prop_assert_eq!(sorted_matches(index.with_package(name)), sorted_matches(naive));
        }
    }

    /// R16: what a summary counts is found again by its name, even where that is empty.
    #[test]
    fn what_is_summed_up_is_found_again(report in any_report()) {
        let index = Index::new(&report);
        for cve in report.by_cve() {
            prop_assert_eq!(index.with_cve(cve.id).count(), cve.findings);
            prop_assert_eq!(report.findings().with_cve(cve.id).count(), cve.findings);
            prop_assert_eq!(report.with_cve(cve.id).len(), cve.artifacts);
        }
        for package in report.by_package() {
            prop_assert_eq!(index.with_package(package.name).count(), package.findings);
            prop_assert_eq!(report.findings().with_package(package.name).count(), package.findings);
            prop_assert_eq!(report.with_package(package.name).len(), package.artifacts);
        }
    }
}
