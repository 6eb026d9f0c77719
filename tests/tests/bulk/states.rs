//! Every listed artifact ends in exactly one state, and no state can be taken for another.

use harbor_ext::Credentials;
use harbor_ext::model::ReportState;
use harbor_testkit::{
    Artifact, Fault, HarborVersion, Platform, Project, Registry, Report, Repository, Robot, Scan, SimulatedHarbor,
};

use crate::support::{administrator, assert_adds_up, client, image, serve};

fn unscanned(content: &str) -> Artifact {
    Artifact::image().with_content(content)
}

fn scanned(content: &str) -> Artifact {
    unscanned(content).with_report(Report::new())
}

fn index(tag: &str, children: impl IntoIterator<Item = Artifact>) -> Artifact {
    let platforms = (0..).map(|number| Platform::linux(format!("arch{number}")));
    let index = Artifact::index().with_content(tag).with_tag(tag);
    children.into_iter().zip(platforms).fold(index, |index, (child, platform)| index.with_child(platform, child))
}

fn indexes() -> Registry {
    let attested = index("attested", [scanned("a1"), scanned("a2")])
        .with_child(Platform::unknown(), unscanned("attestation of a1"));
    let repository = Repository::new("r")
        .with_artifact(attested)
        .with_artifact(index("full", [scanned("f1"), scanned("f2")]))
        .with_artifact(index("partial", [scanned("p1"), unscanned("p2"), unscanned("p3").with_scan(Scan::Failed)]))
        .with_artifact(index("never", [unscanned("n1"), unscanned("n2")]))
        .with_artifact(index("running", [scanned("r1"), unscanned("r2").with_scan(Scan::Running)]))
        .with_artifact(index("empty", []));
    Registry::new()
        .with_project(Project::new("p").with_repository(repository))
        .with_robot(Robot::new("reader", "secret"))
}

/// W2: an index with unscanned images is told from one that was never scanned, and says which images those are.
#[tokio::test]
async fn w2_an_index_says_which_of_its_images_have_no_report() {
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let server = SimulatedHarbor::builder().registry(indexes()).version(version).start().await.unwrap();
        let harbor = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
        let collected = harbor.reports().collect().await;
        assert!(collected.is_complete(), "{:?}", collected.failures);
        assert_adds_up(&collected);
        let state = |tag: &str| {
            let info = collected.items.iter().find(|info| info.tags().any(|name| name == tag)).unwrap();
            info.state.clone()
        };
        assert!(matches!(state("attested"), ReportState::Reported(_)), "{:?}", state("attested"));
        assert!(matches!(state("full"), ReportState::Reported(_)));
        assert!(matches!(state("never"), ReportState::NotScanned));
        assert!(matches!(state("running"), ReportState::Running | ReportState::ChildrenNotScanned { .. }));
        let ReportState::ChildrenNotScanned { scanned, missing } = state("partial") else {
            panic!("{:?}", state("partial"))
        };
        assert_eq!(scanned, 1);
        let missing: Vec<&str> = missing.iter().map(AsRef::as_ref).collect();
        assert_eq!(missing, [unscanned("p2").digest(), unscanned("p3").digest()]);
        assert!(collected.summary.to_string().contains("with images that were not scanned"), "{}", collected.summary);
    }
}

/// Nothing more is asked about an index that has its report, and one request about one that has none.
#[tokio::test]
async fn the_images_of_an_index_are_asked_about_once_and_only_without_a_report() {
    let server = serve(indexes()).await;
    let harbor = administrator(&server);
    harbor.report("p/r:full").await.unwrap();
    assert_eq!(server.requests().len(), 3);
    server.forget_requests();
    harbor.report("p/r:partial").await.unwrap();
    assert_eq!(server.requests().len(), 3 + 2, "why there is none, and of which image");
}

#[tokio::test]
async fn an_index_of_many_images_is_looked_at_in_parts() {
    let children = (0..95).map(|number| match number % 2 {
        0 => scanned(&format!("child {number}")),
        _ => unscanned(&format!("child {number}")),
    });
    let repository = Repository::new("r").with_artifact(index("large", children));
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let info = administrator(&server).report("p/r:large").await.unwrap();
    let ReportState::ChildrenNotScanned { scanned, missing } = &info.state else { panic!("{:?}", info.state) };
    assert_eq!((*scanned, missing.len()), (48, 47));
    assert!(server.requests().iter().all(|request| request.target.len() < 6_000));
}

