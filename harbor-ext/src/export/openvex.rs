//! OpenVEX 0.2.0: which artifacts are affected by what, and what to do.
//!
//! What a VEX document says of a finding (`not_affected`, `fixed`) is said again, with its justification. Everything else is
//! `affected`, with what to upgrade to, or `under_investigation` where the scanner says so. What an allowlist or a policy
//! accepts stays `affected`, and its action says who accepts it and why: to accept a risk is not to be free of it, and a
//! statement that an artifact were not affected would be believed by others.
//!
//! Products are artifacts by their package URLs (`pkg:oci/…@sha256%3A…`), with the vulnerable package as a subcomponent.

use std::collections::{BTreeSet, HashMap};
use std::io;

use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::groups::{Group, Groups};
use super::identity::{self, Ecosystem};
use super::json_text::{self, Each};
use super::{Document, ExportError, rows};
use crate::judge::{Assessed, SuppressionSource};
use crate::model::{ArtifactInfo, Finding};

/// Writes a VEX document.
///
/// # Errors
///
/// If it cannot be written, and if there are no findings: the format has no document without a statement.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    #[derive(Serialize)]
    struct Vex<S: Serialize> {
        #[serde(rename = "@context")]
        context: &'static str,
        #[serde(rename = "@id")]
        id: String,
        author: &'static str,
        timestamp: String,
        version: u32,
        tooling: String,
        statements: S,
    }

    let groups = Groups::new(document, Key::of);
    if groups.is_empty() {
        let why = "there are no findings, and an OpenVEX document needs at least one statement: write none";
        return Err(ExportError::Unfit(why.to_owned()));
    }
    let artifacts = document.assessment.inventory().report().iter();
    let ecosystems = artifacts.map(|info| (std::ptr::from_ref(info), Ecosystem::of(info))).collect();
    let vex = Vex {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:uuid:{}", document.id("openvex")),
        author: "harbor-ext",
        timestamp: document.assessment.time().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        version: 1,
        tooling: format!("harbor-ext {}", env!("CARGO_PKG_VERSION")),
        statements: Each(|| groups.iter().map(|(key, group)| Statement { key, group, ecosystems: &ecosystems })),
    };
    json_text::write(&vex, &mut output)?;
    output.write_all(b"\n")?;
    Ok(output.flush()?)
}

/// The ecosystem of each artifact, by its address: to find it out takes all its findings.
type Ecosystems = HashMap<*const ArtifactInfo, Ecosystem>;

/// What the findings of one statement have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    id: &'a str,
    status: Status,
}

/// What is said of them, with the words that the format wants for it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Affected { action: String },
    UnderInvestigation,
    NotAffected { justification: Option<String>, notes: String },
    Fixed { notes: String },
}

impl<'a> Key<'a> {
    fn of(assessed: &Assessed<'a>) -> Self {
        Self { id: identity::vulnerability(assessed.finding.get()), status: Status::of(assessed) }
    }
}

impl Status {
    fn of(assessed: &Assessed<'_>) -> Self {
        let finding = assessed.finding.get();
        let words = || assessed.suppressions.iter().map(rows::in_words).collect::<Vec<_>>().join("\n");
        for suppression in &assessed.suppressions {
            if let SuppressionSource::Vex { status, justification, .. } = &suppression.source {
                return match *status {
                    "fixed" => Self::Fixed { notes: words() },
                    _ => Self::NotAffected {
                        justification: justification.as_deref().filter(|word| is_known(word)).map(str::to_owned),
                        notes: words(),
                    },
                };
            }
        }
        match finding.status() {
            "under_investigation" if assessed.suppressions.is_empty() => Self::UnderInvestigation,
            _ if assessed.suppressions.is_empty() => Self::Affected { action: action(finding) },
            _ => Self::Affected { action: format!("{} It is accepted: {}", action(finding), words()) },
        }
    }
}

/// What to do about a finding.
fn action(finding: &Finding) -> String {
    let package = finding.package();
    match (finding.fixable(), finding.status()) {
        (true, _) => format!("Upgrade {package} to {}.", finding.fix_version()),
        (false, "will_not_fix") => format!("The vendor of {package} will not fix it: replace or remove the package."),
        (false, "end_of_life") => format!("{package} is no longer maintained: replace or remove the package."),
        (false, _) => format!("There is no fixed version of {package} yet: limit its use, or replace the package."),
    }
}

/// Whether it is a justification of the format.
fn is_known(word: &str) -> bool {
    matches!(
        word,
        "component_not_present"
            | "vulnerable_code_not_present"
            | "vulnerable_code_not_in_execute_path"
            | "vulnerable_code_cannot_be_controlled_by_adversary"
            | "inline_mitigations_already_exist"
    )
}

/// A statement, whose products are made as they are written.
struct Statement<'b, 'a> {
    key: &'b Key<'a>,
    group: Group<'b, 'a>,
    ecosystems: &'b Ecosystems,
}

