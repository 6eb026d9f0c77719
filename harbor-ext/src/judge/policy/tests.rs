use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::failure::{Failure, Target};
use crate::inventory::Inventory;
use crate::judge::samples::{
    REGISTRY, changed, digest, finding, fixable, image, in_state, inventory, inventory_with, now, snapshot, time,
};
use crate::judge::{Assessment, Epss, Kev, Knowledge, SuppressionSource, Verdict, Violation};
use crate::model::{Allowlist, Allowlists, ArtifactInfo, ProjectAllowlist, ReportState};

fn policy(text: &str) -> Policy {
    Policy::parse(&format!("version = 1\n{text}")).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn rule(conditions: &str) -> Policy {
    policy(&format!("[[rules]]\nname = \"it\"\n{conditions}"))
}

fn knowledge() -> Knowledge {
    let entry = json!({ "cveID": "CVE-2021-0001", "dateAdded": "2021-12-10" });
    let catalogue = json!({
        "catalogVersion": "1", "dateReleased": "2026-11-20T00:00:00Z", "count": 1, "vulnerabilities": [entry],
    });
    let scores = "#score_date:2026-11-20\ncve,epss,percentile\nCVE-2021-0001,0.5,0.9\nCVE-2021-0002,0.01,0.2\n";
    Knowledge {
        kev: Some(Kev::parse(catalogue.to_string().as_bytes()).unwrap()),
        epss: Some(Epss::parse(scores.as_bytes()).unwrap()),
        vex: Vec::new(),
    }
}

/// Which findings are violations, and how often.
fn ids(violations: &[Violation<'_>]) -> Vec<String> {
    violations
        .iter()
        .map(|violation| match violation {
            Violation::Finding { assessed, .. } => assessed.finding.id().to_owned(),
            Violation::WithoutReport { info, .. } => info.artifact.repository.to_string(),
            Violation::NotRead { failure, .. } => failure.target.to_string(),
        })
        .collect()
}

fn with_verdict<T>(policy: &Policy, inventory: &Inventory, look: impl FnOnce(&Verdict<'_>) -> T) -> T {
    let knowledge = knowledge();
    let verdict = policy.check(&Assessment::new(inventory, &knowledge, now())).unwrap();
    look(&verdict)
}

fn violations(policy: &Policy, infos: impl IntoIterator<Item = ArtifactInfo>) -> Vec<String> {
    with_verdict(policy, &inventory(infos), |verdict| ids(&verdict.violations))
}

/// Three findings: one critical, exploited and fixable; one low; one that nobody has rated.
fn samples() -> [ArtifactInfo; 1] {
    let critical = fixable("CVE-2021-0001", "openssl", "Critical", 9.8);
    let mut low = finding("CVE-2021-0002", "zlib", "1.0", "Low");
    low["preferred_cvss"] = json!({ "score_v3": 3.1 });
    [image("shop/api", 1, &[critical, low, finding("GHSA-1", "lodash", "1.0", "")])]
}

#[test]
fn conditions_are_met_together() {
    for (conditions, expected) in [
        ("severity = \"critical\"", &["CVE-2021-0001"][..]),
        ("severity = \"LOW\"", &["CVE-2021-0001", "CVE-2021-0002"]),
        ("severity = \"unknown\"", &["CVE-2021-0001", "CVE-2021-0002", "GHSA-1"]),
        ("cvss = 9.8", &["CVE-2021-0001"]),
        ("cvss = 9.9", &[]),
        ("cvss = 3", &["CVE-2021-0001", "CVE-2021-0002"]),
        ("epss = 0.5", &["CVE-2021-0001"]),
        ("epss = 0.500001", &[]),
        ("epss = 0", &["CVE-2021-0001", "CVE-2021-0002"]),
        ("kev = true", &["CVE-2021-0001"]),
        ("kev = false", &["CVE-2021-0002", "GHSA-1"]),
        ("fixable = true", &["CVE-2021-0001"]),
        ("fixable = false", &["CVE-2021-0002", "GHSA-1"]),
        ("fixable = false\nseverity = \"low\"", &["CVE-2021-0002"]),
        ("fixable = false\nkev = true", &[]),
        ("cve = \"cve-2021-*\"", &["CVE-2021-0001", "CVE-2021-0002"]),
        ("cve = [\"GHSA-1\", \"CVE-2021-000\"]", &["GHSA-1"]),
        ("package = [\"open*\", \"zlib\"]\nfixable = true", &["CVE-2021-0001"]),
    ] {
        assert_eq!(violations(&rule(conditions), samples()), expected, "{conditions}");
    }
}

/// What nobody has rated is harmless or as bad as can be, by choice, and never silently.
#[test]
fn the_unrated_count_by_choice() {
    for conditions in ["severity = \"low\"", "cvss = 5", "epss = 0.2"] {
        let rule = format!("[[rules]]\nname = \"it\"\n{conditions}");
        let unrated = || [image("shop/api", 1, &[finding("GHSA-1", "lodash", "1.0", "Odd")])];
        with_verdict(&policy(&rule), &inventory(unrated()), |verdict| {
            assert!(
                verdict.is_met() && verdict.notes[0].contains("1 finding without the severity"),
                "{:?}",
                verdict.notes
            );
        });
        assert_eq!(violations(&policy(&format!("unrated = \"count\"\n{rule}")), unrated()), ["GHSA-1"]);
        let other = format!("unrated = \"count\"\n{rule}\nfixable = true");
        assert_eq!(violations(&policy(&other), unrated()), [""; 0], "the other conditions count still");
    }
}

#[test]
fn what_nobody_told_is_an_error() {
    let inventory = inventory(samples());
    for (conditions, says) in [("kev = true", "CISA"), ("kev = false", "CISA"), ("epss = 0.1", "FIRST")] {
        let nothing = Knowledge::default();
        let assessment = Assessment::new(&inventory, &nothing, now());
        let error = rule(conditions).check(&assessment).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("rule \"it\""), "{error}");
        let for_project = format!("[[projects]]\nproject = \"x\"\n[[projects.rules]]\nname = \"it\"\n{conditions}");
        assert!(policy(&for_project).check(&assessment).is_err());
    }
}

fn pushed(text: &str) -> ArtifactInfo {
    let [info] = samples();
    changed(info, |artifact| artifact.push_time = Some(time(text)))
}

/// Without older snapshots, age and grace count from the push; without that, it is as old as can be.
#[test]
fn age_and_grace_end_to_the_second() {
    let [unknown] = samples();
    for (info, is_old) in [
        (pushed("2026-11-11T12:00:00Z"), true),
        (pushed("2026-11-11T12:00:01Z"), false),
        (pushed("2027-01-01T00:00:00Z"), false),
        (unknown, true),
    ] {
        for (conditions, old, young) in [
            ("min_age = \"10d\"", vec!["CVE-2021-0001"], vec![]),
            ("grace = \"10d\"", vec!["CVE-2021-0001"], vec!["CVE-2021-0001"]),
            ("grace = \"240h\"", vec!["CVE-2021-0001"], vec!["CVE-2021-0001"]),
        ] {
            let policy = rule(&format!("kev = true\n{conditions}"));
            with_verdict(&policy, &inventory([info.clone()]), |verdict| {
                assert_eq!(ids(&verdict.violations), if is_old { old } else { vec![] }, "{conditions}");
                assert_eq!(ids(&verdict.pending), if is_old { vec![] } else { young }, "{conditions}");
                assert_eq!(verdict.counts[0].pending, verdict.pending.len());
                if let Some(Violation::Finding { due, .. }) = verdict.pending.first() {
                    assert!(due.unwrap() > now());
                }
            });
        }
    }
}

/// What older snapshots tell goes before the push.
#[test]
fn first_seen_goes_before_the_push() {
    let inventory = inventory([pushed("2026-01-01T00:00:00Z")]);
    let knowledge = knowledge();
    let assessment = Assessment::new(&inventory, &knowledge, now());
    let mut assessed = assessment.findings().next().unwrap();
    assessed.first_seen = Some(time("2026-11-20T12:00:00Z"));
    let rule = &rule("min_age = \"2d\"\ngrace = \"1w\"").rules[0];
    assert_eq!(rule.is_met_in(&assessed, now()), rule::Met::No);
    assert_eq!(rule.due(&assessed), Some(time("2026-11-27T12:00:00Z")));
    assert!(rule.reason(&assessed, now()).contains("1 day old"));
}

/// A rebuilt image does not make its findings young again.
#[test]
fn older_snapshots_tell_how_old_a_finding_is() {
    let mut older = snapshot([pushed("2026-10-31T00:00:00Z")]);
    older.source.started_at = time("2026-11-01T00:00:00Z");
    let newer = snapshot([pushed("2026-11-20T00:00:00Z")]);
    let inventory = Inventory::new([newer, older]);
    for (conditions, violations) in [("grace = \"20d\"", 1), ("grace = \"21d\"", 0), ("min_age = \"20d\"", 1)] {
        let policy = rule(&format!("kev = true\n{conditions}"));
        with_verdict(&policy, &inventory, |verdict| assert_eq!(verdict.violations.len(), violations, "{conditions}"));
    }
}

#[test]
fn projects_change_rules() {
    let base = "
        [[rules]]
        name = \"critical\"
        severity = \"critical\"
        [[rules]]
        name = \"low\"
        severity = \"low\"
        [[projects]]
    ";
    for (change, expected) in [
        ("project = \"other\"\noff = [\"low\"]", &["CVE-2021-0001", "CVE-2021-0001", "CVE-2021-0002"][..]),
        ("project = \"shop\"\noff = [\"low\"]", &["CVE-2021-0001"]),
        ("project = [\"x\", \"HARBOR.example.com/sh*\"]\noff = [\"low\", \"critical\"]", &[]),
        ("project = \"other.example.com/shop\"\noff = [\"low\"]", &["CVE-2021-0001", "CVE-2021-0001", "CVE-2021-0002"]),
        (
            "project = \"shop\"\n[[projects.rules]]\nname = \"low\"\nseverity = \"high\"",
            &["CVE-2021-0001", "CVE-2021-0001"],
        ),
        (
            "project = \"shop\"\noff = [\"low\"]\n[[projects.rules]]\nname = \"new\"\ncve = \"GHSA-*\"",
            &["CVE-2021-0001", "GHSA-1"],
        ),
        ("project = \"shop\"\noff = [\"low\"]\n[[projects]]\nproject = \"sh*\"\noff = [\"critical\"]", &[]),
    ] {
        assert_eq!(violations(&policy(&format!("{base}{change}")), samples()), expected, "{change}");
    }
}

fn excepting(exception: &str) -> Policy {
    policy(&format!(
        "[[rules]]\nname = \"all\"\nseverity = \"none\"\n[[exceptions]]\nreason = \"why\"\nexpires = \"never\"\n{exception}"
    ))
}

#[test]
fn exceptions_excuse_what_they_name() {
    for (exception, excused) in [
        ("cve = \"cve-2021-0001\"", &["CVE-2021-0001"][..]),
        ("cve = \"CVE-2021-*\"", &["CVE-2021-0001", "CVE-2021-0002"]),
        ("cve = [\"CVE-2021-0001\", \"GHSA-1\"]", &["CVE-2021-0001", "GHSA-1"]),
        ("cve = [\"CVE-2021-0001\", \"GHSA-*\"]", &["CVE-2021-0001", "GHSA-1"]),
        ("cve = \"CVE-2021-000\"", &[]),
        ("package = \"zlib\"", &["CVE-2021-0002"]),
        ("cve = \"CVE-2021-0001\"\npackage = \"zlib\"", &[]),
        ("cve = \"CVE-2021-0001\"\nrepository = \"shop/*\"", &["CVE-2021-0001"]),
        ("cve = \"CVE-2021-0001\"\nrepository = \"harbor.example.com/shop/api\"", &["CVE-2021-0001"]),
        ("cve = \"CVE-2021-0001\"\nrepository = \"shop\"", &[]),
        ("project = \"shop\"", &["CVE-2021-0001", "CVE-2021-0002", "GHSA-1"]),
        ("project = \"shop\"\nregistry = \"*.example.com\"\ncve = \"GHSA-1\"", &["GHSA-1"]),
        ("registry = \"other.example.com\"", &[]),
    ] {
        with_verdict(&excepting(exception), &inventory(samples()), |verdict| {
            assert_eq!(ids(&verdict.excused), excused, "{exception}");
            assert_eq!(verdict.violations.len() + verdict.excused.len(), 3, "{exception}");
            assert_eq!(verdict.counts[0].excused, excused.len(), "{exception}");
            let unused = verdict.notes.iter().any(|note| note.contains("Exception 1") && note.contains("take it out"));
            assert_eq!(unused, excused.is_empty(), "{exception}: {:?}", verdict.notes);
            for excused in &verdict.excused {
                let [suppression] = excused.suppressions() else { panic!("{excused}") };
                assert_eq!((&suppression.source, &*suppression.reason), (&SuppressionSource::Exception, "why"));
            }
        });
    }
}

#[test]
fn what_is_for_no_project_is_said() {
    let rule = "[[rules]]\nname = \"all\"\nseverity = \"none\"\n";
    for (project, is_known) in [("shop", true), ("sh*", true), ("shp", false), ("elsewhere.example/shop", false)] {
        let policy = policy(&format!("{rule}[[projects]]\nproject = \"{project}\"\nunscanned = \"violation\""));
        with_verdict(&policy, &inventory(samples()), |verdict| {
            let is_told = verdict.notes.iter().any(|note| note.starts_with(&format!("Projects 1 ({project}) of")));
            assert_eq!(is_told, !is_known, "{project}: {:?}", verdict.notes);
        });
    }
}

#[test]
fn an_exception_counts_to_the_end_of_its_last_day() {
    for (expires, counts) in [
        ("2026-11-21", true),
        ("\"2026-11-21\"", true),
        ("2026-11-20", false),
        ("2026-11-21T12:00:01Z", true),
        ("2026-11-21T12:00:00Z", false),
        ("2026-11-21T13:00:00+02:00", false),
        ("\"never\"", true),
    ] {
        let policy = policy(&format!(
            "[[rules]]\nname = \"all\"\nseverity = \"none\"\n\
             [[exceptions]]\ncve = \"CVE-2021-0001\"\nreason = \"why\"\nexpires = {expires}"
        ));
        with_verdict(&policy, &inventory(samples()), |verdict| {
            assert_eq!(verdict.excused.len(), usize::from(counts), "{expires}");
            let has_ended =
                verdict.notes.iter().any(|note| note.starts_with("Exception 1 (CVE-2021-0001) ended on 2026-11-2"));
            assert_eq!(has_ended, !counts, "{:?}", verdict.notes);
        });
    }
}

fn failure(repository: &str) -> Failure {
    let repository: crate::name::RepositoryName = repository.parse().unwrap();
    Failure::of_input(Target::from(repository), "no answer\u{1b}[0m".into())
}

#[test]
fn what_has_no_report_counts_by_choice() {
    let states = || {
        let failed = ReportState::Failed(Arc::new(failure("shop/failed")));
        let mut snapshot = snapshot([
            in_state("shop/never", 1, ReportState::NotScanned),
            in_state("shop/running", 2, ReportState::Running),
            in_state("shop/chart", 3, ReportState::Unsupported),
            in_state("shop/index", 4, ReportState::InChildren),
            in_state("shop/failed", 5, failed),
        ]);
        snapshot.collected.failures = vec![failure("shop/failed"), failure("shop/unlisted")];
        Inventory::new([snapshot])
    };
    with_verdict(&Policy::default(), &states(), |verdict| {
        assert!(verdict.is_met() && verdict.incomplete);
        assert_eq!((verdict.artifacts, verdict.without_report, verdict.unread), (5, 3, 2));
        assert!(verdict.notes.iter().any(|note| note.contains("1 artifact without a report (not_scanned)")));
    });
    with_verdict(&policy("unscanned = \"violation\""), &states(), |verdict| {
        assert_eq!(ids(&verdict.violations), ["shop/never", "shop/running"]);
        assert!(verdict.incomplete);
    });
    with_verdict(&policy("unsupported = \"violation\"\nfailed = \"violation\""), &states(), |verdict| {
        let mut found = ids(&verdict.violations);
        found.sort();
        assert_eq!(found, ["shop/chart", "shop/failed", "shop/unlisted"], "each failure once");
        assert!(!verdict.incomplete);
    });
    let for_project = "[[projects]]\nproject = \"shop\"\nunscanned = \"violation\"\nfailed = \"violation\"";
    with_verdict(&policy(for_project), &states(), |verdict| assert_eq!(verdict.violations.len(), 4));
    let excepted =
        "unscanned = \"violation\"\n[[exceptions]]\nrepository = \"shop/n*\"\nreason = \"why\"\nexpires = \"never\"";
    with_verdict(&policy(excepted), &states(), |verdict| {
        assert_eq!(
            (ids(&verdict.violations), ids(&verdict.excused)),
            (vec!["shop/running".into()], vec!["shop/never".into()])
        );
    });
}

#[test]
fn a_crawl_that_was_killed_is_incomplete() {
    let mut snapshot = snapshot(samples());
    snapshot.source.finished_at = None;
    with_verdict(&Policy::default(), &Inventory::new([snapshot]), |verdict| {
        assert!(verdict.incomplete && verdict.notes[0].contains("did not come to its end"), "{:?}", verdict.notes);
    });
}

#[test]
fn what_is_suppressed_is_excused_unless_the_policy_says_otherwise() {
    let mut list = Allowlist::default();
    list.cves.push("CVE-2021-0001".into());
    let mut lists = Allowlists::default();
    lists.projects.insert("shop".parse().unwrap(), ProjectAllowlist::Own(list));
    let inventory = inventory_with(samples(), lists);
    let rule = "[[rules]]\nname = \"critical\"\nseverity = \"critical\"";
    with_verdict(&policy(rule), &inventory, |verdict| {
        assert!(verdict.is_met());
        assert_eq!(verdict.excused[0].suppressions()[0].source, SuppressionSource::ProjectAllowlist);
    });
    with_verdict(&policy(&format!("suppressed = \"count\"\n{rule}")), &inventory, |verdict| {
        assert_eq!((ids(&verdict.violations), verdict.excused.len()), (vec!["CVE-2021-0001".to_owned()], 0));
        assert_eq!(verdict.violations[0].suppressions().len(), 1);
    });
    let exception = "[[exceptions]]\npackage = \"openssl\"\nreason = \"why\"\nexpires = \"never\"";
    with_verdict(&policy(&format!("suppressed = \"count\"\n{rule}\n{exception}")), &inventory, |verdict| {
        assert_eq!((verdict.violations.len(), verdict.excused[0].suppressions().len()), (0, 2));
    });
}

#[test]
fn a_policy_without_a_file_has_one_rule() {
    assert_eq!(violations(&Policy::of(Severity::Low, false), samples()), ["CVE-2021-0001", "CVE-2021-0002"]);
    assert_eq!(violations(&Policy::of(Severity::Low, true), samples()), ["CVE-2021-0001"]);
    assert_eq!(&*Policy::of(Severity::High, true).rules[0].name, "High or worse, fixable");
}

#[test]
fn a_violation_is_a_clear_sentence() {
    let policy = rule("severity = \"high\"\ncvss = 9\nkev = true\nepss = 0.1\nfixable = true\nmin_age = \"1d\"");
    let info = changed(pushed("2026-11-01T12:00:00Z"), |artifact| {
        artifact.tags.push(crate::model::ArtifactTag::new("latest"));
    });
    with_verdict(&policy, &inventory([info]), |verdict| {
        assert_eq!(
            verdict.violations[0].to_string(),
            "harbor.example.com/shop/api:v1 (sha256:00000000, 1 more tag) has CVE-2021-0001 in openssl 1.0, against the \
             rule \"it\" (severity Critical, CVSS 9.8, known to be exploited since 2021-12-10, EPSS 0.5, fixable, 20 days \
             old): upgrade openssl to 1.1"
        );
    });
    let states = "unscanned = \"violation\"\nfailed = \"violation\"";
    let mut snapshot = snapshot([in_state("shop/api", 1, ReportState::NotScanned)]);
    snapshot.collected.failures.push(failure("shop/web"));
    with_verdict(&self::policy(states), &Inventory::new([snapshot]), |verdict| {
        let sentences: Vec<_> = verdict.violations.iter().map(ToString::to_string).collect();
        assert_eq!(
            sentences[0],
            "harbor.example.com/shop/api:v1 (sha256:00000000) has no vulnerability report (never scanned): scan it"
        );
        assert!(
            sentences[1].starts_with("harbor.example.com could not be read: ")
                && sentences[1].ends_with(": read it again")
        );
        assert!(sentences[1].contains("shop/web") && !sentences[1].contains('\u{1b}'), "{}", sentences[1]);
    });
}

/// Names come from registries that anybody can push to.
#[test]
fn hostile_names_do_no_harm_in_a_sentence() {
    let mut hostile = finding("CVE-1\u{1b}]0;x\u{7}", "a\r\n::error::\u{202e}", "1\u{0}", "Critical");
    hostile["fix_version"] = json!("2\u{1b}[31m, 3\n");
    let policy = rule("severity = \"low\"");
    with_verdict(&policy, &inventory([image("shop/api", 1, &[hostile])]), |verdict| {
        let sentence = verdict.violations[0].to_string();
        assert!(!sentence.contains(|c: char| c.is_control() || c == '\u{202e}'), "{sentence}");
        assert!(sentence.ends_with("to 2⟨U+001B⟩[31m or 3"), "{sentence}");
    });
}

/// The JSON says everything on a violation, and is as its schema says.
#[test]
fn a_verdict_is_written_as_its_schema_says() {
    let text = "
        unscanned = \"violation\"
        failed = \"violation\"
        [[rules]]
        name = \"critical\"
        severity = \"critical\"
        [[rules]]
        name = \"low\"
        severity = \"low\"
        grace = \"5w\"
        [[exceptions]]
        cve = \"CVE-2021-0001\"
        reason = \"why\"
        expires = 2026-12-31
    ";
    let mut snapshot = snapshot([pushed("2026-11-01T12:00:00Z"), in_state("shop/web", 2, ReportState::NotScanned)]);
    snapshot.collected.failures.push(failure("shop/gone"));
    let schema = serde_json::to_value(schemars::schema_for!(Verdict<'_>)).unwrap();
    with_verdict(&policy(text), &Inventory::new([snapshot]), |verdict| {
        let written = serde_json::to_value(verdict).unwrap();
        let errors: Vec<_> =
            jsonschema::validator_for(&schema).unwrap().iter_errors(&written).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let kinds = written["violations"].as_array().unwrap().iter().map(|violation| &violation["kind"]);
        assert_eq!(kinds.collect::<Vec<_>>(), ["without_report", "not_read"]);
        assert_eq!(written["violations"][0]["registry"], REGISTRY);
        assert_eq!(written["violations"][1]["registry"], REGISTRY);
        let excused = &written["excused"][0];
        assert_eq!((&excused["rule"], &excused["finding"]["exploited"]), (&json!("critical"), &json!(true)));
        assert_eq!(excused["image"]["digest"], digest(1));
        assert_eq!(excused["suppressions"][0]["source"], json!({ "kind": "exception" }));
        assert_eq!(excused["suppressions"][0]["expires_at"], "2027-01-01T00:00:00Z");
        assert_eq!(
            (&written["pending"][0]["finding"]["id"], &written["pending"][0]["due"]),
            (&json!("CVE-2021-0002"), &json!("2026-12-06T12:00:00Z"))
        );
        assert_eq!(written["counts"][1], json!({ "rule": "low", "violations": 0, "excused": 1, "pending": 1 }));
    });
}

#[test]
fn a_mistake_in_a_file_is_told_with_its_line() {
    let rule = "version = 1\n[[rules]]\nname = \"a\"\n";
    let exception = "version = 1\n[[exceptions]]\nreason = \"why\"\nexpires = \"never\"\n";
    let exception_alone = &format!("{exception}cve = \"x\"");
    for (text, line, says) in [
        ("", 1, "missing field `version`"),
        ("version = 2", 1, "it has to be 1"),
        ("version = \"1\"", 1, "invalid type"),
        ("version = 1\n[[rules", 2, ""),
        ("version = 1\nunscanned = \"allow\"", 0, "it forbids nothing"),
        (exception_alone, 0, "it forbids nothing"),
        ("version = 1\n\"\\u001b[31m\" = 1", 2, "unknown field"),
        ("version = 1\nunscaned = \"allow\"", 2, "is \"unscanned\" meant?"),
        ("version = 1\nunscanned = \"alow\"", 2, "is \"allow\" meant?"),
        ("version = 1\n[[rule]]\nname = \"a\"", 2, "is \"rules\" meant?"),
        (&format!("{rule}severty = \"high\""), 4, "is \"severity\" meant?"),
        (&format!("{rule}zzz = 1"), 4, "unknown field `zzz`"),
        (&format!("{rule}severity = \"hihg\""), 4, "\"hihg\" is no severity"),
        (&format!("{rule}cvss = \"9\""), 4, "invalid type"),
        (&format!("{rule}cvss = 11"), 2, "from 0 to 10"),
        (&format!("{rule}cvss = nan"), 2, "from 0 to 10"),
        (&format!("{rule}epss = 10"), 2, "such as 0.1 for 10 %"),
        (&format!("{rule}min_age = \"30\""), 4, "no length of time"),
        (&format!("{rule}min_age = \"-1d\""), 4, "no length of time"),
        (&format!("{rule}grace = \"99999999999999999999d\""), 4, "no length of time"),
        (&format!("{rule}grace = \"99999w\""), 4, "no length of time"),
        (&format!("{rule}grace = \"3é\""), 4, "no length of time"),
        (&format!("{rule}grace = \"3d\""), 2, "has no condition"),
        (&format!("{rule}package = []"), 4, "an empty list matches nothing"),
        (&format!("{rule}package = \"\""), 4, "an empty pattern"),
        (&format!("{rule}package = \"[a\""), 4, "is not a pattern"),
        (&format!("{rule}kev = true\n[[rules]]\nname = \"a\"\nkev = true"), 5, "is there twice"),
        ("version = 1\n[[rules]]\nname = \" \"\nkev = true", 2, "needs a name"),
        ("version = 1\n[[rules]]\nkev = true", 2, "missing field `name`"),
        ("version = 1\n[[projects]]\noff = []", 2, "missing field `project`"),
        (&format!("{rule}kev = true\n[[projects]]\nproject = \"p\"\noff = [\"A\"]"), 5, "no rule \"A\""),
        (&format!("{exception}repository = \"x\"\ncves = \"x\""), 6, "is \"cve\" meant?"),
        (exception, 2, "something that it is for"),
        ("version = 1\n[[exceptions]]\ncve = \"x\"\nexpires = \"never\"", 2, "missing field `reason`"),
        ("version = 1\n[[exceptions]]\ncve = \"x\"\nreason = \"  \"\nexpires = \"never\"", 2, "needs a reason"),
        ("version = 1\n[[exceptions]]\ncve = \"x\"\nreason = \"why\"", 2, "missing field `expires`"),
        ("version = 1\n[[exceptions]]\ncve = \"x\"\nreason = \"why\"\nexpires = \"soon\"", 5, "has to be a date"),
        (
            "version = 1\n[[exceptions]]\ncve = \"x\"\nreason = \"why\"\nexpires = 2026-11-21T10:00:00",
            5,
            "with an offset",
        ),
        ("version = 1\n[[exceptions]]\ncve = \"x\"\nreason = \"why\"\nexpires = 5", 5, "has to be a date"),
    ] {
        let error = Policy::parse(text).unwrap_err().to_string();
        let place = match line {
            0 => "policy: ".to_owned(),
            line => format!("policy, line {line}: "),
        };
        assert!(error.starts_with(&place) && error.contains(says), "{text}\n{error}");
        assert!(!error.contains(char::is_control), "{error:?}");
    }
}

mod properties;
