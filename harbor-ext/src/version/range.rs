//! Ranges of versions.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::guess::{Confidence, Guess, guess, shape};
use super::{Distribution, Scheme, Version, VersionError};

pub use containment::{Containment, NotComparable};
pub use error::RangeError;

mod containment;
mod error;

/// A range of versions: from a lower bound to an upper bound, each of which may be inclusive, exclusive, or missing.
///
/// Bounds are kept as text and read by the rules of the scheme in question: that of the caller
/// ([`scheme`](Self::scheme)), else that which is guessed for each version. They are versions, not patterns: an epoch
/// that a bound lacks is 0, `1.1.1n-0+deb11u3` is above `<=1.1.1n`, and `2.0.0-rc.1` is below `<2`.
///
/// Parsed from one or two bounds, separated by a comma or white space: `>=1.2, <2`, `<= 1:2.3-4`, `>1.0`, `=1.2.3`. A
/// version alone means exactly that one, and `*` means every version. Displayed in the same form.
///
/// ```
/// use harbor_ext::version::{Scheme, VersionRange};
///
/// let range = VersionRange::parse(">=1.2, <2")?;
/// assert_eq!(range, VersionRange::any().at_least("1.2").less_than("2"));
///
/// let contains = |package, version| range.contains(package, version, None).is_inside();
/// assert_eq!(contains("jquery", "1.10.0"), Some(true));
/// assert_eq!(contains("jquery", "2.0.0"), Some(false));
/// assert_eq!(contains("jquery", "unknown"), None);
///
/// assert!(range.scheme(Scheme::Npm).is_ok());
/// assert!(VersionRange::parse(">=2, <1.2")?.scheme(Scheme::Npm).is_err());
/// # Ok::<(), harbor_ext::version::RangeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VersionRange {
    lower: Option<Bound>,
    upper: Option<Bound>,
    scheme: Option<Scheme>,
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Bound {
    version: Box<str>,
    is_inclusive: bool,
}

