//! Whether a version is in a range, and why that cannot be told.

use std::fmt;

use crate::version::{Guess, VersionError};

/// Whether a version is in a range.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Containment {
    /// The version is in the range. There is no guess where none was needed: the range has no bounds, or the text of the
    /// version is the only one that is in it.
    Inside(Option<Guess>),
    /// The version is not in the range.
    Outside(Guess),
    /// Nobody can tell. This is not "outside": the version may well be in the range.
    NotComparable(NotComparable),
}

/// Why a version cannot be compared with a range.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotComparable {
    /// The scanner did not say the version.
    NoVersion,
    /// Neither the caller nor the shape of package and version says by which scheme to compare.
    NoScheme,
    /// The version is not one by the rules of the scheme.
    Version(VersionError),
    /// A bound of the range is not a version by the rules of the scheme.
    Bound(VersionError),
}

impl Containment {
    /// `Some(true)` inside, `Some(false)` outside, `None` where it cannot be told.
    #[must_use]
    pub fn is_inside(&self) -> Option<bool> {
        match self {
            Self::Inside(_) => Some(true),
            Self::Outside(_) => Some(false),
            Self::NotComparable(_) => None,
        }
    }
}

impl fmt::Display for NotComparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersion => f.write_str("there is no version"),
            Self::NoScheme => f.write_str("neither package nor version shows which rules to compare by"),
            Self::Version(error) => error.fmt(f),
            Self::Bound(error) => write!(f, "of the range, {error}"),
        }
    }
}
