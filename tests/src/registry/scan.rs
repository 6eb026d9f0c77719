//! Scans: where they stand, and what they amount to for an image or an index.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::body;
use super::report::{self, Report};
use super::{Artifact, Kind, Project, Registry, Repository};

/// Where the scan of an image stands.
#[derive(Clone, Debug, Default)]
pub enum Scan {
    /// Never scanned.
    #[default]
    Never,
    /// Waiting for the scanner.
    Pending,
    /// Being scanned.
    Running,
    /// The scanner failed.
    Failed,
    /// Someone stopped the scan.
    Stopped,
    /// Scanned, with a report.
    Success(Arc<Report>),
}

/// What the scans of an artifact amount to.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) status: &'static str,
    pub(crate) report_id: String,
    pub(crate) started: Option<DateTime<Utc>>,
    pub(crate) ended: Option<DateTime<Utc>>,
    /// In seconds; 0 where it is not told.
    pub(crate) duration: i64,
    pub(crate) complete_percent: i64,
    /// What the reports say, once there is one.
    pub(crate) counts: Option<Counts>,
}

/// The numbers of a finished scan.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) severity: String,
    pub(crate) scanner: Option<serde_json::Value>,
    pub(crate) total: usize,
    pub(crate) fixable: usize,
    pub(crate) by_severity: BTreeMap<&'static str, usize>,
}

impl Scan {
    /// The report, once the scan has succeeded.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Success(report) => Some(report),
            _ => None,
        }
    }

    /// Whether the scan has ended.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Failed | Self::Stopped | Self::Success(_))
    }

    /// The word in `scan_status`, or `None` for an image that was never scanned.
    pub(crate) fn status(&self) -> Option<&'static str> {
        match self {
            Self::Never => None,
            Self::Pending => Some("Pending"),
            Self::Running => Some("Running"),
            Self::Failed => Some("Error"),
            Self::Stopped => Some("Stopped"),
            Self::Success(_) => Some("Success"),
        }
    }
}

impl Registry {
    /// The images whose scans count for an artifact: itself, or the images that an index refers to.
    pub(crate) fn images<'a>(&self, repository: &'a Repository, artifact: &'a Artifact) -> Vec<&'a Artifact> {
        let mut parts = parts(repository, artifact);
        parts.retain(|part| part.kind == Kind::Image);
        parts
    }

    /// Whether the project has a scanner that can scan an artifact: never while it is down, and an index only for its
    /// images.
    pub(crate) fn can_scan(&self, project: &Project, repository: &Repository, artifact: &Artifact) -> bool {
        let has_scanner = self.is_scanner_healthy() && self.scanner_of(project).is_some();
        has_scanner && !self.images(repository, artifact).is_empty()
    }

