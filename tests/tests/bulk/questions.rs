//! The questions that people ask of a whole registry are answered exactly; what is asked for by name is there, or is told
//! to be missing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use harbor_ext::analysis::{ArtifactFilter, ArtifactReport, FindingFilter};
use harbor_ext::model::{self, ArtifactInfo, FindingRef};
use harbor_ext::{Failure, FailureKind};
use harbor_testkit::{HarborVersion, ListedArtifact, Project, Registry, Repository, SimulatedHarbor};

use crate::support::{administrator, client, image, project, serve, synthetic};

/// What a server holds, and what was read of it.
struct Asked {
    held: Vec<ListedArtifact>,
    report: ArtifactReport,
}

/// An artifact as `project/repository` and digest.
type Image = (String, String);

/// A finding as identifier, package and version.
type Found = (String, String, String);

impl Asked {
    async fn of(registry: Registry) -> Self {
        let server = serve(registry).await;
        let collected = administrator(&server).reports().collect().await;
        assert!(collected.is_complete(), "{:?}", collected.failures);
        Self { held: server.registry(Registry::listed), report: ArtifactReport::from(collected.items) }
    }

    /// The registries that each question is asked of: one with all that real ones have, and a larger one.
    async fn each() -> [Self; 2] {
        [Self::of(Registry::demo()).await, Self::of(synthetic()).await]
    }

    fn projects(&self) -> BTreeSet<&str> {
        self.held.iter().map(|artifact| &*artifact.project).collect()
    }

    /// Every finding that the server holds, with its artifact.
    fn rows(&self) -> impl Iterator<Item = (&ListedArtifact, &Found)> {
        self.held.iter().flat_map(|artifact| artifact.findings.iter().flatten().map(move |found| (artifact, found)))
    }

    fn cves(&self) -> BTreeSet<&str> {
        self.rows().map(|(_, (id, ..))| &**id).collect()
    }

    /// The images that the server holds, out of what is listed.
    fn held_where(&self, is_such: impl Fn(&ListedArtifact) -> bool) -> BTreeSet<Image> {
        self.held.iter().filter(|artifact| is_such(artifact)).map(held_image).collect()
    }
}

fn held_image(artifact: &ListedArtifact) -> Image {
    (format!("{}/{}", artifact.project, artifact.repository), artifact.digest.clone())
}

fn read_image(info: &ArtifactInfo) -> Image {
    (info.artifact.repository.to_string(), info.artifact.digest.to_string())
}

fn read_images(report: &ArtifactReport) -> BTreeSet<Image> {
    let images: BTreeSet<_> = report.iter().map(read_image).collect();
    assert_eq!(images.len(), report.len(), "an artifact came twice");
    images
}

fn read_finding(finding: FindingRef<'_>) -> Found {
    (finding.id().to_owned(), finding.package().to_owned(), finding.version().to_owned())
}

/// R10, goharbor/harbor#16121: which images have a CVE?
#[tokio::test]
async fn images_by_cve() {
    for asked in Asked::each().await {
        let unscanned = asked.held_where(|artifact| artifact.findings.is_none());
        for cve in asked.cves().into_iter().chain(["CVE-2021-4422", "CVE-1"]) {
            let has = |artifact: &ListedArtifact| artifact.findings.iter().flatten().any(|(id, ..)| id == cve);
            let expected = asked.held_where(has);
            assert_eq!(read_images(&asked.report.with_cve(cve)), expected, "{cve}");
            assert_eq!(asked.report.has_cve(cve).is_yes(), !expected.is_empty());

            let parts = asked.report.partition(&ArtifactFilter::has(FindingFilter::cve(cve)));
            assert_eq!(read_images(&parts.matching), expected);
            assert_eq!(read_images(&parts.undecided), unscanned, "of these nobody knows");
            assert_eq!(parts.others.len(), asked.held.len() - expected.len() - unscanned.len());
        }
    }
}

/// goharbor/harbor#16121: which CVEs has an image?
#[tokio::test]
async fn cves_by_image() {
    for asked in Asked::each().await {
        for held in &asked.held {
            let image = asked.report.with_project(&held.project).with_repository(&held.repository);
            let image = image.matching(&ArtifactFilter::digest(&held.digest));
            let [info] = image.artifacts() else { panic!("{held:?}") };
            let findings: Vec<_> = info.findings().map(read_finding).collect();
            assert_eq!(info.state.report().map(|_| sorted(findings)), held.findings.clone().map(sorted), "{held:?}");
        }
    }
}

/// goharbor/harbor#16121: which CVEs are in a project, and for each of them, in which images?
#[tokio::test]
async fn cves_by_project_grouped_by_cve() {
    for asked in Asked::each().await {
        for project in asked.projects() {
            let mut expected: BTreeMap<&str, BTreeSet<Image>> = BTreeMap::new();
            for (artifact, (id, ..)) in asked.rows().filter(|(artifact, _)| artifact.project == project) {
                expected.entry(id).or_default().insert(held_image(artifact));
            }
            let mut found: BTreeMap<&str, BTreeSet<Image>> = BTreeMap::new();
            let in_project = FindingFilter::in_artifact(ArtifactFilter::project(project));
            for (info, finding) in asked.report.findings().matching(&in_project) {
                found.entry(finding.get().id()).or_default().insert(read_image(info));
            }
            assert_eq!(found, expected, "{project}");
            let findings = asked.report.with_project(project).findings().count();
            assert_eq!(findings, asked.rows().filter(|(artifact, _)| artifact.project == project).count());
        }
    }
}

