//! The filters of queries, each against what the registry holds, and how many requests they take.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use harbor_ext::condition::{Condition, NumberKey, TextKey, TimeKey};
use harbor_ext::failure::Phase;
use harbor_ext::model::Artifact;
use harbor_ext::{Collected, Credentials, FailureKind, Harbor, Query};
use harbor_testkit::{
    Accessory, Artifact as Pushed, Fault, HarborVersion, Label, Project, Registry, Repository, Robot, Scan,
    SimulatedHarbor,
};

use crate::support::{administrator, client, image, serve};

/// Every release that lists artifacts in another way.
const VERSIONS: [HarborVersion; 2] = [HarborVersion::V2_15, HarborVersion::V2_9];

fn tagged(content: &str, tags: &[&str]) -> Pushed {
    tags.iter().fold(Pushed::image().with_content(content), |artifact, tag| artifact.with_tag(*tag))
}

/// Three projects: nested names, the same name in two projects, labels of both scopes, several types.
fn registry() -> Registry {
    let (production, both) = (Label::new(1, "production"), Label::new(2, "both"));
    let shop_number = Registry::new().with_project(Project::new("library")).with_project(Project::new("shop"));
    let shop_number = shop_number.project("shop").unwrap().id();
    let own = Label::new(3, "team, \"A\" %2B").in_project(shop_number);
    let both_of_shop = Label::new(4, "both").in_project(shop_number);
    let library = Project::new("library")
        .public()
        .with_repository(
            Repository::new("nginx")
                .with_artifact(tagged("n1", &["1.0", "1.0-dev"]).with_label(production.clone()))
                .with_artifact(tagged("n2", &["1.1", "latest"]).with_size(7_000_000))
                .with_artifact(tagged("n3", &[])),
        )
        .with_repository(
            Repository::new("base/nginx").with_artifact(tagged("n4", &["latest"]).with_label(both.clone())),
        );
    let shop = Project::new("shop")
        .with_repository(
            Repository::new("nginx")
                .with_artifact(tagged("s1", &["2.0-dev"]).with_label(both_of_shop).with_label(production.clone()))
                .with_artifact(tagged("s2", &["2.0"]).with_label(own)),
        )
        .with_repository(Repository::new("chart").with_artifact(Pushed::chart("c", "1.0.0").with_tag("1.0.0")));
    let empty = Project::new("empty").with_repository(Repository::new("nothing"));
    Registry::new()
        .with_project(library)
        .with_project(shop)
        .with_project(empty)
        .with_label(production)
        .with_label(both)
        .with_label(Label::new(9, "unused"))
}

async fn servers() -> Vec<SimulatedHarbor> {
    let mut servers = Vec::new();
    for version in VERSIONS {
        servers.push(SimulatedHarbor::builder().registry(registry()).version(version).start().await.unwrap());
    }
    servers
}

/// The repository and the tags of each artifact.
fn shown(collected: &Collected<Artifact>) -> Vec<String> {
    assert_adds_up(collected);
    collected.items.iter().map(show).collect()
}

fn show(artifact: &Artifact) -> String {
    format!(
        "{}:{}",
        artifact.repository,
        artifact.tag_names().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("+")
    )
}

fn assert_adds_up(collected: &Collected<Artifact>) {
    let summary = &collected.summary;
    assert_eq!(summary.listed, collected.items.len() as u64, "{summary}");
    assert_eq!(summary.announced, summary.listed + summary.left_out, "{summary}");
    assert_eq!(summary.failures, collected.failures.len() as u64, "{summary}");
}

/// What a query for everything finds and a rule of the test wants: the filters are judged by it.
async fn wanted(harbor: &Harbor, rule: impl Fn(&Artifact) -> bool) -> Vec<String> {
    let all = harbor.artifacts().with_labels().collect().await;
    assert!(all.is_complete() && all.items.len() == 7, "{:?}", all.failures);
    all.items.iter().filter(|artifact| rule(artifact)).map(show).collect()
}

