//! A registry as a real one told of itself.

mod accounts;
mod scans;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use accounts::{CapturedLabel, CapturedRobot, CapturedScanner, CapturedUser, scanner_version};
use scans::{CapturedOverview, report_ranks};

use super::accessory::{Accessory, SBOM};
use super::artifact::object;
use super::kind::MediaTypes;
use super::{
    AccessoryRow, Allowlist, Artifact, Ids, Kind, LoadError, Platform, Project, Reference, Registry, Report,
    Repository, Sbom, Scan, Tag,
};

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
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
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
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    update_time: DateTime<Utc>,
    #[serde(default)]
    pull_count: i64,
    #[serde(default)]
    description: String,
    artifacts: Option<Vec<CapturedArtifact>>,
}

#[derive(Deserialize)]
struct CapturedArtifact {
    id: i64,
    digest: String,
    #[serde(rename = "type")]
    kind: String,
    media_type: String,
    #[serde(default)]
    artifact_type: String,
    manifest_media_type: String,
    #[serde(default)]
    size: i64,
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    push_time: DateTime<Utc>,
    #[serde(default = "accounts::never", deserialize_with = "moment")]
    pull_time: DateTime<Utc>,
    #[serde(default)]
    extra_attrs: Value,
    #[serde(default)]
    annotations: Value,
    accessories: Option<Vec<CapturedAccessory>>,
    labels: Option<Vec<CapturedLabel>>,
    references: Option<Vec<CapturedReference>>,
    tags: Option<Vec<CapturedTag>>,
    scan_overview: Option<BTreeMap<String, CapturedOverview>>,
}

#[derive(Deserialize)]
struct CapturedReference {
    parent_id: i64,
    child_id: i64,
    child_digest: String,
    platform: CapturedPlatform,
    #[serde(default)]
    annotations: Value,
    urls: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct CapturedAccessory {
    id: i64,
    artifact_id: i64,
    digest: String,
    #[serde(rename = "type")]
    kind: String,
    icon: String,
    size: i64,
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    creation_time: DateTime<Utc>,
}

#[derive(Deserialize)]
struct CapturedPlatform {
    architecture: String,
    os: String,
    variant: Option<String>,
    #[serde(rename = "OsVersion")]
    os_version: Option<String>,
    #[serde(rename = "OsFeatures")]
    os_features: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct CapturedTag {
    id: i64,
    name: String,
    #[serde(default = "accounts::beginning", deserialize_with = "moment")]
    push_time: DateTime<Utc>,
    #[serde(default = "accounts::never", deserialize_with = "moment")]
    pull_time: DateTime<Utc>,
    #[serde(default)]
    immutable: bool,
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

impl CapturedArtifact {
    /// Where the scan stands; the report itself comes later.
    fn scan(&self) -> Scan {
        let overview = self.scan_overview.as_ref().and_then(|overviews| overviews.values().next());
        match overview.map(|overview| overview.scan_status.as_str()) {
            Some("Running") => Scan::Running,
            Some("Pending" | "Scheduled") => Scan::Pending,
            Some("Stopped") => Scan::Stopped,
            Some("Error") => Scan::Failed,
            _ => Scan::Never,
        }
    }

    fn restore(self, ids: &mut Ids) -> Artifact {
        ids.artifact = ids.artifact.max(self.id);
        let kind = match self.kind.as_str() {
            "IMAGE" if self.manifest_media_type.ends_with("index.v1+json") => Kind::Index,
            "IMAGE" if self.manifest_media_type.ends_with("manifest.list.v2+json") => Kind::Index,
            "IMAGE" => Kind::Image,
            "CHART" => Kind::Chart,
            "CNAI" => Kind::Model,
            "SBOM" => Kind::Sbom,
            _ => Kind::Other {
                name: self.kind,
                media_type: self.media_type.clone(),
                artifact_type: self.artifact_type.clone(),
            },
        };
        let types =
            MediaTypes { config: self.media_type, manifest: self.manifest_media_type, artifact: self.artifact_type };
        let mut artifact = Artifact::of_kind(kind).with_digest(self.digest).with_size(self.size);
        artifact.id = self.id;
        artifact.pushed = self.push_time;
        ids.pass(artifact.pushed);
        for overview in self.scan_overview.iter().flat_map(BTreeMap::values) {
            ids.pass(overview.end_time);
        }
        artifact.pulled = Some(self.pull_time).filter(|time| time.year() > 1);
        artifact.extra_attributes = object(self.extra_attrs);
        artifact.annotations = object(self.annotations);
        artifact.media_types = Some(Arc::new(types));
        let accessories = self.accessories.unwrap_or_default().into_iter();
        artifact.accessories = accessories.map(|accessory| accessory.restore(ids)).collect();
        let sbom = artifact.accessories.iter().find(|row| row.kind == SBOM);
        artifact.sbom = sbom.map(|row| Box::new(Sbom::ready(Arc::clone(&row.digest), row.created)));
        let labels = self.labels.unwrap_or_default().into_iter();
        artifact.labels = labels.map(CapturedLabel::restore).collect();
        let references = self.references.unwrap_or_default().into_iter();
        artifact.references = references.map(CapturedReference::restore).collect();
        // The answer has the newest tag first.
        for tag in self.tags.unwrap_or_default().into_iter().rev() {
            ids.tag = ids.tag.max(tag.id);
            let CapturedTag { id, name, push_time: pushed, pull_time, immutable } = tag;
            let pulled = Some(pull_time).filter(|time| time.year() > 1);
            artifact.tags.push(Tag { id, name, pushed, pulled, immutable });
        }
        artifact
    }
}

impl CapturedReference {
    fn restore(self) -> Reference {
        let CapturedPlatform { architecture, os, variant, os_version, os_features } = self.platform;
        let os_features = os_features.unwrap_or_default();
        Reference {
            parent_id: self.parent_id,
            child_id: self.child_id,
            child_digest: Arc::from(self.child_digest),
            platform: Platform { architecture, os, variant, os_version, os_features },
            annotations: object(self.annotations),
            urls: self.urls,
        }
    }
}

impl CapturedAccessory {
    fn restore(self, ids: &mut Ids) -> AccessoryRow {
        ids.accessory = ids.accessory.max(self.id);
        ids.artifact = ids.artifact.max(self.artifact_id);
        AccessoryRow {
            id: self.id,
            artifact_id: self.artifact_id,
            digest: Arc::from(self.digest),
            kind: self.kind,
            icon: self.icon,
            size: self.size,
            created: self.creation_time,
        }
    }
}

/// The artifact of an accessory, as far as its subject tells of it.
fn accessory(row: &AccessoryRow) -> Artifact {
    let artifact = match row.kind.as_str() {
        // The content is not told; a document without packages stands for it.
        SBOM => Accessory::sbom(&json!({"spdxVersion": "SPDX-2.3", "packages": []})).artifact,
        _ => Artifact::oci_image(),
    };
    let mut artifact = artifact.with_digest(&row.digest).with_size(row.size);
    artifact.id = row.artifact_id;
    artifact.pushed = row.created;
    artifact.is_accessory = true;
    artifact
}

/// Reads a time as the database may have it: with microseconds, which the API does not tell, so that it is later than
/// what is told.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let told = DateTime::<Utc>::deserialize(deserializer)?;
    Ok(if told.year() > 1 { told + TimeDelta::microseconds(500) } else { told })
}
