//! Maps by the address of something shared, or by a number.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map by address.
pub(crate) type AddressMap<T, V> = HashMap<*const T, V, BuildHasherDefault<AddressHasher>>;

/// A map by number.
pub(super) type NumberMap<V> = HashMap<usize, V, BuildHasherDefault<AddressHasher>>;

/// A set of numbers.
pub(super) type NumberSet = HashSet<usize, BuildHasherDefault<AddressHasher>>;

/// Hashes one address or number. Nobody outside chooses either, so that a cheap hash will do; it takes a tenth of the
/// time of the usual one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        // Multiplying carries differences upwards only, and addresses do not differ in the lowest bits: so the upper
        // half is brought down. The factor is 2 to the power of 64, divided by the golden ratio.
        let product = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::*;

    #[test]
    fn neighbours_are_spread_over_both_ends() {
        let hasher = BuildHasherDefault::<AddressHasher>::default();
        let hashes: Vec<u64> =
            (0..1024_usize).map(|n| hasher.hash_one((0x7f00_0000_0000 + n * 208) as *const u8)).collect();
        let spread = |part: fn(u64) -> u64| hashes.iter().map(|hash| part(*hash)).collect::<HashSet<_>>().len();
        // A hash table takes its place from the lower end and a check of 7 bits from the upper end.
        assert!(spread(|hash| hash % 1024) > 500);
        assert_eq!(spread(|hash| hash >> 57), 128);
        assert_eq!(spread(|hash| hash), 1024);
    }
}
