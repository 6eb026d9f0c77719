//! What a policy decided.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::{Assessed, Suppression};
use crate::failure::Failure;
use crate::model::{Artifact, ArtifactInfo};
use crate::text::Quoted;
use row::Row;

mod row;

/// What a policy decided.
///
/// Serialises with each violation as an object of its own that says everything on it, also in words (`message`).
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Verdict<'a> {
    /// What is against the policy, in the order of the report.
    pub violations: Vec<Violation<'a>>,
    /// What would be against it, if there were not its [suppressions](Violation::suppressions).
    pub excused: Vec<Violation<'a>>,
    /// What will be against it when its grace ends, unless it is gone by then.
    pub pending: Vec<Violation<'a>>,
    /// How often each rule was broken, in the order of the policy.
    pub counts: Vec<RuleCount>,
    /// How many artifacts were judged.
    pub artifacts: usize,
    /// How many findings were judged.
    pub findings: usize,
    /// How many artifacts have no report, whether the policy allows it or not.
    pub without_report: usize,
    /// How many things could not be read, reports and whole lists.
    pub unread: usize,
    /// Whether something could not be read, so that nobody knows whether it is against the policy.
    pub incomplete: bool,
    /// What to know besides, such as exceptions that have expired or match nothing.
    pub notes: Vec<String>,
}

/// How often a rule was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RuleCount {
    /// The name of the rule.
    pub rule: Arc<str>,
    /// Violations.
    pub violations: usize,
    /// What is excused.
    pub excused: usize,
    /// What is still in its grace.
    pub pending: usize,
}

/// Something that is against a policy. Displayed as a sentence: which image, which finding, which rule, what to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Violation<'a> {
    /// A finding that a rule does not allow.
    Finding {
        /// The finding.
        assessed: Arc<Assessed<'a>>,
        /// The name of the rule.
        rule: Arc<str>,
        /// What of the rule it fulfils, such as `severity Critical, fixable`.
        reason: String,
        /// When its grace ends or has ended; `None` where the rule gives none or nobody knows how old it is.
        due: Option<DateTime<Utc>>,
    },
    /// An artifact without a report, which the policy does not allow.
    WithoutReport {
        /// The artifact.
        info: &'a ArtifactInfo,
        /// The exceptions that allow it.
        suppressions: Vec<Suppression>,
    },
    /// Something that could not be read at all, which the policy does not allow.
    NotRead {
        /// The registry; empty where it is not known.
        registry: &'a str,
        /// What could not be read.
        failure: &'a Failure,
    },
}

impl Verdict<'_> {
    /// Whether nothing is against the policy. What could not be read may be: see [`incomplete`](Self::incomplete).
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.violations.is_empty()
    }
}

impl RuleCount {
    pub(super) fn new(rule: Arc<str>) -> Self {
        Self { rule, violations: 0, excused: 0, pending: 0 }
    }
}

impl<'a> Violation<'a> {
    /// The artifact; `None` for what could not be listed.
    #[must_use]
    pub fn info(&self) -> Option<&'a ArtifactInfo> {
        match self {
            Self::Finding { assessed, .. } => Some(assessed.info),
            Self::WithoutReport { info, .. } => Some(info),
            Self::NotRead { .. } => None,
        }
    }

    /// What speaks for it: why it is excused. In a violation that counts all the same, what the policy does not accept.
    #[must_use]
    pub fn suppressions(&self) -> &[Suppression] {
        match self {
            Self::Finding { assessed, .. } => &assessed.suppressions,
            Self::WithoutReport { suppressions, .. } => suppressions,
            Self::NotRead { .. } => &[],
        }
    }

    /// What to do about it, such as `upgrade log4j to 2.17.1`.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Finding { assessed, .. } => {
                let finding = assessed.finding;
                let (package, fixes) = (Quoted(finding.package()), finding.fix_versions().collect::<Vec<_>>());
                match &*fixes {
                    [] => format!("there is no fix for {package} yet: replace it, or except it with a reason"),
                    fixes => format!("upgrade {package} to {}", Quoted(&fixes.join(" or "))),
                }
            }
            Self::WithoutReport { .. } => "scan it".into(),
            Self::NotRead { .. } => "read it again".into(),
        }
    }
}

impl fmt::Display for Violation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding { assessed, rule, reason, due } => {
                let (image, finding) = (Image(&assessed.info.artifact), assessed.finding);
                let [id, package, version, rule] =
                    [finding.id(), finding.package(), finding.version(), rule].map(Quoted);
                write!(formatter, "{image} has {id} in {package} {version}, against the rule \"{rule}\" ({reason}")?;
                match due {
                    Some(due) => write!(formatter, ", due {})", due.date_naive())?,
                    None => formatter.write_str(")")?,
                }
            }
            Self::WithoutReport { info, .. } => {
                let state = info.state.to_string();
                write!(formatter, "{} has no vulnerability report ({})", Image(&info.artifact), Quoted(&state))?;
            }
            Self::NotRead { registry: "", failure } => {
                write!(formatter, "could not be read: {}", Quoted(&failure.to_string()))?;
            }
            Self::NotRead { registry, failure } => {
                write!(formatter, "{} could not be read: {}", Quoted(registry), Quoted(&failure.to_string()))?;
            }
        }
        write!(formatter, ": {}", self.advice())
    }
}

impl Serialize for Violation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Row::from(self).serialize(serializer)
    }
}

impl JsonSchema for Violation<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Violation".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Row::json_schema(generator)
    }
}

/// The name of an image for people: host, repository, one tag and how many more there are, and the short digest.
struct Image<'a>(&'a Artifact);

impl fmt::Display for Image<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { registry, repository, digest, .. } = self.0;
        if let Some(registry) = registry {
            write!(formatter, "{}/", Quoted(registry))?;
        }
        write!(formatter, "{}", Quoted(repository.full()))?;
        let mut tags = self.0.tag_names();
        if let Some(tag) = tags.next() {
            write!(formatter, ":{}", Quoted(tag))?;
        }
        match tags.len() {
            0 => write!(formatter, " ({})", digest.short()),
            1 => write!(formatter, " ({}, 1 more tag)", digest.short()),
            more => write!(formatter, " ({}, {more} more tags)", digest.short()),
        }
    }
}
