//! Filters together: random queries about random registries, judged by looking at every artifact that a registry holds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use harbor_ext::condition::Condition;
use harbor_ext::failure::{Failure, Phase};
use harbor_ext::model::{ArtifactInfo, ReportState};
use harbor_ext::name::RepositoryName;
use harbor_ext::{Collected, Credentials, HasTags, Query};
use harbor_testkit::{
    Artifact, Finding, HarborVersion, Label, Platform, Project, Registry, Report, Repository, Robot, Scan,
    SimulatedHarbor, User,
};

use crate::sums::{KINDS, draw_fault, impatient_client};
use crate::support::{Random, assert_adds_up, client};

use drawing::draw_registry;
use oracle::wanted;

mod drawing;
mod narrowing;
mod oracle;

/// How many registries are drawn, and how many queries are asked of each.
const REGISTRIES: u64 = 25;
const QUERIES: u64 = 10;

/// How many registries are read while requests fail.
const FAULTY: u64 = 15;

/// Public, private with a member, and private and closed to the robot.
const PROJECTS: [&str; 3] = ["open", "team", "closed"];
const PATHS: [&str; 5] = ["web", "base/web", "team/web", "closed/web", "db"];
const TAGS: [&str; 5] = ["1.0", "1.0-dev", "2.0", "latest", "nightly"];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caller {
    Administrator,
    Robot,
    Member,
    Anonymous,
}

/// An artifact as the registry holds it. Its key is the full name of its repository, and its digest.
#[derive(Clone, Debug, Default)]
struct Held {
    project: String,
    path: String,
    id: i64,
    tags: BTreeSet<String>,
    labels: BTreeSet<&'static str>,
    kind: &'static str,
    is_listed: bool,
    children: Vec<String>,
    /// The names of the findings of its report, if it has one.
    report: Option<BTreeSet<String>>,
}

type Key = (String, String);
type Holdings = BTreeMap<Key, Held>;

/// What a query narrows, drawn at random.
#[derive(Debug, Default)]
struct Narrowing {
    projects: Option<Vec<&'static str>>,
    repositories: Option<Vec<String>>,
    exact: Option<Vec<String>>,
    include: Vec<&'static str>,
    exclude: Vec<&'static str>,
    tag: Option<&'static str>,
    is_tagged: Option<bool>,
    include_tags: Vec<&'static str>,
    exclude_tags: Vec<&'static str>,
    labels: Vec<&'static str>,
    kind: Option<&'static str>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    latest: bool,
    children: bool,
}

/// What a query has to answer.
#[derive(Debug, Default)]
struct Wanted {
    items: BTreeSet<Key>,
    /// Artifacts that cannot be listed: each needs a failure about its project.
    covered: BTreeSet<Key>,
    /// Names that a failure has to tell.
    missing: BTreeSet<String>,
    /// Projects that a failure may be about.
    unreadable: BTreeSet<String>,
    /// Nothing that the patterns allow has the tag, and nothing at all has it.
    may_miss_tag: bool,
    must_miss_tag: bool,
    /// Labels that there are where the query looks.
    labels: BTreeSet<&'static str>,
}

impl Caller {
    fn lists(self, project: &str) -> bool {
        match self {
            Self::Administrator | Self::Robot => true,
            Self::Member => project != "closed",
            Self::Anonymous => project == "open",
        }
    }

    fn reads(self, project: &str) -> bool {
        self.lists(project) && !(self == Self::Robot && project == "closed")
    }

    fn credentials(self) -> Credentials {
        match self {
            Self::Administrator => Credentials::basic("admin", "Harbor12345"),
            Self::Robot => Credentials::robot("reader", "secret"),
            Self::Member => Credentials::basic("eve", "Secret123"),
            Self::Anonymous => Credentials::anonymous(),
        }
    }
}

/// Whether a failure is about something that is wrong.
fn is_justified(failure: &Failure, narrowing: &Narrowing, wanted: &Wanted) -> bool {
    let text = failure.to_string();
    let project = failure.target.project.as_ref().map(|project| project.as_str());
    match failure.phase {
        Phase::ReadingLabels => {
            narrowing.labels.iter().any(|label| !wanted.labels.contains(label) && text.contains(label))
        }
        _ if text.contains("has the tag") => wanted.may_miss_tag,
        _ => {
            project.is_some_and(|project| wanted.unreadable.contains(project))
                || wanted.missing.iter().any(|name| text.contains(name.as_str()))
        }
    }
}

