//! The texts of findings, by which they are recognised without being read.
//!
//! Harbor writes a finding in every report with the same bytes, apart from the artifacts that it is in, which stand in
//! the middle. So the bytes before and behind them are kept: the beginning of an element says which finding it may be,
//! and comparing all of it says whether it is. Equal bytes mean the same, so that nothing needs to be read.

use std::hash::BuildHasher;
use std::mem;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{SHARDS, lock};
use crate::model::Finding;

/// How many bytes at the beginning tell findings apart: enough for the identifier, the package and its version, and never
/// so many that the artifacts are among them.
const BEGINNING: usize = 128;

/// How many bytes of texts are kept at most. Where more findings are in use the least recently used are read again, which
/// is slower and gives the same.
const MOST_BYTES: usize = 32 << 20;

/// How many texts with one beginning are kept. More would make every search among them slow.
const MOST_WITH_ONE_BEGINNING: usize = 16;

/// Texts of findings, up to a bound.
#[derive(Default)]
pub(super) struct Texts {
    keys: RandomState,
    shards: [Mutex<Generations>; SHARDS],
}

/// A text that was recognised.
pub(in crate::model) struct Recognised {
    pub(in crate::model) finding: Arc<Finding>,
    /// Where it says which artifacts the finding is in: `null`, or what is a list if it is JSON.
    pub(in crate::model) digests: Option<Range<usize>>,
    /// The length of the text.
    pub(in crate::model) length: usize,
}

/// Texts, of which those that were used lately are kept.
#[derive(Default)]
struct Generations {
    /// Used since the last change of generations.
    young: HashTable<Text>,
    /// Not used since, and gone with the next change.
    old: HashTable<Text>,
    /// The size of the young ones.
    bytes: usize,
}

/// What a finding looks like.
struct Text {
    hash: u64,
    /// Everything before and behind the digests.
    bytes: Box<[u8]>,
    /// Where in it the digests stand; at the end where there are none.
    digests: usize,
    finding: Arc<Finding>,
}

impl Texts {
    pub(super) fn recognise(&self, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        let hash = self.hash(bytes)?;
        lock(self.shard(hash)).recognise(hash, bytes, list)
    }

    pub(super) fn remember(&self, text: &[u8], digests: Range<usize>, finding: &Arc<Finding>) {
        let Some(hash) = self.hash(text).filter(|_| digests.start >= BEGINNING) else {
            return;
        };
        let bytes = [&text[..digests.start], &text[digests.end..]].concat().into();
        let text = Text { hash, bytes, digests: digests.start, finding: Arc::clone(finding) };
        lock(self.shard(hash)).insert(text);
    }

    /// `None` where there is not enough of a text to tell it from others.
    fn hash(&self, bytes: &[u8]) -> Option<u64> {
        bytes.get(..BEGINNING).map(|beginning| self.keys.hash_one(beginning))
    }

    fn shard(&self, hash: u64) -> &Mutex<Generations> {
        // The lowest and the highest bits choose the place within a table.
        &self.shards[(hash >> 32) as usize % SHARDS]
    }
}

impl Generations {
    fn recognise(&mut self, hash: u64, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        let mut recognised = None;
        let mut is_it = |text: &Text| {
            recognised = text.recognise(hash, bytes, list);
            recognised.is_some()
        };
        if self.young.find(hash, &mut is_it).is_none() {
            let (text, _) = self.old.find_entry(hash, is_it).ok()?.remove();
            self.insert(text);
        }
        recognised
    }

