//! From the newest crawl of a registry to the oldest, as long as a finding is there.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

use super::{Crawl, FirstSeen};
use crate::name::RepositoryName;

/// The crawls of one registry, the newest first.
#[derive(Debug)]
pub(super) struct Walks<'a> {
    /// Each with its number.
    crawls: Vec<(u32, &'a Crawl)>,
    /// What was asked for in any of them.
    selections: BTreeSet<&'a [String]>,
}

/// The crawls of one registry, and what they tell of one repository.
#[derive(Debug)]
pub(super) struct RepositoryCrawls<'a> {
    walks: &'a Walks<'a>,
    /// For each crawl, the newest first, whether a finding that it does not have was not there.
    tells: Vec<bool>,
}

impl<'a> Walks<'a> {
    /// `crawls` has each at the place of its number.
    pub(super) fn new(crawls: &'a [Crawl], registry: &str) -> Self {
        let numbered = (0..).zip(crawls).filter(|(_, crawl)| *crawl.registry == *registry);
        let mut crawls: Vec<(u32, &Crawl)> = numbered.collect();
        crawls.sort_by_key(|(_, crawl)| Reverse((crawl.time, &crawl.selection)));
        let selections = crawls.iter().map(|(_, crawl)| &crawl.selection[..]).collect();
        Self { crawls, selections }
    }
}

impl<'a> RepositoryCrawls<'a> {
    /// Some crawls list the repository, and some of those know all its findings.
    pub(super) fn new(
        walks: &'a Walks<'a>,
        name: &RepositoryName,
        listed: impl Iterator<Item = u32>,
        told: impl Iterator<Item = u32>,
    ) -> Self {
        let (listed, told): (HashSet<_>, HashSet<_>) = (listed.collect(), told.collect());
        let tells = walks.crawls.iter().map(|(number, crawl)| {
            if listed.contains(number) { told.contains(number) } else { crawl.coverage.would_list(name) }
        });
        Self { walks, tells: tells.collect() }
    }

    /// When a finding that some crawls have was first seen: the longest way back.
    pub(super) fn first_sighting(&self, having: impl Iterator<Item = u32>) -> Option<FirstSeen> {
        let having: HashSet<u32> = having.collect();
        let ways = self.walks.selections.iter().filter_map(|selection| self.way_back(selection, &having));
        ways.min_by_key(|first_seen| (first_seen.time, Reverse(first_seen.is_exact)))
    }

    /// The way back over the crawls that were asked for the same, and those of everything. What was asked for something
    /// else does not tell anything by what it lacks, and what it has is on a way of its own.
    fn way_back(&self, selection: &[String], having: &HashSet<u32>) -> Option<FirstSeen> {
        let mut oldest = None;
        let mut is_exact = false;
        let crawls = self.walks.crawls.iter().zip(&self.tells);
        let comparable = crawls.filter(|((_, crawl), _)| crawl.selection.is_empty() || crawl.selection == selection);
        for (place, ((number, crawl), tells)) in comparable.enumerate() {
            if having.contains(number) {
                oldest = Some((place, crawl.time));
            } else if *tells {
                is_exact = true;
                break;
            }
        }
        let (place, time) = oldest?;
        // The newest alone is no history.
        (place > 0 || is_exact).then_some(FirstSeen { time, is_exact })
    }
}