impl VersionRange {
    /// The range without bounds: every version is in it, even a missing one.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Reads a range, see [the type](Self) for the form.
    ///
    /// # Errors
    /// If the text is empty, has an unknown operator, or more than one bound at the same end.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let mut range = Self::any();
        if text.trim() == "*" {
            return Ok(range);
        }
        let mut rest = text.trim();
        loop {
            let operators = rest.trim_start_matches(['<', '>', '=', '!', '~', '^']);
            let operator = &rest[..rest.len() - operators.len()];
            let bound = operators.trim_start();
            let end = bound.find(|character: char| ",<>=".contains(character) || character.is_whitespace());
            let (version, after) = bound.split_at(end.unwrap_or(bound.len()));
            range.add(operator, version)?;
            let after = after.trim_start();
            if after.is_empty() {
                return Ok(range);
            }
            rest = after.strip_prefix(',').unwrap_or(after).trim_start();
        }
    }

    /// This range from a version on, that version included. Replaces the lower bound.
    #[must_use]
    pub fn at_least(self, version: &str) -> Self {
        Self { lower: Some(Bound::inclusive(version)), ..self }
    }

    /// This range from a version on, that version excluded. Replaces the lower bound.
    #[must_use]
    pub fn more_than(self, version: &str) -> Self {
        Self { lower: Some(Bound::exclusive(version)), ..self }
    }

    /// This range up to a version, that version included. Replaces the upper bound.
    #[must_use]
    pub fn at_most(self, version: &str) -> Self {
        Self { upper: Some(Bound::inclusive(version)), ..self }
    }

    /// This range up to a version, that version excluded. Replaces the upper bound.
    #[must_use]
    pub fn less_than(self, version: &str) -> Self {
        Self { upper: Some(Bound::exclusive(version)), ..self }
    }

    /// One version, by whatever text it is written. Replaces both bounds.
    #[must_use]
    pub fn exactly(self, version: &str) -> Self {
        self.at_least(version).at_most(version)
    }

    /// Lets all versions be compared by the rules of one scheme, instead of guessing one for each.
    ///
    /// # Errors
    /// If a bound is not a version of that scheme, or if no version can be between the bounds.
    pub fn scheme(self, scheme: Scheme) -> Result<Self, RangeError> {
        let lower = self.lower.as_ref().map(|bound| bound.read(scheme)).transpose().map_err(RangeError::Version)?;
        let upper = self.upper.as_ref().map(|bound| bound.read(scheme)).transpose().map_err(RangeError::Version)?;
        if let (Some((lower, lower_inclusive)), Some((upper, upper_inclusive))) = (lower, upper) {
            let is_empty = match lower.partial_cmp(&upper) {
                Some(Ordering::Less) => false,
                Some(Ordering::Equal) => !(lower_inclusive && upper_inclusive),
                _ => true,
            };
            if is_empty {
                return Err(RangeError::NoVersion { lower: lower.text().into(), upper: upper.text().into() });
            }
        }
        Ok(Self { scheme: Some(scheme), ..self })
    }

    /// Whether the range has neither a lower nor an upper bound.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.lower.is_none() && self.upper.is_none()
    }

    /// Whether the version of a package is in the range.
    ///
    /// The scheme is that of [`scheme`](Self::scheme), else [guessed](guess) from the package, its version and the
    /// distribution of the image; of a version that is numbers alone, from the bounds too. A version that cannot be compared
    /// is an answer of its own, never "outside".
    pub fn contains(&self, package: &str, version: &str, distribution: Option<Distribution>) -> Containment {
        if self.is_unbounded() || self.is_exactly(version) {
            return Containment::Inside(None);
        }
        if version.trim().is_empty() {
            return Containment::NotComparable(NotComparable::NoVersion);
        }
        let given = self.scheme.map(|scheme| Guess { scheme, confidence: Confidence::Given });
        let Some(guess) = given.or_else(|| self.guess(package, version, distribution)) else {
            return Containment::NotComparable(NotComparable::NoScheme);
        };
        match self.contains_by(guess.scheme, version) {
            Ok(true) => Containment::Inside(Some(guess)),
            Ok(false) => Containment::Outside(guess),
            Err(reason) => Containment::NotComparable(reason),
        }
    }

    /// The scheme of a version. Where that is weak, it only holds for numbers: with a bound that says more, the bound
    /// decides, because `3.0.7` is above `3.0.7-1` where that is a pre-release, and below it where `1` is a revision.
    fn guess(&self, package: &str, version: &str, distribution: Option<Distribution>) -> Option<Guess> {
        let of_version = guess(package, version, distribution)?;
        let says_more =
            |bound: &&Bound| !shape::is_bare_numbers(&bound.version) && bound.read(of_version.scheme).is_ok();
        if of_version.confidence > Confidence::Weak {
            return Some(of_version);
        }
        [&self.lower, &self.upper].into_iter().flatten().filter(says_more).try_fold(of_version, |known, bound| {
            let of_bound = guess(package, &bound.version, distribution)?;
            (known.confidence == Confidence::Weak || known.scheme == of_bound.scheme).then_some(of_bound)
        })
    }

    fn contains_by(&self, scheme: Scheme, version: &str) -> Result<bool, NotComparable> {
        let version = Version::parse(scheme, version).map_err(NotComparable::Version)?;
        let lies = |bound: &Option<Bound>, wanted: Ordering| -> Result<bool, NotComparable> {
            let Some(bound) = bound else { return Ok(true) };
            let (bound, is_inclusive) = bound.read(scheme).map_err(NotComparable::Bound)?;
            let ordering = version.partial_cmp(&bound);
            Ok(ordering == Some(wanted) || is_inclusive && ordering == Some(Ordering::Equal))
        };
        // Both are read even where one decides: a bound that is no version must be noticed for every version alike.
        let (above, below) = (lies(&self.lower, Ordering::Greater)?, lies(&self.upper, Ordering::Less)?);
        Ok(above && below)
    }

    /// Whether the text of a version is that of the only version in the range: then no scheme is needed.
    fn is_exactly(&self, version: &str) -> bool {
        let is_it = |bound: &Option<Bound>| {
            bound.as_ref().is_some_and(|bound| bound.is_inclusive && &*bound.version == version.trim())
        };
        is_it(&self.lower) && is_it(&self.upper)
    }

    fn add(&mut self, operator: &str, version: &str) -> Result<(), RangeError> {
        let shown = || super::error::shown(&format!("{operator}{version}"));
        if version.is_empty() && operator.is_empty() {
            return Err(RangeError::Empty);
        }
        if !version.starts_with(|character: char| character.is_alphanumeric()) {
            return Err(RangeError::Operator(shown()));
        }
        let (is_lower, is_upper) = match operator {
            ">=" | ">" => (true, false),
            "<=" | "<" => (false, true),
            "=" | "==" | "" => (true, true),
            _ => return Err(RangeError::Operator(shown())),
        };
        if is_lower && self.lower.is_some() || is_upper && self.upper.is_some() {
            return Err(RangeError::TooManyBounds(shown()));
        }
        let bound = Bound { version: version.into(), is_inclusive: !matches!(operator, "<" | ">") };
        if is_lower {
            self.lower = Some(bound.clone());
        }
        if is_upper {
            self.upper = Some(bound);
        }
        Ok(())
    }
}

impl Bound {
    fn inclusive(version: &str) -> Self {
        Self { version: version.trim().into(), is_inclusive: true }
    }

    fn exclusive(version: &str) -> Self {
        Self { version: version.trim().into(), is_inclusive: false }
    }

    fn read(&self, scheme: Scheme) -> Result<(Version, bool), VersionError> {
        Ok((Version::parse(scheme, &self.version)?, self.is_inclusive))
    }
}

impl FromStr for VersionRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write = |f: &mut fmt::Formatter<'_>, operator: &str, bound: &Bound| {
            let equal = if bound.is_inclusive { "=" } else { "" };
            write!(f, "{operator}{equal}{}", bound.version)
        };
        match (&self.lower, &self.upper) {
            (None, None) => f.write_str("*"),
            (Some(lower), Some(upper)) if lower == upper && lower.is_inclusive => write!(f, "={}", lower.version),
            (Some(lower), None) => write(f, ">", lower),
            (None, Some(upper)) => write(f, "<", upper),
            (Some(lower), Some(upper)) => {
                write(f, ">", lower)?;
                f.write_str(", ")?;
                write(f, "<", upper)
            }
        }
    }
}

#[cfg(test)]
mod tests;
