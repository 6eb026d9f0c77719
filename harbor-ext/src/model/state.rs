//! Whether an artifact has a vulnerability report, and if not, why.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::{FindingPool, Report, SharesFindings};
use crate::failure::Failure;
use crate::name::Digest;

/// Whether an artifact has a vulnerability report, and if not, why.
///
/// No report is not a clean report: only [`Reported`](Self::Reported) says anything about
/// vulnerabilities. Displayed in words for people; [`name`](Self::name) is the stable word for programs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ReportState {
    /// There is a report. Artifacts with the same content share it.
    Reported(Arc<Report>),
    /// The artifact can be scanned and never was; for an index, none of its images has a report.
    NotScanned,
    /// An index of which some images have no report, which is why Harbor gives none for the index. Those of the others can
    /// be asked for by their digests.
    ChildrenNotScanned {
        /// How many of its images have a report.
        scanned: u64,
        /// The images that have none: never scanned, being scanned, or with a failed scan. Attestations do not count.
        missing: Vec<Digest>,
    },
    /// An index whose images were [asked for](crate::Query::with_children) and are listed beside it: its report is that
    /// of those together, and was not fetched.
    InChildren,
    /// A scan is waiting or under way; Harbor has dropped the report before it, if there was one.
    Running,
    /// The last scan did not succeed.
    ScanFailed {
        /// Harbor's word for how the scan ended, such as `Error` or `Stopped`.
        status: Box<str>,
    },
    /// The scanner cannot scan artifacts of this type.
    Unsupported,
    /// There is no report and Harbor does not say why, as while its scanner is down.
    Unavailable,
    /// The project has no scanner.
    NoScanner,
    /// The account may not read reports here.
    Forbidden(Arc<Failure>),
    /// The report could not be fetched or read.
    Failed(Arc<Failure>),
}

impl ReportState {
    /// The report, where there is one.
    #[must_use]
    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Reported(report) => Some(report),
            _ => None,
        }
    }

    /// What went wrong, where something did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Forbidden(failure) | Self::Failed(failure) => Some(failure),
            _ => None,
        }
    }

    /// A stable word for the state, such as `not_scanned`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Reported(_) => "reported",
            Self::NotScanned => "not_scanned",
            Self::ChildrenNotScanned { .. } => "children_not_scanned",
            Self::InChildren => "in_children",
            Self::Running => "running",
            Self::ScanFailed { .. } => "scan_failed",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::NoScanner => "no_scanner",
            Self::Forbidden(_) => "forbidden",
            Self::Failed(_) => "failed",
        }
    }
}

/// For people: "scanned, 12 findings", or why there is no report.
impl fmt::Display for ReportState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported(report) if report.len() == 1 => formatter.write_str("scanned, 1 finding"),
            Self::Reported(report) => write!(formatter, "scanned, {} findings", report.len()),
            Self::NotScanned => formatter.write_str("never scanned"),
            Self::ChildrenNotScanned { scanned, missing } => {
                let total = usize::try_from(*scanned).unwrap_or(usize::MAX).saturating_add(missing.len());
                write!(formatter, "{} of {total} images without report", missing.len())
            }
            Self::InChildren => formatter.write_str("in its images"),
            Self::Running => formatter.write_str("being scanned"),
            Self::ScanFailed { status } => write!(formatter, "scan failed: {status}"),
            Self::Unsupported => formatter.write_str("cannot be scanned"),
            Self::Unavailable => formatter.write_str("without report for no stated reason"),
            Self::NoScanner => formatter.write_str("without scanner"),
            Self::Forbidden(failure) => write!(formatter, "forbidden: {failure}"),
            Self::Failed(failure) => write!(formatter, "failed: {failure}"),
        }
    }
}

/// An object with the [`name`](ReportState::name) as `state`, and with what there is to add to it
/// as `report`, `scanned` and `missing`, `status`, or `failure`.
impl Serialize for ReportState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("state", self.name())?;
        match self {
            Self::Reported(report) => map.serialize_entry("report", report)?,
            Self::ChildrenNotScanned { scanned, missing } => {
                map.serialize_entry("scanned", scanned)?;
                map.serialize_entry("missing", missing)?;
            }
            Self::ScanFailed { status } => map.serialize_entry("status", status)?,
            Self::Forbidden(failure) | Self::Failed(failure) => {
                map.serialize_entry("failure", failure)?;
            }
            _ => {}
        }
        map.end()
    }
}

/// Reads what was serialised, from JSON alone; members of other names do not count.
impl<'de> SharesFindings<'de> for ReportState {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        Self::read(json.get(), pool).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ReportState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_sharing(deserializer, &FindingPool::new())
    }
}

