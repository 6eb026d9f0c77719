//! A line of the table: what was to be reached, and what was.

use serde::Serialize;

use crate::order::Figures;

/// A line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) load: String,
    pub(crate) measure: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    /// Absent where there is no target, or nothing was measured.
    pub(crate) reached: Option<bool>,
    /// What it means, or what it is made of.
    pub(crate) note: String,
    /// Everything that was measured for it.
    figures: Vec<Figures>,
}

/// What a number means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Times,
    Count,
    Bytes,
    /// Bytes as whole mebibytes.
    Memory,
    Seconds,
    Microseconds,
}

impl Row {
    /// Something that is to be no more than a limit, both in the unit.
    pub(crate) fn at_most(load: &str, measure: &str, unit: Unit, limit: f64, value: Option<f64>) -> Self {
        let mut row = Self::without_target(load, measure, unit, value);
        row.target = match limit {
            0.0 => unit.write(limit),
            _ => format!("≤ {}", unit.write(limit)),
        };
        row.reached = value.map(|value| value <= limit);
        row
    }

    /// Something that is to be no less than a limit, both in the unit.
    pub(crate) fn at_least(load: &str, measure: &str, unit: Unit, limit: f64, value: Option<f64>) -> Self {
        let mut row = Self::without_target(load, measure, unit, value);
        row.target = format!("≥ {}", unit.write(limit));
        row.reached = value.map(|value| value >= limit);
        row
    }

    /// Something that is worth knowing only.
    pub(crate) fn without_target(load: &str, measure: &str, unit: Unit, value: Option<f64>) -> Self {
        let measured = value.map_or_else(|| "not measured".to_owned(), |value| unit.write(value));
        Self::not_measured(load, measure, String::new(), &measured)
    }

    /// Something of which nothing but words are known.
    pub(crate) fn not_measured(load: &str, measure: &str, target: impl Into<String>, why: &str) -> Self {
        Self {
            load: load.to_owned(),
            measure: measure.to_owned(),
            target: target.into(),
            measured: why.to_owned(),
            reached: None,
            note: String::new(),
            figures: Vec::new(),
        }
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn figures<'a>(mut self, figures: impl IntoIterator<Item = &'a Figures>) -> Self {
        self.figures.extend(figures.into_iter().cloned());
        self
    }

    /// Whether the target was reached, in a word.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.reached {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        }
    }
}

impl Unit {
    pub(crate) fn write(self, value: f64) -> String {
        match self {
            Self::Times => format!("{value:.2}×"),
            Self::Count => format!("{value:.0}"),
            Self::Bytes => format!("{value:.1} B"),
            Self::Memory => format!("{:.1} MiB", value / f64::from(1 << 20)),
            Self::Seconds => format!("{value:.3} s"),
            Self::Microseconds => format!("{:.1} µs", value * 1e6),
        }
    }
}

/// The median of something in several runs; nothing where one of them does not have it.
pub(crate) fn median<T>(runs: &[T], of: impl Fn(&T) -> Option<f64>) -> Option<f64> {
    let mut values: Vec<f64> = runs.iter().map(of).collect::<Option<_>>()?;
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The median of the processor times, in words.
pub(crate) fn processor(runs: &[Figures]) -> String {
    let seconds = median(runs, |figures| figures.processor_seconds);
    seconds.map_or_else(|| "CPU not measured".to_owned(), |seconds| format!("{seconds:.2} s of CPU"))
}

/// The median of the times.
pub(crate) fn seconds(runs: &[Figures]) -> f64 {
    median(runs, |figures| Some(figures.seconds)).unwrap_or(f64::NAN)
}
