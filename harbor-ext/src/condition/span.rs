//! Ranges of whole numbers, both ends included, as Harbor's query language has them.

use std::ops::{Bound, RangeBounds};

use chrono::{DateTime, Datelike, Utc};

/// A range with at least one end, both included; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span<T> {
    from: Option<T>,
    to: Option<T>,
}

impl Span<i64> {
    pub(super) fn of_numbers(range: &impl RangeBounds<i64>) -> Result<Self, &'static str> {
        let from = match range.start_bound() {
            Bound::Unbounded => None,
            Bound::Included(number) => Some(*number),
            Bound::Excluded(number) => Some(number.checked_add(1).ok_or(NOTHING)?),
        };
        let to = match range.end_bound() {
            Bound::Unbounded => None,
            Bound::Included(number) => Some(*number),
            Bound::Excluded(number) => Some(number.checked_sub(1).ok_or(NOTHING)?),
        };
        Self::new(from, to)
    }

    pub(super) fn of_times(range: &impl RangeBounds<DateTime<Utc>>) -> Result<Self, &'static str> {
        let micros = |time: &DateTime<Utc>| match time.year() {
            1..=9999 => Ok(Micros {
                whole: time.timestamp_micros(),
                has_rest: !time.timestamp_subsec_nanos().is_multiple_of(1000),
            }),
            _ => Err("has a bound outside of the years 1 to 9999"),
        };
        let from = match range.start_bound() {
            Bound::Unbounded => None,
            Bound::Included(time) => Some(micros(time)?.ceiling()),
            Bound::Excluded(time) => Some(micros(time)?.whole + 1),
        };
        let to = match range.end_bound() {
            Bound::Unbounded => None,
            Bound::Included(time) => Some(micros(time)?.whole),
            Bound::Excluded(time) => Some(micros(time)?.ceiling() - 1),
        };
        Self::new(from, to)
    }

    fn new(from: Option<i64>, to: Option<i64>) -> Result<Self, &'static str> {
        match (from, to) {
            (None, None) => Err("holds for everything; leave it out"),
            (Some(from), Some(to)) if from > to => Err(NOTHING),
            _ => Ok(Self { from, to }),
        }
    }

    /// What lies in both, if anything does.
    pub(super) fn and(self, other: Self) -> Result<Self, &'static str> {
        let to = match (self.to, other.to) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        // An absent beginning is smaller than any other.
        Self::new(self.from.max(other.from), to)
    }

    /// The part from a number on, which may be empty: then the server finds nothing in it.
    pub(super) fn from(self, number: i64) -> Self {
        Self { from: Some(self.from.map_or(number, |from| from.max(number))), to: self.to }
    }

    pub(super) fn contains(self, number: i64) -> bool {
        self.from.is_none_or(|from| from <= number) && self.to.is_none_or(|to| number <= to)
    }

    pub(super) fn has_no_beginning(self) -> bool {
        self.from.is_none()
    }

    /// Whether it may contain a time of which only the milliseconds are known.
    pub(super) fn may_contain(self, time: DateTime<Utc>) -> bool {
        let begin = time.timestamp_micros();
        self.from.is_none_or(|from| from <= begin.saturating_add(999)) && self.to.is_none_or(|to| begin <= to)
    }

    pub(super) fn value(self, text: impl Fn(i64) -> String) -> String {
        let [from, to] = [self.from, self.to].map(|end| end.map(&text).unwrap_or_default());
        format!("[{from}~{to}]")
    }
}

/// A time in the layout that Harbor reads as a time.
pub(super) fn time_text(micros: i64) -> String {
    let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

const NOTHING: &str = "holds for nothing";

/// A time in microseconds, and whether it lies between two of them.
struct Micros {
    whole: i64,
    has_rest: bool,
}

impl Micros {
    fn ceiling(self) -> i64 {
        self.whole + i64::from(self.has_rest)
    }
}