fn check_failures(failures: &[Failure], narrowing: &Narrowing, wanted: &Wanted) {
    for failure in failures {
        assert!(is_justified(failure, narrowing, wanted), "a false claim: {failure}");
    }
    for name in &wanted.missing {
        assert!(failures.iter().any(|failure| failure.to_string().contains(name.as_str())), "{name} is not told");
    }
    for (repository, digest) in &wanted.covered {
        let project = repository.split_once('/').unwrap().0;
        let is_project =
            |failure: &Failure| failure.target.project.as_ref().is_some_and(|name| name.as_str() == project);
        // A name that was found nowhere stands for all places that could not be looked at.
        let is_name = |failure: &Failure| {
            wanted
                .missing
                .iter()
                .any(|name| repository.ends_with(name.as_str()) && failure.to_string().contains(name.as_str()))
        };
        let is_told = failures.iter().any(|failure| is_project(failure) || is_name(failure));
        assert!(is_told, "{repository}@{digest} is lost without a word");
    }
    if wanted.must_miss_tag && wanted.missing.is_empty() && wanted.unreadable.is_empty() {
        assert!(!failures.is_empty(), "the tag is nowhere, and that is not told");
    }
    if narrowing.labels.contains(&"no-label") {
        assert!(!failures.is_empty(), "the label is nowhere, and that is not told");
    }
}

fn check(collected: &Collected<ArtifactInfo>, narrowing: &Narrowing, wanted: &Wanted, holdings: &Holdings) {
    assert_adds_up(collected);
    let summary = &collected.summary;
    assert_eq!(summary.announced, summary.listed + summary.left_out, "{summary}");
    let found: BTreeSet<Key> = collected
        .items
        .iter()
        .map(|info| (info.artifact.repository.to_string(), info.artifact.digest.to_string()))
        .collect();
    let lost: Vec<_> = wanted.items.difference(&found).collect();
    let added: Vec<_> = found.difference(&wanted.items).collect();
    assert!(lost.is_empty() && added.is_empty(), "lost {lost:?}, added {added:?}: {:?}", collected.failures);
    check_failures(&collected.failures, narrowing, wanted);
    for info in &collected.items {
        let held = &holdings[&(info.artifact.repository.to_string(), info.artifact.digest.to_string())];
        let findings: BTreeSet<String> = info.findings().map(|finding| finding.id().to_owned()).collect();
        match narrowing.children && !held.children.is_empty() {
            true => assert_eq!(info.state.name(), "in_children"),
            false => assert_eq!(
                info.state.report().map(|_| &findings),
                held.report.as_ref(),
                "{}: {:?}",
                info.artifact,
                info.state
            ),
        }
    }
}

/// A2: filters together, on each way of listing and for each kind of caller: what comes is what a look at every artifact
/// of the registry finds, what cannot be seen and what does not exist is told, and nothing else is claimed.
#[tokio::test]
async fn a2_filters_together_lose_nothing_and_claim_nothing_false() {
    let (mut found, mut told) = (0, 0);
    for seed in 0..REGISTRIES {
        let mut random = Random::new(seed);
        let (registry, holdings) = draw_registry(&mut random);
        let version = *random.pick(&[HarborVersion::V2_15, HarborVersion::V2_11, HarborVersion::V2_9]);
        let builder = SimulatedHarbor::builder().registry(registry.clone()).version(version);
        let builder = if random.is_one_of(2) { builder.behind_nginx() } else { builder };
        let server = builder.start().await.unwrap();
        let administrator = client(&server, Caller::Administrator.credentials()).build().unwrap();
        let all = administrator.artifacts().with_children().collect().await;
        assert!(all.is_complete(), "{:?}", all.failures);
        assert_eq!(all.items.len(), holdings.len());
        let times: BTreeMap<i64, DateTime<Utc>> =
            all.items.iter().map(|artifact| (artifact.id, artifact.push_time.unwrap())).collect();
        for number in 0..QUERIES {
            let caller = *random.pick(&[Caller::Administrator, Caller::Robot, Caller::Member, Caller::Anonymous]);
            let harbor = client(&server, caller.credentials()).build().unwrap();
            let narrowing = Narrowing::draw(&mut random, &times);
            let wanted = wanted(&narrowing, caller, &registry, &holdings, &times);
            let collected = narrowing.apply(harbor.reports()).collect().await;
            found += collected.items.len();
            told += collected.failures.len();
            let look = || check(&collected, &narrowing, &wanted, &holdings);
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
            assert!(
                outcome.is_ok(),
                "seed {seed}.{number}, {version:?}, {caller:?}: {narrowing:?}, {:?}",
                collected.failures
            );
        }
    }
    // Otherwise nothing was tested.
    assert!(found > 300 && told > 100, "{found} {told}");
}

