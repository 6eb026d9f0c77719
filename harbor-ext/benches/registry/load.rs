//! What the simulated Harbor holds and how it behaves.

use harbor_testkit::{Artifact, Fault, FaultSpecError, Finding, Project, Registry, Report, Repository, Scale};
use serde::{Deserialize, Serialize};

/// What a server is told to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    holds: Holds,
    /// In the words of the simulator.
    faults: Vec<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Holds {
    Images {
        projects: usize,
        repositories: usize,
        artifacts: usize,
        findings: usize,
        distinct: usize,
    },
    /// One image in so many repositories.
    OneDigest {
        repositories: usize,
    },
}

/// Makes findings as long as those of real scanners: about 1,190 bytes in a report.
const WORDS: usize = 88;

impl Load {
    /// Images whose findings are drawn from 5,000, or from as many as there are in a report.
    pub(crate) fn images(projects: usize, repositories: usize, artifacts: usize, findings: usize) -> Self {
        let distinct = findings.max(5_000);
        Self { holds: Holds::Images { projects, repositories, artifacts, findings, distinct }, faults: Vec::new() }
    }

    /// One image in several repositories of one project.
    pub(crate) fn one_digest(repositories: usize) -> Self {
        Self { holds: Holds::OneDigest { repositories }, faults: Vec::new() }
    }

    /// The load that most is measured with: 2,000 artifacts with 150 findings each.
    pub(crate) fn main() -> Self {
        Self::images(10, 20, 10, 150)
    }

    /// Adds a fault in the words of the simulator.
    pub(crate) fn with_fault(mut self, fault: impl Into<String>) -> Self {
        self.faults.push(fault.into());
        self
    }

    pub(crate) fn artifacts(&self) -> usize {
        match self.holds {
            Holds::Images { projects, repositories, artifacts, .. } => projects * repositories * artifacts,
            Holds::OneDigest { repositories } => repositories,
        }
    }

    pub(crate) fn registry(&self) -> Registry {
        match self.holds {
            Holds::Images { projects, repositories, artifacts, findings, distinct } => Registry::synthetic(Scale {
                projects,
                repositories,
                artifacts,
                findings,
                distinct,
                words: WORDS,
                seed: 1,
            }),
            Holds::OneDigest { repositories } => one_digest(repositories),
        }
    }

    pub(crate) fn faults(&self) -> Result<Vec<Fault>, FaultSpecError> {
        self.faults.iter().map(|fault| fault.parse()).collect()
    }
}

fn one_digest(repositories: usize) -> Registry {
    let finding = Finding::new("CVE-2026-0001", "libssl3", "3.0.1");
    let image = || {
        let digest = format!("sha256:{}", "5".repeat(64));
        Artifact::image().with_digest(digest).with_tag("1.0").with_report(Report::new().with_finding(&finding))
    };
    let project = (1..=repositories).fold(Project::new("shared"), |project, number| {
        project.with_repository(Repository::new(format!("team/copy-{number}")).with_artifact(image()))
    });
    Registry::new().with_project(project)
}
