//! One pass of filters through artifacts and their findings, which works nothing out twice.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::marker::PhantomData;

use super::Answer;
use crate::analysis::address::{AddressHasher, NumberMap};
use crate::model::{ArtifactInfo, Finding, Report};
use crate::version::Distribution;

/// What was worked out in one pass of filters through artifacts and their findings.
///
/// A registry reports the same few thousand findings again and again, and images with the same content share their
/// report. So what is costly is answered once for each of them. They are told apart by their addresses, which stay as
/// they are while the artifacts are borrowed and the filters are held. They are held as numbers, which may go to another
/// thread.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Pass<'a> {
    answers: HashMap<Question, Answer, BuildHasherDefault<AddressHasher>>,
    distributions: NumberMap<Option<Distribution>>,
    /// What conditions on artifacts have answered for single findings, by the address of the condition.
    of_findings: NumberMap<Answers>,
    artifacts: PhantomData<&'a [ArtifactInfo]>,
}

/// The answers given so far, by the addresses of the findings.
pub(in crate::analysis) type Answers = NumberMap<Answer>;

/// A condition, what it is asked of, and what else the answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    condition: usize,
    subject: usize,
    distribution: Option<Distribution>,
}

impl<'a> Pass<'a> {
    /// The answer given earlier, or else now.
    pub(super) fn remember(&mut self, question: Question, answer: impl FnOnce(&mut Self) -> Answer) -> Answer {
        if let Some(answer) = self.answers.get(&question) {
            return *answer;
        }
        let answer = answer(self);
        self.answers.insert(question, answer);
        answer
    }

    /// Lends the answers that a condition has given for single findings.
    pub(super) fn with_answers_of<C, T>(
        &mut self,
        condition: &C,
        work: impl FnOnce(&mut Self, &mut Answers) -> T,
    ) -> T {
        let mut answers = self.of_findings.remove(&address(condition)).unwrap_or_default();
        let result = work(self, &mut answers);
        self.of_findings.insert(address(condition), answers);
        result
    }

    /// The distribution that the packages of an artifact show it to be made of.
    pub(super) fn distribution(&mut self, info: &'a ArtifactInfo) -> Option<Distribution> {
        let report = info.state.report()?;
        *self.distributions.entry(address(report)).or_insert_with(|| report.distribution())
    }
}

impl Question {
    pub(super) fn of_artifact<C>(condition: &C, info: &ArtifactInfo) -> Self {
        Self::new(condition, info)
    }

    pub(super) fn of_report<C>(condition: &C, report: &Report) -> Self {
        Self::new(condition, report)
    }

    pub(super) fn of_finding<C>(condition: &C, finding: &Finding) -> Self {
        Self::new(condition, finding)
    }

    /// The same question, of a finding in an artifact of that distribution.
    pub(super) fn in_distribution(self, distribution: Option<Distribution>) -> Self {
        Self { distribution, ..self }
    }

    fn new<C, S>(condition: &C, subject: &S) -> Self {
        Self { condition: address(condition), subject: address(subject), distribution: None }
    }
}

/// Where something lies in memory, as a number.
pub(super) fn address<T>(reference: &T) -> usize {
    std::ptr::from_ref(reference).addr()
}
