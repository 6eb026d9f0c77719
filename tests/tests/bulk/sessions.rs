//! Reading in a session of the portal: it saves what it is for, and loses nothing whenever it ends.

use futures::StreamExt;
use harbor_ext::{Collected, Credentials, FailureKind, Harbor};
use harbor_testkit::{Authorization, Fault, Project, Registry, Repository, Robot, SimulatedHarbor, User};

use crate::support::{assert_adds_up, client, expected, found, image, serve};

/// Two private projects and a public one, of sixty images each: an anonymous caller sees a third.
fn mixed() -> Registry {
    let project = |name: &str| {
        (0..6).fold(Project::new(name), |project, repository| {
            // The first image is the same in all projects, so that their scanners are asked for.
            let images = (0..10).map(|number| match repository + number {
                0 => image("the same"),
                _ => image(&format!("{name}/{repository}/{number}")),
            });
            let repository = Repository::new(format!("r{repository}"));
            project.with_repository(images.fold(repository, Repository::with_artifact))
        })
    };
    let registry = Registry::new().with_project(project("one")).with_project(project("open").public());
    registry.with_project(project("two"))
}

fn in_session(server: &SimulatedHarbor) -> Harbor {
    client(server, Credentials::basic("admin", "Harbor12345")).session_login(true).build().unwrap()
}

fn count(server: &SimulatedHarbor, authorization: Authorization) -> usize {
    server.requests().iter().filter(|request| request.authorization == authorization).count()
}

fn logins(server: &SimulatedHarbor) -> usize {
    server.requests().iter().filter(|request| request.target == "/c/login").count()
}

/// Whatever the server did meanwhile, everything is there and no more was said.
fn assert_whole(server: &SimulatedHarbor, collected: &Collected<harbor_ext::model::ArtifactInfo>) {
    assert!(collected.is_complete(), "{:?}", collected.failures);
    assert_eq!(found(collected), expected(server));
    assert_adds_up(collected);
    assert_eq!(collected.summary.requests, server.requests().len() as u64, "all requests are counted");
}

#[tokio::test]
async fn a_session_saves_the_hashing_of_passwords() {
    let server = serve(mixed()).await;
    let harbor = in_session(&server);
    let collected = harbor.reports().collect().await;
    assert_whole(&server, &collected);
    // Who asks, and the list of projects.
    assert_eq!(count(&server, Authorization::Basic), 2, "{:?}", server.requests());
    assert!(count(&server, Authorization::Session) >= 178);
    assert_eq!(server.counts()["scanner"], 3);
    assert_eq!((logins(&server), collected.summary.retries), (1, 0));
    assert!(collected.summary.advice.is_empty());
    server.forget_requests();
    assert_whole(&server, &harbor.reports().collect().await);
    assert_eq!(logins(&server), 0, "the session goes on");
}

#[tokio::test]
async fn queries_at_once_share_a_session_and_count_its_login_once() {
    let server = serve(mixed()).await;
    let harbor = in_session(&server);
    let (one, other) = tokio::join!(harbor.reports().collect(), harbor.artifacts().collect());
    assert_eq!(logins(&server), 1);
    let counted = one.summary.requests + other.summary.requests;
    assert_eq!(counted, server.requests().len() as u64, "{}; {}", one.summary, other.summary);
}

