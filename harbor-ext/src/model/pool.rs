//! Findings, each held once.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use self::texts::Texts;
use super::content::Content;
#[cfg(feature = "archive")]
use super::json;
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
    shards: [Mutex<HashTable<Entry>>; SHARDS],
    /// The same findings by their texts, so that they need not be read again.
    texts: Texts,
    /// What reports say besides findings, over and over.
    scanners: Mutex<HashSet<Arc<Scanner>>>,
    words: Mutex<HashSet<Arc<str>>>,
}

/// A finding, and the hash by which it is looked up.
struct Entry {
    hash: u64,
    finding: Arc<Finding>,
}

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

    /// The shared finding with this content.
    pub(super) fn share(&self, content: Content) -> Arc<Finding> {
        let hash = self.keys.hash_one(&content);
        let (finding, is_new) = insert(&mut lock(&self.shards[hash as usize % SHARDS]), hash, content);
        if is_new {
            self.texts.insert(&finding);
        }
        finding
    }

    /// The shared finding that is written as this JSON; `None` where it is no object, or has 4 GiB or more.
    #[cfg(feature = "archive")]
    pub(crate) fn share_json(&self, json: &str) -> Option<Arc<Finding>> {
        let content = Content::new(json, json::members(json).ok()?, None)?;
        Some(self.share(content))
    }

    /// The shared scanner that is equal to this one.
    pub(super) fn share_scanner(&self, scanner: Scanner) -> Arc<Scanner> {
        get_or_insert(&mut lock(&self.scanners), &scanner, |scanner| Arc::new(scanner.clone()))
    }

    /// The shared text that is equal to this one.
    pub(super) fn share_word(&self, word: &str) -> Arc<str> {
        get_or_insert(&mut lock(&self.words), word, |word| word.into())
    }
}

/// The finding with this content, and whether it is new. Equal hashes are not yet equal findings: contents are compared.
fn insert(shard: &mut HashTable<Entry>, hash: u64, content: Content) -> (Arc<Finding>, bool) {
    if let Some(known) = shard.find(hash, |entry| entry.finding.content == content) {
        return (Arc::clone(&known.finding), false);
    }
    let finding = Arc::new(Finding::from(content));
    shard.insert_unique(hash, Entry { hash, finding: Arc::clone(&finding) }, |entry| entry.hash);
    (finding, true)
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
    #[cfg(not(feature = "archive"))]
    use crate::model::json;

    fn content(id: usize) -> Content {
        let json = format!(r#"{{"id":"CVE-{id}","package":"a","version":"1"}}"#);
        Content::new(&json, json::members(&json).unwrap(), None).unwrap()
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
        let mut shard = HashTable::new();
        let shared: Vec<_> = (0..20).map(|id| insert(&mut shard, 3, content(id)).0).collect();
        assert_eq!(shard.len(), 20);
        for (id, first) in shared.iter().enumerate() {
            let (again, is_new) = insert(&mut shard, 3, content(id));
            assert!(Arc::ptr_eq(first, &again) && !is_new);
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
