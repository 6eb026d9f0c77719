//! Reports whose findings stand elsewhere, each once, for archives.

use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Report;
use super::findings::{Digests, Findings, FindingsBuilder};
use crate::model::decode::bare_report;
use crate::model::{Finding, FindingPool, json};

/// A report with the numbers of its findings in the place of the findings, to be written.
#[derive(Serialize)]
pub(crate) struct Referenced<'a> {
    /// The report with an empty list, where it has a list.
    report: Report,
    /// The number of the first finding, and then the distance from each number to the next.
    findings: Vec<i64>,
    /// The members of a finding that say which artifacts it is in, each combination once; absent where all findings are
    /// said to be in the artifact itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    digests: Option<&'a [Digests]>,
    /// For each finding which of those; empty where there is one for all.
    #[serde(skip_serializing_if = "<[u32]>::is_empty")]
    digests_of: &'a [u32],
}

/// What was written as [`Referenced`].
#[derive(Deserialize)]
pub(crate) struct References<'a> {
    #[serde(borrow)]
    report: &'a RawValue,
    findings: Vec<i64>,
    #[serde(borrow, default)]
    digests: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    digests_of: Vec<u32>,
}

/// Why a report cannot be put together again.
#[derive(Debug)]
pub(crate) enum Unreferenced {
    /// So many of its findings are not there.
    Lost(usize),
    /// What stands there makes no sense.
    Invalid(String),
}

impl Report {
    /// The report of an artifact, to be written with these numbers for its findings.
    pub(crate) fn referenced<'a>(
        &'a self,
        digest: &str,
        mut number: impl FnMut(&Arc<Finding>) -> i64,
    ) -> Referenced<'a> {
        let Findings { findings, digest_sets, set_of } = &self.findings;
        let mut before = 0;
        let distance = |finding| {
            let number: i64 = number(finding);
            let distance = number - before;
            before = number;
            distance
        };
        let is_own = matches!(&digest_sets[..], [set] if set.is_only(digest));
        Referenced {
            report: Self { head: self.head.clone(), findings: Findings::default() },
            findings: findings.iter().map(distance).collect(),
            digests: (!is_own && !findings.is_empty()).then_some(digest_sets),
            digests_of: set_of,
        }
    }
}

impl References<'_> {
    /// The report of an artifact, put together again from its findings by their numbers.
    pub(crate) fn report(
        &self,
        digest: &str,
        pool: &FindingPool,
        finding: impl Fn(u64) -> Option<Arc<Finding>>,
    ) -> Result<Report, Unreferenced> {
        let invalid = |why: String| Unreferenced::Invalid(why);
        let Report { head, findings } =
            bare_report(self.report.get(), pool).map_err(|error| invalid(error.to_string()))?;
        if findings.len() > 0 {
            return Err(invalid("there are findings in the place of references".to_owned()));
        }
        if !self.digests_of.is_empty() && self.digests_of.len() != self.findings.len() {
            return Err(invalid("not every finding says which artifacts it is in".to_owned()));
        }
        let mut builder = FindingsBuilder::new();
        let sets = self.sets(digest, &mut builder)?;
        let (mut number, mut lost) = (0_i64, 0);
        for (place, distance) in self.findings.iter().enumerate() {
            number = number.wrapping_add(*distance);
            let set = self.digests_of.get(place).copied().unwrap_or_default();
            let set = sets.get(set as usize).ok_or_else(|| invalid(format!("there are no digests {set}")))?;
            match u64::try_from(number).ok().and_then(&finding) {
                Some(finding) => builder.push(finding, *set),
                None => lost += 1,
            }
        }
        match lost {
            0 => Ok(Report { head, findings: builder.finish() }),
            lost => Err(Unreferenced::Lost(lost)),
        }
    }

    /// How many findings the report has.
    pub(crate) fn len(&self) -> usize {
        self.findings.len()
    }

    /// The sets of digests by the numbers that they have in the builder.
    fn sets(&self, digest: &str, builder: &mut FindingsBuilder) -> Result<Vec<u32>, Unreferenced> {
        let invalid = |why: &str| Unreferenced::Invalid(why.to_owned());
        let Some(sets) = &self.digests else {
            if self.findings.is_empty() {
                return Ok(Vec::new());
            }
            let own = serde_json::to_vec(&[digest]).map_err(|error| invalid(&error.to_string()))?;
            let set = builder.set_of_list(&own).ok_or_else(|| invalid("its digest is none"))?;
            return Ok(vec![set]);
        };
        if sets.is_empty() {
            return Ok(vec![builder.set_of_nothing()]);
        }
        let read = |set: &&RawValue| {
            let mut members = json::members(set.get()).map_err(|_| invalid("digests are not an object"))?;
            let set = builder.take_digests(&mut members);
            if members.0.is_empty() { Ok(set) } else { Err(invalid("digests are not as in a finding")) }
        };
        sets.iter().map(read).collect()
    }
}

/// The member that says which artifacts a finding is in, if there is one.
impl Serialize for Digests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.serialize_member(&mut map)?;
        map.end()
    }
}
