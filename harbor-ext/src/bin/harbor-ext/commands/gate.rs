//! Whether something is against a policy.

use std::fs;
use std::path::Path;

use comfy_table::Cell;
use harbor_ext::chrono::{DateTime, Utc};
use harbor_ext::judge::{Assessment, Policy, Verdict, Violation};
use harbor_ext::model::Severity;

use super::choice::severity;
use super::{knowledge, missing};
use crate::arguments::{Gate, When};
use crate::ending::{Ending, Problem};
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::output::plain::count;
use crate::output::row::row;
use crate::output::table;
use crate::source;

row! {
    /// Something that is against a policy, or would be.
    struct ViolationRow<'a> {
        /// `violation`, `excused` or `pending`.
        status: &'a str,
        rule: Option<&'a str>,
        registry: Option<&'a str>,
        repository: Option<&'a str>,
        digest: Option<&'a str>,
        tags: Vec<&'a str>,
        cve: Option<&'a str>,
        package: Option<&'a str>,
        version: Option<&'a str>,
        fix_version: Option<&'a str>,
        severity: Option<Severity>,
        due: Option<DateTime<Utc>>,
        reason: String,
        excuses: Vec<String>,
    }
}

pub(super) async fn run(arguments: Gate, messages: Messages, color: When) -> Result<Ending, Problem> {
    let policy = policy(&arguments)?;
    let knowledge = knowledge::read(&arguments.knowledge)?;
    let inventory = source::inventory(&arguments.subjects, messages).await?;
    let assessment = Assessment::new(&inventory, &knowledge, Utc::now());
    let verdict = policy.check(&assessment).map_err(|error| Problem::usage(error.to_string()))?;
    let rows = rows(&verdict);
    listing::write(&rows, arguments.format, color, || in_words(&verdict))?;
    assessment.notes().iter().chain(&verdict.notes).for_each(|note| messages.say(note));
    let ending = missing::tell(&inventory, messages);
    Ok(if !verdict.is_met() {
        Ending::Violated
    } else if verdict.incomplete {
        Ending::Incomplete
    } else {
        ending
    })
}

fn policy(arguments: &Gate) -> Result<Policy, Problem> {
    if let Some(name) = &arguments.severity {
        return Ok(Policy::of(severity(name)?, arguments.fixable));
    }
    match &arguments.policy {
        Some(path) => read(path),
        None => Err(Problem::usage("there is no policy").help("give one by --policy FILE or --severity SEVERITY")),
    }
}

/// Reads a policy.
pub(super) fn read(path: &Path) -> Result<Policy, Problem> {
    let text = fs::read_to_string(path)
        .map_err(|error| Problem::usage(format!("the policy {} cannot be read: {error}", path.display())))?;
    Policy::parse(&text).map_err(|error| Problem::from_error(path.display(), &error).as_usage())
}

fn rows<'a>(verdict: &'a Verdict<'a>) -> Vec<ViolationRow<'a>> {
    let all = [("violation", &verdict.violations), ("pending", &verdict.pending), ("excused", &verdict.excused)];
    all.into_iter().flat_map(|(status, list)| list.iter().map(move |violation| ViolationRow::new(status, violation))).collect()
}

fn in_words(verdict: &Verdict<'_>) -> String {
    let judged = format!(
        "{} in {} judged",
        count(verdict.findings, "finding", "findings"),
        count(verdict.artifacts, "image", "images")
    );
    let besides = format!("{} excused, {} still in their grace", verdict.excused.len(), verdict.pending.len());
    match verdict.violations.len() {
        0 => format!("Nothing is against the policy: {judged}; {besides}.\n"),
        violations => format!("{}: {judged}; {besides}.\n", count(violations, "violation", "violations")),
    }
}

impl<'a> ViolationRow<'a> {
    fn new(status: &'a str, violation: &'a Violation<'a>) -> Self {
        let mut row = Self {
            status,
            rule: None,
            registry: None,
            repository: None,
            digest: None,
            tags: Vec::new(),
            cve: None,
            package: None,
            version: None,
            fix_version: None,
            severity: None,
            due: None,
            reason: violation.to_string(),
            excuses: violation.suppressions().iter().map(ToString::to_string).collect(),
        };
        let info = match violation {
            Violation::Finding { assessed, rule, due, .. } => {
                let finding = assessed.finding.get();
                row.rule = Some(rule);
                row.cve = Some(finding.id());
                row.package = Some(finding.package());
                row.version = Some(finding.version());
                row.fix_version = Some(finding.fix_version()).filter(|version| !version.is_empty());
                row.severity = Some(finding.severity());
                row.due = *due;
                Some(assessed.info)
            }
            Violation::WithoutReport { info, .. } => Some(*info),
            Violation::NotRead { registry, .. } => {
                row.registry = Some(*registry);
                None
            }
            _ => None,
        };
        if let Some(info) = info {
            row.registry = info.artifact.registry.as_deref();
            row.repository = Some(info.artifact.repository.full());
            row.digest = Some(info.artifact.digest.as_str());
            row.tags = info.tags().collect();
        }
        row
    }
}

impl Shown for ViolationRow<'_> {
    const HEADERS: &'static [&'static str] = &["STATUS", "WHAT"];

    fn shown(&self) -> Vec<Cell> {
        let excuses = if self.excuses.is_empty() { String::new() } else { format!(" [{}]", self.excuses.join("; ")) };
        vec![table::text(self.status), table::text(format!("{}{excuses}", self.reason))]
    }
}