/// goharbor/harbor#16121: everything.
#[tokio::test]
async fn everything() {
    for asked in Asked::each().await {
        let held = asked.rows().map(|(artifact, found)| (held_image(artifact), artifact.tags.clone(), found.clone()));
        let found = asked.report.findings().map(|(info, finding)| {
            (read_image(info), info.tags().map(str::to_owned).collect::<Vec<_>>(), read_finding(finding))
        });
        let sorted_tags = |(image, tags, found): (Image, Vec<String>, Found)| (image, sorted(tags), found);
        assert_eq!(sorted(found.map(sorted_tags).collect()), sorted(held.map(sorted_tags).collect()));
        assert_eq!(read_images(&asked.report), asked.held_where(|_| true));
    }
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values
}

fn registry() -> Registry {
    let tagged = image("tagged").with_tag("v1.0");
    Registry::new()
        .with_project(project("one", &["a", "b/c"]))
        .with_project(project("two", &["a"]))
        .with_project(Project::new("three").with_repository(Repository::new("t").with_artifact(tagged)))
        .with_project(Project::new("empty"))
}

fn later() -> DateTime<Utc> {
    "2026-06-01T00:00:00Z".parse().unwrap()
}

fn kinds(failures: &[Failure]) -> Vec<(FailureKind, String)> {
    failures.iter().map(|failure| (failure.kind, failure.target.to_string())).collect()
}

#[tokio::test]
async fn projects_repositories_and_tags_narrow_the_answer() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    let names = async |query: harbor_ext::Query<harbor_ext::model::Artifact>| {
        let items = query.try_collect().await.unwrap();
        items.iter().map(|artifact| artifact.repository.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(harbor.artifacts().projects(["one"])).await, ["one/a", "one/b/c"]);
    assert_eq!(names(harbor.artifacts().projects(["two", "empty", "two"])).await, ["two/a"]);
    assert_eq!(names(harbor.artifacts().repositories(["one/b/c", "two/a"])).await, ["one/b/c", "two/a"]);
    assert_eq!(names(harbor.artifacts().tag("v1.0")).await, ["three/t"]);
    assert_eq!(names(harbor.artifacts().projects(["one"]).tag("latest")).await, ["one/a", "one/b/c"]);
}

#[tokio::test]
async fn names_that_do_not_exist_are_reported() {
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let server = SimulatedHarbor::builder().registry(registry()).version(version).start().await.unwrap();
        let harbor = administrator(&server);
        let collected = harbor.reports().projects(["one", "nowhere"]).collect().await;
        assert_eq!(collected.items.len(), 2);
        assert_eq!(kinds(&collected.failures), [(FailureKind::NotFound, "project nowhere".to_owned())]);
        let collected = harbor.reports().repositories(["one/nothing", "one/a"]).collect().await;
        assert_eq!(collected.items.len(), 1);
        assert_eq!(kinds(&collected.failures), [(FailureKind::NotFound, "one/nothing".to_owned())]);
        let failure = harbor.repositories().repositories(["one/nothing"]).try_collect().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotFound);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_reported_without_a_request() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    let none: [&str; 0] = [];
    let no_repositories: [model::Repository; 0] = [];
    let queries = [
        (harbor.artifacts().projects(none), "empty list"),
        (harbor.artifacts().repositories(none), "empty list"),
        (harbor.artifacts().projects(["a/b"]), "a/b"),
        (harbor.artifacts().repositories(["no space"]), "no space"),
        (harbor.artifacts().repositories(["one/../two"]), ".."),
        (harbor.artifacts().tag("not a tag"), "not a tag"),
        (harbor.artifacts().tag("nil"), "tag nil"),
        (harbor.artifacts().query("kind=IMAGE"), "lists everything"),
        (harbor.artifacts().query("type=IMAGE,"), "key=value"),
        (harbor.artifacts().kind("a,b"), "comma"),
        (harbor.artifacts().kind("IMAGE").kind("CHART"), "only the last"),
        (harbor.artifacts().tag("v1").tag("v2"), "only the last"),
        (harbor.artifacts().tag("v1").query("tags=*"), "only the last"),
        (harbor.artifacts().pushed_after(later()).pushed_before(later()), "holds for nothing"),
        (harbor.artifacts().include_repositories(["a["]), "a["),
        (harbor.artifacts().include_tags(none), "empty list"),
        (harbor.artifacts().labels(none), "empty list"),
        (harbor.artifacts().in_repositories(no_repositories), "empty list"),
    ];
    for (query, part) in queries {
        let collected = query.clone().collect().await;
        assert!(collected.items.is_empty(), "{query:?}");
        let [failure] = &collected.failures[..] else { panic!("{query:?}: {:?}", collected.failures) };
        assert_eq!((failure.kind, failure.attempts), (FailureKind::InvalidInput, 0));
        assert!(failure.to_string().contains(part), "{failure}");
        assert_eq!(query.try_collect().await.unwrap_err().kind, FailureKind::InvalidInput);
    }
    assert!(server.requests().iter().all(|request| request.operation == "systeminfo"));
}

#[tokio::test]
async fn a_missing_server_is_reported_soon() {
    let server = serve(registry()).await;
    let harbor = client(&server, harbor_ext::Credentials::basic("admin", "Harbor12345")).build().unwrap();
    drop(server);
    let collected = harbor.reports().collect().await;
    assert_eq!(kinds(&collected.failures), [(FailureKind::Connection, "the registry".to_owned())]);
    assert_eq!(collected.failures[0].attempts, 4);
}
