//! The parts of the page, with their texts as they are shown.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::chart::Trend;
use super::data::reason_words;
use crate::analysis::Upgrade;
use crate::export::overview::{
    Count, CveLine, FindingViolation, ImageLine, Overview, SuppressedLine, Violations, day, minute, percent, plural,
    reason,
};
use crate::export::visible::cut;
use crate::failure;
use crate::inventory::{Current, Inventory, TrendPoint};
use crate::judge::{Assessed, Exploitation, Knowledge, Likelihood, Verdict};
use crate::model::Severity;
use crate::version::Confidence;

/// How many lines a list has that is only to show the worst.
pub(super) const TOP: usize = 15;
/// How many lines a list has that is to be read as a whole.
pub(super) const LIST: usize = 100;
/// How many findings are in the page without JavaScript.
pub(super) const STATIC_ROWS: usize = 50;
/// How many registries have a chart, and how many snapshots a line in the table.
const TREND_REGISTRIES: usize = 8;
const TREND_ROWS: usize = 12;
/// How long a text in a cell may be, in characters.
const TEXT: usize = 200;
const FAILURE: usize = 1000;
/// How many projects stand in a cell.
const NAMES: usize = 4;

/// Where the data comes from.
pub(super) struct SourceLine<'a> {
    pub(super) current: &'a Current,
    pub(super) read: String,
    pub(super) states: String,
}

/// The snapshots of a registry.
pub(super) struct TrendSection<'a> {
    pub(super) registry: &'a str,
    pub(super) chart: Option<Trend>,
    /// The newest first.
    pub(super) points: Vec<TrendLine>,
    /// How many older ones are not in the table.
    pub(super) older: usize,
}

/// A snapshot.
pub(super) struct TrendLine {
    pub(super) time: String,
    pub(super) complete: bool,
    pub(super) images: Count,
    pub(super) findings: Count,
    pub(super) critical: Count,
    pub(super) high: Count,
    pub(super) medium: Count,
    pub(super) low: Count,
    pub(super) fixable: Count,
}

/// A vulnerability to look at.
pub(super) struct CveRow {
    pub(super) id: String,
    /// The identifier as it stands in an address.
    pub(super) fragment: String,
    pub(super) severity: Severity,
    /// Until when it is due, or what else there is to say of its exploitation; `None` where it is not listed.
    pub(super) exploited: Option<String>,
    pub(super) epss: Option<String>,
    pub(super) cvss: Option<String>,
    pub(super) images: Count,
    pub(super) fixable: bool,
    pub(super) packages: String,
    pub(super) projects: String,
    pub(super) suppressed: Option<String>,
}

/// An image that is worse than others.
pub(super) struct ImageRow {
    pub(super) name: String,
    pub(super) critical: Count,
    pub(super) high: Count,
    pub(super) medium: Count,
    pub(super) low: Count,
    pub(super) other: Count,
    pub(super) fixable: Count,
    pub(super) exploited: Count,
}

/// An upgrade that removes findings.
pub(super) struct UpgradeRow {
    pub(super) package: String,
    pub(super) version: String,
    pub(super) target: String,
    pub(super) findings: Count,
    pub(super) images: Count,
    pub(super) severity: Severity,
    pub(super) comparison: String,
}

/// A finding in an image.
pub(super) struct FindingRow {
    pub(super) severity: Severity,
    pub(super) id: String,
    pub(super) exploited: Option<bool>,
    pub(super) epss: Option<String>,
    pub(super) cvss: Option<String>,
    pub(super) package: String,
    pub(super) version: String,
    pub(super) fix: String,
    pub(super) image: String,
    pub(super) first_seen: Option<String>,
    pub(super) suppressed: Option<String>,
    /// The rule and what of it is fulfilled, where it is a violation.
    pub(super) rule: Option<(String, String)>,
}

/// What is against the policy.
pub(super) struct ViolationsSection<'a> {
    pub(super) verdict: &'a Verdict<'a>,
    pub(super) findings: Vec<FindingRow>,
    pub(super) all_findings: Remainder,
    pub(super) without_report: usize,
    pub(super) not_read: usize,
    pub(super) excused: Vec<FindingRow>,
    pub(super) all_excused: Remainder,
}

/// Findings of one vulnerability that are suppressed for one reason.
pub(super) struct SuppressedRow {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) reason: String,
    pub(super) until: String,
    pub(super) findings: Count,
}

