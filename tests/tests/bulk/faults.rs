//! A server that fails: nothing is lost that can be had, and everything else is told.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use harbor_ext::failure::Phase;
use harbor_ext::{Concurrency, Credentials, FailureKind, RetryPolicy, Summary};
use harbor_testkit::{Artifact, Fault, Finding, Project, Registry, Report, Repository, Scale, SimulatedHarbor};

use crate::support::{
    administrator, assert_adds_up, client, expected, found, impatient, one_at_a_time, serve, synthetic,
};

async fn serve_with(faults: impl IntoIterator<Item = Fault>) -> SimulatedHarbor {
    let builder = SimulatedHarbor::builder().registry(synthetic());
    faults.into_iter().fold(builder, |builder, fault| builder.fault(fault)).start().await.unwrap()
}

#[tokio::test]
async fn every_passing_fault_is_survived() {
    let passing = [
        Fault::status(500),
        Fault::status(502),
        Fault::status(503).retry_after(0),
        Fault::status(504),
        Fault::status(429),
        Fault::status(408),
        Fault::reset(),
        Fault::truncated(),
    ];
    for fault in passing {
        for operation in ["systeminfo", "projects", "project-artifacts", "reports"] {
            let server = serve_with([fault.clone().on(operation).times(2)]).await;
            let collected = administrator(&server).reports().collect().await;
            assert!(collected.is_complete(), "{fault:?} on {operation}: {:?}", collected.failures);
            assert_eq!(found(&collected), expected(&server), "{fault:?} on {operation}");
            assert_eq!(collected.summary.retries, 2, "{fault:?} on {operation}");
        }
    }
}

#[tokio::test]
async fn faults_on_a_share_of_the_requests_lose_nothing() {
    let server = serve_with([
        Fault::status(503).share(0.05, 1),
        Fault::reset().share(0.05, 2),
        Fault::truncated().share(0.05, 3),
        Fault::status(500).share(0.05, 4),
    ])
    .await;
    let credentials = Credentials::basic("admin", "Harbor12345");
    let retry = RetryPolicy { attempts: 12, ..impatient() };
    let collected = client(&server, credentials).retry(retry).build().unwrap().reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(found(&collected), expected(&server));
    assert!(collected.summary.retries > 5, "{}", collected.summary);
}

#[tokio::test]
async fn one_request_in_a_hundred_that_fails_loses_nothing() {
    one_in_a_hundred_fails().await;
}

/// Not a matter of the runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_in_a_hundred_that_fails_loses_nothing_on_several_threads() {
    one_in_a_hundred_fails().await;
}

async fn one_in_a_hundred_fails() {
    let scale =
        Scale { projects: 3, repositories: 10, artifacts: 20, findings: 3, distinct: 40, seed: 7, ..Scale::default() };
    let faults = [Fault::status(503).retry_after(0), Fault::reset(), Fault::truncated()];
    let builder = SimulatedHarbor::builder().registry(Registry::synthetic(scale));
    let faults = faults.into_iter().zip(1..).map(|(fault, seed)| fault.share(0.01, seed));
    let server = faults.fold(builder, |builder, fault| builder.fault(fault)).start().await.unwrap();
    let collected = administrator(&server).reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(found(&collected), expected(&server));
    let Summary { retries, paced_retries, .. } = collected.summary;
    assert!((5..60).contains(&retries), "{}", collected.summary);
    assert_eq!(paced_retries, 0, "they are far fewer than one in five");
}

