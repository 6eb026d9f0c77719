//! Which finding was where when, while snapshots come in any order.

use std::collections::HashMap;
use std::sync::Arc;

use super::identities::Identities;
use super::sets::{Set, Sets};
use super::walk::{RepositoryCrawls, Walks};
use super::{Crawl, FirstSeen, History, Sightings};
use crate::analysis::ArtifactReport;
use crate::analysis::address::AddressMap;
use crate::inventory::coverage::{self, Coverage};
use crate::model::{ArtifactInfo, Finding};
use crate::name::RepositoryName;

/// Which finding was where when, while snapshots come in any order.
#[derive(Clone, Debug, Default)]
pub(in crate::inventory) struct Recorder {
    identities: Identities,
    sets: Sets,
    registries: HashMap<Arc<str>, HashMap<RepositoryName, Recorded>>,
}

/// What the crawls say of a repository.
#[derive(Clone, Debug, Default)]
struct Recorded {
    /// For each finding, by the number of its identity, the crawls that have it; sorted.
    findings: Vec<(u32, Set)>,
    /// The crawls that list the repository.
    listed: Set,
    /// Those of them that know all its findings.
    told: Set,
}

impl Recorder {
    /// Takes in what one crawl has found. Another copy of it may come later with the same number.
    pub(in crate::inventory) fn record(
        &mut self,
        crawl: u32,
        registry: &Arc<str>,
        coverage: &Coverage,
        report: &ArtifactReport,
    ) {
        let mut repositories: HashMap<&RepositoryName, Vec<&ArtifactInfo>> = HashMap::new();
        for info in report {
            repositories.entry(&info.artifact.repository).or_default().push(info);
        }
        // Findings are shared by many artifacts, so that few texts need be looked up.
        let mut numbers: AddressMap<Finding, u32> = AddressMap::default();
        let Self { identities, sets, registries } = self;
        let known = registries.entry(Arc::clone(registry)).or_default();
        for (name, artifacts) in repositories {
            let findings = artifacts.iter().flat_map(|info| info.findings());
            let mut present: Vec<u32> = findings
                .map(|finding| {
                    let finding = finding.get();
                    *numbers.entry(std::ptr::from_ref(finding)).or_insert_with(|| identities.number(finding))
                })
                .collect();
            present.sort_unstable();
            present.dedup();
            let recorded = known.entry(name.clone()).or_default();
            recorded.listed = sets.with(recorded.listed, crawl);
            if coverage.has_read(name) && artifacts.iter().all(|info| coverage::tells_findings(&info.state)) {
                recorded.told = sets.with(recorded.told, crawl);
            }
            recorded.add(&present, crawl, sets);
        }
    }

    /// Decides when each finding was first seen. `crawls` has each at the place of its number.
    pub(in crate::inventory) fn into_history(self, crawls: &[Crawl]) -> History {
        let Self { identities, sets, registries } = self;
        let mut answers = Answers::default();
        let registries = registries.into_iter().map(|(registry, repositories)| {
            let walks = Walks::new(crawls, &registry);
            let repositories = repositories.into_iter().map(|(name, recorded)| {
                let sightings = recorded.into_sightings(&name, &walks, &sets, &mut answers);
                (name, sightings)
            });
            let repositories = repositories.collect();
            (registry, repositories)
        });
        History { registries: registries.collect(), identities, answers: answers.list }
    }
}

impl Recorded {
    /// Adds a crawl to the findings that it has, which are sorted.
    fn add(&mut self, present: &[u32], crawl: u32, sets: &mut Sets) {
        let mut new = Vec::new();
        let mut known = self.findings.iter_mut().peekable();
        // What comes one after the other is mostly in the same crawls.
        let mut last = (Set::EMPTY, sets.with(Set::EMPTY, crawl));
        let only_this = last.1;
        for identity in present {
            while known.next_if(|(known, _)| known < identity).is_some() {}
            match known.next_if(|(known, _)| known == identity) {
                Some((_, set)) => {
                    if last.0 != *set {
                        last = (*set, sets.with(*set, crawl));
                    }
                    *set = last.1;
                }
                None => new.push((*identity, only_this)),
            }
        }
        if !new.is_empty() {
            self.findings.reserve_exact(new.len());
            self.findings.append(&mut new);
            // Two sorted runs are merged.
            self.findings.sort_by_key(|(identity, _)| *identity);
        }
    }

    fn into_sightings(self, name: &RepositoryName, walks: &Walks<'_>, sets: &Sets, answers: &mut Answers) -> Sightings {
        let crawls = RepositoryCrawls::new(walks, name, sets.crawls(self.listed), sets.crawls(self.told));
        let mut of_sets: HashMap<Set, Option<u32>> = HashMap::new();
        let sightings = self.findings.into_iter().filter_map(|(identity, set)| {
            let answer = of_sets.entry(set).or_insert_with(|| {
                crawls.first_sighting(sets.crawls(set)).map(|first_seen| answers.number(first_seen))
            });
            answer.map(|answer| (identity, answer))
        });
        // Collecting in place would keep the memory of what was dropped.
        let mut sightings: Vec<_> = sightings.collect();
        sightings.shrink_to_fit();
        sightings.into()
    }
}

/// The answers that there are, each once.
#[derive(Debug, Default)]
struct Answers {
    list: Vec<FirstSeen>,
    numbers: HashMap<FirstSeen, u32>,
}

impl Answers {
    fn number(&mut self, answer: FirstSeen) -> u32 {
        *self.numbers.entry(answer).or_insert_with(|| {
            self.list.push(answer);
            self.list.len() as u32 - 1
        })
    }
}
