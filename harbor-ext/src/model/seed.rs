//! Reading JSON such that equal findings are held once.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

use super::FindingPool;

/// Reads a value from JSON, and takes its findings from a pool. Made by [`FindingPool::seed`].
#[derive(Debug)]
pub struct Seed<'p, T> {
    pool: &'p FindingPool,
    value: PhantomData<fn() -> T>,
}

/// What holds findings, and can be read from JSON such that a pool shares them.
///
/// A type of yours that holds some can join: give its members that hold findings to [`FindingPool::seed`].
pub trait SharesFindings<'de>: Sized {
    /// Reads a value, and takes its findings from the pool.
    ///
    /// # Errors
    ///
    /// Where the input is no such value, or not JSON.
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error>;
}

impl FindingPool {
    /// Reads a [`Report`](super::Report), an [`ArtifactInfo`](super::ArtifactInfo), or a list of them from JSON, and
    /// takes the findings from this pool.
    ///
    /// Plain `Deserialize` shares the findings of one value: of one report, or of all artifacts of an
    /// [`ArtifactReport`](crate::analysis::ArtifactReport). Several values share theirs by one pool:
    ///
    /// ```
    /// # use harbor_ext::model::{ArtifactInfo, FindingPool};
    /// use serde::de::DeserializeSeed;
    ///
    /// # let files = [b"[]", b"[]"];
    /// let pool = FindingPool::new();
    /// let mut artifacts: Vec<ArtifactInfo> = Vec::new();
    /// for file in files {
    ///     let mut json = serde_json::Deserializer::from_reader(&file[..]);
    ///     artifacts.extend(pool.seed::<Vec<_>>().deserialize(&mut json)?);
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn seed<T>(&self) -> Seed<'_, T> {
        Seed { pool: self, value: PhantomData }
    }
}

impl<'de, T: SharesFindings<'de>> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::deserialize_sharing(deserializer, self.pool)
    }
}

impl<'de, T: SharesFindings<'de>> SharesFindings<'de> for Vec<T> {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(pool.seed::<Self>())
    }
}

impl<'de, T: SharesFindings<'de>> Visitor<'de> for Seed<'_, Vec<T>> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = elements.next_element_seed(self.pool.seed())? {
            values.push(value);
        }
        Ok(values)
    }
}
