//! The numbers of the whole registry.

use std::cmp::{Ordering, Reverse};
use std::collections::HashSet;

use serde::Serialize;

use super::{artifacts, images};
use crate::http::{Call, Outcome};
use crate::registry::{Record, Records, SeverityCounts};
use crate::resources::artifacts::ArtifactRow;
use crate::wire::database_sort::Sorter;
use crate::wire::json;

/// How many of the most dangerous there are.
const MOST_DANGEROUS: usize = 5;

#[derive(Serialize)]
struct Summary<'a> {
    critical_cnt: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dangerous_artifacts: Vec<DangerousArtifact<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dangerous_cves: Vec<DangerousFinding<'a>>,
    fixable_cnt: usize,
    #[serde(skip_serializing_if = "json::is_zero")]
    high_cnt: usize,
    low_cnt: usize,
    medium_cnt: usize,
    #[serde(skip_serializing_if = "json::is_zero")]
    none_cnt: usize,
    scanned_cnt: usize,
    total_artifact: usize,
    total_vuls: usize,
    #[serde(skip_serializing_if = "json::is_zero")]
    unknown_cnt: usize,
}

#[derive(Serialize)]
struct DangerousArtifact<'a> {
    critical_cnt: usize,
    digest: &'a str,
    high_cnt: usize,
    medium_cnt: usize,
    project_id: i64,
    repository_name: &'a str,
}

#[derive(Serialize)]
struct DangerousFinding<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    cve_id: &'a str,
    #[serde(skip_serializing_if = "json::is_no_score", serialize_with = "json::serialize_score")]
    cvss_score_v3: Option<f64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    package: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    severity: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'a str,
}

/// Answers how many findings of which severity there are, and which images and findings are the most dangerous.
///
/// Images count as often as repositories hold them, and findings as often as the scanner's report holds them.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_system("security-hub:read")?;
    let images = images(call.registry, |_| true);
    let counted: Vec<_> = images.iter().map(|row| (*row, call.registry.severity_counts(row.artifact))).collect();
    let mut sum = SeverityCounts::default();
    for (_, counts) in &counted {
        sum.add(counts);
    }
    let mut records = Records::new(call.registry);
    let wanted = |flag: &str| call.asked.parameters.flag(flag, false);
    json::answer(&Summary {
        critical_cnt: sum.critical,
        dangerous_artifacts: if wanted("with_dangerous_artifact") { dangerous_artifacts(&counted) } else { Vec::new() },
        dangerous_cves: match wanted("with_dangerous_cve") {
            true => dangerous_findings(&images, &mut records),
            false => Vec::new(),
        },
        fixable_cnt: sum.fixable,
        high_cnt: sum.high,
        low_cnt: sum.low,
        medium_cnt: sum.medium,
        none_cnt: sum.none,
        scanned_cnt: images.iter().filter(|row| call.registry.scan(row.artifact.digest()).status().is_some()).count(),
        // Accessories are artifacts, too.
        total_artifact: match call.registry.scanners().default_scanner() {
            Some(_) => artifacts(call.registry).count(),
            // Without a default scanner nothing is counted at all.
            None => 0,
        },
        total_vuls: sum.total(),
        unknown_cnt: sum.unknown,
    })
}

fn dangerous_artifacts<'a>(counted: &[(ArtifactRow<'a>, SeverityCounts)]) -> Vec<DangerousArtifact<'a>> {
    let rank = |counts: &SeverityCounts| Reverse([counts.critical, counts.high, counts.medium, counts.low]);
    let mut sorter = Sorter::new(MOST_DANGEROUS, |left: &usize, right: &usize| {
        rank(&counted[*left].1).cmp(&rank(&counted[*right].1))
    });
    let dangerous = |counts: &SeverityCounts| counts.critical + counts.high + counts.medium + counts.low > 0;
    let positions = counted.iter().enumerate().filter(|(_, (_, counts))| dangerous(counts));
    positions.for_each(|(position, _)| sorter.push(position));
    let rows = sorter.finish().into_iter().map(|position| &counted[position]);
    let rows = rows.map(|(row, counts)| DangerousArtifact {
        critical_cnt: counts.critical,
        digest: row.artifact.digest(),
        high_cnt: counts.high,
        medium_cnt: counts.medium,
        project_id: row.project.id,
        repository_name: &row.repository.full_name,
    });
    rows.collect()
}

fn dangerous_findings<'a>(images: &[ArtifactRow<'_>], records: &'a mut Records<'_>) -> Vec<DangerousFinding<'a>> {
    let mut positions = Vec::new();
    let mut seen = HashSet::new();
    for image in images {
        positions.extend(records.of(image.artifact).into_iter().filter(|position| seen.insert(*position)));
    }
    // What several reports hold under one key is one row of the database.
    let mut keys = HashSet::new();
    let mut sorter = Sorter::new(MOST_DANGEROUS, worst_first);
    for record in positions.into_iter().map(|position| records.get(position)) {
        if record.score.is_some() && keys.insert((&record.id, &record.package, &record.version)) {
            sorter.push(record);
        }
    }
    let rows = sorter.finish().into_iter().map(|record| DangerousFinding {
        cve_id: &record.id,
        cvss_score_v3: record.score,
        package: &record.package,
        severity: &record.severity,
        version: &record.version,
    });
    rows.collect()
}

/// By score, then by severity; a word that is no severity comes before all others, as nothing does in the database.
fn worst_first(left: &&Record, right: &&Record) -> Ordering {
    let level = |record: &Record| match record.severity.as_str() {
        "Critical" => 1,
        "High" => 2,
        "Medium" => 3,
        "Low" => 4,
        "None" => 5,
        "Unknown" => 6,
        _ => 0,
    };
    let score = |record: &Record| record.score.unwrap_or_default();
    score(right).total_cmp(&score(left)).then_with(|| level(left).cmp(&level(right)))
}
