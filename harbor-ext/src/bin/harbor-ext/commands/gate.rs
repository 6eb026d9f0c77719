//! Whether something is against a policy.

use std::path::Path;

use comfy_table::Cell;
use harbor_ext::chrono::Utc;
use harbor_ext::export::Document;
use harbor_ext::export::rows::{self, ViolationRow};
use harbor_ext::judge::{Assessment, Policy, Verdict};
use harbor_ext::text::counted;

use super::choice::severity;
use super::{knowledge, missing};
use crate::arguments::{Gate, When};
use crate::ending::{Ending, Problem};
use crate::input;
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::output::table;
use crate::source;

pub(super) async fn run(arguments: Gate, messages: Messages, color: When) -> Result<Ending, Problem> {
    let policy = policy(&arguments)?;
    let knowledge = knowledge::read(&arguments.knowledge)?;
    let inventory = source::inventory(&arguments.subjects, messages).await?;
    let assessment = Assessment::new(&inventory, &knowledge, Utc::now());
    let verdict = policy.check(&assessment).map_err(|error| Problem::usage(error.to_string()))?;
    let document = Document::new(&assessment).with_verdict(&verdict);
    let rows: Vec<ViolationRow<'_>> = rows::violations(&document).collect();
    listing::write(&rows, arguments.format, color, || in_words(&verdict))?;
    assessment.notes().iter().chain(&verdict.notes).for_each(|note| messages.say(note));
    let ending = missing::tell(&inventory, messages);
    Ok(if !verdict.is_met() {
        Ending::Violated
    } else if verdict.incomplete || verdict.artifacts == 0 {
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
    let text = String::from_utf8(input::read(path, "the policy")?)
        .map_err(|_| Problem::usage(format!("the policy in {} is not text in UTF-8", path.display())))?;
    Policy::parse(&text).map_err(|error| Problem::from_error(path.display(), &error).into_usage())
}

fn in_words(verdict: &Verdict<'_>) -> String {
    let judged = format!("{} in {} judged", counted(verdict.findings, "finding"), counted(verdict.artifacts, "image"));
    let besides = format!("{} excused, {} still in their grace", verdict.excused.len(), verdict.pending.len());
    match verdict.violations.len() {
        0 => format!("Nothing is against the policy: {judged}; {besides}.\n"),
        violations => format!("{}: {judged}; {besides}.\n", counted(violations, "violation")),
    }
}

impl Shown for ViolationRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["DECISION", "RULE", "IMAGE", "CVE", "PACKAGE", "VERSION", "FIXED IN", "SEVERITY", "WHY"];

    fn shown(&self) -> Vec<Cell> {
        let image = match (self.repository, self.digest) {
            (Some(repository), Some(digest)) => table::image(self.registry, repository, &self.tags, digest),
            (Some(repository), None) => table::image(self.registry, repository, &self.tags, ""),
            (None, _) => self.registry.unwrap_or_default().to_owned(),
        };
        let suppressions = self.suppressions.iter().map(|why| format!(" [{why}]")).collect::<String>();
        vec![
            table::text(self.decision),
            table::text(self.rule.unwrap_or("-")),
            table::text(image),
            table::text(self.cve.unwrap_or("-")),
            table::text(self.package.unwrap_or("-")),
            table::text(self.version.unwrap_or("-")),
            table::text(self.fix_version.unwrap_or("-")),
            self.severity.map_or_else(|| table::text("-"), table::severity),
            table::text(format!("{}{suppressions}", self.reason)),
        ]
    }
}
