//! Numbers as lengths and shapes, for the SVG of the page.

use chrono::{DateTime, Utc};

use crate::export::overview::{SeverityLine, day};
use crate::inventory::TrendPoint;
use crate::model::Severity;
use crate::text::Count;

/// The size of a trend, in the units of its SVG, and where its shapes are in it.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = WIDTH - 12.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = HEIGHT - 28.0;

/// How long the longest bar is, in the units of its SVG.
const BAR: f64 = 400.0;

/// How the findings of a severity are shown.
pub(super) struct Bar<'a> {
    pub(super) line: &'a SeverityLine,
    /// How long the part with a fix is.
    pub(super) fixable: String,
    /// How long the part without is, which begins where the other ends.
    pub(super) unfixable: String,
}

/// What a registry held at several times, one area on top of the other, the worst at the bottom.
pub(super) struct Trend {
    pub(super) areas: Vec<Area>,
    pub(super) marks: Vec<Mark>,
    /// Numbers at the left: what and how high.
    pub(super) levels: Vec<(Count, String)>,
    pub(super) first: String,
    pub(super) last: String,
}

/// The findings of some severities over time.
pub(super) struct Area {
    /// The word for its colour.
    pub(super) class: &'static str,
    /// Its outline, as SVG has it.
    pub(super) path: String,
}

/// A time at which the registry was read.
pub(super) struct Mark {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) complete: bool,
}

/// The severities of which there are findings.
pub(super) fn bars(lines: &[SeverityLine]) -> Vec<Bar<'_>> {
    let longest = lines.iter().map(SeverityLine::total).max().unwrap_or_default().max(1);
    let length = |count: usize| unit(count as f64 / longest as f64 * BAR);
    let bar = |line| Bar { fixable: length(line_part(line).0), unfixable: length(line_part(line).1), line };
    lines.iter().filter(|line| !line.is_empty()).map(bar).collect()
}

fn line_part(line: &SeverityLine) -> (usize, usize) {
    (line.fixable, line.unfixable)
}

impl Trend {
    /// A trend of snapshots of one registry, the oldest first; `None` where there are not two times to draw a line between.
    pub(super) fn of(points: &[&TrendPoint]) -> Option<Self> {
        let (first, last) = (points.first()?.time, points.last()?.time);
        if last <= first {
            return None;
        }
        let highest = points.iter().map(|point| point.severities.total()).max().unwrap_or_default().max(1);
        let x = |time: DateTime<Utc>| {
            let share = (time - first).as_seconds_f64() / (last - first).as_seconds_f64();
            LEFT + share * (RIGHT - LEFT)
        };
        let y = |count: usize| BOTTOM - count as f64 / highest as f64 * (BOTTOM - TOP);
        let mut below = vec![0; points.len()];
        let areas = BANDS.map(|(class, severities)| {
            let lower: Vec<_> = points.iter().zip(&below).map(|(point, count)| (x(point.time), y(*count))).collect();
            for (count, point) in below.iter_mut().zip(points) {
                *count += severities.iter().map(|severity| point.severities.get(*severity)).sum::<usize>();
            }
            let upper = points.iter().zip(&below).map(|(point, count)| (x(point.time), y(*count)));
            Area { class, path: outline(upper.chain(lower.into_iter().rev())) }
        });
        let mark = |point: &&TrendPoint| Mark {
            x: unit(x(point.time)),
            y: unit(y(point.severities.total())),
            complete: point.complete,
        };
        Some(Self {
            areas: areas.into(),
            marks: points.iter().map(mark).collect(),
            levels: [0, highest / 2, highest].map(|count| (Count(count), unit(y(count)))).into(),
            first: day(first),
            last: day(last),
        })
    }
}

/// What is drawn in one colour, from the bottom to the top.
const BANDS: [(&str, &[Severity]); 5] = [
    ("critical", &[Severity::Critical]),
    ("high", &[Severity::High]),
    ("medium", &[Severity::Medium]),
    ("low", &[Severity::Low]),
    ("other", &[Severity::Negligible, Severity::Unknown, Severity::None]),
];

fn outline(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<_> = points.map(|(x, y)| format!("{} {}", unit(x), unit(y))).collect();
    format!("M{}Z", points.join("L"))
}

/// A length to a tenth, which is finer than anybody sees.
fn unit(length: f64) -> String {
    format!("{length:.1}")
}
