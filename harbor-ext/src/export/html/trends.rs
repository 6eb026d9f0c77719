//! What registries, and parts of them, held over time.

use super::chart::Trend;
use crate::export::overview::{Remainder, minute};
use crate::inventory::{Inventory, TrendPoint};
use crate::model::Severity;
use crate::text::Count;

/// How many charts there are, and how many snapshots have a line in the table of each.
const CHARTS: usize = 8;
const ROWS: usize = 12;

/// The snapshots of a registry that were asked for the same.
pub(super) struct TrendSection {
    /// The registry, and which part of it.
    pub(super) name: String,
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

/// What there are several snapshots of.
pub(super) fn trends(inventory: &Inventory) -> (Vec<TrendSection>, Remainder) {
    let mut lines = inventory.trend_lines();
    lines.retain(|_, points| points.len() > 1);
    let all = Remainder { shown: lines.len().min(CHARTS), total: lines.len() };
    let section = |((registry, selection), points): ((&str, &[String]), Vec<&TrendPoint>)| TrendSection {
        name: match selection {
            [] => registry.to_owned(),
            part => format!("{registry}, only {}", part.join(", ")),
        },
        chart: Trend::of(&points),
        points: points.iter().rev().take(ROWS).map(|point| TrendLine::of(point)).collect(),
        older: points.len().saturating_sub(ROWS),
    };
    (lines.into_iter().take(CHARTS).map(section).collect(), all)
}

impl TrendLine {
    fn of(point: &TrendPoint) -> Self {
        let [critical, high, medium, low] = Severity::COLUMNS.map(|severity| Count(point.severities.get(severity)));
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
