//! CycloneDX 1.6: a bill of materials with its vulnerabilities (a VDR).
//!
//! Components are all artifacts, with a report or without, and in each the packages that have findings; a composition says
//! that there are more than these. A vulnerability says which packages of which artifacts it affects, what to upgrade to, how
//! it is rated and by whom, and why it does not count where that is so: findings of one vulnerability that are suppressed for
//! different reasons are different entries. What has no place of its own is a property whose name begins with `harbor:`.
//!
//! Packages have a package URL where it can be told what kind of package they are. Links that no browser should open are
//! properties. The serial number is made of what the document says where it comes from, so that the same input gives the same
//! file.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::groups::Groups;
use super::json_text::{self, Each};
use super::{Document, ExportError, identity, rows};
use crate::judge::Assessed;
use crate::model::ArtifactInfo;

mod vulnerability;

/// Writes a bill of materials.
///
/// # Errors
///
/// If it cannot be written.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Bom<C: Serialize, A: Serialize, V: Serialize> {
        #[serde(rename = "$schema")]
        schema: &'static str,
        bom_format: &'static str,
        spec_version: &'static str,
        serial_number: String,
        version: u32,
        metadata: Value,
        components: C,
        compositions: [Composition<A>; 1],
        vulnerabilities: V,
    }

    #[derive(Serialize)]
    struct Composition<A: Serialize> {
        aggregate: &'static str,
        assemblies: A,
    }

    let report = document.assessment.inventory().report();
    let groups = Groups::new(document, Key::of);
    let bom = Bom {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        serial_number: format!("urn:uuid:{}", document.id("cyclonedx")),
        version: 1,
        metadata: metadata(document),
        components: Each(|| report.iter().map(component)),
        compositions: [Composition {
            aggregate: "incomplete",
            assemblies: Each(|| report.iter().map(|info| info.artifact.full_name())),
        }],
        vulnerabilities: Each(|| groups.iter().map(|(key, group)| vulnerability::written(key, group))),
    };
    json_text::write(&bom, &mut output)?;
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

/// What findings of one entry have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    id: &'a str,
    /// What is said against its counting.
    suppressions: Vec<String>,
}

impl<'a> Key<'a> {
    fn of(assessed: &Assessed<'a>) -> Self {
        Self {
            id: identity::vulnerability(assessed.finding.get()),
            suppressions: assessed.suppressions.iter().map(rows::in_words).collect(),
        }
    }
}

fn metadata(document: &Document<'_>) -> Value {
    let mut properties = Vec::new();
    for current in document.assessment.inventory().current() {
        let source = &current.source;
        properties.push(property("registry", &source.registry));
        properties.push(property(
            "snapshot",
            &format!("{} at {}: {}", source.registry, source.started_at.to_rfc3339(), current.summary),
        ));
        properties.extend(current.failures.iter().map(|failure| property("failure", &failure.to_string())));
    }
    properties.extend(document.assessment.notes().iter().map(|note| property("note", note)));
    properties.push(property("complete", if document.assessment.inventory().is_complete() { "true" } else { "false" }));
    json!({
        "timestamp": document.assessment.time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "tools": { "components": [
            { "type": "application", "name": "harbor-ext", "version": env!("CARGO_PKG_VERSION") }
        ] },
        "properties": properties,
    })
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": format!("harbor:{name}"), "value": value })
}

/// An artifact, with the packages that have findings.
fn component(info: &ArtifactInfo) -> Value {
    let artifact = &info.artifact;
    let ecosystem = identity::Ecosystem::of(info);
    let packages: BTreeMap<String, Value> = info
        .findings()
        .filter(|finding| !finding.package().is_empty())
        .map(|finding| {
            let finding = finding.get();
            let mut package = json!({
                "type": "library",
                "bom-ref": package_reference(info, finding),
                "name": finding.package(),
                "version": finding.version(),
            });
            if let Some(purl) = ecosystem.package_purl(finding) {
                package["purl"] = purl.into();
            }
            (identity::package_reference(finding), package)
        })
        .collect();
    let digest = artifact.digest.as_str();
    let (algorithm, hash) = digest.split_once(':').unwrap_or_default();
    let mut properties =
        vec![property("state", info.state.name()), property("project", artifact.repository.project().as_str())];
    properties.extend(artifact.tag_names().map(|tag| property("tag", tag)));
    if info.state.report().is_none() {
        properties.push(property("explanation", &info.state.to_string()));
    }
    let platform = &artifact.platform;
    if platform.os.is_some() || platform.architecture.is_some() {
        properties.push(property("platform", &platform.to_string()));
    }
    json!({
        "type": "container",
        "bom-ref": artifact.full_name(),
        "name": artifact.repository_with_registry(),
        "version": digest,
        "purl": identity::artifact_purl(artifact),
        "hashes": [{ "alg": if algorithm == "sha512" { "SHA-512" } else { "SHA-256" }, "content": hash }],
        "components": packages.into_values().collect::<Vec<_>>(),
        "properties": properties,
    })
}

/// What refers to the package of a finding in an artifact, or to the artifact where the finding names none.
fn package_reference(info: &ArtifactInfo, finding: &crate::model::Finding) -> String {
    let image = info.artifact.full_name();
    match finding.package().is_empty() {
        true => image,
        false => format!("{image}#{}", identity::package_reference(finding)),
    }
}

#[cfg(test)]
mod tests;
