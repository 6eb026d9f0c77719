//! What a line of an archive says.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::findings::Findings;
use super::words::failure;
use crate::archive::format::End;
use crate::failure::{Failure, FailureKind};
use crate::model::{
    Allowlists, Artifact, ArtifactInfo, Finding, FindingPool, References, ReportState, Unreferenced, json,
};

/// What a line says.
#[derive(Debug)]
pub(super) enum Line {
    /// A finding; `None` where it cannot be understood.
    Finding(Option<Arc<Finding>>),
    /// An artifact; or why it cannot be understood.
    Artifact(Result<ArtifactInfo, String>),
    Failure(Result<Failure, String>),
    Allowlists(Result<Allowlists, String>),
    End(Result<Box<End<'static>>, String>),
    /// Something that this version does not know.
    Unknown(String),
}

/// What a line says, and the members of it that this version does not know.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) line: Line,
    pub(super) unknown: Vec<String>,
}

impl Read {
    /// Reads a line; the error says why it is none.
    pub(super) fn line(text: &[u8], pool: &FindingPool, findings: &Findings) -> Result<Self, String> {
        let text = str::from_utf8(text).map_err(|error| error.to_string())?;
        let members = json::members(text).map_err(|error| error.to_string())?.0;
        let Some((kind, value)) = members.first() else { return Err("it is an empty object".to_owned()) };
        let mut known: &[&str] = &[];
        let line = match &**kind {
            "finding" => Line::Finding(pool.share_json(value.get())),
            "artifact" => {
                known = &["state", "report", "findings", "digests", "digests_of"];
                Line::Artifact(read_artifact(text, pool, findings))
            }
            "failure" => Line::Failure(read(value)),
            "allowlists" => Line::Allowlists(read(value)),
            "end" => Line::End(read(value).map(Box::new)),
            other => Line::Unknown(other.to_owned()),
        };
        let others = members.iter().skip(1).map(|(name, _)| &**name).filter(|name| !known.contains(name));
        let unknown = match &line {
            // It is told as a whole.
            Line::Unknown(_) => Vec::new(),
            _ => others.map(str::to_owned).collect(),
        };
        Ok(Self { line, unknown })
    }
}

fn read<'de, T: Deserialize<'de>>(value: &'de RawValue) -> Result<T, String> {
    serde_json::from_str(value.get()).map_err(|error| error.to_string())
}

/// The line of an artifact.
#[derive(Deserialize)]
struct ArtifactLine<'a> {
    artifact: Artifact,
    #[serde(borrow)]
    state: Option<&'a RawValue>,
    report: Option<serde::de::IgnoredAny>,
}

fn read_artifact(text: &str, pool: &FindingPool, findings: &Findings) -> Result<ArtifactInfo, String> {
    let ArtifactLine { artifact, state, report } = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let state = match (state, report) {
        (Some(state), None) => read(state)?,
        (None, Some(_)) => read_report(text, &artifact, pool, findings)?,
        _ => return Err("an artifact has either a state or a report".to_owned()),
    };
    Ok(ArtifactInfo::new(Arc::new(artifact), state))
}

/// The report of an artifact, or that it was lost.
fn read_report(
    text: &str,
    artifact: &Artifact,
    pool: &FindingPool,
    findings: &Findings,
) -> Result<ReportState, String> {
    let references: References<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let message = match references.report(artifact.digest.as_str(), pool, |number| findings.get(number)) {
        Ok(report) => return Ok(ReportState::Reported(Arc::new(report))),
        Err(Unreferenced::Lost(lost)) => {
            format!("the archive is damaged, and {lost} of the {} findings of its report are lost", references.len())
        }
        Err(Unreferenced::Invalid(why)) => format!("the archive holds no report that can be understood: {why}"),
    };
    Ok(ReportState::Failed(Arc::new(of_artifact(artifact, &message))))
}

/// What of an artifact was lost.
fn of_artifact(artifact: &Artifact, message: &str) -> Failure {
    let mut failure = failure(FailureKind::Undecodable, message);
    failure.target.project = Some(artifact.repository.project().clone());
    failure.target.repository = Some(artifact.repository.clone());
    failure.target.digest = Some(artifact.digest.clone());
    failure
}
