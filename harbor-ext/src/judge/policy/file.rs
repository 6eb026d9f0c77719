//! Policies as files.

use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;

use super::project::ProjectPolicy;
use super::{Counting, Exception, Expiry, Policy, PolicyError, Rule, Treatment, WhenMissing, WhenUnread};
use crate::text::{self, Quoted};
use values::{Patterns, SeverityWord, Span};

mod values;

pub(super) fn read(text: &str) -> Result<Policy, PolicyError> {
    let file: PolicyFile = toml::from_str(text).map_err(|error| {
        let message = with_suggestion(error.message());
        at(text, error.span(), &message)
    })?;
    if *file.version.get_ref() != 1 {
        return Err(at(text, Some(file.version.span()), "this version is not known; it has to be 1"));
    }
    let mut names = HashSet::new();
    let rules = read_rules(text, file.rules, &mut names)?;
    let mut projects = Vec::new();
    for project in file.projects {
        projects.push(read_project(text, project, &names)?);
    }
    let exceptions =
        file.exceptions.into_iter().map(|exception| read_exception(text, exception)).collect::<Result<_, _>>()?;
    let treatment = Treatment {
        unscanned: file.unscanned,
        unsupported: file.unsupported,
        failed: file.failed,
        suppressed: file.suppressed,
        unrated: file.unrated,
    };
    let policy = Policy { rules, exceptions, treatment, projects };
    match forbids_something(&policy) {
        true => Ok(policy),
        false => Err(at(text, None, "it forbids nothing: it has no rules, and allows artifacts without a report")),
    }
}

/// A file that lost its rules would let everything pass.
fn forbids_something(policy: &Policy) -> bool {
    let Treatment { unscanned, unsupported, failed, .. } = policy.treatment;
    let is_violation = |missing| missing == WhenMissing::Violation;
    let by_project = |project: &ProjectPolicy| {
        !project.rules.is_empty()
            || [project.unscanned, project.unsupported].into_iter().flatten().any(is_violation)
            || project.failed == Some(WhenUnread::Violation)
    };
    !policy.rules.is_empty()
        || [unscanned, unsupported].into_iter().any(is_violation)
        || failed == WhenUnread::Violation
        || policy.projects.iter().any(by_project)
}

fn read_rules(
    text: &str,
    files: Vec<Spanned<RuleFile>>,
    names: &mut HashSet<String>,
) -> Result<Vec<Rule>, PolicyError> {
    files
        .into_iter()
        .map(|file| {
            let span = file.span();
            let rule = Rule::from(file.into_inner());
            let refuse = |why: &str| {
                let name = Quoted(&rule.name);
                Err(at(text, Some(span.clone()), &format!("the rule \"{name}\" {why}")))
            };
            if rule.name.trim().is_empty() {
                return refuse("needs a name");
            }
            if !rule.has_conditions() {
                return refuse("has no condition; severity = \"none\" is for every finding");
            }
            if rule.cvss.is_some_and(|cvss| !(0.0..=10.0).contains(&cvss)) {
                return refuse("asks for a CVSS score that is not from 0 to 10");
            }
            if rule.epss.is_some_and(|epss| !(0.0..=1.0).contains(&epss)) {
                return refuse("asks for an EPSS probability that is not from 0 to 1, such as 0.1 for 10 %");
            }
            if !names.insert(rule.name.to_string()) {
                return refuse("is there twice");
            }
            Ok(rule)
        })
        .collect()
}

fn read_project(text: &str, file: Spanned<ProjectFile>, known: &HashSet<String>) -> Result<ProjectPolicy, PolicyError> {
    let (span, file) = (file.span(), file.into_inner());
    if file.project.0.is_empty() {
        return Err(at(text, Some(span), "project has to name one or more projects"));
    }
    let mut names = HashSet::new();
    let rules = read_rules(text, file.rules, &mut names)?;
    if let Some(name) = file.off.iter().find(|name| !known.contains(*name)) {
        let message = format!("there is no rule \"{}\" to be off", Quoted(name));
        let names = known.iter().map(String::as_str);
        return Err(at(text, Some(span), &suggest(message, name, names)));
    }
    Ok(ProjectPolicy {
        projects: file.project.0,
        off: file.off,
        rules,
        unscanned: file.unscanned,
        unsupported: file.unsupported,
        failed: file.failed,
        suppressed: file.suppressed,
        unrated: file.unrated,
    })
}

