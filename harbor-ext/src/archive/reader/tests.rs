//! Archives that are whole, and what can be saved of others.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::FailureKind;
use crate::archive::Writer;
use crate::archive::format::hexadecimal;
use crate::failure::{Phase, Target};
use crate::fetch::Cause;
use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};
use crate::model::{Allowlist, Artifact, ArtifactTag, ProjectAllowlist, ReportState};

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("harbor-ext-archive-{:016x}", fastrand::u64(..)));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("test.archive")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_000_000 + seconds, 123_456_789).unwrap()
}

fn source() -> Source {
    let mut source = Source::new("harbor.example.com", "https://harbor.example.com/", time(0));
    source.selection = vec!["project shop".to_owned()];
    source
}

/// A crawl without the server.
#[derive(Clone, Debug)]
struct Crawl {
    infos: Vec<ArtifactInfo>,
    failures: Vec<Failure>,
    allowlists: Allowlists,
    summary: Summary,
}

impl Crawl {
    fn new(infos: Vec<ArtifactInfo>) -> Self {
        let failure = Cause::new(FailureKind::Server, "\u{202e}<b>\u{1b}[31m").into_failure(
            Phase::ListingArtifacts,
            "shop".parse::<crate::name::ProjectName>().unwrap().into(),
            5,
        );
        let allowlist = Allowlist { cves: vec!["CVE-2021-44228".into()], expires_at: Some(time(9)) };
        let projects = [("shop".parse().unwrap(), ProjectAllowlist::Own(allowlist.clone()))];
        let owners = [("shop".parse().unwrap(), "dana".to_owned())].into();
        let failures = vec![failure.clone()];
        let allowlists = Allowlists { system: Some(allowlist), projects: projects.into(), owners, failures };
        let summary = Summary { listed: 7, elapsed: Duration::from_millis(1234), ..Summary::default() };
        Self { infos, failures: vec![failure], allowlists, summary }
    }

    /// Writes the records; the writer is not finished.
    fn write(&self, path: &Path) -> Writer {
        let mut writer = Writer::create(path, &source()).unwrap();
        self.infos.iter().for_each(|info| writer.write(info).unwrap());
        self.failures.iter().for_each(|failure| writer.fail(failure).unwrap());
        writer.allowlists(&self.allowlists).unwrap();
        writer
    }

    /// The bytes of the archive, of parts of about so many bytes.
    fn archive(&self) -> Vec<u8> {
        let folder = Folder::new();
        self.write(&folder.file()).finish(time(60), &self.summary).unwrap();
        fs::read(folder.file()).unwrap()
    }

    /// What each artifact is as JSON, sorted.
    fn texts(&self) -> Vec<String> {
        let mut infos = self.infos.clone();
        infos.sort();
        infos.iter().map(text).collect()
    }
}

/// Everything that is known of an artifact, and the report as Harbor sent it.
fn text(info: &ArtifactInfo) -> String {
    let envelope = info.state.report().map(|report| report.envelope().to_string());
    format!("{} {}", serde_json::to_string(info).unwrap(), envelope.unwrap_or_default())
}

fn read_bytes(archive: &[u8]) -> Result<Snapshot, ArchiveError> {
    Ok(Reader::new(archive, &FindingPool::new())?.into_snapshot())
}

fn artifact(number: usize) -> Artifact {
    let repository = format!("shop/team/app-{}", number % 3).parse().unwrap();
    let mut artifact = Artifact::new(repository, format!("sha256:{number:064x}").parse().unwrap());
    artifact.registry = Some("harbor.example.com".into());
    artifact.id = number as i64;
    artifact.kind = "IMAGE".into();
    artifact.tags = vec![ArtifactTag::new(format!("v{number}"))];
    artifact.push_time = Some(time(number as i64));
    artifact
}

fn reported(report: &Value, pool: &FindingPool) -> ReportState {
    let body = json!({ MEDIA_TYPE_1_1: report }).to_string();
    match decode::report(body.as_bytes(), pool).unwrap() {
        Body::Report(report) => ReportState::Reported(Arc::new(report)),
        Body::Empty => unreachable!(),
    }
}

