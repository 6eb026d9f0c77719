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

impl Narrowing {
    fn draw(random: &mut Random, times: &BTreeMap<i64, DateTime<Utc>>) -> Self {
        let times: Vec<DateTime<Utc>> = times.values().copied().collect();
        let mut drawn = Self::default();
        if random.is_one_of(3) {
            drawn.projects = Some(random.some(&["open", "team", "closed", "ghost"]));
        }
        if random.is_one_of(3) {
            let names =
                ["web", "base/web", "team/web", "closed/web", "open/web", "team/base/web", "closed/db", "no", "no/db"];
            drawn.repositories = Some(random.some(&names).into_iter().map(str::to_owned).collect());
        } else if random.is_one_of(6) {
            let names = ["open/web", "team/base/web", "closed/db", "open/no"];
            drawn.exact = Some(random.some(&names).into_iter().map(str::to_owned).collect());
        }
        if random.is_one_of(4) {
            drawn.include = random.some(&["open/**", "web", "*/web", "team/*", "**/db"]);
        }
        if random.is_one_of(4) {
            drawn.exclude = random.some(&["open/web", "base/*", "team/**", "db"]);
        }
        match random.below(8) {
            0 | 1 => drawn.tag = Some(*random.pick(&["latest", "1.0", "no-such", "child-0"])),
            2 => drawn.is_tagged = Some(true),
            3 => drawn.is_tagged = Some(false),
            _ => {}
        }
        if random.is_one_of(5) {
            drawn.include_tags = random.some(&["1.*", "*-dev", "latest"]);
        }
        if random.is_one_of(5) {
            drawn.exclude_tags = random.some(&["*-dev", "2.*", "nightly"]);
        }
        if random.is_one_of(4) {
            drawn.labels = random.some(&["global", "both", "own", "unused", "no-label"]);
        }
        if random.is_one_of(5) {
            drawn.kind = Some(*random.pick(&["IMAGE", "CHART"]));
        }
        if random.is_one_of(6) && !times.is_empty() {
            drawn.after = Some(*random.pick(&times));
        } else if random.is_one_of(6) && !times.is_empty() {
            drawn.before = Some(*random.pick(&times)).filter(|time| Some(time) != times.first());
        }
        drawn.latest = random.is_one_of(5);
        drawn.children = random.is_one_of(4);
        drawn
    }

    fn apply<T: HasTags>(&self, mut query: Query<T>) -> Query<T> {
        if let Some(projects) = &self.projects {
            query = query.projects(projects);
        }
        if let Some(names) = &self.repositories {
            query = query.repositories(names);
        }
        if let Some(names) = &self.exact {
            let names: Vec<RepositoryName> = names.iter().map(|name| name.parse().unwrap()).collect();
            query = query.in_repositories(names);
        }
        if !self.include.is_empty() {
            query = query.include_repositories(&self.include);
        }
        query = query.exclude_repositories(&self.exclude);
        if let Some(tag) = self.tag {
            query = query.tag(tag);
        }
        if let Some(is_tagged) = self.is_tagged {
            query = query.condition(if is_tagged { Condition::tagged() } else { Condition::untagged() });
        }
        if !self.include_tags.is_empty() {
            query = query.include_tags(&self.include_tags);
        }
        query = query.exclude_tags(&self.exclude_tags);
        if !self.labels.is_empty() {
            query = query.labels(&self.labels);
        }
        if let Some(kind) = self.kind {
            query = query.kind(kind);
        }
        if let Some(time) = self.after {
            query = query.pushed_after(time);
        }
        if let Some(time) = self.before {
            query = query.pushed_before(time);
        }
        query = if self.latest { query.latest_per_repository() } else { query };
        if self.children { query.with_children() } else { query }
    }

    /// Whether an artifact is one that the filters are about, wherever it is.
    fn takes(&self, held: &Held, times: &BTreeMap<i64, DateTime<Utc>>) -> bool {
        self.labels.iter().all(|label| held.labels.contains(label)) && self.takes_but_for_labels(held, times)
    }

