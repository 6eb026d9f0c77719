use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::analysis::samples::{any_report, changed, clean, finding, reported, unscanned};
use crate::failure::{Phase, Target};
use crate::model::{Allowlist, ArtifactTag, ProjectAllowlist, ReportState};
use crate::outcome::Collected;

const ONE: &str = "one.example.com";
const TWO: &str = "two.example.com";
const SELECTIONS: &[&[&str]] = &[&[], &["project p"], &["project q", "tag x"]];

/// Noon of a day.
fn day(number: i64) -> DateTime<Utc> {
    let first: DateTime<Utc> = "2026-01-01T12:00:00Z".parse().unwrap();
    first + TimeDelta::days(number)
}

/// What a registry held on a day, read to the end.
fn snapshot(registry: &str, number: i64, items: impl IntoIterator<Item = ArtifactInfo>) -> Snapshot {
    let mut source = Source::new(registry, format!("https://{registry}"), day(number));
    source.finished_at = Some(day(number) + TimeDelta::minutes(5));
    let (failures, summary) = (Vec::new(), Summary::default());
    Snapshot::new(source, Collected { items: items.into_iter().collect(), failures, summary })
}

/// The same, for a part of the registry only.
fn part(mut snapshot: Snapshot, selection: &[&str]) -> Snapshot {
    snapshot.source.selection = selection.iter().map(|condition| (*condition).to_owned()).collect();
    snapshot
}

fn killed(mut snapshot: Snapshot) -> Snapshot {
    snapshot.source.finished_at = None;
    snapshot
}

fn failed(mut snapshot: Snapshot, target: Target) -> Snapshot {
    let failure = Failure { phase: Phase::ListingArtifacts, ..Failure::of_input(target, "away".to_owned()) };
    snapshot.collected.failures.push(failure);
    snapshot
}

fn high(id: &str) -> Value {
    finding(id, "ssl", "1.0", "1.1", "High")
}

fn ids(inventory: &Inventory) -> Vec<(&str, i64)> {
    let artifacts = inventory.report().iter().map(|info| &info.artifact);
    artifacts.map(|artifact| (artifact.registry.as_deref().unwrap(), artifact.id)).collect()
}

fn times(inventory: &Inventory) -> Vec<DateTime<Utc>> {
    inventory.current().iter().map(|current| current.source.started_at).collect()
}

#[test]
fn the_newest_snapshot_of_each_registry_says_what_it_holds() {
    let inventory = Inventory::new([
        snapshot(TWO, 2, [clean("p/a", 1)]),
        snapshot(ONE, 1, [clean("p/a", 1), clean("p/b", 2)]),
        snapshot(ONE, 3, [clean("p/a", 1), clean("p/c", 3)]),
    ]);
    assert_eq!(ids(&inventory), [(ONE, 1), (ONE, 3), (TWO, 1)]);
    assert_eq!(times(&inventory), [day(3), day(2)]);
    assert_eq!(inventory.trend().iter().map(|point| point.counts.artifacts).collect::<Vec<_>>(), [2, 1, 2]);
    assert!(inventory.is_complete());
    assert!(Inventory::default().is_complete() && Inventory::default().report().is_empty());
}

#[test]
fn a_part_does_not_hide_the_whole_and_the_whole_hides_older_parts() {
    let whole = |number, ids: &[i64]| snapshot(ONE, number, ids.iter().map(|id| clean("p/a", *id)));
    let of_project = |number, ids: &[i64]| part(whole(number, ids), &["project p"]);
    for (what, snapshots, expected, current) in [
        ("a newer part", vec![whole(1, &[1, 2]), of_project(2, &[2, 3])], vec![1, 2, 3], vec![2, 1]),
        ("an older part", vec![whole(2, &[1, 2]), of_project(1, &[2, 3])], vec![1, 2], vec![2]),
        ("two of a part", vec![of_project(1, &[1]), of_project(2, &[2])], vec![2], vec![2]),
        ("another part", vec![of_project(1, &[1]), part(whole(2, &[2]), &["project q"])], vec![1, 2], vec![2, 1]),
        (
            "the same part in other words",
            vec![part(whole(1, &[1]), &["tag x", "project p"]), part(whole(2, &[2]), &["project p", "tag x"])],
            vec![2],
            vec![2],
        ),
        ("a killed one", vec![whole(1, &[1, 2]), killed(whole(2, &[2, 3]))], vec![1, 2, 3], vec![2, 1]),
        ("two killed ones", vec![killed(whole(1, &[1])), killed(whole(2, &[2]))], vec![2], vec![2]),
        ("one after a killed one", vec![killed(whole(1, &[1])), whole(2, &[2])], vec![2], vec![2]),
        ("nothing listed", vec![whole(1, &[1]), failed(whole(2, &[]), Target::default())], vec![1], vec![2, 1]),
        ("a project lost", vec![whole(1, &[1]), failed(whole(2, &[2]), of_project_name("q"))], vec![2], vec![2]),
    ] {
        for snapshots in [snapshots.clone(), snapshots.into_iter().rev().collect()] {
            let inventory = Inventory::new(snapshots);
            assert_eq!(ids(&inventory).into_iter().map(|(_, id)| id).collect::<Vec<_>>(), expected, "{what}");
            assert_eq!(times(&inventory), current.iter().copied().map(day).collect::<Vec<_>>(), "{what}");
        }
    }
}

