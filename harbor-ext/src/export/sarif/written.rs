//! A SARIF file as it is written.

use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::items::{self, Item, Place};
use super::message::{LONG, SHORT, escaped};
use super::rules::{Rule, Rules, level, rule_id};
use crate::export::json_text::Each;
use crate::export::rows::in_words;
use crate::export::{Document, ExportError, identity};
use crate::judge::Assessed;
use crate::model::ReportState;
use crate::text;

/// A whole file with the items of one part.
pub(super) struct Run<'b, 'a> {
    pub(super) document: &'b Document<'a>,
    pub(super) number: usize,
    pub(super) rules: &'b Rules<'a>,
    pub(super) first: Place,
    pub(super) count: usize,
}

impl Serialize for Run<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct File<R: Serialize> {
            #[serde(rename = "$schema")]
            schema: &'static str,
            version: &'static str,
            runs: [R; 1],
        }

        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Written<R: Serialize, N: Serialize, I: Serialize> {
            tool: Tool<R>,
            automation_details: Value,
            invocations: [Invocation<N>; 1],
            column_kind: &'static str,
            results: I,
        }

        let rules = &self.rules.rules;
        let run = Written {
            tool: Tool { driver: Driver::new(Each(|| rules.iter().map(Rule::written))) },
            automation_details: json!({ "id": format!("harbor-ext/part-{}/", self.number) }),
            invocations: [Invocation {
                execution_successful: self.is_successful(),
                end_time_utc: self.document.assessment.time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                tool_execution_notifications: Notifications(self),
            }],
            column_kind: "utf16CodeUnits",
            results: Results(self),
        };
        let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
        File { schema, version: "2.1.0", runs: [run] }.serialize(serializer)
    }
}

#[derive(Serialize)]
struct Tool<R: Serialize> {
    driver: Driver<R>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<R: Serialize> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<N: Serialize> {
    execution_successful: bool,
    end_time_utc: String,
    tool_execution_notifications: N,
}

impl<R: Serialize> Driver<R> {
    fn new(rules: R) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self { name: "harbor-ext", version, semantic_version: version, rules }
    }
}

impl<'a> Run<'_, 'a> {
    /// Everything that is in this part.
    fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        items::from(self.document, self.first).take(self.count).map(|(_, item)| item)
    }

    /// Whether everything could be read, in all parts.
    fn is_successful(&self) -> bool {
        let inventory = self.document.assessment.inventory();
        let is_told = |state: &ReportState| matches!(state, ReportState::Reported(_) | ReportState::InChildren);
        inventory.is_complete() && inventory.report().iter().all(|info| is_told(&info.state))
    }
}

/// The notifications among the items of a run.
struct Notifications<'b, 'a>(&'b Run<'b, 'a>);

/// The results among the items of a run.
struct Results<'b, 'a>(&'b Run<'b, 'a>);

impl Serialize for Notifications<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in self.0.items().filter(|item| !matches!(item, Item::Finding(_))) {
            list.serialize_element(&written(self.0.document, &item, self.0.rules))?;
        }
        list.end()
    }
}

impl Serialize for Results<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in self.0.items().filter(|item| matches!(item, Item::Finding(_))) {
            list.serialize_element(&written(self.0.document, &item, self.0.rules))?;
        }
        list.end()
    }
}

/// The length of an item, whether or not its rule is known yet.
pub(super) fn length(document: &Document<'_>, item: &Item<'_>, rules: &Rules<'_>) -> Result<usize, ExportError> {
    const PLACE_OF_RULE: usize = r#","ruleIndex":10000000"#.len();
    Ok(items::length(&written(document, item, rules))? + PLACE_OF_RULE)
}

fn written(document: &Document<'_>, item: &Item<'_>, rules: &Rules<'_>) -> Value {
    match item {
        Item::Failure(registry, failure) => notification("error", &format!("{registry}: {failure}"), "not-read"),
        Item::WithoutReport(info) => {
            let message = format!("{}: {}", info.artifact.name_with_registry(), info.state);
            let mut notification = notification("warning", &message, info.state.name());
            notification["locations"] = json!([location(&identity::uri(&info.artifact))]);
            notification
        }
        Item::Finding(assessed) => result(document, assessed, rules),
    }
}