/// Whether a failure says that an artifact may be missing: its list, or that of the index it belongs to, was not read.
fn tells_of(failure: &Failure, (repository, _): &Key, parents: &BTreeSet<&str>) -> bool {
    let target = &failure.target;
    let project = repository.split_once('/').map(|(project, _)| project);
    let is_place = target.project.as_ref().is_none_or(|name| Some(name.as_str()) == project)
        && target.repository.as_ref().is_none_or(|name| name.full() == repository);
    (is_place || is_name_of(failure, repository))
        && target.digest.as_ref().is_none_or(|digest| parents.contains(digest.as_str()))
}

/// Whether a failure is about a name that may have meant the part after the project of a repository.
fn is_name_of(failure: &Failure, repository: &str) -> bool {
    failure.target.repository.as_ref().is_some_and(|name| repository.ends_with(&format!("/{name}")))
}

/// A2: filters together while requests fail: what they are about is in the result or in something that is told as unread,
/// and nothing else comes.
#[tokio::test]
async fn a2_filters_together_under_faults_lose_nothing_without_a_word() {
    const OPERATIONS: [&str; 7] =
        ["projects", "repositories", "project-artifacts", "repository-artifacts", "artifacts", "ListLabels", "reports"];
    let (mut complete, mut lost) = (0, 0);
    for seed in 0..FAULTY {
        let mut random = Random::new(9000 + seed);
        let (registry, holdings) = draw_registry(&mut random);
        let version = *random.pick(&[HarborVersion::V2_15, HarborVersion::V2_11, HarborVersion::V2_9]);
        let server = SimulatedHarbor::builder().registry(registry.clone()).version(version).start().await.unwrap();
        let administrator = client(&server, Caller::Administrator.credentials()).build().unwrap();
        let all = administrator.artifacts().with_children().try_collect().await.unwrap();
        let times: BTreeMap<i64, DateTime<Utc>> =
            all.iter().map(|artifact| (artifact.id, artifact.push_time.unwrap())).collect();
        for number in 0..QUERIES {
            let caller = *random.pick(&[Caller::Administrator, Caller::Robot, Caller::Member]);
            let harbor = impatient_client(&mut random, &server, caller.credentials());
            // Which is the latest cannot be said of a list that breaks off.
            let narrowing = Narrowing { latest: false, ..Narrowing::draw(&mut random, &times) };
            let wanted = wanted(&narrowing, caller, &registry, &holdings, &times);
            let (kind, operation) = (random.below(KINDS), *random.pick(&OPERATIONS));
            let fault = draw_fault(&mut random, kind, operation);
            server.add_fault(fault.clone()).unwrap();
            let collected = narrowing.apply(harbor.reports()).collect().await;
            server.clear_faults();
            let what = || {
                format!(
                    "seed {seed}.{number}, {version:?}, {caller:?}, {fault:?}: {narrowing:?}, {:?}",
                    collected.failures
                )
            };
            assert_adds_up(&collected);
            let found: BTreeSet<Key> = collected
                .items
                .iter()
                .map(|info| (info.artifact.repository.to_string(), info.artifact.digest.to_string()))
                .collect();
            let mut added: Vec<_> = found.difference(&wanted.items).collect();
            // What could not be tried as a full name is looked for as the part after the project.
            added.retain(|(repository, _)| !collected.failures.iter().any(|failure| is_name_of(failure, repository)));
            assert!(added.is_empty(), "{added:?} came, {}", what());
            for key in wanted.items.difference(&found) {
                let is_parent = |(other, held): &(&Key, &Held)| other.0 == key.0 && held.children.contains(&key.1);
                let mut parents: BTreeSet<&str> =
                    holdings.iter().filter(is_parent).map(|(other, _)| other.1.as_str()).collect();
                let is_grandparent = |(other, held): &(&Key, &Held)| {
                    other.0 == key.0 && held.children.iter().any(|child| parents.contains(child.as_str()))
                };
                let grandparents: Vec<&str> =
                    holdings.iter().filter(is_grandparent).map(|(other, _)| other.1.as_str()).collect();
                parents.extend(grandparents);
                let is_told = collected.failures.iter().any(|failure| tells_of(failure, key, &parents));
                assert!(is_told, "{key:?} is lost without a word, {}", what());
                lost += 1;
            }
            for info in &collected.items {
                let held = &holdings[&(info.artifact.repository.to_string(), info.artifact.digest.to_string())];
                let findings: BTreeSet<String> = info.findings().map(|finding| finding.id().to_owned()).collect();
                match &info.state {
                    ReportState::Reported(_) => assert_eq!(Some(&findings), held.report.as_ref(), "{}", what()),
                    state if state.failure().is_some() => {}
                    ReportState::InChildren => assert!(narrowing.children, "{}", what()),
                    state => assert!(held.report.is_none(), "{} is {state:?}, {}", info.artifact, what()),
                }
            }
            complete += u64::from(collected.is_complete());
        }
    }
    assert!(complete > 10 && lost > 20, "{complete} {lost}");
}