    fn insert(&mut self, text: Text) {
        let size = text.bytes.len() + size_of::<Text>();
        let most = MOST_BYTES / SHARDS / 2;
        let is_crowded = self.young.iter_hash(text.hash).nth(MOST_WITH_ONE_BEGINNING - 1).is_some();
        if size > most || is_crowded {
            return;
        }
        if self.bytes + size > most {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
        self.bytes += size;
        self.young.insert_unique(text.hash, text, |text| text.hash);
    }
}

impl Text {
    /// What the bytes begin with, if it is this text with any digests.
    fn recognise(&self, hash: u64, bytes: &[u8], list: &[u8]) -> Option<Recognised> {
        if self.hash != hash {
            return None;
        }
        let (before, behind) = self.bytes.split_at(self.digests);
        let rest = bytes.strip_prefix(before)?;
        let length_of_digests = if behind.is_empty() { 0 } else { length_of_digests(rest, list)? };
        if !rest[length_of_digests..].starts_with(behind) {
            return None;
        }
        let digests = before.len()..before.len() + length_of_digests;
        let length = digests.end + behind.len();
        Some(Recognised {
            finding: Arc::clone(&self.finding),
            digests: Some(digests).filter(|_| !behind.is_empty()),
            length,
        })
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
        b'[' => Some(bytes.iter().position(|byte| *byte == b']')? + 1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::content::Content;
    use crate::model::json;

    fn finding(id: usize) -> Arc<Finding> {
        let json = format!(r#"{{"id":"CVE-{id}"}}"#);
        Arc::new(Content::new(json::members(&json).unwrap()).into())
    }

    /// A text that begins with a number and is long enough; its digests stand at its end.
    fn element(id: usize, length: usize) -> Vec<u8> {
        let mut text = format!(r#"{{"id":"CVE-{id}","description":""#).into_bytes();
        text.resize(length, b'x');
        text.extend_from_slice(br#"","artifact_digests":[]}"#);
        text
    }

    fn remember(texts: &Texts, id: usize, length: usize) -> Vec<u8> {
        let text = element(id, length);
        texts.remember(&text, text.len() - 3..text.len() - 1, &finding(id));
        text
    }

    fn is_known(texts: &Texts, text: &[u8], id: usize) -> bool {
        texts.recognise(text, b"").is_some_and(|recognised| {
            assert_eq!(recognised.finding.id(), format!("CVE-{id}"));
            assert_eq!(recognised.length, text.len());
            true
        })
    }

    fn size(texts: &Texts) -> usize {
        let size = |table: &HashTable<Text>| table.iter().map(|text| text.bytes.len()).sum::<usize>();
        texts
            .shards
            .iter()
            .map(|shard| {
                let shard = lock(shard);
                size(&shard.young) + size(&shard.old)
            })
            .sum()
    }

    #[test]
    fn what_is_used_stays_and_the_rest_goes_beyond_the_bound() {
        const LENGTH: usize = 20_000;
        let texts = Texts::default();
        let used = remember(&texts, 0, LENGTH);
        for id in 1..3 * MOST_BYTES / LENGTH {
            remember(&texts, id, LENGTH);
            assert!(is_known(&texts, &used, 0), "after {id}");
        }
        assert!(!is_known(&texts, &element(1, LENGTH), 1));
        let size = size(&texts);
        assert!((MOST_BYTES / 4..=MOST_BYTES).contains(&size), "{size}");
    }

    #[test]
    fn many_texts_with_one_beginning_do_not_make_searches_slow() {
        let texts = Texts::default();
        let text =
            |id: usize| [&element(7, 200)[..150], format!("{id:05}").as_bytes(), &element(7, 200)[150..]].concat();
        for id in 0..1000 {
            let text = text(id);
            texts.remember(&text, text.len() - 3..text.len() - 1, &finding(7));
        }
        let known = (0..1000).filter(|id| is_known(&texts, &text(*id), 7)).count();
        assert_eq!(known, MOST_WITH_ONE_BEGINNING);
    }

    #[test]
    fn what_is_too_short_or_too_long_is_not_remembered() {
        let texts = Texts::default();
        for length in [40, BEGINNING - 30, MOST_BYTES / SHARDS] {
            let text = remember(&texts, 1, length);
            assert!(!is_known(&texts, &text, 1), "{length}");
        }
        assert_eq!(size(&texts), 0);
    }
}
