//! What is not to be in a registry.

use std::sync::Arc;

use crate::model::Severity;

pub use exception::{Exception, Expiry};
pub use rule::Rule;
pub use treatment::{Counting, Treatment, WhenMissing, WhenUnread};

use project::ProjectPolicy;

mod check;
mod exception;
mod file;
mod project;
mod rule;
mod treatment;

/// What is not to be in a registry: rules for findings, what to think of artifacts without a report, changes for some
/// projects, and exceptions.
///
/// ```
/// # use harbor_ext::judge::Policy;
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     unscanned = "violation"     # never scanned, scan failed …: "violation" or "allow"
///     unsupported = "allow"       # what no scanner can scan, such as charts: "violation" or "allow"
///     failed = "incomplete"       # could not be read: "violation" or "incomplete"
///     suppressed = "ignore"       # what allowlists and VEX documents accept: "ignore" or "count"
///     unrated = "ignore"          # without the severity or score that a rule asks for: "ignore" or "count"
///
///     [[rules]]                   # a finding is against it that meets all conditions of any rule
///     name = "critical"
///     severity = "critical"       # or worse
///     fixable = true
///     grace = "14d"               # counted from when it was first seen
///
///     [[rules]]
///     name = "exploited"
///     kev = true
///
///     [[rules]]
///     name = "likely"
///     cvss = 7.0                  # or higher
///     epss = 0.1                  # or more likely
///     package = ["openssl*", "log4j*"]
///
///     [[projects]]                # all that match apply, one after the other
///     project = ["shop", "harbor.example.com/team-*"]
///     off = ["likely"]
///     unscanned = "allow"
///     [[projects.rules]]          # in place of the rule of this name, or besides the others
///     name = "critical"
///     severity = "high"
///
///     [[exceptions]]
///     cve = "CVE-2021-44228"
///     package = "org.apache.logging.log4j:*"
///     repository = "shop/**"
///     reason = "The class is removed at build time, see ticket 42."
///     expires = 2026-12-31        # the last day on which it counts (UTC), or a time, or "never"
///     "#,
/// )?;
/// assert_eq!(policy.rules.len(), 3);
/// # Ok::<(), harbor_ext::judge::PolicyError>(())
/// ```
///
/// Names of vulnerabilities, packages, repositories (`project/path`), projects and registries are
/// [patterns](crate::analysis::Pattern::glob), in which capitals do not count and `*` ends at a slash. Repositories and
/// projects may have the host in front.
///
/// # Age
///
/// The age of a finding and its grace count from when it was [first seen](crate::judge::Assessed::first_seen). Where no
/// older snapshot tells, they count from the push of the artifact, and where that is unknown, too, the finding is as old as
/// can be and its grace is over. How long there has been a fix is not known: Harbor does not tell.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
    /// What is allowed all the same.
    pub exceptions: Vec<Exception>,
    /// What to think of findings and artifacts that the rules cannot judge.
    pub treatment: Treatment,
    projects: Vec<ProjectPolicy>,
}

/// Why a text is not a policy, or why one cannot decide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PolicyError(pub(super) String);

impl Policy {
    /// Reads a policy in TOML.
    ///
    /// # Errors
    ///
    /// Fails for what is no TOML, for a member that is not known (and says which one may be meant), for a value that makes no
    /// sense, for a rule without a condition or with the name of another, and for an exception without a reason, without an
    /// end, or without anything that it is for. The line is told.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        file::read(text)
    }

    /// A policy of one rule, for who has none: no findings of this severity or worse, or only none of them that can be fixed.
    #[must_use]
    pub fn of(severity: Severity, only_fixable: bool) -> Self {
        let name: Arc<str> = match only_fixable {
            true => format!("{severity} or worse, fixable").into(),
            false => format!("{severity} or worse").into(),
        };
        let fixable = only_fixable.then_some(true);
        Self { rules: vec![Rule { severity: Some(severity), fixable, ..Rule::new(name) }], ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