fn of_project_name(name: &str) -> Target {
    name.parse::<crate::name::ProjectName>().unwrap().into()
}

/// Each artifact as the newest one lists it, with what is known of its findings.
#[test]
fn where_snapshots_overlap_the_newer_list_and_the_better_report_count() {
    let tagged = |info, tag: &str| changed(info, |artifact| artifact.tags = vec![ArtifactTag::new(tag)]);
    let older = snapshot(ONE, 1, [tagged(reported("p/a", 1, &[high("CVE-1")]), "old"), clean("q/b", 2)]);
    let newer = part(snapshot(ONE, 2, [tagged(unscanned("p/a", 1), "new")]), &["project p"]);
    let inventory = Inventory::new([newer, older]);
    assert_eq!(ids(&inventory), [(ONE, 1), (ONE, 2)]);
    let info = &inventory.report().artifacts()[0];
    assert_eq!((info.tags().collect::<Vec<_>>(), info.findings().count()), (vec!["new"], 1));
}

#[test]
fn the_same_snapshot_twice_counts_once_and_a_damaged_copy_not_at_all() {
    let whole = || snapshot(ONE, 1, [reported("p/a", 1, &[high("CVE-1")]), clean("p/b", 2)]);
    let mut damaged = failed(whole(), Target::default());
    damaged.collected.items.truncate(1);
    for copies in [vec![whole(), whole()], vec![whole(), damaged.clone()], vec![damaged, whole()]] {
        let inventory = Inventory::new(copies);
        assert_eq!((inventory.report().len(), inventory.current().len(), inventory.trend().len()), (2, 1, 1));
        assert_eq!(inventory.trend()[0].counts.artifacts, 2);
        assert!(inventory.is_complete() && inventory.trend()[0].complete);
        let info = &inventory.report().artifacts()[0];
        assert_eq!(inventory.first_seen(info, &info.findings().next().unwrap()), None, "there is no history");
    }
}

#[test]
fn what_is_not_complete_is_said_with_its_registry() {
    let inventory = Inventory::new([
        snapshot(ONE, 1, [clean("p/a", 1)]),
        failed(snapshot(TWO, 1, [clean("p/a", 1)]), of_project_name("q")),
    ]);
    assert!(!inventory.is_complete());
    let failures: Vec<_> = inventory.failures().map(|(source, failure)| (&*source.registry, &failure.target)).collect();
    assert_eq!(failures, [(TWO, &Box::new(of_project_name("q")))]);
    assert_eq!(inventory.current().iter().map(Current::is_complete).collect::<Vec<_>>(), [true, false]);
    assert_eq!(inventory.trend().iter().map(|point| point.complete).collect::<Vec<_>>(), [true, false]);
}

