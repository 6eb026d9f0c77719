//! Why something is not a range.

use std::fmt;

use crate::version::VersionError;

/// Why something is not a range.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangeError {
    /// There is nothing where a bound should be.
    Empty,
    /// The range has two lower or two upper bounds, or `=` beside another bound: the text of the superfluous one.
    TooManyBounds(Box<str>),
    /// A bound does not begin with one of `>=`, `>`, `<=`, `<`, `=`, `==` or a version: its text.
    Operator(Box<str>),
    /// A bound is not a version of the scheme.
    Version(VersionError),
    /// The lower bound is above the upper one, or they are equal and one of them is exclusive: no version is in between.
    NoVersion {
        /// The lower bound.
        lower: Box<str>,
        /// The upper bound.
        upper: Box<str>,
    },
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a bound of the version range is missing"),
            Self::TooManyBounds(bound) => write!(f, "\"{bound}\" is one bound too many for a version range"),
            Self::Operator(bound) => {
                write!(f, "\"{bound}\" is not a version after one of >=, >, <=, <, = or nothing")
            }
            Self::Version(error) => error.fmt(f),
            Self::NoVersion { lower, upper } => write!(f, "no version lies between \"{lower}\" and \"{upper}\""),
        }
    }
}

impl std::error::Error for RangeError {}
