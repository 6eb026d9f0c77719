//! JSON with everything that is known, in a format of its own.
//!
//! The schema is `Export` among those of [`schema`](crate::schema). Members may be added; [`VERSION`] changes when one
//! changes its meaning or goes away.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::rows::{self, ArtifactRow, FindingRow, ViolationRow};
use super::{Document, ExportError, json_text};
use crate::inventory::{Current, TrendPoint};

/// The version of the format.
pub const VERSION: u32 = 1;

/// Writes everything as one JSON object.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    json_text::write(&Export::new(document), &mut output)?;
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

/// Writes rows as one array, one after the other and each on a line of its own. What a terminal would obey is escaped.
///
/// ```
/// use harbor_ext::export::json;
///
/// let mut output = Vec::new();
/// json::write_rows([("nginx", 3), ("redis", 1)], &mut output)?;
/// assert_eq!(output, b"[\n  [\"nginx\",3],\n  [\"redis\",1]\n]\n");
/// # Ok::<(), harbor_ext::export::ExportError>(())
/// ```
///
/// # Errors
///
/// If it cannot be written.
pub fn write_rows<R: Serialize>(
    rows: impl IntoIterator<Item = R>,
    mut output: impl io::Write,
) -> Result<(), ExportError> {
    let (mut before, mut end) = ("[\n  ", "[]\n");
    for row in rows {
        output.write_all(before.as_bytes())?;
        json_text::write(&row, &mut output)?;
        (before, end) = (",\n  ", "\n]\n");
    }
    output.write_all(end.as_bytes())?;
    Ok(output.flush()?)
}

/// Everything that is known.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Export<'a> {
    /// `harbor-ext`.
    format: &'static str,
    /// The version of the format.
    version: u32,
    /// What wrote it, with its version.
    generator: &'static str,
    /// As of when it is: expiries are judged by it.
    created_at: DateTime<Utc>,
    /// Whether everything could be read. Where not, there may be more findings than these.
    complete: bool,
    /// The snapshots that it is made of, each with how the reading went, what could not be read, and what is accepted;
    /// sorted by registry.
    sources: &'a [Current],
    /// What the registries held at the times of all snapshots, the older ones too; the oldest first.
    trend: &'a [TrendPoint],
    /// What others know of vulnerabilities, as far as it was given.
    knowledge: KnowledgeDates<'a>,
    /// What to know before relying on it.
    notes: &'a [String],
    /// Artifacts by whether they have a report, and if not, why.
    states: BTreeMap<&'static str, usize>,
    /// What a policy decided; `null` without one.
    verdict: Option<VerdictSummary<'a>>,
    /// Every artifact, with a report or without.
    #[schemars(with = "Vec<ArtifactRow<'_>>")]
    artifacts: Artifacts<'a>,
    /// Every finding in every artifact.
    #[schemars(with = "Vec<FindingRow<'_>>")]
    findings: Findings<'a>,
}

/// What others know of vulnerabilities. `null` means that it was not given, and that nothing is known of it.
#[derive(Serialize, JsonSchema)]
struct KnowledgeDates<'a> {
    /// CISA's catalogue of known exploited vulnerabilities.
    kev: Option<KevDates<'a>>,
    /// FIRST's exploit predictions.
    epss: Option<EpssDates<'a>>,
    /// The identifiers of the VEX documents.
    vex: Vec<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct KevDates<'a> {
    /// The version that the catalogue gives itself.
    version: &'a str,
    /// When it was released, as it says.
    released: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct EpssDates<'a> {
    /// The version of the model.
    model: &'a str,
    /// The date of the scores.
    date: &'a str,
}

/// What a policy decided.
#[derive(Serialize, JsonSchema)]
struct VerdictSummary<'a> {
    /// Whether nothing is against the policy.
    met: bool,
    /// Whether something could not be read, so that nobody knows whether it is against the policy.
    incomplete: bool,
    /// How often each rule was broken.
    rules: Vec<RuleSummary>,
    /// What is against the policy, what is excused, and what is still in its grace.
    #[schemars(with = "Vec<ViolationRow<'_>>")]
    violations: Violations<'a>,
    /// What to know besides, such as exceptions that have expired.
    notes: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct RuleSummary {
    /// The name of the rule.
    rule: Arc<str>,
    /// Violations.
    violations: usize,
    /// What is excused.
    excused: usize,
    /// What is still in its grace.
    pending: usize,
}

