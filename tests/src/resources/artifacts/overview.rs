//! The overviews of an artifact: what its scans found, and where its SBOM stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{ArtifactRow, reports};
use crate::http::Call;
use crate::registry::{MEDIA_TYPE, Scanner};
use crate::wire::{json, time};

/// What the scans of an artifact amount to.
#[derive(Serialize)]
pub(super) struct Overview {
    #[serde(skip_serializing_if = "json::is_zero")]
    complete_percent: i64,
    #[serde(skip_serializing_if = "json::is_zero")]
    duration: i64,
    #[serde(serialize_with = "time::serialize_optional")]
    end_time: Option<DateTime<Utc>>,
    report_id: String,
    scan_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<String>,
    #[serde(serialize_with = "time::serialize_optional")]
    start_time: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<OverviewSummary>,
}

/// Where the SBOM of an artifact stands.
#[derive(Serialize)]
pub(super) struct SbomOverview<'a> {
    #[serde(skip_serializing_if = "json::is_zero")]
    duration: i64,
    #[serde(serialize_with = "time::serialize_optional")]
    end_time: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sbom_digest: Option<&'a str>,
    scan_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scanner: Option<Value>,
    #[serde(serialize_with = "time::serialize_optional")]
    start_time: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
struct OverviewSummary {
    fixable: usize,
    summary: BTreeMap<&'static str, usize>,
    total: usize,
}

/// The overview of the scans, where the caller asks for it and there is one.
pub(super) fn vulnerabilities(call: &Call<'_>, row: ArtifactRow<'_>) -> Option<BTreeMap<&'static str, Overview>> {
    if !is_wanted(call, row, "with_scan_overview") || !reports::accepts_reports(call) {
        return None;
    }
    let summary = call.registry.summary(row.repository, row.artifact)?;
    let (severity, scanner, numbers) = match summary.counts {
        Some(counts) => {
            let numbers = OverviewSummary { fixable: counts.fixable, summary: counts.by_severity, total: counts.total };
            (Some(counts.severity), counts.scanner, Some(numbers))
        }
        None => (None, None, None),
    };
    let overview = Overview {
        complete_percent: summary.complete_percent,
        duration: summary.duration,
        end_time: summary.ended,
        report_id: summary.report_id,
        scan_status: summary.status,
        scanner,
        severity,
        start_time: summary.started,
        summary: numbers,
    };
    Some(BTreeMap::from([(MEDIA_TYPE, overview)]))
}

/// The overview of the SBOM, where the caller asks for it and there is one.
pub(super) fn sbom<'a>(call: &Call<'_>, row: ArtifactRow<'a>) -> Option<SbomOverview<'a>> {
    if !is_wanted(call, row, "with_sbom_overview") || !call.asked.version.has_addition("sbom") {
        return None;
    }
    let sbom = row.artifact.sbom.as_ref()?;
    let duration = sbom.started.zip(sbom.ended).map_or(0, |(started, ended)| (ended - started).num_seconds());
    Some(SbomOverview {
        duration,
        end_time: sbom.ended,
        sbom_digest: sbom.digest.as_deref(),
        scan_status: sbom.status,
        scanner: sbom.digest.as_ref().map(|_| Scanner::usual_identity()),
        start_time: sbom.started,
    })
}

/// Whether the caller asks for an overview, and the scanner is there and knows the type.
fn is_wanted(call: &Call<'_>, row: ArtifactRow<'_>, flag: &str) -> bool {
    call.asked.parameters.flag(flag, false) && call.registry.can_scan(row.project, row.repository, row.artifact)
}
