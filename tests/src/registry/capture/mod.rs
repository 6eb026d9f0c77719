//! A registry as a real one told of itself.

mod accounts;
mod artifacts;
mod scans;
mod times;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use accounts::{CapturedLabel, CapturedRobot, CapturedScanner, CapturedUser, scanner_version};
use artifacts::{CapturedArtifact, accessory};
use scans::report_ranks;
use times::{beginning, moment};

use super::{Allowlist, Artifact, Ids, Kind, LoadError, Project, Reference, Registry, Report, Repository, Scan};

#[derive(Deserialize)]
#[serde(expecting = "an object with `projects`")]
struct Capture<'a> {
    projects: Vec<CapturedProject>,
    /// The bodies of the reports by project, repository and digest; `{}` where there is none.
    #[serde(borrow, default)]
    reports: BTreeMap<String, &'a RawValue>,
    users: Option<Vec<CapturedUser>>,
    robots: Option<Vec<CapturedRobot>>,
    labels: Option<Vec<CapturedLabel>>,
    scanners: Option<Vec<CapturedScanner>>,
}

#[derive(Deserialize)]
struct CapturedProject {
    project_id: i64,
    name: String,
    #[serde(default = "beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
    #[serde(default = "beginning", deserialize_with = "moment")]
    update_time: DateTime<Utc>,
    owner_name: Option<String>,
    metadata: Option<BTreeMap<String, Value>>,
    cve_allowlist: Option<CapturedAllowlist>,
    repositories: Option<Vec<CapturedRepository>>,
}

#[derive(Default, Deserialize)]
struct CapturedAllowlist {
    items: Option<Vec<CapturedVulnerability>>,
    expires_at: Option<i64>,
}

#[derive(Deserialize)]
struct CapturedVulnerability {
    cve_id: String,
}

#[derive(Deserialize)]
struct CapturedRepository {
    id: i64,
    name: String,
    #[serde(default = "beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
    #[serde(default = "beginning", deserialize_with = "moment")]
    update_time: DateTime<Utc>,
    #[serde(default)]
    pull_count: i64,
    #[serde(default)]
    description: String,
    artifacts: Option<Vec<CapturedArtifact>>,
}

impl Registry {
    /// Loads a registry from what the API of a real one told: its projects with their repositories,
    /// artifacts and reports, under the numbers and times they had.
    ///
    /// Its labels and scanners are there, and its users and robots too, but nobody can log in as one of them before
    /// [`Registry::set_password`] or [`Registry::set_secret`], since such secrets are not told. A robot has all its
    /// permissions in all its projects.
    ///
    /// The file is an object with the answers of the API: `projects`, each with its `repositories`, each with its
    /// `artifacts`; `reports` by `PROJECT/REPOSITORY@DIGEST`; and `users`, `robots`, `labels` and `scanners`. All but the
    /// projects may be left out, and so may members that Harbor leaves out, times, and what is not known here.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read, with its path, and the line and column where it is not
    /// what it should be.
    pub fn from_capture(file: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = file.as_ref().to_owned();
        let text = fs::read_to_string(&path).map_err(|source| LoadError::Read { path: path.clone(), source })?;
        let capture: Capture<'_> = serde_json::from_str(&text).map_err(|error| LoadError::from_parser(&path, error))?;
        let mut registry = Self::new();
        registry.report_ranks = report_ranks(&capture.projects);
        for project in capture.projects {
            registry.ids.project = registry.ids.project.max(project.project_id);
            for artifact in
                project.repositories.iter().flatten().flat_map(|repository| repository.artifacts.iter().flatten())
            {
                registry.set_scan(&artifact.digest, artifact.scan());
                if let Some(overview) = artifact.scan_overview.iter().flat_map(BTreeMap::values).next() {
                    registry.scans.record(Arc::from(artifact.digest.as_str()), overview.restore());
                }
            }
            let project = project.restore(&mut registry.ids);
            registry.projects.push(project);
        }
        if let Some(digest) = registry.circle() {
            return Err(LoadError::Circle { path, digest });
        }
        registry.users.extend(capture.users.into_iter().flatten().map(CapturedUser::restore));
        registry.robots.extend(capture.robots.into_iter().flatten().map(CapturedRobot::restore));
        registry.labels.extend(capture.labels.into_iter().flatten().map(CapturedLabel::restore));
        if let Some(scanners) = capture.scanners {
            registry.restore_scanners(scanners, &scanner_version(&capture.reports));
        }
        registry.ids.user = registry.users.iter().map(|user| user.id).max().unwrap_or(0);
        registry.ids.robot = registry.robots.iter().map(|robot| robot.id).max().unwrap_or(0);
        for (name, body) in capture.reports {
            let digest = name.rsplit('@').next().unwrap_or_default();
            if body.get().contains("\"vulnerabilities\"") && registry.is_image(digest) {
                let report = Report::from_json(body.get()).map_err(|error| LoadError::from_report(&path, error))?;
                registry.set_scan(digest, Scan::Success(Arc::new(report)));
            }
        }
        Ok(registry)
    }