fn not_found(collected: &Collected<Artifact>) -> Vec<String> {
    assert!(collected.failures.iter().all(|failure| failure.kind == FailureKind::NotFound), "{:?}", collected.failures);
    collected.failures.iter().map(|failure| failure.message.clone()).collect()
}

fn has_label(artifact: &Artifact, name: &str) -> bool {
    artifact.label_names().into_iter().flatten().any(|label| label == name)
}

/// A2, A2d: each condition finds what has what it asks for, on old servers as well, and several find what has all.
#[tokio::test]
async fn a2d_conditions_are_what_the_server_decides() {
    for server in servers().await {
        let harbor = administrator(&server);
        let all = harbor.artifacts().collect().await.items;
        let middle: DateTime<Utc> = all[3].push_time.unwrap();
        let id = all[2].id;
        let digests = [all[0].digest.clone(), all[5].digest.clone()];
        type Rule<'a> = Box<dyn Fn(&Artifact) -> bool + 'a>;
        let cases: Vec<(Query<Artifact>, Rule<'_>)> = vec![
            (harbor.artifacts().kind("CHART"), Box::new(|artifact| &*artifact.kind == "CHART")),
            (harbor.artifacts().query("type={CHART IMAGE},tags=*"), Box::new(|artifact| !artifact.tags.is_empty())),
            (harbor.artifacts().condition(Condition::untagged()), Box::new(|artifact| artifact.tags.is_empty())),
            (
                harbor.artifacts().condition(Condition::tag_contains("-dev").unwrap()),
                Box::new(|artifact| artifact.tag_names().any(|tag| tag.contains("-dev"))),
            ),
            (
                harbor.artifacts().condition(Condition::contains(TextKey::MediaType, "HELM").unwrap()),
                Box::new(|artifact| artifact.media_type.contains("helm")),
            ),
            (
                harbor.artifacts().condition(Condition::number(NumberKey::Size, 5_000_000..).unwrap()),
                Box::new(|artifact| artifact.size >= 5_000_000),
            ),
            (
                harbor.artifacts().condition(Condition::number(NumberKey::Id, ..=id).unwrap()),
                Box::new(move |artifact| artifact.id <= id),
            ),
            (
                harbor.artifacts().condition(
                    Condition::any_of(TextKey::Digest, digests.iter().map(|digest| digest.to_string())).unwrap(),
                ),
                Box::new(|artifact| digests.contains(&artifact.digest)),
            ),
            (harbor.artifacts().pushed_after(middle), Box::new(move |artifact| artifact.push_time >= Some(middle))),
            (harbor.artifacts().pushed_before(middle), Box::new(move |artifact| artifact.push_time < Some(middle))),
            (
                harbor.artifacts().kind("IMAGE").pushed_after(middle).tag("latest"),
                Box::new(move |artifact| {
                    artifact.push_time >= Some(middle) && artifact.tag_names().any(|tag| tag == "latest")
                }),
            ),
        ];
        let never_pulled = Condition::time(TimeKey::PullTime, ..middle).unwrap();
        assert_eq!(harbor.artifacts().condition(never_pulled).collect().await.items, all);
        for (query, rule) in cases {
            let found = query.clone().collect().await;
            assert!(found.is_complete(), "{query:?}: {:?}", found.failures);
            assert_eq!(shown(&found), wanted(&harbor, &rule).await, "{query:?}");
            assert_eq!(found.summary.left_out, 0, "{query:?}");
            assert!(!found.items.is_empty() && found.items.len() < 7, "{query:?} tests nothing");
        }
    }
}

/// A2d: a condition that the server does not know is not taken for fulfilled.
#[tokio::test]
async fn a2d_a_condition_that_the_server_ignores_is_told() {
    let [modern, old] = &servers().await[..] else { unreachable!() };
    let of_type = "application/vnd.docker.container.image.v1+json";
    let found = administrator(modern).artifacts().artifact_type(of_type).collect().await;
    assert_eq!(shown(&found).len(), 6, "{:?}", found.failures);
    let found = administrator(old).artifacts().artifact_type(of_type).collect().await;
    assert!(found.items.is_empty());
    assert!(!found.failures.is_empty());
    assert!(found.failures.iter().all(|failure| failure.message.contains("do not fulfil artifact_type=")));
}

