//! Chance that is the same on every machine and in every order of arrival.

use std::collections::HashMap;

use crate::random::Random;

/// Draws by a seed, the target of a request and how often it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Draw {
    /// How often each target was asked for, by a number that follows from it: a client that reads a large registry asks
    /// for each of many targets once, and their texts would take far more memory.
    seen: HashMap<u64, u64>,
}

/// What is drawn. Each has numbers of its own: otherwise the share would decide how late a request
/// is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Share,
    Latency,
}

/// The numbers of one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drawn(u64);

impl Draw {
    /// Draws for the next request of a target.
    pub(crate) fn next(&mut self, seed: u64, target: &str) -> Drawn {
        let seen = self.seen.entry(mixed(0, target)).or_default();
        *seen += 1;
        Drawn(mixed(seed ^ seen.wrapping_mul(0x9e37), target))
    }
}

impl Drawn {
    /// A number from 0 up to, but without, 1.
    pub(crate) fn fraction(self, purpose: Purpose) -> f64 {
        let mut random = Random::new(self.0);
        let number = match purpose {
            Purpose::Share => random.next(),
            Purpose::Latency => {
                random.next();
                random.next()
            }
        };
        // The upper half of the number; 32 bits are exact in a double.
        let number = u32::try_from(number >> 32).unwrap_or(u32::MAX);
        f64::from(number) / (f64::from(u32::MAX) + 1.0)
    }
}

/// A number that follows from another one and a text.
fn mixed(start: u64, text: &str) -> u64 {
    text.bytes().fold(start, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
