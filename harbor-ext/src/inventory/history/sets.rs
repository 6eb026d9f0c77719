//! Sets of crawls, each held once.

use std::collections::HashMap;

/// Sets of crawls, each held once however many findings have it. Most findings of a registry are in the same crawls, so
/// that there are few sets, and a finding needs no more than the number of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Sets {
    /// For each set but the empty one the set that it was made of, and the crawl that was added.
    sets: Vec<(Set, u32)>,
    larger: HashMap<(Set, u32), Set>,
}

/// The number of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Set(u32);

impl Set {
    /// The set of no crawls.
    pub(super) const EMPTY: Self = Self(0);
}

impl Sets {
    /// The set with one crawl more.
    pub(super) fn with(&mut self, set: Set, crawl: u32) -> Set {
        if self.crawls(set).next() == Some(crawl) {
            return set;
        }
        *self.larger.entry((set, crawl)).or_insert_with(|| {
            self.sets.push((set, crawl));
            Set(self.sets.len() as u32)
        })
    }

    /// The crawls of a set, the last that was added first. One that was added twice may come twice.
    pub(super) fn crawls(&self, mut set: Set) -> impl Iterator<Item = u32> {
        std::iter::from_fn(move || {
            let (smaller, crawl) = *self.sets.get((set.0 as usize).checked_sub(1)?)?;
            set = smaller;
            Some(crawl)
        })
    }
}
