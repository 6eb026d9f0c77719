//! Bills of materials: where their making stands, and how it gets on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::accessory::{Accessory, SBOM};
use super::{Artifact, Registry, Repository};

/// Where the SBOM of an artifact stands.
#[derive(Clone, Debug)]
pub(crate) struct Sbom {
    pub(crate) status: &'static str,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
    /// The digest of the accessory, once it is there.
    pub(crate) digest: Option<Arc<str>>,
}

/// An SBOM that a client asked for and that is not made yet.
#[derive(Clone, Debug)]
pub(super) struct SbomJob {
    project: String,
    repository: String,
    digest: Arc<str>,
    running: bool,
    since: Instant,
}

impl Artifact {
    /// Gives the artifact an SBOM that Harbor made, as a document in the form of SPDX. It becomes an accessory.
    #[must_use]
    pub fn with_sbom(self, document: &Value) -> Self {
        self.with_accessory(Accessory::sbom(document))
    }
}

impl Sbom {
    /// One that was there when the artifact came.
    pub(super) fn ready(digest: Arc<str>, created: DateTime<Utc>) -> Self {
        let (started, ended) = (Some(created - TimeDelta::seconds(2)), Some(created));
        Self { status: "Success", started, ended, digest: Some(digest) }
    }

    fn unfinished(status: &'static str, started: Option<DateTime<Utc>>) -> Self {
        Self { status, started, ended: None, digest: None }
    }
}

impl SbomJob {
    fn concerns(&self, project: &str, repository: &str, digest: &Arc<str>) -> bool {
        self.project == project && self.repository == repository && self.digest == *digest
    }
}

impl Registry {
    /// Starts the making of SBOMs; an artifact whose SBOM is being made is left alone. Answers whether there is another.
    pub(crate) fn start_sboms(&mut self, project: &str, repository: &str, digests: &[Arc<str>]) -> bool {
        let is_busy = |digest| self.sbom_jobs.iter().any(|job| job.concerns(project, repository, digest));
        let digests: Vec<_> = digests.iter().filter(|digest| !is_busy(digest)).collect();
        for digest in &digests {
            if let Some(found) = self.repository_mut(project, repository) {
                found.replace_sbom(digest, Sbom::unfinished("Pending", None));
            }
            self.sbom_jobs.push(SbomJob {
                project: project.to_owned(),
                repository: repository.to_owned(),
                digest: Arc::clone(digest),
                running: false,
                since: Instant::now(),
            });
        }
        !digests.is_empty()
    }

    /// Stops the making of SBOMs.
    pub(crate) fn stop_sboms(&mut self, project: &str, repository: &str, digests: &[Arc<str>]) {
        let is_stopped = |job: &SbomJob| digests.iter().any(|digest| job.concerns(project, repository, digest));
        let jobs: Vec<_> = self.sbom_jobs.extract_if(.., |job| is_stopped(job)).collect();
        for job in jobs {
            let now = self.ids.now();
            if let Some(found) = self.repository_mut(project, repository) {
                let ended = Sbom { ended: Some(now), ..Sbom::unfinished("Stopped", None) };
                found.replace_sbom(&job.digest, ended);
            }
        }
    }

    pub(super) fn has_due_sboms(&self, now: Instant) -> bool {
        let age = |job: &SbomJob| now.saturating_duration_since(job.since);
        self.sbom_jobs.iter().any(|job| self.scans.pace.step_after(age(job)) > u8::from(job.running))
    }

    /// Takes those one step further for which it is time, told by when they were asked for and whether they are being
    /// made, and answers how many there were.
    pub(super) fn advance_sboms(&mut self, is_time: impl Fn(Instant, bool) -> bool) -> usize {
        let jobs = std::mem::take(&mut self.sbom_jobs);
        let mut advanced = 0;
        for mut job in jobs {
            if !is_time(job.since, job.running) {
                self.sbom_jobs.push(job);
                continue;
            }
            advanced += 1;
            let now = self.ids.now();
            match job.running {
                true => self.finish_sbom(&job),
                false => {
                    if let Some(repository) = self.repository_mut(&job.project, &job.repository) {
                        repository.replace_sbom(&job.digest, Sbom::unfinished("Running", Some(now)));
                    }
                    job.running = true;
                    self.sbom_jobs.push(job);
                }
            }
        }
        advanced
    }

    fn finish_sbom(&mut self, job: &SbomJob) {
        let document = self.usual_sbom(&job.repository, &job.digest);
        let Self { projects, ids, .. } = self;
        let project = projects.iter_mut().find(|project| project.name() == job.project);
        if let Some(repository) = project.and_then(|project| project.repository_mut(&job.repository)) {
            repository.attach(&job.digest, Accessory::sbom(&document), ids);
        }
    }

    /// A document that lists the packages in which something was found.
    fn usual_sbom(&self, name: &str, digest: &str) -> Value {
        let report = self.scan(digest).report();
        let keys = report.into_iter().flat_map(|report| self.rows().served(report)).filter_map(|row| row.key.as_ref());
        let packages: BTreeSet<_> = keys.map(|key| (key.package.as_str(), key.version.as_str())).collect();
        let packages = packages.into_iter().enumerate().map(|(number, (name, version))| {
            json!({
                "SPDXID": format!("SPDXRef-Package-{}", number + 1),
                "name": name,
                "versionInfo": version,
                "downloadLocation": "NONE",
            })
        });
        json!({
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": name,
            "documentNamespace": format!("https://harbor.example.com/sbom/{digest}"),
            "packages": packages.collect::<Vec<_>>(),
        })
    }
}

impl Repository {
    /// Replaces what is known of the SBOM of an artifact, and deletes the one that it had.
    fn replace_sbom(&mut self, digest: &str, sbom: Sbom) {
        let rows = self.artifact(digest).map(|artifact| artifact.accessories.as_slice()).unwrap_or_default();
        let before: Vec<_> = rows.iter().filter(|row| row.kind == SBOM).map(|row| Arc::clone(&row.digest)).collect();
        for accessory in before {
            self.delete(&accessory);
        }
        if let Some(artifact) = self.artifact_mut(digest) {
            artifact.sbom = Some(Box::new(sbom));
        }
    }
}
