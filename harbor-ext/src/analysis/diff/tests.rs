use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::Value;

use super::FindingClass::*;
use super::*;
use crate::analysis::samples::{any_finding, changed, finding, in_registry, report_of, reported, unscanned};
use crate::model::{ArtifactInfo, ArtifactTag, Finding, ReportState, Severity};

/// An artifact with tags; what differs in the number differs in the digest.
fn tagged(info: ArtifactInfo, tags: &[&str]) -> ArtifactInfo {
    changed(info, |artifact| artifact.tags = tags.iter().map(|tag| ArtifactTag::new(*tag)).collect())
}

fn one(severity: &str) -> Value {
    finding("CVE-1", "ssl", "1.0", "", severity)
}

fn two() -> Value {
    finding("CVE-2", "zip", "1.0", "1.1", "Low")
}

fn relations(diff: &Diff) -> Vec<(Relation, Option<&Image>, Option<&Image>)> {
    diff.artifacts.iter().map(|artifact| (artifact.relation, artifact.old.as_ref(), artifact.new.as_ref())).collect()
}

/// The relations with the numbers of the artifacts of both sides, 0 for none.
fn numbered(diff: &Diff) -> Vec<(Relation, u64, u64)> {
    let number = |image: Option<&Image>| {
        let digits =
            image.map_or("0", |image| image.digest.as_str().trim_start_matches("sha256:").trim_start_matches('0'));
        u64::from_str_radix(digits, 16).unwrap()
    };
    relations(diff).into_iter().map(|(relation, old, new)| (relation, number(old), number(new))).collect()
}

fn classes(diff: &Diff) -> Vec<(FindingClass, usize)> {
    diff.counts().into_iter().collect()
}

fn between(old: impl IntoIterator<Item = ArtifactInfo>, new: impl IntoIterator<Item = ArtifactInfo>) -> Diff {
    Diff::between(&report_of(old), &report_of(new))
}

/// Two registries may have repositories, tags and digests of the same name, and have nothing to do with each other.
#[test]
fn registries_are_compared_each_for_itself() {
    let at = |registry, id, findings: &[Value]| in_registry(registry, tagged(reported("p/a", id, findings), &["v1"]));
    let old = [at("one", 1, &[one("High")]), at("two", 1, &[one("High"), two()])];
    let new = [at("one", 2, &[one("High")]), at("two", 1, &[two()])];
    let diff = between(old.clone(), new.clone());
    assert_eq!(numbered(&diff), [(Relation::Rebuilt, 1, 2), (Relation::Same, 1, 1)]);
    assert_eq!(classes(&diff), [(Unchanged, 2), (FixedInPlace, 1)]);
    let registries = diff.artifacts.iter().map(|artifact| artifact.registry.as_deref());
    assert_eq!(registries.collect::<Vec<_>>(), [Some("one"), Some("two")]);
    let tags: Vec<_> = diff.tags.iter().map(|tag| (tag.registry.as_deref(), tag.tag.as_str())).collect();
    assert_eq!(tags, [(Some("one"), "v1")]);
    let moved = between([old[0].clone()], [in_registry("three", old[0].clone())]);
    assert_eq!(numbered(&moved), [(Relation::Gone, 1, 0), (Relation::New, 0, 1)]);
}

