//! A step whose worth is being measured.

use super::rate::{ANSWERS_PER_PLACE, Rate};

/// A step up has to bring this share of what it would on a server without bounds, and so much at least.
const WORTHWHILE_SHARE: f64 = 0.2;
const WORTHWHILE_GAIN: f64 = 0.07;

/// What a step down may cost.
const HARMLESS_LOSS: f64 = 0.025;

/// How many measurements a step may take to show its worth: few for one up, which is a burden, and many for one down,
/// which is none.
const LONGEST_UP: usize = 4;
const LONGEST_DOWN: usize = 12;

/// How many standard errors make sure that it is not chance.
const CERTAINTY: f64 = 2.0;

/// Where a trial goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// A step whose worth is being measured.
#[derive(Debug)]
pub(super) struct Trial {
    /// The limit before, and what was known of it.
    pub(super) from: usize,
    pub(super) known: Rate,
    /// What was measured since.
    pub(super) measured: Option<Rate>,
}

/// What came of a trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verdict {
    /// Chance may decide: more answers are needed.
    Open,
    /// It pays, and brought this share of what it would on a server without bounds.
    Paid(f64),
    Failed,
}

impl Direction {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }

    /// The next limit: by half or, where that is too bold, by a quarter up, and by a third down.
    pub(super) fn step(self, limit: usize, is_bold: bool, highest: usize) -> usize {
        match self {
            Self::Up => (limit + (limit / if is_bold { 2 } else { 4 }).max(1)).min(highest).max(limit),
            Self::Down => (limit - limit.div_ceil(3)).max(1),
        }
    }
}

impl Trial {
    /// Takes a measurement at the new limit, and judges. It decides as soon as chance is not to blame; a step that stays
    /// unclear does not pay unless it goes down.
    pub(super) fn judge(&mut self, latest: Rate, limit: usize) -> Verdict {
        let measured = match &mut self.measured {
            Some(measured) => {
                measured.follow(&latest, f64::INFINITY);
                *measured
            }
            None => *self.measured.insert(latest),
        };
        let is_up = limit > self.from;
        let step = limit as f64 / self.from as f64 - 1.0;
        let least = if is_up { (step * WORTHWHILE_SHARE).max(WORTHWHILE_GAIN) } else { -HARMLESS_LOSS }.ln_1p();
        let gain = measured.gain_over(&self.known);
        let paid = Verdict::Paid(gain.logarithm.exp_m1() / step);
        let measurements = measured.answers() / (limit * ANSWERS_PER_PLACE) as f64;
        if gain.logarithm - CERTAINTY * gain.doubt > least {
            return paid;
        }
        if gain.logarithm + CERTAINTY * gain.doubt < least {
            return Verdict::Failed;
        }
        let longest = if is_up { LONGEST_UP } else { LONGEST_DOWN };
        match gain.logarithm > least {
            _ if measurements < longest as f64 => Verdict::Open,
            true => paid,
            false => Verdict::Failed,
        }
    }
}