/// A2a: projects by exact name, with capitals; those that do not exist are told.
#[tokio::test]
async fn a2a_unknown_projects_are_told() {
    for server in servers().await {
        let found = administrator(&server).artifacts().projects(["shop", "Shop", "sho"]).collect().await;
        assert_eq!(found.items.len(), 3);
        let names: Vec<_> = found.failures.iter().map(|failure| failure.target.to_string()).collect();
        assert_eq!(names, ["project Shop", "project sho"]);
        assert!(found.failures.iter().all(|failure| failure.kind == FailureKind::NotFound));
    }
}

/// A2b: repositories by full name or by the part after the project; those that do not exist are told once.
#[tokio::test]
async fn a2b_repositories_are_named_in_two_ways() {
    for server in servers().await {
        let harbor = administrator(&server);
        let names = async |query: Query<Artifact>| {
            let found = query.collect().await;
            let names: BTreeSet<_> = found.items.iter().map(|artifact| artifact.repository.to_string()).collect();
            assert_adds_up(&found);
            (names.into_iter().collect::<Vec<_>>(), not_found(&found))
        };
        let nothing: Vec<String> = Vec::new();
        let of = |repositories: &[&str]| harbor.artifacts().repositories(repositories);
        assert_eq!(names(of(&["library/nginx"])).await, (vec!["library/nginx".to_owned()], nothing.clone()));
        let both = vec!["library/nginx".to_owned(), "shop/nginx".to_owned()];
        assert_eq!(names(of(&["nginx"])).await, (both.clone(), nothing.clone()));
        assert_eq!(names(of(&["nginx", "library/nginx"])).await, (both.clone(), nothing.clone()));
        assert_eq!(names(of(&["nginx"]).projects(["shop"])).await, (vec![both[1].clone()], nothing.clone()));
        let base = vec!["library/base/nginx".to_owned()];
        assert_eq!(names(of(&["base/nginx"])).await, (base.clone(), nothing.clone()));
        assert_eq!(names(of(&["base/nginx"]).projects(["library"])).await, (base, nothing));
        for (query, part) in [
            (of(&["ngin"]), "\"ngin\""),
            (of(&["library/ngin"]), "no such repository"),
            (of(&["nowhere/nginx"]), "nowhere"),
            (of(&["chart"]).projects(["library"]), "\"chart\""),
            (of(&["shop/chart"]).projects(["library"]), "not in any of the projects"),
        ] {
            let (names, failures) = names(query).await;
            assert!(names.is_empty());
            assert!(failures.len() == 1 && failures[0].contains(part), "{failures:?}");
        }
    }
}

/// A2b: repositories of an earlier query, which are looked for nowhere else.
#[tokio::test]
async fn a2b_repositories_of_an_earlier_query_can_be_given() {
    for server in servers().await {
        let harbor = administrator(&server);
        let repositories = harbor.repositories().projects(["library"]).try_collect().await.unwrap();
        let wanted = wanted(&harbor, |artifact| artifact.repository.project().as_str() == "library").await;
        let found = harbor.artifacts().in_repositories(&repositories).collect().await;
        assert_eq!(shown(&found), wanted);
        let found = harbor.artifacts().repositories(&repositories).collect().await;
        assert_eq!((shown(&found), found.is_complete()), (wanted, true), "by their names");
        assert!(server.registry_mut(|registry| registry.delete_repository("library", "base/nginx")).await);
        server.forget_requests();
        let found = harbor.artifacts().in_repositories(&repositories).collect().await;
        assert_eq!(not_found(&found), ["there is no such repository"]);
        assert_eq!(found.items.len(), 3);
        // Who am I, two lists, and whether the one without artifacts is there.
        assert_eq!(server.requests().len(), 4);
        let failure =
            harbor.artifacts().in_repositories(&repositories).projects(["shop"]).try_collect().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::InvalidInput);
    }
}

