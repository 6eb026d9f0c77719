//! JUnit's XML, for the test reports of CI systems.
//!
//! A suite is an artifact. Its cases are:
//!
//! - with a policy: what is against it fails; what would be, if it were not excused or still in its grace, is skipped, with
//!   the reason; an artifact with nothing of this passes with one case;
//! - without a policy: every finding fails, and suppressed ones are skipped;
//! - without a report: an error where it could not be read, skipped otherwise, unless the policy does not allow it.
//!
//! What could not be read at all is a suite of its own, of errors. Characters that XML forbids are replaced.

use std::collections::HashMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Document, ExportError, rows};
use crate::judge::{Assessed, Verdict, Violation};
use crate::model::{ArtifactInfo, ReportState};
use crate::text;

/// Writes a report with one suite for each artifact, one after another; they are made twice, to be counted first.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, mut output: impl Write) -> Result<(), ExportError> {
    let judged = document.verdict.map(Judged::new);
    let suites = || {
        let artifacts = document.assessment.inventory().report().iter();
        let suites = artifacts.map(|info| suite(document, judged.as_ref(), info));
        std::iter::once(unread(document)).chain(suites).filter(|suite| suite.tests > 0)
    };
    let mut totals = Report::new("harbor-ext");
    for suite in suites() {
        totals.tests += suite.tests;
        totals.failures += suite.failures;
        totals.errors += suite.errors;
        totals.skipped += suite.skipped;
    }
    // An empty report is the frame: the suites are written into it one by one, because all of them may be too many.
    let frame = in_xml(&totals)?;
    let Some((start, end)) = frame.split_once(END) else { return Err(unknown_frame()) };
    output.write_all(start.as_bytes())?;
    for suite in suites() {
        let mut one = Report::new("");
        one.test_suites.push(suite);
        let xml = in_xml(&one)?;
        let suite = xml.find("<testsuite ").zip(xml.rfind(END)).and_then(|(start, end)| xml.get(start..end));
        output.write_all(suite.ok_or_else(unknown_frame)?.trim_end().as_bytes())?;
        output.write_all(b"\n")?;
    }
    output.write_all(END.as_bytes())?;
    output.write_all(end.as_bytes())?;
    Ok(output.flush()?)
}

/// The end of the element around all suites.
const END: &str = "</testsuites>";

fn in_xml(report: &Report) -> Result<String, ExportError> {
    report.to_string().map_err(|error| ExportError::Write(io::Error::other(error)))
}

fn unknown_frame() -> ExportError {
    ExportError::Unfit("the report has not the elements that JUnit's have".to_owned())
}

/// What a policy decided, by artifact.
struct Judged<'v, 'a> {
    violations: HashMap<*const ArtifactInfo, Vec<&'v Violation<'a>>>,
    excused: HashMap<*const ArtifactInfo, Vec<&'v Violation<'a>>>,
    pending: HashMap<*const ArtifactInfo, Vec<&'v Violation<'a>>>,
}

impl<'v, 'a> Judged<'v, 'a> {
    fn new(verdict: &'v Verdict<'a>) -> Self {
        let by_artifact = |violations: &'v [Violation<'a>]| {
            let mut map = HashMap::<_, Vec<_>>::new();
            for violation in violations {
                let info = match violation {
                    Violation::Finding { assessed, .. } => assessed.info,
                    Violation::WithoutReport { info, .. } => *info,
                    // These are in the suite of what could not be read.
                    Violation::NotRead { .. } => continue,
                };
                map.entry(std::ptr::from_ref(info)).or_default().push(violation);
            }
            map
        };
        let [violations, excused, pending] =
            [&verdict.violations, &verdict.excused, &verdict.pending].map(|one| by_artifact(one));
        Self { violations, excused, pending }
    }
}

/// What could not be read.
fn unread(document: &Document<'_>) -> TestSuite {
    let mut suite = TestSuite::new("not read");
    for current in document.assessment.inventory().current() {
        for failure in &current.failures {
            let name = format!("{}: {}", current.source.registry, failure.phase);
            let message = failure.to_string();
            suite.add_test_case(case(&name, "not read", NonSuccessKind::Error, "not read", &message));
        }
    }
    suite
}

fn suite(document: &Document<'_>, judged: Option<&Judged<'_, '_>>, info: &ArtifactInfo) -> TestSuite {
    let class = info.artifact.name_with_registry();
    let mut suite = TestSuite::new(line(&class));
    suite.add_property(("digest", info.artifact.digest.as_str()));
    let key = std::ptr::from_ref(info);
    if let Some(judged) = judged {
        let of = |map: &HashMap<_, Vec<_>>| map.get(&key).cloned().unwrap_or_default();
        for violation in of(&judged.violations) {
            suite.add_test_case(violation_case(&class, violation, ""));
        }
        for violation in of(&judged.excused) {
            let reasons: Vec<String> = violation.suppressions().iter().map(rows::in_words).collect();
            suite.add_test_case(skipped(violation_case(&class, violation, &reasons.join("; "))));
        }
        for violation in of(&judged.pending) {
            suite.add_test_case(skipped(violation_case(&class, violation, "still in its grace")));
        }
    }
    match (&info.state, judged) {
        (ReportState::Reported(_), Some(_)) | (ReportState::InChildren, _) => {}
        (ReportState::Reported(_), None) => {
            for assessed in document.assessment.findings_of(info) {
                suite.add_test_case(finding_case(&class, &assessed));
            }
        }
        (state, _) if suite.failures == 0 => {
            let kind = if state.failure().is_some() { NonSuccessKind::Error } else { NonSuccessKind::Failure };
            let case = case("report", &class, kind, state.name(), &state.to_string());
            suite.add_test_case(if kind == NonSuccessKind::Error { case } else { skipped(case) });
        }
        _ => {}
    }
    if suite.tests == 0 && matches!(info.state, ReportState::Reported(_)) {
        let mut passed = TestCase::new("policy", TestCaseStatus::success());
        passed.set_classname(line(&class));
        suite.add_test_case(passed);
    }
    suite
}