fn notification(level: &str, message: &str, id: &str) -> Value {
    json!({ "level": level, "message": { "text": escaped(message, LONG) }, "descriptor": { "id": id } })
}

fn result(document: &Document<'_>, assessed: &Assessed<'_>, rules: &Rules<'_>) -> Value {
    let (artifact, finding) = (&assessed.info.artifact, assessed.finding.get());
    let package = format!("{} {}", finding.package(), finding.version());
    let mut location = location(&identity::uri(artifact));
    location["logicalLocations"] = json!([{
        "name": text::within(text::line(finding.package()), SHORT),
        "fullyQualifiedName": text::within(text::line(&package), SHORT),
        "kind": "package",
    }]);
    let suppressions = assessed.suppressions.iter().map(|suppression| {
        let justification = text::within(text::line(&in_words(suppression)).into_owned().into(), LONG);
        json!({ "kind": "external", "status": "accepted", "justification": justification })
    });
    let mut result = json!({
        "ruleId": rule_id(finding),
        "level": level(finding.severity()),
        "message": { "text": message(assessed) },
        "locations": [location],
        "partialFingerprints": { "harborFinding/v1": fingerprint(assessed) },
        "suppressions": suppressions.collect::<Vec<_>>(),
        "properties": properties(assessed),
    });
    if let Some(place) = rules.places.get(&rule_id(finding)) {
        result["ruleIndex"] = (*place).into();
    }
    if let Some(state) = baseline_state(document, assessed) {
        result["baselineState"] = state.into();
    }
    result
}

/// One sentence for the list of alerts.
fn message(assessed: &Assessed<'_>) -> String {
    let finding = assessed.finding.get();
    let name = |text| text::within(text::line(text), SHORT);
    let fix = match finding.fixable() {
        true => format!("fixed in {}", name(finding.fix_version())),
        false => "there is no fixed version yet".to_owned(),
    };
    let sentence = format!(
        "{} ({}) in {} {} of {}; {fix}.",
        name(finding.id()),
        finding.severity(),
        name(finding.package()),
        name(finding.version()),
        assessed.info.artifact.name_with_registry(),
    );
    escaped(&sentence, usize::MAX).into_owned()
}

fn properties(assessed: &Assessed<'_>) -> Value {
    let (artifact, finding) = (&assessed.info.artifact, assessed.finding.get());
    let name = |text| text::within(text::line(text), SHORT);
    json!({
        "image": artifact.full_name(),
        "imageTags": artifact.tag_names().take(20).collect::<Vec<_>>(),
        "package": name(finding.package()),
        "version": name(finding.version()),
        "fixVersion": finding.fixable().then(|| name(finding.fix_version())),
        "severity": finding.severity().as_str(),
        "cvssScore": finding.cvss_score(),
        "firstSeen": assessed.first_seen,
    })
}

fn location(uri: &str) -> Value {
    // Platforms want a line; an image has none.
    json!({ "physicalLocation": { "artifactLocation": { "uri": uri }, "region": { "startLine": 1 } } })
}

/// Whether an older snapshot has it; `None` where there is none that could tell.
fn baseline_state(document: &Document<'_>, assessed: &Assessed<'_>) -> Option<&'static str> {
    let registry = assessed.info.artifact.registry.as_ref()?;
    let current = document.assessment.inventory().current().iter().find(|one| one.source.registry == *registry)?;
    assessed.first_seen.map(|seen| if seen < current.source.started_at { "unchanged" } else { "new" })
}

fn fingerprint(assessed: &Assessed<'_>) -> String {
    let (artifact, finding) = (&assessed.info.artifact, assessed.finding.get());
    let tag = artifact.tag_names().next().unwrap_or(artifact.digest.as_str());
    let registry = artifact.registry.as_deref().unwrap_or_default();
    let platform = artifact.platform.to_string();
    identity::fingerprint([registry, artifact.repository.full(), tag, &platform, finding.id(), finding.package()])
}
