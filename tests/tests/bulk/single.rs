//! One artifact, report or repository by its name, and what is told of it.

use harbor_ext::failure::{Phase, Target};
use harbor_ext::model::{ArtifactInfo, ReportState};
use harbor_ext::name::{ArtifactReference, RepositoryName, Tag};
use harbor_ext::{Credentials, Failure, FailureKind, Harbor};
use harbor_testkit::{
    Accessory, Artifact, Fault, HarborVersion, Platform, Project, Registry, Report, Repository, Robot, Scan,
    SimulatedHarbor,
};
use httpmock::MockServer;
use serde_json::json;

use crate::support::{administrator, client, expected, image, serve};

/// One artifact of each kind that there is to be asked for.
fn registry() -> Registry {
    let clean = Artifact::image().with_content("clean").with_tag("clean").with_report(Report::new());
    let index = Artifact::index()
        .with_content("index")
        .with_tag("multi")
        .with_child(Platform::linux("amd64"), Artifact::image().with_content("for amd64").with_report(Report::new()))
        .with_child(Platform::linux("arm64"), Artifact::image().with_content("for arm64").with_report(Report::new()));
    let signed = image("signed").with_accessory(Accessory::signature());
    let web = Repository::new("team/web")
        .with_artifact(image("web"))
        .with_artifact(clean)
        .with_artifact(index)
        .with_artifact(Artifact::image().with_content("unscanned").with_tag("unscanned"))
        .with_artifact(Artifact::image().with_content("nil").with_tag("nil").with_report(Report::new()))
        .with_artifact(Artifact::image().with_content("failed").with_tag("failed").with_scan(Scan::Failed));
    let robot = Robot::new("reader", "secret");
    Registry::new()
        .with_project(
            Project::new("shop").with_repository(web).with_repository(Repository::new("signed").with_artifact(signed)),
        )
        .with_project(Project::new("other"))
        .with_robot(robot)
}

fn reader(server: &SimulatedHarbor) -> Harbor {
    client(server, Credentials::robot("reader", "secret")).build().unwrap()
}

/// A1: an artifact by its tag and by its digest, as the administrator and as a robot that may only list, from new and old
/// servers.
#[tokio::test]
async fn a1_an_artifact_is_found_by_tag_and_by_digest() {
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let server = SimulatedHarbor::builder().registry(registry()).version(version).start().await.unwrap();
        for harbor in [administrator(&server), reader(&server)] {
            let by_tag = harbor.artifact("shop/team/web:multi").await.unwrap();
            assert_eq!(by_tag.children.len(), 2);
            assert_eq!(harbor.artifact(&by_tag).await.unwrap(), by_tag);
            let info = harbor.report(&by_tag).await.unwrap();
            assert_eq!(harbor.report(&info).await.unwrap(), info);
            assert_eq!(harbor.report(&info.artifact).await.unwrap(), info);
            // The image of an index, which no list shows unless it is asked for.
            let child = ArtifactReference::new(by_tag.repository.clone(), by_tag.children[0].digest.clone());
            assert_eq!(harbor.artifact(&child).await.unwrap().digest, by_tag.children[0].digest);
            let repository: RepositoryName = "shop/team/web".parse().unwrap();
            let tag: Tag = "multi".parse().unwrap();
            assert_eq!(harbor.artifact((repository, tag)).await.unwrap(), by_tag);
            let with_host = format!("{}/shop/team/web:multi", server.url().trim_start_matches("http://"));
            assert_eq!(harbor.artifact(with_host).await.unwrap(), by_tag);
        }
    }
}

/// A1: "no report" and "a report without findings" are told apart, and what is not asked for is not told.
#[tokio::test]
async fn a1_a_report_says_whether_there_is_one() {
    let server = serve(registry()).await;
    let harbor = reader(&server);
    let state = async |tag: &str| harbor.report(format!("shop/team/web:{tag}")).await.unwrap().state;
    assert!(matches!(state("clean").await, ReportState::Reported(report) if report.is_empty()));
    assert!(matches!(state("latest").await, ReportState::Reported(report) if report.len() == 1));
    assert!(matches!(state("unscanned").await, ReportState::NotScanned));
    assert!(matches!(state("failed").await, ReportState::ScanFailed { .. }));
    let plain: ArtifactInfo = harbor.report("shop/team/web:latest").await.unwrap();
    assert!(plain.artifact.labels.is_none() && plain.artifact.accessories.is_none());
    let signed = harbor.artifact("shop/signed:latest").with_labels().with_accessories().await.unwrap();
    assert_eq!(signed.labels.as_deref(), Some(&[][..]));
    assert_eq!(signed.accessories.as_ref().map(Vec::len), Some(1));
}