/// A2c: the tag and other conditions must both hold, and a tag that nothing has is told once.
#[tokio::test]
async fn a2c_the_tag_and_the_query_are_combined() {
    for server in servers().await {
        let harbor = administrator(&server);
        let found = harbor.artifacts().tag("latest").query("type=IMAGE,size=[5000000~]").collect().await;
        assert_eq!(shown(&found), ["library/nginx:1.1+latest"]);
        // There is the tag, and nothing has it that is a chart: nothing is wrong with that.
        let found = harbor.artifacts().tag("latest").kind("CHART").collect().await;
        assert_eq!((shown(&found), not_found(&found)), (vec![], vec![]));
        let labelled = harbor.artifacts().tag("latest").labels(["production"]).collect().await;
        assert_eq!((shown(&labelled), not_found(&labelled)), (vec![], vec![]));
        for query in [
            harbor.artifacts().tag("late"),
            harbor.artifacts().tag("late").kind("CHART"),
            harbor.artifacts().tag("late").labels(["production"]),
            harbor.artifacts().tag("late").repositories(["nginx"]).kind("IMAGE"),
            harbor.artifacts().tag("1.0.0").projects(["library", "empty"]),
        ] {
            let found = query.collect().await;
            assert!(shown(&found).is_empty());
            let failures = not_found(&found);
            assert!(failures.len() == 1 && failures[0].contains("has the tag"), "{failures:?}");
        }
    }
}

/// Labels are numbers to Harbor and names to people; a name may belong to the registry, to a project, or to both.
#[tokio::test]
async fn labels_are_found_by_name_in_both_scopes() {
    const OWN: &str = "team, \"A\" %2B";
    for server in servers().await {
        let harbor = administrator(&server);
        for names in [vec!["production"], vec![OWN], vec!["both"], vec!["production", "both"], vec!["unused"]] {
            let found = harbor.artifacts().labels(&names).collect().await;
            assert!(found.is_complete(), "{:?}", found.failures);
            let rule = |artifact: &Artifact| names.iter().all(|name| has_label(artifact, name));
            assert_eq!(shown(&found), wanted(&harbor, rule).await, "{names:?}");
            assert!(found.items.iter().all(|artifact| artifact.labels.is_none()), "they were not asked for");
        }
        let found = harbor.artifacts().labels(["production", "nowhere"]).collect().await;
        assert_eq!(not_found(&found), ["no label that could be seen is named \"nowhere\""]);
        let found = harbor.artifacts().labels(["production"]).with_labels().projects(["shop"]).collect().await;
        assert_eq!(shown(&found), ["shop/nginx:2.0-dev"]);
        assert_eq!(found.items[0].labels.as_ref().unwrap().len(), 2);
        // What is named and does not exist is told although nothing could have the label.
        let found = harbor.artifacts().labels(["nowhere"]).repositories(["shop/nothing", "nginx"]).collect().await;
        assert_eq!(not_found(&found).len(), 2, "{:?}", found.failures);
    }
}

/// A project without the label is not listed at all.
#[tokio::test]
async fn labels_cost_few_requests() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    harbor.artifacts().labels(["team, \"A\" %2B"]).collect().await;
    let counts = server.counts();
    assert_eq!(
        server.requests().len(),
        7,
        "who, labels of the registry, projects, labels of three, one list: {counts:?}"
    );
    assert!(server.requests().iter().any(|request| request.target.contains("labels%3D%25283%2529")), "{counts:?}");
}

/// A robot that may not read the labels of projects gets the same answer, decided by the names in the list.
#[tokio::test]
async fn labels_that_may_not_be_read_are_told_by_the_artifacts() {
    let robot = Robot::new("reader", "secret")
        .without_permissions()
        .with_permission("repository:list")
        .with_permission("artifact:list");
    for version in VERSIONS {
        let registry = registry().with_robot(robot.clone());
        let server = SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap();
        let harbor = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
        for name in ["production", "both", "team, \"A\" %2B"] {
            let found = harbor.artifacts().labels([name]).collect().await;
            assert!(found.is_complete(), "{:?}", found.failures);
            assert_eq!(shown(&found), wanted(&harbor, |artifact| has_label(artifact, name)).await, "{name}");
        }
        let found = harbor.artifacts().labels(["nowhere"]).collect().await;
        assert_eq!(not_found(&found), ["no label that could be seen is named \"nowhere\""]);
    }
}

