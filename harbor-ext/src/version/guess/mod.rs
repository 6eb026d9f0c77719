//! Which scheme a version follows, where nobody says so.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Distribution, Scheme, Version};
use shape::Origin;

pub(super) mod shape;

/// The scheme to compare a version by, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Guess {
    /// The scheme.
    pub scheme: Scheme,
    /// How sure it is.
    pub confidence: Confidence,
}

/// How sure a scheme is, from a weak guess to what the caller has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// The version would look the same in several ecosystems. They order it alike: it is made of numbers and dots only,
    /// maybe with build metadata.
    Weak,
    /// The version, the package or the distribution has a mark of one ecosystem.
    Likely,
    /// The caller has said so.
    Given,
}

impl fmt::Display for Confidence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Weak => "weak",
            Self::Likely => "likely",
            Self::Given => "given",
        })
    }
}

/// Guesses the scheme of the version of a package; the distribution is that of the image, if it is known.
///
/// An image has packages of its distribution and of programming languages. The name of the package decides where it has
/// a mark (`group:artifact` is Maven, `@scope/name` npm, `github.com/owner/name` Go), then marks in the version
/// (`-r0`, `.el8`, `ubuntu`, a Go pseudo-version, Python's `rc1` …), then the distribution. Numbers and dots without
/// any mark are read as [`Scheme::SemVer`], with [`Confidence::Weak`]: most ecosystems order them alike.
///
/// `None` where that is not enough, where package, version and distribution contradict each other, and where the version
/// cannot be read by the rules of the scheme: no guess is better than a wrong one. Never guessed is
/// [`Confidence::Given`].
///
/// ```
/// use harbor_ext::version::{Distribution, Scheme, guess};
///
/// let scheme = |package, version, distribution| guess(package, version, distribution).map(|guess| guess.scheme);
/// assert_eq!(scheme("bash", "4.4-5", Some(Distribution::Debian)), Some(Scheme::Dpkg));
/// assert_eq!(scheme("openssl", "1.0.1e-57.el6", None), Some(Scheme::Rpm));
/// assert_eq!(scheme("org.apache.logging.log4j:log4j-core", "2.14.1", None), Some(Scheme::Maven));
/// assert_eq!(scheme("bash", "4.4-5", None), None);
/// ```
#[must_use]
pub fn guess(package: &str, version: &str, distribution: Option<Distribution>) -> Option<Guess> {
    let version = version.trim();
    let (scheme, confidence) = match shape::origin(package, version) {
        Some(Origin::Marked(mark)) => (distribution.is_none_or(|distribution| distribution == mark))
            .then_some((mark.scheme(), Confidence::Likely))?,
        _ => by_package(package)
            .or_else(|| by_distribution(package, version, distribution?))
            .map(|scheme| (scheme, Confidence::Likely))
            .or_else(|| by_version(version))?,
    };
    Version::parse(scheme, version).is_ok().then_some(Guess { scheme, confidence })
}

fn by_package(package: &str) -> Option<Scheme> {
    if package == "stdlib" {
        // What scanners call Go's own library.
        return Some(Scheme::Go);
    }
    if let Some((group, artifact)) = package.split_once(':') {
        let is_coordinate =
            !group.is_empty() && !artifact.is_empty() && !artifact.contains(':') && !package.contains('/');
        return is_coordinate.then_some(Scheme::Maven);
    }
    let (first, _) = package.split_once('/')?;
    if first.starts_with('@') {
        return Some(Scheme::Npm);
    }
    // A Go module begins with a domain.
    first.contains('.').then_some(Scheme::Go)
}

fn by_distribution(package: &str, version: &str, distribution: Distribution) -> Option<Scheme> {
    let is_from_it = shape::is_plain_name(package)
        && match distribution {
            Distribution::Debian => shape::has_revision(version) || shape::is_native_to_debian(package),
            Distribution::RedHat => shape::has_revision(version),
            // Every version of apk's has its mark.
            Distribution::Alpine => false,
        };
    is_from_it.then(|| distribution.scheme())
}

fn by_version(version: &str) -> Option<(Scheme, Confidence)> {
    if shape::is_go_only(version) {
        Some((Scheme::Go, Confidence::Likely))
    } else if shape::is_python_only(version) {
        Some((Scheme::Pep440, Confidence::Likely))
    } else if shape::is_semantic_pre_release(version) {
        Some((Scheme::SemVer, Confidence::Likely))
    } else {
        shape::is_numbers(version).then_some((Scheme::SemVer, Confidence::Weak))
    }
}

#[cfg(test)]
mod tests;