/// A1: both media types are asked for, so that a server that holds nothing but the older one has a report, too.
#[tokio::test]
async fn a1_a_report_of_the_older_media_type_is_read() {
    let server = MockServer::start_async().await;
    let digest = format!("sha256:{}", "ab".repeat(32));
    let list = json!([{"id": 1, "digest": digest, "type": "IMAGE", "tags": [{"name": "v1"}]}]);
    let artifacts = "/api/v2.0/projects/p/repositories/r/artifacts";
    let listed = server.mock(|when, then| {
        when.path(artifacts).query_param("q", "tags=v1");
        then.status(200).header("x-total-count", "1").json_body(list);
    });
    let report = json!({"application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0": {
        "vulnerabilities": [{"id": "CVE-2014-0160", "package": "openssl", "version": "1.0.1f", "severity": "High"}],
    }});
    let reported = server.mock(|when, then| {
        when.path(format!("{artifacts}/{digest}/additions/vulnerabilities"))
            .header_includes("x-accept-vulnerabilities", "application/vnd.security.vulnerability.report; version=1.1")
            .header_includes("x-accept-vulnerabilities", "vuln.report.harbor+json; version=1.0");
        then.status(200).json_body(report);
    });
    let harbor = Harbor::builder(server.base_url())
        .credentials(Credentials::anonymous())
        .http_client(harbor_ext::http_client().no_proxy())
        .build()
        .unwrap();
    let info = harbor.report("p/r:v1").await.unwrap();
    assert_eq!(info.findings().map(|finding| finding.id().to_owned()).collect::<Vec<_>>(), ["CVE-2014-0160"]);
    assert_eq!((listed.calls(), reported.calls()), (1, 1));
}

/// A1, W11: what does not exist is told with the words of the server, and names reach it unchanged.
#[tokio::test]
async fn a1_what_does_not_exist_is_a_failure_that_names_it() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    for (reference, message) in [
        ("shop/team/web:v9", "artifact shop/team/web:v9 not found"),
        ("shop/team/nothing:v1", "repository shop/team/nothing not found"),
        ("nowhere/x:v1", "not found"),
    ] {
        let failure = harbor.report(reference).await.unwrap_err();
        assert_eq!((failure.kind, failure.status), (FailureKind::NotFound, Some(404)), "{failure}");
        assert!(failure.message.contains(message), "{failure}");
        assert!(failure.to_string().contains(reference), "{failure}");
        assert_eq!(failure.attempts, 1);
    }
    let failure = reader(&server).artifact("shop/team/web:v9").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert!(failure.message.contains("artifact:read"), "{failure}");
    let failure = harbor.repository("shop/nothing").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
    assert_eq!(harbor.repository("shop/team/web").await.unwrap().artifact_count, 6);
    // Nothing but a full name is meant, although queries know parts of it, too.
    let failure = harbor.repository("team/web").await.unwrap_err();
    assert_eq!(failure.target.to_string(), "team/web");
    let failure = harbor.repository("signed").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::InvalidInput);
}

