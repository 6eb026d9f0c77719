//! Prometheus' text format, for the textfile collector of the node exporter or a push gateway.
//!
//! Labels are bounded: registries, projects, severities, states and the names of rules; never repositories, tags,
//! vulnerabilities or packages. Findings are gauges, since they go away. What is not known is absent, never 0.
//!
//! | metric | labels |
//! | --- | --- |
//! | `harbor_findings` | `registry`, `project`, `severity`, `fixable` |
//! | `harbor_suppressed_findings` | `registry`, `project`; they are among the findings |
//! | `harbor_known_exploited_findings` | `registry`, `project`; only with CISA's catalogue |
//! | `harbor_artifacts` | `registry`, `project`, `state` |
//! | `harbor_snapshot_timestamp_seconds` | `registry`; when the reading began, of several snapshots the oldest |
//! | `harbor_snapshot_duration_seconds`, `harbor_snapshot_requests`, `harbor_snapshot_retries`, `harbor_snapshot_failures` | `registry` |
//! | `harbor_snapshot_complete` | `registry`; 1 where everything could be read |
//! | `harbor_policy_violations` | `rule`; only with a policy |
//!
//! A project has all severities, so that an alert on one sees it fall to 0.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Document, ExportError};
use crate::judge::{Exploitation, Violation};
use crate::model::Severity;
use crate::text;

/// Writes all metrics.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, mut output: impl Write) -> Result<(), ExportError> {
    let places = Places::of(document);
    let snapshots = snapshots(document);
    findings(&places, &mut output)?;
    artifacts(&places, &mut output)?;
    write_snapshots(&snapshots, &mut output)?;
    violations(document, &mut output)?;
    Ok(output.flush()?)
}

/// What there is to count in each project of each registry.
#[derive(Default)]
struct Places<'a> {
    places: BTreeMap<(&'a str, &'a str), Place>,
    knows_exploited: bool,
}

#[derive(Default)]
struct Place {
    /// By severity and by whether it can be fixed.
    findings: BTreeMap<(Severity, bool), u64>,
    reported: bool,
    suppressed: u64,
    exploited: u64,
    states: BTreeMap<&'static str, u64>,
}

impl<'a> Places<'a> {
    fn of(document: &Document<'a>) -> Self {
        let assessment = document.assessment;
        let mut places = Self { knows_exploited: assessment.knowledge().kev.is_some(), ..Self::default() };
        for info in assessment.inventory().report() {
            let registry = info.artifact.registry.as_deref().unwrap_or_default();
            let place = places.places.entry((registry, info.artifact.repository.project().as_str())).or_default();
            *place.states.entry(info.state.name()).or_default() += 1;
            place.reported |= info.state.report().is_some();
            for assessed in assessment.findings_of(info) {
                let key = (assessed.finding.severity(), assessed.finding.fixable());
                *place.findings.entry(key).or_default() += 1;
                place.suppressed += u64::from(assessed.is_suppressed());
                place.exploited += u64::from(matches!(assessed.exploitation, Exploitation::Known(_)));
            }
        }
        places
    }
}

fn findings(places: &Places<'_>, output: &mut impl Write) -> io::Result<()> {
    let reported = || places.places.iter().filter(|(_, place)| place.reported);
    describe(output, "harbor_findings", "Findings in artifacts that have a report, suppressed ones included.")?;
    for ((registry, project), place) in reported() {
        for severity in Severity::ALL.into_iter().rev() {
            for fixable in [true, false] {
                let count = place.findings.get(&(severity, fixable)).copied().unwrap_or_default();
                let fixable = if fixable { "true" } else { "false" };
                let labels = [
                    ("registry", *registry),
                    ("project", project),
                    ("severity", severity.as_str()),
                    ("fixable", fixable),
                ];
                sample(output, "harbor_findings", &labels, count as f64)?;
            }
        }
    }
    describe(output, "harbor_suppressed_findings", "Findings that do not count: accepted, not affected, or fixed.")?;
    for ((registry, project), place) in reported() {
        let labels = [("registry", *registry), ("project", project)];
        sample(output, "harbor_suppressed_findings", &labels, place.suppressed as f64)?;
    }
    if places.knows_exploited {
        describe(output, "harbor_known_exploited_findings", "Findings that CISA knows to be exploited.")?;
        for ((registry, project), place) in reported() {
            let labels = [("registry", *registry), ("project", project)];
            sample(output, "harbor_known_exploited_findings", &labels, place.exploited as f64)?;
        }
    }
    Ok(())
}

fn artifacts(places: &Places<'_>, output: &mut impl Write) -> io::Result<()> {
    describe(output, "harbor_artifacts", "Artifacts by whether they have a report, and if not, why.")?;
    for ((registry, project), place) in &places.places {
        for (state, count) in &place.states {
            let labels = [("registry", *registry), ("project", project), ("state", state)];
            sample(output, "harbor_artifacts", &labels, *count as f64)?;
        }
    }
    Ok(())
}

/// What there is to say of the newest snapshots of a registry.
struct Reading {
    started_at: f64,
    seconds: f64,
    requests: u64,
    retries: u64,
    failures: u64,
    complete: bool,
}