/// What cannot be found out about the images is a failure of the index.
#[tokio::test]
async fn images_that_cannot_be_looked_at_are_a_failure() {
    let server = serve(indexes()).await;
    server.add_fault(Fault::status(500).on("artifacts").after(2)).unwrap();
    let failure = administrator(&server).report("p/r:partial").await.unwrap_err();
    assert_eq!(failure.status, Some(500));
    assert_eq!(failure.phase, harbor_ext::failure::Phase::ExplainingReport);
}

/// W1: `{}` is never a clean report, whatever it stands for, and the answers of Harbor that mean "cannot be scanned" are
/// no failures. A5: all of these are in the result.
#[tokio::test]
async fn w1_a5_no_artifact_without_a_report_is_dropped_or_taken_for_clean() {
    let scan = |name: &str, scan| Artifact::image().with_content(name).with_tag(name).with_scan(scan);
    let repository = Repository::new("r")
        .with_artifact(scan("never", Scan::Never))
        .with_artifact(scan("pending", Scan::Pending))
        .with_artifact(scan("running", Scan::Running))
        .with_artifact(scan("failed", Scan::Failed))
        .with_artifact(scan("stopped", Scan::Stopped))
        .with_artifact(Artifact::chart("chart", "1.0.0").with_tag("chart"))
        .with_artifact(scanned("clean").with_tag("clean"))
        .with_artifact(image("vulnerable"));
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let collected = administrator(&server).reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_adds_up(&collected);
    let mut states: Vec<(String, &str, usize)> = collected
        .items
        .iter()
        .map(|info| (info.tags().next().unwrap().to_owned(), info.state.name(), info.findings().count()))
        .collect();
    states.sort();
    let wanted = [
        ("chart", "unsupported", 0),
        ("clean", "reported", 0),
        ("failed", "scan_failed", 0),
        ("latest", "reported", 1),
        ("never", "not_scanned", 0),
        ("pending", "running", 0),
        ("running", "running", 0),
        ("stopped", "scan_failed", 0),
    ];
    assert_eq!(states, wanted.map(|(tag, state, findings)| (tag.to_owned(), state, findings)));
}

/// W3: one empty text stands for "none" among links and weaknesses, and is none.
#[tokio::test]
async fn w3_an_empty_text_is_no_link_and_no_weakness() {
    let repository = Repository::new("r").with_artifact(image("x"));
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let info = administrator(&server).report("p/r:latest").await.unwrap();
    let finding = info.findings().next().unwrap();
    assert_eq!(finding.links().count(), 0);
    assert_eq!(finding.cwe_ids().count(), 0);
}

/// A6, A7: answers and failures keep apart, none is swallowed, and the order of what is collected is that of the names,
/// whatever came first.
#[tokio::test]
async fn a6_a7_items_and_failures_are_kept_apart_and_in_order() {
    let names = ["a", "b", "c", "d"];
    let project = |name: &str| {
        let repository =
            |repository: &str| Repository::new(repository).with_artifact(image(&format!("{name}{repository}")));
        names.iter().fold(Project::new(name), |project, name| project.with_repository(repository(name)))
    };
    let registry = names.iter().fold(Registry::new(), |registry, name| registry.with_project(project(name)));
    let server = serve(registry).await;
    server.add_fault(Fault::status(403).on("artifacts").in_project("b")).unwrap();
    server.add_fault(Fault::status(500).on("reports").in_project("c")).unwrap();
    let collected = administrator(&server).reports().collect().await;
    assert_adds_up(&collected);
    let order: Vec<String> = collected.items.iter().map(|info| info.artifact.repository.to_string()).collect();
    assert!(order.is_sorted() && order.len() == 12, "{order:?}");
    let projects: Vec<&str> =
        collected.failures.iter().map(|failure| failure.target.project.as_ref().unwrap().as_str()).collect();
    assert_eq!(projects, ["b", "c", "c", "c", "c"]);
}
