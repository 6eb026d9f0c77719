//! Which findings were chosen.

use harbor_ext::Inventory;
use harbor_ext::analysis::{Answer, FindingFilter};
use harbor_ext::chrono::Utc;
use harbor_ext::judge::{Assessed, Assessment, Exploitation, Knowledge, Likelihood};
use harbor_ext::model::Severity;

use crate::arguments::FindingChoice;
use crate::ending::Problem;

/// Decides which findings were chosen.
pub(super) struct Chosen {
    filter: Option<FindingFilter>,
    kev: bool,
    epss: Option<f64>,
    hide_suppressed: bool,
}

/// An inventory with only the findings that were chosen.
pub(super) struct Narrowed {
    pub(super) inventory: Inventory,
    /// Findings of which nobody can tell, such as those whose versions cannot be compared with what was asked for. They
    /// are not in the inventory.
    pub(super) undecided: usize,
}

impl Chosen {
    /// Checks that what was chosen can be decided with what others know.
    pub(super) fn new(choice: &FindingChoice, knowledge: &Knowledge) -> Result<Self, Problem> {
        if choice.kev && knowledge.kev.is_none() {
            return Err(Problem::usage("without CISA's catalogue nobody knows what is exploited")
                .help("give the catalogue by --kev-file"));
        }
        if choice.epss.is_some() && knowledge.epss.is_none() {
            return Err(Problem::usage("without EPSS scores nobody knows how likely an exploit is")
                .help("give the scores by --epss-file"));
        }
        check_range("probability", choice.epss, 1.0)?;
        check_range("CVSS score", choice.cvss, 10.0)?;
        let mut filters = Vec::new();
        filters.extend(choice.severity.as_deref().map(severity).transpose()?.map(FindingFilter::severity_at_least));
        filters.extend(choice.cvss.map(|least| FindingFilter::cvss_score(least..)));
        filters.extend(choice.fixable.then(FindingFilter::fixable));
        let filter = filters.into_iter().reduce(|one, other| one & other);
        Ok(Self { filter, kev: choice.kev, epss: choice.epss, hide_suppressed: choice.hide_suppressed })
    }

    /// Only what this filter lets through, too.
    pub(super) fn and(mut self, filter: FindingFilter) -> Self {
        self.filter = Some(match self.filter {
            Some(other) => other & filter,
            None => filter,
        });
        self
    }

    /// Leaves out every finding that was not chosen.
    pub(super) fn of(&self, inventory: Inventory, knowledge: &Knowledge) -> Narrowed {
        if self.filter.is_none() && self.asks_nobody() {
            return Narrowed { inventory, undecided: 0 };
        }
        let mut undecided = 0;
        let report = {
            let assessment = Assessment::new(&inventory, knowledge, Utc::now());
            inventory.report().narrowed(|info, finding| {
                let answer = self.filter.as_ref().map_or(Answer::Yes, |filter| filter.answer(info, finding));
                if answer.is_no() || !(self.asks_nobody() || self.keeps(&assessment.assess(info, finding))) {
                    return false;
                }
                undecided += usize::from(!answer.is_yes());
                answer.is_yes()
            })
        };
        Narrowed { inventory: inventory.with_report(report), undecided }
    }

    /// Whether what others know does not matter.
    fn asks_nobody(&self) -> bool {
        !self.kev && self.epss.is_none() && !self.hide_suppressed
    }

    fn keeps(&self, assessed: &Assessed<'_>) -> bool {
        let is_likely = |least: f64| match assessed.likelihood {
            Likelihood::Scored(score) => score.probability >= least,
            _ => false,
        };
        (!self.kev || matches!(assessed.exploitation, Exploitation::Known(_)))
            && self.epss.is_none_or(is_likely)
            && !(self.hide_suppressed && assessed.is_suppressed())
    }
}

/// A severity by its name.
pub(super) fn severity(name: &str) -> Result<Severity, Problem> {
    name.parse().map_err(|_| {
        let names: Vec<String> = Severity::ALL.iter().map(|severity| severity.as_str().to_ascii_lowercase()).collect();
        Problem::usage(format!("there is no severity {name:?}")).help(format!("it is one of {}", names.join(", ")))
    })
}

fn check_range(what: &str, number: Option<f64>, highest: f64) -> Result<(), Problem> {
    match number.filter(|number| !(0.0..=highest).contains(number)) {
        Some(number) => Err(Problem::usage(format!("{number} is no {what}: those are from 0 to {highest}"))),
        None => Ok(()),
    }
}
