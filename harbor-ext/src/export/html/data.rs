//! The rows of the tables, as the script of the page reads them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter};

use super::ROW_LIMIT;
use crate::export::ExportError;
use crate::export::overview::{ImageLine, Overview, day, reason, reason_words};
use crate::judge::{Assessed, Exploitation, Likelihood};
use crate::model::{Artifact, Finding, Severity};
use crate::text::{Shown, cut, shown};

/// How much of a text is kept, in characters. Harbor's own columns for these are shorter.
const NAME_LENGTH: usize = 200;
const VERSION_LENGTH: usize = 100;
const DESCRIPTION_LENGTH: usize = 120;

/// The findings, each described once however many images have it.
#[derive(Default, Serialize)]
pub(super) struct FindingRows<'a> {
    images: Vec<ImageNames>,
    findings: Vec<FindingTexts<'a>>,
    reasons: Vec<String>,
    rows: Vec<FindingRow>,
}

/// What all images that have a finding share. A list in JSON.
#[derive(Serialize)]
struct FindingTexts<'a>(
    /// The identifier.
    String,
    /// The severity.
    Severity,
    /// Whether it is known to be exploited; `null` where that is not known.
    Option<bool>,
    /// The probability of exploitation in thousandths.
    Option<u32>,
    /// The CVSS score.
    Option<f64>,
    /// The package.
    String,
    /// The version that is installed.
    String,
    /// The version that fixes it.
    String,
    /// The beginning of the description.
    Cow<'a, str>,
);

/// A finding in an image: places in the other lists, and the day when it was first seen.
#[derive(Serialize)]
struct FindingRow(usize, usize, Option<usize>, Option<String>);

/// An image, as a list in JSON: name, short digest, state, then how many are critical, high, medium, low, anything else,
/// fixable, exploited and suppressed. The counts are `null` where there is no report.
#[derive(Serialize)]
pub(super) struct ImageRow(ImageNames, String, String, Option<[usize; 8]>);

/// What an image is called, and what else, with spaces between. A list in JSON.
#[derive(Serialize)]
struct ImageNames(String, String);

impl<'a> FindingRows<'a> {
    pub(super) fn new(overview: &'a Overview<'a>) -> Self {
        let mut this = Self::default();
        let mut images = HashMap::new();
        let mut findings: HashMap<*const Finding, usize> = HashMap::new();
        let mut reasons = HashMap::new();
        for assessed in &overview.tally.worst {
            let image = *images.entry(Arc::as_ptr(&assessed.info.artifact)).or_insert_with(|| {
                this.images.push(ImageNames::of(overview, &assessed.info.artifact));
                this.images.len() - 1
            });
            let finding = *findings.entry(Arc::as_ptr(assessed.finding.shared())).or_insert_with(|| {
                this.findings.push(FindingTexts::of(assessed));
                this.findings.len() - 1
            });
            let reason = (!assessed.suppressions.is_empty()).then(|| {
                *reasons.entry(reason_words(assessed)).or_insert_with_key(|reason| {
                    this.reasons.push(reason.clone());
                    this.reasons.len() - 1
                })
            });
            this.rows.push(FindingRow(image, finding, reason, assessed.first_seen.map(day)));
        }
        this
    }
}

impl ImageNames {
    fn of(overview: &Overview<'_>, artifact: &Artifact) -> Self {
        let others = artifact.tag_names().skip(1).map(|tag| format!("{}:{tag}", artifact.repository.path()));
        let others = others.collect::<Vec<_>>().join(" ");
        Self(cut(&overview.name(artifact), NAME_LENGTH).into_owned(), cut(&others, NAME_LENGTH).into_owned())
    }
}

impl<'a> FindingTexts<'a> {
    fn of(assessed: &Assessed<'a>) -> Self {
        let finding = assessed.finding.get();
        let text = |text, length| cut(text, length).into_owned();
        Self(
            text(finding.id(), NAME_LENGTH),
            finding.severity(),
            match assessed.exploitation {
                Exploitation::Known(_) => Some(true),
                Exploitation::NotListed => Some(false),
                Exploitation::Unknown => None,
            },
            match assessed.likelihood {
                Likelihood::Scored(score) => Some((score.probability * 1000.0).round() as u32),
                Likelihood::NotScored | Likelihood::Unknown => None,
            },
            finding.cvss_score(),
            text(finding.package(), NAME_LENGTH),
            text(finding.version(), VERSION_LENGTH),
            text(finding.fix_version(), VERSION_LENGTH),
            cut(finding.description(), DESCRIPTION_LENGTH),
        )
    }
}

/// The worst images.
pub(super) fn image_rows(overview: &Overview<'_>) -> Vec<ImageRow> {
    let row = |image: &ImageLine<'_>| {
        let artifact = &image.info.artifact;
        let state = reason(&image.info.state).unwrap_or(match image.info.state.report() {
            Some(_) => "scanned",
            None => "in its images",
        });
        let [critical, high, medium, low] = Severity::COLUMNS.map(|severity| image.get(severity));
        let counts = [critical, high, medium, low, image.others(), image.fixable, image.exploited, image.suppressed];
        ImageRow(
            ImageNames::of(overview, artifact),
            artifact.digest.short().to_owned(),
            state.to_owned(),
            image.info.state.report().map(|_| counts),
        )
    };
    overview.tally.images.iter().take(ROW_LIMIT).map(row).collect()
}

/// JSON that can stand in a script element: nothing in it can end the element or begin a comment, and everything in it can
/// be seen.
pub(super) fn json(value: &impl Serialize) -> Result<String, ExportError> {
    let mut json = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut json, VisibleJson);
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    String::from_utf8(json).map_err(|error| io::Error::other(error).into())
}

struct VisibleJson;

impl Formatter for VisibleJson {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            match shown(character) {
                Shown::Plain(special @ ('<' | '>' | '&')) => write!(writer, "\\u{:04x}", u32::from(special))?,
                shown => write!(writer, "{shown}")?,
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + io::Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        let control = match escape {
            CharEscape::Quote => return writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => return writer.write_all(b"\\\\"),
            CharEscape::Solidus => return writer.write_all(b"/"),
            CharEscape::Tab => b'\t',
            CharEscape::LineFeed => b'\n',
            CharEscape::CarriageReturn => b'\r',
            CharEscape::Backspace => 0x08,
            CharEscape::FormFeed => 0x0c,
            CharEscape::AsciiControl(control) => control,
        };
        write!(writer, "{}", shown(char::from(control)))
    }
}
