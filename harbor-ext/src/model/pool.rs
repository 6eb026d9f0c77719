//! Findings, each held once.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::texts::Texts;
use super::content::Content;
use super::{Finding, Scanner};

pub(super) use self::texts::Recognised;

mod texts;

/// Hands out one shared [`Finding`] for equal contents.
///
/// A registry reports the same few thousand findings over and over. Reports that are decoded with
/// the same pool share them, so that memory grows with the findings that differ. The pool keeps
/// every finding for as long as it lives; make one for each crawl. It can be used from several
/// threads at once.
#[derive(Default)]
pub struct FindingPool {
    /// Keyed per process, so that nobody can prepare findings that collide.
    keys: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    /// As what the findings came, so that they need not be read again.
    texts: Texts,
    /// What reports say besides findings, over and over.
    scanners: Mutex<HashSet<Arc<Scanner>>>,
    words: Mutex<HashSet<Arc<str>>>,
}

/// Findings by the hash of their content, or by the next free number after it.
type Shard = HashMap<u64, Arc<Finding>>;

/// Enough that threads rarely meet, few enough to be cheap to make.
const SHARDS: usize = 16;

impl FindingPool {
    /// An empty pool.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of different findings that the pool has handed out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    /// Whether the pool has handed out nothing yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The finding whose text the bytes begin with, if it was seen before. `list` is what the text is likely to say of the
    /// artifacts that the finding is in.
    pub(super) fn recognise(&self, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        self.texts.recognise(bytes, list)
    }

    /// Remembers the text of a finding, in which `digests` is the place of the artifacts that it is in.
    pub(super) fn remember(&self, text: &[u8], digests: Range<usize>, finding: &Arc<Finding>) {
        self.texts.remember(text, digests, finding);
    }

    /// The shared scanner that is equal to this one.
    pub(super) fn share_scanner(&self, scanner: Scanner) -> Arc<Scanner> {
        get_or_insert(&mut lock(&self.scanners), &scanner, |scanner| Arc::new(scanner.clone()))
    }

    /// The shared text that is equal to this one.
    pub(super) fn share_word(&self, word: &str) -> Arc<str> {
        get_or_insert(&mut lock(&self.words), word, |word| word.into())
    }

    /// The shared finding with this content.
    pub(super) fn share(&self, content: Content) -> Arc<Finding> {
        let hash = self.keys.hash_one(&content);
        let shard = &self.shards[hash as usize % SHARDS];
        insert(&mut lock(shard), hash, content)
    }
}

/// Equal hashes are not yet equal findings: contents are compared, and a finding whose place is
/// taken by another goes to the next free one. Nothing is ever removed, so that a search may end at
/// the first free place.
fn insert(shard: &mut Shard, hash: u64, content: Content) -> Arc<Finding> {
    let mut place = hash;
    loop {
        match shard.entry(place) {
            Entry::Vacant(vacant) => return vacant.insert(Arc::new(content.into())).clone(),
            Entry::Occupied(known) if known.get().content == content => return known.get().clone(),
            Entry::Occupied(_) => place = place.wrapping_add(1),
        }
    }
}

fn get_or_insert<T: Hash + Eq + ?Sized>(known: &mut HashSet<Arc<T>>, value: &T, make: impl Fn(&T) -> Arc<T>) -> Arc<T> {
    if let Some(shared) = known.get(value) {
        return Arc::clone(shared);
    }
    let shared = make(value);
    known.insert(Arc::clone(&shared));
    shared
}

/// A thread that panicked while it held the lock left a shard that is whole: nothing but complete
/// insertions happens under it.
fn lock<T>(shard: &Mutex<T>) -> MutexGuard<'_, T> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for FindingPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindingPool").field("len", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::json;

    fn content(id: usize) -> Content {
        let json = format!(r#"{{"id":"CVE-{id}","package":"a","version":"1"}}"#);
        Content::new(json::members(&json).unwrap())
    }

    #[test]
    fn equal_findings_are_one() {
        let pool = FindingPool::new();
        let first = pool.share(content(1));
        let second = pool.share(content(1));
        let other = pool.share(content(2));
        assert!(Arc::ptr_eq(&first, &second));
        assert!(!Arc::ptr_eq(&first, &other));
        assert_eq!(pool.len(), 2);
    }

    #[test]
    fn equal_hashes_do_not_mix_findings_up() {
        let mut shard = Shard::new();
        let shared: Vec<_> = (0..20).map(|id| insert(&mut shard, u64::MAX - 3, content(id))).collect();
        assert_eq!(shard.len(), 20);
        for (id, first) in shared.iter().enumerate() {
            let again = insert(&mut shard, u64::MAX - 3, content(id));
            assert!(Arc::ptr_eq(first, &again));
            assert_eq!(again.id(), format!("CVE-{id}"));
        }
        assert_eq!(shard.len(), 20);
    }

    #[test]
    fn threads_share_too() {
        let pool = FindingPool::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|id| drop(pool.share(content(id)))));
            }
        });
        assert_eq!(pool.len(), 500);
    }
}