fn violation_case(class: &str, violation: &Violation<'_>, besides: &str) -> TestCase {
    let besides = if besides.is_empty() { String::new() } else { format!(" ({besides})") };
    let message = format!("{violation}{besides}");
    match violation {
        Violation::Finding { assessed, rule, .. } => {
            let name = format!("{rule}: {}", finding_name(assessed));
            case(&name, class, NonSuccessKind::Failure, rule, &message)
        }
        Violation::WithoutReport { info, .. } => {
            case("report", class, NonSuccessKind::Failure, info.state.name(), &message)
        }
        Violation::NotRead { .. } => case("report", class, NonSuccessKind::Failure, "not read", &message),
    }
}

fn finding_case(class: &str, assessed: &Assessed<'_>) -> TestCase {
    let severity = assessed.finding.severity().as_str();
    let name = finding_name(assessed);
    let reasons: Vec<String> = assessed.suppressions.iter().map(rows::in_words).collect();
    match reasons.is_empty() {
        true => case(&name, class, NonSuccessKind::Failure, severity, &format!("{severity}; {}", advice(assessed))),
        false => skipped(case(&name, class, NonSuccessKind::Failure, severity, &reasons.join("; "))),
    }
}

fn finding_name(assessed: &Assessed<'_>) -> String {
    let finding = assessed.finding.get();
    format!("{} {} {}", finding.id(), finding.package(), finding.version())
}

fn advice(assessed: &Assessed<'_>) -> String {
    let finding = assessed.finding.get();
    match finding.fixable() {
        true => format!("upgrade {} to {}", finding.package(), finding.fix_version()),
        false => format!("there is no fixed version of {} yet", finding.package()),
    }
}

fn case(name: &str, class: &str, kind: NonSuccessKind, word: &str, message: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(line(word)).set_message(line(message));
    let mut case = TestCase::new(line(name), status);
    case.set_classname(line(class));
    case
}

/// The case, not run for the reason that it would have failed for.
fn skipped(mut case: TestCase) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    if let TestCaseStatus::NonSuccess { message: Some(message), ty: Some(word), .. } = case.status {
        status.set_message(message.as_str()).set_type(word.as_str());
    }
    case.status = status;
    case
}

/// One line of plain text that is not too long for a report.
fn line(text: &str) -> String {
    const LONGEST: usize = 2_000;
    text::within(text::line(text), LONGEST).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::samples::Sample;
    use super::*;

    fn written(sample: &Sample, verdict: Option<&Verdict<'_>>) -> Report {
        let assessment = sample.assessment();
        let mut document = Document::new(&assessment);
        document.verdict = verdict;
        let mut output = Vec::new();
        write(&document, &mut output).unwrap();
        let xml = String::from_utf8(output).unwrap();
        assert!(!xml.contains(['\u{1b}', '\u{9b}', '\0', '\u{202e}']));
        let report = Report::deserialize_from_str(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
        let sum = |of: fn(&TestSuite) -> usize| report.test_suites.iter().map(of).sum::<usize>();
        assert_eq!(report.tests, sum(|suite| suite.test_cases.len()));
        assert_eq!((report.failures, report.errors), (sum(|suite| suite.failures), sum(|suite| suite.errors)));
        report
    }

    #[test]
    fn without_a_policy_findings_fail() {
        let report = written(&Sample::usual(), None);
        assert_eq!((report.tests, report.failures, report.errors, report.skipped), (6, 3, 2, 1));
        let names: Vec<&str> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
        assert_eq!(names[..2], ["not read", "harbor.example.com/library/nginx:1.1"]);
        assert_eq!(report.test_suites[1].test_cases[0].name.as_str(), "CVE-2021-44228 log4j-core 1.0.0");
    }

    #[test]
    fn what_is_suppressed_is_skipped() {
        let report = written(&Sample::suppressed(), None);
        assert_eq!((report.tests, report.failures, report.errors, report.skipped), (6, 1, 2, 3));
    }

    #[test]
    fn with_a_policy_violations_fail_and_the_rest_passes() {
        let sample = Sample::usual();
        let assessment = sample.assessment();
        let assessed = assessment.findings().next().unwrap();
        let mut verdict = Verdict::default();
        let (rule, reason) = ("critical".into(), "severity Critical".to_owned());
        verdict.violations.push(Violation::Finding { assessed: assessed.into(), rule, reason, due: None });
        let unscanned = assessment.inventory().report().artifacts().iter().find(|info| info.artifact.id == 3).unwrap();
        verdict.violations.push(Violation::WithoutReport { info: unscanned, suppressions: Vec::new() });
        let document = Document::new(&assessment).with_verdict(&verdict);
        let mut output = Vec::new();
        write(&document, &mut output).unwrap();
        let report = Report::deserialize_from_str(std::str::from_utf8(&output).unwrap()).unwrap();
        assert_eq!((report.tests, report.failures, report.errors, report.skipped), (5, 2, 2, 0));
        let passed = &report.test_suites[2].test_cases[0];
        assert_eq!((passed.name.as_str(), &passed.status), ("policy", &TestCaseStatus::success()));
    }

    #[test]
    fn hostile_texts_are_legal_xml() {
        let report = written(&Sample::hostile(), None);
        assert_eq!(report.test_suites.len(), 2);
        assert_eq!(report.tests, 22);
    }

    #[test]
    fn nothing_is_an_empty_report() {
        assert_eq!(written(&Sample::new(Vec::new()), None).tests, 0);
    }
}
