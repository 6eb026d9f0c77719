//! The snapshots of each registry over time.

use std::collections::BTreeMap;

use super::chart::Trend;
use crate::export::overview::{Remainder, minute};
use crate::inventory::{Inventory, TrendPoint};
use crate::model::Severity;
use crate::text::Count;

/// How many registries have a chart, and how many snapshots a line in the table.
const TREND_REGISTRIES: usize = 8;
const TREND_ROWS: usize = 12;

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
