//! The version that fixes several findings in one package.

use std::cmp::Ordering;

use super::Incomparable;
use crate::model::Finding;
use crate::version::{Scheme, Version};

/// The versions that fix a finding and are above the installed one, sorted; at least one.
#[derive(Debug)]
pub(super) struct Fixes<'a> {
    first: Fix<'a>,
    others: Vec<Fix<'a>>,
}

#[derive(Debug)]
struct Fix<'a> {
    version: Version,
    text: &'a str,
}

impl<'a> Fixes<'a> {
    pub(super) fn of(finding: &'a Finding, scheme: Scheme) -> Result<Self, Incomparable> {
        let Ok(installed) = Version::parse(scheme, finding.version()) else {
            return Err(Incomparable::InstalledVersion);
        };
        let mut all_are_read = true;
        let mut fixes: Vec<_> = finding
            .fix_versions()
            .filter_map(|text| {
                // Some advisories, such as those of Rust, say from which version on it is fixed, and up to which line.
                let text = text.strip_prefix(">=").unwrap_or(text).trim_start();
                let is_prose = is_word(text) && !is_word(finding.version());
                let version = Version::parse(scheme, text).ok().filter(|_| !is_prose);
                all_are_read &= version.is_some();
                version.map(|version| Fix { version, text })
            })
            .filter(|fix| fix.version > installed)
            .collect();
        fixes.sort_by(Fix::cmp);
        let mut fixes = fixes.into_iter();
        match fixes.next() {
            Some(first) => Ok(Self { first, others: fixes.collect() }),
            None if all_are_read => Err(Incomparable::NotNewer),
            // What could not be read may be newer.
            None => Err(Incomparable::FixVersion),
        }
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &Fix<'a>> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Whether a version is one that has the fix. Between two fixes, of two lines of releases, it is one if it has more
    /// in common with the lower.
    fn are_in(&self, target: &Fix<'a>) -> bool {
        let lower = self.iter().rfind(|fix| fix.version <= target.version);
        let upper = self.iter().find(|fix| fix.version > target.version);
        match (lower, upper) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(lower), Some(upper)) => {
                lower.version == target.version || target.in_common_with(lower) > target.in_common_with(upper)
            }
        }
    }
}

/// Whether a text begins like no number. Some schemes read any word as a version, and dpkg places it above all numbers: an
/// upgrade to `unfixed` would be the highest of all.
fn is_word(text: &str) -> bool {
    let text = text.strip_prefix("go").unwrap_or(text).trim_start_matches(['v', 'V', '=']);
    !text.starts_with(|first: char| first.is_ascii_digit())
}

/// The lowest of all fixes that fixes all findings; `None` where there are no findings.
pub(super) fn lowest<'a>(findings: &[Fixes<'a>]) -> Option<&'a str> {
    let needed = findings.iter().map(|fixes| &fixes.first).max_by(|a, b| a.cmp(b))?;
    let mut candidates: Vec<_> = findings.iter().flat_map(Fixes::iter).filter(|fix| fix.cmp(needed).is_ge()).collect();
    candidates.sort_by(|a, b| a.cmp(b));
    candidates.dedup_by(|a, b| a.version == b.version);
    // Nothing is above the last one, so that it fixes them all.
    let fixes_all = |target: &&&Fix<'a>| findings.iter().all(|fixes| fixes.are_in(target));
    candidates.iter().find(fixes_all).or(candidates.last()).map(|fix| fix.text)
}

impl Fix<'_> {
    /// By version; equal ones by text, so that the order of the report does not matter.
    fn cmp(&self, other: &Self) -> Ordering {
        let versions = self.version.partial_cmp(&other.version).unwrap_or(Ordering::Equal);
        versions.then_with(|| self.text.cmp(other.text))
    }

    /// How many parts from the left are the same, as 2 of `2.9.9` and `2.9.10`.
    fn in_common_with(&self, other: &Self) -> usize {
        fn parts(text: &str) -> impl Iterator<Item = &str> {
            text.trim_start_matches('v').split(|c: char| !c.is_ascii_alphanumeric())
        }
        parts(self.text).zip(parts(other.text)).take_while(|(one, other)| one == other).count()
    }
}