fn snapshots<'a>(document: &Document<'a>) -> BTreeMap<&'a str, Reading> {
    let mut readings = BTreeMap::<&str, Reading>::new();
    for current in document.assessment.inventory().current() {
        let (source, summary) = (&current.source, &current.summary);
        let started_at = source.started_at.timestamp_millis() as f64 / 1000.0;
        let reading = readings.entry(&source.registry).or_insert(Reading {
            started_at,
            seconds: 0.0,
            requests: 0,
            retries: 0,
            failures: 0,
            complete: true,
        });
        reading.started_at = reading.started_at.min(started_at);
        reading.seconds += summary.elapsed.as_secs_f64();
        reading.requests = reading.requests.saturating_add(summary.requests);
        reading.retries = reading.retries.saturating_add(summary.retries);
        reading.failures += current.failures.len() as u64;
        reading.complete &= current.failures.is_empty() && source.finished_at.is_some();
    }
    readings
}

fn write_snapshots(readings: &BTreeMap<&str, Reading>, output: &mut impl Write) -> io::Result<()> {
    type Value = fn(&Reading) -> f64;
    let metrics: [(&str, &str, Value); 6] = [
        ("harbor_snapshot_timestamp_seconds", "When the reading of the registry began.", |one| one.started_at),
        ("harbor_snapshot_duration_seconds", "How long the reading took.", |one| one.seconds),
        ("harbor_snapshot_requests", "Requests that the reading took, repeated ones included.", |one| {
            one.requests as f64
        }),
        ("harbor_snapshot_retries", "Requests among them that repeated a failed one.", |one| one.retries as f64),
        ("harbor_snapshot_failures", "What could not be read.", |one| one.failures as f64),
        ("harbor_snapshot_complete", "Whether everything could be read.", |one| f64::from(u8::from(one.complete))),
    ];
    for (name, help, value) in metrics {
        describe(output, name, help)?;
        for (registry, reading) in readings {
            sample(output, name, &[("registry", registry)], value(reading))?;
        }
    }
    Ok(())
}

fn violations(document: &Document<'_>, output: &mut impl Write) -> io::Result<()> {
    let Some(verdict) = document.verdict else { return Ok(()) };
    let mut rules: BTreeMap<&str, usize> =
        verdict.counts.iter().map(|count| (&*count.rule, count.violations)).collect();
    for violation in &verdict.violations {
        match violation {
            Violation::Finding { .. } => {}
            Violation::WithoutReport { .. } => *rules.entry("without report").or_default() += 1,
            Violation::NotRead { .. } => *rules.entry("not read").or_default() += 1,
        }
    }
    describe(output, "harbor_policy_violations", "What is against the policy.")?;
    for (rule, count) in rules {
        sample(output, "harbor_policy_violations", &[("rule", rule)], count as f64)?;
    }
    Ok(())
}

fn describe(output: &mut impl Write, name: &str, help: &str) -> io::Result<()> {
    writeln!(output, "# HELP {name} {help}\n# TYPE {name} gauge")
}

fn sample(output: &mut impl Write, name: &str, labels: &[(&str, &str)], value: f64) -> io::Result<()> {
    write!(output, "{name}{{")?;
    for (place, (label, value)) in labels.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(output, "{comma}{label}=\"{}\"", escaped(value))?;
    }
    writeln!(output, "}} {value}")
}

/// The value of a label: one line of plain text, with what the format demands to be escaped.
fn escaped(value: &str) -> String {
    text::line(value).replace('\\', r"\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::super::samples::{HOSTILE, Sample};
    use super::*;

    fn written(sample: &Sample) -> String {
        let assessment = sample.assessment();
        let mut output = Vec::new();
        write(&Document::new(&assessment), &mut output).unwrap();
        String::from_utf8(output).unwrap()
    }

    #[test]
    fn findings_are_counted_by_bounded_labels() {
        let text = written(&Sample::usual());
        let labels = r#"registry="harbor.example.com",project="library""#;
        for line in [
            &format!(r#"harbor_findings{{{labels},severity="Critical",fixable="true"}} 1"#),
            &format!(r#"harbor_findings{{{labels},severity="High",fixable="true"}} 0"#),
            r#"harbor_artifacts{registry="harbor.example.com",project="shop",state="not_scanned"} 1"#,
            r#"harbor_snapshot_complete{registry="harbor.example.com"} 0"#,
            r#"harbor_snapshot_timestamp_seconds{registry="harbor.example.com"} 1795161600"#,
            r#"harbor_snapshot_requests{registry="harbor.example.com"} 7"#,
            "# TYPE harbor_findings gauge",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} is not in:\n{text}");
        }
        assert!(!text.contains("exploited") && !text.contains("violations"), "what is not known is absent");
    }

    #[test]
    fn no_text_of_a_report_is_a_label() {
        let text = written(&Sample::hostile());
        assert!(!text.contains("CVE-") && !text.contains("cart") && !text.contains("script"));
    }

    #[test]
    fn labels_are_escaped() {
        let value = escaped(HOSTILE);
        assert!(!value.contains(['\n', '\r', '\u{1b}']) && value.contains("\\\"'`\\\\ "), "{value}");
    }
}