    /// Replaces the usual scanner by those that were there, of which none need be the default.
    fn restore_scanners(&mut self, captured: Vec<CapturedScanner>, version: &str) {
        let default = captured.iter().find(|scanner| scanner.is_default).map(|scanner| scanner.uuid.clone());
        self.scanners.replace(captured.into_iter().map(|scanner| scanner.restore(version)).collect(), default);
    }

    /// An index that does not come after all its children, as it does where things were pushed in their order; following
    /// its references might never end.
    fn circle(&self) -> Option<String> {
        let mut repositories = self.projects.iter().flat_map(Project::repositories);
        repositories.find_map(|repository| {
            let child = |reference: &Reference| repository.artifact(&reference.child_digest);
            let is_older = |index: &Artifact, child: &Artifact| child.id < index.id;
            let precedes =
                |index: &&Artifact| index.references.iter().filter_map(child).all(|child| is_older(index, child));
            repository.artifacts().iter().find(|index| !precedes(index)).map(|index| index.digest().to_owned())
        })
    }

    fn is_image(&self, digest: &str) -> bool {
        let repositories = self.projects.iter().flat_map(Project::repositories);
        let mut artifacts = repositories.filter_map(|repository| repository.artifact(digest));
        artifacts.any(|artifact| artifact.kind == Kind::Image)
    }
}

impl CapturedProject {
    fn restore(self, ids: &mut Ids) -> Project {
        let project = Project::new(self.name);
        let metadata = self.metadata.unwrap_or_default();
        let public = metadata.get("public").is_some_and(|public| public == "true");
        let project = if public { project.public() } else { project };
        let mut project = match self.owner_name {
            Some(owner) => project.owned_by(owner),
            None => project,
        };
        project.id = self.project_id;
        project.created = self.creation_time;
        project.updated = self.update_time;
        ids.pass(project.updated);
        for (key, value) in metadata.iter().filter(|(key, _)| *key != "public") {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            project.metadata.insert(key.clone(), text);
        }
        let allowlist = self.cve_allowlist.unwrap_or_default();
        let items = allowlist.items.unwrap_or_default().into_iter();
        project.allowlist = Allowlist::new(items.map(|item| item.cve_id));
        project.allowlist.expires = allowlist.expires_at;
        for repository in self.repositories.unwrap_or_default() {
            let (_, name) = repository.name.split_once('/').unwrap_or_default();
            let mut restored = Repository::new(name);
            ids.repository = ids.repository.max(repository.id);
            ids.pass(repository.update_time);
            restored.id = repository.id;
            restored.full_name = repository.name;
            restored.created = repository.creation_time;
            restored.updated = repository.update_time;
            restored.pulls = repository.pull_count;
            restored.description = repository.description;
            let artifacts = repository.artifacts.unwrap_or_default().into_iter();
            restored.artifacts = artifacts.map(|artifact| artifact.restore(ids)).collect();
            // Lists do not tell of accessories as artifacts, but their subjects do.
            let subjects = restored.artifacts.iter();
            let accessories: Vec<_> = subjects.flat_map(|subject| &subject.accessories).map(accessory).collect();
            restored.artifacts.extend(accessories);
            project.restore(restored);
        }
        project
    }
}
