//! Whatever goes wrong, everything adds up: random registries under random faults, all drawn from seeds.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use harbor_ext::failure::{Phase, Target};
use harbor_ext::model::{ArtifactInfo, ReportState};
use harbor_ext::{Collected, Concurrency, Credentials, Harbor, RetryPolicy};
use harbor_testkit::{
    Artifact, Fault, Finding, HarborVersion, ListedArtifact, Platform, Project, Registry, Report, Repository, Robot,
    Scan, SimulatedHarbor,
};

use crate::support::{Random, assert_adds_up, client};

/// What can go wrong, and with what. Each pair is drawn once at least.
pub(crate) const KINDS: u64 = 14;
const OPERATIONS: [&str; 6] = ["projects", "repositories", "project-artifacts", "artifacts", "reports", "overview"];

/// How many registries are read.
const CASES: u64 = KINDS * OPERATIONS.len() as u64;

fn finding(number: u64) -> Finding {
    let finding = Finding::new(format!("CVE-2026-{number:04}"), format!("package{}", number % 7), "1.0");
    finding.with_severity(["Low", "High", "Critical"][number as usize % 3])
}

fn draw_image(random: &mut Random) -> Artifact {
    // The same content now and then, also in other repositories.
    let content = random.below(400);
    let image = Artifact::image().with_content(format!("content {content}"));
    match content % 10 {
        0 => image,
        1 => image.with_scan(Scan::Running),
        2 => image.with_scan(Scan::Failed),
        count => {
            let findings: Vec<Finding> = (0..count - 3).map(|place| finding(content * 3 % 50 + place)).collect();
            image.with_report(Report::new().with_findings(&findings))
        }
    }
}

fn draw_artifact(random: &mut Random, number: u64) -> Artifact {
    let artifact = match random.below(12) {
        0 => Artifact::chart(format!("chart{number}"), "1.0.0"),
        1 => ["amd64", "arm64"].iter().fold(Artifact::index(), |index, architecture| {
            index.with_child(Platform::linux(*architecture), draw_image(random))
        }),
        _ => draw_image(random),
    };
    if random.is_one_of(3) { artifact } else { artifact.with_tag(format!("v{number}")) }
}

pub(crate) fn draw_registry(random: &mut Random) -> Registry {
    let mut registry = Registry::new().with_robot(Robot::new("reader", "secret"));
    for project in 0..=random.below(3) {
        let mut drawn = Project::new(format!("p{project}"));
        if random.is_one_of(4) {
            drawn = drawn.public();
        }
        if random.is_one_of(6) {
            drawn = drawn.denying("robot$reader");
        }
        for repository in 0..=random.below(3) {
            let count = if random.is_one_of(40) { 110 } else { random.below(6) };
            let artifacts = (0..count).map(|number| draw_artifact(random, number)).collect::<Vec<_>>();
            let name = ["r", "a/b", "deep/er/r"][repository as usize % 3];
            let empty = Repository::new(format!("{name}{repository}"));
            drawn = drawn.with_repository(artifacts.into_iter().fold(empty, Repository::with_artifact));
        }
        registry = registry.with_project(drawn);
    }
    registry
}

pub(crate) fn draw_fault(random: &mut Random, kind: u64, operation: &str) -> Fault {
    let fault = match kind {
        0 => Fault::status(403),
        1 => Fault::status(404),
        2 => Fault::status(429),
        3 => Fault::status(500),
        4 => Fault::status(503),
        5 => Fault::reset(),
        6 => Fault::truncated(),
        7 => Fault::html(),
        8 => Fault::broken_json(),
        9 => Fault::wrong_shape(),
        10 => Fault::odd_finding(),
        11 => Fault::empty(),
        12 => Fault::null(),
        _ => Fault::latency_between(Duration::ZERO, Duration::from_millis(3)),
    };
    let fault = fault.on(operation);
    let fault = if random.is_one_of(3) { fault.in_project(format!("p{}", random.below(3))) } else { fault };
    match random.below(4) {
        0 => fault.times(1 + random.below(6) as usize),
        1 => fault.share(0.3, random.below(1000)),
        2 => fault.after(1 + random.below(8) as usize).times(3),
        _ => fault,
    }
}

/// A client that does not wait for long.
fn draw_client(random: &mut Random, server: &SimulatedHarbor) -> Harbor {
    let credentials = match random.is_one_of(2) {
        true => Credentials::basic("admin", "Harbor12345"),
        false => Credentials::robot("reader", "secret"),
    };
    impatient_client(random, server, credentials)
}

