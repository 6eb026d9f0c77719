//! Versions of packages, compared by the rules of the ecosystem that they come from.
//!
//! There is no order that holds for all versions: `1.0~rc1` comes before `1.0` in Debian and is no version in Python;
//! `2:1.0` has an epoch in Debian and Fedora, which is not a major version. So a [`Version`] belongs to a [`Scheme`],
//! and versions of different schemes do not compare.
//!
//! Harbor's reports say the package and the version, and not which ecosystem they are from. So the scheme comes from the
//! caller, or from a [`guess`] by the [`Distribution`] of the image and the shape of version and package. A guess says
//! how sure it is, and a [`VersionRange`] tells "outside" from "not comparable".
//!
//! Nothing here does I/O.
//!
//! ```
//! use harbor_ext::version::{Scheme, Version};
//!
//! let installed = Version::parse(Scheme::Dpkg, "1:1.1.1n-0+deb11u3")?;
//! let fixed = Version::parse(Scheme::Dpkg, "1:1.1.1n-0+deb11u10")?;
//! assert!(installed < fixed);
//! # Ok::<(), harbor_ext::version::VersionError>(())
//! ```

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

pub use distribution::Distribution;
pub use error::VersionError;
pub use guess::{Confidence, Guess, guess};
pub use range::{Containment, NotComparable, RangeError, VersionRange};
pub use scheme::{Scheme, UnknownScheme};

mod distribution;
mod error;
mod guess;
mod number;
mod range;
mod scheme;
mod schemes;

/// A version, as one scheme reads it.
///
/// Versions of one scheme are totally ordered, whatever their text. Versions of different schemes do not compare:
/// `partial_cmp` is `None`, and they are not equal.
///
/// Equal means "at the same place in the order", not "the same text": `1.0` and `1.0.0` are equal in most schemes.
/// Hashes agree with that.
#[derive(Clone, Debug)]
pub struct Version {
    scheme: Scheme,
    text: Box<str>,
    key: schemes::Key,
}

/// Compares two versions by the rules of a scheme.
///
/// # Errors
/// The first of the two that is not a version of the scheme.
///
/// ```
/// use std::cmp::Ordering;
///
/// use harbor_ext::version::{Scheme, compare};
///
/// assert_eq!(compare(Scheme::Pep440, "1.0rc1", "1.0")?, Ordering::Less);
/// assert_eq!(compare(Scheme::Rpm, "1.0rc1", "1.0")?, Ordering::Greater);
/// # Ok::<(), harbor_ext::version::VersionError>(())
/// ```
pub fn compare(scheme: Scheme, one: &str, other: &str) -> Result<Ordering, VersionError> {
    Ok(Version::parse(scheme, one)?.key.cmp(&Version::parse(scheme, other)?.key))
}

impl Version {
    /// Reads a version by the rules of a scheme. White space around it does not count.
    ///
    /// # Errors
    /// If the text is not a version of the scheme. The error says the scheme, the text and the reason.
    pub fn parse(scheme: Scheme, text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        match schemes::key(scheme, text) {
            Ok(key) => Ok(Self { scheme, text: text.into(), key }),
            Err(reason) => Err(VersionError::new(scheme, text, reason)),
        }
    }

    /// The scheme that the version was read by.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The text that the version was read from, without white space around it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.key == other.key
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.scheme == other.scheme).then(|| self.key.cmp(&other.key))
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.scheme, &self.key).hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests;
