//! Scans of artifacts: started, stopped, and their logs.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::http::{Answer, Asked, Call, Outcome};
use crate::registry::{Artifact, MEDIA_TYPE, Project, Registry, Repository, Scanner};
use crate::version::HarborVersion;
use crate::wire::errors::Refusal;
use crate::wire::{base64, body, text};

/// What a scanner is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ScanType {
    Vulnerability,
    Sbom,
}

#[derive(Deserialize)]
struct ScanTypeBody {
    #[serde(default)]
    scan_type: String,
}

/// The images that a scan concerns.
struct Target {
    project: String,
    repository: String,
    images: Vec<Arc<str>>,
}

/// Starts a scan.
pub(crate) fn start(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let kind = match asked.body.is_empty() {
        true => ScanType::Vulnerability,
        false => scan_type(asked)?,
    };
    let target = {
        let call = asked.of(registry);
        let permission = if kind == ScanType::Sbom { "sbom:create" } else { "scan:create" };
        let (project, repository, artifact) = super::find(&call, permission)?;
        let scanner = usable_scanner(registry, project)?;
        if !registry.can_scan(project, repository, artifact) {
            return Err(Refusal::bad_request(format!(
                "the configured scanner {} does not support scanning artifact with mime type {}",
                scanner.name,
                artifact.manifest_media_type()
            )));
        }
        Target::of(registry, project, repository, artifact)
    };
    match kind {
        ScanType::Vulnerability => registry
            .start_scans(&target.images)
            .map_err(|status| Refusal::conflict(format!("a previous scan process is {status}")))?,
        ScanType::Sbom => {
            if !registry.start_sboms(&target.project, &target.repository, &target.images) {
                return Err(Refusal::conflict("a previous sbom generate process is running"));
            }
        }
    }
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

/// Stops a scan. One that has ended is not touched, but it must have been there.
pub(crate) fn stop(registry: &mut Registry, asked: &Asked<'_>) -> Outcome {
    let kind = scan_type(asked)?;
    let target = {
        let call = asked.of(registry);
        let permission = if kind == ScanType::Sbom { "sbom:stop" } else { "scan:stop" };
        let (project, repository, artifact) = super::find(&call, permission)?;
        let target = Target::of(registry, project, repository, artifact);
        let is_known = |digest: &Arc<str>| match kind {
            ScanType::Vulnerability => registry.scan(digest).status().is_some(),
            ScanType::Sbom => repository.artifact(digest).is_some_and(|image| image.sbom.is_some()),
        };
        if !target.images.iter().any(is_known) {
            return Err(Refusal::bad_request(format!("no scan job for artifact digest={}", artifact.digest())));
        }
        target
    };
    match kind {
        ScanType::Vulnerability => registry.stop_scans(&target.images),
        ScanType::Sbom => registry.stop_sboms(&target.project, &target.repository, &target.images),
    }
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

/// Answers the log of a scan, or the logs of the scans of an index one after another.
pub(crate) fn log(call: &Call<'_>) -> Outcome {
    let (_, repository, artifact) = super::find(call, "scan:read")?;
    let asked_for = call.asked.argument("report_id");
    // The id of an index is made of those of its images.
    let decoded = base64::decode(asked_for).and_then(|bytes| String::from_utf8(bytes).ok());
    let ids = decoded.as_deref().filter(|text| text.split('|').all(is_uuid)).unwrap_or(asked_for);
    if let Some(id) = ids.split('|').find(|id| !is_uuid(id)) {
        return Err(Refusal::bad_request(format!("bad request: invalid UUID {id}")));
    }
    let images = call.registry.images(repository, artifact);
    let logs = ids.split('|').filter_map(|id| {
        let image = images.iter().find(|image| call.registry.report_id(image.digest()) == id)?;
        Some((id, log_of(call.registry, repository, image)?))
    });
    let logs: Vec<_> = logs.collect();
    match logs.as_slice() {
        [] => Err(Refusal::not_found(format!("report with uuid {asked_for} does not exist"))),
        [(_, log)] => text::log(call.asked.headers, log),
        logs => {
            let titled = logs.iter().map(|(id, log)| format!("---------- Logs of report {id} ----------\n{log}"));
            text::log(call.asked.headers, &titled.collect::<Vec<_>>().join("\n\n\n\n"))
        }
    }
}

impl Target {
    fn of(registry: &Registry, project: &Project, repository: &Repository, artifact: &Artifact) -> Self {
        let images = registry.images(repository, artifact).into_iter();
        Self {
            project: project.name().to_owned(),
            repository: repository.name().to_owned(),
            images: images.map(|image| Arc::clone(&image.digest)).collect(),
        }
    }
}

/// The scanner of a project, which must be switched on.
fn usable_scanner<'a>(registry: &'a Registry, project: &Project) -> Result<&'a Scanner, Refusal> {
    let missing = || Refusal::precondition(format!("no available scanner for project: {}", project.id));
    let scanner = registry.scanner_of(project).ok_or_else(missing)?;
    match scanner.disabled {
        true => Err(Refusal::precondition(format!("scanner {} is deactivated", scanner.name))),
        false => Ok(scanner),
    }
}

fn scan_type(asked: &Asked<'_>) -> Result<ScanType, Refusal> {
    // Before there were SBOMs, there was nothing to choose.
    if asked.version < HarborVersion::V2_11 {
        return Ok(ScanType::Vulnerability);
    }
    let body: Option<ScanTypeBody> = asked.body("scanType", "ScanType")?;
    match body.map(|body| body.scan_type).as_deref() {
        None | Some("" | "vulnerability") => Ok(ScanType::Vulnerability),
        Some("sbom") => Ok(ScanType::Sbom),
        Some(_) => Err(body::invalid("scan_type in body should be one of [vulnerability sbom]")),
    }
}

fn is_uuid(text: &str) -> bool {
    let is_hyphen = |position: usize| matches!(position, 8 | 13 | 18 | 23);
    let fits = |(position, byte): (usize, u8)| match is_hyphen(position) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// The log of an image's scan, once the scanner has begun.
fn log_of(registry: &Registry, repository: &Repository, image: &Artifact) -> Option<String> {
    let (started, ended) = registry.scan_times(image.digest(), image.pushed);
    // Logs tell whole seconds.
    let text = |time: DateTime<Utc>| time.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let started = text(started?);
    let mut log = format!(
        "{started} [INFO] [/pkg/scan/job.go:396]: {{\n  \"repository\": \"{}\",\n  \"digest\": \"{}\",\n  \"mime_type\": \"{}\"\n}}\n\
         {started} [INFO] [/pkg/scan/job.go:172]: Report mime types: [{MEDIA_TYPE}]\n\
         {started} [INFO] [/pkg/scan/job.go:229]: Get report for mime type: {MEDIA_TYPE}\n",
        repository.full_name,
        image.digest(),
        image.manifest_media_type(),
    );
    let ended = ended.map(text).unwrap_or_default();
    match registry.scan(image.digest()).status() {
        Some("Error") => log.push_str(&format!(
            "{ended} [ERROR] [/pkg/scan/job.go:294]: scan job: fetch scan report, mimetype {MEDIA_TYPE}: \
             general response handler: unexpected status code: 500, expected: 200\n"
        )),
        Some("Success") => log.push_str(&format!("{ended} [INFO] [/pkg/scan/job.go:341]: Scan job done\n")),
        _ => {}
    }
    Some(log)
}
