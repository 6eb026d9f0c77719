//! Durations, sizes and counts in words.

use std::time::Duration;

/// The longest duration. Nobody waits for so long, and multiples of it are still durations.
const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// Reads a duration such as `50ms`, `1.5s` or `2m`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = number_and_unit(text)?;
    let unit = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    // A double is good for nanoseconds here; the rounding hides that 0.1 has no end in it.
    let nanoseconds = (number * unit * 1e9).round();
    Duration::try_from_secs_f64(nanoseconds / 1e9).ok().filter(|duration| *duration <= YEAR)
}

/// Reads a number of bytes such as `512B`, `4KB` or `4KiB`.
pub(super) fn size(text: &str) -> Option<usize> {
    let (_, unit) = number_and_unit(text)?;
    let number: usize = text.strip_suffix(unit)?.parse().ok()?;
    let unit = match unit {
        "B" => 1,
        "KB" => 1000,
        "KiB" => 1024,
        "MB" => 1_000_000,
        "MiB" => 1024 * 1024,
        _ => return None,
    };
    number.checked_mul(unit).filter(|size| *size > 0)
}

/// Reads a number from 1 on.
pub(super) fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

/// Splits a text such as `1.5s`. Only plain decimal numbers: neither signs nor powers of ten.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit() && character != '.')?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let read = |text| duration(text).map(|duration| duration.as_nanos());
        assert_eq!(read("50ms"), Some(50_000_000));
        assert_eq!(read("1.5s"), Some(1_500_000_000));
        assert_eq!(read("2m"), Some(120_000_000_000));
        assert_eq!(read("1h"), Some(3_600_000_000_000));
        assert_eq!(read("40us"), Some(40_000));
        assert_eq!(read("0s"), Some(0));
        for wrong in ["", "5", "s", "-1s", "1e3s", "1.2.3s", ".s", "1 s", "1S", "1d", "8761h", "99999999999999999999h"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(["512B", "4KB", "4KiB", "1MB", "1MiB"].map(size), [512, 4000, 4096, 1_000_000, 1_048_576].map(Some));
        for wrong in ["", "5", "0B", "1.5KB", "-1B", "5b", "99999999999999999999B"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }
}