    fn takes_but_for_labels(&self, held: &Held, times: &BTreeMap<i64, DateTime<Utc>>) -> bool {
        let is_any = |patterns: &[&str], name: &str| patterns.iter().any(|pattern| fits(pattern, name));
        let is_tag_wanted = |tag: &String| {
            (self.include_tags.is_empty() || is_any(&self.include_tags, tag)) && !is_any(&self.exclude_tags, tag)
        };
        held.is_listed
            && self.allows_repository(&held.project, &held.path)
            && self.tag.is_none_or(|tag| held.tags.contains(tag))
            && self.is_tagged.is_none_or(|is_tagged| is_tagged != held.tags.is_empty())
            && match held.tags.is_empty() {
                true => self.include_tags.is_empty(),
                false => held.tags.iter().any(is_tag_wanted),
            }
            && self.kind.is_none_or(|kind| kind == held.kind)
            && self.after.is_none_or(|after| times[&held.id] >= after)
            && self.before.is_none_or(|before| times[&held.id] < before)
    }

    fn allows_repository(&self, project: &str, path: &str) -> bool {
        let full = format!("{project}/{path}");
        let is_any = |patterns: &[&str]| patterns.iter().any(|pattern| fits(pattern, &full) || fits(pattern, path));
        (self.include.is_empty() || is_any(&self.include)) && !is_any(&self.exclude)
    }
}

/// Whether a pattern fits a name: segment by segment, `**` being any number of them.
fn fits(pattern: &str, name: &str) -> bool {
    fn segment(pattern: &[u8], text: &[u8]) -> bool {
        match pattern {
            [] => text.is_empty(),
            [b'*', rest @ ..] => (0..=text.len()).any(|skipped| segment(rest, &text[skipped..])),
            [first, rest @ ..] => text.first() == Some(first) && segment(rest, &text[1..]),
        }
    }
    fn segments(pattern: &[&str], name: &[&str]) -> bool {
        match pattern {
            [] => name.is_empty(),
            ["**", rest @ ..] => (0..=name.len()).any(|skipped| segments(rest, &name[skipped..])),
            [first, rest @ ..] => {
                name.first().is_some_and(|text| segment(first.as_bytes(), text.as_bytes()))
                    && segments(rest, &name[1..])
            }
        }
    }
    segments(&pattern.split('/').collect::<Vec<_>>(), &name.split('/').collect::<Vec<_>>())
}

/// The scan of the image of a content, and the names of its findings.
fn scan_of(content: u64) -> (Scan, Option<BTreeSet<String>>) {
    match content % 8 {
        0 => (Scan::Never, None),
        1 => (Scan::Failed, None),
        count => {
            let names: BTreeSet<String> = (2..count).map(|place| format!("CVE-2026-{:04}", content + place)).collect();
            let findings: Vec<Finding> = names.iter().map(|name| Finding::new(name, "package", "1.0")).collect();
            (Scan::Success(std::sync::Arc::new(Report::new().with_findings(&findings))), Some(names))
        }
    }
}

fn draw_image(content: u64) -> (Artifact, Held) {
    let (scan, report) = scan_of(content);
    let image = Artifact::image().with_content(format!("image {content}")).with_scan(scan);
    (image, Held { kind: "IMAGE", report, ..Held::default() })
}

/// An index of some images, perhaps with an index or an attestation among them. Its images may be those of other indexes.
fn draw_index(random: &mut Random, depth: u64, held: &mut BTreeMap<String, Held>) -> (Artifact, Held) {
    let mut index = Artifact::index().with_content(format!("index {}", random.below(1 << 30)));
    let mut report = Some(BTreeSet::new());
    let mut children = Vec::new();
    for place in 0..1 + random.below(3) {
        let (child, its) = match random.below(8) {
            0 if depth == 0 => draw_index(random, 1, held),
            _ => {
                let content = 1000 + random.below(12);
                let (image, its) = draw_image(content);
                (if content.is_multiple_of(3) { image.with_tag(format!("child-{}", content % 4)) } else { image }, its)
            }
        };
        let digest = child.digest().to_owned();
        if children.contains(&digest) {
            continue;
        }
        report = report.zip(its.report.clone()).map(|(all, its)| all.union(&its).cloned().collect());
        children.push(digest.clone());
        held.insert(digest, its);
        index = index.with_child(Platform::linux(format!("cpu{place}")), child);
    }
    if random.is_one_of(3) {
        let attestation = Artifact::image().with_content(format!("attestation {}", random.below(1 << 30)));
        children.push(attestation.digest().to_owned());
        held.insert(attestation.digest().to_owned(), Held { kind: "IMAGE", ..Held::default() });
        index = index.with_child(Platform::unknown(), attestation);
    }
    (index, Held { kind: "IMAGE", children, report, ..Held::default() })
}

