//! What the tests of this suite share.

use std::time::Duration;

use harbor_ext::model::ArtifactInfo;
use harbor_ext::{Collected, Concurrency, Credentials, Harbor, HarborBuilder, RetryPolicy};
use harbor_testkit::{Artifact, Finding, Project, Registry, Report, Repository, Scale, SimulatedHarbor};

/// Repeats at once, so that no test waits.
pub(crate) fn impatient() -> RetryPolicy {
    RetryPolicy {
        first_delay: Duration::from_millis(1),
        longest_delay: Duration::from_millis(20),
        ..RetryPolicy::default()
    }
}

pub(crate) fn client(server: &SimulatedHarbor, credentials: Credentials) -> HarborBuilder {
    Harbor::builder(server.url())
        .credentials(credentials)
        .retry(impatient())
        // A proxy in the environment must not come between a test and its server, and the certificates of the platform,
        // which nothing here needs, take longer to read than a test.
        .http_client(harbor_ext::http_client().no_proxy().tls_certs_only([]))
}

pub(crate) fn administrator(server: &SimulatedHarbor) -> Harbor {
    client(server, Credentials::basic("admin", "Harbor12345")).build().unwrap()
}

pub(crate) fn one_at_a_time(server: &SimulatedHarbor) -> Harbor {
    let credentials = Credentials::basic("admin", "Harbor12345");
    client(server, credentials).concurrency(Concurrency::Fixed(1)).build().unwrap()
}

pub(crate) async fn serve(registry: Registry) -> SimulatedHarbor {
    SimulatedHarbor::builder().registry(registry).start().await.unwrap()
}

/// Three projects of four repositories of ten images of six findings, drawn from forty.
pub(crate) fn synthetic() -> Registry {
    Registry::synthetic(Scale {
        projects: 3,
        repositories: 4,
        artifacts: 10,
        findings: 6,
        distinct: 40,
        seed: 7,
        ..Scale::default()
    })
}

/// An image with one finding, whose digest depends on `content` alone.
pub(crate) fn image(content: &str) -> Artifact {
    let finding = Finding::new("CVE-2014-0160", "openssl", "1.0.1f").with_fix("1.0.1g").with_severity("High");
    Artifact::image().with_content(content).with_tag("latest").with_report(Report::new().with_finding(&finding))
}

/// A project with one image in each of some repositories.
pub(crate) fn project(name: &str, repositories: &[&str]) -> Project {
    repositories.iter().fold(Project::new(name), |project, repository| {
        let image = image(&format!("{name}/{repository}"));
        project.with_repository(Repository::new(*repository).with_artifact(image))
    })
}

/// Every artifact in sight as `(project/repository, digest, findings)`, `None` where there is no report.
pub(crate) type Row = (String, String, Option<usize>);

pub(crate) fn found(collected: &Collected<ArtifactInfo>) -> Vec<Row> {
    let row = |info: &ArtifactInfo| {
        let artifact = &info.artifact;
        let findings = info.state.report().map(harbor_ext::model::Report::len);
        (artifact.repository.to_string(), artifact.digest.to_string(), findings)
    };
    let mut rows: Vec<_> = collected.items.iter().map(row).collect();
    rows.sort();
    rows
}

pub(crate) fn expected(server: &SimulatedHarbor) -> Vec<Row> {
    let mut rows: Vec<_> = server.registry(|registry| {
        registry
            .listed()
            .into_iter()
            .map(|artifact| {
                let repository = format!("{}/{}", artifact.project, artifact.repository);
                (repository, artifact.digest, artifact.findings.map(|findings| findings.len()))
            })
            .collect()
    });
    rows.sort();
    rows
}

/// The states add up to what was listed, and every artifact is there exactly once.
pub(crate) fn assert_adds_up(collected: &Collected<ArtifactInfo>) {
    let summary = &collected.summary;
    assert_eq!(summary.listed, summary.states.total(), "{summary}");
    assert_eq!(summary.listed, collected.items.len() as u64, "{summary}");
    assert_eq!(summary.failures, collected.failures.len() as u64, "{summary}");
    let mut keys: Vec<_> = found(collected).into_iter().map(|(repository, digest, _)| (repository, digest)).collect();
    let count = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), count, "an artifact came twice");
}

/// Numbers that depend on the seed alone.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The constants of Knuth's MMIX; the upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    pub(crate) fn is_one_of(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len() as u64) as usize]
    }

    /// Some of the values, at least one.
    pub(crate) fn some<T: Copy>(&mut self, values: &[T]) -> Vec<T> {
        let first = self.below(values.len() as u64) as usize;
        let values = values.iter().enumerate();
        values.filter(|(place, _)| *place == first || self.is_one_of(4)).map(|(_, value)| *value).collect()
    }
}
