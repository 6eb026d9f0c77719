//! What holds for all inventories and policies.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Findings of a few packages and severities, in images of a few repositories.
fn any_inventory() -> impl Strategy<Value = Inventory> {
    let id = prop::sample::select(&["CVE-2021-0001", "CVE-2021-0002", "cve-2021-0002", "GHSA-1", ""][..]);
    let package = prop::sample::select(&["a", "b", "a/b", ""][..]);
    let severity = prop::sample::select(&["None", "Low", "High", "Critical", "odd"][..]);
    let any_finding =
        (id, package, severity, any::<bool>(), 0..=100_u8).prop_map(|(id, package, severity, has_fix, tenths)| {
            match has_fix {
                true => fixable(id, package, severity, f64::from(tenths) / 10.0),
                false => finding(id, package, "1.0", severity),
            }
        });
    let repository = prop::sample::select(&["p/a", "p/b", "q/a"][..]);
    let artifact = (
        repository,
        prop::option::weighted(0.8, prop::collection::vec(any_finding, 0..6)),
        prop::option::of(0..60_i64),
    );
    prop::collection::vec(artifact, 0..6).prop_map(|artifacts| {
        inventory((1..).zip(artifacts).map(|(id, (repository, findings, age))| {
            let info = match findings {
                Some(findings) => image(repository, id, &findings),
                None => in_state(repository, id, ReportState::NotScanned),
            };
            changed(info, |artifact| artifact.push_time = age.map(|days| now() - chrono::TimeDelta::days(days)))
        }))
    })
}

fn any_rules() -> impl Strategy<Value = String> {
    let condition = prop::sample::select(
        &[
            "severity = \"none\"",
            "severity = \"high\"\ngrace = \"30d\"",
            "kev = true",
            "epss = 0.01\nmin_age = \"10d\"",
            "cvss = 5.0\nfixable = true",
            "package = \"a*\"",
        ][..],
    );
    let settings =
        prop::sample::select(&["", "unrated = \"count\"", "unscanned = \"violation\"", "suppressed = \"count\""][..]);
    (settings, prop::collection::vec(condition, 1..4)).prop_map(|(settings, conditions)| {
        let rules = conditions.iter().enumerate();
        rules.fold(settings.to_owned(), |text, (number, condition)| {
            format!("{text}\n[[rules]]\nname = \"{number}\"\n{condition}")
        })
    })
}

fn any_exception() -> impl Strategy<Value = String> {
    let subject = prop::sample::select(
        &[
            "cve = \"CVE-2021-0001\"",
            "cve = \"*\"\npackage = \"a\"",
            "repository = \"p/**\"",
            "project = [\"q\", \"harbor.example.com/p\"]",
            "registry = \"other\"",
        ][..],
    );
    let expires = prop::sample::select(&["\"never\"", "2026-11-20", "2026-11-21"][..]);
    (subject, expires)
        .prop_map(|(subject, expires)| format!("\n[[exceptions]]\n{subject}\nreason = \"why\"\nexpires = {expires}"))
}

/// Every violation as text, whatever list it is in.
fn messages(violations: &[Violation<'_>]) -> Vec<Value> {
    violations
        .iter()
        .map(|violation| json!([violation.to_string(), violation.info().map(|info| info.artifact.id)]))
        .collect()
}

proptest! {
    /// An exception moves violations to the excused, and changes nothing else.
    #[test]
    fn exceptions_only_excuse(inventory in any_inventory(), rules in any_rules(), exception in any_exception()) {
        let all = |text: &str| with_verdict(&policy(text), &inventory, |verdict| {
            [&verdict.violations, &verdict.excused, &verdict.pending].map(|list| messages(list))
        });
        let [without, excused_without, pending_without] = all(&rules);
        let [with, excused_with, pending_with] = all(&format!("{rules}{exception}"));
        prop_assert!(with.iter().all(|violation| without.contains(violation)));
        prop_assert!(pending_with.iter().all(|violation| pending_without.contains(violation)));
        prop_assert!(excused_without.iter().all(|violation| excused_with.contains(violation)));
        let sum = |lists: [&Vec<Value>; 3]| {
            let mut all: Vec<_> = lists.into_iter().flatten().map(ToString::to_string).collect();
            all.sort();
            all
        };
        prop_assert_eq!(
            sum([&with, &excused_with, &pending_with]),
            sum([&without, &excused_without, &pending_without])
        );
    }

    /// An allowlist does as an exception does.
    #[test]
    fn suppressions_never_add_violations(inventory in any_inventory(), rules in any_rules(), ids in prop::collection::vec("CVE-2021-000[12]|GHSA-1", 0..3)) {
        let infos = || inventory.report().iter().cloned();
        let list = Allowlist { cves: ids, ..Allowlist::default() };
        let mut lists = Allowlists { system: Some(list), ..Allowlists::default() };
        lists.projects.extend(["p", "q"].map(|project| (project.parse().unwrap(), ProjectAllowlist::System)));
        let suppressed = inventory_with(infos(), lists);
        let policy = policy(&rules);
        let before = with_verdict(&policy, &inventory, |verdict| messages(&verdict.violations));
        let after = with_verdict(&policy, &suppressed, |verdict| messages(&verdict.violations));
        prop_assert!(after.iter().all(|violation| before.contains(violation)));
    }

    /// Nothing is passed over: the counts are those of the inventory and of the lists.
    #[test]
    fn everything_is_judged(inventory in any_inventory(), rules in any_rules()) {
        let report = inventory.report();
        let findings = report.iter().map(|info| info.findings().count()).sum::<usize>();
        let unscanned = report.iter().filter(|info| info.state.report().is_none()).count();
        with_verdict(&policy(&rules), &inventory, |verdict| {
            assert_eq!((verdict.artifacts, verdict.findings, verdict.without_report), (report.len(), findings, unscanned));
            let of_rules = |list: &[Violation<'_>]| list.iter().filter(|violation| matches!(violation, Violation::Finding { .. })).count();
            let counted = verdict.counts.iter().fold([0; 3], |sum, count| {
                [sum[0] + count.violations, sum[1] + count.excused, sum[2] + count.pending]
            });
            assert_eq!(counted, [&verdict.violations, &verdict.excused, &verdict.pending].map(|list| of_rules(list)));
        });
        let every = rule("severity = \"none\"\n");
        let every = Policy { treatment: Treatment { unrated: Counting::Count, ..Treatment::default() }, ..every };
        prop_assert_eq!(with_verdict(&every, &inventory, |verdict| verdict.violations.len()), findings);
    }

    #[test]
    fn any_text_can_be_tried_as_a_policy(text in "(version = 1\n)?(\\[\\[(rules|exceptions|projects)\\]\\]\n)?[a-z]{0,7} ?=? ?[\"0-9a-z-]{0,9}") {
        if let Err(error) = Policy::parse(&text) {
            prop_assert!(error.to_string().starts_with("policy"));
        }
    }
}