fn draw_registry(random: &mut Random) -> (Registry, Holdings) {
    let numbers = PROJECTS.iter().fold(Registry::new(), |registry, name| registry.with_project(Project::new(*name)));
    let own = |name: &str, id: i64| {
        let number = numbers.project(name).unwrap().id();
        [Label::new(id, "own").in_project(number), Label::new(id + 1, "both").in_project(number)]
    };
    let mut registry = Registry::new()
        .with_robot(Robot::new("reader", "secret"))
        .with_user(User::new("eve", "Secret123"))
        .with_label(Label::new(1, "global"))
        .with_label(Label::new(2, "both"))
        .with_label(Label::new(3, "unused"));
    let mut holdings = Holdings::new();
    for (number, name) in PROJECTS.into_iter().enumerate() {
        let mut project = match name {
            "open" => Project::new(name).public(),
            "team" => Project::new(name).with_member("eve"),
            _ => Project::new(name).denying("robot$reader"),
        };
        let labels =
            [&[Label::new(1, "global"), Label::new(2, "both")][..], &own(name, 10 + 10 * number as i64)].concat();
        registry = labels.iter().cloned().fold(registry, Registry::with_label);
        let names: [&'static str; 4] = ["global", "both", "own", "both"];
        for path in PATHS {
            if random.is_one_of(3) {
                continue;
            }
            let mut repository = Repository::new(path);
            for place in 0..random.below(5) {
                let mut inside = BTreeMap::new();
                let (mut artifact, mut held) = match random.below(5) {
                    0 => {
                        let chart = Artifact::chart("chart", "1.0.0").with_content(format!("chart {place}"));
                        (chart, Held { kind: "CHART", ..Held::default() })
                    }
                    1 | 2 => draw_index(random, 0, &mut inside),
                    _ => draw_image(place * 20 + random.below(20)),
                };
                for tag in random.some(&TAGS).into_iter().filter(|_| random.is_one_of(2)) {
                    artifact = artifact.with_tag(tag);
                }
                if random.is_one_of(2) {
                    let which = random.below(4) as usize;
                    artifact = artifact.with_label(labels[which].clone());
                    held.labels.insert(names[which]);
                }
                inside.insert(artifact.digest().to_owned(), held);
                for (digest, held) in inside {
                    holdings.insert((format!("{name}/{path}"), digest), held);
                }
                repository = repository.with_artifact(artifact);
            }
            project = project.with_repository(repository);
        }
        registry = registry.with_project(project);
    }
    for project in registry.projects() {
        for repository in project.repositories() {
            let listed: BTreeSet<&str> = repository.listed().map(Artifact::digest).collect();
            for artifact in repository.artifacts() {
                let key = (format!("{}/{}", project.name(), repository.name()), artifact.digest().to_owned());
                let held = holdings.get_mut(&key).unwrap();
                held.project = project.name().to_owned();
                held.path = repository.name().to_owned();
                held.id = artifact.id();
                held.tags = artifact.tags().map(str::to_owned).collect();
                held.is_listed = listed.contains(artifact.digest());
            }
        }
    }
    (registry, holdings)
}

/// The repositories that are asked about, decided without regard to patterns; `None` where nothing narrows them.
fn named(
    narrowing: &Narrowing,
    caller: Caller,
    all: &BTreeSet<(String, String)>,
    wanted: &mut Wanted,
) -> BTreeSet<(String, String)> {
    let is_in_scope = |project: &str| match &narrowing.projects {
        Some(projects) => projects.contains(&project),
        None => caller.lists(project),
    };
    for project in narrowing.projects.iter().flatten() {
        if *project == "ghost" || !caller.reads(project) {
            wanted.unreadable.insert((*project).to_owned());
        }
    }
    if narrowing.projects.is_none() {
        let listed = PROJECTS.into_iter().filter(|project| caller.lists(project) && !caller.reads(project));
        wanted.unreadable.extend(listed.map(str::to_owned));
    }
    if let Some(exact) = &narrowing.exact {
        let mut chosen = BTreeSet::new();
        for name in exact {
            let (project, path) = name.split_once('/').unwrap();
            let key = (project.to_owned(), path.to_owned());
            let is_named = narrowing.projects.as_ref().is_none_or(|projects| projects.contains(&project));
            if is_named && all.contains(&key) && caller.reads(project) {
                chosen.insert(key);
            } else {
                wanted.missing.insert(name.clone());
            }
        }
        wanted.unreadable.clear();
        return chosen;
    }
    let Some(names) = &narrowing.repositories else {
        wanted.missing.extend(
            narrowing
                .projects
                .iter()
                .flatten()
                .filter(|name| !caller.reads(name) || **name == "ghost")
                .map(|name| (*name).to_owned()),
        );
        return all.iter().filter(|(project, _)| is_in_scope(project)).cloned().collect();
    };
    let mut chosen = BTreeSet::new();
    for name in names {
        let as_path: BTreeSet<_> =
            all.iter().filter(|(project, path)| path == name && is_in_scope(project)).cloned().collect();
        let full = name.split_once('/').map(|(project, path)| (project.to_owned(), path.to_owned()));
        let full = full
            .filter(|(project, _)| narrowing.projects.as_ref().is_none_or(|named| named.contains(&project.as_str())));
        let found = match full.filter(|key| all.contains(key)) {
            Some(key) if caller.reads(&key.0) => BTreeSet::from([key]),
            // It is there and cannot be read, which another repository of that name does not make good.
            Some(key) if is_in_scope(&key.0) => as_path.into_iter().chain([key]).collect(),
            _ => as_path,
        };
        if !found.iter().any(|(project, _)| caller.reads(project)) {
            wanted.missing.insert(name.clone());
        }
        chosen.extend(found);
    }
    chosen
}

fn wanted(
    narrowing: &Narrowing,
    caller: Caller,
    registry: &Registry,
    holdings: &Holdings,
    times: &BTreeMap<i64, DateTime<Utc>>,
) -> Wanted {
    let mut wanted = Wanted::default();
    let all: BTreeSet<(String, String)> = registry
        .projects()
        .iter()
        .flat_map(|project| {
            project.repositories().iter().map(|repository| (project.name().to_owned(), repository.name().to_owned()))
        })
        .collect();
    let chosen = named(narrowing, caller, &all, &mut wanted);
    let is_chosen = |held: &Held| chosen.contains(&(held.project.clone(), held.path.clone()));
    let mut items: Vec<(&Key, &Held)> =
        holdings.iter().filter(|(_, held)| is_chosen(held) && narrowing.takes(held, times)).collect();
    wanted.covered =
        items.iter().filter(|(_, held)| !caller.reads(&held.project)).map(|(key, _)| (*key).clone()).collect();
    items.retain(|(_, held)| caller.reads(&held.project));
    if narrowing.latest {
        let mut latest: BTreeMap<&str, (&Key, &Held)> = BTreeMap::new();
        for (key, held) in items {
            let best = latest.entry(&key.0).or_insert((key, held));
            if (times[&held.id], held.id) > (times[&best.1.id], best.1.id) {
                *best = (key, held);
            }
        }
        items = latest.into_values().collect();
    }
    let mut open: Vec<Key> = items.into_iter().map(|(key, _)| key.clone()).collect();
    while let Some(key) = open.pop() {
        if narrowing.children {
            open.extend(holdings[&key].children.iter().map(|digest| (key.0.clone(), digest.clone())));
        }
        wanted.items.insert(key);
    }
    let has_tag = |held: &Held| {
        narrowing.tag.is_some_and(|tag| held.tags.contains(tag)) && caller.reads(&held.project) && held.is_listed
    };
    let labels = holdings
        .values()
        .filter(|held| is_chosen(held) && caller.reads(&held.project) && narrowing.takes_but_for_labels(held, times));
    wanted.labels = labels.flat_map(|held| held.labels.iter().copied()).chain(["global", "both", "unused"]).collect();
    let mut tagged = holdings.values().filter(|held| is_chosen(held) && has_tag(held));
    wanted.must_miss_tag = narrowing.tag.is_some() && tagged.clone().next().is_none();
    wanted.may_miss_tag = !tagged.any(|held| narrowing.allows_repository(&held.project, &held.path));
    wanted
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
