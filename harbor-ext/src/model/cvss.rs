//! CVSS scores: which of several to believe, and how to compute one from its vector.
//!
//! Harbor gives a finding a preferred score, and the ratings of every vendor that its scanner knew.
//! The preferred one is missing, or 0 for "unknown", for about one real finding in six although a
//! vendor has rated it. [`Cvss::score`] therefore looks at all of them in a fixed order, and [`Cvss::score_with`] in
//! the caller's.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Severity;
use super::json::{self, Members};

pub use preference::{Preference, Source, VENDOR_PREFERENCE};

mod preference;

/// A version of the scoring system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CvssVersion {
    /// CVSS 2.
    V2,
    /// CVSS 3.0 and 3.1.
    V3,
    /// CVSS 4.0.
    V4,
}

/// Everything that is said about one finding in terms of CVSS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Cvss {
    /// What Harbor prefers, from `preferred_cvss`. Harbor has no version 4 there.
    pub preferred: Ratings,
    /// What each vendor says, from `vendor_attributes.CVSS`, by the name of the vendor.
    pub vendors: BTreeMap<String, Ratings>,
}

/// The ratings of one source, one for each version of the scoring system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Ratings {
    /// By CVSS 2.
    pub v2: Rating,
    /// By CVSS 3.0 or 3.1.
    pub v3: Rating,
    /// By CVSS 4.0.
    pub v4: Rating,
}

/// One rating: a score, the vector that it was computed from, or both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Rating {
    /// The score as given, from 0.1 to 10.0. Harbor's 0 means "unknown", and is `None` here.
    pub score: Option<f64>,
    /// The vector as given.
    pub vector: Option<String>,
}

/// A score, and the version that it is by: the same number means another severity in another version.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// From 0.0 to 10.0. It is 0.0 only where a vector says so.
    pub value: f64,
    /// The version that it is by.
    pub version: CvssVersion,
}

impl CvssVersion {
    /// All versions, the newest first.
    pub const NEWEST_FIRST: [Self; 3] = [Self::V4, Self::V3, Self::V2];

    /// The severity that stands for a score, by the bands that are published for the version.
    ///
    /// CVSS 3 and 4: `None` at 0.0, `Low` from 0.1, `Medium` from 4.0, `High` from 7.0, `Critical` from 9.0 (section 5
    /// of the specification of 3.1, section 6 of that of 4.0). CVSS 2 has no severities of its own; these are NVD's:
    /// `Low` from 0.0, `Medium` from 4.0, `High` from 7.0.
    #[must_use]
    pub fn severity(self, score: f64) -> Severity {
        match (self, score) {
            (Self::V3 | Self::V4, 9.0..) => Severity::Critical,
            (_, 7.0..) => Severity::High,
            (_, 4.0..) => Severity::Medium,
            (Self::V2, 0.0..) | (_, 0.1..) => Severity::Low,
            // No sum of rounded numbers lies between 0.0 and 0.1; what is no number at all says nothing.
            (_, 0.0..) => Severity::None,
            _ => Severity::Unknown,
        }
    }
}

impl Cvss {
    /// The score to work with, chosen by the default [`Preference`].
    ///
    /// `None` where nobody has rated the finding; 0.0 only where a vector says so.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.score_with(Preference::usual()).map(|score| score.value)
    }

    /// The score by one version, of the first source of the default [`Preference`] that has one.
    #[must_use]
    pub fn score_by(&self, version: CvssVersion) -> Option<f64> {
        self.first(version, &Preference::usual().sources)
    }

    /// The score that a preference chooses, from the number that is given or else from the vector.
    ///
    /// `None` where no source of the preference has rated the finding by any of its versions.
    #[must_use]
    pub fn score_with(&self, preference: &Preference) -> Option<Score> {
        preference.versions.iter().find_map(|version| {
            let value = self.first(*version, &preference.sources)?;
            Some(Score { value, version: *version })
        })
    }

    /// The scores of all single sources of a preference, each by the first of its versions that the source has rated by.
    /// In the order of the sources; a vendor that is named and also one of any comes twice.
    pub fn scores(&self, preference: &Preference) -> impl Iterator<Item = Score> {
        let ratings = preference.sources.iter().flat_map(|source| self.ratings_of(source));
        ratings.filter_map(|ratings| preference.versions.iter().find_map(|version| ratings.score(*version)))
    }

    fn first(&self, version: CvssVersion, sources: &[Source]) -> Option<f64> {
        let ratings = sources.iter().flat_map(|source| self.ratings_of(source));
        ratings.filter_map(|ratings| ratings.score(version)).next().map(|score| score.value)
    }

    fn ratings_of(&self, source: &Source) -> impl Iterator<Item = &Ratings> {
        let (one, all) = match source {
            Source::Preferred => (Some(&self.preferred), None),
            Source::Vendor(name) => (self.vendors.get(name), None),
            Source::AnyVendor => (None, Some(self.vendors.values())),
        };
        one.into_iter().chain(all.into_iter().flatten())
    }

    /// The [`score`](Self::score) of what [`read`](Self::read) would read. Vendors are read only where they matter.
    pub(super) fn usual_score(preferred: Option<&str>, vendor_attributes: Option<&str>) -> Option<f64> {
        let usual = Preference::usual();
        if let (Some(version), Some(Source::Preferred)) = (usual.versions.first(), usual.sources.first())
            && let Some(score) = Self::read(preferred, None).preferred.score(*version)
        {
            return Some(score.value);
        }
        Self::read(preferred, vendor_attributes).score()
    }

    /// Reads what the two members of a finding say. Whatever is not as expected counts as unknown.
    pub(super) fn read(preferred: Option<&str>, vendor_attributes: Option<&str>) -> Self {
        let preferred = preferred.and_then(|json| json::members(json).ok());
        let vendors = vendor_attributes
            .and_then(|json| json::members(json).ok())
            .and_then(|attributes| attributes.get("CVSS"))
            .and_then(|vendors| json::members(vendors.get()).ok());
        Self {
            preferred: preferred.map(|members| Ratings::preferred(&members)).unwrap_or_default(),
            vendors: vendors
                .into_iter()
                .flat_map(|Members(vendors)| vendors)
                .filter_map(|(vendor, json)| {
                    let members = json::members(json.get()).ok()?;
                    Some((vendor.into_owned(), Ratings::of_vendor(&members)))
                })
                .collect(),
        }
    }
}

