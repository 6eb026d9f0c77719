//! Artifacts with their reports, as one thing to ask.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::{ArtifactInfo, FindingPool, SharesFindings};

/// Artifacts with their reports, as one thing to ask.
///
/// There are two views of it. Methods named `with_…` and [`matching`](Self::matching) keep *whole artifacts*, each with all
/// its findings, and give a smaller report. [`findings`](Self::findings) goes through *single findings*, and can be
/// narrowed in the same words. Both share what they show with this report, so that they are cheap.
///
/// It knows what was listed. What could not be listed is in [`Collected::failures`](crate::Collected::failures), and no
/// answer here speaks of it.
///
/// Iterators run in the order of the artifacts, and within one in the order of its report.
/// Serialises as the list of artifacts. Reading that again (from JSON) shares equal findings; to share them with other
/// reports, there is [`FindingPool::seed`].
///
/// ```
/// # use harbor_ext::analysis::ArtifactReport;
/// # let items = Vec::new();
/// let report = ArtifactReport::from(items);
/// let affected = report.with_project("shop").with_cve("CVE-2021-44228");
/// for artifact in &affected {
///     println!("{} has {} findings", artifact.artifact, artifact.findings().count());
/// }
/// println!("{} more were not scanned", report.with_project("shop").without_report().len());
/// ```
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct ArtifactReport {
    artifacts: Vec<ArtifactInfo>,
}

impl ArtifactReport {
    /// The artifacts, in the order in which they were given.
    #[must_use]
    pub fn artifacts(&self) -> &[ArtifactInfo] {
        &self.artifacts
    }

    /// The number of artifacts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.artifacts.len()
    }

    /// Whether there are no artifacts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.artifacts.is_empty()
    }

    /// Goes through the artifacts.
    pub fn iter(&self) -> std::slice::Iter<'_, ArtifactInfo> {
        self.artifacts.iter()
    }

    /// How many artifacts are in each state, by
    /// [`ReportState::name`](crate::model::ReportState::name). States that do not occur are absent.
    #[must_use]
    pub fn states(&self) -> BTreeMap<&'static str, usize> {
        let mut states = BTreeMap::new();
        for info in self {
            *states.entry(info.state.name()).or_default() += 1;
        }
        states
    }

    /// Whether there is more than one artifact.
    #[must_use]
    pub fn is_aggregate(&self) -> bool {
        self.len() > 1
    }

    /// Sorts by registry, then by repository, then by Harbor's number.
    pub fn sort(&mut self) {
        self.artifacts.sort();
    }

    /// Sorts by an order of the caller's. Artifacts that are equal in it stay as they are.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// # let mut report = ArtifactReport::default();
    /// report.sort_by(|a, b| b.severity().cmp(&a.severity()).then(a.cmp(b))); // the worst first
    /// ```
    pub fn sort_by(&mut self, compare: impl FnMut(&ArtifactInfo, &ArtifactInfo) -> Ordering) {
        self.artifacts.sort_by(compare);
    }

    /// Puts two reports together such that each artifact is there once.
    ///
    /// The order is that of this report, followed by what only the other has. An artifact is the same if its registry,
    /// its repository and its digest are. Of two states of one, the one with a report is kept; of two with a report, the one that was
    /// made later by its own account; otherwise, that of `other`.
    ///
    /// [`extend`](Extend::extend) adds artifacts as they are instead, twice if they come twice.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        let mut merged = Self::default();
        let mut places = HashMap::new();
        for info in self.into_iter().chain(other) {
            let artifact = &info.artifact;
            let key = (artifact.registry.clone(), artifact.repository.clone(), artifact.digest.clone());
            let place = *places.entry(key).or_insert(merged.len());
            match merged.artifacts.get_mut(place) {
                None => merged.artifacts.push(info),
                Some(known) if is_told_better_by(known, &info) => *known = info,
                Some(_) => {}
            }
        }
        merged
    }
}

impl<'de> SharesFindings<'de> for ArtifactReport {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        Vec::deserialize_sharing(deserializer, pool).map(Self::from)
    }
}

impl<'de> Deserialize<'de> for ArtifactReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_sharing(deserializer, &FindingPool::new())
    }
}

/// Whether a later word about an artifact is to replace what is known of it.
fn is_told_better_by(known: &ArtifactInfo, later: &ArtifactInfo) -> bool {
    match (known.state.report(), later.state.report()) {
        (Some(known), Some(later)) => later.generated_at() >= known.generated_at(),
        (known, later) => later.is_some() || known.is_none(),
    }
}

impl From<Vec<ArtifactInfo>> for ArtifactReport {
    fn from(artifacts: Vec<ArtifactInfo>) -> Self {
        Self { artifacts }
    }
}

impl FromIterator<ArtifactInfo> for ArtifactReport {
    fn from_iter<I: IntoIterator<Item = ArtifactInfo>>(artifacts: I) -> Self {
        Self { artifacts: artifacts.into_iter().collect() }
    }
}

/// Adds artifacts at the end. One that is there already comes twice; [`merge`](ArtifactReport::merge) has each once.
impl Extend<ArtifactInfo> for ArtifactReport {
    fn extend<I: IntoIterator<Item = ArtifactInfo>>(&mut self, artifacts: I) {
        self.artifacts.extend(artifacts);
    }
}

impl IntoIterator for ArtifactReport {
    type Item = ArtifactInfo;
    type IntoIter = std::vec::IntoIter<ArtifactInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.artifacts.into_iter()
    }
}

impl<'a> IntoIterator for &'a ArtifactReport {
    type Item = &'a ArtifactInfo;
    type IntoIter = std::slice::Iter<'a, ArtifactInfo>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests;