/// Patterns of names are decided here, and what they leave out is counted.
#[tokio::test]
async fn patterns_narrow_repositories_and_tags() {
    for server in servers().await {
        let harbor = administrator(&server);
        let found =
            harbor.artifacts().include_repositories(["library/**"]).exclude_repositories(["**/base/*"]).collect().await;
        let rule = |artifact: &Artifact| artifact.repository.full() == "library/nginx";
        assert_eq!(shown(&found), wanted(&harbor, rule).await);
        let found = harbor.artifacts().include_tags(["[0-9].*"]).exclude_tags(["*-dev"]).collect().await;
        let rule = |artifact: &Artifact| {
            artifact.tag_names().any(|tag| tag.starts_with(|c: char| c.is_ascii_digit()) && !tag.ends_with("-dev"))
        };
        assert_eq!(shown(&found), wanted(&harbor, rule).await);
        assert_eq!(found.summary.left_out, 3);
        let names: Vec<_> = harbor.repositories().exclude_repositories(["nginx"]).collect().await.items;
        let names: Vec<_> = names.iter().map(|repository| repository.name.to_string()).collect();
        assert_eq!(names, ["empty/nothing", "library/base/nginx", "shop/chart"]);
        let none = harbor.reports().include_repositories(["nowhere/*"]).collect().await;
        assert!(none.items.is_empty() && none.is_complete());
        assert!(!server.counts().contains_key("reports"), "no report is fetched of what is left out");
    }
}

/// I15: the latest artifact of each repository, of those that fulfil the other filters, whatever way lists come.
#[tokio::test]
async fn i15_the_latest_of_each_repository_is_decided_here() {
    for version in VERSIONS {
        let pushed = |name: &str, count: usize| {
            (0..count).fold(Repository::new(name), |repository, number| {
                let tag = if number % 3 == 0 { "stable" } else { "other" };
                repository.with_artifact(image(&format!("{name} {number}")).with_tag(format!("{tag}-{number}")))
            })
        };
        let project = |name: &str| {
            Project::new(name)
                .with_repository(pushed(&format!("{name}-a"), 130))
                .with_repository(pushed(&format!("{name}-b"), 5))
        };
        let registry = Registry::new().with_project(project("p")).with_project(project("q"));
        let server = SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap();
        let harbor = administrator(&server);
        let all = harbor.artifacts().collect().await.items;
        for stable in [false, true] {
            let mut latest: BTreeMap<String, &Artifact> = BTreeMap::new();
            for artifact in &all {
                if !stable || artifact.tag_names().any(|tag| tag.starts_with("stable")) {
                    let newest = latest.entry(artifact.repository.to_string()).or_insert(artifact);
                    if artifact.push_time > newest.push_time {
                        *newest = artifact;
                    }
                }
            }
            let query = harbor.artifacts().latest_per_repository();
            let query = if stable { query.include_tags(["stable-*"]) } else { query };
            let found = query.collect().await;
            assert!(found.is_complete(), "{:?}", found.failures);
            assert_adds_up(&found);
            assert_eq!(found.items.iter().collect::<Vec<_>>(), latest.into_values().collect::<Vec<_>>());
            assert_eq!(found.summary.announced, 270);
        }
        let reports = harbor.reports().latest_per_repository().collect().await;
        assert_eq!(reports.summary.states.total(), 4);
        assert_eq!(server.counts()["reports"], 4, "only their reports are fetched");
    }
}