impl Ratings {
    /// The rating by one version.
    #[must_use]
    pub fn by(&self, version: CvssVersion) -> &Rating {
        match version {
            CvssVersion::V2 => &self.v2,
            CvssVersion::V3 => &self.v3,
            CvssVersion::V4 => &self.v4,
        }
    }

    fn score(&self, version: CvssVersion) -> Option<Score> {
        self.by(version).score(version).map(|value| Score { value, version })
    }

    fn preferred(members: &Members<'_>) -> Self {
        Self {
            v2: Rating::read(members, "score_v2", "vector_v2"),
            v3: Rating::read(members, "score_v3", "vector_v3"),
            v4: Rating::default(),
        }
    }

    fn of_vendor(members: &Members<'_>) -> Self {
        Self {
            v2: Rating::read(members, "V2Score", "V2Vector"),
            v3: Rating::read(members, "V3Score", "V3Vector"),
            v4: Rating::read(members, "V40Score", "V40Vector"),
        }
    }
}

impl Score {
    /// The severity that stands for it, see [`CvssVersion::severity`].
    #[must_use]
    pub fn severity(self) -> Severity {
        self.version.severity(self.value)
    }
}

impl Rating {
    /// The score as given, else computed from the vector as one of `version`.
    #[must_use]
    pub fn score(&self, version: CvssVersion) -> Option<f64> {
        self.score.or_else(|| base_score(version, self.vector.as_deref()?))
    }

    fn read(members: &Members<'_>, score: &str, vector: &str) -> Self {
        let score = members.get(score).map(RawValue::get).and_then(json::number);
        let vector = members.get(vector).map(RawValue::get).and_then(json::text);
        Self {
            // A score has one decimal; more are the traces of a 32-bit float.
            score: score.map(|score| (score * 10.0).round() / 10.0).filter(|score| (0.1..=10.0).contains(score)),
            vector: vector.filter(|vector| !vector.is_empty()).map(|vector| vector.into_owned()),
        }
    }
}

/// Computes the base score of a vector; `None` where it is not a complete vector of that version.
///
/// For version 4 the score includes threat and environmental metrics where the vector has them, as
/// that version defines it. A version 2 vector may stand in parentheses, and a version 3 vector may
/// lack its `CVSS:3.x/` prefix.
#[must_use]
pub fn base_score(version: CvssVersion, vector: &str) -> Option<f64> {
    let vector = vector.trim();
    match version {
        CvssVersion::V2 => {
            let bare = vector.trim_start_matches('(').trim_end_matches(')');
            let vector: cvss::v2::Vector = bare.parse().ok()?;
            Some(vector.score().value())
        }
        CvssVersion::V3 => base_score_v3(vector),
        CvssVersion::V4 => {
            let vector: cvss::v4::Vector = vector.parse().ok()?;
            Some(vector.score().value())
        }
    }
}

/// The parser for version 3 fills missing metrics in such that they score 0.0, which would make an
/// unknown score look like a harmless one.
fn base_score_v3(vector: &str) -> Option<f64> {
    let vector: cvss::v3::Vector = match vector.starts_with("CVSS:") {
        true => vector.parse().ok()?,
        false => format!("CVSS:3.1/{vector}").parse().ok()?,
    };
    let is_complete = vector.av.is_some()
        && vector.ac.is_some()
        && vector.pr.is_some()
        && vector.ui.is_some()
        && vector.s.is_some()
        && vector.c.is_some()
        && vector.i.is_some()
        && vector.a.is_some();
    is_complete.then(|| vector.score().value())
}

#[cfg(test)]
mod tests;
