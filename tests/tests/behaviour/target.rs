//! The server that a behaviour is asked of.

use std::env;
use std::sync::OnceLock;

use harbor_testkit::{
    Accessory, Artifact, Finding, Label, Project, Registry, Report, Repository, Request as Log, Scan, SimulatedHarbor,
    SimulatedHarborBuilder, User,
};

use serde_json::json;

use crate::client::{Address, Answer, Credentials, Request};
use crate::survey::Place;

/// Why a behaviour was not asked of a server.
#[derive(Clone, Debug)]
pub(crate) struct Skipped(pub(crate) String);

/// What became of a behaviour that did not fail.
pub(crate) type Outcome = Result<(), Skipped>;

/// A server with an account on it.
pub(crate) struct Target {
    address: Address,
    account: Credentials,
    user: Option<Credentials>,
    robot: Option<Credentials>,
    may_write: bool,
    simulated: Option<SimulatedHarbor>,
    proxied: Option<bool>,
    pub(crate) places: OnceLock<Result<Vec<Place>, Skipped>>,
}

impl Target {
    /// A simulated Harbor of its own.
    pub(crate) async fn simulated() -> Self {
        Self { proxied: Some(false), ..Self::start(SimulatedHarbor::builder()).await }
    }

    /// A simulated Harbor of its own, behind its nginx.
    pub(crate) async fn proxied() -> Self {
        Self { proxied: Some(true), ..Self::start(SimulatedHarbor::builder().behind_nginx()).await }
    }

    async fn start(builder: SimulatedHarborBuilder) -> Self {
        let harbor = builder.registry(registry()).start().await.unwrap();
        Self {
            user: Some(Credentials::new("alice", "Alice12345")),
            robot: Some(Credentials::new("robot$auditor", "demo-secret")),
            may_write: true,
            ..Self::new(Address::parse(&harbor.url()), Credentials::new("admin", "Harbor12345"), Some(harbor))
        }
    }

    /// The live Harbor that the environment names.
    pub(crate) fn live() -> Result<Self, Skipped> {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let url = variable("HARBOR_TEST_URL").ok_or_else(|| Skipped("HARBOR_TEST_URL is not set".to_owned()))?;
        let needed = |name: &str| variable(name).unwrap_or_else(|| panic!("HARBOR_TEST_URL is set and {name} is not"));
        let account = Credentials::new(needed("HARBOR_TEST_USERNAME"), needed("HARBOR_TEST_SECRET"));
        let mut target = Self::new(Address::parse(&url), account, None);
        target.may_write = variable("HARBOR_TEST_WRITE").as_deref() == Some("1");
        let info = target.get("/systeminfo").assert_status(200).json();
        assert!(info.get("harbor_version").is_some(), "{url} does not know the account of HARBOR_TEST_USERNAME");
        match target.get("/users/current") {
            // Robots have no user.
            answer if answer.status == 412 => target.robot = Some(target.account.clone()),
            answer if answer.json()["sysadmin_flag"] == false => target.user = Some(target.account.clone()),
            _ => {}
        }
        Ok(target)
    }

    fn new(address: Address, account: Credentials, simulated: Option<SimulatedHarbor>) -> Self {
        let places = OnceLock::new();
        Self { address, account, user: None, robot: None, may_write: false, simulated, proxied: None, places }
    }

    /// What the simulated server was asked so far; nothing is known of a live one.
    pub(crate) fn requests(&self) -> Vec<Log> {
        self.simulated.as_ref().map(SimulatedHarbor::requests).unwrap_or_default()
    }

    /// Whether this is a live server, whose data and rights are not ours.
    pub(crate) fn is_live(&self) -> bool {
        self.simulated.is_none()
    }

    /// Whether Harbor's own nginx is between, if that is known.
    pub(crate) fn is_proxied(&self) -> Option<bool> {
        self.proxied
    }

    /// A request of nobody for a path of the API, which goes out as it is.
    pub(crate) fn anonymous(&self, method: &'static str, path: &str) -> Request {
        self.outside(method, &format!("/api/v2.0{path}"))
    }

    /// A request of nobody for any path of the server.
    pub(crate) fn outside(&self, method: &'static str, path: &str) -> Request {
        Request::new(&self.address, method, path)
    }

    /// A request of the account for a path of the API.
    pub(crate) fn request(&self, method: &'static str, path: &str) -> Request {
        self.anonymous(method, path).login(&self.account)
    }

    /// Asks as the account.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// Asks as the account for what must be there, if the account may read it.
    pub(crate) fn read(&self, path: &str) -> Result<Answer, Skipped> {
        let answer = self.get(path);
        if self.is_live() && matches!(answer.status, 401 | 403) {
            return Err(Skipped(format!("{} may not read {path}", self.account.name)));
        }
        answer.assert_status(200);
        Ok(answer)
    }

    /// Makes sure that the account is an administrator.
    pub(crate) fn needs_administrator(&self) -> Outcome {
        let user = self.get("/users/current");
        match user.status == 200 && user.json()["sysadmin_flag"] == true {
            true => Ok(()),
            false => Err(Skipped(format!("{} is no administrator", self.account.name))),
        }
    }

    /// Makes sure that the server may be written to.
    pub(crate) fn needs_writes(&self) -> Outcome {
        match self.may_write {
            true => self.needs_administrator(),
            false => Err(Skipped("HARBOR_TEST_WRITE is not 1".to_owned())),
        }
    }

    /// A user who is no administrator.
    pub(crate) fn user(&self) -> Result<&Credentials, Skipped> {
        self.user.as_ref().ok_or_else(|| Skipped("no account of a user who is no administrator".to_owned()))
    }

    /// A robot.
    pub(crate) fn robot(&self) -> Result<&Credentials, Skipped> {
        self.robot.as_ref().ok_or_else(|| Skipped("no account of a robot".to_owned()))
    }
}

/// The demo, and what the demo lacks.
fn registry() -> Registry {
    // More than a thousand findings in all, which is what the security hub counts when told not to count.
    let findings = (1_000..1_090).map(|number| Finding::new(format!("CVE-2024-{number}"), "libssl3", "3.0.1"));
    let report = Report::new().with_findings(&findings.collect::<Vec<_>>());
    let images = (1..=12).map(|number| Artifact::image().with_tag(format!("v{number}")).with_report(report.clone()));
    let labelled = Artifact::image().with_tag("one").with_tag("two").with_label(Label::new(1, "checked"));
    let labelled = labelled.with_accessory(Accessory::signature());
    let described = Artifact::image().with_tag("one").with_sbom(&json!({"spdxVersion": "SPDX-2.3", "packages": []}));
    let finding = Finding::new("CVE-2024-0001", "a<b>&c", "1.0").with_severity("High");
    let extras = Project::new("extras")
        .with_repository(images.fold(Repository::new("many"), Repository::with_artifact))
        .with_repository(Repository::new("labelled").with_artifact(labelled))
        .with_repository(Repository::new("described").with_artifact(described))
        .with_repository(
            Repository::new("scans")
                .with_artifact(Artifact::image().with_tag("stopped").with_scan(Scan::Stopped))
                .with_artifact(Artifact::image().with_tag("waiting").with_scan(Scan::Pending))
                .with_artifact(Artifact::image().with_tag("clean").with_report(Report::new()))
                .with_artifact(Artifact::image().with_tag("escaped").with_report(Report::new().with_finding(&finding))),
        );
    let user = User::new("alice", "Alice12345");
    Registry::demo().with_user(user).with_project(extras).with_project(Project::new("team").with_member("alice"))
}