/// A1: what is no reference is refused before anything is sent.
#[tokio::test]
async fn a1_what_is_no_reference_is_never_sent() {
    let server = serve(registry()).await;
    for reference in ["nginx", "shop/team/web", "shop/team/web:a b", "shop/team/web@sha256:12"] {
        let failure = administrator(&server).artifact(reference).await.unwrap_err();
        assert_eq!((failure.kind, failure.attempts), (FailureKind::InvalidInput, 0), "{failure}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_lists_do_not_show_is_asked_for_by_itself() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    let signed = harbor.artifact("shop/signed:latest").with_accessories().await.unwrap();
    let signature = signed.accessories.unwrap().remove(0).digest;
    let found = harbor.artifact((signed.repository.clone(), signature.clone())).await.unwrap();
    assert_eq!(found.digest, signature);
    let failure = reader(&server).artifact((signed.repository, signature)).await.unwrap_err();
    assert!(failure.message.contains("signature or the like"), "{failure}");
    // In Harbor's filters `nil` means "untagged".
    assert_eq!(harbor.artifact("shop/team/web:nil").await.unwrap().tag_names().next(), Some("nil"));
}

/// A report that may not be read is a failure, and one that the robot may not list as well.
#[tokio::test]
async fn a_report_that_may_not_be_read_is_a_failure() {
    let robot = Robot::new("lister", "secret").without_permissions().with_permission("artifact:list");
    let server = serve(registry().with_robot(robot)).await;
    let lister = client(&server, Credentials::robot("lister", "secret")).build().unwrap();
    let failure = lister.report("shop/team/web:latest").await.unwrap_err();
    assert_eq!(failure.phase, Phase::FetchingReport);
    assert_eq!(failure.missing_permission().unwrap().to_string(), "artifact-addition:read");
    assert!(failure.request_id.is_some() && failure.target.digest.is_some(), "{failure:?}");
    assert_eq!(failure.code.as_deref(), Some("FORBIDDEN"));
    let failure = lister.repository("shop/team/web").await.unwrap_err();
    assert_eq!(failure.missing_permission().unwrap().to_string(), "repository:list");
}

/// The same care as for many: repeats, the identity of the caller, and broken answers.
#[tokio::test]
async fn one_report_is_read_as_carefully_as_many() {
    let server = serve(registry()).await;
    server.add_fault(Fault::status(500).on("reports").times(2)).unwrap();
    server.add_fault(Fault::truncated().on("artifacts").times(1)).unwrap();
    let info = administrator(&server).report("shop/team/web:latest").await.unwrap();
    assert_eq!(info.findings().count(), 1);
    let wrong = client(&server, Credentials::robot("reader", "wrong")).build().unwrap();
    let failure = wrong.report("shop/team/web:latest").await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::NotAuthenticated, Phase::Identifying));
    server.add_fault(Fault::odd_finding().on("reports")).unwrap();
    let failure = administrator(&server).report("shop/team/web:latest").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Undecodable);
}

/// W11: a name with slashes reaches the server encoded twice.
#[tokio::test]
async fn w11_nested_names_are_encoded_twice() {
    let server = serve(registry()).await;
    administrator(&server).report("shop/team/web:latest").await.unwrap();
    let targets: Vec<String> = server.requests().into_iter().map(|request| request.target).collect();
    assert!(targets[1..].iter().all(|target| target.contains("/repositories/team%252Fweb/artifacts")), "{targets:?}");
}

/// W12: the session that Harbor hands out with every answer is never sent back.
#[tokio::test]
async fn w12_no_cookie_is_kept() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    harbor.report("shop/team/web:latest").await.unwrap();
    harbor.reports().collect().await;
    let requests = server.requests();
    assert!(requests.len() > 3);
    assert!(requests.iter().all(|request| !request.session));
}

/// Failures say where, while doing what, how often, and what came back.
#[tokio::test]
async fn failures_say_everything_that_is_known() {
    let server = serve(registry()).await;
    server.add_fault(Fault::status(500).on("reports")).unwrap();
    let collected = administrator(&server).reports().repositories(["shop/signed"]).collect().await;
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    let digest = expected(&server).into_iter().find(|row| row.0 == "shop/signed").unwrap().1;
    let mut target = Target::from("shop/signed".parse::<RepositoryName>().unwrap());
    target.digest = Some(digest.parse().unwrap());
    assert_eq!(*failure.target, target);
    assert_eq!(failure.target.project.as_ref().map(AsRef::as_ref), Some("shop"));
    assert_eq!((failure.phase, failure.attempts), (Phase::FetchingReport, 4));
    assert_eq!((failure.status, failure.code.as_deref()), (Some(500), Some("UNKNOWN")));
    assert_eq!(failure.message, "internal server error");
    assert!(failure.request_id.as_ref().is_some_and(|id| !id.is_empty()));
    let back: Failure = serde_json::from_str(&serde_json::to_string(failure).unwrap()).unwrap();
    assert_eq!(&back, failure);
}
