//! Numbers and times as people read them.

use std::fmt;

use chrono::{DateTime, Utc};

/// A number with commas between its thousands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::export) struct Count(pub(in crate::export) usize);

/// A number and what it counts, such as `1 image` or `2,000 images`.
pub(in crate::export) fn plural(count: usize, thing: &str) -> String {
    match (count, thing.strip_suffix('y')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{} {stem}ies", Count(count)),
        (_, None) => format!("{} {thing}s", Count(count)),
    }
}

/// A time to the minute.
pub(in crate::export) fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// The day of a time, in UTC.
pub(in crate::export) fn day(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d").to_string()
}

/// A probability as a percentage with one decimal, such as `94.4 %`.
pub(in crate::export) fn percent(probability: f64) -> String {
    format!("{:.1} %", probability * 100.0)
}

impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.char_indices() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                formatter.write_str(",")?;
            }
            write!(formatter, "{digit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (count, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (100_000, "100,000")]
        {
            assert_eq!(Count(count).to_string(), expected);
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(plural(1, "image"), "1 image");
        assert_eq!(plural(0, "image"), "0 images");
        assert_eq!(plural(2000, "image"), "2,000 images");
        assert_eq!(plural(2, "registry"), "2 registries");
    }
}