/// The members that a serialised state can have.
#[derive(serde::Deserialize)]
struct Members<'a> {
    state: String,
    #[serde(borrow)]
    report: Option<&'a RawValue>,
    scanned: Option<u64>,
    missing: Option<Vec<Digest>>,
    status: Option<Box<str>>,
    failure: Option<Arc<Failure>>,
}

impl ReportState {
    /// Reads the JSON object of a state, which may have further members.
    pub(super) fn read(json: &str, pool: &FindingPool) -> serde_json::Result<Self> {
        let Members { state, report, scanned, missing: images, status, failure } = serde_json::from_str(json)?;
        let missing = serde_json::Error::missing_field;
        Ok(match &*state {
            "reported" => {
                let report = report.ok_or_else(|| missing("report"))?;
                Self::Reported(Arc::new(Report::deserialize_sharing(report, pool)?))
            }
            "not_scanned" => Self::NotScanned,
            "children_not_scanned" => Self::ChildrenNotScanned {
                scanned: scanned.ok_or_else(|| missing("scanned"))?,
                missing: images.ok_or_else(|| missing("missing"))?,
            },
            "in_children" => Self::InChildren,
            "running" => Self::Running,
            "scan_failed" => Self::ScanFailed { status: status.ok_or_else(|| missing("status"))? },
            "unsupported" => Self::Unsupported,
            "unavailable" => Self::Unavailable,
            "no_scanner" => Self::NoScanner,
            "forbidden" => Self::Forbidden(failure.ok_or_else(|| missing("failure"))?),
            "failed" => Self::Failed(failure.ok_or_else(|| missing("failure"))?),
            _ => return Err(Error::custom(format!("there is no state \"{}\"", state.escape_debug()))),
        })
    }
}

impl JsonSchema for ReportState {
    fn schema_name() -> Cow<'static, str> {
        "ReportState".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let report = generator.subschema_for::<Report>();
        let failure = generator.subschema_for::<Failure>();
        let digest = generator.subschema_for::<Digest>();
        json_schema!({
            "description": "Whether an artifact has a vulnerability report, and if not, why.",
            "type": "object",
            "oneOf": [
                {
                    "properties": { "state": { "const": "reported" }, "report": report },
                    "required": ["state", "report"],
                },
                {
                    "properties": {
                        "state": { "const": "children_not_scanned" },
                        "scanned": { "type": "integer", "minimum": 0 },
                        "missing": { "type": "array", "items": digest },
                    },
                    "required": ["state", "scanned", "missing"],
                },
                {
                    "properties": { "state": { "const": "scan_failed" }, "status": { "type": "string" } },
                    "required": ["state", "status"],
                },
                {
                    "properties": { "state": { "enum": ["forbidden", "failed"] }, "failure": failure },
                    "required": ["state", "failure"],
                },
                {
                    "properties": {
                        "state": {
                            "enum": [
                                "not_scanned", "in_children", "running", "unsupported", "unavailable", "no_scanner",
                            ],
                        },
                    },
                    "required": ["state"],
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn states_have_different_words_and_serialise_with_them() {
        let scan_failed = ReportState::ScanFailed { status: "Stopped".into() };
        assert_eq!(serde_json::to_value(&scan_failed).unwrap(), json!({"state": "scan_failed", "status": "Stopped"}),);
        let digest = format!("sha256:{}", "0".repeat(64)).parse().unwrap();
        let states = [
            scan_failed,
            ReportState::NotScanned,
            ReportState::ChildrenNotScanned { scanned: 1, missing: vec![digest] },
            ReportState::InChildren,
            ReportState::Running,
            ReportState::Unsupported,
            ReportState::Unavailable,
            ReportState::NoScanner,
        ];
        let names: BTreeSet<_> = states.iter().map(ReportState::name).collect();
        let words = states.each_ref().map(ToString::to_string);
        assert_eq!(words[..3], ["scan failed: Stopped", "never scanned", "1 of 2 images without report"]);
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), states.len());
        assert_eq!(names.len(), states.len());
        for state in &states {
            assert!(state.report().is_none() && state.failure().is_none());
            let json = serde_json::to_string(state).unwrap();
            assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["state"], state.name());
            assert_eq!(serde_json::from_str::<ReportState>(&json).unwrap().name(), state.name());
        }
    }

    #[test]
    fn what_a_state_has_to_add_must_be_there() {
        for json in [
            json!({"state": "reported"}),
            json!({"state": "reported", "report": {}}),
            json!({"state": "scan_failed"}),
            json!({"state": "children_not_scanned", "scanned": 1}),
            json!({"state": "failed"}),
            json!({"state": "excellent"}),
            json!({"status": "Error"}),
        ] {
            assert!(serde_json::from_value::<ReportState>(json.clone()).is_err(), "{json}");
        }
    }
}
