//! Artifacts and their findings by where they are and whose they are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::counts::{Identities, Tally};
use super::{ArtifactReport, ArtifactSummary, Counts, Distribution};
use crate::model::ArtifactInfo;
use crate::name::{ProjectName, RepositoryName};

/// The artifacts of one repository, of one project, or of whatever else was asked for, in figures.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct PlaceSummary<'a, K> {
    /// What the artifacts have in common, such as their repository.
    pub key: K,
    /// The registry of the repository or project, where that is known; `None` for other groups, which may reach over
    /// several registries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<&'a str>,
    /// How much there is of everything. What is unique here may occur in other places, too.
    pub counts: Counts,
    /// How many artifacts are in each state, as [`ArtifactReport::states`] has it.
    pub states: BTreeMap<&'static str, usize>,
    /// How many findings there are of each severity.
    pub severities: Distribution,
    /// The artifact that is worst off; `None` where none has findings.
    pub worst: Option<ArtifactSummary<'a>>,
}

impl ArtifactReport {
    /// The artifacts by repository, the worst repository first; each registry has its own. See [`grouped_by`](Self::grouped_by).
    #[must_use]
    pub fn by_repository(&self) -> Vec<PlaceSummary<'_, &RepositoryName>> {
        self.by_place(|info| &info.artifact.repository)
    }

    /// The artifacts by project, the worst project first; each registry has its own. See [`grouped_by`](Self::grouped_by).
    #[must_use]
    pub fn by_project(&self) -> Vec<PlaceSummary<'_, &ProjectName>> {
        self.by_place(|info| info.artifact.repository.project())
    }

    /// The artifacts by owner, the worst owner first. See [`grouped_by`](Self::grouped_by).
    ///
    /// A report does not hold owners, so that the caller says whose each project is. An owner of `None` is a group like
    /// the others, for projects whose owner is not known. Where several registries have projects of the same name, which
    /// may have several owners, group by `|info| owner_of(&info.artifact)` with [`grouped_by`](Self::grouped_by): an
    /// artifact knows its registry.
    ///
    /// ```
    /// # use harbor_ext::analysis::ArtifactReport;
    /// use std::collections::BTreeMap;
    ///
    /// # let report = ArtifactReport::default();
    /// let owners = BTreeMap::from([("library", "alice"), ("mirrors", "bob")]);
    /// for owner in report.by_owner(|project| owners.get(project.as_str())) {
    ///     println!("{:?} has {} findings", owner.key, owner.counts.findings);
    /// }
    /// ```
    #[must_use]
    pub fn by_owner<'a, O: Ord>(
        &'a self,
        mut owner_of: impl FnMut(&'a ProjectName) -> Option<O>,
    ) -> Vec<PlaceSummary<'a, Option<O>>> {
        self.grouped_by(|info| owner_of(info.artifact.repository.project()))
    }

    /// The artifacts by anything that can be told of each, such as its platform; the worst group first.
    ///
    /// Sorted by the number of findings of each severity from the worst down, the highest first, then by key. Every
    /// artifact is in exactly one group, so that artifacts and findings add up to those of the report; unique findings
    /// and CVEs do not, because groups share them.
    #[must_use]
    pub fn grouped_by<'a, K: Ord>(&'a self, mut key: impl FnMut(&'a ArtifactInfo) -> K) -> Vec<PlaceSummary<'a, K>> {
        let mut groups: BTreeMap<K, Vec<&'a ArtifactInfo>> = BTreeMap::new();
        for info in self {
            groups.entry(key(info)).or_default().push(info);
        }
        let mut identities = Identities::default();
        let mut places: Vec<_> =
            groups.into_iter().map(|(key, artifacts)| PlaceSummary::new(key, &artifacts, &mut identities)).collect();
        // They come in the order of their keys, and equals stay in it.
        places.sort_by_key(|place| Reverse(place.severities));
        places
    }

    /// The artifacts by something that each registry has for itself.
    fn by_place<'a, K: Ord>(&'a self, key: impl Fn(&'a ArtifactInfo) -> K) -> Vec<PlaceSummary<'a, K>> {
        let places = self.grouped_by(|info| (key(info), info.artifact.registry.as_deref()));
        places.into_iter().map(PlaceSummary::with_registry).collect()
    }
}

impl<'a, K> PlaceSummary<'a, K> {
    fn new(key: K, artifacts: &[&'a ArtifactInfo], identities: &mut Identities<'a>) -> Self {
        let artifacts = || artifacts.iter().copied();
        let mut states = BTreeMap::new();
        for info in artifacts() {
            *states.entry(info.state.name()).or_default() += 1;
        }
        let tally = Tally::of(artifacts(), identities);
        let worst = ArtifactSummary::worst_of(artifacts());
        Self { key, registry: None, counts: tally.counts(), states, severities: tally.severities, worst }
    }
}

impl<'a, K> PlaceSummary<'a, (K, Option<&'a str>)> {
    fn with_registry(self) -> PlaceSummary<'a, K> {
        let Self { key: (key, registry), counts, states, severities, worst, .. } = self;
        PlaceSummary { key, registry, counts, states, severities, worst }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::samples::{clean, finding, in_registry, report_of, reported, unscanned};
    use crate::model::Severity;

    fn sample() -> ArtifactReport {
        report_of([
            reported("p/a", 1, &[finding("1", "x", "1", "2", "High"), finding("2", "x", "1", "", "Low")]),
            reported("q/b", 2, &[finding("1", "x", "1", "2", "High")]),
            reported("p/c", 3, &[finding("1", "x", "1", "2", "High"), finding("3", "x", "1", "", "Low")]),
            unscanned("p/a", 4),
            clean("r/d", 5),
            reported("p/a", 6, &[finding("4", "y", "1", "2", "Critical")]),
        ])
    }

    /// R16: by repository and by project.
    #[test]
    fn places_are_summed_up_and_the_worst_come_first() {
        let report = sample();
        let repositories = report.by_repository();
        let names: Vec<_> = repositories.iter().map(|place| place.key.full()).collect();
        assert_eq!(names, ["p/a", "p/c", "q/b", "r/d"]);
        let first = &repositories[0];
        assert_eq!((first.counts.artifacts, first.counts.reported, first.counts.findings), (3, 2, 3));
        assert_eq!((first.counts.fixable, first.counts.unique_cves), (2, 3));
        assert_eq!(first.states, BTreeMap::from([("not_scanned", 1), ("reported", 2)]));
        assert_eq!(first.severities.get(Severity::Critical), 1);
        assert_eq!(first.worst.as_ref().unwrap().artifact.artifact.id, 6);
        assert!(repositories[3].worst.is_none());

        let projects = report.by_project();
        let figures =
            projects.iter().map(|place| (place.key.as_str(), place.counts.findings, place.counts.unique_findings));
        assert_eq!(figures.collect::<Vec<_>>(), [("p", 5, 4), ("q", 1, 1), ("r", 0, 0)]);
    }

    /// R16: by owner, an unknown one being a group of its own.
    #[test]
    fn owners_are_told_by_the_caller() {
        let report = sample();
        let owners = report.by_owner(|project| ["p", "r"].contains(&project.as_str()).then(|| "alice".to_owned()));
        let figures: Vec<_> = owners.iter().map(|owner| (owner.key.as_deref(), owner.counts.artifacts)).collect();
        assert_eq!(figures, [(Some("alice"), 5), (None, 1)]);
    }

    #[test]
    fn places_of_the_same_name_in_two_registries_are_two() {
        let low = [finding("1", "x", "1", "2", "Low")];
        let report = report_of([
            in_registry("two", reported("p/a", 1, &low)),
            in_registry("one", reported("p/a", 1, &low)),
            in_registry("one", reported("p/b", 2, &[])),
        ]);
        let projects = report.by_project();
        let figures = projects.iter().map(|place| (place.registry, place.key.as_str(), place.counts.artifacts));
        assert_eq!(figures.collect::<Vec<_>>(), [(Some("one"), "p", 2), (Some("two"), "p", 1)]);
        assert_eq!(report.by_repository().len(), 3);
        let json = serde_json::to_value(&projects[0]).unwrap();
        assert_eq!((&json["registry"], &json["worst"]["registry"]), (&"one".into(), &"one".into()));
        let without = report_of([reported("p/a", 1, &low)]);
        let json = serde_json::to_value(&without.by_project()[0]).unwrap();
        assert!(json.get("registry").is_none() && json["worst"].get("registry").is_none());
    }

    #[test]
    fn equals_are_sorted_by_key() {
        let same = [finding("1", "x", "1", "2", "High")];
        let report = report_of(["z/a", "b/a", "b/c"].map(|repository| reported(repository, 1, &same)));
        let names = report.by_repository().into_iter().map(|place| place.key.full());
        assert_eq!(names.collect::<Vec<_>>(), ["b/a", "b/c", "z/a"]);
    }
}