/// Rows that are made as they are written.
struct Artifacts<'a>(Document<'a>);
struct Findings<'a>(Document<'a>);
struct Violations<'a>(Document<'a>);

impl<'a> Export<'a> {
    fn new(document: &Document<'a>) -> Self {
        let assessment = document.assessment;
        let (inventory, knowledge) = (assessment.inventory(), assessment.knowledge());
        Self {
            format: "harbor-ext",
            version: VERSION,
            generator: concat!("harbor-ext ", env!("CARGO_PKG_VERSION")),
            created_at: assessment.time(),
            complete: inventory.is_complete(),
            sources: inventory.current(),
            trend: inventory.trend(),
            knowledge: KnowledgeDates {
                kev: knowledge.kev.as_ref().map(|kev| KevDates { version: &kev.version, released: &kev.released }),
                epss: knowledge.epss.as_ref().map(|epss| EpssDates { model: &epss.model, date: &epss.date }),
                vex: knowledge.vex.iter().map(|vex| &*vex.id).collect(),
            },
            notes: assessment.notes(),
            states: inventory.report().states(),
            verdict: document.verdict.map(|verdict| VerdictSummary {
                met: verdict.is_met(),
                incomplete: verdict.incomplete,
                rules: verdict.counts.iter().map(RuleSummary::from).collect(),
                violations: Violations(*document),
                notes: &verdict.notes,
            }),
            artifacts: Artifacts(*document),
            findings: Findings(*document),
        }
    }
}

impl From<&crate::judge::RuleCount> for RuleSummary {
    fn from(count: &crate::judge::RuleCount) -> Self {
        let crate::judge::RuleCount { rule, violations, excused, pending, .. } = count;
        Self { rule: Arc::clone(rule), violations: *violations, excused: *excused, pending: *pending }
    }
}

impl Serialize for Artifacts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows::artifacts(&self.0))
    }
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows::findings(&self.0))
    }
}

impl Serialize for Violations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(rows::violations(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::samples::Sample;
    use super::*;
    use crate::judge::{Verdict, Violation};
    use crate::schema;

    fn written(document: &Document<'_>) -> Value {
        let mut output = Vec::new();
        write(document, &mut output).unwrap();
        serde_json::from_slice(&output).unwrap()
    }

    #[test]
    fn what_is_written_is_as_the_schema_says() {
        let (_, schema) = schema::all().into_iter().find(|(name, _)| *name == "Export").unwrap();
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        for sample in [Sample::usual(), Sample::hostile()] {
            let assessment = sample.assessment();
            let mut verdict = Verdict::default();
            for assessed in assessment.findings() {
                let (rule, reason) = ("all".into(), "everything".to_owned());
                verdict.violations.push(Violation::Finding { assessed: assessed.into(), rule, reason, due: None });
            }
            for document in [Document::new(&assessment), Document::new(&assessment).with_verdict(&verdict)] {
                let json = written(&document);
                let errors: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{errors:?}");
            }
        }
    }

    #[test]
    fn no_rows_are_an_empty_array() {
        let mut output = Vec::new();
        write_rows([0; 0], &mut output).unwrap();
        assert_eq!(output, b"[]\n");
    }

    #[test]
    fn nothing_is_left_out() {
        let sample = Sample::usual();
        let assessment = sample.assessment();
        let json = written(&Document::new(&assessment));
        assert_eq!((json["complete"].as_bool(), json["version"].as_u64()), (Some(false), Some(1)));
        assert_eq!(json["sources"][0]["source"]["registry"], "harbor.example.com");
        assert_eq!(json["sources"][0]["failures"].as_array().unwrap().len(), 1);
        assert_eq!(json["artifacts"].as_array().unwrap().len(), 4);
        assert_eq!(json["findings"].as_array().unwrap().len(), 3);
        assert_eq!(json["artifacts"][2]["state"], "not_scanned");
        assert_eq!((&json["verdict"], &json["knowledge"]["kev"]), (&Value::Null, &Value::Null));
    }
}
