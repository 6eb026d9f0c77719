//! An artifact together with what is known about its vulnerabilities.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use super::{Artifact, FindingPool, FindingRef, Report, ReportState, Severity, SharesFindings};
use crate::name::{ArtifactReference, Digest, NameError, NamesArtifact, RepositoryName};

/// An artifact together with what is known about its vulnerabilities.
///
/// Ordered by registry, then by repository, then by Harbor's number, then by digest. Two are equal if they are the
/// same artifact, whatever is known about it: the same one in two registries is two. Serialises as the members of both parts side by side.
/// Deserialising is for JSON alone, by `serde_json`, and not inside of what serde reads twice (flattened members,
/// untagged enums); see [`FindingPool::seed`] for many of them.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(description = "An artifact together with what is known about its vulnerabilities.")]
pub struct ArtifactInfo {
    /// The artifact.
    #[serde(flatten)]
    pub artifact: Arc<Artifact>,
    /// Its report, or why there is none.
    #[serde(flatten)]
    pub state: ReportState,
}

impl ArtifactInfo {
    /// An artifact in a state, such as one made of a saved report.
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

    /// Whether it has a finding of this vulnerability, by [`Finding::has_id`](super::Finding::has_id). Without a report
    /// it has none, which [`state`](Self::state) tells from a report that lacks it.
    #[must_use]
    pub fn has_cve(&self, id: &str) -> bool {
        self.findings().any(|finding| finding.has_id(id))
    }

    /// The highest CVSS score of its findings; `None` where none has a score.
    #[must_use]
    pub fn cvss_max(&self) -> Option<f64> {
        self.state.report()?.cvss_scores().reduce(f64::max)
    }

    /// The severity of its worst finding; `None` where there are none.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.state.report().and_then(Report::severity)
    }

    fn order(&self) -> (Option<&str>, &RepositoryName, i64, &Digest) {
        let (registry, repository, digest) = self.artifact.key();
        (registry, repository, self.artifact.id, digest)
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

/// As its artifact: by the first tag, or by the short digest where there is none.
impl fmt::Display for ArtifactInfo {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.artifact.fmt(formatter)
    }
}

/// By its digest, as its artifact.
impl NamesArtifact for ArtifactInfo {
    fn artifact_reference(&self, host: &str) -> Result<ArtifactReference, NameError> {
        self.artifact.artifact_reference(host)
    }
}