fn read_exception(text: &str, file: Spanned<ExceptionFile>) -> Result<Exception, PolicyError> {
    let (span, file) = (file.span(), file.into_inner());
    let refuse = |why: &str| Err(at(text, Some(span), why));
    if file.reason.trim().is_empty() {
        return refuse("an exception needs a reason");
    }
    let exception = Exception {
        cves: file.cve.0,
        packages: file.package.0,
        repositories: file.repository.0,
        projects: file.project.0,
        registries: file.registry.0,
        reason: file.reason.trim().into(),
        expires: file.expires,
    };
    let Exception { cves, packages, repositories, projects, registries, .. } = &exception;
    let is_for_nothing = [cves, packages, repositories, projects, registries].into_iter().all(Vec::is_empty);
    match is_for_nothing {
        true => refuse("an exception needs something that it is for: cve, package, repository, project or registry"),
        false => Ok(exception),
    }
}

/// An error at a place of the file.
fn at(text: &str, span: Option<Range<usize>>, message: &str) -> PolicyError {
    let before = span.and_then(|span| text.get(..span.start));
    let place =
        before.map_or("policy".to_owned(), |before| format!("policy, line {}", before.matches('\n').count() + 1));
    PolicyError(format!("{place}: {message}"))
}

/// Adds the word that may be meant, where the message is about one that is not known.
fn with_suggestion(message: &str) -> String {
    let message = text::line(message.trim()).into_owned();
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match (&*words, message.starts_with("unknown")) {
        ([word, known @ ..], true) => suggest(message.clone(), word, known.iter().copied()),
        _ => message,
    }
}

fn suggest<'a>(message: String, word: &str, known: impl Iterator<Item = &'a str>) -> String {
    const ALIKE: f64 = 0.7;
    let alike = known.map(|known| (strsim::jaro_winkler(word, known), known));
    match alike.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(one.1))) {
        Some((likeness, known)) if likeness >= ALIKE => format!("{message}; is \"{}\" meant?", Quoted(known)),
        _ => message,
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    version: Spanned<i64>,
    #[serde(default)]
    rules: Vec<Spanned<RuleFile>>,
    #[serde(default)]
    projects: Vec<Spanned<ProjectFile>>,
    #[serde(default)]
    exceptions: Vec<Spanned<ExceptionFile>>,
    #[serde(default)]
    unscanned: WhenMissing,
    #[serde(default)]
    unsupported: WhenMissing,
    #[serde(default)]
    failed: WhenUnread,
    #[serde(default)]
    suppressed: Counting,
    #[serde(default)]
    unrated: Counting,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    name: String,
    severity: Option<SeverityWord>,
    cvss: Option<f64>,
    epss: Option<f64>,
    kev: Option<bool>,
    fixable: Option<bool>,
    min_age: Option<Span>,
    #[serde(default)]
    cve: Patterns,
    #[serde(default)]
    package: Patterns,
    grace: Option<Span>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ProjectFile {
    project: Patterns,
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    rules: Vec<Spanned<RuleFile>>,
    unscanned: Option<WhenMissing>,
    unsupported: Option<WhenMissing>,
    failed: Option<WhenUnread>,
    suppressed: Option<Counting>,
    unrated: Option<Counting>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ExceptionFile {
    #[serde(default)]
    cve: Patterns,
    #[serde(default)]
    package: Patterns,
    #[serde(default)]
    repository: Patterns,
    #[serde(default)]
    project: Patterns,
    #[serde(default)]
    registry: Patterns,
    reason: String,
    expires: Expiry,
}

impl From<RuleFile> for Rule {
    fn from(file: RuleFile) -> Self {
        Self {
            name: file.name.into(),
            severity: file.severity.map(|word| word.0),
            cvss: file.cvss,
            epss: file.epss,
            kev: file.kev,
            fixable: file.fixable,
            min_age: file.min_age.map(|span| span.0),
            cves: file.cve.0,
            packages: file.package.0,
            grace: file.grace.map(|span| span.0),
        }
    }
}