/// Of each list the newest that was read, as long as its snapshot is current.
#[test]
fn allowlists_of_several_current_snapshots_are_put_together() {
    let accepting = |mut snapshot: Snapshot, system: Option<&str>, projects: &[(&str, &str)]| {
        let list = |id: &str| Allowlist { cves: vec![id.to_owned()], expires_at: None };
        snapshot.allowlists.system = system.map(list);
        let own = projects.iter().map(|(name, id)| (name.parse().unwrap(), ProjectAllowlist::Own(list(id))));
        snapshot.allowlists.projects = own.collect();
        snapshot
    };
    let inventory = Inventory::new([
        accepting(snapshot(ONE, 1, []), Some("CVE-0"), &[("r", "CVE-0")]),
        accepting(snapshot(ONE, 2, []), Some("CVE-1"), &[("p", "CVE-1"), ("q", "CVE-1")]),
        accepting(part(snapshot(ONE, 3, []), &["project p"]), None, &[("p", "CVE-2")]),
        accepting(snapshot(TWO, 4, []), Some("CVE-3"), &[]),
    ]);
    let Allowlists { system, projects, .. } = inventory.allowlists(ONE);
    let accepted: Vec<_> = projects
        .iter()
        .map(|(name, list)| match list {
            ProjectAllowlist::Own(list) => (name.as_str(), list.cves[0].as_str()),
            ProjectAllowlist::System => panic!("{name} has a list of its own"),
        })
        .collect();
    assert_eq!(accepted, [("p", "CVE-2"), ("q", "CVE-1")]);
    assert!(system.unwrap().lists("CVE-1"));
    assert!(inventory.allowlists("three.example.com") == Allowlists::default());
}

