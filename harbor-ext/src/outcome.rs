//! What a bulk query came to.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::failure::{self, Failure, MissingPermission, Note};
use crate::model::{FindingPool, ReportState, SharesFindings};

/// Everything a bulk query found, and everything it could not read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Collected<T> {
    /// What was found, sorted. For reports: every listed artifact, exactly once.
    pub items: Vec<T>,
    /// What could not be read, sorted by where it was. An artifact whose report failed is here and in `items`.
    pub failures: Vec<Failure>,
    /// The counts.
    pub summary: Summary,
}

impl<T> Collected<T> {
    /// Whether everything that was asked for could be read. An artifact without a report because it was never scanned
    /// is complete; one whose report could not be fetched is not.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty()
    }

    /// The permissions that the account lacked, each once for a project, with how much that stopped.
    #[must_use]
    pub fn missing_permissions(&self) -> Vec<MissingPermission> {
        failure::missing_permissions(&self.failures)
    }

    /// The failures for people to read: what went wrong in the same way is said once. All of them are in
    /// [`failures`](Self::failures).
    #[must_use]
    pub fn notes(&self) -> Vec<Note<'_>> {
        failure::notes(&self.failures)
    }
}

/// Reads what was serialised, and takes the findings from the pool; by [`FindingPool::seed`].
impl<'de, T: for<'a> SharesFindings<'a>> SharesFindings<'de> for Collected<T> {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Members<'a> {
            #[serde(borrow)]
            items: &'a RawValue,
            failures: Vec<Failure>,
            summary: Summary,
        }

        let json = Box::<RawValue>::deserialize(deserializer)?;
        let Members { items, failures, summary } = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        Ok(Self { items: Vec::deserialize_sharing(items, pool).map_err(D::Error::custom)?, failures, summary })
    }
}

/// How a bulk query went, in numbers.
///
/// For reports, [`listed`](Self::listed) is the sum of all counts in [`states`](Self::states).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Summary {
    /// Projects whose content was listed or tried.
    pub projects: u64,
    /// How many items the lists held: repositories or artifacts, as asked.
    pub listed: u64,
    /// How many items the server announced at the first page of each list. It differs from `listed` and `left_out`
    /// together where something was pushed or deleted meanwhile, or where a list could not be read to its end.
    pub announced: u64,
    /// How many items came from the server and were left out by a filter that is decided here, such as
    /// [`include_repositories`](crate::Query::include_repositories) or
    /// [`latest_per_repository`](crate::Query::latest_per_repository). They are among the announced ones, and not among
    /// the listed ones.
    #[serde(default)]
    pub left_out: u64,
    /// What became of the listed artifacts; all zero unless reports were asked for.
    pub states: StateCounts,
    /// What could not be read.
    pub failures: u64,
    /// Requests sent, repeated ones included. A login for a [session](crate::HarborBuilder::session_login) that several
    /// queries wait for is counted by the one that sent it.
    pub requests: u64,
    /// Requests among them that repeated a failed one.
    pub retries: u64,
    /// Repeated requests among them that were held back for a while, because too many others had failed: see
    /// [`RetryPolicy`](crate::RetryPolicy).
    #[serde(default)]
    pub paced_retries: u64,
    /// Bytes of the report bodies received.
    pub report_bytes: u64,
    /// Artifacts that shared a report already asked for, because their digest is the same.
    pub shared_reports: u64,
    /// The most requests under way at once.
    pub peak_in_flight: u64,
    /// What would make such a query cheaper, though nothing went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<Advice>,
    /// From the first request to the last item.
    #[serde(rename = "seconds", with = "seconds")]
    #[schemars(with = "f64")]
    pub elapsed: Duration,
}

/// What a program could do otherwise. It is displayed as a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Advice {
    /// The query was made as a local user, whose password Harbor hashes in every request.
    UseRobot,
}

/// How many artifacts ended in each [`ReportState`](crate::model::ReportState).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct StateCounts {
    /// There is a report, perhaps without findings.
    pub reported: u64,
    /// Never scanned; for an index, none of its images.
    pub not_scanned: u64,
    /// Indexes of which some images have no report.
    pub children_not_scanned: u64,
    /// Indexes whose images are listed beside them.
    pub in_children: u64,
    /// A scan is waiting or running.
    pub running: u64,
    /// The last scan failed or was stopped.
    pub scan_failed: u64,
    /// The scanner cannot scan this type.
    pub unsupported: u64,
    /// The project has no scanner.
    pub no_scanner: u64,
    /// No report, and the server does not say why, as while the scanner is down.
    pub unavailable: u64,
    /// The account may not read the report; the reason is in the artifact's state and among the failures.
    pub forbidden: u64,
    /// The report could not be fetched or read; the reason is in the artifact's state and among the failures.
    pub failed: u64,
}

