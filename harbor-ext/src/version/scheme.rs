//! The ways in which ecosystems order their versions.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rules by which an ecosystem reads and orders its versions.
///
/// Parsed in any case, and displayed and serialised as one lower-case word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Scheme {
    /// Debian, Ubuntu and their kin: `[epoch:]upstream[-revision]`, as dpkg compares.
    Dpkg,
    /// Red Hat, Fedora, SUSE, Amazon Linux and their kin: `[epoch:]version[-release]`, as rpm compares. A version
    /// without a release comes before the same version with one.
    Rpm,
    /// Alpine and Wolfi: `1.2.3b_rc1-r4`, as apk-tools 3 compares.
    Apk,
    /// Python: PEP 440.
    Pep440,
    /// Semantic versioning 2.0.0, which Rust, NuGet, Composer, Hex, Swift and others follow more or less.
    ///
    /// Read leniently: `v` or `=` before the number, leading zeros, and any number of numbers, of which missing ones
    /// are 0 (`1.2` is `1.2.0`). Build metadata does not count.
    SemVer,
    /// npm: as [`SemVer`](Self::SemVer), with three numbers at the most.
    Npm,
    /// Java: as Maven 3.9 and later compares. Every text but the empty one is a version.
    Maven,
    /// Go modules: semantic versions and pseudo-versions with or without `v`, and Go's own releases (`go1.21rc2`).
    Go,
}

/// A text names no scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScheme {
    text: Box<str>,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 8] =
        [Self::Dpkg, Self::Rpm, Self::Apk, Self::Pep440, Self::SemVer, Self::Npm, Self::Maven, Self::Go];

    /// The name: `dpkg`, `rpm`, `apk`, `pep440`, `semver`, `npm`, `maven` or `go`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Pep440 => "pep440",
            Self::SemVer => "semver",
            Self::Npm => "npm",
            Self::Maven => "maven",
            Self::Go => "go",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = |scheme: &Self| scheme.as_str().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(wanted).ok_or_else(|| UnknownScheme { text: super::error::shown(text) })
    }
}

impl fmt::Display for UnknownScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Scheme::ALL.map(Scheme::as_str).join(", ");
        write!(f, "\"{}\" is not a version scheme: there are {names}", self.text)
    }
}

impl std::error::Error for UnknownScheme {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_written_in_one() {
        for scheme in Scheme::ALL {
            let name = scheme.as_str();
            assert_eq!(name.parse(), Ok(scheme));
            assert_eq!(name.to_uppercase().parse(), Ok(scheme));
            assert_eq!(serde_json::to_value(scheme).unwrap(), name);
            assert_eq!(serde_json::from_value::<Scheme>(name.into()).unwrap(), scheme);
            assert_eq!(scheme.to_string(), name);
        }
        let error = "cargo\n".parse::<Scheme>().unwrap_err().to_string();
        assert_eq!(
            error,
            "\"cargo\\n\" is not a version scheme: there are dpkg, rpm, apk, pep440, semver, npm, maven, go"
        );
    }
}
