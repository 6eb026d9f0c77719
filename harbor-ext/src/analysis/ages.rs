//! How old artifacts and their reports are.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::ArtifactReport;
use super::fixes::{names, serialize_names};
use crate::model::{ArtifactInfo, Report, Scanner};

/// Artifacts by age. Those of all buckets and those of unknown age add up to all artifacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct AgeBuckets {
    /// The buckets, the youngest first.
    pub buckets: Vec<AgeBucket>,
    /// What is of unknown age: the time is missing, or there is no report that could have one.
    pub unknown: AgeContents,
}

/// The artifacts between two ages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct AgeBucket {
    /// The age from which on an artifact is in this bucket, in seconds; `None` for the first one, which has those from
    /// the future, too: clocks differ.
    pub from_seconds: Option<i64>,
    /// The age from which on it is in the next one, in seconds; `None` for the last one.
    pub below_seconds: Option<i64>,
    /// What is in it.
    #[serde(flatten)]
    pub contents: AgeContents,
}

/// How much there is of some age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct AgeContents {
    /// Artifacts.
    pub artifacts: usize,
    /// Findings in these artifacts.
    pub findings: usize,
}

/// Which reports can be relied on. Every artifact is in exactly one of the lists, each in the order of the report.
///
/// Artifacts are serialised by name.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct ScanFreshness<'a> {
    /// Artifacts whose report is new enough.
    #[serde(serialize_with = "serialize_names")]
    #[schemars(with = "Vec<String>")]
    pub fresh: Vec<&'a ArtifactInfo>,
    /// Artifacts whose report is too old.
    #[serde(serialize_with = "serialize_names")]
    #[schemars(with = "Vec<String>")]
    pub stale: Vec<&'a ArtifactInfo>,
    /// Artifacts whose report does not say when it was made.
    #[serde(serialize_with = "serialize_names")]
    #[schemars(with = "Vec<String>")]
    pub undated: Vec<&'a ArtifactInfo>,
    /// Artifacts without a report, by [`ReportState::name`](crate::model::ReportState::name): those that were never
    /// scanned are `not_scanned`.
    #[serde(serialize_with = "serialize_names_by_state")]
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub without_report: BTreeMap<&'static str, Vec<&'a ArtifactInfo>>,
}

impl ArtifactReport {
    /// The artifacts by the age of their push, counted from `now`.
    ///
    /// An age that is one of the `limits` is in the older bucket. Limits need not be sorted, and one that occurs twice
    /// counts once: `n` of them make `n + 1` buckets.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// use chrono::{TimeDelta, Utc};
    ///
    /// # let report = ArtifactReport::default();
    /// let ages = report.push_ages(Utc::now(), [30, 90, 365].map(TimeDelta::days));
    /// for bucket in &ages.buckets {
    ///     let days = bucket.from_seconds.unwrap_or_default() / 86_400;
    ///     println!("from {days} days on: {} artifacts", bucket.contents.artifacts);
    /// }
    /// println!("of unknown age: {} artifacts", ages.unknown.artifacts);
    /// ```
    #[must_use]
    pub fn push_ages(&self, now: DateTime<Utc>, limits: impl IntoIterator<Item = TimeDelta>) -> AgeBuckets {
        self.ages(now, limits, |info| info.artifact.push_time)
    }

    /// The artifacts by the age of their report, counted from `now`; as [`push_ages`](Self::push_ages) in all else.
    #[must_use]
    pub fn scan_ages(&self, now: DateTime<Utc>, limits: impl IntoIterator<Item = TimeDelta>) -> AgeBuckets {
        self.ages(now, limits, |info| info.state.report().and_then(Report::generated_at))
    }

    /// Which reports are not older than `max_age`, counted from `now`, and which artifacts have none.
    #[must_use]
    pub fn scan_freshness(&self, now: DateTime<Utc>, max_age: TimeDelta) -> ScanFreshness<'_> {
        let mut freshness = ScanFreshness::default();
        for info in self {
            let list = match info.state.report().map(Report::generated_at) {
                None => freshness.without_report.entry(info.state.name()).or_default(),
                Some(None) => &mut freshness.undated,
                Some(Some(time)) if now - time <= max_age => &mut freshness.fresh,
                Some(Some(_)) => &mut freshness.stale,
            };
            list.push(info);
        }
        freshness
    }

    /// How many reports each scanner has made, by name, vendor and version; `None` for those that name none. Together
    /// they are all artifacts that have a report.
    #[must_use]
    pub fn scanners(&self) -> BTreeMap<Option<&Scanner>, usize> {
        let mut scanners = BTreeMap::new();
        for report in self.iter().filter_map(|info| info.state.report()) {
            *scanners.entry(report.scanner()).or_default() += 1;
        }
        scanners
    }

    fn ages(
        &self,
        now: DateTime<Utc>,
        limits: impl IntoIterator<Item = TimeDelta>,
        time: impl Fn(&ArtifactInfo) -> Option<DateTime<Utc>>,
    ) -> AgeBuckets {
        let mut limits: Vec<_> = limits.into_iter().collect();
        limits.sort_unstable();
        limits.dedup();
        let mut ages = AgeBuckets::between(&limits);
        for info in self {
            let contents = match time(info) {
                Some(time) => {
                    let place = limits.partition_point(|limit| *limit <= now - time);
                    &mut ages.buckets[place].contents
                }
                None => &mut ages.unknown,
            };
            contents.artifacts += 1;
            contents.findings += info.state.report().map_or(0, Report::len);
        }
        ages
    }
}

