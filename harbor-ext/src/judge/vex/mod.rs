//! What vendors and owners say of vulnerabilities in their products, in OpenVEX or CycloneDX.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::identifiers::ById;
use super::knowledge::{self, KnowledgeError};
use super::{Suppression, SuppressionSource};
use crate::model::{Artifact, FindingRef};
use target::Target;

mod cyclonedx;
mod openvex;
mod package;
mod product;
mod purl;
mod target;

/// What a document says of vulnerabilities in products: OpenVEX (0.0.x and 0.2.0) or CycloneDX (1.4 and later).
///
/// # What a statement applies to
///
/// A statement that something does not matter has to fit for certain; in doubt it does not count, and
/// [`unrecognised`](Self::unrecognised) tells which product it was. A product is one of these:
///
/// - **An image by its digest**: in a package URL (`pkg:oci/nginx@sha256:…`), in the hashes of the product, or anywhere in
///   its identifier (`harbor.example.com/library/nginx@sha256:…`). The digest says it all: the same content in another
///   repository or registry is the same product. Of an index, it applies to what lies in this child alone.
/// - **Images by their repository**: `pkg:oci/nginx?repository_url=harbor.example.com/library/nginx&tag=1.25`, with the
///   host of the registry. `repository_url` may end before the name. With a tag (or with a version that is no digest) it is
///   the images that have this tag, without one all of the repository; `arch` has to be that of the image. A repository
///   without its host is none, because others may have one of the same name.
/// - **A package of a programming language**: a package URL with a version, such as
///   `pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1`. It applies in every image that has this package in this very
///   version. Packages of distributions (`deb`, `rpm`, `apk`) do not stand alone: Harbor does not tell Debian's from
///   Ubuntu's.
///
/// An image may be narrowed to packages in it (`subcomponents` in OpenVEX; components of the image's BOM that `affects`
/// refers to in CycloneDX), with or without a version, those of distributions too. Names and versions are compared by the
/// rules of the type: `group:artifact` for Maven, any capitals and `-_.` alike for Python, epochs for Debian and Red Hat, `v1.2.3` as
/// `1.2.3` for Go. Versions are the same text, not a range.
///
/// Of several statements that apply the latest counts, whatever document it is in; of equally late ones, the one by which
/// the vulnerability matters.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Vex {
    /// The identifier of the document, which reasons name; empty where it has none. A caller who knows the name of the file
    /// may put it here.
    pub id: Arc<str>,
    /// Its format.
    pub format: VexFormat,
    /// When it was made, as far as it says.
    pub time: Option<DateTime<Utc>>,
    statements: Vec<Statement>,
    by_id: ById<Vec<u32>>,
    unrecognised: Vec<UnrecognisedProduct>,
}

/// The format of a VEX document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum VexFormat {
    /// OpenVEX.
    OpenVex,
    /// CycloneDX.
    CycloneDx,
}

/// Whether a product is affected by a vulnerability, in the words of OpenVEX.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VexStatus {
    /// The vulnerability does not matter in it.
    NotAffected,
    /// It is affected.
    Affected,
    /// It holds the fix, whatever its version suggests.
    Fixed,
    /// Nobody knows yet.
    UnderInvestigation,
}

/// A product in a VEX document that cannot be matched with an artifact or a package in it, so that what is said of it does
/// not count.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct UnrecognisedProduct {
    /// What the document calls it.
    pub product: String,
    /// Why it cannot be matched.
    pub reason: String,
}

/// What is said of one vulnerability in some products.
#[derive(Clone, Debug)]
struct Statement {
    status: VexStatus,
    justification: Option<Arc<str>>,
    reason: Arc<str>,
    time: Option<DateTime<Utc>>,
    targets: Vec<Target>,
}

/// What this should be, in messages.
const WHAT: &str = "a VEX document (OpenVEX or CycloneDX, as JSON)";

impl Vex {
    /// Reads a document; the format is recognised by the content.
    ///
    /// # Errors
    ///
    /// Fails for what is something else, for a document without statements, and for a statement that cannot be understood,
    /// whose number is told. A product that cannot be matched is no error: see [`unrecognised`](Self::unrecognised).
    ///
    /// ```
    /// # use harbor_ext::judge::Vex;
    /// let vex = Vex::parse(
    ///     br#"{
    ///         "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1",
    ///         "author": "Shop", "timestamp": "2026-11-20T08:00:00Z", "version": 1,
    ///         "statements": [{
    ///             "vulnerability": { "name": "CVE-2021-44228" }, "status": "not_affected",
    ///             "justification": "vulnerable_code_not_present",
    ///             "products": [{ "@id": "pkg:oci/api?repository_url=harbor.example.com/shop/api&tag=v1" }]
    ///         }]
    ///     }"#
    ///     .as_slice(),
    /// )?;
    /// assert!(vex.unrecognised().is_empty());
    /// # Ok::<(), harbor_ext::judge::KnowledgeError>(())
    /// ```
    pub fn parse(from: impl io::Read) -> Result<Self, KnowledgeError> {
        let bytes = knowledge::read(WHAT, from)?;
        let Marks { context, bom_format, csaf } = knowledge::read_json(WHAT, &bytes)?;
        let text_of = |mark: Option<serde_json::Value>| mark.and_then(|mark| Some(mark.as_str()?.to_owned()));
        if text_of(context).is_some_and(|context| context.contains("openvex.dev/ns")) {
            return openvex::read(&bytes).map(Self::without_repetitions);
        }
        if text_of(bom_format).is_some_and(|format| format == "CycloneDX") {
            return cyclonedx::read(&bytes).map(Self::without_repetitions);
        }
        Err(KnowledgeError::unfit(
            WHAT,
            match csaf.is_some() {
                true => "it looks like CSAF, which is not read: convert it to OpenVEX",
                false => "it has neither OpenVEX's @context nor bomFormat \"CycloneDX\"",
            },
        ))
    }

