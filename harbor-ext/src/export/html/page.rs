//! The page as a whole.

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::chart::{self, Bar};
use super::data::{self, FindingRows};
use super::policy::ViolationsSection;
use super::trends::{self, TrendSection};
use super::{LIST, TOP};
use crate::export::ExportError;
use crate::export::overview::{
    self, CveRow, FindingRow, ImageRow, Overview, Remainder, SeverityLine, SourceLine, SuppressedRow, UpgradeRow,
    WithoutReport, minute,
};
use crate::text::Count;

const STYLE: &str = include_str!("../../../templates/report.css");
const SCRIPT: &str = include_str!("../../../templates/report.js");

/// How many findings are in the page without JavaScript.
const STATIC_ROWS: usize = 50;

/// The page; `templates/report.html` puts its parts in order.
#[derive(Template)]
#[template(path = "report.html")]
pub(super) struct Page<'a> {
    overview: &'a Overview<'a>,
    style: &'static str,
    script: &'static str,
    security_policy: String,
    time: String,
    registries: String,
    tiles: Vec<Tile>,
    bars: Vec<Bar<'a>>,
    trends: Vec<TrendSection>,
    all_trends: Remainder,
    cves: Vec<CveRow>,
    all_cves: Remainder,
    images: Vec<ImageRow>,
    upgrades: Vec<UpgradeRow>,
    all_upgrades: Remainder,
    not_comparable: Count,
    not_fixable: Count,
    policy: Option<ViolationsSection<'a>>,
    suppressed: Vec<SuppressedRow>,
    all_suppressed: Remainder,
    without_report: Vec<WithoutReport>,
    failures: Vec<String>,
    all_failures: Remainder,
    sources: Vec<SourceLine<'a>>,
    knowledge: [(&'static str, String); 3],
    notes: &'a [String],
    all_notes: Remainder,
    findings: Vec<FindingRow>,
    has_first_seen: bool,
    has_suppressed: bool,
    all_findings: Remainder,
    all_images: Remainder,
    findings_json: String,
    images_json: String,
}

/// A number at the top of the page.
pub(super) struct Tile {
    name: &'static str,
    value: String,
    note: String,
    /// The word for its colour, if any.
    class: &'static str,
}

impl<'a> Page<'a> {
    pub(super) fn new(overview: &'a Overview<'a>) -> Result<Self, ExportError> {
        let (tally, plan, inventory) = (&overview.tally, &overview.plan, overview.inventory());
        let (trends, all_trends) = trends::trends(inventory);
        let (failures, all_failures) = overview::failures(inventory, LIST);
        let incomparable = plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
        let bad_images = tally.images.iter().filter(|image| image.total() > 0);
        let cves: Vec<_> = overview.cves.iter().take(TOP).map(CveRow::of).collect();
        let upgrades: Vec<_> = plan.upgrades.iter().take(TOP).map(UpgradeRow::of).collect();
        let suppressed: Vec<_> = tally.suppressed.iter().take(LIST).map(SuppressedRow::of).collect();
        let images = data::image_rows(overview);
        let notes = overview.document.assessment.notes();
        Ok(Self {
            overview,
            style: STYLE,
            script: SCRIPT,
            security_policy: security_policy(),
            time: minute(overview.document.assessment.time()),
            registries: overview::title(inventory),
            tiles: tiles(overview),
            bars: chart::bars(&tally.severities),
            trends,
            all_trends,
            all_cves: Remainder { shown: cves.len(), total: overview.cves.len() },
            cves,
            images: bad_images.take(TOP).map(|image| ImageRow::of(overview, image)).collect(),
            all_upgrades: Remainder { shown: upgrades.len(), total: plan.upgrades.len() },
            upgrades,
            not_comparable: Count(incomparable),
            not_fixable: Count(plan.not_fixable),
            policy: overview.violations.as_ref().map(|violations| ViolationsSection::new(overview, violations)),
            all_suppressed: Remainder { shown: suppressed.len(), total: tally.suppressed.len() },
            suppressed,
            without_report: overview::without_report(overview, LIST),
            failures,
            all_failures,
            sources: overview::sources(inventory),
            knowledge: overview::knowledge(overview.document.assessment.knowledge()),
            notes: &notes[..notes.len().min(LIST)],
            all_notes: Remainder { shown: notes.len().min(LIST), total: notes.len() },
            has_first_seen: tally.worst.iter().any(|assessed| assessed.first_seen.is_some()),
            has_suppressed: !tally.suppressed.is_empty(),
            findings: tally.worst.iter().take(STATIC_ROWS).map(|assessed| FindingRow::of(overview, assessed)).collect(),
            all_findings: Remainder { shown: tally.worst.len(), total: tally.findings },
            all_images: Remainder { shown: images.len(), total: tally.images.len() },
            findings_json: data::json(&FindingRows::new(overview))?,
            images_json: data::json(&images)?,
        })
    }
}

fn tiles(overview: &Overview<'_>) -> Vec<Tile> {
    let (images, reported) = overview.images();
    let of = |part: usize| format!("{} with a fix", Count(part));
    let tile = |name, value: usize, note, class| Tile { name, value: Count(value).to_string(), note, class };
    let exploited = overview.exploited();
    let [critical, high] = [0, 1].map(|place| &overview.tally.severities[place]);
    vec![
        tile("Images", images, format!("{} with a report", Count(reported)), ""),
        tile("Findings", overview.sum(SeverityLine::total), of(overview.sum(|line| line.fixable)), ""),
        tile("Critical", critical.total(), of(critical.fixable), "critical"),
        tile("High", high.total(), of(high.fixable), "high"),
        Tile {
            name: "Exploited",
            value: exploited.map_or_else(|| "not known".to_owned(), |count| Count(count).to_string()),
            note: if exploited.is_some() { "listed in CISA KEV" } else { "no KEV catalogue was given" }.to_owned(),
            class: if exploited.is_some_and(|count| count > 0) { "critical" } else { "" },
        },
        tile("Suppressed", overview.sum(|line| line.suppressed), "not in the other numbers".to_owned(), ""),
    ]
}

/// What the browser may do: use this style and this script, and nothing else.
fn security_policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT),
    )
}

/// What the templates can do with a value.
// The attribute makes a public type of its own.
#[allow(unreachable_pub)]
mod filters {
    use std::borrow::Borrow;

    use crate::text::Count;

    /// A number with commas between its thousands.
    #[askama::filter_fn]
    pub(super) fn grouped<T: Borrow<usize>>(number: T, _: &dyn askama::Values) -> askama::Result<Count> {
        Ok(Count(*number.borrow()))
    }
}