/// A2g: switches ask for what they name; what was not asked for is not there, which is not the same as none.
#[tokio::test]
async fn a2g_switches_tell_what_was_asked_for_and_nothing_else() {
    let signed = image("signed").with_accessory(Accessory::signature()).with_label(Label::new(1, "production"));
    let bare = tagged("bare", &["v1"]).with_scan(Scan::Never);
    let repository = Repository::new("r").with_artifact(signed).with_artifact(bare);
    let mut registry = Registry::new().with_project(Project::new("p").with_repository(repository));
    assert!(registry.make_immutable("p", "r", "latest"));
    let server = serve(registry).await;
    let harbor = administrator(&server);
    let plain = harbor.artifacts().try_collect().await.unwrap();
    for artifact in &plain {
        assert!(artifact.labels.is_none() && artifact.accessories.is_none() && artifact.scan_overview.is_none());
        assert!(artifact.sbom_overview.is_none() && artifact.tags.iter().all(|tag| tag.immutable.is_none()));
        assert!(artifact.project_id.is_some() && artifact.repository_id.is_some());
    }
    assert!(server.requests().iter().all(|request| !request.target.contains("with_l")));
    let query = harbor.artifacts().with_labels().with_accessories().with_immutable_status();
    let told = query.with_scan_overview().with_sbom_overview().try_collect().await.unwrap();
    let [signed, bare] = &told[..] else { panic!("{told:?}") };
    assert_eq!(signed.label_names().unwrap().collect::<Vec<_>>(), ["production"]);
    assert_eq!(&*signed.accessories.as_ref().unwrap()[0].kind, "signature.cosign");
    assert_eq!(signed.tags[0].immutable, Some(true));
    let scan = signed.scan().unwrap();
    assert_eq!((scan.scan_status.as_str(), scan.summary.as_ref().map(|summary| summary.total)), ("Success", Some(1)));
    assert_eq!(bare.label_names().map(Iterator::count), Some(0));
    assert_eq!((bare.accessories.as_deref(), bare.tags[0].immutable), (Some(&[][..]), Some(false)));
    assert_eq!((bare.scan_overview.as_ref().map(BTreeMap::len), bare.scan()), (Some(0), None));
    assert_eq!(bare.sbom_overview, Some(None));
}

/// W9, W10: links are not followed, so that conditions with anything in them hold from page to page, and pages have a
/// size that Harbor allows, never 0.
#[tokio::test]
async fn w10_w9_pages_have_a_size_and_conditions_hold_on_each() {
    let repository = (0..230).fold(Repository::new("r"), |repository, number| {
        repository.with_artifact(image(&number.to_string()).with_tag(format!("t{number}")))
    });
    let server = serve(Registry::new().with_project(Project::new("p").with_repository(repository))).await;
    let harbor = administrator(&server);
    let media_type = "application/vnd.docker.container.image.v1+json";
    let found = harbor.artifacts().media_type(media_type).collect().await;
    assert_eq!((found.items.len(), found.summary.announced), (230, 230), "{:?}", found.failures);
    let lists = server.requests().into_iter().filter(|request| request.target.contains("/artifacts?"));
    let targets: Vec<String> = lists.map(|request| request.target).collect();
    assert_eq!(targets.len(), 3);
    assert!(targets.iter().all(|target| target.contains("page_size=100&") && !target.contains("page=")), "{targets:?}");
    server.forget_requests();
    harbor.artifacts().with_scan_overview().collect().await;
    let sized = server.requests().into_iter().filter(|request| request.target.contains("page_size=25&")).count();
    assert_eq!(sized, 10, "lists with overviews are slow, so that their pages are small");
}

/// A3: a list is read by the hundred, and a page that fails is asked for again, without those before it.
#[tokio::test]
async fn a3_a_failed_page_is_repeated_alone() {
    for version in VERSIONS {
        let repository = (0..230).fold(Repository::new("a/b"), |repository, number| {
            repository.with_artifact(Pushed::image().with_content(number.to_string()))
        });
        let registry = Registry::new().with_project(Project::new("p").with_repository(repository));
        let fault = Fault::status(503).on("artifacts").after(2).times(2);
        let server = SimulatedHarbor::builder().registry(registry).version(version).fault(fault).start().await.unwrap();
        let found = administrator(&server).artifacts().repositories(["p/a/b"]).collect().await;
        assert_adds_up(&found);
        assert_eq!((found.items.len(), found.failures.len(), found.summary.retries), (230, 0, 2));
        let requests = server.requests().into_iter().map(|request| request.target);
        let lists: Vec<String> = requests.filter(|target| target.contains("/artifacts?")).collect();
        assert_eq!(lists.len(), 3 + 2, "{lists:?}");
        assert_eq!(lists.iter().collect::<BTreeSet<_>>().len(), 3, "the same page again: {lists:?}");
    }
}

