//! A filter of findings, taken apart into what can be answered once for each finding, and the rest.

use super::pass::{Answers, Pass, address};
use super::{Answer, FindingFilter};
use crate::model::{ArtifactInfo, FindingRef};

/// A filter of findings, taken apart: it says yes where both parts do.
///
/// Most filters ask for nothing but what a finding says, and a registry reports the same few thousand findings again and
/// again. Looking up an answer by the address of a finding is quicker than reading even its identifier, which lies
/// somewhere else in memory for each finding.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::analysis) struct Split {
    /// What depends on nothing but the finding.
    alone: Option<FindingFilter>,
    /// What depends on the report or the artifact as well.
    rest: Option<FindingFilter>,
}

impl Split {
    pub(in crate::analysis) fn new(filter: &FindingFilter) -> Self {
        let (alone, rest): (Vec<_>, Vec<_>) = filter.conjunction().partition(FindingFilter::looks_at_finding_alone);
        let all = |parts: Vec<_>| (!parts.is_empty()).then(|| FindingFilter::all(parts));
        Self { alone: all(alone), rest: all(rest) }
    }

    /// What the whole filter says. `answers` are those of this filter, and of findings that are all still held.
    pub(in crate::analysis) fn answer<'a>(
        &self,
        answers: &mut Answers,
        pass: &mut Pass<'a>,
        info: &'a ArtifactInfo,
        finding: FindingRef<'a>,
    ) -> Answer {
        let alone = match &self.alone {
            Some(filter) => {
                *answers.entry(address(finding.get())).or_insert_with(|| filter.answer_alone(finding.get()))
            }
            None => Answer::Yes,
        };
        match &self.rest {
            Some(filter) if !alone.is_no() => alone & filter.answer_in(pass, info, finding),
            _ => alone,
        }
    }
}
