//! What an account may do: said once, with the permission that is missing, before and after.

use harbor_ext::access::{Access, Caller, Check, Expiry};
use harbor_ext::failure::Phase;
use harbor_ext::{Credentials, FailureKind, Harbor};
use harbor_testkit::{
    Artifact, Fault, HarborVersion, Label, Platform, Project, Registry, Repository, Robot, SimulatedHarbor, User,
};

use crate::support::{administrator, assert_adds_up, client, image, project, serve};

/// A robot with exactly these permissions.
fn robot_with(permissions: &[&str]) -> Robot {
    let robot = Robot::new("reader", "secret").without_permissions();
    permissions.iter().fold(robot, |robot, permission| robot.with_permission(*permission))
}

/// Two projects and a robot with exactly these permissions.
async fn serve_robot(permissions: &[&str], version: HarborVersion) -> SimulatedHarbor {
    let unscanned = Repository::new("new").with_artifact(Artifact::image().with_content("new").with_tag("v1"));
    let index = Artifact::index().with_content("index").with_tag("multi");
    let index = Repository::new("multi").with_artifact(index.with_child(Platform::linux("amd64"), image("child")));
    let registry = Registry::new()
        .with_project(project("shop", &["web", "api"]).with_repository(unscanned).with_repository(index))
        .with_project(project("tools", &["ci"]))
        .with_robot(robot_with(permissions));
    SimulatedHarbor::builder().registry(registry).version(version).start().await.unwrap()
}

fn reader(server: &SimulatedHarbor) -> Harbor {
    client(server, Credentials::robot("reader", "secret")).build().unwrap()
}

/// What the library does, as a row of `docs/permissions.md`.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Repositories,
    Artifacts,
    NamedRepository,
    Reports,
    OneArtifact,
    HiddenArtifact,
    OneReport,
    OneRepository,
    Details,
    Children,
    OwnerNames,
    OwnerAccounts,
    Access,
}

/// Does it, and gives the permissions that were missing; none where all went well.
async fn attempt(deed: Deed, harbor: &Harbor) -> Vec<String> {
    fn names<T>(collected: harbor_ext::Collected<T>) -> Vec<String> {
        assert!(
            collected.failures.iter().all(|failure| failure.missing_permission().is_some()),
            "{:?}",
            collected.failures
        );
        let mut names: Vec<String> =
            collected.missing_permissions().iter().map(|missing| missing.permission.to_string()).collect();
        names.sort();
        names.dedup();
        names
    }
    fn name<T>(found: Result<T, harbor_ext::Failure>) -> Vec<String> {
        let failure = found.err().map(|failure| failure.missing_permission().unwrap_or_else(|| panic!("{failure}")));
        failure.iter().map(ToString::to_string).collect()
    }
    let artifact = harbor_ext::model::Artifact::new(
        "shop/web".parse().unwrap(),
        format!("sha256:{}", "0".repeat(64)).parse().unwrap(),
    );
    match deed {
        Deed::Repositories => names(harbor.repositories().collect().await),
        Deed::Artifacts => names(harbor.artifacts().collect().await),
        Deed::NamedRepository => names(harbor.artifacts().repositories(["shop/web"]).collect().await),
        Deed::Reports => names(harbor.reports().collect().await),
        Deed::OneArtifact => name(harbor.artifact("shop/web:latest").await),
        Deed::HiddenArtifact => match harbor.artifact(&artifact).await.unwrap_err() {
            failure if failure.message.contains("without the permission artifact:read") => {
                vec!["artifact:read".to_owned()]
            }
            failure if failure.kind == FailureKind::NotFound => Vec::new(),
            failure => name::<()>(Err(failure)),
        },
        Deed::OneReport => name(harbor.report("shop/web:latest").await),
        Deed::OneRepository => name(harbor.repository("shop/web").await),
        Deed::Details => {
            let query = harbor.artifacts().with_labels().with_accessories().with_immutable_status();
            names(query.with_scan_overview().with_sbom_overview().collect().await)
        }
        Deed::Children => names(harbor.artifacts().with_children().collect().await),
        Deed::OwnerNames => {
            assert_eq!(harbor.owner(&artifact).await.unwrap().name.as_deref(), Some("admin"));
            Vec::new()
        }
        Deed::OwnerAccounts => {
            harbor.owner(&artifact).await.unwrap().failure.map_or_else(Vec::new, |failure| name::<()>(Err(failure)))
        }
        Deed::Access => {
            harbor.check_access().await.unwrap();
            Vec::new()
        }
    }
}

