//! Crawls that go into archives, and come out again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;
use futures::StreamExt;
use harbor_ext::archive::{self, Finished, Writer};
use harbor_ext::failure::Phase;
use harbor_ext::model::{ArtifactInfo, FindingPool, ReportState};
use harbor_ext::{FailureKind, Fetching, Harbor, Snapshot, Source};
use harbor_testkit::{Registry, Scale};

use crate::support::{administrator, assert_adds_up, serve, synthetic};

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("harbor-ext-archives-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("archive")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn begin(path: &Path, harbor: &Harbor) -> Writer {
    Writer::create(path, &Source::new(harbor.registry(), harbor.url().as_str(), Utc::now())).unwrap()
}

/// Writes all that comes, and gives it, too.
async fn write_all(writer: &mut Writer, fetching: &mut Fetching<ArtifactInfo>) -> Vec<ArtifactInfo> {
    let mut infos = Vec::new();
    while let Some(next) = fetching.next().await {
        match next {
            Ok(info) => {
                writer.write(&info).unwrap();
                infos.push(info);
            }
            Err(failure) => writer.fail(&failure).unwrap(),
        }
    }
    infos
}

/// Reads a registry into an archive.
async fn crawl(path: &Path, harbor: &Harbor) -> (Finished, Vec<ArtifactInfo>) {
    let mut writer = begin(path, harbor);
    let mut fetching = harbor.reports().stream();
    let infos = write_all(&mut writer, &mut fetching).await;
    writer.allowlists(&harbor.allowlists().await).unwrap();
    (writer.finish(Utc::now(), &fetching.summary()).unwrap(), infos)
}

/// Everything that is known of each artifact, by where it is.
fn texts<'a>(infos: impl IntoIterator<Item = &'a ArtifactInfo>) -> BTreeMap<String, String> {
    let text = |info: &ArtifactInfo| {
        let envelope = info.state.report().map(|report| report.envelope().to_string());
        format!("{}{}", serde_json::to_string(info).unwrap(), envelope.unwrap_or_default())
    };
    infos.into_iter().map(|info| (info.artifact.name_with_full_digest(), text(info))).collect()
}

fn of_archive(snapshot: &Snapshot) -> Vec<FailureKind> {
    let failures = snapshot.collected.failures.iter();
    failures.filter(|failure| failure.phase == Phase::ReadingArchive).map(|failure| failure.kind).collect()
}

#[tokio::test]
async fn a_crawl_comes_out_of_its_archive_as_it_went_in() {
    for (name, registry) in [("demo", Registry::demo()), ("synthetic", synthetic())] {
        let folder = Folder::new(name);
        let server = serve(registry).await;
        let harbor = administrator(&server);
        let (finished, infos) = crawl(&folder.file(), &harbor).await;
        let snapshot = archive::read(folder.file(), &FindingPool::new()).unwrap();
        assert_eq!(texts(&snapshot.collected.items), texts(&infos));
        assert_eq!(finished.artifacts as usize, infos.len());
        assert_adds_up(&snapshot.collected);
        assert!(snapshot.is_complete(), "{:?}", snapshot.collected.failures);
        assert_eq!(snapshot.source.registry, harbor.registry().into());
        assert_eq!(snapshot.allowlists, harbor.allowlists().await);
        let size = fs::metadata(&finished.path).unwrap().len();
        assert_eq!(size, finished.bytes);
    }
}

#[tokio::test]
async fn an_archive_takes_less_than_a_tenth_of_the_reports() {
    let folder = Folder::new("small");
    let scale =
        Scale { projects: 2, repositories: 5, artifacts: 20, findings: 50, distinct: 500, seed: 3, ..Scale::default() };
    let server = serve(Registry::synthetic(scale)).await;
    let harbor = administrator(&server);
    let (finished, infos) = crawl(&folder.file(), &harbor).await;
    let json: usize = infos.iter().map(|info| info.state.report().unwrap().envelope().to_string().len()).sum();
    assert!(finished.bytes * 10 < json as u64, "{} of {json} bytes", finished.bytes);
    assert_eq!(finished.findings, 500);
}

#[tokio::test]
async fn a_crawl_that_is_killed_leaves_what_came() {
    let folder = Folder::new("killed");
    let server = serve(synthetic()).await;
    let harbor = administrator(&server);
    let mut writer = begin(&folder.file(), &harbor);
    let mut fetching = harbor.reports().stream();
    let mut infos = Vec::new();
    while infos.len() < 50 {
        let info = fetching.next().await.unwrap().unwrap();
        writer.write(&info).unwrap();
        infos.push(info);
    }
    let partial = writer.partial_path().to_path_buf();
    drop((writer, fetching));
    assert!(!folder.file().exists());
    let snapshot = archive::read(partial, &FindingPool::new()).unwrap();
    assert_eq!(texts(&snapshot.collected.items), texts(&infos));
    assert!(!snapshot.is_complete());
    assert_eq!((snapshot.source.finished_at, of_archive(&snapshot)), (None, vec![FailureKind::Interrupted]));
}

#[tokio::test]
async fn a_crawl_that_is_stopped_tells_what_it_did_not_read() {
    let folder = Folder::new("stopped");
    let server = serve(synthetic()).await;
    let harbor = administrator(&server);
    let mut writer = begin(&folder.file(), &harbor);
    let mut fetching = harbor.reports().stream();
    let stopper = fetching.stopper();
    let first = fetching.next().await.unwrap().unwrap();
    writer.write(&first).unwrap();
    // What is under way from here on never ends by itself.
    let hold = server.hold("reports").unwrap();
    let stop = async {
        while hold.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        stopper.stop();
    };
    let (mut infos, ()) = tokio::join!(write_all(&mut writer, &mut fetching), stop);
    infos.push(first);
    writer.finish(Utc::now(), &fetching.summary()).unwrap();
    let snapshot = archive::read(folder.file(), &FindingPool::new()).unwrap();
    assert_eq!(texts(&snapshot.collected.items), texts(&infos));
    assert_adds_up(&snapshot.collected);
    assert!(snapshot.source.finished_at.is_some() && !snapshot.is_complete());
    assert!(snapshot.collected.failures.iter().all(|failure| failure.kind == FailureKind::Stopped));
    let is_stopped = |info: &&ArtifactInfo| matches!(&info.state, ReportState::Failed(_));
    assert!(snapshot.collected.items.iter().filter(is_stopped).count() > 0);
    // Each project has its artifacts, or a failure for its list.
    let failures = snapshot.collected.failures.iter();
    let lists = failures.filter(|failure| failure.phase == Phase::ListingArtifacts).count();
    assert_eq!(snapshot.collected.items.len() + 40 * lists, 120);
}

/// The reports of many ecosystems, where they are at hand. They are no part of this repository: without them the test says so
/// and passes.
#[tokio::test]
async fn real_reports_come_out_as_they_went_in() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/reports");
    let Ok(registry) = Registry::from_reports(&path) else {
        println!("skipped: there are no reports in {}", path.display());
        return;
    };
    let folder = Folder::new("real");
    let server = serve(registry).await;
    let (finished, infos) = crawl(&folder.file(), &administrator(&server)).await;
    let snapshot = archive::read(folder.file(), &FindingPool::new()).unwrap();
    assert_eq!(texts(&snapshot.collected.items), texts(&infos));
    let envelopes: usize =
        infos.iter().filter_map(|info| info.state.report()).map(|report| report.envelope().to_string().len()).sum();
    let json = serde_json::to_string(&snapshot.collected).unwrap().len();
    println!("{} bytes; {envelopes} in envelopes, {json} as JSON", finished.bytes);
}