/// A2e: each failure says what was being done to what, what came back, and how often it was tried; nothing is dropped,
/// whether failures are streamed or collected.
#[tokio::test]
async fn a2e_failures_say_what_they_belong_to() {
    let server = serve(registry()).await;
    server.add_fault(Fault::status(500).on("artifacts").in_project("library")).unwrap();
    server.add_fault(Fault::status(403).on("reports").in_project("shop")).unwrap();
    let harbor = administrator(&server);
    let collected = harbor.reports().collect().await;
    assert_eq!(collected.summary.states.total(), collected.items.len() as u64);
    let phases = |phase| collected.failures.iter().filter(move |failure| failure.phase == phase);
    let listing: Vec<_> = phases(Phase::ListingArtifacts).collect();
    let [library] = &listing[..] else { panic!("{listing:?}") };
    assert_eq!(
        (library.target.to_string().as_str(), library.status, library.attempts),
        ("project library", Some(500), 4)
    );
    assert!(library.code.is_some() && library.request_id.is_some() && !library.message.is_empty(), "{library:?}");
    let mut refused = BTreeSet::new();
    for failure in phases(Phase::FetchingReport) {
        assert_eq!((failure.kind, failure.attempts), (FailureKind::Forbidden, 1));
        refused.insert((failure.target.repository.clone().unwrap(), failure.target.digest.clone().unwrap()));
    }
    let items = collected.items.iter().map(|info| &info.artifact);
    let items: BTreeSet<_> = items.map(|artifact| (artifact.repository.clone(), artifact.digest.clone())).collect();
    assert_eq!((refused.len(), refused), (3, items));
    assert_eq!(collected.failures.len(), 4);
    let streamed: Vec<_> = harbor.reports().stream().collect().await;
    assert_eq!(streamed.iter().filter(|next| next.is_ok()).count(), 3);
    assert_eq!(streamed.iter().filter_map(|next| next.as_ref().err()).count(), 1, "the others are states of artifacts");
}

/// A4: repositories by project when projects are named, whatever their names look like.
#[tokio::test]
async fn a4_repositories_are_listed_by_project() {
    for server in servers().await {
        let harbor = administrator(&server);
        server.forget_requests();
        let found = harbor.repositories().projects(["shop", "nowhere"]).collect().await;
        let names: Vec<_> = found.items.iter().map(|repository| repository.name.to_string()).collect();
        assert_eq!(names, ["shop/chart", "shop/nginx"]);
        assert_eq!(found.failures.len(), 1);
        assert_eq!(server.requests().len(), 3, "who am I, and one for each project");
        assert!(found.items.iter().all(|repository| repository.project_id.is_some()));
        let found = harbor.repositories().repositories(["nginx", "shop/nginx", "shop/nothing"]).collect().await;
        let names: Vec<_> = found.items.iter().map(|repository| repository.name.to_string()).collect();
        assert_eq!(names, ["library/nginx", "shop/nginx"]);
        assert_eq!(found.failures.len(), 1, "{:?}", found.failures);
        assert_eq!(found.summary.announced, found.summary.listed + found.summary.left_out);
    }
}