/// R16: one case for each class.
#[test]
fn every_class_has_its_case() {
    let same = |findings: &[Value]| tagged(reported("p/a", 1, findings), &["v1"]);
    let rebuilt = |findings: &[Value]| tagged(reported("p/a", 2, findings), &["v1"]);
    let elsewhere = |findings: &[Value]| reported("p/b", 3, findings);
    let not_scanned = tagged(unscanned("p/a", 1), &["v1"]);
    let rebuilt_not_scanned = tagged(unscanned("p/a", 2), &["v1"]);
    let both = [one("High"), two()];
    let newer_version = finding("CVE-1", "ssl", "1.1", "", "High");
    let newly_fixable = finding("CVE-1", "ssl", "1.0", "1.2", "High");
    for (what, old, new, expected) in [
        ("nothing", vec![same(&both)], vec![same(&both)], vec![(Unchanged, 2)]),
        ("a new image", vec![], vec![elsewhere(&both)], vec![(NewImage, 2)]),
        ("an image gone", vec![elsewhere(&both)], vec![], vec![(ImageGone, 2)]),
        ("found later", vec![same(&[two()])], vec![same(&both)], vec![(NewOnSameImage, 1), (Unchanged, 1)]),
        ("withdrawn", vec![same(&both)], vec![same(&[two()])], vec![(Unchanged, 1), (FixedInPlace, 1)]),
        ("a worse build", vec![same(&[two()])], vec![rebuilt(&both)], vec![(NewByRebuild, 1), (Unchanged, 1)]),
        ("a better build", vec![same(&both)], vec![rebuilt(&[two()])], vec![(Unchanged, 1), (FixedByRebuild, 1)]),
        ("rated anew", vec![same(&[one("High")])], vec![same(&[one("Low")])], vec![(Changed, 1)]),
        ("fixable now", vec![same(&[one("High")])], vec![same(&[newly_fixable])], vec![(Changed, 1)]),
        ("another version", vec![same(&[one("High")])], vec![rebuilt(&[newer_version])], vec![(Changed, 1)]),
        ("scan missing", vec![same(&both)], vec![not_scanned.clone()], vec![(ScanMissing, 2)]),
        ("rebuilt, scan missing", vec![same(&both)], vec![rebuilt_not_scanned.clone()], vec![(ScanMissing, 2)]),
        ("scanned at last", vec![not_scanned.clone()], vec![same(&both)], vec![(ScanAppeared, 2)]),
        ("rebuilt and scanned", vec![not_scanned.clone()], vec![rebuilt(&both)], vec![(ScanAppeared, 2)]),
        ("never scanned", vec![not_scanned.clone()], vec![rebuilt_not_scanned], vec![]),
        ("clean now", vec![same(&both)], vec![same(&[])], vec![(FixedInPlace, 2)]),
        (
            "left without a tag",
            vec![same(&both)],
            vec![tagged(same(&both), &[]), rebuilt(&[two()])],
            vec![(Unchanged, 1), (Superseded, 2), (FixedByRebuild, 1)],
        ),
        (
            "taken back",
            vec![tagged(same(&both), &[]), rebuilt(&[two()])],
            vec![same(&both)],
            vec![(NewByRebuild, 1), (Unchanged, 1), (Reinstated, 2)],
        ),
    ] {
        assert_eq!(classes(&between(old, new)), expected, "{what}");
    }
}

