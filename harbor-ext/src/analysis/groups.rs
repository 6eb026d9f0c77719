//! Findings put into groups.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use crate::model::Finding;

/// Groups of findings by a key, in the order in which they appeared.
///
/// A registry reports the same findings again and again. So the key is made, and the group told
/// about the finding, only for the first occurrence; all others are found by the finding's address.
pub(super) struct Groups<K, G> {
    groups: Vec<G>,
    by_key: HashMap<K, usize>,
    by_address: HashMap<*const Finding, usize>,
}

impl<K: Eq + Hash, G: Default> Groups<K, G> {
    pub(super) fn new() -> Self {
        Self { groups: Vec::new(), by_key: HashMap::new(), by_address: HashMap::new() }
    }

    /// The group of a finding. A finding that was not seen before is given to `absorb` first.
    ///
    /// Equal findings of two queries have two addresses, so that `absorb` may see a content twice.
    pub(super) fn group_of<'a>(
        &mut self,
        finding: &'a Arc<Finding>,
        key: impl FnOnce(&'a Finding) -> K,
        absorb: impl FnOnce(&mut G, &'a Finding),
    ) -> &mut G {
        let Self { groups, by_key, by_address } = self;
        let index = *by_address.entry(Arc::as_ptr(finding)).or_insert_with(|| {
            let index = *by_key.entry(key(finding)).or_insert_with(|| {
                groups.push(G::default());
                groups.len() - 1
            });
            absorb(&mut groups[index], finding);
            index
        });
        &mut groups[index]
    }

    pub(super) fn into_groups(self) -> Vec<G> {
        self.groups
    }
}
