//! Numbers for findings that are the same in the course of time.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::analysis::keys::AnyCase;
use crate::model::Finding;

/// Numbers for findings that are the same in the course of time: vulnerability and package agree, whatever the version.
#[derive(Clone, Debug, Default)]
pub(super) struct Identities {
    /// Keyed per process, so that nobody can prepare texts that collide.
    keys: RandomState,
    numbers: HashTable<u32>,
    texts: Vec<[Box<str>; 2]>,
}

impl Identities {
    /// The number of a finding, a new one where it is new.
    pub(super) fn number(&mut self, finding: &Finding) -> u32 {
        if let Some(number) = self.get(finding) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(parts(finding).map(Box::from));
        let Self { keys, numbers, texts } = self;
        let hash = |number: &u32| hash(keys, texts[*number as usize].each_ref().map(AsRef::as_ref));
        numbers.insert_unique(hash(&number), number, hash);
        number
    }

    /// The number of a finding; `None` where it is new.
    pub(super) fn get(&self, finding: &Finding) -> Option<u32> {
        let parts = parts(finding);
        let is_it = |number: &u32| {
            let known = &self.texts[*number as usize];
            known.iter().zip(parts).all(|(known, part)| AnyCase(known) == AnyCase(part))
        };
        self.numbers.find(hash(&self.keys, parts), is_it).copied()
    }
}

fn parts(finding: &Finding) -> [&str; 2] {
    [finding.id(), finding.package()]
}

fn hash(keys: &RandomState, parts: [&str; 2]) -> u64 {
    keys.hash_one(parts.map(AnyCase))
}
