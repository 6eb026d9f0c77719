//! What lists show, with texts of a length that can be read.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::tally::source_words;
use super::words::{day, percent};
use super::{CveLine, FindingViolation, ImageLine, Overview, SuppressedLine};
use crate::analysis::Upgrade;
use crate::judge::{Assessed, Exploitation, Likelihood};
use crate::model::Severity;
use crate::text::{Count, counted, cut, some_of};
use crate::version::Confidence;

/// How long a text may be, in characters.
pub(super) const TEXT: usize = 200;
/// How many names stand in a row.
pub(super) const NAMES: usize = 4;

/// A vulnerability to look at.
pub(in crate::export) struct CveRow {
    pub(in crate::export) id: String,
    /// The identifier as it stands in an address.
    pub(in crate::export) fragment: String,
    pub(in crate::export) severity: Severity,
    /// Until when it is due, or what else there is to say of its exploitation; `None` where it is not listed.
    pub(in crate::export) exploited: Option<String>,
    pub(in crate::export) epss: Option<String>,
    pub(in crate::export) cvss: Option<String>,
    pub(in crate::export) images: Count,
    pub(in crate::export) fixable: bool,
    pub(in crate::export) packages: String,
    pub(in crate::export) projects: String,
    pub(in crate::export) suppressed: Option<String>,
}

/// An image that is worse than others.
pub(in crate::export) struct ImageRow {
    pub(in crate::export) name: String,
    pub(in crate::export) critical: Count,
    pub(in crate::export) high: Count,
    pub(in crate::export) medium: Count,
    pub(in crate::export) low: Count,
    pub(in crate::export) other: Count,
    pub(in crate::export) fixable: Count,
    pub(in crate::export) exploited: Count,
}

/// An upgrade that removes findings.
pub(in crate::export) struct UpgradeRow {
    pub(in crate::export) package: String,
    pub(in crate::export) version: String,
    pub(in crate::export) target: String,
    pub(in crate::export) findings: Count,
    pub(in crate::export) images: Count,
    pub(in crate::export) severity: Severity,
    pub(in crate::export) comparison: String,
}

/// A finding in an image.
pub(in crate::export) struct FindingRow {
    pub(in crate::export) severity: Severity,
    pub(in crate::export) id: String,
    pub(in crate::export) exploited: Option<bool>,
    pub(in crate::export) epss: Option<String>,
    pub(in crate::export) cvss: Option<String>,
    pub(in crate::export) package: String,
    pub(in crate::export) version: String,
    pub(in crate::export) fix: String,
    pub(in crate::export) image: String,
    pub(in crate::export) first_seen: Option<String>,
    pub(in crate::export) suppressed: Option<String>,
    /// The rule and what of it is fulfilled, where it is a violation.
    pub(in crate::export) rule: Option<(String, String)>,
}

/// Findings of one vulnerability that are suppressed for one reason.
pub(in crate::export) struct SuppressedRow {
    pub(in crate::export) id: String,
    pub(in crate::export) source: String,
    pub(in crate::export) reason: String,
    pub(in crate::export) ends: String,
    pub(in crate::export) findings: Count,
}

impl CveRow {
    pub(in crate::export) fn of(line: &CveLine<'_>) -> Self {
        let CveLine { cve, exploited, epss, suppressed } = line;
        let of_findings = |count| format!("{} of {} suppressed", Count(count), counted(cve.findings, "finding"));
        Self {
            id: cut(cve.id, TEXT).into_owned(),
            fragment: utf8_percent_encode(&cut(cve.id, TEXT), NON_ALPHANUMERIC).to_string(),
            severity: cve.severity,
            exploited: exploited.map(|entry| {
                let ransomware = if entry.ransomware { ", used for ransomware" } else { "" };
                format!("since {}{ransomware}", entry.added)
            }),
            epss: epss.map(|score| percent(score.probability)),
            cvss: cve.cvss_score.map(score),
            images: Count(cve.artifacts),
            fixable: cve.fixable,
            packages: some_of(cve.packages.iter().map(|name| cut(name, TEXT)), NAMES),
            projects: some_of(cve.projects.iter().map(|name| cut(name, TEXT)), NAMES),
            suppressed: (*suppressed > 0).then(|| of_findings(*suppressed)),
        }
    }
}

