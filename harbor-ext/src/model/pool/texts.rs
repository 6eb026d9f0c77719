//! Findings by their texts, to be recognised without being read.
//!
//! Harbor writes a finding in every report with the same bytes, apart from the artifacts that it is in, which stand in
//! the middle. The beginning of an element says which finding it may be, and comparing the bytes before and behind the
//! artifacts says whether it is. Equal bytes mean the same, so that nothing needs to be read.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use memchr::memchr;

use super::{SHARDS, lock};
use crate::model::Finding;
use crate::model::content::ElementText;

/// How many bytes at the beginning tell findings apart: enough for the identifier, the package and its version, and never
/// so many that the artifacts are among them.
const BEGINNING: usize = 128;

/// How many findings with one beginning can be recognised. More would make every search among them slow.
const MOST_WITH_ONE_BEGINNING: usize = 16;

/// Findings by the beginning of their texts.
#[derive(Default)]
pub(super) struct Texts {
    keys: RandomState,
    shards: [Mutex<HashTable<Entry>>; SHARDS],
}

/// A finding, and what it is recognised by: kept here as well, because looking it up in the finding would wait for the
/// memory twice.
struct Entry {
    hash: u64,
    text: ElementText,
    finding: Arc<Finding>,
}

/// A finding that was recognised.
pub(in crate::model) struct Recognised {
    pub(in crate::model) finding: Arc<Finding>,
    /// Where the text says which artifacts it is in: `null`, or what is a list if it is JSON. Nothing where it does not.
    pub(in crate::model) digests: Option<Range<usize>>,
    /// The length of the text.
    pub(in crate::model) length: usize,
}

impl Texts {
    /// The finding whose text the bytes begin with. `list` is what it is likely to say of artifacts.
    pub(super) fn recognise(&self, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        let hash = self.hash(bytes)?;
        let mut recognised = None;
        lock(self.shard(hash)).find(hash, |entry| {
            recognised = if entry.hash == hash { entry.recognise(bytes, list) } else { None };
            recognised.is_some()
        });
        recognised
    }

    /// Adds a finding, if its text is one that can be recognised.
    pub(super) fn insert(&self, finding: &Arc<Finding>) {
        let Some(text) = finding.content.element_text() else { return };
        let Some(hash) = self.hash(text.parts().0) else { return };
        let mut shard = lock(self.shard(hash));
        if shard.iter_hash(hash).nth(MOST_WITH_ONE_BEGINNING - 1).is_none() {
            let entry = Entry { hash, text, finding: Arc::clone(finding) };
            shard.insert_unique(hash, entry, |entry| entry.hash);
        }
    }

    /// `None` where there is not enough of a text to tell it from others.
    fn hash(&self, bytes: &[u8]) -> Option<u64> {
        bytes.get(..BEGINNING).map(|beginning| self.keys.hash_one(beginning))
    }

    fn shard(&self, hash: u64) -> &Mutex<HashTable<Entry>> {
        // The lowest and the highest bits choose the place within a table.
        &self.shards[(hash >> 32) as usize % SHARDS]
    }
}

impl Entry {
    /// What the bytes begin with, if it is the text of this finding with any artifacts.
    fn recognise(&self, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        let (before, behind) = self.text.parts();
        let rest = bytes.strip_prefix(before)?;
        if behind.is_empty() {
            return Some(Recognised { finding: Arc::clone(&self.finding), digests: None, length: before.len() });
        }
        let digests = before.len()..before.len() + length_of_digests(rest, list)?;
        let length = digests.end + behind.len();
        let is_it = bytes[digests.end..].starts_with(behind);
        is_it.then(|| Recognised { finding: Arc::clone(&self.finding), digests: Some(digests), length })
    }
}

/// How long the value is that the bytes begin with, if it is `null` or a list. `list` is the likely one.
fn length_of_digests(bytes: &[u8], list: &[u8]) -> Option<usize> {
    if !list.is_empty() && bytes.starts_with(list) {
        return Some(list.len());
    }
    match bytes.first()? {
        b'n' => bytes.starts_with(b"null").then_some(4),
        // Digests hold no brackets; whether this is a list shows when it is read.
        b'[' => Some(memchr(b']', bytes)? + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::content::Content;
    use crate::model::json;

    /// A text that is long enough; its digests stand near its end.
    fn element(id: usize, padding: &str) -> String {
        format!(r#"{{"description":"{padding}","id":"CVE-{id}","artifact_digests":[]}}"#)
    }

    fn insert(texts: &Texts, element: &str, id: usize) {
        let members = format!(r#"{{"id":"CVE-{id}"}}"#);
        let digests = element.len() - 3..element.len() - 1;
        let content = Content::new(element, json::members(&members).unwrap(), Some(digests)).unwrap();
        texts.insert(&Arc::new(content.into()));
    }

    fn is_known(texts: &Texts, element: &str, id: usize) -> bool {
        texts.recognise(element.as_bytes(), b"").is_some_and(|recognised| {
            assert_eq!(recognised.finding.id(), format!("CVE-{id}"));
            assert_eq!(recognised.length, element.len());
            true
        })
    }

    #[test]
    fn many_texts_with_one_beginning_do_not_make_searches_slow() {
        let texts = Texts::default();
        let element = |id: usize| element(id, &"x".repeat(BEGINNING));
        (0..1000).for_each(|id| insert(&texts, &element(id), id));
        let known = (0..1000).filter(|id| is_known(&texts, &element(*id), *id)).count();
        assert_eq!(known, MOST_WITH_ONE_BEGINNING);
    }

    #[test]
    fn what_is_too_short_is_not_recognised() {
        let texts = Texts::default();
        for (length, wanted) in [(40, false), (60, false), (BEGINNING, true)] {
            let element = element(length, &"x".repeat(length));
            insert(&texts, &element, length);
            assert_eq!(is_known(&texts, &element, length), wanted, "{length}");
        }
    }
}