/// The table of `docs/permissions.md`: a robot with exactly these permissions can do it, and without any one of them is
/// told which one is missing.
#[tokio::test]
async fn every_row_of_the_table_of_permissions_holds() {
    use HarborVersion::{V2_9, V2_15};
    let table: &[(Deed, HarborVersion, &[&str])] = &[
        (Deed::Repositories, V2_15, &["repository:list"]),
        (Deed::Artifacts, V2_15, &["artifact:list"]),
        (Deed::Artifacts, V2_9, &["artifact:list", "repository:list"]),
        (Deed::NamedRepository, V2_15, &["artifact:list"]),
        (Deed::NamedRepository, V2_9, &["artifact:list"]),
        (Deed::Reports, V2_15, &["artifact:list", "artifact-addition:read"]),
        (Deed::Reports, V2_9, &["artifact:list", "artifact-addition:read", "repository:list"]),
        (Deed::OneArtifact, V2_15, &["artifact:list"]),
        (Deed::HiddenArtifact, V2_15, &["artifact:list", "artifact:read"]),
        (Deed::OneReport, V2_15, &["artifact:list", "artifact-addition:read"]),
        (Deed::OneRepository, V2_15, &["repository:list"]),
        (Deed::Details, V2_15, &["artifact:list"]),
        (Deed::Children, V2_15, &["artifact:list"]),
        (Deed::OwnerNames, V2_15, &[]),
        (Deed::OwnerAccounts, V2_15, &["user:read"]),
        (Deed::Access, V2_15, &[]),
    ];
    for (deed, version, permissions) in table {
        let server = serve_robot(permissions, *version).await;
        let missing = attempt(*deed, &reader(&server)).await;
        assert!(missing.is_empty(), "{deed:?} {version:?} with {permissions:?}: {missing:?}");
        for left_out in *permissions {
            let others: Vec<&str> = permissions.iter().copied().filter(|other| other != left_out).collect();
            let server = serve_robot(&others, *version).await;
            let missing = attempt(*deed, &reader(&server)).await;
            // A name may be tried in two ways, each with a permission of its own.
            assert!(missing.contains(&(*left_out).to_owned()), "{deed:?} {version:?} with {others:?}: {missing:?}");
            assert!(
                others.iter().all(|other| !missing.iter().any(|missing| missing == other)),
                "{deed:?}: {missing:?}"
            );
        }
    }
}

/// With these permissions alone every report is read, so that the check says so, too. An old server lists artifacts by
/// repository, and there it is not so.
#[tokio::test]
async fn the_least_permissions_are_enough_to_the_check() {
    let permissions = ["artifact:list", "artifact-addition:read"];
    for (version, is_enough) in [(HarborVersion::V2_15, true), (HarborVersion::V2_9, false)] {
        let server = serve_robot(&permissions, version).await;
        let harbor = reader(&server);
        let collected = harbor.reports().collect().await;
        assert_eq!(collected.is_complete(), is_enough, "{:?}", collected.failures);
        let access = harbor.check_access().await.unwrap();
        assert_eq!(access.can_read_all_reports(), is_enough, "{access}");
        let verdict =
            if is_enough { "\nall vulnerability reports can be read" } else { "\nnot all vulnerability reports" };
        assert!(access.to_string().contains(verdict) && !access.to_string().ends_with('\n'), "{access}");
    }
}

/// Labels that may not be listed are decided by the lists of artifacts: what is found is the same.
#[tokio::test]
async fn labels_are_found_without_the_permission_to_list_them() {
    let label = Label::new(1, "production");
    let labelled = Repository::new("labelled").with_artifact(image("labelled").with_label(label.clone()));
    for permissions in [&["artifact:list", "label:list"][..], &["artifact:list"]] {
        let shop = project("shop", &["web"]).with_repository(labelled.clone());
        let registry = Registry::new().with_project(shop).with_label(label.clone());
        let server = serve(registry.with_robot(robot_with(permissions))).await;
        let found = reader(&server).artifacts().labels(["production"]).collect().await;
        assert!(found.is_complete(), "{permissions:?}: {:?}", found.failures);
        let names: Vec<String> = found.items.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["shop/labelled:latest"], "{permissions:?}");
    }
}

