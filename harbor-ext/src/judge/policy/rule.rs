//! Rules for findings.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::analysis::Pattern;
use crate::judge::{Assessed, Exploitation, Likelihood};
use crate::model::{Finding, Severity};
use crate::text::counted;

/// What makes a finding a violation: all conditions that are given have to be met.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Its name.
    pub name: Arc<str>,
    /// This severity or a worse one, as the scanner gave it.
    pub severity: Option<Severity>,
    /// This CVSS score or a higher one.
    pub cvss: Option<f64>,
    /// This probability of being exploited or a higher one, from 0 to 1.
    pub epss: Option<f64>,
    /// Whether it is known to be exploited.
    pub kev: Option<bool>,
    /// Whether there is a fix.
    pub fixable: Option<bool>,
    /// It was seen for at least so long.
    pub min_age: Option<TimeDelta>,
    /// One of these vulnerabilities; any where there are none.
    pub cves: Vec<Pattern>,
    /// In one of these packages; in any where there are none.
    pub packages: Vec<Pattern>,
    /// How long it may be there before it is a violation. Until then it is [pending](crate::judge::Verdict::pending).
    pub grace: Option<TimeDelta>,
}

/// Whether a finding meets conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    No,
    /// As far as it is rated.
    IfUnratedCounts,
    Yes,
}

impl Rule {
    /// A rule without conditions, which every finding meets.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            severity: None,
            cvss: None,
            epss: None,
            kev: None,
            fixable: None,
            min_age: None,
            cves: Vec::new(),
            packages: Vec::new(),
            grace: None,
        }
    }

    pub(super) fn has_conditions(&self) -> bool {
        let Self { name: _, severity, cvss, epss, kev, fixable, min_age, cves, packages, grace: _ } = self;
        let numbers = severity.is_some() || cvss.is_some() || epss.is_some() || min_age.is_some();
        numbers || kev.is_some() || fixable.is_some() || !cves.is_empty() || !packages.is_empty()
    }

    /// The conditions that the finding alone decides, which are nearly always enough to say no.
    pub(super) fn is_met_by(&self, finding: &Finding) -> Met {
        let severity = self.severity.map_or(Met::Yes, |limit| match finding.severity() {
            severity if severity >= limit => Met::Yes,
            Severity::Unknown => Met::IfUnratedCounts,
            _ => Met::No,
        });
        let cvss = self.cvss.map_or(Met::Yes, |limit| reaches(finding.cvss_score(), limit));
        let fixable = self.fixable.is_none_or(|fixable| fixable == finding.fixable());
        let rated = severity.min(cvss);
        let is_met = rated != Met::No
            && fixable
            && is_one_of(&self.cves, finding.id())
            && is_one_of(&self.packages, finding.package());
        if is_met { rated } else { Met::No }
    }

    /// The conditions that others know of.
    pub(super) fn is_met_in(&self, assessed: &Assessed<'_>, time: DateTime<Utc>) -> Met {
        let is_known = matches!(assessed.exploitation, Exploitation::Known(_));
        let age = |least: &TimeDelta| since(assessed).is_none_or(|since| time - since >= *least);
        if self.kev.is_some_and(|kev| kev != is_known) || !self.min_age.as_ref().is_none_or(age) {
            return Met::No;
        }
        self.epss.map_or(Met::Yes, |limit| match assessed.likelihood {
            Likelihood::Scored(score) => reaches(Some(score.probability), limit),
            _ => Met::IfUnratedCounts,
        })
    }

    /// When the grace of a finding ends; `None` where it has none, or nobody knows how old it is.
    pub(super) fn due(&self, assessed: &Assessed<'_>) -> Option<DateTime<Utc>> {
        since(assessed)?.checked_add_signed(self.grace?)
    }

    /// What of the rule a finding meets, in words.
    pub(super) fn reason(&self, assessed: &Assessed<'_>, time: DateTime<Utc>) -> String {
        let finding = assessed.finding;
        let mut reasons = Vec::new();
        if self.severity.is_some() {
            reasons.push(format!("severity {}", finding.severity()));
        }
        if self.cvss.is_some() {
            reasons.push(finding.cvss_score().map_or("no CVSS score".into(), |score| format!("CVSS {score:.1}")));
        }
        match assessed.exploitation {
            _ if self.kev.is_none() => {}
            Exploitation::Known(entry) => reasons.push(format!("known to be exploited since {}", entry.added)),
            _ => reasons.push("not known to be exploited".into()),
        }
        match assessed.likelihood {
            _ if self.epss.is_none() => {}
            Likelihood::Scored(score) => reasons.push(format!("EPSS {}", score.probability)),
            _ => reasons.push("no EPSS score".into()),
        }
        if self.fixable.is_some() {
            reasons.push(if finding.fixable() { "fixable".into() } else { "not fixable".into() });
        }
        if !self.cves.is_empty() {
            reasons.push("a vulnerability that it names".into());
        }
        if !self.packages.is_empty() {
            reasons.push("a package that it names".into());
        }
        if self.min_age.is_some() || self.grace.is_some() {
            let age = since(assessed)
                .map(|since| counted(usize::try_from((time - since).num_days()).unwrap_or_default(), "day"));
            reasons.push(age.map_or("of unknown age".into(), |age| format!("{age} old")));
        }
        reasons.join(", ")
    }
}

/// From when the age of a finding counts: when it was first seen, else when its artifact was pushed.
fn since(assessed: &Assessed<'_>) -> Option<DateTime<Utc>> {
    assessed.first_seen.or(assessed.info.artifact.push_time)
}

fn reaches(score: Option<f64>, limit: f64) -> Met {
    match score {
        None => Met::IfUnratedCounts,
        Some(score) if score >= limit => Met::Yes,
        Some(_) => Met::No,
    }
}

fn is_one_of(patterns: &[Pattern], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name))
}
