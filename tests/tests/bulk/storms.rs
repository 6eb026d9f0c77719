//! Many things go wrong at once, drawn from a seed: each artifact is told of once, with its findings or with a failure, and
//! each request is counted.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use harbor_ext::model::{ArtifactInfo, Report};
use harbor_ext::{Concurrency, Credentials, Failure, FailureKind, Query, RetryPolicy, Summary};
use harbor_testkit::{Artifact, Fault, Finding, Platform, Project, Registry, Repository, SimulatedHarbor};

use crate::support::{Random, client, expected, impatient};

/// More of them have been tried; these take little time.
const STORMS: u64 = 16;

/// What a query gave, as it came.
struct Outcome {
    items: Vec<ArtifactInfo>,
    failures: Vec<Failure>,
    summary: Summary,
}

/// What happens while a query runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mischief {
    None,
    SessionsEnd,
    Restart,
    SlowConsumer,
    CredentialsRefused,
    CredentialsIgnored,
    ReportsFail,
    Down,
}

const MISCHIEF: [Mischief; 10] = [
    Mischief::None,
    Mischief::None,
    Mischief::None,
    Mischief::SessionsEnd,
    Mischief::Restart,
    Mischief::SlowConsumer,
    Mischief::CredentialsRefused,
    Mischief::CredentialsIgnored,
    Mischief::ReportsFail,
    Mischief::Down,
];

#[tokio::test]
async fn whatever_goes_wrong_each_artifact_is_told_of_once() {
    for seed in 0..STORMS {
        storm(seed).await;
    }
}

async fn storm(seed: u64) {
    let mut random = Random::new(seed);
    let builder = SimulatedHarbor::builder().registry(registry(&mut random));
    let builder = faults(&mut random).into_iter().fold(builder, |builder, fault| builder.fault(fault));
    let server = builder.start().await.unwrap();
    let limits = [Concurrency::Adaptive, Concurrency::Fixed(1), Concurrency::Fixed(3), Concurrency::Fixed(40)];
    let harbor = client(&server, Credentials::basic("admin", "Harbor12345"))
        .retry(RetryPolicy { patience: Duration::from_millis(100), ..impatient() })
        .concurrency(*random.pick(&limits))
        .session_login(random.is_one_of(3))
        .build()
        .unwrap();
    let mut query = harbor.reports();
    if random.is_one_of(2) {
        query = query.deadline(Duration::from_micros(random.below(150_000)));
    }
    let with_children = random.is_one_of(3);
    if with_children {
        query = query.with_children();
    }
    let mischief = *random.pick(&MISCHIEF);
    let outcomes = match random.is_one_of(4) {
        true => {
            let other = read(query.clone(), &server, mischief);
            let (one, other) = tokio::join!(read(query, &server, mischief), other);
            vec![one, other]
        }
        false => vec![read(query, &server, mischief).await],
    };
    for outcome in &outcomes {
        assert_whole(&format!("seed {seed}, {mischief:?}"), &server, outcome, with_children);
    }
    // A request that was cut off may not have come as far as the server.
    let is_cut = matches!(mischief, Mischief::Restart | Mischief::Down) || outcomes.iter().any(Outcome::is_out_of_time);
    let counted: u64 = outcomes.iter().map(|outcome| outcome.summary.requests).sum();
    assert!(is_cut || counted == server.requests().len() as u64, "seed {seed}, {mischief:?}: {counted} requests");
}

/// Projects whose images and indexes are often the same.
fn registry(random: &mut Random) -> Registry {
    (0..4).fold(Registry::new(), |registry, project| {
        let project = (0..4).fold(Project::new(format!("p{project}")), |project, repository| {
            let mut contents: Vec<u64> = (0..random.below(30)).map(|_| random.below(60)).collect();
            contents.sort_unstable();
            contents.dedup();
            let repository = Repository::new(format!("r{repository}"));
            project.with_repository(contents.into_iter().map(artifact).fold(repository, Repository::with_artifact))
        });
        registry.with_project(project)
    })
}

fn artifact(content: u64) -> Artifact {
    match content % 10 {
        9 => Artifact::index()
            .with_child(Platform::linux("amd64"), image(content))
            .with_child(Platform::linux("arm64"), image(content + 1000)),
        _ => image(content),
    }
}

