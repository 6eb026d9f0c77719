use std::cmp::Ordering;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::analysis::samples::{any_report, finding, report_of, reported, unscanned};
use crate::version::compare;

/// A finding of its own, in the given version of a package with a mark of npm.
fn fix(id: &str, version: &str, fix_version: &str) -> Value {
    finding(id, "@scope/pad", version, fix_version, "High")
}

/// The target for findings in version 2.0.0 of a package, and how many they are.
fn upgrade(fix_versions: &[&str]) -> Vec<(String, usize)> {
    let ids = (1..).map(|id| format!("CVE-{id}"));
    let findings: Vec<_> = ids.zip(fix_versions).map(|(id, fix_version)| fix(&id, "2.0.0", fix_version)).collect();
    let report = report_of([reported("p/a", 1, &findings)]);
    let upgrades = report.fix_plan().upgrades;
    upgrades.iter().map(|upgrade| (upgrade.target.to_owned(), upgrade.affected.findings)).collect()
}

fn one(target: &str, findings: usize) -> Vec<(String, usize)> {
    vec![(target.to_owned(), findings)]
}

/// R16: the fix plan.
#[test]
fn the_highest_of_the_lowest_fixes_decides() {
    assert_eq!(upgrade(&["2.0.9", "2.0.10", "2.0.1"]), one("2.0.10", 3));
    assert_eq!(upgrade(&["2.0.10", "", " , "]), one("2.0.10", 1));
    assert_eq!(upgrade(&[]), []);
}

/// W8: several fixes with commas between: the lowest above the installed one decides.
#[test]
fn of_several_lines_the_nearest_decides() {
    assert_eq!(upgrade(&["3.1.0, 1.9.9,2.0.5"]), one("2.0.5", 1));
    assert_eq!(upgrade(&["1.9.9, 3.1.0"]), one("3.1.0", 1));
    // 2.4.0 is in a line of its own for the second finding, which is fixed in 2.1 and in 2.4.7.
    assert_eq!(upgrade(&["2.4.0", "2.1.3, 2.4.7"]), one("2.4.7", 2));
    // 2.1.5 is of the same line as 2.1.3.
    assert_eq!(upgrade(&["2.1.5", "2.1.3, 2.4.7"]), one("2.1.5", 2));
    assert_eq!(upgrade(&["3.0.0", "2.1.3, 2.4.7"]), one("3.0.0", 2));
    assert_eq!(upgrade(&["2.2.0", "2.1.3, 2.4.7", "2.4.8"]), one("2.4.8", 3));
}

/// As advisories of Rust are written.
#[test]
fn a_fix_may_be_the_beginning_of_a_range() {
    assert_eq!(upgrade(&[">= 2.1.0"]), one("2.1.0", 1));
    assert_eq!(upgrade(&[">= 3.1.0, >= 2.1.3, < 3.0.0", ">= 2.1.0"]), one("2.1.3", 2));
    assert_eq!(upgrade(&["< 3.0.0"]), []);
}

/// Debian places words above all numbers, and Maven reads any text.
#[test]
fn a_word_is_no_version_to_upgrade_to() {
    for (scheme, installed, fix_version, target) in [
        (Scheme::Dpkg, "1.1.1n-0+deb11u3", "unfixed", None),
        (Scheme::Dpkg, "1.1.1n-0+deb11u3", "None, 1.1.1n-0+deb11u4", Some("1.1.1n-0+deb11u4")),
        (Scheme::Rpm, "1.0-1.el8", "wontfix", None),
        (Scheme::Maven, "2.9.1", "see advisory", None),
        (Scheme::Maven, "Greenwich.SR1", "Greenwich.SR6", Some("Greenwich.SR6")),
        (Scheme::Go, "1.21.3", "go1.21.5", Some("go1.21.5")),
    ] {
        let report = report_of([reported("p/a", 1, &[finding("CVE-1", "a", installed, fix_version, "High")])]);
        let plan = report.fix_plan_with(|_| Some(scheme));
        assert_eq!(plan.upgrades.first().map(|upgrade| upgrade.target), target, "{fix_version}");
        let reasons: Vec<_> = plan.not_comparable.iter().map(|part| part.reason).collect();
        assert_eq!(reasons, if target.is_none() { vec![Incomparable::FixVersion] } else { vec![] }, "{fix_version}");
    }
}

#[test]
fn what_cannot_be_compared_stays_apart() {
    let report = report_of([
        reported(
            "p/a",
            1,
            &[
                finding("CVE-1", "pad", "odd one", "2.0.0", "Low"),
                fix("CVE-2", "2.0.0", "soon"),
                fix("CVE-3", "2.0.0", "1.9.0, 2.0.0"),
                fix("CVE-4", "2.0.0", "1.9.0, soon"),
                fix("CVE-5", "2.0.0", "2.1.0, soon"),
                fix("CVE-6", "2.0.0", ""),
            ],
        ),
        unscanned("p/a", 2),
    ]);
    let plan = report.fix_plan();
    let mut reasons: Vec<_> = plan
        .not_comparable
        .iter()
        .map(|part| (part.reason, part.affected.cves.iter().copied().collect::<Vec<_>>()))
        .collect();
    reasons.sort();
    assert_eq!(
        reasons,
        [
            (Incomparable::NoScheme, vec!["CVE-1"]),
            (Incomparable::FixVersion, vec!["CVE-2", "CVE-4"]),
            (Incomparable::NotNewer, vec!["CVE-3"]),
        ]
    );
    let unread = plan.not_comparable.iter().find(|part| part.reason == Incomparable::FixVersion).unwrap();
    assert_eq!(unread.fix_versions, BTreeSet::from(["soon", "1.9.0, soon"]));
    assert_eq!((plan.upgrades[0].target, plan.not_fixable), ("2.1.0", 1));
}