fn info(number: usize, state: ReportState) -> ArtifactInfo {
    ArtifactInfo::new(Arc::new(artifact(number)), state)
}

/// Some findings of which most are in several reports.
fn crawl(artifacts: usize, findings: usize) -> Crawl {
    let pool = FindingPool::new();
    let report = |number: usize| {
        let finding = |place: usize| {
            let id = number * 3 + place * 7;
            json!({
                "id": format!("CVE-2026-{id}"), "package": "libx", "version": "1", "severity": "High",
                "description": format!("Text {id} of a finding that says more or less the same as others do."),
                "artifact_digests": [format!("sha256:{number:064x}")],
            })
        };
        json!({
            "generated_at": "2026-01-02T03:04:05Z", "scanner": {"name": "Trivy", "vendor": "Aqua", "version": "1"},
            "severity": "High", "vulnerabilities": (0..findings).map(finding).collect::<Vec<_>>(),
        })
    };
    Crawl::new((0..artifacts).map(|number| info(number, reported(&report(number), &pool))).collect())
}

#[test]
fn what_is_written_is_read_again() {
    let folder = Folder::new();
    let mut crawl = crawl(20, 10);
    let failure = Cause::new(FailureKind::Stopped, "the query was stopped").into_failure(
        Phase::FetchingReport,
        Target::default(),
        0,
    );
    for (number, state) in [
        ReportState::NotScanned,
        ReportState::InChildren,
        ReportState::Running,
        ReportState::ScanFailed { status: "Error \u{1b}[0m".into() },
        ReportState::ChildrenNotScanned { scanned: 3, missing: vec![artifact(1).digest] },
        ReportState::Forbidden(Arc::new(failure.clone())),
        ReportState::Failed(Arc::new(failure.clone())),
    ]
    .into_iter()
    .enumerate()
    {
        crawl.infos.push(info(100 + number, state));
    }
    let finished = crawl.write(&folder.file()).finish(time(60), &crawl.summary).unwrap();
    assert_eq!((finished.path.as_path(), finished.artifacts), (&*folder.file(), 27));
    assert_eq!(finished.bytes, fs::metadata(folder.file()).unwrap().len());
    let pool = FindingPool::new();
    let snapshot = read(folder.file(), &pool).unwrap();
    assert_eq!(pool.len() as u64, finished.findings, "each finding is in the archive once");
    assert_eq!(snapshot.source, Source { finished_at: Some(time(60)), ..source() });
    assert_eq!(snapshot.collected.items.iter().map(text).collect::<Vec<_>>(), crawl.texts());
    assert_eq!(snapshot.collected.summary, crawl.summary);
    assert_eq!(snapshot.allowlists, crawl.allowlists);
    let mut failures = [crawl.failures, vec![failure.clone(), failure]].concat();
    failures.sort_by(|one, other| (&one.target, one.phase).cmp(&(&other.target, other.phase)));
    assert_eq!(snapshot.collected.failures, failures);
    let again = read(folder.file(), &pool).unwrap();
    let finding = |snapshot: &Snapshot| Arc::clone(snapshot.collected.items[0].findings().next().unwrap().shared());
    assert!(Arc::ptr_eq(&finding(&snapshot), &finding(&again)), "archives share their findings");
}

#[cfg(unix)]
#[test]
fn an_archive_belongs_to_its_owner_and_replaces_what_was_there_at_its_end() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = Folder::new();
    let (target, other) = (folder.file(), folder.0.join("other"));
    fs::write(&other, "other").unwrap();
    symlink(&other, &target).unwrap();
    let writer = crawl(3, 3).write(&target);
    let partial = writer.partial_path().to_path_buf();
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    assert!(partial.to_str().unwrap().ends_with(".partial") && partial.parent() == target.parent());
    assert_eq!(mode(&partial), 0o600);
    assert_eq!(fs::read(&target).unwrap(), b"other", "nothing is there under its name before its end");
    let inode = fs::metadata(&partial).unwrap().ino();
    writer.finish(time(1), &Summary::default()).unwrap();
    assert_eq!((mode(&target), fs::metadata(&target).unwrap().ino()), (0o600, inode));
    assert_eq!(fs::read(&other).unwrap(), b"other", "no link is followed");
    assert!(!partial.exists());
    assert!(matches!(Writer::create(&folder.0, &source()), Err(ArchiveError::Io { deed: "write", .. })));
    let missing = folder.0.join("missing/archive");
    let error = Writer::create(&missing, &source()).unwrap_err();
    assert!(error.to_string().contains("missing/archive"), "{error}");
}