/// One in seven is not scanned.
fn image(content: u64) -> Artifact {
    let image = Artifact::image().with_content(format!("image {content}"));
    let findings = (0..content % 5).map(|number| Finding::new(format!("CVE-2026-{number}"), "openssl", "1.0.1f"));
    match content % 7 {
        0 => image,
        _ => image
            .with_report(findings.fold(harbor_testkit::Report::new(), |report, finding| report.with_finding(&finding))),
    }
}

fn faults(random: &mut Random) -> Vec<Fault> {
    let statuses = [500, 502, 503, 504, 401, 403, 404].map(Fault::status);
    let others = [Fault::reset(), Fault::truncated(), Fault::broken_json(), Fault::latency(Duration::from_millis(3))];
    let operations = ["reports", "artifacts", "project-artifacts", "scanner", "systeminfo", "projects"];
    let faults = statuses.into_iter().chain(others).filter(|_| random.is_one_of(3)).collect::<Vec<_>>();
    let mut restrict = |fault: Fault| {
        let share = random.below(40) as f64 / 100.0;
        fault.on(*random.pick(&operations)).share(share, random.below(1000))
    };
    faults.into_iter().map(&mut restrict).collect()
}

async fn read(query: Query<ArtifactInfo>, server: &SimulatedHarbor, mischief: Mischief) -> Outcome {
    let mut stream = query.stream();
    let (mut items, mut failures) = (Vec::new(), Vec::new());
    while let Some(item) = stream.next().await {
        match item {
            Ok(item) => items.push(item),
            Err(failure) => failures.push(failure),
        }
        let is_now = items.len() == 60;
        match mischief {
            Mischief::SessionsEnd if items.len() % 7 == 0 => server.end_sessions(),
            Mischief::Restart if is_now => server.restart(Duration::from_millis(30)),
            Mischief::SlowConsumer if items.len() % 10 == 0 => tokio::task::yield_now().await,
            Mischief::CredentialsRefused if is_now => server.add_fault(Fault::status(401)).unwrap(),
            Mischief::CredentialsIgnored if is_now => server.add_fault(Fault::anonymous()).unwrap(),
            Mischief::ReportsFail if is_now => server.add_fault(Fault::status(500).on("reports")).unwrap(),
            Mischief::Down if is_now => server.set_down(true),
            _ => {}
        }
    }
    Outcome { items, failures, summary: stream.summary() }
}

impl Outcome {
    fn is_out_of_time(&self) -> bool {
        let of_items = self.items.iter().filter_map(|item| item.state.failure());
        self.failures.iter().chain(of_items).any(|failure| failure.kind == FailureKind::DeadlineExceeded)
    }
}

/// Everything is there once, or a failure of its project or of the whole registry says why not.
fn assert_whole(place: &str, server: &SimulatedHarbor, outcome: &Outcome, with_children: bool) {
    let Outcome { items, failures, summary } = outcome;
    let place = format!("{place}: {summary}\n{failures:?}");
    let failed = items.iter().filter(|item| item.state.failure().is_some()).count();
    assert_eq!(summary.listed, items.len() as u64, "{place}");
    assert_eq!(summary.listed, summary.states.total(), "{place}");
    assert_eq!(summary.failures, (failures.len() + failed) as u64, "{place}");
    let mut seen = BTreeMap::new();
    for item in items {
        let key = (item.artifact.repository.to_string(), item.artifact.digest.to_string());
        assert!(seen.insert(key, item).is_none(), "{item:?} came twice, {place}");
    }
    for (repository, digest, findings) in expected(server) {
        let Some(item) = seen.remove(&(repository.clone(), digest)) else {
            let project = repository.split('/').next();
            let explains = |failure: &Failure| {
                let named = failure.target.project.as_ref().map(|project| project.as_str());
                failure.target.digest.is_none() && (named.is_none() || named == project)
            };
            assert!(failures.iter().any(explains), "{repository} lacks an artifact without a word, {place}");
            continue;
        };
        let is_told_of_images = with_children && item.artifact.children.len() > 1;
        let is_as_it_is = item.state.report().map(Report::len) == findings;
        assert!(is_as_it_is || is_told_of_images || item.state.failure().is_some(), "{item:?}, {place}");
    }
    assert!(with_children || seen.is_empty(), "{seen:?}, {place}");
}