/// How far a bulk query has got. The newest value is what counts; older ones may never be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Items listed so far.
    pub listed: u64,
    /// Items announced so far, without those that were left out; grows with every list begun.
    pub announced: u64,
    /// Items whose outcome is known, failed ones included.
    pub finished: u64,
    /// What could not be read so far.
    pub failures: u64,
    /// Requests sent so far.
    pub requests: u64,
    /// Requests repeated so far.
    pub retries: u64,
    /// Requests under way.
    pub in_flight: u64,
    /// How many requests may be under way at once for now.
    pub limit: u64,
    /// Whether the query waits for a server that went away.
    pub waiting_for_server: bool,
}

impl StateCounts {
    /// Counts one more artifact.
    pub(crate) fn count(&mut self, state: &ReportState) {
        *match state {
            ReportState::Reported(_) => &mut self.reported,
            ReportState::NotScanned => &mut self.not_scanned,
            ReportState::ChildrenNotScanned { .. } => &mut self.children_not_scanned,
            ReportState::InChildren => &mut self.in_children,
            ReportState::Running => &mut self.running,
            ReportState::ScanFailed { .. } => &mut self.scan_failed,
            ReportState::Unsupported => &mut self.unsupported,
            ReportState::Unavailable => &mut self.unavailable,
            ReportState::NoScanner => &mut self.no_scanner,
            ReportState::Forbidden(_) => &mut self.forbidden,
            ReportState::Failed(_) => &mut self.failed,
        } += 1;
    }

    /// The sum of all counts: the number of artifacts whose outcome is known.
    #[must_use]
    pub fn total(&self) -> u64 {
        let counts = self.by_words().map(|(count, _)| count);
        // What was read from a file may be any numbers.
        counts.into_iter().fold(0, u64::saturating_add)
    }

    /// All counts, each with words for people.
    fn by_words(&self) -> [(u64, &'static str); 11] {
        [
            (self.reported, "reported"),
            (self.not_scanned, "not scanned"),
            (self.children_not_scanned, "with images that were not scanned"),
            (self.in_children, "in their images"),
            (self.running, "being scanned"),
            (self.scan_failed, "scan failed"),
            (self.unsupported, "cannot be scanned"),
            (self.no_scanner, "without scanner"),
            (self.unavailable, "without report for no stated reason"),
            (self.forbidden, "forbidden"),
            (self.failed, "failed"),
        ]
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} listed", self.listed)?;
        if self.announced > self.listed.saturating_add(self.left_out) {
            write!(formatter, " of {} announced", self.announced)?;
        }
        if self.left_out > 0 {
            write!(formatter, ", {} left out", self.left_out)?;
        }
        if self.states.total() > 0 {
            write!(formatter, " ({})", self.states)?;
        }
        write!(
            formatter,
            ", {} {}; {} {}, {} {}, in {:.3} s",
            self.failures,
            if self.failures == 1 { "failure" } else { "failures" },
            self.requests,
            if self.requests == 1 { "request" } else { "requests" },
            self.retries,
            if self.retries == 1 { "retry" } else { "retries" },
            self.elapsed.as_secs_f64()
        )?;
        self.advice.iter().try_for_each(|advice| write!(formatter, "; advice: {advice}"))
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UseRobot => {
                "a local user's password, if set on Harbor 2.15.2 or later, costs the server about 98 ms of processor time \
                 in every request, a robot's secret 1 ms: use a system robot (repository:list, artifact:list, \
                 artifact-addition:read) or a session login"
            }
        })
    }
}

impl fmt::Display for StateCounts {
    /// All counts that are not zero.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.by_words().into_iter().filter(|(count, _)| *count > 0);
        let shown: Vec<String> = counts.map(|(count, words)| format!("{count} {words}")).collect();
        formatter.write_str(&shown.join(", "))
    }
}

/// A duration as a number of seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(elapsed.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_from_a_file_may_be_of_any_size() {
        let states = StateCounts { reported: u64::MAX, failed: 1, ..StateCounts::default() };
        let written = Summary { listed: u64::MAX, left_out: 1, states, ..Summary::default() };
        let read: Summary = serde_json::from_value(serde_json::to_value(&written).unwrap()).unwrap();
        assert_eq!(read.states.total(), u64::MAX);
        assert!(read.to_string().contains("1 left out (18446744073709551615 reported, 1 failed)"), "{read}");
    }

    #[test]
    fn advice_ends_the_summary() {
        let summary = Summary { advice: vec![Advice::UseRobot], ..Summary::default() };
        assert!(summary.to_string().ends_with(&format!("in 0.000 s; advice: {}", Advice::UseRobot)), "{summary}");
        let json = serde_json::to_value(&summary).unwrap();
        assert_eq!(json["advice"], serde_json::json!(["use_robot"]));
        assert_eq!(serde_json::from_value::<Summary>(json).unwrap(), summary);
        assert_eq!(serde_json::to_value(Summary::default()).unwrap().get("advice"), None);
    }

    #[test]
    fn only_what_there_is_is_shown() {
        let mut states = StateCounts::default();
        assert_eq!(states.to_string(), "");
        states.count(&ReportState::Running);
        states.count(&ReportState::NotScanned);
        states.count(&ReportState::NotScanned);
        assert_eq!((states.total(), states.to_string()), (3, "2 not scanned, 1 being scanned".to_owned()));
    }
}