/// A robot of a project does for its project what a robot of the system does for all.
#[tokio::test]
async fn a_robot_of_a_project_reads_its_project() {
    let permissions = ["artifact:list", "artifact-addition:read", "robot:list"];
    let robot = robot_with(&permissions).in_project("shop");
    let registry = Registry::new()
        .with_project(project("shop", &["web"]))
        .with_project(project("tools", &["ci"]))
        .with_robot(robot);
    let server = serve(registry).await;
    let harbor = client(&server, Credentials::robot("robot$shop+reader", "secret")).build().unwrap();
    let collected = harbor.reports().collect().await;
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(collected.items.len(), 1);
    let access = harbor.check_access().await.unwrap();
    assert_eq!(access.visible_projects, 1);
    assert_eq!(access.caller, Caller::Robot { name: "robot$shop+reader".to_owned(), expiry: Expiry::Never });
}

/// The images that may be listed but not read are one note, the failures are complete, and other projects are read.
#[tokio::test]
async fn five_hundred_refused_reports_are_said_once() {
    let names: Vec<String> = (0..500).map(|number| format!("image-{number}")).collect();
    let repository = names.iter().fold(Repository::new("r"), |repository, name| repository.with_artifact(image(name)));
    let registry = Registry::new()
        .with_project(Project::new("closed").with_repository(repository))
        .with_project(project("open", &["web"]));
    let server = serve(registry).await;
    server.add_fault(Fault::status(403).on("reports").in_project("closed")).unwrap();
    let collected = administrator(&server).reports().collect().await;
    assert_adds_up(&collected);
    assert_eq!((collected.summary.states.reported, collected.summary.states.forbidden), (1, 500));
    assert_eq!(collected.failures.len(), 500);
    let [missing] = &collected.missing_permissions()[..] else { panic!("{:?}", collected.missing_permissions()) };
    assert_eq!(missing.to_string(), "no permission artifact-addition:read on project closed (500 times)");
    let [note] = &collected.notes()[..] else { panic!("{:?}", collected.notes()) };
    assert_eq!(note.count, 500);
    assert!(note.to_string().contains("artifact-addition:read"), "{note}");
}

/// A8: the owner of the project of an artifact, with the account for those who may read it.
#[tokio::test]
async fn a8_the_owner_of_an_artifact() {
    let ann = User::new("ann", "Ann12345").with_email("ann@example.com");
    let registry = Registry::new()
        .with_user(ann)
        .with_project(project("shop", &["web"]).owned_by("ann"))
        .with_project(project("123", &["ci"]))
        .with_robot(robot_with(&["artifact:list", "artifact-addition:read"]));
    let server = serve(registry).await;
    let info = administrator(&server).report("shop/web:latest").await.unwrap();
    let owner = administrator(&server).owner(&info).await.unwrap();
    assert_eq!((owner.name.as_deref(), owner.to_string().as_str()), (Some("ann"), "ann"));
    let user = owner.user.unwrap();
    assert_eq!((user.id, user.email.as_str(), user.is_administrator), (owner.id, "ann@example.com", false));
    assert_eq!(owner.failure, None);
    // The same of an artifact without its report, asked by somebody who may not read accounts.
    let owner = reader(&server).owner(&*info.artifact).await.unwrap();
    assert_eq!((owner.name.as_deref(), owner.user), (Some("ann"), None));
    let failure = owner.failure.unwrap();
    assert_eq!((failure.phase, failure.status), (Phase::ReadingOwner, Some(403)));
    assert_eq!(failure.missing_permission().unwrap().to_string(), "user:read");
    assert!(failure.to_string().contains("user:read"), "{failure}");
}