/// Images without a report, for one reason.
pub(super) struct WithoutReport {
    pub(super) reason: &'static str,
    pub(super) total: usize,
    pub(super) names: Vec<String>,
}

/// What stands for several things that are not all shown.
pub(super) struct Remainder {
    pub(super) shown: usize,
    pub(super) total: usize,
}

impl Remainder {
    /// The words under a list that is not whole; `None` under one that is.
    pub(super) fn words(&self, thing: &str) -> Option<String> {
        (self.shown < self.total).then(|| format!("{} of {} shown.", Count(self.shown), plural(self.total, thing)))
    }
}

pub(super) fn sources<'a>(inventory: &'a Inventory) -> Vec<SourceLine<'a>> {
    let line = |current: &'a Current| {
        let Current { source, summary, .. } = current;
        let read = match source.finished_at {
            Some(end) => format!("{} to {}", minute(source.started_at), minute(end)),
            None => format!("{}, broken off before its end", minute(source.started_at)),
        };
        let states = if summary.states.total() == 0 { "no reports".to_owned() } else { summary.states.to_string() };
        SourceLine { current, read, states }
    };
    inventory.current().iter().map(line).collect()
}

/// What is known besides, each with its name and date, or what it means that it is not there.
pub(super) fn knowledge(knowledge: &Knowledge) -> [(&'static str, String); 3] {
    let kev = match &knowledge.kev {
        Some(kev) => format!("catalogue {}, released {}", kev.version, kev.released),
        None => "not given: which vulnerabilities are exploited is not known".to_owned(),
    };
    let epss = match &knowledge.epss {
        Some(epss) => format!("scores of {}, model {}", epss.date, epss.model),
        None => "not given: how likely exploitation is, is not known".to_owned(),
    };
    let vex = match knowledge.vex.as_slice() {
        [] => "not given".to_owned(),
        documents => {
            let ids: Vec<_> = documents.iter().map(|vex| cut(&vex.id, TEXT)).take(NAMES).collect();
            format!("{}: {}", plural(documents.len(), "document"), some(&ids, documents.len()))
        }
    };
    [("CISA KEV", kev), ("FIRST EPSS", epss), ("VEX", vex)].map(|(name, words)| (name, words))
}

/// The snapshots of the registries that have several.
pub(super) fn trends(inventory: &Inventory) -> (Vec<TrendSection<'_>>, Remainder) {
    let mut by_registry: BTreeMap<&str, Vec<&TrendPoint>> = BTreeMap::new();
    for point in inventory.trend() {
        by_registry.entry(&point.registry).or_default().push(point);
    }
    by_registry.retain(|_, points| points.len() > 1);
    let all = Remainder { shown: by_registry.len().min(TREND_REGISTRIES), total: by_registry.len() };
    let section = |(registry, points): (_, Vec<&TrendPoint>)| TrendSection {
        registry,
        chart: Trend::of(&points),
        points: points.iter().rev().take(TREND_ROWS).map(|point| TrendLine::of(point)).collect(),
        older: points.len().saturating_sub(TREND_ROWS),
    };
    (by_registry.into_iter().take(TREND_REGISTRIES).map(section).collect(), all)
}

impl TrendLine {
    fn of(point: &TrendPoint) -> Self {
        let [critical, high, medium, low] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
            .map(|severity| Count(point.severities.get(severity)));
        Self {
            time: minute(point.time),
            complete: point.complete,
            images: Count(point.counts.artifacts),
            findings: Count(point.counts.findings),
            fixable: Count(point.counts.fixable),
            critical,
            high,
            medium,
            low,
        }
    }
}

impl CveRow {
    pub(super) fn of(line: &CveLine<'_>) -> Self {
        let CveLine { cve, exploited, epss, suppressed } = line;
        let packages: Vec<_> = cve.packages.iter().map(|name| cut(name, TEXT)).take(NAMES).collect();
        let projects: Vec<_> = cve.projects.iter().map(|name| cut(name, TEXT)).take(NAMES).collect();
        let of_findings = |count| format!("{} of {} suppressed", Count(count), plural(cve.findings, "finding"));
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
            packages: some(&packages, cve.packages.len()),
            projects: some(&projects, cve.projects.len()),
            suppressed: (*suppressed > 0).then(|| of_findings(*suppressed)),
        }
    }
}

