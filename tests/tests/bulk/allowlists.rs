//! Which vulnerabilities a registry and its projects accept.

use std::collections::BTreeMap;

use chrono::DateTime;
use harbor_ext::failure::Phase;
use harbor_ext::model::{Allowlists, ProjectAllowlist};
use harbor_ext::{Credentials, FailureKind};
use harbor_testkit::{Allowlist, Fault, Project, Registry, Robot, SimulatedHarbor};

use crate::support::{administrator, client, serve};

/// A registry of so many projects, of which every third has a list of its own.
fn registry(projects: usize) -> Registry {
    let end = DateTime::from_timestamp(1_900_000_000, 0).unwrap();
    let registry = Registry::new()
        .with_robot(Robot::new("reader", "secret"))
        .with_allowlist(Allowlist::new(["CVE-2019-5021", "CVE-2021-44228"]).until(end));
    (0..projects).fold(registry, |registry, number| {
        let list = Allowlist::new([format!("CVE-2026-{number}")]);
        let project = Project::new(format!("project-{number}")).public().with_allowlist(list);
        let reuse = (number % 3 > 0).to_string();
        registry.with_project(project.with_metadata("reuse_sys_cve_allowlist", reuse))
    })
}

/// What each project goes by, as one text.
fn by_project(lists: &Allowlists) -> BTreeMap<String, String> {
    let text = |list: &ProjectAllowlist| match list {
        ProjectAllowlist::Own(list) => format!("{} {:?}", list.cves.join(" "), list.expires_at),
        _ => "system".to_owned(),
    };
    lists.projects.iter().map(|(project, list)| (project.to_string(), text(list))).collect()
}

fn expected(numbers: impl IntoIterator<Item = usize>) -> BTreeMap<String, String> {
    let text = |number| if number % 3 > 0 { "system".to_owned() } else { format!("CVE-2026-{number} None") };
    numbers.into_iter().map(|number| (format!("project-{number}"), text(number))).collect()
}

fn requests(server: &SimulatedHarbor) -> usize {
    server.requests().len()
}

#[tokio::test]
async fn all_lists_are_read_in_few_requests() {
    let server = serve(registry(250)).await;
    let robot = client(&server, Credentials::robot("reader", "secret")).build().unwrap();
    let lists = robot.allowlists().await;
    assert_eq!(requests(&server), 5, "one to be known, one for the registry, and three for the projects");
    assert_eq!(lists.failures, []);
    let system = lists.system.as_ref().unwrap();
    assert_eq!(system.cves, ["CVE-2019-5021", "CVE-2021-44228"]);
    assert_eq!(system.expires_at.map(|end| end.timestamp()), Some(1_900_000_000));
    assert_eq!(by_project(&lists), expected(0..250));
}

#[tokio::test]
async fn the_lists_of_some_projects_are_read_by_name() {
    let server = serve(registry(50)).await;
    let names = (0..25).map(|number| format!("project-{number}"));
    let wanted = names.chain(["missing".to_owned()]).map(|name| name.parse().unwrap());
    let lists = administrator(&server).allowlists_of(wanted).await;
    assert_eq!(requests(&server), 4);
    assert_eq!(by_project(&lists), expected(0..25));
    let failures: Vec<_> = lists.failures.iter().map(|failure| (failure.phase, failure.kind)).collect();
    assert_eq!(failures, [(Phase::ReadingAllowlists, FailureKind::NotFound)]);
    assert!(lists.failures[0].to_string().contains("project missing"), "{}", lists.failures[0]);
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    let server = serve(registry(150)).await;
    let anonymous = client(&server, Credentials::anonymous()).build().unwrap();
    let lists = anonymous.allowlists().await;
    assert!(lists.system.is_none());
    assert_eq!(by_project(&lists), expected(0..150), "they are public");
    assert!(matches!(&lists.failures[..], [failure] if failure.kind == FailureKind::Forbidden), "{:?}", lists.failures);

    let wrong = client(&server, Credentials::robot("reader", "wrong")).build().unwrap();
    let lists = wrong.allowlists().await;
    assert!(lists.system.is_none() && lists.projects.is_empty());
    assert!(matches!(&lists.failures[..], [failure] if failure.kind == FailureKind::NotAuthenticated));

    let server = serve(registry(150)).await;
    server.add_fault(Fault::status(500).on("projects").after(2)).unwrap();
    let lists = administrator(&server).allowlists().await;
    assert_eq!(by_project(&lists).len(), 100, "the first page; {:?}", lists.failures);
    assert!(matches!(&lists.failures[..], [failure] if failure.kind == FailureKind::Server), "{:?}", lists.failures);
}