/// A8: many artifacts cost one request for many projects and one for each owner; what is not to be seen is a failure.
#[tokio::test]
async fn a8_the_owners_of_many_artifacts_cost_few_requests() {
    let mut registry = Registry::new();
    for name in ["ann", "bob", "eve"] {
        registry = registry.with_user(User::new(name, "Secret12345"));
    }
    for number in 0..30 {
        let owner = ["ann", "bob", "eve"][number % 3];
        let name = format!("{number:03}");
        registry = registry.with_project(project(&name, &["a", "b", "c"]).owned_by(owner));
    }
    let robot = robot_with(&["artifact:list"]).on_projects((0..29).map(|number| format!("{number:03}")));
    let server = serve(registry.with_robot(robot)).await;
    let artifacts = administrator(&server).artifacts().try_collect().await.unwrap();
    assert_eq!(artifacts.len(), 90);
    server.forget_requests();
    let owners = administrator(&server).owners(&artifacts).await;
    assert_eq!(owners.len(), 30);
    for (number, (project, owner)) in owners.iter().enumerate() {
        let owner = owner.as_ref().unwrap_or_else(|failure| panic!("{project}: {failure}"));
        assert_eq!(owner.user.as_ref().unwrap().name, ["ann", "bob", "eve"][number % 3]);
    }
    assert_eq!(server.requests().len(), 1 + 2 + 3);
    server.forget_requests();
    let owners = reader(&server).owners(&artifacts).await;
    assert_eq!(owners.values().filter(|owner| owner.is_ok()).count(), 29);
    let failure = owners.values().find_map(|owner| owner.as_ref().err()).unwrap();
    assert_eq!((failure.kind, failure.target.to_string().as_str()), (FailureKind::NotFound, "project 029"));
    assert_eq!(server.requests().len(), 1 + 2 + 1, "one refusal is enough");
    // The one account that everybody may read is one's own.
    let ann = client(&server, Credentials::basic("ann", "Secret12345")).build().unwrap();
    server.registry_mut(|registry| (0..30).all(|number| registry.add_member(&format!("{number:03}"), "ann"))).await;
    let owners = ann.owners(&artifacts).await;
    let readable = owners.values().filter(|owner| owner.as_ref().is_ok_and(|owner| owner.user.is_some()));
    assert_eq!(readable.count(), 10);
}

/// A8: without credentials that count, nothing is guessed.
#[tokio::test]
async fn a8_an_owner_is_not_guessed() {
    let server = serve(Registry::new().with_project(project("shop", &["web"]).public())).await;
    let artifact = administrator(&server).artifact("shop/web:latest").await.unwrap();
    let wrong = client(&server, Credentials::basic("admin", "wrong")).build().unwrap();
    let failure = wrong.owner(&artifact).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::NotAuthenticated, Phase::Identifying));
    let anonymous = client(&server, Credentials::anonymous()).build().unwrap();
    let owner = anonymous.owner(&artifact).await.unwrap();
    assert_eq!((owner.name.as_deref(), owner.user), (Some("admin"), None));
    assert_eq!(owner.failure.unwrap().kind, FailureKind::Forbidden);
}

fn words(access: &Access, project: &str) -> [bool; 4] {
    let access = access.projects.iter().find(|access| access.project.as_str() == project).unwrap();
    [&access.repositories, &access.artifacts, &access.reports, &access.scanner].map(|check| *check == Check::Allowed)
}

#[tokio::test]
async fn a_robot_learns_what_it_may_do_and_what_is_missing() {
    let robot = robot_with(&["artifact:list", "repository:list"]).on_projects(["shop", "empty"]);
    let registry = Registry::new()
        .with_project(project("shop", &["web"]))
        .with_project(project("open", &["tool"]).public())
        .with_project(Project::new("empty"))
        .with_project(project("closed", &["web"]))
        .with_robot(robot);
    let server = serve(registry).await;
    let access = reader(&server).check_access().await.unwrap();
    assert!(access.version.as_deref().is_some_and(|version| version.starts_with("v2.15")));
    assert_eq!(access.caller, Caller::Robot { name: "robot$reader".to_owned(), expiry: Expiry::NotTold });
    assert_eq!(access.visible_projects, 3);
    assert_eq!(words(&access, "shop"), [true, true, false, false]);
    assert_eq!(words(&access, "open"), [true; 4]);
    assert!(matches!(&access.projects[0].reports, Check::Unknown { .. }), "there is nothing to try it on: {access}");
    assert!(!access.can_read_all_reports());
    let missing: Vec<String> = access.missing_permissions().iter().map(ToString::to_string).collect();
    assert!(missing.contains(&"no permission artifact-addition:read on project shop".to_owned()), "{missing:?}");
    let shown = access.to_string();
    assert!(shown.contains("robot$reader") && shown.contains("no permission scanner:read on project shop"), "{shown}");
    // Who, a robot's expiry, the projects, and four for each project, less a report that nobody has.
    assert_eq!(server.requests().len(), 4 + 3 * 4 - 1);
    assert!(server.requests().iter().all(|request| request.method == "GET"));
    let access = reader(&server).check_access().projects(["closed", "shop"]).await.unwrap();
    assert_eq!(words(&access, "closed"), [false; 4]);
    assert!(!access.projects[0].is_visible && access.projects[1].is_visible);
    let json = serde_json::to_string(&access).unwrap();
    assert_eq!(serde_json::from_str::<Access>(&json).unwrap(), access);
}

