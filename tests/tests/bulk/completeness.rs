//! Everything that is listed arrives, with a report or with the reason why not.

use std::collections::BTreeMap;

use futures::StreamExt;
use harbor_ext::analysis::ArtifactReport;
use harbor_ext::{Credentials, FailureKind};
use harbor_testkit::{Artifact, HarborVersion, Project, Registry, Repository, SimulatedHarbor};

use crate::support::{administrator, assert_adds_up, client, expected, found, image, one_at_a_time, serve, synthetic};

#[tokio::test]
async fn every_artifact_arrives_with_all_its_findings() {
    let server = serve(synthetic()).await;
    let collected = administrator(&server).reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_adds_up(&collected);
    assert_eq!(found(&collected), expected(&server));
    let counts = ArtifactReport::from(collected.items).counts();
    let wanted = server.registry(Registry::expected);
    assert_eq!((counts.artifacts, counts.findings), (wanted.artifacts, wanted.findings));
    assert_eq!(counts.unique_findings, wanted.distinct);
    assert!(counts.findings > counts.unique_findings, "the images share findings");
}

#[tokio::test]
async fn the_sample_registry_ends_in_every_state() {
    let server = serve(Registry::demo()).await;
    let robot = client(&server, Credentials::robot("auditor", "demo-secret")).build().unwrap();
    let collected = robot.reports().collect().await;
    assert_adds_up(&collected);
    let report = ArtifactReport::from(collected.items);
    let states = report.states();
    for state in ["reported", "not_scanned", "running", "scan_failed", "unsupported"] {
        assert!(states.contains_key(state), "{state} is missing in {states:?}");
    }
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    assert_eq!(failure.kind, FailureKind::Forbidden);
    assert_eq!(failure.code.as_deref(), Some("FORBIDDEN"));
    assert_eq!(failure.target.project.as_ref().map(|project| project.as_str()), Some("restricted"));
    assert!(failure.request_id.is_some());
    assert!(failure.to_string().contains("artifact:list"), "{failure}");
}

#[tokio::test]
async fn an_administrator_sees_the_whole_sample() {
    let server = serve(Registry::demo()).await;
    let collected = administrator(&server).reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(found(&collected), expected(&server));
}

#[tokio::test]
async fn a_server_without_the_list_of_a_project_is_walked_by_repository() {
    let modern = serve(synthetic()).await;
    let old = SimulatedHarbor::builder().registry(synthetic()).version(HarborVersion::V2_9).start().await.unwrap();
    let from_modern = administrator(&modern).reports().collect().await;
    let from_old = administrator(&old).reports().collect().await;
    assert!(from_old.is_complete(), "{:?}", from_old.failures);
    assert_eq!(found(&from_old), expected(&old));
    assert_eq!(found(&from_old), found(&from_modern));
    assert!(from_old.summary.requests > from_modern.summary.requests);
}

#[tokio::test]
async fn anonymous_callers_get_what_is_public_if_they_ask_for_it() {
    let open = Project::new("open").public().with_repository(Repository::new("a/b").with_artifact(image("x")));
    let closed = Project::new("closed").with_repository(Repository::new("c").with_artifact(image("y")));
    let server = serve(Registry::new().with_project(open).with_project(closed)).await;
    let harbor = client(&server, Credentials::anonymous()).build().unwrap();
    let collected = harbor.reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    let names: Vec<_> = collected.items.iter().map(|info| info.artifact.repository.to_string()).collect();
    assert_eq!(names, ["open/a/b"]);
}

#[tokio::test]
async fn pushes_and_deletions_meanwhile_lose_and_repeat_nothing() {
    let names: Vec<String> = (0..250).map(|number| format!("image-{number:03}")).collect();
    let repository = names.iter().fold(Repository::new("r"), |repository, name| repository.with_artifact(image(name)));
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let before = expected(&server);
    let mut stream = one_at_a_time(&server).artifacts().stream();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = 0;
    while let Some(artifact) = stream.next().await {
        *seen.entry(artifact.unwrap().digest.to_string()).or_default() += 1;
        if count % 100 == 50 {
            // Rows of earlier pages go, and new ones come in front of the default order.
            server
                .registry_mut(|registry| {
                    for (_, digest, _) in before.iter().take(20) {
                        registry.delete_artifact("p", "r", digest);
                    }
                    registry.push("p", "r", image(&format!("pushed at {count}"))).expect("the project exists");
                })
                .await;
        }
        count += 1;
    }
    assert!(seen.values().all(|times| *times == 1), "an artifact came twice");
    let kept = before.iter().skip(20);
    assert!(kept.clone().all(|(_, digest, _)| seen.contains_key(digest)), "an artifact was lost");
}

#[tokio::test]
async fn nested_repository_names_and_all_digit_projects_are_read() {
    let project = |name: &str| {
        let deep = Repository::new("a/b/c/d/e").with_artifact(image(&format!("{name} deep")));
        Project::new(name).with_repository(deep)
    };
    // Project 1 has the number 1 or 2, and the other one may have the number in its name.
    let registry = Registry::new().with_project(project("2")).with_project(project("1"));
    let server = serve(registry).await;
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let registry = server.registry(Clone::clone);
        let server = SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap();
        let collected = administrator(&server).reports().collect().await;
        assert!(collected.is_complete(), "{:?}", collected.failures);
        assert_eq!(found(&collected), expected(&server));
    }
    administrator(&server).reports().repositories(["2/a/b/c/d/e"]).collect().await;
    let reports = server.requests().into_iter().find(|request| request.operation == "reports").unwrap();
    assert!(reports.target.contains("/repositories/a%252Fb%252Fc%252Fd%252Fe/artifacts/sha256:"), "{}", reports.target);
}

#[tokio::test]
async fn repositories_are_listed_by_name() {
    let server = serve(synthetic()).await;
    let collected = administrator(&server).repositories().collect().await;
    assert!(collected.is_complete());
    let names: Vec<_> = collected.items.iter().map(|repository| repository.name.to_string()).collect();
    assert_eq!(names.len(), 12);
    assert!(names.is_sorted());
    assert!(collected.items.iter().all(|repository| repository.artifact_count == 10));
    assert_eq!((collected.summary.listed, collected.summary.announced), (12, 12));
}

#[tokio::test]
async fn charts_and_other_artifacts_are_told_from_clean_images() {
    let clean = Artifact::image().with_content("clean").with_report(harbor_testkit::Report::new());
    let repository = Repository::new("r").with_artifact(Artifact::chart("c", "1.0.0")).with_artifact(clean);
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let collected = administrator(&server).reports().collect().await;
    let states: Vec<_> = collected.items.iter().map(|info| (info.state.name(), info.findings().count())).collect();
    assert_eq!(states, [("unsupported", 0), ("reported", 0)]);
}