/// R16: which image is which.
#[test]
fn images_are_paired_by_digest_and_by_tag() {
    let image = |id, tags: &[&str]| tagged(reported("p/a", id, &[one("High")]), tags);
    let elsewhere = |id| tagged(reported("p/b", id, &[one("High")]), &["v1"]);
    use Relation::*;
    for (what, old, new, expected) in [
        ("the same", vec![image(1, &["v1"])], vec![image(1, &["v1"])], vec![(Same, 1, 1)]),
        ("untagged now", vec![image(1, &["v1"])], vec![image(1, &[])], vec![(Same, 1, 1)]),
        ("tagged anew", vec![image(1, &["v1"])], vec![image(1, &["v2"])], vec![(Same, 1, 1)]),
        ("untagged both times", vec![image(1, &[])], vec![image(1, &[])], vec![(Same, 1, 1)]),
        ("rebuilt", vec![image(1, &["v1"])], vec![image(2, &["v1"])], vec![(Rebuilt, 1, 2)]),
        (
            "two tags, one moved",
            vec![image(1, &["v1", "latest"])],
            vec![image(1, &["v1"]), image(2, &["v2", "latest"])],
            vec![(Same, 1, 1), (New, 0, 2)],
        ),
        (
            "two tags, moved to two images",
            vec![image(1, &["v1", "v2"])],
            vec![image(2, &["v1"]), image(3, &["v2"])],
            vec![(New, 0, 2), (Rebuilt, 1, 3)],
        ),
        (
            "two images become one, which has more of the first",
            vec![image(1, &["a", "b"]), image(2, &["c"])],
            vec![image(3, &["a", "b", "c"])],
            vec![(Rebuilt, 1, 3), (Gone, 2, 0)],
        ),
        (
            "a tag moved to an image that has another",
            vec![image(1, &["v1", "latest"]), image(2, &["v2"])],
            vec![image(1, &["v1"]), image(2, &["v2", "latest"])],
            vec![(Same, 1, 1), (Same, 2, 2)],
        ),
        (
            "tags exchanged",
            vec![image(1, &["a"]), image(2, &["b"])],
            vec![image(1, &["b"]), image(2, &["a"])],
            vec![(Rebuilt, 2, 1), (Rebuilt, 1, 2)],
        ),
        (
            "the old one stays under a new tag",
            vec![image(1, &["latest"])],
            vec![image(1, &["previous"]), image(2, &["latest"])],
            vec![(Superseded, 0, 1), (Rebuilt, 1, 2)],
        ),
        (
            "the same digest in another repository",
            vec![image(1, &["v1"])],
            vec![image(1, &["v1"]), elsewhere(1)],
            vec![(Same, 1, 1), (New, 0, 1)],
        ),
        ("moved to another repository", vec![image(1, &["v1"])], vec![elsewhere(1)], vec![(Gone, 1, 0), (New, 0, 1)]),
        (
            "children of a rebuilt index",
            vec![image(1, &["v1"]), image(2, &[])],
            vec![image(3, &["v1"]), image(4, &[])],
            vec![(Rebuilt, 1, 3), (New, 0, 4), (Gone, 2, 0)],
        ),
    ] {
        let diff = between(old, new);
        assert_eq!(numbered(&diff), expected, "{what}");
    }
}

#[test]
fn a_finding_is_known_by_its_version_only_where_there_is_a_choice() {
    let image = |id, versions: &[&str]| {
        let findings: Vec<_> = versions.iter().map(|version| finding("CVE-1", "js", version, "", "High")).collect();
        tagged(reported("p/a", id, &findings), &["v1"])
    };
    for (old, new, expected) in [
        (&["1", "2"][..], &["2", "1"][..], vec![(Unchanged, 2)]),
        (&["1", "2"], &["2"], vec![(Unchanged, 1), (FixedByRebuild, 1)]),
        (&["1"], &["1", "2"], vec![(NewByRebuild, 1), (Unchanged, 1)]),
        (&["1", "2"], &["2", "3"], vec![(Changed, 1), (Unchanged, 1)]),
        (&["1", "2", "3"], &["4"], vec![(Changed, 1), (FixedByRebuild, 2)]),
        (&["1", "1"], &["1"], vec![(Unchanged, 1), (FixedByRebuild, 1)]),
    ] {
        assert_eq!(classes(&between([image(1, old)], [image(2, new)])), expected, "{old:?} {new:?}");
    }
}

#[test]
fn a_change_tells_what_changed() {
    let image = |finding: Value| tagged(reported("p/a", 1, &[finding]), &["v1"]);
    let worse = finding("cve-1", "SSL", "1.0", "1.1", "Critical");
    let diff = between([image(one("High"))], [image(worse)]);
    let (artifact, change) = diff.findings().next().unwrap();
    assert_eq!(artifact.repository.full(), "p/a");
    assert_eq!(change.severity_change(), Some((Severity::High, Severity::Critical)));
    assert!(change.became_fixable());
    assert_eq!((change.finding.package(), change.before.as_ref().unwrap().package()), ("SSL", "ssl"));

    let diff = between([image(one("High"))], [image(finding("CVE-1", "ssl", "2.0", "", "High"))]);
    let (_, change) = diff.findings().next().unwrap();
    assert_eq!((change.class, change.severity_change(), change.became_fixable()), (Changed, None, false));
}

#[test]
fn tags_tell_where_they_went() {
    let image = |id, tags: &[&str]| tagged(reported("p/a", id, &[]), tags);
    let diff = between([image(1, &["v1", "latest", "old"])], [image(1, &["v1"]), image(2, &["latest", "new"])]);
    let moved: Vec<_> = diff.tags.iter().map(|tag| (&*tag.tag, tag.old.is_some(), tag.new.is_some())).collect();
    assert_eq!(moved, [("latest", true, true), ("new", false, true), ("old", true, false)]);
    assert!(!diff.is_empty());
}