impl ImageRow {
    pub(in crate::export) fn of(overview: &Overview<'_>, image: &ImageLine<'_>) -> Self {
        let [critical, high, medium, low] = Severity::COLUMNS.map(|severity| Count(image.get(severity)));
        Self {
            name: overview.name(&image.info.artifact),
            critical,
            high,
            medium,
            low,
            other: Count(image.others()),
            fixable: Count(image.fixable),
            exploited: Count(image.exploited),
        }
    }
}

impl UpgradeRow {
    pub(in crate::export) fn of(upgrade: &Upgrade<'_>) -> Self {
        let text = |text| cut(text, TEXT).into_owned();
        Self {
            package: text(upgrade.package),
            version: text(upgrade.version),
            target: text(upgrade.target),
            findings: Count(upgrade.affected.findings),
            images: Count(upgrade.affected.artifacts.len()),
            severity: upgrade.affected.severity,
            comparison: format!("{}, {}", upgrade.scheme, confidence_words(upgrade.confidence)),
        }
    }
}

impl FindingRow {
    pub(in crate::export) fn of(overview: &Overview<'_>, assessed: &Assessed<'_>) -> Self {
        let finding = assessed.finding.get();
        let text = |text| cut(text, TEXT).into_owned();
        Self {
            severity: finding.severity(),
            id: text(finding.id()),
            exploited: match assessed.exploitation {
                Exploitation::Known(_) => Some(true),
                Exploitation::NotListed => Some(false),
                Exploitation::Unknown => None,
            },
            epss: match assessed.likelihood {
                Likelihood::Scored(score) => Some(percent(score.probability)),
                Likelihood::NotScored | Likelihood::Unknown => None,
            },
            cvss: finding.cvss_score().map(score),
            package: text(finding.package()),
            version: text(finding.version()),
            fix: text(finding.fix_version()),
            image: overview.name(&assessed.info.artifact),
            first_seen: assessed.first_seen.map(day),
            suppressed: assessed.is_suppressed().then(|| reason_words(assessed)),
            rule: None,
        }
    }
}

impl FindingRow {
    pub(in crate::export) fn of_violation(overview: &Overview<'_>, violation: &FindingViolation<'_>) -> Self {
        let FindingViolation { assessed, rule, reason } = violation;
        let text = |text| cut(text, TEXT).into_owned();
        Self { rule: Some((text(rule), text(reason))), ..Self::of(overview, assessed) }
    }
}

impl SuppressedRow {
    pub(in crate::export) fn of(line: &SuppressedLine<'_>) -> Self {
        let text = |text| cut(text, TEXT).into_owned();
        Self {
            id: text(line.id),
            source: text(&line.source),
            reason: if line.reason.is_empty() { "none given".to_owned() } else { text(&line.reason) },
            ends: line.expires_at.map_or_else(|| "never".to_owned(), day),
            findings: Count(line.findings),
        }
    }
}

/// Why a finding does not count: every reason, with its source.
pub(in crate::export) fn reason_words(assessed: &Assessed<'_>) -> String {
    let words = assessed.suppressions.iter().map(|suppression| {
        let source = source_words(&suppression.source);
        let reason = if suppression.reason.is_empty() { String::new() } else { format!(": {}", suppression.reason) };
        let ends = suppression.expires_at.map(|end| format!(" (ends {})", day(end))).unwrap_or_default();
        format!("{source}{reason}{ends}")
    });
    cut(&words.collect::<Vec<_>>().join("; "), 2 * TEXT).into_owned()
}

fn score(score: f64) -> String {
    format!("{score:.1}")
}

fn confidence_words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Weak => "a weak guess",
        Confidence::Likely => "likely",
        Confidence::Given => "given",
    }
}