#[test]
fn what_a_killed_crawl_leaves_can_be_read_and_says_so() {
    let folder = Folder::new();
    let crawl = crawl(20, 10);
    let writer = crawl.write(&folder.file());
    let partial = writer.partial_path().to_path_buf();
    drop(writer);
    assert!(!folder.file().exists());
    let snapshot = read(partial, &FindingPool::new()).unwrap();
    assert_eq!(snapshot.collected.items.iter().map(text).collect::<Vec<_>>(), crawl.texts());
    assert_eq!(snapshot.source.finished_at, None);
    assert!(!snapshot.is_complete());
    let failures: Vec<_> = snapshot.collected.failures.iter().filter(|failure| is_of_archive(failure)).collect();
    assert!(matches!(failures[..], [failure] if failure.kind == FailureKind::Interrupted), "{failures:?}");
    assert_eq!((snapshot.collected.summary.listed, snapshot.collected.summary.states.reported), (20, 20));
}

fn is_of_archive(failure: &Failure) -> bool {
    failure.phase == Phase::ReadingArchive
}

#[test]
fn what_is_no_archive_is_refused_with_a_sentence() {
    let zstd = |text: &str| {
        let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
        compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true)).unwrap();
        compressor.compress(text.as_bytes()).unwrap()
    };
    let archive = crawl(1, 1).archive();
    for (bytes, part) in [
        (&b""[..], "empty"),
        (b"{\"items\":[]}", "JSON"),
        (b"\x1f\x8b\x08", "gzip"),
        (&[0; 100_000], "does not begin as one"),
        (&zstd("hello\nworld"), "something else"),
        (&zstd(r#"{"format":"other","version":1}"#), "something else"),
        (&zstd(r#"{"format":"harbor-ext archive","version":1}"#), "header"),
        (&zstd(r#"{"format":"harbor-ext archive","version":2,"new":[]}"#), "version 2"),
        (&archive[..30], "no part of it can be read"),
    ] {
        let error = read_bytes(bytes).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    let error = Reader::open("/nowhere/\u{1b}[31m", &FindingPool::new()).unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

/// What endless nonsense is not read to its end.
#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = zstd::bulk::compress(&vec![0; LARGEST_PART + 1], 1).unwrap();
    assert!(matches!(read_bytes(&zeros), Err(ArchiveError::NotAnArchive { .. })));
    let error = Reader::new(std::io::repeat(0), &FindingPool::new()).unwrap_err();
    assert!(matches!(error, ArchiveError::NotAnArchive { .. }), "{error}");
    let mut archive = crawl(1, 1).archive();
    archive.extend(zeros);
    let snapshot = read_bytes(&archive).unwrap();
    assert_eq!(snapshot.collected.items.len(), 1);
    assert!(snapshot.collected.failures.iter().any(is_of_archive));
}

/// An archive of several parts, and where they begin.
fn parted() -> (Crawl, Vec<u8>, Vec<usize>) {
    let crawl = crawl(40, 12);
    let archive = crawl.archive();
    // The same text, cut into parts of some records each.
    let text = zstd_text(&archive);
    let lines: Vec<&str> = text.lines().collect();
    let (mut parts, mut starts, mut counts) = (Vec::new(), Vec::new(), Counts::default());
    let mut hasher = Sha256::new();
    let mut compressor = zstd::bulk::Compressor::new(3).unwrap();
    compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true)).unwrap();
    let records: Vec<&&str> = lines.iter().filter(|line| !line.starts_with("{\"format\"")).collect();
    for (part, records) in records.chunks(60).enumerate() {
        let source = source();
        let header = Header {
            format: FORMAT.into(),
            version: VERSION,
            part: part as u64,
            before: counts,
            source: std::borrow::Cow::Owned(source),
        };
        let mut text = serde_json::to_string(&header).unwrap() + "\n";
        for record in records {
            let mut record = (**record).to_owned();
            if record.starts_with("{\"end\"") {
                let mut value: Value = serde_json::from_str(&record).unwrap();
                hasher.update(&text);
                value["end"]["sha256"] = hexadecimal(&hasher.clone().finalize()).into();
                record = value.to_string();
            }
            text += &record;
            text.push('\n');
            let is = |kind: &str| u64::from(record.starts_with(&format!("{{\"{kind}\"")));
            counts = counts.plus(Counts {
                findings: is("finding"),
                artifacts: is("artifact"),
                failures: is("failure"),
                allowlists: is("allowlists"),
            });
        }
        hasher.update(&text);
        starts.push(parts.len());
        parts.extend(compressor.compress(text.as_bytes()).unwrap());
    }
    assert!(starts.len() > 3, "{starts:?}");
    let snapshot = read_bytes(&parts).unwrap();
    assert!(!snapshot.collected.failures.iter().any(is_of_archive), "{:?}", snapshot.collected.failures);
    assert_eq!(snapshot.collected.items.iter().map(self::text).collect::<Vec<_>>(), crawl.texts());
    (crawl, parts, starts)
}

fn zstd_text(mut archive: &[u8]) -> String {
    let mut text = String::new();
    while !archive.is_empty() {
        let length = zstd::zstd_safe::find_frame_compressed_size(archive).unwrap();
        text += str::from_utf8(&zstd::bulk::decompress(&archive[..length], LARGEST_PART).unwrap()).unwrap();
        archive = &archive[length..];
    }
    text
}

/// Everything that comes back as reported is as it was, and if anything is missing, that is told.
fn assert_honest(crawl: &Crawl, damaged: &[u8]) {
    let Ok(snapshot) = read_bytes(damaged) else { return };
    let known = crawl.texts();
    let mut reported = 0;
    for info in &snapshot.collected.items {
        match &info.state {
            ReportState::Failed(failure) => assert!(is_of_archive(failure), "{failure}"),
            _ => {
                assert!(known.contains(&text(info)), "{info} is not as it was");
                reported += 1;
            }
        }
    }
    let is_whole = reported == known.len()
        && crawl.failures.iter().all(|failure| snapshot.collected.failures.contains(failure))
        && snapshot.allowlists == crawl.allowlists
        && snapshot.source.finished_at.is_some()
        && snapshot.collected.summary == crawl.summary;
    assert!(is_whole || snapshot.collected.failures.iter().any(is_of_archive), "something is missing, and is not told");
}

#[test]
fn a_lost_part_takes_only_what_needs_it() {
    let (crawl, archive, starts) = parted();
    for lost in 0..starts.len() - 1 {
        let damaged = [&archive[..starts[lost]], &archive[starts[lost + 1]..]].concat();
        let snapshot = read_bytes(&damaged).unwrap();
        let of_archive: Vec<_> = snapshot.collected.failures.iter().filter(|failure| is_of_archive(failure)).collect();
        assert!(of_archive.iter().any(|failure| failure.message.contains("missing are")), "{of_archive:?}");
        assert!(snapshot.collected.items.len() > 10, "the others are there");
        assert_eq!(snapshot.source.finished_at, Some(time(60)));
        assert_honest(&crawl, &damaged);
    }
    // Parts that changed places, and one that is there twice.
    let swapped = [&archive[..starts[1]], &archive[starts[2]..starts[3]], &archive[starts[1]..starts[2]]].concat();
    let twice = [&archive[..starts[2]], &archive[starts[1]..]].concat();
    let two = [&archive[..], &archive[..]].concat();
    for damaged in [swapped, twice, two] {
        assert!(read_bytes(&damaged).unwrap().collected.failures.iter().any(is_of_archive));
        assert_honest(&crawl, &damaged);
    }
}

#[test]
fn an_archive_that_is_cut_off_anywhere_is_read_as_far_as_it_goes() {
    let (crawl, archive, starts) = parted();
    let near_ends = starts.iter().flat_map(|start| [start.saturating_sub(1), *start, start + 1, start + 5]);
    for end in near_ends.chain((0..archive.len()).step_by(97)) {
        assert_honest(&crawl, &archive[..end]);
    }
}

/// A part with these lines.
fn part(number: u64, before: Counts, lines: &str) -> Vec<u8> {
    let source = std::borrow::Cow::Owned(source());
    let header = Header { format: FORMAT.into(), version: VERSION, part: number, before, source };
    let mut compressor = zstd::bulk::Compressor::new(3).unwrap();
    compressor.set_parameter(zstd::zstd_safe::CParameter::ChecksumFlag(true)).unwrap();
    compressor.compress(format!("{}\n{lines}", serde_json::to_string(&header).unwrap()).as_bytes()).unwrap()
}

/// The messages of what was not read.
fn messages(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.collected.failures.iter().map(|failure| failure.message.as_str()).collect()
}

#[test]
fn numbers_of_any_size_do_no_harm() {
    let most = Counts { findings: u64::MAX, artifacts: u64::MAX, failures: u64::MAX, allowlists: u64::MAX };
    let finding = json!({ "finding": {"id": "CVE-1"} });
    let artifact = json!({ "artifact": artifact(1), "report": {"vulnerabilities": []}, "findings": [i64::MAX, 1, -3] });
    let lines = format!("{finding}\n{finding}\n{artifact}\n{artifact}\n");
    for (number, before) in [(u64::MAX, most), (1, Counts { findings: u64::MAX - 1, ..most })] {
        let archive = [part(0, Counts::default(), ""), part(number, before, &lines)].concat();
        let snapshot = read_bytes(&archive).unwrap();
        let states: Vec<_> = snapshot.collected.items.iter().map(|info| info.state.name()).collect();
        assert_eq!(states, ["failed", "failed"]);
        assert!(messages(&snapshot).iter().any(|message| message.contains("18446744073709551615 artifacts")));
    }
}

#[test]
fn a_report_that_makes_no_sense_is_no_report() {
    let findings = "{\"finding\":{\"id\":\"CVE-1\"}}\n{\"finding\":7}\n{\"finding\":{\"id\":\"CVE-3\"}}\n";
    let empty = json!({"vulnerabilities": []});
    for (report, members, part_of_message) in [
        (&empty, json!({"findings": [0, 2]}), None),
        (&empty, json!({"findings": [2, -2], "digests": [], "digests_of": []}), None),
        (&empty, json!({"findings": [0, 1]}), Some("1 of the 2 findings of its report are lost")),
        (&empty, json!({"findings": [-1, 100]}), Some("2 of the 2 findings of its report are lost")),
        (&empty, json!({"findings": [0], "digests": [{"artifact_digests": 7}]}), Some("not as in a finding")),
        (&empty, json!({"findings": [0], "digests": ["sha256:a"]}), Some("not an object")),
        (&empty, json!({"findings": [0], "digests": [{}], "digests_of": [1]}), Some("no digests 1")),
        (&empty, json!({"findings": [0], "digests": [{}], "digests_of": [0, 0]}), Some("not every finding")),
        (&json!({}), json!({"findings": [0]}), Some("no report")),
        (&json!({"vulnerabilities": [{}]}), json!({"findings": [0]}), Some("in the place of references")),
        (&empty, json!({"findings": "0"}), Some("artifact 1 cannot be understood")),
        (&empty, json!({"findings": [0], "state": {"state": "running"}}), Some("artifact 1 cannot be understood")),
        (&empty, json!({}), Some("artifact 1 cannot be understood")),
    ] {
        let mut artifact = json!({ "artifact": artifact(1), "report": report });
        artifact.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        // serde_json sorts members, and this one sorts first.
        let snapshot = read_bytes(&part(0, Counts::default(), &format!("{findings}{artifact}\n"))).unwrap();
        let told = messages(&snapshot);
        assert!(told.iter().any(|message| message.contains("finding 1 cannot be understood")), "{told:?}");
        let states: Vec<_> = snapshot.collected.items.iter().map(|info| info.state.name()).collect();
        match part_of_message {
            None => assert_eq!(states, ["reported"], "{artifact}: {told:?}"),
            Some(part) => {
                assert!(states.is_empty() || states == ["failed"], "{artifact}");
                assert!(told.iter().any(|message| message.contains(part)), "{artifact}: {told:?}");
            }
        }
    }
}

#[test]
fn what_this_version_does_not_know_is_told() {
    let mut text = json!({ "sbom": {"a": 1} }).to_string();
    text += "\n";
    let artifact = artifact(1);
    text += &format!(
        "{{\"artifact\":{},\"state\":{{\"state\":\"running\"}},\"weather\":\"\\u001b\"}}\n",
        serde_json::to_string(&artifact).unwrap()
    );
    text += "no JSON\n";
    let snapshot = read_bytes(&part(0, Counts::default(), &text)).unwrap();
    assert_eq!(snapshot.collected.items.len(), 1);
    let messages = messages(&snapshot);
    for part in ["sbom", "weather", "8 bytes of part 0"] {
        assert!(messages.iter().any(|message| message.contains(part)), "{part}: {messages:?}");
    }
    assert!(messages.iter().all(|message| !message.contains('\u{1b}')));
}

/// Any JSON, and texts that somebody could choose to do harm.
fn value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,12}",
        Just("\u{1b}[31m\u{202e}\u{0}\n\"\\</script>".to_owned()),
        Just("=cmd|' /C calc'!A0".to_owned()),
        Just("🦀\u{2028}".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{0,6}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

fn finding() -> impl Strategy<Value = Value> {
    const MEMBERS: [&str; 12] = [
        "id",
        "package",
        "version",
        "fix_version",
        "severity",
        "description",
        "links",
        "cwe_ids",
        "vendor_attributes",
        "artifact_digests",
        "artifact_digest",
        "finding",
    ];
    let digests = prop::collection::vec(prop::sample::select(vec!["", "sha256:a", "sha256:b"]), 0..3);
    let members = prop::collection::btree_map(prop::sample::select(MEMBERS.to_vec()), value(), 0..5);
    (members, prop::option::of(digests)).prop_map(|(members, digests)| {
        let mut finding = json!(members);
        if let Some(digests) = digests {
            finding["artifact_digests"] = json!(digests);
        }
        finding
    })
}

fn report() -> impl Strategy<Value = Value> {
    let others = prop::sample::select(vec!["generated_at", "scanner", "severity", "media_type", "_media_type", "new"]);
    let members = prop::collection::btree_map(others, value(), 0..4);
    let list = prop_oneof![8 => prop::collection::vec(finding(), 0..6).prop_map(Value::from), 1 => Just(Value::Null)];
    (members, list).prop_map(|(members, list)| {
        let mut report = json!(members);
        report["vulnerabilities"] = list;
        report
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn odd_and_hostile_values_come_back_as_they_were(reports in prop::collection::vec(report(), 0..5)) {
        let pool = FindingPool::new();
        let infos = reports.iter().enumerate();
        let crawl = Crawl::new(infos.map(|(number, report)| info(number, reported(report, &pool))).collect());
        let snapshot = read_bytes(&crawl.archive()).unwrap();
        prop_assert_eq!(snapshot.collected.items.iter().map(text).collect::<Vec<_>>(), crawl.texts());
        prop_assert!(!snapshot.collected.failures.iter().any(is_of_archive));
    }

    #[test]
    fn nothing_is_lost_silently_whatever_the_damage(damages in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..8), 1..4), cut in prop::option::of(any::<prop::sample::Index>())) {
        thread_local! { static WHOLE: (Crawl, Vec<u8>, Vec<usize>) = parted(); }
        WHOLE.with(|(crawl, archive, _)| {
            let mut damaged = archive.clone();
            for (place, bit) in &damages {
                let place = place.index(damaged.len());
                damaged[place] ^= 1 << bit;
            }
            if let Some(end) = cut {
                damaged.truncate(end.index(archive.len()));
            }
            assert_honest(crawl, &damaged);
        });
    }
}
