//! The vulnerability report of one artifact.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{Finding, Severity, time};

/// What a scanner found in one artifact; for an index, in all its children together.
///
/// Costs 8 bytes for each finding of an image, and 12 for each finding of an index whose children
/// differ; the findings themselves are shared.
#[derive(Debug, PartialEq)]
pub struct Report {
    pub(super) generated_at: Box<str>,
    pub(super) scanner: Option<Scanner>,
    pub(super) severity: Box<str>,
    pub(super) findings: Findings,
}

/// The scanner that made a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Scanner {
    /// Its name, such as `Trivy`.
    pub name: String,
    /// Who makes it.
    pub vendor: String,
    /// Its version.
    pub version: String,
}

/// One finding of a report. Derefs to the [`Finding`], so that its accessors can be called directly;
/// [`get`](Self::get) gives what lives as long as the report.
///
/// Serialises as the finding, with its `artifact_digests` where there are any.
#[derive(Clone, Copy, Debug)]
pub struct FindingRef<'a> {
    finding: &'a Arc<Finding>,
    digests: &'a [Box<str>],
}

/// Findings in the order in which they came, with the artifacts that they are in.
///
/// Most findings of a report are in the same artifacts: the sets of digests that occur are held
/// once, and findings refer to them only if there is more than one.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Findings {
    findings: Box<[Arc<Finding>]>,
    digest_sets: Box<[Box<[Box<str>]>]>,
    /// For each finding its set; empty if there is one set for all of them.
    set_of: Box<[u32]>,
}

impl Report {
    /// When the scanner made the report, where that can be read as a time.
    #[must_use]
    pub fn generated_at(&self) -> Option<DateTime<Utc>> {
        time::parse(&self.generated_at)
    }

    /// When the scanner made the report, as it wrote it.
    #[must_use]
    pub fn generated_at_text(&self) -> &str {
        &self.generated_at
    }

    /// The scanner, where the report names it.
    #[must_use]
    pub fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// The severity that the scanner gave to the artifact as a whole, in its own word; empty where
    /// it found nothing.
    #[must_use]
    pub fn severity_text(&self) -> &str {
        &self.severity
    }

    /// The severity of the worst finding; `None` where there are no findings.
    ///
    /// Counted from the findings: the severity of the whole report goes stale when a later scan of
    /// another image changes a finding that both have.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.findings().map(|finding| finding.severity()).max()
    }

    /// The number of findings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.findings.findings.len()
    }

    /// Whether the scanner found nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The findings, in the order of the report.
    #[must_use]
    pub fn findings(&self) -> impl ExactSizeIterator<Item = FindingRef<'_>> {
        self.findings.findings.iter().enumerate().map(|(index, finding)| self.findings.at(index, finding))
    }

    /// The finding at a place of the report, for iterators that keep the place.
    pub(crate) fn finding(&self, index: usize) -> Option<FindingRef<'_>> {
        Some(self.findings.at(index, self.findings.findings.get(index)?))
    }
}

impl Findings {
    fn at<'a>(&'a self, index: usize, finding: &'a Arc<Finding>) -> FindingRef<'a> {
        let set = self.set_of.get(index).map_or(0, |set| *set as usize);
        let digests = self.digest_sets.get(set).map(|digests| &**digests).unwrap_or_default();
        FindingRef { finding, digests }
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("generated_at", &self.generated_at)?;
        map.serialize_entry("scanner", &self.scanner)?;
        map.serialize_entry("severity", &self.severity)?;
        map.serialize_entry("vulnerabilities", &self.findings().collect::<Vec<_>>())?;
        map.end()
    }
}

impl<'a> FindingRef<'a> {
    /// The finding, borrowed from the report.
    #[must_use]
    pub fn get(self) -> &'a Finding {
        self.finding
    }

    /// The finding, to be kept beyond the report.
    #[must_use]
    pub fn shared(self) -> &'a Arc<Finding> {
        self.finding
    }

    /// The digests of the artifacts that the finding is in, as the report gives them: for an index
    /// those of its children, each once; for an image usually none, which means the image itself.
    #[must_use]
    pub fn artifact_digests(self) -> impl ExactSizeIterator<Item = &'a str> {
        self.digests.iter().map(|digest| &**digest)
    }
}

impl Deref for FindingRef<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        self.finding
    }
}

impl Serialize for FindingRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.finding.content.serialize_members(&mut map)?;
        if !self.digests.is_empty() {
            map.serialize_entry("artifact_digests", self.digests)?;
        }
        map.end()
    }
}

/// Puts [`Findings`] together, one after another.
#[derive(Debug, Default)]
pub(super) struct FindingsBuilder<'a> {
    findings: Vec<Arc<Finding>>,
    digest_sets: Vec<Box<[Box<str>]>>,
    set_of: Vec<u32>,
    /// The sets by the text that they were read from, which is the same for most findings.
    sets_by_text: HashMap<&'a str, u32>,
}

impl<'a> FindingsBuilder<'a> {
    pub(super) fn with_capacity(findings: usize) -> Self {
        Self { findings: Vec::with_capacity(findings), set_of: Vec::with_capacity(findings), ..Self::default() }
    }

    /// Adds a finding that is in the artifacts that `read` reads from `text`.
    pub(super) fn push(&mut self, finding: Arc<Finding>, text: &'a str, read: impl FnOnce(&'a str) -> Box<[Box<str>]>) {
        let set = *self.sets_by_text.entry(text).or_insert_with(|| {
            self.digest_sets.push(read(text));
            self.digest_sets.len() as u32 - 1
        });
        self.findings.push(finding);
        self.set_of.push(set);
    }

    pub(super) fn finish(self) -> Findings {
        let one_for_all = self.digest_sets.len() <= 1;
        Findings {
            findings: self.findings.into(),
            digest_sets: self.digest_sets.into(),
            set_of: if one_for_all { Box::default() } else { self.set_of.into() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::content::Content;

    fn sizes(digests: &[&'static str]) -> [usize; 3] {
        let mut builder = FindingsBuilder::with_capacity(digests.len());
        for digest in digests {
            let finding = Finding::from(Content::default());
            builder.push(Arc::new(finding), digest, |digest| [digest.into()].into());
        }
        let findings = builder.finish();
        [findings.findings.len(), findings.digest_sets.len(), findings.set_of.len()]
    }

    #[test]
    fn findings_of_one_image_do_not_repeat_whose_they_are() {
        assert_eq!(sizes(&["a"; 100]), [100, 1, 0]);
        assert_eq!(sizes(&["a", "b", "a", "b"]), [4, 2, 4]);
        assert_eq!(sizes(&[]), [0, 0, 0]);
    }
}