impl PartialEq for ArtifactInfo {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
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
        self.order().cmp(&other.order())
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::ArtifactTag;
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
    fn artifacts_of_two_registries_are_two_and_those_of_one_stand_together() {
        let at = |registry: Option<&str>, repository| {
            let mut info = info(repository, 1, ReportState::NotScanned);
            Arc::make_mut(&mut info.artifact).registry = registry.map(Arc::from);
            info
        };
        let mut infos = [at(Some("b"), "p/a"), at(Some("a"), "p/b"), at(None, "p/c"), at(Some("a"), "p/a")];
        infos.sort();
        let sorted = infos.each_ref().map(|info| (info.artifact.registry.as_deref(), info.artifact.repository.full()));
        assert_eq!(sorted, [(None, "p/c"), (Some("a"), "p/a"), (Some("a"), "p/b"), (Some("b"), "p/a")]);
        assert_ne!(at(Some("a"), "p/a"), at(Some("b"), "p/a"));
        assert_eq!(at(Some("a"), "p/a"), at(Some("a"), "p/a"));
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

    /// I8, I9: a vulnerability is looked for by its whole identifier; without a report there is none, and no clean bill.
    #[test]
    fn an_artifact_has_a_vulnerability_or_not() {
        let info = info("p/a", 1, reported(&json!({"vulnerabilities": [{"id": "CVE-2020-12345"}, {"id": null}]})));
        assert!(info.has_cve("CVE-2020-12345") && info.has_cve("cve-2020-12345"));
        assert!(!info.has_cve("CVE-2020-1234") && !info.has_cve(".*") && !info.has_cve("CVE-2020-123456"));
        assert!(!self::info("p/a", 1, ReportState::NotScanned).has_cve("CVE-2020-12345"));
    }

    /// I1, I2: the highest score, and nothing rather than 0.0 where there is none.
    #[test]
    fn the_highest_score_is_known_or_not() {
        let scored = |score: f64| json!({"preferred_cvss": {"score_v3": score}});
        let report = json!({"vulnerabilities": [scored(5.0), scored(9.8), {}, scored(0.0)]});
        assert_eq!(info("p/a", 1, reported(&report)).cvss_max(), Some(9.8));
        assert_eq!(info("p/a", 1, reported(&json!({"vulnerabilities": [scored(0.0)]}))).cvss_max(), None);
        assert_eq!(info("p/a", 1, ReportState::NotScanned).cvss_max(), None);
    }

    /// I6, I7: everything after the first slash is the repository; tags come in the order of the list.
    #[test]
    fn an_artifact_tells_its_project_repository_and_tags() {
        let mut artifact = Artifact::new("p/a/b".parse().unwrap(), format!("sha256:{:064x}", 1).parse().unwrap());
        artifact.tags = ["v2", "v1"].map(ArtifactTag::new).into();
        let info = ArtifactInfo::new(Arc::new(artifact), ReportState::NotScanned);
        let repository = &info.artifact.repository;
        assert_eq!((repository.project().as_str(), repository.path()), ("p", "a/b"));
        assert_eq!(info.tags().collect::<Vec<_>>(), ["v2", "v1"]);
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

    /// Equality of artifacts is that of their names: what is compared here is everything that they say.
    fn assert_same(one: &ArtifactInfo, other: &ArtifactInfo) {
        assert_eq!(one.artifact, other.artifact);
        assert_eq!(one.state.report(), other.state.report());
        assert_eq!(serde_json::to_value(one).unwrap(), serde_json::to_value(other).unwrap());
    }

    #[test]
    fn artifacts_are_the_same_after_a_way_through_json() {
        let report = json!({"vulnerabilities": [{"id": "CVE-1", "new": 1}], "new": {"a": [null]}});
        let scan_failed = ReportState::ScanFailed { status: "Error".into() };
        for state in [reported(&report), scan_failed, ReportState::NotScanned] {
            let info = info("p/a/b", 1, state);
            let json = serde_json::to_string(&info).unwrap();
            assert_same(&serde_json::from_str(&json).unwrap(), &info);
            assert_same(&serde_json::from_reader(json.as_bytes()).unwrap(), &info);
            assert_same(&serde_json::from_value(serde_json::to_value(&info).unwrap()).unwrap(), &info);
        }
    }

    #[test]
    fn artifacts_of_one_list_share_their_findings_and_those_of_one_pool() {
        let report = json!({"vulnerabilities": [{"id": "CVE-1"}, {"id": "CVE-2"}]});
        let infos = [info("p/a", 1, reported(&report)), info("p/b", 2, reported(&report))];
        let json = serde_json::to_string(&infos).unwrap();
        let pool = FindingPool::new();
        let read = || {
            let mut json = serde_json::Deserializer::from_str(&json);
            pool.seed::<Vec<ArtifactInfo>>().deserialize(&mut json).unwrap()
        };
        let (once, twice) = (read(), read());
        assert_eq!((once.len(), twice.len(), pool.len()), (2, 2, 2));
        let first = once[0].findings().next().unwrap();
        assert!(Arc::ptr_eq(first.shared(), twice[1].findings().next().unwrap().shared()));
    }

    #[test]
    fn what_is_no_artifact_is_refused() {
        let good = serde_json::to_value(info("p/a", 1, reported(&json!({"vulnerabilities": []})))).unwrap();
        for (member, bad) in [
            ("digest", json!("sha256:1")),
            ("repository", json!("p")),
            ("state", json!("fine")),
            ("report", json!([])),
            ("report", json!({"vulnerabilities": [7]})),
            ("tags", Value::Null),
        ] {
            let mut json = good.clone();
            json[member] = bad;
            assert!(serde_json::from_value::<ArtifactInfo>(json.clone()).is_err(), "{json}");
        }
    }
}