#[test]
fn an_artifact_that_is_given_twice_counts_once_with_its_last_report() {
    let old = [reported("p/a", 1, &[one("High")])];
    let new = [reported("p/a", 1, &[]), reported("p/a", 1, &[two()]), unscanned("p/a", 1)];
    let diff = between(old.clone(), new);
    assert_eq!(classes(&diff), [(NewOnSameImage, 1), (FixedInPlace, 1)]);
    let twice = [old[0].clone(), old[0].clone()];
    assert!(between(twice, old).is_empty());
}

#[test]
fn a_state_that_changed_is_a_change() {
    let scanned = || reported("p/a", 1, &[]);
    assert!(!between([scanned()], [unscanned("p/a", 1)]).is_empty());
    assert!(between([scanned()], [scanned()]).is_empty());
    assert!(between([], []).is_empty());
}

/// A registry of two repositories in which each tag is on one artifact at the most.
fn any_registry() -> impl Strategy<Value = ArtifactReport> {
    let artifact = (0..2_usize, 1..5_i64, prop::option::weighted(0.8, prop::collection::vec(any_finding(), 0..5)));
    let tags = prop::collection::vec((0..2_usize, 0..3_usize, 1..5_i64), 0..6);
    (prop::collection::vec(artifact, 0..8), tags).prop_map(|(artifacts, tags)| {
        let holders: BTreeMap<_, _> = tags.into_iter().map(|(repository, tag, id)| ((repository, tag), id)).collect();
        report_of(artifacts.into_iter().map(|(repository, id, findings)| {
            let name = ["p/a", "q/b"][repository];
            let info = match findings {
                Some(findings) => reported(name, id, &findings),
                None => unscanned(name, id),
            };
            let held = holders.iter().filter(|((of, _), holder)| *of == repository && **holder == id);
            tagged(info, &held.map(|((_, tag), _)| ["latest", "v1", "v2"][*tag]).collect::<Vec<_>>())
        }))
    })
}

/// What a class says about where the finding is: in the old report, in the new one.
fn sides(class: FindingClass) -> (bool, bool) {
    match class {
        NewImage | NewOnSameImage | NewByRebuild | ScanAppeared | Superseded => (false, true),
        Changed | Unchanged => (true, true),
        FixedByRebuild | FixedInPlace | ImageGone | ScanMissing | Reinstated => (true, false),
    }
}

fn mirrored(class: FindingClass) -> FindingClass {
    match class {
        NewImage => ImageGone,
        NewOnSameImage => FixedInPlace,
        NewByRebuild => FixedByRebuild,
        ScanAppeared => ScanMissing,
        Superseded => Reinstated,
        Changed => Changed,
        Unchanged => Unchanged,
        FixedByRebuild => NewByRebuild,
        FixedInPlace => NewOnSameImage,
        ImageGone => NewImage,
        ScanMissing => ScanAppeared,
        Reinstated => Superseded,
    }
}

fn mirrored_relation(relation: Relation) -> Relation {
    match relation {
        Relation::New => Relation::Gone,
        Relation::Gone => Relation::New,
        Relation::Superseded => Relation::Reinstated,
        Relation::Reinstated => Relation::Superseded,
        both => both,
    }
}

/// Everything that a difference says, in an order that does not depend on the direction.
fn facts(diff: &Diff, mirror: bool) -> Vec<String> {
    let shown = |image: &Option<Image>| image.as_ref().map(|image| (image.digest.to_string(), image.state.clone()));
    let content = |finding: &Finding| serde_json::to_string(finding).unwrap();
    let mut facts: Vec<String> = Vec::new();
    for artifact in &diff.artifacts {
        let (old, new) = (shown(&artifact.old), shown(&artifact.new));
        let (relation, old, new) =
            if mirror { (mirrored_relation(artifact.relation), new, old) } else { (artifact.relation, old, new) };
        facts.push(format!("{} {relation:?} {old:?} {new:?} {}", artifact.repository, artifact.unchanged));
        for change in &artifact.findings {
            let mut contents = vec![content(&change.finding)];
            contents.extend(change.before.iter().map(|before| content(before)));
            let class = if mirror { mirrored(change.class) } else { change.class };
            if mirror {
                contents.reverse();
            }
            facts.push(format!("{} {relation:?} {old:?} {new:?} {class:?} {contents:?}", artifact.repository));
        }
    }
    facts.sort();
    facts
}