#[test]
fn a_scheme_comes_from_the_distribution_or_from_the_caller() {
    let bash = finding("CVE-1", "bash", "5.1-2", "5.1-10", "High");
    let debian = finding("CVE-2", "apt", "2.2.4+deb11u1", "", "Low");
    let findings = [bash.clone(), debian];
    let report =
        report_of([reported("p/a", 1, &findings), reported("p/b", 2, &[finding("CVE-3", "x", "odd one", "7", "Low")])]);
    let plan = report.fix_plan();
    let upgrade = &plan.upgrades[0];
    assert_eq!((upgrade.package, upgrade.scheme, upgrade.confidence), ("bash", Scheme::Dpkg, Confidence::Likely));
    assert_eq!(plan.not_comparable[0].reason, Incomparable::NoScheme);

    let plan = report.fix_plan_with(|finding| (finding.package() == "x").then_some(Scheme::Maven));
    let given = plan.upgrades.iter().find(|upgrade| upgrade.package == "x").unwrap();
    assert_eq!((given.target, given.confidence), ("7", Confidence::Given));
    let plan = report.fix_plan_with(|_| Some(Scheme::SemVer));
    assert_eq!(plan.not_comparable[0].reason, Incomparable::InstalledVersion);
}

#[test]
fn an_upgrade_says_what_it_removes_and_where() {
    let report = report_of([
        reported("p/a", 1, &[fix("CVE-1", "2.0.0", "2.0.1"), fix("CVE-2", "2.0.0", "2.0.4")]),
        reported("p/b", 2, &[fix("cve-1", "2.0.0", "2.0.1"), fix("CVE-7", "1.0.0", "1.0.1")]),
    ]);
    let plan = report.fix_plan();
    let sentences: Vec<_> = plan.upgrades.iter().map(ToString::to_string).collect();
    assert_eq!(
        sentences,
        [
            "upgrading @scope/pad from 2.0.0 to 2.0.4 removes 3 findings in 2 images",
            "upgrading @scope/pad from 1.0.0 to 1.0.1 removes 1 finding in 1 image",
        ]
    );
    assert_eq!(plan.upgrades[0].affected.cves, BTreeSet::from(["CVE-1", "CVE-2"]));
    let written = serde_json::to_value(&plan).unwrap();
    assert_eq!(written["upgrades"][1]["artifacts"], json!([report.artifacts()[1].artifact.name_with_full_digest()]));
    assert_eq!(written["upgrades"][1]["scheme"], "npm");
}

proptest! {
    /// R16: every finding is removed, or has no fix, or cannot be compared; and what is said to be removed is.
    #[test]
    fn a_plan_adds_up_and_keeps_its_word(report in any_report(), given in prop::option::of(Just(Scheme::SemVer))) {
        let plan = report.fix_plan_with(|_| given);
        let removed: usize = plan.upgrades.iter().map(|upgrade| upgrade.affected.findings).sum();
        let not_comparable: usize = plan.not_comparable.iter().map(|part| part.affected.findings).sum();
        prop_assert_eq!(removed + not_comparable + plan.not_fixable, report.counts().findings);
        prop_assert_eq!(plan.not_fixable, report.counts().unfixable);
        for upgrade in &plan.upgrades {
            let is_above = |a: &str, b: &str| compare(upgrade.scheme, a, b).is_ok_and(Ordering::is_gt);
            prop_assert!(is_above(upgrade.target, upgrade.version));
            let fixed = report.findings().filter(|(_, finding)| {
                (finding.package(), finding.version()) == (upgrade.package, upgrade.version)
                    && finding.fix_versions().any(|fix| {
                        is_above(fix, upgrade.version) && !is_above(fix, upgrade.target)
                    })
            });
            prop_assert_eq!(fixed.count(), upgrade.affected.findings);
            let has_it = |info: &&ArtifactInfo| info.findings().any(|finding| finding.package() == upgrade.package);
            prop_assert!(upgrade.affected.artifacts.iter().all(has_it));
        }
    }

    /// R16: the order of the artifacts does not matter.
    #[test]
    fn a_plan_does_not_depend_on_the_order(report in any_report()) {
        let reversed: ArtifactReport = report.iter().rev().cloned().collect();
        let shown = |report: &ArtifactReport| {
            let plan = report.fix_plan();
            let upgrades: Vec<_> = plan.upgrades.iter().map(|upgrade| upgrade.to_string()).collect();
            (upgrades, plan.not_fixable)
        };
        prop_assert_eq!(shown(&report), shown(&reversed));
    }
}