/// Only what was asked for the same in the same registry can be compared.
#[test]
fn a_trend_has_a_line_for_each_registry_and_part() {
    let inventory = Inventory::new([
        snapshot(ONE, 2, [reported("p/a", 1, &[high("CVE-1")]), unscanned("p/b", 2)]),
        snapshot(ONE, 1, []),
        part(snapshot(ONE, 1, []), &["project p"]),
        snapshot(TWO, 2, []),
    ]);
    let lines: Vec<_> = inventory
        .trend_lines()
        .into_iter()
        .map(|((registry, selection), points)| {
            (registry, selection.len(), points.iter().map(|point| point.time).collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(lines, [(ONE, 0, vec![day(1), day(2)]), (ONE, 1, vec![day(1)]), (TWO, 0, vec![day(2)])]);
    let last = inventory.trend_lines()[&(ONE, &[][..])][1];
    assert_eq!((last.counts.unique_cves, last.counts.fixable, last.severities.total()), (1, 1, 1));
    assert_eq!((last.states["reported"], last.states["not_scanned"], last.cve_severities.total()), (1, 1, 1));
}

/// What is in an artifact belongs to the registry of its snapshot, though it may have been made without one.
#[test]
fn artifacts_are_of_the_registry_of_their_snapshot() {
    let inventory = Inventory::new([snapshot(ONE, 1, [clean("p/a", 1)]), snapshot(TWO, 1, [clean("p/a", 1)])]);
    assert_eq!(inventory.report().by_repository().len(), 2);
    assert_eq!(inventory.report().with_registry(TWO).len(), 1);
}

/// What one day says of CVE-1 in p/a: it has it, it has it not, and all that leaves it open.
fn on(number: i64, word: char) -> Snapshot {
    let with = |id, findings: &[Value]| reported("p/a", id, findings);
    let of = |items: Vec<ArtifactInfo>| snapshot(ONE, number, items);
    match word {
        'x' => of(vec![with(1, &[high("CVE-1")])]),
        // A rebuild with another version, which is still vulnerable.
        'r' => of(vec![with(2, &[finding("cve-1", "SSL", "2.0", "", "Low")])]),
        '.' => of(vec![with(1, &[high("CVE-2")])]),
        '-' => of(vec![clean("p/other", 9)]),
        '?' => of(vec![clean("p/a", 3), unscanned("p/a", 1)]),
        'f' => of(vec![changed_state("p/a", ReportState::ScanFailed { status: "Error".into() })]),
        'n' => of(vec![changed_state("p/a", ReportState::NoScanner)]),
        'k' => killed(of(vec![clean("p/a", 3)])),
        '!' => failed(of(vec![clean("q/b", 9)]), of_project_name("p")),
        '0' => failed(of(vec![]), Target::default()),
        'p' => part(of(vec![clean("p/a", 3)]), &["tag other"]),
        _ => panic!("there is no such day as {word}"),
    }
}

fn changed_state(repository: &str, state: ReportState) -> ArtifactInfo {
    ArtifactInfo { state, ..clean(repository, 1) }
}

fn history(days: &str) -> Inventory {
    Inventory::new((0..).zip(days.chars()).map(|(number, word)| on(number, word)))
}

/// Since when, and whether that is exact, for an artifact of p/a with CVE-1.
fn sighting(inventory: &Inventory) -> Option<(DateTime<Utc>, bool)> {
    let info = crate::analysis::samples::in_registry(ONE, reported("p/a", 7, &[high("CVE-1")]));
    let sighting = inventory.first_sighting(&info, &info.findings().next().unwrap());
    sighting.map(|sighting| (sighting.time, sighting.is_exact))
}

#[test]
fn findings_are_first_seen_when_the_unbroken_run_of_snapshots_begins() {
    for (what, days, expected) in [
        ("one snapshot", "x", None),
        ("it was never there", "..", None),
        ("it is gone", "xx.", None),
        ("the repository is gone", "xx-", None),
        ("it is new", ".x", Some((1, true))),
        ("the repository is new", "-x", Some((1, true))),
        ("it was always there", "xxx", Some((0, false))),
        ("gone and back", "x.xx", Some((2, true))),
        ("gone with its repository and back", "x-xx", Some((2, true))),
        ("a rebuild that is still vulnerable", ".xr", Some((1, true))),
        ("a scan that failed in between", "xfx", Some((0, false))),
        ("another image that was not scanned", ".x?x", Some((1, true))),
        ("no scanner", "xnx", Some((0, false))),
        ("a killed crawl", "xkx", Some((0, false))),
        ("a project that could not be read", "x!x", Some((0, false))),
        ("a registry that was away", ".x0x", Some((1, true))),
        ("a part that has something else", "xpx", Some((0, false))),
        ("not known today", ".x?", Some((1, true))),
        ("before it nothing was known", "?x", None),
        ("before it nothing was known, for long", "?xx", Some((1, false))),
    ] {
        let expected = expected.map(|(number, is_exact)| (day(number), is_exact));
        assert_eq!(sighting(&history(days)), expected, "{what}: {days}");
    }
}

/// Crawls of a part have a history of their own, in which those of everything take part.
#[test]
fn parts_have_histories_too() {
    let of_part = |number, word| part(on(number, word), &["project p"]);
    for (what, snapshots, expected) in [
        ("only parts", vec![of_part(0, '.'), of_part(1, 'x'), of_part(2, 'x')], Some((1, true))),
        ("a new part", vec![on(0, '.'), on(1, 'x'), of_part(2, 'x')], Some((1, true))),
        ("the part knew it before", vec![of_part(0, 'x'), on(1, 'x')], Some((0, false))),
        ("gone in between", vec![of_part(0, 'x'), on(1, '.'), of_part(2, 'x'), on(3, 'x')], Some((2, true))),
        ("a part that does not list it", vec![on(0, 'x'), of_part(1, '-'), on(2, 'x')], Some((0, false))),
    ] {
        let expected = expected.map(|(number, is_exact)| (day(number), is_exact));
        assert_eq!(sighting(&Inventory::new(snapshots)), expected, "{what}");
    }
}

#[test]
fn registries_have_histories_of_their_own() {
    let elsewhere = |number, word| {
        let mut snapshot = on(number, word);
        snapshot.source.registry = TWO.into();
        snapshot
    };
    let inventory = Inventory::new([elsewhere(0, 'x'), on(1, '.'), on(2, 'x'), elsewhere(3, 'x')]);
    let seen: Vec<_> = inventory.report().findings().map(|(info, it)| inventory.first_seen(info, &it)).collect();
    assert_eq!(seen, [Some(day(2)), Some(day(0))]);
}

/// Goes forward through the days, as one would by hand.
fn sighting_by_hand(days: &str) -> Option<(DateTime<Utc>, bool)> {
    let (mut since, mut was_missed) = (None, false);
    for (number, word) in (0..).zip(days.chars()) {
        match word {
            'x' | 'r' => since = since.or(Some((number, was_missed))),
            '.' | '-' => (since, was_missed) = (None, true),
            _ => {}
        }
    }
    let newest = days.chars().count() as i64 - 1;
    let (number, is_exact) = since?;
    (is_exact || number < newest).then_some((day(number), is_exact))
}

/// Everything that an inventory says, to be compared.
fn everything(inventory: &Inventory) -> impl PartialEq + std::fmt::Debug + use<> {
    let artifacts = serde_json::to_value(inventory.report()).unwrap();
    let current = serde_json::to_value(inventory.current()).unwrap();
    let seen: Vec<_> =
        inventory.report().findings().map(|(info, finding)| inventory.first_sighting(info, &finding)).collect();
    (artifacts, current, serde_json::to_value(inventory.trend()).unwrap(), seen)
}

fn any_snapshot() -> impl Strategy<Value = Snapshot> {
    let selection = prop::sample::select(SELECTIONS);
    let registry = prop::sample::select(&[ONE, TWO][..]);
    (registry, 0..5_i64, selection, any_report(), 0..6_u8).prop_map(|(registry, number, selection, report, fate)| {
        let snapshot = part(snapshot(registry, number, report), selection);
        match fate {
            0 => killed(snapshot),
            1 => failed(snapshot, Target::default()),
            2 => failed(snapshot, of_project_name("p")),
            _ => snapshot,
        }
    })
}

/// Snapshots, no two of the same crawl, in some order and in another.
fn any_snapshots() -> impl Strategy<Value = (Vec<Snapshot>, Vec<Snapshot>)> {
    let all = prop::collection::vec(any_snapshot(), 0..8).prop_map(|mut all| {
        let mut seen = std::collections::HashSet::new();
        all.retain(|it| {
            let source = &it.source;
            seen.insert((source.registry.clone(), source.selection.clone(), source.started_at))
        });
        all
    });
    all.prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
}

proptest! {
    #[test]
    fn going_back_finds_what_going_forward_finds(days in "[xr.?fnk!0-]{1,9}") {
        prop_assert_eq!(sighting(&history(&days)), sighting_by_hand(&days));
    }
}

proptest! {
    // Each case is half a dozen snapshots with up to a hundred findings, which is what takes the time.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_order_of_snapshots_does_not_matter((some, other) in any_snapshots()) {
        prop_assert_eq!(everything(&Inventory::new(some)), everything(&Inventory::new(other)));
    }

    #[test]
    fn snapshots_may_come_twice((some, other) in any_snapshots()) {
        let twice = some.iter().chain(&other).cloned().collect::<Vec<_>>();
        prop_assert_eq!(everything(&Inventory::new(some)), everything(&Inventory::new(twice)));
    }

    #[test]
    fn registries_are_as_if_each_were_alone((snapshots, _) in any_snapshots()) {
        let together = Inventory::new(snapshots.clone());
        let mut rest = together.report().iter();
        let (mut findings, mut seen) = (0, Vec::new());
        for registry in [ONE, TWO] {
            let of_it = |snapshot: &&Snapshot| *snapshot.source.registry == *registry;
            let alone = Inventory::new(snapshots.iter().filter(of_it).cloned());
            for info in alone.report() {
                prop_assert_eq!(Some(info), rest.next());
            }
            let points: Vec<_> = together.trend().iter().filter(|point| *point.registry == *registry).collect();
            prop_assert_eq!(points, alone.trend().iter().collect::<Vec<_>>());
            findings += alone.report().counts().findings;
            seen.extend(alone.report().findings().map(|(info, it)| alone.first_sighting(info, &it)));
        }
        prop_assert_eq!(rest.next(), None);
        prop_assert_eq!(together.report().counts().findings, findings);
        let seen_together = together.report().findings().map(|(info, it)| together.first_sighting(info, &it));
        prop_assert_eq!(seen_together.collect::<Vec<_>>(), seen);
    }

    #[test]
    fn whatever_is_current_is_there_once((snapshots, _) in any_snapshots()) {
        let inventory = Inventory::new(snapshots.clone());
        let keys: Vec<_> = inventory.report().iter().map(|info| info.artifact.key()).collect();
        let unique: std::collections::BTreeSet<_> = keys.iter().collect();
        prop_assert_eq!(unique.len(), keys.len());
        for current in inventory.current() {
            let is_it = |it: &&Snapshot| it.source == current.source;
            let snapshot = snapshots.iter().find(is_it).unwrap();
            for info in &snapshot.collected.items {
                let place = (Some(&*current.source.registry), &info.artifact.repository, &info.artifact.digest);
                prop_assert!(unique.contains(&place));
            }
        }
    }
}
