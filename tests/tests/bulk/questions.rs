//! What is asked for by name is there, or is told to be missing.

use chrono::{DateTime, Utc};
use harbor_ext::model;
use harbor_ext::{Failure, FailureKind};
use harbor_testkit::{HarborVersion, Project, Registry, Repository, SimulatedHarbor};

use crate::support::{administrator, client, image, project, serve};

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
