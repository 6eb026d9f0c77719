//! What a page or a short text says of a document: summed up, and the worst first.

mod context;
mod gaps;
mod rows;
#[cfg(test)]
pub(super) mod samples;
mod tally;
mod violations;
mod words;
mod worst;

use std::cmp::Reverse;

pub(super) use self::context::{
    Remainder, SourceLine, WithoutReport, failures, knowledge, sources, title, without_report,
};
pub(super) use self::gaps::{Gaps, reason};
pub(super) use self::rows::{CveRow, FindingRow, ImageRow, SuppressedRow, UpgradeRow, reason_words};
pub(super) use self::tally::{ImageLine, SeverityLine, SuppressedLine, Tally};
pub(super) use self::violations::{FindingViolation, Violations};
pub(super) use self::words::{day, minute};
use super::Document;
use crate::analysis::{CveSummary, FixPlan};
use crate::inventory::Inventory;
use crate::judge::{EpssScore, KevEntry};
use crate::model::{Artifact, Severity};
use crate::text::{Count, counted};

/// What there is to say of a document.
pub(super) struct Overview<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) tally: Tally<'a>,
    pub(super) gaps: Gaps,
    /// The vulnerabilities of which some findings count, in the order in which to look at them.
    pub(super) cves: Vec<CveLine<'a>>,
    pub(super) plan: FixPlan<'a>,
    /// What is against the policy; `None` where none was asked.
    pub(super) violations: Option<Violations<'a>>,
}

/// A vulnerability, and what others know of it.
pub(super) struct CveLine<'a> {
    pub(super) cve: CveSummary<'a>,
    pub(super) exploited: Option<&'a KevEntry>,
    pub(super) epss: Option<EpssScore>,
    /// How many of its findings do not count.
    pub(super) suppressed: usize,
}

impl<'a> Overview<'a> {
    /// Sums a document up, and keeps so many of the worst findings and violations.
    pub(super) fn new(document: &'a Document<'a>, findings: usize, violations: usize) -> Self {
        let assessment = &document.assessment;
        let tally = Tally::of(assessment, findings);
        Self {
            cves: cves(document, &tally),
            gaps: Gaps::of(assessment.inventory()),
            plan: assessment.inventory().report().fix_plan(),
            violations: document.verdict.map(|verdict| Violations::of(verdict, violations)),
            tally,
            document,
        }
    }

    pub(super) fn inventory(&self) -> &'a Inventory {
        self.document.assessment.inventory()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.gaps.sentences.is_empty()
    }

    /// How many images there are, and of how many there is a report.
    pub(super) fn images(&self) -> (usize, usize) {
        let reported = self.inventory().report().iter().filter(|info| info.state.report().is_some()).count();
        (self.tally.images.len(), reported)
    }

    /// The sum of something over all severities.
    pub(super) fn sum(&self, of: impl Fn(&SeverityLine) -> usize) -> usize {
        self.tally.severities.iter().map(of).sum()
    }

    /// Critical findings that count and have a fix.
    pub(super) fn critical_and_fixable(&self) -> usize {
        self.sum(|line| if line.severity == Severity::Critical { line.fixable } else { 0 })
    }

    /// Findings that count and are known to be exploited; `None` where there is no catalogue.
    pub(super) fn exploited(&self) -> Option<usize> {
        self.document.assessment.knowledge().kev.as_ref().map(|_| self.sum(|line| line.exploited))
    }

    /// All there is in one sentence.
    pub(super) fn headline(&self) -> String {
        let (images, reported) = self.images();
        let registries = context::registries(self.inventory());
        let registries = match (registries.first(), registries.len()) {
            (Some(registry), 1) => (*registry).to_owned(),
            (_, count) => counted(count, "registry"),
        };
        let exploited = match self.exploited() {
            Some(count) => format!("{} known to be exploited", Count(count)),
            None => "how many are exploited is not known".to_owned(),
        };
        format!(
            "{} in {registries}, {} with a report: {}, {} critical with a fix, {exploited}.",
            counted(images, "image"),
            Count(reported),
            counted(self.sum(SeverityLine::total), "finding"),
            Count(self.critical_and_fixable()),
        )
    }

    /// What of the data is there, in one sentence.
    pub(super) fn completeness(&self) -> &'static str {
        match (self.is_complete(), self.gaps.without_report.is_empty()) {
            (false, _) => "This report is incomplete: the numbers are lower bounds.",
            (true, true) => "Everything that was asked for could be read, and every image has a report.",
            (true, false) => {
                "Everything that was asked for could be read, and every image that can be scanned has a report."
            }
        }
    }

    /// What an image is called: with its registry where there are several.
    pub(super) fn name(&self, artifact: &Artifact) -> String {
        match &artifact.registry {
            Some(registry) if context::registries(self.inventory()).len() > 1 => format!("{registry}/{artifact}"),
            _ => artifact.to_string(),
        }
    }
}

fn cves<'a>(document: &Document<'a>, tally: &Tally<'a>) -> Vec<CveLine<'a>> {
    let assessment = &document.assessment;
    let knowledge = assessment.knowledge();
    let line = |cve: CveSummary<'a>| CveLine {
        exploited: knowledge.kev.as_ref().and_then(|kev| kev.get(cve.id)),
        epss: knowledge.epss.as_ref().and_then(|epss| epss.get(cve.id)),
        suppressed: tally.suppressed_by_cve.get(&cve.id.to_ascii_uppercase()).copied().unwrap_or_default(),
        cve,
    };
    let lines = assessment.inventory().report().by_cve().into_iter().map(line);
    let mut lines: Vec<_> =
        lines.filter(|line| !line.cve.id.is_empty() && line.suppressed < line.cve.findings).collect();
    // Stable, so that what reaches furthest stays first among equals.
    lines.sort_by_key(|line| Reverse((line.exploited.is_some(), line.cve.severity)));
    lines
}