#[tokio::test]
async fn everybody_learns_who_they_are() {
    let registry = Registry::new()
        .with_user(User::new("ann", "Ann12345"))
        .with_project(project("shop", &["web"]).with_member("ann"))
        .with_project(project("open", &["tool"]).public());
    for version in [HarborVersion::V2_15, HarborVersion::V2_9] {
        let server = SimulatedHarbor::builder().registry(registry.clone()).version(version).start().await.unwrap();
        let access = administrator(&server).check_access().await.unwrap();
        let name = "admin".to_owned();
        assert_eq!(access.caller, Caller::User { name, is_administrator: true, is_local: true });
        assert!(access.can_read_all_reports());
        assert!(access.to_string().contains("98 ms"), "{access}");
        assert_eq!(server.requests().len(), 3, "nothing is tried for administrators");
        let ann = client(&server, Credentials::basic("ann", "Ann12345")).build().unwrap();
        let access = ann.check_access().await.unwrap();
        let name = "ann".to_owned();
        assert_eq!(access.caller, Caller::User { name, is_administrator: false, is_local: true });
        assert_eq!((words(&access, "shop"), words(&access, "open")), ([true; 4], [true; 4]), "{version:?}: {access}");
        let anonymous = client(&server, Credentials::anonymous()).build().unwrap();
        let access = anonymous.check_access().await.unwrap();
        assert_eq!((&access.caller, access.version.as_ref()), (&Caller::Anonymous, None));
        assert_eq!(access.visible_projects, 1);
        // Scanners are told to nobody but those with a login.
        assert_eq!(words(&access, "open"), [true, true, true, false], "{access}");
        let wrong = client(&server, Credentials::basic("ann", "wrong")).build().unwrap();
        let failure = wrong.check_access().await.unwrap_err();
        assert_eq!((failure.kind, failure.phase), (FailureKind::NotAuthenticated, Phase::Identifying));
    }
}

/// Before 2.11.1 artifacts are listed by repository: whether that is allowed is found out without one, too.
#[tokio::test]
async fn an_old_server_tells_what_is_missing_without_a_repository() {
    for (permissions, wanted) in
        [(&["artifact:list"][..], [false, true, false, false]), (&["repository:list"][..], [true, false, false, false])]
    {
        let server = serve_robot(permissions, HarborVersion::V2_9).await;
        let access = reader(&server).check_access().await.unwrap();
        assert!(access.failures.is_empty(), "{access}");
        assert_eq!(words(&access, "shop"), wanted, "{access}");
    }
}

/// A server that fails says nothing about permissions.
#[tokio::test]
async fn a_failing_server_is_not_taken_for_a_missing_permission() {
    let server =
        serve_robot(&["artifact:list", "artifact-addition:read", "repository:list"], HarborVersion::V2_15).await;
    server.add_fault(Fault::status(500).on("reports")).unwrap();
    let access = reader(&server).check_access().await.unwrap();
    assert!(access.projects.iter().all(|project| matches!(project.reports, Check::Unknown { .. })), "{access}");
    assert_eq!(access.failures.len(), 2);
    assert!(!access.can_read_all_reports());
}

/// What does not exist is not allowed, not even to an administrator.
#[tokio::test]
async fn a_project_that_does_not_exist_is_no_project_that_may_be_read() {
    let server = serve(Registry::new().with_project(project("shop", &["web"]))).await;
    let access = administrator(&server).check_access().projects(["shop", "ghost"]).await.unwrap();
    assert_eq!((words(&access, "shop"), words(&access, "ghost")), ([true; 4], [false; 4]));
    let [failure] = &access.failures[..] else { panic!("{access}") };
    assert_eq!((failure.kind, failure.target.to_string().as_str()), (FailureKind::NotFound, "project ghost"));
    assert!(access.missing_permissions().is_empty());
}
