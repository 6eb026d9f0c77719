//! JSON Schemas of everything that this crate writes as JSON.
//!
//! They describe what comes out (draft 2020-12), so that other programs can rely on it. Types may get further members;
//! the ones that are there stay. The same schemas lie as files in `docs/schema` of the repository.

use std::sync::LazyLock;

use regex::Regex;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::Value;

use crate::{Collected, Current, FirstSeen, Summary, TrendPoint, access, analysis, failure, model, name, version};

pub use schemars::Schema;

/// The schema of every public type that is written as JSON, each with its name.
///
/// ```
/// let schemas = harbor_ext::schema::all();
/// let (name, schema) = &schemas[0];
/// println!("{name}: {}", schema.as_value());
/// ```
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    // One line for each type. A type that others contain needs one only if it is also written alone.
    let schemas = [
        of::<access::Access>("Access"),
        of::<analysis::AgeBuckets>("AgeBuckets"),
        of::<model::Artifact>("Artifact"),
        of::<model::ArtifactInfo>("ArtifactInfo"),
        of::<name::ArtifactReference>("ArtifactReference"),
        of::<analysis::ArtifactReport>("ArtifactReport"),
        of::<analysis::ArtifactSummary<'_>>("ArtifactSummary"),
        of::<Collected<model::Artifact>>("CollectedArtifacts"),
        of::<Collected<model::ArtifactInfo>>("CollectedReports"),
        of::<Collected<model::Repository>>("CollectedRepositories"),
        of::<analysis::Counts>("Counts"),
        of::<Current>("Current"),
        of::<analysis::CveSummary<'_>>("CveSummary"),
        of::<model::cvss::Cvss>("Cvss"),
        of::<model::cvss::Preference>("CvssPreference"),
        of::<analysis::CvssStatistics>("CvssStatistics"),
        of::<analysis::diff::Diff>("Diff"),
        of::<name::Digest>("Digest"),
        of::<analysis::Distribution>("Distribution"),
        #[cfg(feature = "export")]
        of::<crate::export::json::Export<'_>>("Export"),
        #[cfg(feature = "export")]
        of::<crate::export::rows::ArtifactRow<'_>>("ExportArtifact"),
        #[cfg(feature = "export")]
        of::<crate::export::rows::FindingRow<'_>>("ExportFinding"),
        #[cfg(feature = "export")]
        of::<crate::export::rows::ViolationRow<'_>>("ExportViolation"),
        of::<failure::Failure>("Failure"),
        of::<model::Finding>("Finding"),
        of::<analysis::FindingSummary<'_>>("FindingSummary"),
        of::<FirstSeen>("FirstSeen"),
        of::<analysis::Fix<'_>>("Fix"),
        of::<analysis::FixPlan<'_>>("FixPlan"),
        of::<failure::MissingPermission>("MissingPermission"),
        of::<model::Owner>("Owner"),
        of::<analysis::PackageSummary<'_>>("PackageSummary"),
        of::<name::ProjectName>("ProjectName"),
        of::<analysis::PlaceSummary<'_, name::ProjectName>>("ProjectSummary"),
        of::<name::Reference>("Reference"),
        of::<model::Report>("Report"),
        of::<model::ReportState>("ReportState"),
        of::<model::Repository>("Repository"),
        of::<name::RepositoryName>("RepositoryName"),
        of::<analysis::PlaceSummary<'_, name::RepositoryName>>("RepositorySummary"),
        of::<analysis::ScanFreshness<'_>>("ScanFreshness"),
        of::<model::Severity>("Severity"),
        of::<Summary>("Summary"),
        of::<name::Tag>("Tag"),
        of::<TrendPoint>("TrendPoint"),
        of::<version::Guess>("VersionGuess"),
    ];
    schemas.into()
}

/// The schema of one type, under a name: for programs that write types of their own beside those of [`all`].
///
/// ```
/// let (name, schema) = harbor_ext::schema::of::<Vec<harbor_ext::Failure>>("Failures");
/// assert_eq!((name, &schema.as_value()["type"]), ("Failures", &"array".into()));
/// ```
#[must_use]
pub fn of<T: JsonSchema>(name: &'static str) -> (&'static str, Schema) {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(PlainProse);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), name.into());
    (name, schema)
}

/// Makes plain sentences of the descriptions, which are the documentation of the types: the links in it lead nowhere.
#[derive(Clone, Debug)]
struct PlainProse;

impl Transform for PlainProse {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(description)) = schema.get_mut("description") {
            *description = plain(description);
        }
        transform_subschemas(self, schema);
    }
}

/// The text without links, with each paragraph on one line.
fn plain(markdown: &str) -> String {
    static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[([^\]]+)\]\([^)]*\)|\[(`[^`]+`)\]").ok());
    let paragraphs: Vec<String> = markdown.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
    let text = paragraphs.join("\n\n");
    match &*LINK {
        Some(link) => link.replace_all(&text, "$1$2").into_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests;