    /// The reports of an artifact by digest, or `None` where one of its parts has none.
    pub(crate) fn reports<'a>(
        &'a self,
        repository: &'a Repository,
        artifact: &'a Artifact,
    ) -> Option<Vec<(&'a str, &'a Report)>> {
        let parts = parts(repository, artifact);
        if parts.iter().all(|part| part.kind != Kind::Image) {
            return None;
        }
        parts.iter().map(|part| Some((part.digest(), self.scan(part.digest()).report()?))).collect()
    }

    /// The body of the vulnerability addition, or `None` where it is empty.
    pub(crate) fn report_body(
        &self,
        repository: &Repository,
        artifact: &Artifact,
        with_status: bool,
    ) -> Option<String> {
        let reports = self.reports(repository, artifact)?;
        Some(match (&artifact.kind, reports.first()) {
            (Kind::Image, Some((digest, report))) => body::image(report, digest, self.rows(), with_status),
            _ => body::index(&reports, self.rows(), with_status),
        })
    }

    /// The overview of the scans of an artifact, or `None` where one of its parts was never scanned.
    pub(crate) fn summary(&self, repository: &Repository, artifact: &Artifact) -> Option<Summary> {
        let images = parts(repository, artifact);
        let scans = images.iter().map(|image| self.scan(image.digest()));
        let statuses = scans.map(Scan::status).collect::<Option<Vec<_>>>()?;
        let status = merged_status(&statuses)?;
        let ids: Vec<_> = images.iter().map(|image| self.report_id(image.digest())).collect();
        let succeeded = statuses.iter().filter(|status| **status == "Success").count();
        let times = images.iter().map(|image| self.scan_times(image.digest(), image.pushed));
        let (started, ended): (Vec<_>, Vec<_>) = times.unzip();
        // Of several images the earliest start and the latest end count, and what is not known is earlier than all.
        let started = started.into_iter().min().flatten();
        let ended = ended.into_iter().max().flatten();
        let reports: Vec<_> =
            images.iter().filter_map(|image| Some((image.digest(), self.scan(image.digest()).report()?))).collect();
        Some(Summary {
            status,
            report_id: match ids.as_slice() {
                [id] => id.clone(),
                _ => crate::wire::base64::encode(ids.join("|").as_bytes()),
            },
            started,
            ended,
            duration: duration(started, ended, images.len()),
            complete_percent: i64::try_from(100 * succeeded / images.len()).unwrap_or(100),
            counts: (status == "Success").then(|| self.counts(&reports)),
        })
    }

    /// The id of the report of an image; each scan has its own.
    pub(crate) fn report_id(&self, digest: &str) -> String {
        match self.scans.run(digest).map_or(0, |run| run.number) {
            0 => self.scans.recorded(digest).map_or_else(|| report_id(digest), |scan| scan.report_id.clone()),
            number => report_id(&format!("{digest}#{number}")),
        }
    }

    fn counts(&self, reports: &[(&str, &Report)]) -> Counts {
        let findings = body::union(reports, self.rows());
        let mut by_severity = BTreeMap::new();
        for (finding, _) in &findings {
            *by_severity.entry(known_severity(&finding.severity)).or_insert(0) += 1;
        }
        let worst = reports.iter().map(|(_, report)| report.severity());
        let worst = worst.max_by_key(|severity| report::rank(severity)).unwrap_or_default();
        Counts {
            severity: if worst.is_empty() { "None".to_owned() } else { worst.to_owned() },
            scanner: reports.first().and_then(|(_, report)| serde_json::from_str(report.member("scanner")?).ok()),
            total: findings.len(),
            fixable: findings.iter().filter(|(finding, _)| finding.fixable).count(),
            by_severity,
        }
    }
}

/// What would have to be scanned: the artifact itself, or what an index refers to, even where the scanner does not know the
/// type: that has no report, and so the index has none. Attestations are left out.
fn parts<'a>(repository: &'a Repository, artifact: &'a Artifact) -> Vec<&'a Artifact> {
    match artifact.kind {
        _ if artifact.is_accessory => Vec::new(),
        Kind::Index => {
            let children = artifact.references.iter().filter(|child| !child.is_attestation());
            let children = children.filter_map(|child| repository.artifact(&child.child_digest));
            let mut children: Vec<_> = children.collect();
            // Harbor asks for all of them at once, and the last one asked is served first.
            let shift = 1.min(children.len());
            children.rotate_right(shift);
            children.into_iter().flat_map(|child| parts(repository, child)).collect()
        }
        _ => vec![artifact],
    }
}

/// One running image makes the index running, one stopped image stopped, and one success is enough
/// for success; of the rest the state that comes later counts.
fn merged_status(statuses: &[&'static str]) -> Option<&'static str> {
    ["Running", "Stopped", "Success", "Error", "Pending"].into_iter().find(|status| statuses.contains(status))
}

/// The seconds between start and end. Those of several images are computed even where a time is not known yet, and thus
/// from the year 1.
fn duration(started: Option<DateTime<Utc>>, ended: Option<DateTime<Utc>>, images: usize) -> i64 {
    const YEAR_1: i64 = -62_135_596_800;
    let seconds = |time: Option<DateTime<Utc>>| time.map_or(YEAR_1, |time| time.timestamp());
    let duration = seconds(ended) - seconds(started);
    if images > 1 { duration } else { duration.max(0) }
}

/// The severity that Harbor makes of a scanner's word.
pub(super) fn known_severity(severity: &str) -> &'static str {
    match severity {
        "None" | "Negligible" => "None",
        "Low" => "Low",
        "Medium" => "Medium",
        "High" => "High",
        "Critical" => "Critical",
        _ => "Unknown",
    }
}

/// A UUID that follows from the digest, so that it is the same in every run.
fn report_id(digest: &str) -> String {
    let hex = super::artifact::digest_of(digest.as_bytes());
    let hex = hex.trim_start_matches("sha256:");
    format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}
