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

use crate::{failure, model, name};

pub use schemars::Schema;

/// The schema of every public type that is written as JSON, by the name of the type, in alphabetical order.
///
/// ```
/// let schemas = harbor_ext::schema::all();
/// let (name, schema) = &schemas[0];
/// println!("{name}: {}", schema.as_value());
/// ```
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    // One line for each type. A type that others contain needs one only if it is also written alone.
    let mut schemas = vec![
        ("Artifact", of::<model::Artifact>()),
        ("ArtifactInfo", of::<model::ArtifactInfo>()),
        ("Cvss", of::<model::cvss::Cvss>()),
        ("CvssPreference", of::<model::cvss::Preference>()),
        ("Digest", of::<name::Digest>()),
        ("Failure", of::<failure::Failure>()),
        ("Finding", of::<model::Finding>()),
        ("ProjectName", of::<name::ProjectName>()),
        ("Reference", of::<name::Reference>()),
        ("Report", of::<model::Report>()),
        ("ReportState", of::<model::ReportState>()),
        ("Repository", of::<model::Repository>()),
        ("RepositoryName", of::<name::RepositoryName>()),
        ("Severity", of::<model::Severity>()),
        ("Tag", of::<name::Tag>()),
    ];
    schemas.sort_by_key(|(name, _)| *name);
    schemas
}

fn of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(PlainProse);
    settings.into_generator().into_root_schema_for::<T>()
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
