//! The rules of each scheme: how a text becomes its place in the order.
//!
//! Each file turns a text into a key whose order is derived, nearly always that of a list of tokens. So the order is
//! lawful whatever the text, and what has to be right is only how the text is cut and how the tokens rank.

use super::Scheme;
use super::error::Reason;

mod apk;
mod dpkg;
mod maven;
mod pep440;
mod rpm;
mod semver;

/// The place of a version in the order of its scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Dpkg(dpkg::Key),
    Rpm(rpm::Key),
    Apk(apk::Key),
    Pep440(pep440::Key),
    SemVer(semver::Key),
    Maven(maven::Key),
}

/// Reads a text without surrounding white space by the rules of a scheme.
pub(super) fn key(scheme: Scheme, text: &str) -> Result<Key, Reason> {
    if text.is_empty() {
        return Err("there is no version".into());
    }
    match scheme {
        Scheme::Dpkg => dpkg::key(text).map(Key::Dpkg),
        Scheme::Rpm => rpm::key(text).map(Key::Rpm),
        Scheme::Apk => apk::key(text).map(Key::Apk),
        Scheme::Pep440 => pep440::key(text).map(Key::Pep440),
        Scheme::SemVer => semver::key(text).map(Key::SemVer),
        Scheme::Npm => semver::npm_key(text).map(Key::SemVer),
        Scheme::Go => semver::go_key(text).map(Key::SemVer),
        Scheme::Maven => Ok(Key::Maven(maven::key(text))),
    }
}
