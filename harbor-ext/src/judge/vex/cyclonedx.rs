//! CycloneDX documents with an analysis of vulnerabilities.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::product::{Identity, Image, Product};
use super::target::Target;
use super::{Statement, Vex, VexFormat, VexStatus, WHAT, read_time, sentences, unfit};
use crate::judge::knowledge::{self, KnowledgeError};
use crate::text::Quoted;

pub(super) fn read(bytes: &[u8]) -> Result<Vex, KnowledgeError> {
    let bom: Bom = knowledge::read_json(WHAT, bytes)?;
    let version = bom.spec_version.as_deref().unwrap_or_default();
    if !matches!(version, "1.4" | "1.5" | "1.6" | "1.7") {
        let version = Quoted(version);
        return Err(KnowledgeError::unfit(WHAT, format!("it is CycloneDX \"{version}\"; 1.4 to 1.7 are understood")));
    }
    let metadata = bom.metadata.as_ref();
    let time = read_time(metadata.and_then(|metadata| metadata.timestamp.as_deref()), &"metadata.timestamp")?;
    let serial = bom.serial_number.as_deref().unwrap_or_default();
    let mut vex = Vex::new(VexFormat::CycloneDx, serial, time);
    let products = Products::of(&bom);
    for (number, vulnerability) in (1..).zip(bom.vulnerabilities.iter().flatten()) {
        if let Some(analysis) = vulnerability.analysis.as_ref().filter(|analysis| analysis.state.is_some()) {
            add(&mut vex, &products, vulnerability, analysis, &format!("vulnerability {number}"))?;
        }
    }
    match vex.statements.is_empty() {
        true => {
            Err(KnowledgeError::unfit(WHAT, "it analyses no vulnerability: a plain BOM says nothing on what matters"))
        }
        false => Ok(vex),
    }
}

fn add(
    vex: &mut Vex,
    products: &Products<'_>,
    vulnerability: &Vulnerability,
    analysis: &Analysis,
    place: &str,
) -> Result<(), KnowledgeError> {
    let references = vulnerability.references.iter().flatten().filter_map(|reference| reference.id.as_deref());
    let ids: Vec<&str> = vulnerability.id.as_deref().into_iter().chain(references).map(str::trim).collect();
    let ids: Vec<&str> = ids.into_iter().filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        return Err(unfit(&place, "it has no id"));
    }
    let state = analysis.state.as_deref().unwrap_or_default();
    let status =
        read_state(state).ok_or_else(|| unfit(&place, &format!("\"{}\" is no state of an analysis", Quoted(state))))?;
    let changed = read_time(analysis.last_updated.as_deref(), &place)?;
    let made = read_time(analysis.first_issued.as_deref(), &place)?;
    let mut targets = Vec::new();
    for affected in vulnerability.affects.iter().flatten() {
        match products.targets(affected, status) {
            Ok(found) => targets.extend(found),
            Err(reason) => vex.push_unrecognised(affected.reference.clone(), reason.into()),
        }
    }
    if vulnerability.affects.iter().flatten().next().is_none() {
        vex.push_unrecognised(place.to_owned(), "it names no product".into());
    }
    let statement = Statement {
        status,
        justification: analysis.justification.as_deref().map(|word| justification(word).into()),
        reason: sentences([analysis.detail.as_deref()]),
        time: changed.or(made).or(vex.time),
        targets,
    };
    vex.push(ids, statement);
    Ok(())
}

/// The products and parts that a document describes.
struct Products<'a> {
    serial: &'a str,
    /// By reference: the component, and the nearest image around it.
    components: HashMap<&'a str, (&'a Component, Option<Image>)>,
    /// What the document as a whole is about.
    subject: Option<Product>,
    has_subject: bool,
}

impl<'a> Products<'a> {
    fn of(bom: &'a Bom) -> Self {
        let subject = bom.metadata.as_ref().and_then(|metadata| metadata.component.as_ref());
        let mut products = Self {
            serial: bom.serial_number.as_deref().unwrap_or_default(),
            components: HashMap::new(),
            subject: subject.and_then(|subject| Product::recognise(&subject.identity()).ok()),
            has_subject: subject.is_some(),
        };
        let image = products.image().cloned();
        products.add(subject, None);
        products.add(bom.components.iter().flatten(), image.as_ref());
        products
    }

    fn add(&mut self, components: impl IntoIterator<Item = &'a Component>, around: Option<&Image>) {
        for component in components {
            if let Some(reference) = component.reference.as_deref() {
                self.components.entry(reference).or_insert((component, around.cloned()));
            }
            let own = match Product::recognise(&component.identity()) {
                Ok(Product::Image(image)) => Some(image),
                _ => None,
            };
            self.add(component.components.iter().flatten(), own.as_ref().or(around));
        }
    }

    fn image(&self) -> Option<&Image> {
        match &self.subject {
            Some(Product::Image(image)) => Some(image),
            _ => None,
        }
    }