proptest! {
    /// R16: every artifact and every finding of both reports is in exactly one place.
    #[test]
    fn everything_is_there_exactly_once(old in any_registry(), new in any_registry()) {
        let diff = Diff::between(&old, &new);
        let (old, new) = (pairs::once_each(&old), pairs::once_each(&new));
        for (side, artifacts) in [&old, &new].into_iter().enumerate() {
            let of = |artifact: &ArtifactChange| [&artifact.old, &artifact.new][side].clone();
            let images: Vec<_> = diff.artifacts.iter().filter_map(|change| Some((change, of(change)?))).collect();
            prop_assert_eq!(images.len(), artifacts.len());
            for info in artifacts {
                let is_it = |(change, image): &&(&ArtifactChange, Image)| {
                    change.repository == info.artifact.repository && image.digest == info.artifact.digest
                };
                let found: Vec<_> = images.iter().filter(is_it).collect();
                prop_assert_eq!(found.len(), 1);
                let (change, image) = found[0];
                let in_side = |finding: &&FindingChange| [sides(finding.class).0, sides(finding.class).1][side];
                let findings = change.findings.iter().filter(in_side).count() + change.unchanged;
                prop_assert_eq!(findings, info.findings().count());
                prop_assert_eq!(image.findings, findings);
                prop_assert_eq!(&image.state, info.state.name());
            }
        }
        for change in diff.findings().map(|(_, change)| change) {
            prop_assert_eq!(change.before.is_some(), change.class == Changed);
            prop_assert_ne!(change.class, Unchanged);
        }
    }

    /// R16: a report does not differ from itself, in whatever order and however it is shared.
    #[test]
    fn nothing_differs_from_itself(report in any_registry()) {
        let report = report_of(pairs::once_each(&report).into_iter().cloned());
        prop_assert!(Diff::between(&report, &report).is_empty());
        let unshared = report_of(report.iter().rev().map(|info| {
            let mut findings: Vec<_> = info.findings().map(|finding| serde_json::to_value(finding).unwrap()).collect();
            findings.reverse();
            let same = match info.state.report() {
                Some(_) => reported(info.artifact.repository.full(), info.artifact.id, &findings),
                None => info.clone(),
            };
            changed(same, |artifact| artifact.clone_from(&info.artifact))
        }));
        prop_assert!(Diff::between(&report, &unshared).is_empty());
    }

    /// R16: seen from the other side it is the mirror image.
    #[test]
    fn the_other_way_round_is_the_mirror_image(old in any_registry(), new in any_registry()) {
        let (there, back) = (Diff::between(&old, &new), Diff::between(&new, &old));
        prop_assert_eq!(facts(&there, false), facts(&back, true));
    }

    /// R16: no scan, no fix, and nothing new either.
    #[test]
    fn without_a_scan_nothing_is_fixed(old in any_registry()) {
        let new = report_of(old.iter().map(|info| ArtifactInfo::new(Arc::clone(&info.artifact), ReportState::Running)));
        for (class, _) in classes(&Diff::between(&old, &new)) {
            prop_assert_eq!(class, ScanMissing);
        }
        for (class, _) in classes(&Diff::between(&new, &old)) {
            prop_assert_eq!(class, ScanAppeared);
        }
    }

    #[test]
    fn it_is_written_and_read_again(old in any_registry(), new in any_registry()) {
        let diff = Diff::between(&old, &new);
        let json = serde_json::to_string(&diff).unwrap();
        prop_assert_eq!(serde_json::from_str::<Diff>(&json).unwrap(), diff);
    }
}
