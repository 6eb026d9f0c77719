//! The findings of all artifacts, one after the other.

use std::fmt;
use std::iter::FusedIterator;
use std::slice;

use super::ArtifactReport;
use super::filter::{Answer, Answers, FindingFilter, Pass, Split};
use crate::model::{ArtifactInfo, FindingRef, Severity};

/// The findings of all artifacts, each with the artifact that it is in; narrowed step by step.
///
/// Made by [`ArtifactReport::findings`]. In the order of the artifacts, and within one
/// in the order of its report. A finding that several artifacts have comes once for each. Nothing is copied, and what is
/// costly to find out is found out once for findings that artifacts share.
///
/// Artifacts without a report have no findings, and do not appear: that does not make them clean.
///
/// ```
/// # use harbor_ext::analysis::ArtifactReport;
/// # use harbor_ext::model::Severity;
/// # let report = ArtifactReport::default();
/// for (artifact, finding) in report.findings().with_severity_at_least(Severity::High).with_package("openssl") {
///     println!("{} has {} {}", artifact.artifact, finding.package(), finding.version());
/// }
/// ```
#[derive(Clone)]
#[must_use = "findings are looked for only when the iterator is used"]
pub struct Findings<'a> {
    artifacts: slice::Iter<'a, ArtifactInfo>,
    /// The artifact that is being read, and the place of its next finding.
    current: Option<(&'a ArtifactInfo, usize)>,
    steps: Vec<Step>,
    pass: Pass<'a>,
}

/// Single findings, of all artifacts or of those of one kind.
impl ArtifactReport {
    /// Every finding of every artifact, to be narrowed.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// # let report = ArtifactReport::default();
    /// for (artifact, finding) in report.findings().with_cve("CVE-2021-44228") {
    ///     println!("{} has {} {}", artifact.artifact, finding.package(), finding.version());
    /// }
    /// ```
    pub fn findings(&self) -> Findings<'_> {
        Findings::new(self.artifacts())
    }

    /// The findings that a newer version of the package fixes.
    pub fn fixable(&self) -> Findings<'_> {
        self.findings().fixable()
    }

    /// The findings that no version of the package fixes yet.
    pub fn unfixable(&self) -> Findings<'_> {
        self.findings().unfixable()
    }
}

/// The methods that are named after severities.
macro_rules! severities {
    ($($method:ident: $severity:ident),+ $(,)?) => {
        impl ArtifactReport {$(
            #[doc = concat!("The findings of severity [`", stringify!($severity), "`](Severity::", stringify!($severity), ").")]
            pub fn $method(&self) -> Findings<'_> {
                self.findings().with_severity(Severity::$severity)
            }
        )+}
    };
}

severities! {
    critical: Critical,
    high: High,
    medium: Medium,
    low: Low,
    negligible: Negligible,
    unknown: Unknown,
    none: None,
}

impl<'a> Findings<'a> {
    fn new(artifacts: &'a [ArtifactInfo]) -> Self {
        Self { artifacts: artifacts.iter(), current: None, steps: Vec::new(), pass: Pass::default() }
    }

    /// Those of one vulnerability, as [`FindingFilter::cve`] has it.
    pub fn with_cve(self, id: &str) -> Self {
        self.matching(&FindingFilter::cve(id))
    }

    /// Those in one package, as [`FindingFilter::package`] has it.
    pub fn with_package(self, name: &str) -> Self {
        self.matching(&FindingFilter::package(name))
    }

    /// Those in whose description a text stands, as [`FindingFilter::description_contains`] has it.
    pub fn with_description(self, text: &str) -> Self {
        self.matching(&FindingFilter::description_contains(text))
    }

    /// Those of exactly this severity.
    pub fn with_severity(self, severity: Severity) -> Self {
        self.matching(&FindingFilter::severity(severity))
    }

    /// Those of this severity or a worse one.
    pub fn with_severity_at_least(self, severity: Severity) -> Self {
        self.matching(&FindingFilter::severity_at_least(severity))
    }

    /// Those that a newer version of the package fixes.
    pub fn fixable(self) -> Self {
        self.matching(&FindingFilter::fixable())
    }

    /// Those that no version of the package fixes yet.
    pub fn unfixable(self) -> Self {
        self.matching(&FindingFilter::unfixable())
    }

    /// Those that the filter says yes to.
    ///
    /// What it does not know is left out; [`undecided`](Self::undecided) has it.
    pub fn matching(self, filter: &FindingFilter) -> Self {
        self.answered(filter, Answer::Yes)
    }

    /// Those that the filter can say neither yes nor no to, such as findings whose version cannot be compared.
    pub fn undecided(self, filter: &FindingFilter) -> Self {
        self.answered(filter, Answer::Unknown)
    }

    fn answered(mut self, filter: &FindingFilter, wanted: Answer) -> Self {
        let (split, answers) = (Split::new(filter), Answers::default());
        self.steps.push(Step { filter: filter.clone(), split, answers, wanted });
        self
    }

    /// The next finding before all filters.
    fn advance(&mut self) -> Option<(&'a ArtifactInfo, FindingRef<'a>)> {
        loop {
            if let Some((info, place)) = &mut self.current
                && let Some(finding) = info.state.report().and_then(|report| report.finding(*place))
            {
                *place += 1;
                return Some((info, finding));
            }
            self.current = Some((self.artifacts.next()?, 0));
        }
    }
}

/// One filter that narrows the findings.
#[derive(Clone)]
struct Step {
    filter: FindingFilter,
    split: Split,
    answers: Answers,
    /// The answer that it has to give.
    wanted: Answer,
}

impl<'a> Iterator for Findings<'a> {
    type Item = (&'a ArtifactInfo, FindingRef<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (info, finding) = self.advance()?;
            let Self { steps, pass, .. } = self;
            let mut steps = steps.iter_mut();
            if steps.all(|step| step.split.answer(&mut step.answers, pass, info, finding) == step.wanted) {
                return Some((info, finding));
            }
        }
    }
}

impl FusedIterator for Findings<'_> {}

/// The filters; the findings may be millions.
impl fmt::Debug for Findings<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filters = self.steps.iter().map(|step| format!("{}: {}", step.filter, step.wanted));
        formatter.debug_struct("Findings").field("filters", &filters.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