impl ImageRow {
    pub(super) fn of(overview: &Overview<'_>, image: &ImageLine<'_>) -> Self {
        let [critical, high, medium, low] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
            .map(|severity| Count(image.get(severity)));
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
    pub(super) fn of(upgrade: &Upgrade<'_>) -> Self {
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
    pub(super) fn of(overview: &Overview<'_>, assessed: &Assessed<'_>) -> Self {
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

impl<'a> ViolationsSection<'a> {
    pub(super) fn new(overview: &Overview<'_>, violations: &Violations<'a>) -> Self {
        let Violations { verdict, findings, all_findings, without_report, not_read, excused } = violations;
        let row = |violation: &FindingViolation<'_>| FindingRow {
            rule: Some((cut(violation.rule, TEXT).into_owned(), cut(violation.reason, TEXT).into_owned())),
            ..FindingRow::of(overview, violation.assessed)
        };
        Self {
            verdict,
            findings: findings.iter().map(row).collect(),
            all_findings: Remainder { shown: findings.len(), total: *all_findings },
            without_report: without_report.len(),
            not_read: not_read.len(),
            excused: excused.iter().map(row).collect(),
            all_excused: Remainder { shown: excused.len(), total: verdict.excused.len() },
        }
    }

    /// What was decided, in one sentence.
    pub(super) fn decision(&self) -> String {
        let judged =
            format!("{} in {}", plural(self.verdict.findings, "finding"), plural(self.verdict.artifacts, "image"));
        let decided = match self.verdict.violations.len() {
            0 => format!("Nothing is against the policy in {judged}"),
            total => format!("{} against the policy in {judged}", plural(total, "violation")),
        };
        let unknown = if self.verdict.incomplete { ", and nobody knows about what could not be read" } else { "" };
        format!("{decided}{unknown}.")
    }
}

impl SuppressedRow {
    pub(super) fn of(line: &SuppressedLine<'_>) -> Self {
        let text = |text| cut(text, TEXT).into_owned();
        Self {
            id: text(line.id),
            source: text(&line.source),
            reason: if line.reason.is_empty() { "none given".to_owned() } else { text(&line.reason) },
            until: line.expires_at.map_or_else(|| "for ever".to_owned(), day),
            findings: Count(line.findings),
        }
    }
}

/// What could not be read, each thing once, with its registry where there are several.
pub(super) fn failures(inventory: &Inventory) -> (Vec<String>, Remainder) {
    let several = inventory.current().len() > 1;
    let notes = inventory.current().iter().flat_map(|current| {
        let registry = &current.source.registry;
        let place = if several { format!("{registry}: ") } else { String::new() };
        failure::notes(&current.failures).into_iter().map(move |note| format!("{place}{note}"))
    });
    let notes: Vec<_> = notes.collect();
    let shown: Vec<_> = notes.iter().take(LIST).map(|note| cut(note, FAILURE).into_owned()).collect();
    let all = Remainder { shown: shown.len(), total: notes.len() };
    (shown, all)
}

/// The registries by name, for the title.
pub(super) fn registries(inventory: &Inventory) -> String {
    let current = inventory.current();
    let names: Vec<_> = current.iter().map(|current| &current.source.registry).take(NAMES).collect();
    if names.is_empty() { "no registry".to_owned() } else { some(&names, current.len()) }
}

/// The images without a report, by reason, with so many names each as can be read.
pub(super) fn without_report(overview: &Overview<'_>) -> Vec<WithoutReport> {
    let mut groups: Vec<_> = overview.gaps.without_report.iter().map(WithoutReport::new).collect();
    for info in overview.inventory().report() {
        let Some(group) = reason(&info.state).and_then(|words| groups.iter_mut().find(|group| group.reason == words))
        else {
            continue;
        };
        if group.names.len() < LIST {
            group.names.push(overview.name(&info.artifact));
        }
    }
    groups
}

impl WithoutReport {
    fn new((reason, total): &(&'static str, usize)) -> Self {
        Self { reason, total: *total, names: Vec::new() }
    }

    /// How many are not named.
    pub(super) fn more(&self) -> Count {
        Count(self.total - self.names.len())
    }
}

fn confidence_words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Weak => "a weak guess",
        Confidence::Likely => "likely",
        Confidence::Given => "given",
    }
}

/// The first few of several names.
fn some(names: &[impl AsRef<str>], total: usize) -> String {
    let shown = names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    match total.saturating_sub(names.len()) {
        0 => shown,
        more => format!("{shown} and {} more", Count(more)),
    }
}

fn score(score: f64) -> String {
    format!("{score:.1}")
}
