//! What the steps work on.

use std::error::Error;

use harbor_ext::analysis::ArtifactReport;
use harbor_ext::{Credentials, Harbor};
use harbor_testkit::{Artifact, Finding, Platform, Project, Registry, Report, Repository, Scale, SimulatedHarbor};

/// The administrator of a simulated Harbor.
const LOGIN: (&str, &str) = ("admin", "Harbor12345");

/// How many reports there are as bytes.
const REPORTS: usize = 100;

/// How many findings a report has.
const FINDINGS: usize = 150;

/// Answers of a simulated Harbor, and what was read from it.
pub(crate) struct Samples {
    /// The bodies of reports, drawn from 5,000 findings.
    pub(crate) reports: Vec<Vec<u8>>,
    /// The body of the report of an index of two images: each finding has the digests of both.
    pub(crate) report_of_index: Vec<u8>,
    /// 2,000 artifacts with 300,000 findings.
    pub(crate) report: ArtifactReport,
}

impl Samples {
    /// Fetches all of it from a simulated Harbor of its own.
    pub(crate) fn fetch() -> Result<Self, Box<dyn Error>> {
        let mut registry = Registry::synthetic(Scale::default());
        registry.add_project(Project::new("platforms").with_repository(Repository::new("web").with_artifact(index())));
        let server = SimulatedHarbor::builder().registry(registry).start_blocking()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(Self::read(&server))
    }

    async fn read(server: &SimulatedHarbor) -> Result<Self, Box<dyn Error>> {
        let synthetic = (1..=Scale::default().projects).map(|number| format!("project-{number}"));
        let harbor = Harbor::builder(server.url())
            .credentials(Credentials::basic(LOGIN.0, LOGIN.1))
            .http_client(harbor_ext::http_client().no_proxy())
            .build()?;
        let report = ArtifactReport::from(harbor.reports().projects(synthetic).try_collect().await?);
        let mut reports = Vec::new();
        for info in report.iter().take(REPORTS) {
            let repository = &info.artifact.repository;
            let path = (repository.project().as_str(), repository.encoded_path(), info.artifact.digest.to_string());
            reports.push(body(server, path).await?);
        }
        let report_of_index = body(server, ("platforms", "web".to_owned(), "1.0".to_owned())).await?;
        Ok(Self { reports, report_of_index, report })
    }
}

async fn body(
    server: &SimulatedHarbor,
    (project, repository, reference): (&str, String, String),
) -> Result<Vec<u8>, Box<dyn Error>> {
    // What was encoded for the router is encoded once more for the wire.
    let repository = repository.replace('%', "%25");
    let path = format!("projects/{project}/repositories/{repository}/artifacts/{reference}/additions/vulnerabilities");
    let client = harbor_ext::http_client().no_proxy().build()?;
    let request = client.get(format!("{}/api/v2.0/{path}", server.url())).basic_auth(LOGIN.0, Some(LOGIN.1));
    Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec())
}

/// An index of two images with the same findings.
fn index() -> Artifact {
    let findings: Vec<_> = (0..FINDINGS).map(finding).collect();
    let child =
        |content: &str| Artifact::image().with_content(content).with_report(Report::new().with_findings(&findings));
    let children = ["amd64", "arm64"].map(|architecture| (Platform::linux(architecture), child(architecture)));
    children
        .into_iter()
        .fold(Artifact::index().with_tag("1.0"), |index, (platform, child)| index.with_child(platform, child))
}

fn finding(number: usize) -> Finding {
    Finding::new(format!("CVE-2024-{}", 10_000 + number), format!("package-{number}"), "1.2.3-4")
        .with_severity("High")
        .with_fix("1.2.3-5")
        .with_description("A crafted header makes the parser read beyond its buffer. ".repeat(10))
        .with_link(format!("https://avd.example.com/nvd/cve-2024-{}", 10_000 + number))
        .with_cwe("CWE-125")
        .with_cvss("nvd", 7.5, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H")
}