async fn end_sessions_meanwhile(server: &SimulatedHarbor, items_between: usize) -> usize {
    let mut stream = in_session(server).reports().stream();
    let mut items = Vec::new();
    let mut failures = Vec::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(item) => items.push(item),
            Err(failure) => failures.push(failure),
        }
        if items.len() % items_between == 0 {
            server.end_sessions();
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
    let summary = stream.summary();
    let mut names: Vec<_> =
        items.iter().map(|item| (item.artifact.repository.to_string(), item.artifact.digest.to_string())).collect();
    names.sort();
    names.dedup();
    let wanted: Vec<_> = expected(server).into_iter().map(|(repository, digest, _)| (repository, digest)).collect();
    assert_eq!(names, wanted);
    assert!(items.iter().all(|item| item.state.report().is_some()), "{summary}");
    assert_eq!((summary.announced, summary.listed, summary.failures), (180, 180, 0), "{summary}");
    assert_eq!(summary.requests, server.requests().len() as u64);
    logins(server)
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_is_replaced_and_loses_nothing() {
    let server = serve(mixed()).await;
    let logins = end_sessions_meanwhile(&server, 120).await;
    assert_eq!(logins, 2);
    assert_eq!(count(&server, Authorization::Basic), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_never_last_are_given_up_and_lose_nothing() {
    let server = serve(mixed()).await;
    let logins = end_sessions_meanwhile(&server, 1).await;
    assert_eq!(logins, 3);
    assert!(count(&server, Authorization::Basic) > 100);
}

/// Harbor looks at a session twice, and one that ends in between makes the caller anonymous without a word.
#[tokio::test]
async fn a_session_that_ends_without_a_sign_loses_nothing() {
    for operation in ["reports", "listArtifactsOfProject"] {
        let fault = Fault::anonymous().on(operation).after(1).times(3);
        let server = SimulatedHarbor::builder().registry(mixed()).fault(fault).start().await.unwrap();
        let collected = in_session(&server).reports().collect().await;
        assert_whole(&server, &collected);
    }
}

#[tokio::test]
async fn lists_that_would_only_be_shorter_are_never_read_in_a_session() {
    let server = serve(mixed()).await;
    in_session(&server).reports().collect().await;
    in_session(&server).repositories().collect().await;
    for request in server.requests().iter().filter(|request| request.authorization == Authorization::Session) {
        let path = request.target.trim_start_matches("/api/v2.0/");
        // The proof of a login is asked in the session, and its answer says whether it was.
        assert!(path.starts_with("projects/") || path == "systeminfo", "{}", request.target);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_as_without_a_session() {
    let server = serve(mixed()).await;
    let harbor = client(&server, Credentials::basic("admin", "wrong")).session_login(true).build().unwrap();
    let collected = harbor.reports().collect().await;
    assert_eq!(collected.failures[0].kind, FailureKind::NotAuthenticated);
    assert!(collected.items.is_empty());
    assert_eq!(logins(&server), 0);
}

#[tokio::test]
async fn a_portal_that_refuses_is_left_alone() {
    for status in [403, 503] {
        let fault = Fault::status(status).on("outside");
        let server = SimulatedHarbor::builder().registry(mixed()).fault(fault).start().await.unwrap();
        let collected = in_session(&server).reports().collect().await;
        assert_whole(&server, &collected);
        assert_eq!(logins(&server), if status == 403 { 1 } else { 3 });
        assert_eq!(count(&server, Authorization::Session), 0);
    }
}

#[tokio::test]
async fn robots_and_nobody_have_no_session() {
    let robot = Robot::new("reader", "secret").with_read_permissions();
    let server = serve(mixed().with_robot(robot)).await;
    for credentials in [Credentials::robot("reader", "secret"), Credentials::anonymous()] {
        let harbor = client(&server, credentials).session_login(true).build().unwrap();
        harbor.reports().collect().await;
        harbor.log_out().await;
    }
    assert!(server.requests().iter().all(|request| !request.session && request.target.starts_with("/api/")));
}

#[tokio::test]
async fn members_read_what_they_may_in_a_session() {
    let registry = mixed().with_user(User::new("alice", "Alice12345"));
    let project = Project::new("hers").with_member("alice");
    let project = project.with_repository(Repository::new("r").with_artifact(image("hers")));
    let server = serve(registry.with_project(project)).await;
    let ask =
        |wanted| client(&server, Credentials::basic("alice", "Alice12345")).session_login(wanted).build().unwrap();
    let plain = ask(false).reports().collect().await;
    let in_session = ask(true).reports().collect().await;
    assert_eq!(plain.items.len(), 61);
    assert_eq!(found(&plain), found(&in_session));
    // A project that she may not see is refused, in a session as without.
    let refused = |harbor: Harbor| async move {
        let collected = harbor.reports().projects(["one"]).collect().await;
        collected.failures.into_iter().map(|failure| (failure.kind, failure.status)).collect::<Vec<_>>()
    };
    assert_eq!(refused(ask(true)).await, refused(ask(false)).await);
}

#[tokio::test]
async fn nothing_is_written_in_a_session() {
    let server = serve(mixed()).await;
    let harbor = in_session(&server);
    harbor.reports().collect().await;
    server.forget_requests();
    harbor.client().scan_artifact().project_name("one").repository_name("r0").reference("latest").send().await.unwrap();
    assert!(server.requests().iter().all(|request| !request.session));
    assert_eq!(count(&server, Authorization::Basic), 1);
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let server = serve(mixed()).await;
    let harbor = in_session(&server);
    harbor.log_out().await;
    assert!(server.requests().is_empty(), "there is none yet");
    harbor.reports().collect().await;
    server.forget_requests();
    harbor.log_out().await;
    let targets: Vec<_> = server.requests().into_iter().map(|request| (request.target, request.status)).collect();
    assert_eq!(targets, [("/c/log_out".to_owned(), Some(200))]);
    server.forget_requests();
    assert_whole(&server, &harbor.reports().collect().await);
    assert_eq!(logins(&server), 1);
}
