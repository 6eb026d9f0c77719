//! Why a finding does not count.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

/// Why a finding does not count. It stays in the data all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct Suppression {
    /// Who says so.
    pub source: SuppressionSource,
    /// Why, in the words of the source; empty where it gives none.
    pub reason: Arc<str>,
    /// Until when; `None` for ever.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Who says that a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SuppressionSource {
    /// The allowlist of the registry.
    SystemAllowlist,
    /// The allowlist of the project.
    ProjectAllowlist,
    /// A VEX document.
    Vex {
        /// The identifier of the document.
        document: Arc<str>,
        /// The status in the words of OpenVEX, `not_affected` or `fixed`.
        status: &'static str,
        /// The justification in the words of OpenVEX, such as `vulnerable_code_not_present`.
        justification: Option<Arc<str>>,
    },
    /// An exception of the policy.
    Exception,
}