    /// What a reference means; if nothing that can be recognised, why.
    fn targets(&self, affected: &Affected, status: VexStatus) -> Result<Vec<Target>, &'static str> {
        let reference = affected.reference.as_str();
        let (part, is_elsewhere) = match reference.strip_prefix("urn:cdx:").and_then(|link| link.split_once('#')) {
            Some((bom, part)) => (percent_decode_str(part).decode_utf8_lossy(), !self.is_own(bom)),
            None => (reference.into(), false),
        };
        let known = if is_elsewhere { None } else { self.components.get(&*part) };
        let (identity, around) = match known {
            Some((component, around)) => (component.identity(), around.as_ref()),
            // Some documents refer to package URLs without describing them.
            None => {
                (Identity { label: part.to_string(), identifiers: vec![part.into()], hashes: Vec::new() }, self.image())
            }
        };
        let versions = affected.versions.as_deref().unwrap_or_default();
        match Product::recognise(&identity)? {
            Product::Image(image) if versions.is_empty() || !status.suppresses() => Ok(vec![Target::image(image)]),
            Product::Image(_) => Err("versions of an image are not recognised: name its digest or tag"),
            Product::Package(_) if is_elsewhere => Err("it is in another BOM, and which image that is of is not told"),
            Product::Package(package) => {
                let packages = match versions.is_empty() || !status.suppresses() {
                    true => vec![package],
                    false => unaffected(versions)?.filter_map(|version| package.in_version(version)).collect(),
                };
                match around {
                    Some(image) => Ok(vec![Target::packages_in(image.clone(), packages)]),
                    None if self.has_subject => {
                        Err("it is part of something that is no image with a digest or a repository_url")
                    }
                    None => packages.into_iter().map(Target::package).collect(),
                }
            }
        }
    }

    /// Whether `SERIAL/VERSION` in a link is this document.
    fn is_own(&self, bom: &str) -> bool {
        let serial = bom.split_once('/').map_or(bom, |(serial, _)| serial);
        self.serial.strip_prefix("urn:uuid:").is_some_and(|own| own.eq_ignore_ascii_case(serial))
    }
}

/// The versions that are said to be unaffected, which are the only ones that a statement is good for that has versions.
fn unaffected(versions: &[Version]) -> Result<impl Iterator<Item = &str>, &'static str> {
    let is_unaffected = |version: &&Version| version.status.as_deref() == Some("unaffected");
    match versions.iter().filter(is_unaffected).any(|version| version.version.is_some()) {
        true => Ok(versions.iter().filter(is_unaffected).filter_map(|version| version.version.as_deref())),
        false => Err("none of its versions is said to be unaffected; ranges are not compared"),
    }
}

fn read_state(word: &str) -> Option<VexStatus> {
    match word {
        "not_affected" | "false_positive" => Some(VexStatus::NotAffected),
        "resolved" | "resolved_with_pedigree" => Some(VexStatus::Fixed),
        "exploitable" => Some(VexStatus::Affected),
        "in_triage" => Some(VexStatus::UnderInvestigation),
        _ => None,
    }
}

/// The word of OpenVEX that comes closest; what has none stays as it is.
fn justification(word: &str) -> &str {
    match word {
        "code_not_present" => "vulnerable_code_not_present",
        "code_not_reachable" => "vulnerable_code_not_in_execute_path",
        "requires_configuration" | "requires_dependency" | "requires_environment" => {
            "vulnerable_code_cannot_be_controlled_by_adversary"
        }
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => "inline_mitigations_already_exist",
        _ => word,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bom {
    spec_version: Option<String>,
    serial_number: Option<String>,
    metadata: Option<Metadata>,
    components: Option<Vec<Component>>,
    vulnerabilities: Option<Vec<Vulnerability>>,
}

#[derive(Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    name: Option<String>,
    version: Option<String>,
    purl: Option<String>,
    hashes: Option<Vec<Hash>>,
    components: Option<Vec<Component>>,
}

#[derive(Deserialize)]
struct Hash {
    alg: String,
    content: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    references: Option<Vec<Reference>>,
    analysis: Option<Analysis>,
    affects: Option<Vec<Affected>>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
    first_issued: Option<String>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: String,
    versions: Option<Vec<Version>>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
    status: Option<String>,
}

impl Component {
    fn identity(&self) -> Identity {
        // Of a file or a program, hashes and versions say nothing of an image.
        let is_container = self.kind.as_deref() == Some("container");
        let of_container = |text: &Option<String>| text.clone().filter(|_| is_container);
        let texts = [self.purl.clone(), of_container(&self.version), of_container(&self.name)];
        let digest = |hash: &Hash| {
            format!("{}:{}", hash.alg.to_ascii_lowercase().replace('-', ""), hash.content.to_ascii_lowercase())
        };
        let reference = self.reference.iter().filter(|_| self.purl.is_none()).cloned();
        Identity {
            label: self.name.clone().unwrap_or_default(),
            identifiers: texts.into_iter().flatten().chain(reference).collect(),
            hashes: self.hashes.iter().flatten().filter(|_| is_container).map(digest).collect(),
        }
    }
}
