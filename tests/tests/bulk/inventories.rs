//! Several registries on several days, as one thing to ask.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use harbor_ext::analysis::diff::{Diff, Relation};
use harbor_ext::{FirstSeen, Harbor, Inventory, Snapshot, Source};
use harbor_testkit::{Finding, Registry, Report, Scan, SimulatedHarbor};

use crate::support::{administrator, image, project, serve};

fn day(number: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(number)
}

/// What a registry holds now, as if it were read on a day.
async fn read(harbor: &Harbor, number: i64) -> Snapshot {
    let mut source = Source::new(harbor.registry(), harbor.url().as_str(), day(number));
    source.finished_at = Some(source.started_at);
    Snapshot::new(source, harbor.reports().collect().await)
}

/// When each repository of a registry got its finding, and whether that is exact.
fn seen<'a>(inventory: &'a Inventory, harbor: &Harbor) -> Vec<(&'a str, Option<FirstSeen>)> {
    let report = inventory.report().iter().filter(|info| info.artifact.registry.as_deref() == Some(harbor.registry()));
    let findings = report.flat_map(|info| info.findings().map(move |finding| (info, finding)));
    findings.map(|(info, it)| (info.artifact.repository.path(), inventory.first_sighting(info, &it))).collect()
}

async fn scan(server: &SimulatedHarbor, repository: &str, scan: &Scan) {
    let change = |registry: &mut Registry| {
        let listed = registry.listed().into_iter().filter(|artifact| artifact.repository == repository);
        listed.for_each(|artifact| registry.set_scan(&artifact.digest, scan.clone()));
    };
    server.registry_mut(change).await;
}

/// The same names in two registries are different things, a rebuild with the same vulnerable package is no news, what was
/// fixed and is there again is, and what is not known on one day is not gone.
#[tokio::test]
async fn registries_and_days_are_told_apart() {
    let one = serve(Registry::new().with_project(project("library", &["nginx", "redis"]))).await;
    let two = serve(Registry::new().with_project(project("library", &["nginx"]))).await;
    let harbors = [&one, &two].map(administrator);
    let vulnerable = Finding::new("CVE-2014-0160", "openssl", "1.0.1f");
    let again = Scan::Success(Arc::new(Report::new().with_finding(&vulnerable)));

    let mut snapshots = vec![read(&harbors[0], 1).await, read(&harbors[1], 1).await];
    scan(&one, "redis", &Scan::Success(Arc::new(Report::new()))).await;
    one.registry_mut(|registry| {
        let old = registry.listed().into_iter().find(|artifact| artifact.repository == "nginx").unwrap();
        registry.push("library", "nginx", image("rebuilt"));
        registry.delete_artifact("library", "nginx", &old.digest);
    })
    .await;
    snapshots.push(read(&harbors[0], 2).await);
    scan(&one, "redis", &again).await;
    scan(&one, "nginx", &Scan::Running).await;
    snapshots.push(read(&harbors[0], 3).await);
    scan(&one, "nginx", &again).await;
    snapshots.extend([read(&harbors[0], 4).await, read(&harbors[1], 4).await]);
    snapshots.reverse();
    let inventory = Inventory::new(snapshots.clone());

    assert!(inventory.is_complete());
    assert_eq!((inventory.current().len(), inventory.trend_lines().len(), inventory.trend().len()), (2, 2, 6));
    let report = inventory.report();
    assert_eq!((report.by_repository().len(), report.by_project().len(), report.by_cve()[0].project_count), (3, 2, 2));
    let of_two = report.with_registry(harbors[1].registry());
    let name = format!("{}/library/nginx:latest", harbors[1].registry());
    assert_eq!(of_two.iter().map(|info| info.artifact.name_with_registry()).collect::<Vec<_>>(), [name]);
    let since = |number, exact| {
        move |sighting: Option<FirstSeen>| sighting.is_some_and(|it| (it.time, it.is_exact) == (day(number), exact))
    };
    let [of_one, of_two] = [0, 1].map(|place| seen(&inventory, &harbors[place]));
    let find = |list: &[(&str, Option<FirstSeen>)], name| list.iter().find(|(path, _)| *path == name).unwrap().1;
    assert!(since(1, false)(find(&of_one, "nginx")), "{of_one:?}");
    assert!(since(3, true)(find(&of_one, "redis")), "{of_one:?}");
    assert!(since(1, false)(find(&of_two, "nginx")), "{of_two:?}");

    let [old, new] = [1, 4].map(|number| {
        let of_day = snapshots.iter().filter(|snapshot| snapshot.source.started_at == day(number));
        Inventory::new(of_day.cloned())
    });
    let diff = Diff::between(old.report(), new.report());
    let relations = harbors.each_ref().map(|harbor| {
        let of_it = diff.artifacts.iter().filter(|artifact| artifact.registry.as_deref() == Some(harbor.registry()));
        of_it.map(|artifact| artifact.relation).collect::<Vec<_>>()
    });
    assert_eq!(relations, [vec![Relation::Rebuilt, Relation::Same], vec![Relation::Same]]);
}
