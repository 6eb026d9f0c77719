//! A registry that changes while it is read: what stays is found, once, and nothing is claimed that never was.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::StreamExt;
use harbor_ext::model::{ArtifactInfo, ReportState};
use harbor_ext::{Concurrency, Credentials};
use harbor_testkit::{Finding, HarborVersion, ListedArtifact, Registry, Report, Scan, SimulatedHarbor};

use crate::sums::{covers, draw_registry};
use crate::support::{Random, client, image};

const CASES: u64 = 40;

type Key = (String, String);
type Findings = Option<BTreeSet<String>>;

/// Pushes, deletes, retags or scans something.
fn change(registry: &mut Registry, random: &mut Random, number: u64) {
    let listed = registry.listed();
    let some = (!listed.is_empty()).then(|| random.pick(&listed).clone());
    match (random.below(7), some) {
        (0, Some(it)) => {
            registry.delete_artifact(&it.project, &it.repository, &it.digest);
        }
        (1, Some(it)) if random.is_one_of(3) => {
            registry.delete_repository(&it.project, &it.repository);
        }
        (2, Some(it)) if random.is_one_of(8) => {
            registry.delete_project(&it.project);
        }
        (3, Some(it)) => registry.set_scan(&it.digest, Scan::Running),
        (4, Some(it)) => {
            let finding = Finding::new(format!("CVE-2027-{number:04}"), "package", "1.0");
            registry.set_scan(&it.digest, Scan::Success(Arc::new(Report::new().with_finding(&finding))));
        }
        (5, Some(it)) => {
            registry.retag(&it.project, &it.repository, &it.digest, "moved");
        }
        (_, Some(it)) => {
            registry.push(&it.project, &it.repository, image(&format!("pushed {number}")));
        }
        (_, None) => {}
    }
}

fn key(artifact: &ListedArtifact) -> Key {
    (format!("{}/{}", artifact.project, artifact.repository), artifact.digest.clone())
}

/// Notes what can be found now.
fn note(registry: &Registry, seen: &mut BTreeMap<Key, Vec<Findings>>) -> BTreeSet<Key> {
    let listed = registry.listed();
    for artifact in &listed {
        let findings = artifact.findings.as_ref().map(|all| all.iter().map(|(id, ..)| id.clone()).collect());
        let known = seen.entry(key(artifact)).or_default();
        if !known.contains(&findings) {
            known.push(findings);
        }
    }
    listed.iter().map(key).collect()
}

/// What was there from the beginning to the end is in the result, or in a list or report that is told as unread; what is
/// reported was so at some time; and what was deleted or pushed meanwhile is there once at the most.
#[tokio::test]
async fn what_changes_meanwhile_costs_nothing_that_stays() {
    let (mut changes, mut complete) = (0, 0);
    for seed in 0..CASES {
        let mut random = Random::new(7000 + seed);
        let version = *random.pick(&[HarborVersion::V2_15, HarborVersion::V2_11, HarborVersion::V2_9]);
        let builder = SimulatedHarbor::builder().registry(draw_registry(&mut random)).version(version);
        let server = builder.start().await.unwrap();
        let credentials = Credentials::basic("admin", "Harbor12345");
        let concurrency = Concurrency::Fixed(1 + random.below(3) as usize);
        let harbor = client(&server, credentials).concurrency(concurrency).build().unwrap();
        let mut seen = BTreeMap::new();
        let mut staying = server.registry(|registry| note(registry, &mut seen));
        let query = if random.is_one_of(3) { harbor.reports().with_children() } else { harbor.reports() };
        let has_children = format!("{query:?}").contains("with_children: true");
        let mut stream = query.stream();
        let (mut items, mut failures): (Vec<ArtifactInfo>, Vec<_>) = (Vec::new(), Vec::new());
        while let Some(next) = stream.next().await {
            match next {
                Ok(info) => items.push(info),
                Err(failure) => failures.push(failure),
            }
            if random.is_one_of(2) {
                changes += 1;
                let number = changes;
                server.registry_mut(|registry| change(registry, &mut random, number)).await;
                let now = server.registry(|registry| note(registry, &mut seen));
                staying.retain(|key| now.contains(key));
            }
        }
        let summary = stream.summary();
        assert_eq!(
            (summary.listed, summary.states.total()),
            (items.len() as u64, items.len() as u64),
            "{seed}: {summary}"
        );
        let mut found = BTreeMap::new();
        for info in &items {
            let key = (info.artifact.repository.to_string(), info.artifact.digest.to_string());
            assert!(found.insert(key, info).is_none(), "seed {seed}: {} came twice", info.artifact);
        }
        let lists: Vec<_> = failures.iter().map(|failure| &*failure.target).collect();
        for (repository, digest) in &staying {
            let (project, path) = repository.split_once('/').unwrap();
            let artifact = ListedArtifact {
                project: project.to_owned(),
                repository: path.to_owned(),
                digest: digest.clone(),
                tags: Vec::new(),
                scannable: true,
                findings: None,
            };
            let is_found = found.contains_key(&(repository.clone(), digest.clone()));
            assert!(
                is_found || lists.iter().any(|target| covers(target, &artifact)),
                "seed {seed}: {repository}@{digest} is lost: {failures:?}"
            );
        }
        for (key, info) in &found {
            let Some(states) = seen.get(key) else {
                assert!(has_children, "seed {seed}: {} was never there", info.artifact);
                continue;
            };
            let findings =
                info.state.report().map(|report| report.findings().map(|finding| finding.id().to_owned()).collect());
            match &info.state {
                ReportState::InChildren | ReportState::Failed(_) => {}
                state => assert!(
                    states.contains(&findings),
                    "seed {seed}: {} is {state:?}, and was {states:?}",
                    info.artifact
                ),
            }
        }
        complete += u64::from(failures.is_empty());
    }
    assert!(changes > 200 && complete > 10, "{changes} {complete}");
}