impl AgeBuckets {
    /// Empty buckets between sorted limits, one more than there are limits.
    fn between(limits: &[TimeDelta]) -> Self {
        let seconds = limits.iter().map(|limit| Some(limit.num_seconds()));
        let from = std::iter::once(None).chain(seconds.clone());
        let below = seconds.chain(std::iter::once(None));
        let buckets = from.zip(below).map(|(from_seconds, below_seconds)| AgeBucket {
            from_seconds,
            below_seconds,
            contents: AgeContents::default(),
        });
        Self { buckets: buckets.collect(), unknown: AgeContents::default() }
    }
}

fn serialize_names_by_state<S: Serializer>(
    artifacts: &BTreeMap<&'static str, Vec<&ArtifactInfo>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(artifacts.iter().map(|(state, artifacts)| (state, names(artifacts).collect::<Vec<_>>())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::samples::{clean, finding, pushed, report_of, reported, scanned, unscanned};

    fn now() -> DateTime<Utc> {
        "2026-06-01T00:00:00Z".parse().unwrap()
    }

    fn days(days: i64) -> DateTime<Utc> {
        now() - TimeDelta::days(days)
    }

    fn ids(artifacts: &[&ArtifactInfo]) -> Vec<i64> {
        artifacts.iter().map(|info| info.artifact.id).collect()
    }

    fn contents(ages: &AgeBuckets) -> Vec<(usize, usize)> {
        let unknown = std::iter::once(&ages.unknown);
        let buckets = ages.buckets.iter().map(|bucket| &bucket.contents);
        buckets.chain(unknown).map(|contents| (contents.artifacts, contents.findings)).collect()
    }

    /// R16: by the age of the push.
    #[test]
    fn artifacts_are_put_into_buckets_by_age() {
        let findings = [finding("1", "a", "1", "", "High")];
        let report = report_of([
            pushed(reported("p/a", 1, &findings), days(-1)),
            pushed(reported("p/a", 2, &findings), days(29)),
            pushed(reported("p/a", 3, &findings), days(30)),
            pushed(unscanned("p/a", 4), days(89)),
            pushed(reported("p/a", 5, &findings), days(1000)),
            reported("p/a", 6, &findings),
        ]);
        let ages = report.push_ages(now(), [90, 30, 90].map(TimeDelta::days));
        assert_eq!(contents(&ages), [(2, 2), (2, 1), (1, 1), (1, 1)]);
        let limits: Vec<_> = ages.buckets.iter().map(|bucket| (bucket.from_seconds, bucket.below_seconds)).collect();
        let (thirty, ninety) = (Some(30 * 86_400), Some(90 * 86_400));
        assert_eq!(limits, [(None, thirty), (thirty, ninety), (ninety, None)]);
        assert_eq!(contents(&report.push_ages(now(), [])), [(5, 4), (1, 1)]);
        let json = serde_json::to_string(&ages).unwrap();
        assert_eq!(serde_json::from_str::<AgeBuckets>(&json).unwrap(), ages);
    }

    /// R16: by the age of the scan, and who was never scanned.
    #[test]
    fn old_and_missing_scans_are_told_apart() {
        let report = report_of([
            scanned("p/a", 1, "2026-05-31T00:00:00Z", "0.50"),
            scanned("p/a", 2, "2026-01-01T00:00:00Z", "0.40"),
            scanned("p/a", 3, "some day", "0.50"),
            unscanned("p/a", 4),
            clean("p/a", 5),
            scanned("p/a", 6, "2026-05-25T00:00:00Z", "0.50"),
        ]);
        let freshness = report.scan_freshness(now(), TimeDelta::days(7));
        assert_eq!(ids(&freshness.fresh), [1, 6]);
        assert_eq!(ids(&freshness.stale), [2]);
        assert_eq!(ids(&freshness.undated), [3, 5]);
        assert_eq!(ids(&freshness.without_report["not_scanned"]), [4]);
        assert_eq!(contents(&report.scan_ages(now(), [TimeDelta::days(7)])), [(1, 0), (2, 0), (3, 0)]);
        let versions = report.scanners().into_iter();
        let versions: Vec<_> = versions.map(|(scanner, count)| (scanner.map(|s| &*s.version), count)).collect();
        assert_eq!(versions, [(None, 1), (Some("0.40"), 1), (Some("0.50"), 3)]);
    }

    proptest! {
        /// R16: buckets add up, and each is what it says.
        #[test]
        fn every_artifact_is_in_one_bucket(
            pushes in prop::collection::vec(prop::option::of(-20..100_i64), 0..20),
            limits in prop::collection::vec(-10..100_i64, 0..5),
        ) {
            let report = report_of(pushes.iter().zip(1..).map(|(push, id)| match push {
                Some(push) => pushed(unscanned("p/a", id), days(*push)),
                None => unscanned("p/a", id),
            }));
            let ages = report.push_ages(now(), limits.iter().copied().map(TimeDelta::days));
            let sum: usize = contents(&ages).iter().map(|(artifacts, _)| artifacts).sum();
            prop_assert_eq!(sum, report.len());
            prop_assert_eq!(ages.unknown.artifacts, pushes.iter().filter(|push| push.is_none()).count());
            for bucket in &ages.buckets {
                let is_inside = |age: &&i64| {
                    bucket.from_seconds.is_none_or(|from| from <= **age * 86_400)
                        && bucket.below_seconds.is_none_or(|below| **age * 86_400 < below)
                };
                prop_assert_eq!(bucket.contents.artifacts, pushes.iter().flatten().filter(is_inside).count());
            }
        }
    }
}