    /// The number of statements; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.statements.len()
    }

    /// The products that cannot be matched, in the order of the document, each once for each reason.
    #[must_use]
    pub fn unrecognised(&self) -> &[UnrecognisedProduct] {
        &self.unrecognised
    }

    fn new(format: VexFormat, id: &str, time: Option<DateTime<Utc>>) -> Self {
        Self { id: id.into(), format, time, statements: Vec::new(), by_id: ById::default(), unrecognised: Vec::new() }
    }

    fn push<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>, statement: Statement) {
        // A document of a gigabyte has fewer statements than this.
        let number = u32::try_from(self.statements.len()).unwrap_or(u32::MAX);
        self.statements.push(statement);
        for id in ids {
            let numbers = self.by_id.entry(id);
            if numbers.last() != Some(&number) {
                numbers.push(number);
            }
        }
    }

    fn push_unrecognised(&mut self, product: String, reason: String) {
        self.unrecognised.push(UnrecognisedProduct { product, reason });
    }

    /// Many statements are about the same products.
    fn without_repetitions(mut self) -> Self {
        let mut known = HashSet::new();
        self.unrecognised.retain(|product| known.insert(product.clone()));
        self
    }

    /// The statements that apply to a finding in an artifact.
    fn applying<'v>(
        &'v self,
        artifact: &'v Artifact,
        finding: FindingRef<'v>,
    ) -> impl Iterator<Item = &'v Statement> + 'v {
        let numbers = self.by_id.get(finding.id()).map_or(&[][..], Vec::as_slice);
        let statements = numbers.iter().filter_map(|number| self.statements.get(*number as usize));
        statements.filter(move |statement| statement.targets.iter().any(|target| target.holds(artifact, finding)))
    }
}

/// Why a finding does not count by these documents; `None` where it does.
pub(super) fn suppression(documents: &[Vex], artifact: &Artifact, finding: FindingRef<'_>) -> Option<Suppression> {
    let applying = documents
        .iter()
        .flat_map(|document| document.applying(artifact, finding).map(move |statement| (document, statement)));
    let (document, statement) =
        applying.max_by_key(|(_, statement)| (statement.time, !statement.status.suppresses()))?;
    statement.status.suppresses().then(|| Suppression {
        source: SuppressionSource::Vex {
            document: Arc::clone(&document.id),
            status: statement.status.as_str(),
            justification: statement.justification.clone(),
        },
        reason: Arc::clone(&statement.reason),
        expires_at: None,
    })
}

impl VexStatus {
    /// The word for it, such as `not_affected`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::Affected => "affected",
            Self::Fixed => "fixed",
            Self::UnderInvestigation => "under_investigation",
        }
    }

    /// Whether a finding does not count by it.
    #[must_use]
    pub fn suppresses(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

impl fmt::Display for VexStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

/// What tells the formats apart.
#[derive(Deserialize)]
struct Marks {
    #[serde(rename = "@context")]
    context: Option<serde_json::Value>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<serde_json::Value>,
    #[serde(rename = "document")]
    csaf: Option<serde::de::IgnoredAny>,
}

/// Reads a time that a document gives.
fn read_time(text: Option<&str>, place: &dyn fmt::Display) -> Result<Option<DateTime<Utc>>, KnowledgeError> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => match crate::model::time::parse(text) {
            Some(time) => Ok(Some(time)),
            None => Err(unfit(place, &format!("\"{}\" is not a time", crate::text::Quoted(text)))),
        },
    }
}

fn unfit(place: &dyn fmt::Display, reason: &str) -> KnowledgeError {
    KnowledgeError::unfit(WHAT, format!("{place}: {reason}"))
}

/// Sentences as one text, without those that are empty.
fn sentences<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> Arc<str> {
    let parts = parts.into_iter().flatten().map(str::trim).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").into()
}

#[cfg(test)]
mod tests;
