//! What counts as the same identifier, package or finding.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use crate::model::Finding;

/// A text that equals every other one that differs only in the capitals of ASCII letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnyCase<'a>(pub(crate) &'a str);

/// Texts, of which those that differ only in capitals are one.
#[derive(Clone, Debug, Default)]
pub(super) struct AnyCaseSet<'a>(BTreeSet<AnyCase<'a>>);

/// What makes two findings the same one: the vulnerability, the package, and its version. Harbor holds one row for each,
/// too; how the finding is rated and described may differ between two scans.
pub(super) type FindingKey<'a> = (AnyCase<'a>, AnyCase<'a>, &'a str);

pub(super) fn of(finding: &Finding) -> FindingKey<'_> {
    (AnyCase(finding.id()), AnyCase(finding.package()), finding.version())
}

impl<'a> AnyCase<'a> {
    fn bytes(self) -> impl Iterator<Item = u8> + 'a {
        self.0.bytes().map(|byte| byte.to_ascii_uppercase())
    }
}

impl PartialEq for AnyCase<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(other.0)
    }
}

impl Eq for AnyCase<'_> {}

impl PartialOrd for AnyCase<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AnyCase<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Hash for AnyCase<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A block at a time: hashers are slow at single bytes. Equal texts are of equal length, and so are their blocks.
        for block in self.0.as_bytes().chunks(16) {
            let mut upper_case = [0; 16];
            let upper_case = &mut upper_case[..block.len()];
            upper_case.copy_from_slice(block);
            upper_case.make_ascii_uppercase();
            state.write(upper_case);
        }
        // No text holds this byte, so that two texts side by side cannot be mistaken for two others.
        state.write_u8(0xff);
    }
}

impl<'a> AnyCaseSet<'a> {
    /// Adds a text; of several spellings the alphabetically first stays.
    pub(super) fn insert(&mut self, text: &'a str) {
        let text = AnyCase(text);
        if self.0.get(&text).is_none_or(|known| text.0 < known.0) {
            self.0.replace(text);
        }
    }

    pub(super) fn into_spellings(self) -> BTreeSet<&'a str> {
        self.0.into_iter().map(|text| text.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn equality_order_and_hash_agree(
            beginning in prop::sample::select(vec![0, 15, 16]),
            a in "[aAbBéÉ-]{0,3}",
            b in "[aAbBéÉ-]{0,3}",
        ) {
            let (a, b) = (format!("{}{a}", "x".repeat(beginning)), format!("{}{b}", "X".repeat(beginning)));
            let (one, two) = (AnyCase(&a), AnyCase(&b));
            let equal = a.eq_ignore_ascii_case(&b);
            prop_assert_eq!(one == two, equal);
            prop_assert_eq!(one.cmp(&two).is_eq(), equal);
            prop_assert_eq!(one.cmp(&two), two.cmp(&one).reverse());
            let keys = RandomState::new();
            prop_assert!(!equal || keys.hash_one(one) == keys.hash_one(two));
        }
    }

    #[test]
    fn a_set_keeps_one_spelling() {
        let mut set = AnyCaseSet::default();
        for text in ["cve-1", "CVE-2", "CVE-1", "Cve-1"] {
            set.insert(text);
        }
        assert_eq!(set.into_spellings(), BTreeSet::from(["CVE-1", "CVE-2"]));
    }
}
