//! OpenVEX documents.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::product::{Identity, Product};
use super::target::{self, Target};
use super::{Statement, Vex, VexFormat, VexStatus, WHAT, read_time, sentences, unfit};
use crate::judge::knowledge::{self, KnowledgeError};
use crate::text::Quoted;

pub(super) fn read(bytes: &[u8]) -> Result<Vex, KnowledgeError> {
    let document: Document = knowledge::read_json(WHAT, bytes)?;
    let statements = document.statements.unwrap_or_default();
    if statements.is_empty() {
        return Err(KnowledgeError::unfit(WHAT, "it has no statements"));
    }
    let time = read_time(document.timestamp.as_deref(), &"timestamp")?;
    let mut vex = Vex::new(VexFormat::OpenVex, document.id.as_deref().unwrap_or_default(), time);
    for (number, said) in (1..).zip(statements) {
        add(&mut vex, &said, &format!("statement {number}"))?;
    }
    Ok(vex)
}

fn add(vex: &mut Vex, said: &Said, place: &str) -> Result<(), KnowledgeError> {
    let ids: Vec<&str> = said.vulnerability.ids();
    if ids.is_empty() {
        return Err(unfit(&place, "it names no vulnerability"));
    }
    let status = read_status(&said.status).ok_or_else(|| {
        let words = "not_affected, affected, fixed, under_investigation";
        unfit(&place, &format!("\"{}\" is no status; they are {words}", Quoted(&said.status)))
    })?;
    // A statement is as old as its last change, else as itself, else as its document.
    let changed = read_time(said.last_updated.as_deref(), &place)?;
    let made = read_time(said.timestamp.as_deref(), &place)?;
    let mut targets = Vec::new();
    let products = said.products.as_deref().unwrap_or_default();
    for product in products {
        targets.extend(target_of(vex, product, said.subcomponents.as_deref()));
    }
    if products.is_empty() {
        vex.push_unrecognised(place.to_owned(), "it names no product".into());
    }
    let reason = sentences([&said.impact_statement, &said.status_notes, &said.action_statement].map(Option::as_deref));
    let time = changed.or(made).or(vex.time);
    let justification = said.justification.as_deref().map(Into::into);
    vex.push(ids, Statement { status, justification, reason, time, targets });
    Ok(())
}

/// What a product with its parts is. Versions 0.0.x have the parts beside the products.
fn target_of(vex: &mut Vex, product: &Component, parts_beside: Option<&[Component]>) -> Option<Target> {
    let parts = product.parts().filter(|parts| !parts.is_empty()).or(parts_beside).unwrap_or_default();
    let identity = product.identity();
    let target = match Product::recognise(&identity) {
        Ok(Product::Image(image)) if parts.is_empty() => Ok(Target::image(image)),
        Ok(Product::Image(image)) => {
            let parts: Vec<_> = parts.iter().map(Component::identity).collect();
            let packages = target::packages(&parts, |part, reason| {
                vex.push_unrecognised(format!("{} in {}", part.label, identity.label), reason.into());
            });
            // Without any, it holds nothing.
            Ok(Target::packages_in(image, packages))
        }
        Ok(Product::Package(_)) if !parts.is_empty() => Err("Harbor does not tell what a package is part of"),
        Ok(Product::Package(package)) => Target::package(package),
        Err(reason) => Err(reason),
    };
    target.map_err(|reason| vex.push_unrecognised(identity.label, reason.into())).ok()
}

fn read_status(word: &str) -> Option<VexStatus> {
    use VexStatus::{Affected, Fixed, NotAffected, UnderInvestigation};
    [NotAffected, Affected, Fixed, UnderInvestigation].into_iter().find(|status| status.as_str() == word.trim())
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@id")]
    id: Option<String>,
    timestamp: Option<String>,
    statements: Option<Vec<Said>>,
}

#[derive(Deserialize)]
struct Said {
    vulnerability: Vulnerability,
    status: String,
    products: Option<Vec<Component>>,
    /// Of versions 0.0.x.
    subcomponents: Option<Vec<Component>>,
    justification: Option<String>,
    impact_statement: Option<String>,
    status_notes: Option<String>,
    action_statement: Option<String>,
    timestamp: Option<String>,
    last_updated: Option<String>,
}

/// A text in versions 0.0.x.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Object {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        aliases: Option<Vec<String>>,
    },
}

/// A text in versions 0.0.x.
#[derive(Deserialize)]
#[serde(untagged)]
enum Component {
    Id(String),
    Object {
        #[serde(rename = "@id")]
        id: Option<String>,
        identifiers: Option<BTreeMap<String, String>>,
        hashes: Option<BTreeMap<String, String>>,
        subcomponents: Option<Vec<Component>>,
    },
}

impl Vulnerability {
    fn ids(&self) -> Vec<&str> {
        let ids: Vec<&str> = match self {
            Self::Name(name) => vec![name],
            Self::Object { id, name, aliases } => {
                // The identifier of an object is an address, which usually ends in the name.
                let by_id = || id.as_deref().and_then(|id| id.trim_end_matches('/').rsplit('/').next());
                let name = name.as_deref().or_else(by_id);
                name.into_iter().chain(aliases.iter().flatten().map(String::as_str)).collect()
            }
        };
        ids.into_iter().map(str::trim).filter(|id| !id.is_empty()).collect()
    }
}

impl Component {
    fn parts(&self) -> Option<&[Self]> {
        match self {
            Self::Id(_) => None,
            Self::Object { subcomponents, .. } => subcomponents.as_deref(),
        }
    }

    fn identity(&self) -> Identity {
        match self {
            Self::Id(id) => Identity { label: id.clone(), identifiers: vec![id.clone()], hashes: Vec::new() },
            Self::Object { id, identifiers, hashes, .. } => {
                let purl = identifiers.as_ref().and_then(|identifiers| identifiers.get("purl"));
                let identifiers: Vec<String> = purl.into_iter().chain(id).cloned().collect();
                let digest = |(algorithm, hash): (&String, &String)| {
                    format!("{}:{}", algorithm.to_ascii_lowercase().replace('-', ""), hash.to_ascii_lowercase())
                };
                Identity {
                    label: id.as_ref().or(purl).cloned().unwrap_or_else(|| "a product without a name".into()),
                    identifiers,
                    hashes: hashes.iter().flatten().map(digest).collect(),
                }
            }
        }
    }
}