/// A client of an account that does not wait for long.
pub(crate) fn impatient_client(random: &mut Random, server: &SimulatedHarbor, credentials: Credentials) -> Harbor {
    let retry = RetryPolicy {
        attempts: 1 + random.below(4) as u32,
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(4),
        patience: Duration::from_millis(60),
    };
    let concurrency = Concurrency::Fixed(1 + random.below(8) as usize);
    client(server, credentials).retry(retry).concurrency(concurrency).build().unwrap()
}

/// Whether a failure says that a list could not be read which the artifact would have been in.
pub(crate) fn covers(target: &Target, artifact: &ListedArtifact) -> bool {
    let repository = format!("{}/{}", artifact.project, artifact.repository);
    target.digest.is_none()
        && target.project.as_ref().is_none_or(|project| project.as_str() == artifact.project)
        && target.repository.as_ref().is_none_or(|name| name.full() == repository)
}

type Key = (String, String, String);

fn keys(info: &ArtifactInfo) -> Vec<Key> {
    let key = |finding: harbor_ext::model::FindingRef<'_>| {
        (finding.id().to_owned(), finding.package().to_owned(), finding.version().to_owned())
    };
    let mut keys: Vec<Key> = info.findings().map(key).collect();
    keys.sort();
    keys
}

/// Compares what was found with what the registry holds.
fn check(collected: &Collected<ArtifactInfo>, listed: &[ListedArtifact]) {
    assert_adds_up(collected);
    let incomplete = collected.items.iter().filter(|info| info.state.failure().is_some()).count();
    assert!(collected.failures.len() >= incomplete);
    assert_eq!(collected.is_complete(), collected.failures.is_empty());
    let mut items: BTreeMap<(String, String), &ArtifactInfo> = BTreeMap::new();
    for info in &collected.items {
        let key = (info.artifact.repository.to_string(), info.artifact.digest.to_string());
        assert!(items.insert(key, info).is_none(), "{} came twice", info.artifact);
    }
    let lists: BTreeSet<&Target> = collected
        .failures
        .iter()
        .filter(|failure| !matches!(failure.phase, Phase::FetchingReport | Phase::ExplainingReport))
        .map(|failure| &*failure.target)
        .collect();
    for artifact in listed {
        let name = format!("{}/{}", artifact.project, artifact.repository);
        let Some(info) = items.remove(&(name.clone(), artifact.digest.clone())) else {
            assert!(
                lists.iter().any(|target| covers(target, artifact)),
                "{name}@{} is lost without a word: {:?}",
                artifact.digest,
                collected.failures
            );
            continue;
        };
        let mut wanted = artifact.findings.clone();
        wanted.iter_mut().for_each(|keys| keys.sort());
        match (&info.state, wanted) {
            (ReportState::Reported(_), wanted) => assert_eq!(Some(keys(info)), wanted, "{}", info.artifact),
            (state, None) => assert!(state.report().is_none()),
            // What has a report may not be taken for anything else but a failure.
            (state, Some(_)) => assert!(state.failure().is_some(), "{} is {state:?}", info.artifact),
        }
        if let Some(failure) = info.state.failure() {
            assert!(collected.failures.contains(failure), "{failure}");
            assert_eq!(failure.target.digest.as_ref(), Some(&info.artifact.digest));
        }
    }
    assert!(items.is_empty(), "{items:?} are not in the registry");
}

/// Listed is the sum of the states, every artifact of the registry is in the result or in a list that is told as unread,
/// nothing comes twice, and no report says less than it should.
#[tokio::test]
async fn everything_adds_up_under_random_faults() {
    let (mut complete, mut incomplete, mut artifacts) = (0, 0, 0);
    for seed in 0..CASES {
        let mut random = Random::new(seed);
        let version = *random.pick(&[HarborVersion::V2_15, HarborVersion::V2_15, HarborVersion::V2_9]);
        let mut builder = SimulatedHarbor::builder().registry(draw_registry(&mut random)).version(version);
        let certain = draw_fault(&mut random, seed % KINDS, OPERATIONS[(seed / KINDS) as usize]);
        let mut faults = vec![certain];
        for _ in 0..random.below(3) {
            let (kind, operation) = (random.below(KINDS), *random.pick(&OPERATIONS));
            faults.push(draw_fault(&mut random, kind, operation));
        }
        for fault in &faults {
            builder = builder.fault(fault.clone());
        }
        let server = builder.start().await.unwrap();
        let harbor = draw_client(&mut random, &server);
        let collected = harbor.reports().collect().await;
        let listed = server.registry(Registry::listed);
        artifacts += listed.len();
        if collected.is_complete() {
            complete += 1;
        } else {
            incomplete += 1;
        }
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&collected, &listed)));
        assert!(outcome.is_ok(), "seed {seed}, {version:?}, {faults:?}: {}", collected.summary);
    }
    // Otherwise nothing was tested.
    assert!(complete > 10 && incomplete > 30 && artifacts > 800, "{complete} {incomplete} {artifacts}");
}