impl Serialize for Statement<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<P: Serialize> {
            vulnerability: Value,
            products: P,
            status: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            status_notes: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            justification: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            impact_statement: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            action_statement: Option<String>,
        }

        let products = Products { group: self.group, ecosystems: self.ecosystems };
        let vulnerability = json!({ "name": self.key.id });
        let status = match &self.key.status {
            Status::Affected { .. } => "affected",
            Status::UnderInvestigation => "under_investigation",
            Status::NotAffected { .. } => "not_affected",
            Status::Fixed { .. } => "fixed",
        };
        let (status_notes, impact_statement, action_statement) = (None, None, None);
        let mut written = Written {
            vulnerability,
            products,
            status,
            status_notes,
            justification: None,
            impact_statement,
            action_statement,
        };
        match &self.key.status {
            Status::Affected { action } => written.action_statement = Some(action.clone()),
            Status::UnderInvestigation => {}
            // Of justification and impact there must be exactly one.
            Status::NotAffected { justification: Some(word), notes } => {
                (written.justification, written.status_notes) = (Some(word.clone()), Some(notes.clone()));
            }
            Status::NotAffected { justification: None, notes } => written.impact_statement = Some(notes.clone()),
            Status::Fixed { notes } => written.status_notes = Some(notes.clone()),
        }
        written.serialize(serializer)
    }
}

/// The artifacts of a group, each once with all its packages.
struct Products<'b, 'a> {
    group: Group<'b, 'a>,
    ecosystems: &'b Ecosystems,
}

impl Serialize for Products<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut findings = self.group.findings().peekable();
        serializer.collect_seq(std::iter::from_fn(|| {
            let first = findings.next()?;
            let info = first.info;
            let ecosystem = self.ecosystems.get(&std::ptr::from_ref(info))?;
            let mut packages: BTreeSet<String> = package(ecosystem, first.finding.get()).into_iter().collect();
            while let Some(next) = findings.next_if(|next| std::ptr::eq(next.info, info)) {
                packages.extend(package(ecosystem, next.finding.get()));
            }
            let purl = identity::artifact_purl(&info.artifact);
            let mut product = json!({ "@id": purl, "identifiers": { "purl": purl } });
            if let Some(hash) = info.artifact.digest.as_str().strip_prefix("sha256:") {
                product["hashes"] = json!({ "sha-256": hash });
            }
            if !packages.is_empty() {
                product["subcomponents"] = packages.iter().map(|purl| json!({ "@id": purl })).collect();
            }
            Some(product)
        }))
    }
}

/// The package of a finding as a URL, of no particular kind where that cannot be told.
fn package(ecosystem: &Ecosystem, finding: &Finding) -> Option<String> {
    let generic = || format!("pkg:generic/{}", identity::package_reference(finding));
    (!finding.package().is_empty()).then(|| ecosystem.package_purl(finding).unwrap_or_else(generic))
}

#[cfg(test)]
mod tests {
    use super::super::samples::Sample;
    use super::*;

    fn written(sample: &Sample) -> Value {
        let mut output = Vec::new();
        let assessment = sample.assessment();
        write(&Document::new(&assessment), &mut output).unwrap();
        serde_json::from_slice(&output).unwrap()
    }

    #[test]
    fn what_is_affected_says_what_to_do() {
        let vex = written(&Sample::usual());
        let statements = vex["statements"].as_array().unwrap();
        assert_eq!(statements.len(), 2);
        let log4j = &statements[1];
        assert_eq!((&log4j["status"], &log4j["vulnerability"]["name"]), (&"affected".into(), &"CVE-2021-44228".into()));
        assert_eq!(log4j["action_statement"], "Upgrade log4j-core to 1.0.1.");
        let products: Vec<&str> =
            log4j["products"].as_array().unwrap().iter().map(|product| product["@id"].as_str().unwrap()).collect();
        assert_eq!(products.len(), 2);
        assert!(products[0].starts_with("pkg:oci/nginx@sha256%3A"), "{}", products[0]);
        assert_eq!(log4j["products"][0]["subcomponents"][0]["@id"], "pkg:generic/log4j-core@1.0.0");
    }

    #[test]
    fn what_others_have_stated_is_stated_again() {
        let vex = written(&Sample::suppressed());
        let stated = |status: &str| {
            let statements = vex["statements"].as_array().unwrap();
            statements.iter().find(|one| one["status"] == status).unwrap_or_else(|| panic!("{status} is in {vex}"))
        };
        assert_eq!(stated("not_affected")["justification"], "vulnerable_code_not_in_execute_path");
        assert!(stated("not_affected").get("impact_statement").is_none());
        assert!(stated("fixed")["status_notes"].as_str().unwrap().contains("https://example.com/vex-1"));
        assert_eq!(stated("affected")["vulnerability"]["name"], "CVE-2020-1");
    }

    #[test]
    fn what_is_accepted_stays_affected() {
        let vex = written(&Sample::accepted());
        let statement = &vex["statements"][0];
        assert_eq!(statement["status"], "affected");
        let action = statement["action_statement"].as_str().unwrap();
        assert!(action.starts_with("Upgrade zlib to 1.0.1. It is accepted: allowlist of the registry"), "{action}");
    }

    #[test]
    fn the_same_document_is_the_same_file() {
        assert_eq!(written(&Sample::hostile()), written(&Sample::hostile()));
        assert_ne!(written(&Sample::hostile())["@id"], written(&Sample::usual())["@id"]);
    }

    #[test]
    fn nothing_to_say_is_no_document() {
        let sample = Sample::new(Vec::new());
        let assessment = sample.assessment();
        assert!(matches!(write(&Document::new(&assessment), Vec::new()), Err(ExportError::Unfit(_))));
    }

    #[test]
    fn every_product_and_statement_comes_once() {
        let vex = written(&Sample::hostile());
        let statements = vex["statements"].as_array().unwrap();
        for (place, statement) in statements.iter().enumerate() {
            assert!(!statements[..place].contains(statement));
            let products = statement["products"].as_array().unwrap();
            assert_eq!(products.len(), 2);
            assert_ne!(products[0], products[1]);
        }
    }
}