/// A2: callers who may see less get what they may see with every filter, and are told what they may not.
#[tokio::test]
async fn a2_filters_work_for_anonymous_callers_and_robots() {
    let robot = Robot::new("shop", "secret").on_projects(["shop"]).with_read_permissions();
    for version in VERSIONS {
        let registry = registry().with_robot(robot.clone());
        let server = SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap();
        let anonymous = client(&server, Credentials::anonymous()).build().unwrap();
        let found = anonymous.artifacts().tag("latest").query("type=IMAGE").collect().await;
        assert_eq!(shown(&found), ["library/base/nginx:latest", "library/nginx:1.1+latest"]);
        let found = anonymous.artifacts().repositories(["nginx"]).latest_per_repository().collect().await;
        assert_eq!(found.items.len(), 1, "{:?}", found.failures);
        let found = anonymous.artifacts().labels(["production"]).collect().await;
        assert_eq!(shown(&found), ["library/nginx:1.0+1.0-dev"], "{:?}", found.failures);
        let found = anonymous.artifacts().tag("2.0").collect().await;
        assert_eq!(not_found(&found), ["no artifact that could be listed has the tag 2.0"]);
        let robot = client(&server, Credentials::robot("shop", "secret")).build().unwrap();
        let found = robot.artifacts().projects(["shop"]).labels(["both"]).collect().await;
        assert_eq!(shown(&found), ["shop/nginx:2.0-dev"], "{:?}", found.failures);
        let found = robot.artifacts().repositories(["empty/nothing"]).collect().await;
        assert_eq!(found.failures.len(), 1, "{:?}", found.failures);
        assert_eq!(found.failures[0].kind, FailureKind::Forbidden);
    }
}

/// The same window of time from two sides holds everything once.
#[tokio::test]
async fn windows_of_time_meet_without_a_gap() {
    let server = serve(registry()).await;
    let harbor = administrator(&server);
    let all = harbor.artifacts().collect().await.items;
    for artifact in &all {
        let time = artifact.push_time.unwrap();
        for cut in [time, time + TimeDelta::microseconds(1), time - TimeDelta::nanoseconds(1)] {
            let before = harbor.artifacts().pushed_before(cut).collect().await.items.len();
            let after = harbor.artifacts().pushed_after(cut).collect().await.items.len();
            assert_eq!(before + after, all.len(), "{cut}");
        }
    }
}

/// A2b: a repository that is there and may not be read is told, even if the name is found in another project as well.
#[tokio::test]
async fn a2b_a_repository_that_may_not_be_read_is_not_replaced_by_another() {
    let base = |content: &str| Repository::new("base/nginx").with_artifact(image(content));
    let closed = Project::new("base").denying("robot$reader");
    let registry = Registry::new()
        .with_project(closed.with_repository(Repository::new("nginx").with_artifact(image("meant"))))
        .with_project(Project::new("library").with_repository(base("other")))
        .with_robot(Robot::new("reader", "secret"));
    for version in VERSIONS {
        let builder = SimulatedHarbor::builder().registry(registry.clone()).version(version);
        let server = builder.start().await.unwrap();
        let robot = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
        let found = robot.artifacts().repositories(["base/nginx"]).collect().await;
        assert_eq!(shown(&found), ["library/base/nginx:latest"]);
        let told: Vec<String> = found.failures.iter().map(|failure| failure.target.to_string()).collect();
        assert_eq!(told, ["project base", "base/nginx"], "{:?}", found.failures);
    }
}

/// A2b: a pattern decides about what a name leads to, and not about the name.
#[tokio::test]
async fn a2b_a_name_is_looked_for_whatever_the_patterns_are() {
    for server in servers().await {
        let harbor = administrator(&server);
        let query = harbor.artifacts().repositories(["base/nginx"]).include_repositories(["library/**"]);
        assert_eq!(shown(&query.collect().await), ["library/base/nginx:latest"]);
        let left_out = harbor.artifacts().repositories(["chart"]).exclude_repositories(["shop/*"]).collect().await;
        assert!(left_out.items.is_empty() && left_out.is_complete(), "{:?}", left_out.failures);
        let missing = harbor.artifacts().repositories(["shop/none"]).exclude_repositories(["shop/*"]).collect().await;
        assert_eq!(not_found(&missing).len(), 1, "{:?}", missing.failures);
        let repositories = harbor.repositories().repositories(["shop/chart"]).exclude_repositories(["shop/*"]);
        let summary = repositories.collect().await.summary;
        assert_eq!((summary.announced, summary.listed, summary.left_out), (1, 0, 1));
    }
}
