//! Numbers and lists as people read them.

use std::fmt;

/// A number with commas between its thousands, such as `12,345`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub usize);

/// A number of things, such as `1 image`, `2,000 images` or `2 registries`.
///
/// ```
/// assert_eq!(harbor_ext::text::counted(2, "vulnerability"), "2 vulnerabilities");
/// ```
#[must_use]
pub fn counted(count: usize, thing: &str) -> String {
    match (count, thing.strip_suffix('y').filter(|stem| !stem.ends_with('a'))) {
        (1, _) => format!("1 {thing}"),
        (_, Some(stem)) => format!("{} {stem}ies", Count(count)),
        (_, None) => format!("{} {thing}s", Count(count)),
    }
}

/// The first few of many, and how many more there are.
///
/// ```
/// assert_eq!(harbor_ext::text::some_of(["a", "b", "c"], 2), "a, b and 1 more");
/// ```
#[must_use]
pub fn some_of<T: fmt::Display>(items: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut items = items.into_iter();
    let shown: Vec<String> = items.by_ref().take(most).map(|item| item.to_string()).collect();
    match items.count() {
        0 => shown.join(", "),
        more => format!("{} and {} more", shown.join(", "), Count(more)),
    }
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
        for (count, thing, expected) in [
            (1, "image", "1 image"),
            (0, "image", "0 images"),
            (2000, "image", "2,000 images"),
            (2, "registry", "2 registries"),
            (2, "day", "2 days"),
        ] {
            assert_eq!(counted(count, thing), expected);
        }
    }

    #[test]
    fn many_are_shown_in_part() {
        assert_eq!(some_of(["a", "b"], 2), "a, b");
        assert_eq!(some_of(0..7, 5), "0, 1, 2, 3, 4 and 2 more");
        assert_eq!(some_of([0; 0], 5), "");
    }
}
