//! Every listed artifact ends in exactly one state, and no state can be taken for another.

use harbor_ext::Credentials;
use harbor_ext::model::{Parents, ReportState};
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

/// Images of indexes on request: each is an artifact with a report of its own that knows its indexes, nothing comes twice,
/// and the index itself counts no findings.
#[tokio::test]
async fn the_images_of_indexes_come_on_request_and_nothing_counts_twice() {
    let shared = || image("in both").with_tag("also-tagged");
    let repository = Repository::new("a/r")
        .with_artifact(
            Artifact::index().with_content("i1").with_tag("one").with_child(Platform::linux("amd64"), shared()),
        )
        .with_artifact(index("two", [shared(), scanned("other"), unscanned("new")]))
        .with_artifact(image("alone"));
    let registry = Registry::new()
        .with_project(Project::new("p").with_repository(repository))
        .with_robot(Robot::new("reader", "secret"));
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let server = SimulatedHarbor::builder().registry(registry.clone()).version(version).start().await.unwrap();
        let harbor = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
        let plain = harbor.reports().collect().await;
        let collected = harbor.reports().with_children().collect().await;
        assert!(collected.is_complete(), "{:?}", collected.failures);
        assert_adds_up(&collected);
        let states = collected.summary.states;
        assert_eq!((states.in_children, states.reported, states.not_scanned), (2, 3, 1), "{}", collected.summary);
        assert_eq!(collected.summary.listed, collected.summary.announced);
        // One finding in the shared image, one in the other: the indexes add none.
        assert_eq!(collected.items.iter().map(|info| info.findings().count()).sum::<usize>(), 2);
        assert_eq!(plain.items.len(), 4, "the tagged image, the two indexes and the image alone");
        let parents = Parents::among(&collected.items);
        let of = |tag: &str| {
            let info = collected.items.iter().find(|info| info.tags().any(|name| name == tag)).unwrap();
            parents
                .of(&info.artifact)
                .iter()
                .map(|index| index.tag_names().next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(of("also-tagged"), ["one", "two"]);
        assert!(of("latest").is_empty() && of("one").is_empty());
        // Filters are about the index.
        let two = harbor.artifacts().tag("two").with_children().collect().await;
        assert!(two.is_complete(), "{:?}", two.failures);
        assert_eq!((two.items.len(), two.summary.listed), (4, 4));
    }
}

/// Where the images cannot be listed, that is told, and the index has the report that it has without being asked.
#[tokio::test]
async fn an_index_whose_images_cannot_be_listed_has_its_own_report() {
    let server = serve(indexes()).await;
    server.add_fault(Fault::status(500).on("repository-artifacts")).unwrap();
    let collected = administrator(&server).reports().tag("full").with_children().collect().await;
    assert_adds_up(&collected);
    assert_eq!(collected.summary.states.reported, 1, "{}", collected.summary);
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    assert_eq!((failure.status, failure.target.digest.is_some()), (Some(500), true));
}

/// Before 2.14, a scanner that is down hides the reports that there are. An image is not taken for something that cannot
/// be scanned for that.
#[tokio::test]
async fn a_scanner_that_is_down_makes_no_image_unsupported() {
    let repository = Repository::new("r")
        .with_artifact(image("x"))
        .with_artifact(index("index", [image("child")]))
        .with_artifact(Artifact::chart("chart", "1.0.0").with_tag("chart"));
    let mut registry = Registry::new().with_project(Project::new("p").with_repository(repository));
    registry.set_scanner_healthy(false);
    for version in [HarborVersion::V2_9, HarborVersion::V2_11, HarborVersion::V2_14, HarborVersion::V2_15] {
        let server = SimulatedHarbor::builder().registry(registry.clone()).version(version).start().await.unwrap();
        let collected = administrator(&server).reports().collect().await;
        assert!(collected.is_complete(), "{:?}", collected.failures);
        for info in &collected.items {
            let wanted = match (&*info.artifact.kind, version >= HarborVersion::V2_14) {
                ("IMAGE", true) => "reported",
                ("IMAGE", false) | (_, true) => "unavailable",
                (_, false) => "unsupported",
            };
            assert_eq!(info.state.name(), wanted, "{version:?} {}", info.artifact);
        }
    }
}