#[tokio::test]
async fn a_report_that_stays_away_is_the_state_of_its_artifact() {
    for (fault, kind, attempts) in [
        (Fault::status(500), FailureKind::Server, 4),
        (Fault::status(504), FailureKind::Timeout, 4),
        (Fault::truncated(), FailureKind::Interrupted, 4),
        (Fault::broken_json(), FailureKind::Interrupted, 4),
        (Fault::odd_finding(), FailureKind::Undecodable, 1),
        (Fault::empty(), FailureKind::Undecodable, 1),
        (Fault::html(), FailureKind::Undecodable, 1),
        (Fault::status(403), FailureKind::Forbidden, 1),
    ] {
        let project = "project-1";
        let server = serve(synthetic()).await;
        let name = server.registry(|registry| registry.projects()[1].name().to_owned());
        server.add_fault(fault.clone().on("reports").in_project(&name)).unwrap();
        let collected = administrator(&server).reports().collect().await;
        assert_adds_up(&collected);
        assert_eq!(collected.items.len(), 120, "{fault:?} in {project}");
        assert_eq!(collected.failures.len(), 40, "{fault:?}");
        for failure in &collected.failures {
            assert_eq!((failure.kind, failure.attempts), (kind, attempts), "{failure}");
            assert!(failure.target.digest.is_some() && failure.target.repository.is_some(), "{failure}");
        }
        let failed = collected.items.iter().filter(|info| info.state.failure().is_some());
        assert!(failed.clone().all(|info| info.artifact.repository.project().as_str() == name));
        assert_eq!(failed.count(), 40);
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_is_told_and_the_others_go_on() {
    let server = serve(synthetic()).await;
    let name = server.registry(|registry| registry.projects()[1].name().to_owned());
    server.add_fault(Fault::broken_json().on("artifacts").in_project(&name)).unwrap();
    let collected = administrator(&server).reports().collect().await;
    assert_adds_up(&collected);
    assert_eq!(collected.items.len(), 80);
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    assert_eq!(failure.target.project.as_ref().map(|project| project.as_str()), Some(&*name));
}

#[tokio::test]
async fn try_collect_stops_at_the_first_failure() {
    let server = serve_with([Fault::status(500).on("reports")]).await;
    let failure = one_at_a_time(&server).reports().try_collect().await.unwrap_err();
    assert_eq!((failure.kind, failure.status, failure.attempts), (FailureKind::Server, Some(500), 4));
    assert!(server.counts()["reports"] < 120 * 4);
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_loses_nothing() {
    let server = Arc::new(serve(synthetic()).await);
    let credentials = Credentials::basic("admin", "Harbor12345");
    let harbor = client(&server, credentials).concurrency(Concurrency::Fixed(8)).build().unwrap();
    let mut stream = harbor.reports().stream();
    // The server comes back as soon as the client has noticed that it is away.
    let mut progress = stream.progress();
    let returning = Arc::clone(&server);
    let comes_back = tokio::spawn(async move {
        let is_noticed = progress.wait_for(|progress| progress.waiting_for_server).await.is_ok();
        returning.set_down(false);
        is_noticed
    });
    let mut count = 0;
    while let Some(item) = stream.next().await {
        item.unwrap();
        count += 1;
        if count == 30 {
            server.set_down(true);
        }
    }
    assert!(comes_back.await.unwrap());
    assert_eq!(count, 120);
    assert_eq!(stream.summary().states.reported, 120);
}

#[tokio::test]
async fn the_wish_of_a_server_to_wait_is_granted() {
    let server = serve_with([Fault::status(429).retry_after(1).on("reports").times(1)]).await;
    let credentials = Credentials::basic("admin", "Harbor12345");
    let retry = RetryPolicy { longest_delay: Duration::from_secs(5), ..impatient() };
    let collected = client(&server, credentials).retry(retry).build().unwrap().reports().collect().await;
    assert!(collected.is_complete());
    assert!(collected.summary.elapsed >= Duration::from_secs(1), "{}", collected.summary);
    assert_eq!(collected.summary.retries, 1);
}

/// A server that needs whole reports for a page does not manage a whole page before its proxy gives up.
#[tokio::test]
async fn a_page_that_times_out_is_split_and_a_single_row_that_does_is_told() {
    let finding = |number: usize| Finding::new(format!("CVE-2026-{number}"), "openssl", "1.0.1f");
    let report = |count: usize| (0..count).fold(Report::new(), |report, number| report.with_finding(&finding(number)));
    let image = |number: usize| {
        let findings = if number == 20 { 1000 } else { 6 };
        Artifact::image().with_content(format!("{number}")).with_report(report(findings))
    };
    let repository = (0..40).fold(Repository::new("r"), |repository, number| repository.with_artifact(image(number)));
    let server = SimulatedHarbor::builder()
        .registry(Registry::new().with_project(Project::new("p").with_repository(repository)))
        .fault(Fault::overview_latency(Duration::from_millis(1)))
        .fault(Fault::gateway_timeout(Duration::from_millis(60)))
        .start()
        .await
        .unwrap();
    let collected = administrator(&server).artifacts().with_scan_overview().collect().await;
    assert_eq!((collected.items.len(), collected.summary.announced), (40, 40));
    let [failure] = &collected.failures[..] else { panic!("{:?}", collected.failures) };
    let bare: Vec<_> = collected.items.iter().filter(|artifact| artifact.scan_overview.is_none()).collect();
    assert_eq!(bare.len(), 1);
    assert_eq!((failure.kind, failure.target.digest.as_ref()), (FailureKind::Timeout, Some(&bare[0].digest)));
}

#[tokio::test]
async fn a_failure_in_the_middle_of_a_list_does_not_begin_it_again() {
    let scale =
        Scale { projects: 1, repositories: 5, artifacts: 100, findings: 0, distinct: 1, seed: 1, ..Scale::default() };
    for fault in [Fault::status(500), Fault::status(502), Fault::truncated(), Fault::reset()] {
        let server = serve(Registry::synthetic(scale)).await;
        server.add_fault(fault.clone().on("project-artifacts").after(4).times(2)).unwrap();
        let collected = administrator(&server).artifacts().collect().await;
        assert_eq!((collected.items.len(), collected.failures.len()), (500, 0), "{fault:?}");
        // A page that breaks off twice is asked for with half the size, and the next ones, too.
        assert!((7..=9).contains(&server.counts()["project-artifacts"]), "{fault:?}");
        let requests = server.requests();
        let lists = || requests.iter().map(|request| &request.target).filter(|target| target.contains("/artifacts?"));
        assert_eq!(lists().filter(|target| Some(*target) == lists().next()).count(), 1, "the first page, {fault:?}");
    }
}

#[tokio::test]
async fn at_the_deadline_what_was_listed_is_told_with_its_reason() {
    let server = serve(synthetic()).await;
    let hold = server.hold("reports").unwrap();
    let collected = administrator(&server).reports().deadline(Duration::from_millis(300)).collect().await;
    assert_adds_up(&collected);
    assert!(collected.summary.states.failed >= 40, "{}", collected.summary);
    let reasons = collected.failures.iter().map(|failure| failure.kind);
    assert_eq!(reasons.collect::<BTreeSet<_>>(), BTreeSet::from([FailureKind::DeadlineExceeded]));
    // Each project has its artifacts, or a failure for its list.
    let lists = collected.failures.iter().filter(|failure| failure.phase == Phase::ListingArtifacts).count();
    assert_eq!(collected.items.len() + 40 * lists, 120);
    assert!(collected.summary.elapsed < Duration::from_secs(5));
    while hold.waiting() > 0 {
        tokio::task::yield_now().await;
    }
    let artifacts = administrator(&server).artifacts().deadline(Duration::from_secs(60)).collect().await;
    assert!(artifacts.is_complete() && artifacts.items.len() == 120);
    let repositories = administrator(&server).repositories().deadline(Duration::ZERO).collect().await;
    assert_eq!((repositories.items.len(), repositories.failures.len()), (0, 1));
}
