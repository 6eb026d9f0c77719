//! Whose ratings to believe, and in which order.

use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CvssVersion;

/// The vendors that are believed first unless a caller says otherwise, in this order; all others follow in alphabetical
/// order.
pub const VENDOR_PREFERENCE: [&str; 3] = ["nvd", "redhat", "ghsa"];

/// Whose ratings to believe, and in which order.
///
/// The first version of [`versions`](Self::versions) by which any of the [`sources`](Self::sources) has a score is
/// taken, and of its scores that of the first source. A source that has no score, or no vector to compute one from, is
/// passed over. A version or a source that is not listed is not believed at all.
///
/// ```
/// # use harbor_ext::model::cvss::{CvssVersion, Preference, Source};
/// // Red Hat's own rating of its packages, else NVD's, else nothing; by CVSS 3 only.
/// let preference = Preference::new([CvssVersion::V3], [Source::vendor("redhat"), Source::vendor("nvd")]);
/// // The usual order, with CVSS 4 first.
/// let newest_first = Preference { versions: CvssVersion::NEWEST_FIRST.into(), ..Preference::default() };
/// # assert_ne!(preference, newest_first);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Preference {
    /// The versions of the scoring system, the most welcome first.
    pub versions: Vec<CvssVersion>,
    /// The sources of ratings, the most trusted first.
    pub sources: Vec<Source>,
}

/// Somebody who rates findings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// What Harbor prefers, from `preferred_cvss`. It may be the rating of any vendor, and of another one after the next
    /// scan.
    Preferred,
    /// The vendor of this name, such as `nvd`, as its scanner spells it.
    Vendor(String),
    /// All vendors, in alphabetical order.
    AnyVendor,
}

impl Preference {
    /// A preference for these versions and sources, in these orders.
    #[must_use]
    pub fn new(versions: impl IntoIterator<Item = CvssVersion>, sources: impl IntoIterator<Item = Source>) -> Self {
        Self { versions: versions.into_iter().collect(), sources: sources.into_iter().collect() }
    }

    /// The default one, made once.
    pub(super) fn usual() -> &'static Self {
        static USUAL: LazyLock<Preference> = LazyLock::new(Preference::default);
        &USUAL
    }
}

/// CVSS 3, 4, 2: version 3 comes first because nearly every finding has it, so that scores compare with each other.
/// Harbor's preferred rating, then those of [`VENDOR_PREFERENCE`], then of any vendor.
impl Default for Preference {
    fn default() -> Self {
        let vendors = VENDOR_PREFERENCE.map(Source::vendor);
        let sources = [Source::Preferred].into_iter().chain(vendors).chain([Source::AnyVendor]);
        Self::new([CvssVersion::V3, CvssVersion::V4, CvssVersion::V2], sources)
    }
}

impl Source {
    /// The vendor of this name, such as `nvd`.
    #[must_use]
    pub fn vendor(name: &str) -> Self {
        Self::Vendor(name.to_owned())
    }
}
