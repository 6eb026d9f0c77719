//! An artifact together with what is known about its vulnerabilities.

use std::cmp::Ordering;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use super::{Artifact, FindingPool, FindingRef, Report, ReportState, Severity, SharesFindings};
use crate::name::{Digest, RepositoryName};

/// An artifact together with what is known about its vulnerabilities.
///
/// Ordered by repository, then by Harbor's number, then by digest. Two are equal if they are the
/// same artifact, whatever is known about it. Serialises as the members of both parts side by side.
/// Deserialising is for JSON alone, by `serde_json`, and not inside of what serde reads twice (flattened members,
/// untagged enums); see [`FindingPool::seed`] for many of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ArtifactInfo {
    /// The artifact.
    #[serde(flatten)]
    pub artifact: Arc<Artifact>,
    /// Its report, or why there is none.
    #[serde(flatten)]
    pub state: ReportState,
}

impl ArtifactInfo {
    /// Puts the two together.
    #[must_use]
    pub fn new(artifact: Arc<Artifact>, state: ReportState) -> Self {
        Self { artifact, state }
    }

    /// The names of its tags, in the order of the list.
    #[must_use]
    pub fn tags(&self) -> impl ExactSizeIterator<Item = &str> {
        self.artifact.tag_names()
    }

    /// Its findings, in the order of the report; none where there is no report, which
    /// [`state`](Self::state) tells from a clean one.
    pub fn findings(&self) -> impl Iterator<Item = FindingRef<'_>> {
        self.state.report().into_iter().flat_map(Report::findings)
    }

    /// The severity of its worst finding; `None` where there are none.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.state.report().and_then(Report::severity)
    }

    fn key(&self) -> (&RepositoryName, i64, &Digest) {
        (&self.artifact.repository, self.artifact.id, &self.artifact.digest)
    }
}

impl<'de> SharesFindings<'de> for ArtifactInfo {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let artifact: Artifact = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        let state = ReportState::read(json.get(), pool).map_err(D::Error::custom)?;
        Ok(Self::new(Arc::new(artifact), state))
    }
}

impl<'de> Deserialize<'de> for ArtifactInfo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_sharing(deserializer, &FindingPool::new())
    }
}

impl PartialEq for ArtifactInfo {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for ArtifactInfo {}

impl PartialOrd for ArtifactInfo {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ArtifactInfo {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::FindingPool;
    use crate::model::decode::{self, Body, MEDIA_TYPE_1_1};

    fn info(repository: &str, id: i64, state: ReportState) -> ArtifactInfo {
        let digest = format!("sha256:{:064x}", 1000 - id).parse().unwrap();
        let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
        artifact.id = id;
        ArtifactInfo::new(Arc::new(artifact), state)
    }

    fn reported(report: &Value) -> ReportState {
        let body = json!({ MEDIA_TYPE_1_1: report }).to_string();
        match decode::report(body.as_bytes(), &FindingPool::new()).unwrap() {
            Body::Report(report) => ReportState::Reported(Arc::new(report)),
            Body::Empty => panic!("there is a report"),
        }
    }

    #[test]
    fn artifacts_are_ordered_by_repository_and_number() {
        let keys = [("p/b", 1), ("p/a", 10), ("o/z", 7), ("p/a", 9)];
        let mut infos = keys.map(|(repository, id)| info(repository, id, ReportState::NotScanned));
        infos.sort();
        let sorted = infos.each_ref().map(|info| (info.artifact.repository.full(), info.artifact.id));
        assert_eq!(sorted, [("o/z", 7), ("p/a", 9), ("p/a", 10), ("p/b", 1)]);
    }

    #[test]
    fn what_is_not_reported_has_no_findings_and_no_severity() {
        let clean = info("p/a", 1, reported(&json!({"vulnerabilities": []})));
        let unscanned = info("p/a", 2, ReportState::NotScanned);
        for info in [&clean, &unscanned] {
            assert_eq!(info.findings().count(), 0);
            assert_eq!(info.severity(), None);
        }
        assert!(clean.state.report().is_some());
        assert!(unscanned.state.report().is_none());
    }

    #[test]
    fn both_parts_are_serialised_side_by_side() {
        let finding = json!({
            "id": "CVE-1",
            "severity": "High",
            "vendor_attributes": {"CVSS": {"nvd": {"V3Score": 7}}},
            "new": [1, null],
        });
        let mut report = json!({
            "generated_at": "2026-01-02T03:04:05Z",
            "scanner": {"name": "Trivy", "vendor": "", "version": "1"},
            "severity": "High",
            "vulnerabilities": [finding.clone(), finding],
        });
        report["vulnerabilities"][1]["artifact_digests"] = json!(["sha256:a"]);
        let json = serde_json::to_value(info("p/a", 1, reported(&report))).unwrap();
        assert_eq!(json["repository"], "p/a");
        assert_eq!(json["id"], 1);
        assert_eq!(json["push_time"], Value::Null);
        assert_eq!(json["state"], "reported");
        assert_eq!(json["report"], report);
    }
}
