//! From the text of Harbor's description to that of ours, without files and network.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::{
    convert::{self, Converted},
    correct::{self, Applied, Corrections},
    error::Error,
    generate, source,
    surface::Surface,
    write,
};

/// What the project itself brings: the pinned release, the corrections, the summaries.
#[derive(Debug)]
pub(crate) struct Inputs {
    pub(crate) pin: Pin,
    pub(crate) corrections: Corrections,
    /// One line for each operation.
    pub(crate) summaries: BTreeMap<String, String>,
}

/// The release of Harbor that the checked-in client is made for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    pub(crate) tag: String,
    pub(crate) url: String,
    pub(crate) sha256: String,
}

/// A description, the client made of it, and what is worth telling about the way there.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) yaml: String,
    pub(crate) client: String,
    pub(crate) surface: Surface,
    pub(crate) notes: Vec<String>,
    pub(crate) applied: Vec<Applied>,
    /// Operations without a summary of our own.
    pub(crate) unsummarised: Vec<String>,
    /// Summaries for operations that this release does not have.
    pub(crate) unused_summaries: usize,
}

impl Inputs {
    /// Makes our description of Harbor's.
    pub(crate) fn regenerate(&self, text: &str) -> Result<Product, Error> {
        let swagger = source::parse(text).map_err(|error| Error::new(format!("the source is {error}")))?;
        let Converted { mut document, notes } = convert::convert(&swagger)?;
        let checksum = checksum(text);
        let release = (checksum == self.pin.sha256).then_some(&self.pin.tag);
        if let Some(tag) = release {
            document["info"]["version"] = json!(tag.trim_start_matches('v'));
        }
        let origin = release.map(|tag| format!("Harbor {tag}, ")).unwrap_or_default();
        let comment = format!("{WRITTEN_BY}\nSource: {origin}SHA-256 {checksum}");
        self.finish(document, &comment, notes)
    }

    /// Makes our description of our description again, which changes nothing unless somebody edited
    /// it, or the corrections or summaries and did not regenerate.
    pub(crate) fn repeat(&self, yaml: &str) -> Result<Product, Error> {
        let comment: Vec<&str> = yaml.lines().map_while(|line| line.strip_prefix("# ")).collect();
        let document = source::parse(yaml).map_err(|error| Error::at(&"harbor-openapi.yaml", error))?;
        if document.get("openapi").is_none() {
            return Err(Error::at(&"harbor-openapi.yaml", "this is not a description in OpenAPI"));
        }
        self.finish(document, &comment.join("\n"), Vec::new())
    }

    fn finish(&self, mut document: Value, comment: &str, notes: Vec<String>) -> Result<Product, Error> {
        let applied = correct::correct(&mut document, &self.corrections);
        let (unsummarised, unused_summaries) = self.summarise(&mut document);
        let yaml = write::yaml(&document, comment)?;
        let client = generate::client(&document, &yaml)?;
        let surface = Surface::of(&client)?;
        Ok(Product { yaml, client, surface, notes, applied, unsummarised, unused_summaries })
    }

    fn summarise(&self, document: &mut Value) -> (Vec<String>, usize) {
        let mut missing = Vec::new();
        let mut used = BTreeSet::new();
        for operation in correct::operations(document) {
            let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(summary) = self.summaries.get(&id) {
                operation.insert("summary".to_owned(), json!(summary));
                used.insert(id);
            } else {
                Map::remove(operation, "summary");
                missing.push(id);
            }
        }
        (missing, self.summaries.len() - used.len())
    }
}

const WRITTEN_BY: &str = "Written by `cargo xtask regen`; do not edit.";

/// The SHA-256 of a text in hexadecimal.
pub(crate) fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
