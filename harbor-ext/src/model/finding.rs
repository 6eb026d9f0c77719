//! One finding: a vulnerability in one version of one package.

use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::Severity;
use super::content::{CWE_IDS, Content, DESCRIPTION, FIX_VERSION, ID, LINKS, PACKAGE, SEVERITY, STATUS, VERSION};
use super::cvss::{Cvss, Preference, Score};
use super::{json, text};

mod schema;

/// A vulnerability in one version of one package, as the scanner reported it.
///
/// Harbor holds one row for the same vulnerability, package, version and scanner, whatever the
/// number of images that have it; so does a [`FindingPool`](super::FindingPool). Which children of
/// an index a finding is in is therefore not part of it, see
/// [`FindingRef::artifact_digests`](super::FindingRef::artifact_digests).
///
/// Decoding never fails on a member: a value of an unexpected type is kept, and an accessor gives
/// its JSON text; what is missing or `null` is empty. Serialising gives back every member with its
/// value, unknown ones too, and deserialising gives an equal finding (both for JSON only). Findings are
/// equal if all their members are; arrays and objects other than lists of strings are compared as JSON
/// text, apart from white space.
#[derive(Clone, Debug)]
pub struct Finding {
    pub(super) content: Content,
    severity: Severity,
    cvss_score: Option<f64>,
}

impl Finding {
    /// The identifier of the vulnerability, such as `CVE-2021-44228` or `GHSA-…`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.content.text(ID)
    }

    /// The package that is vulnerable.
    #[must_use]
    pub fn package(&self) -> &str {
        self.content.text(PACKAGE)
    }

    /// The version of the package that is installed.
    #[must_use]
    pub fn version(&self) -> &str {
        self.content.text(VERSION)
    }

    /// The version that fixes it, as the scanner wrote it: empty where there is none, and several
    /// versions separated by commas where there are several lines of releases.
    #[must_use]
    pub fn fix_version(&self) -> &str {
        self.content.text(FIX_VERSION)
    }

    /// The single versions of [`fix_version`](Self::fix_version), in its order.
    pub fn fix_versions(&self) -> impl Iterator<Item = &str> {
        self.fix_version().split(',').map(str::trim).filter(|version| !version.is_empty())
    }

    /// Whether there is a version that fixes it.
    #[must_use]
    pub fn fixable(&self) -> bool {
        self.fix_versions().next().is_some()
    }

    /// How bad it is; a word that has no known meaning is [`Severity::Unknown`].
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// How bad it is, in the scanner's own word.
    #[must_use]
    pub fn severity_text(&self) -> &str {
        self.content.text(SEVERITY)
    }

    /// What the vendor does about it, such as `fixed`, `affected` or `will_not_fix`. Empty on
    /// servers before 2.14 and in reports stored by them.
    #[must_use]
    pub fn status(&self) -> &str {
        self.content.text(STATUS)
    }

    /// The description; empty where there is none.
    #[must_use]
    pub fn description(&self) -> &str {
        self.content.text(DESCRIPTION)
    }

    /// Where to read more. Empty links, which Harbor writes for "none", are left out.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.content.list(LINKS)
    }

    /// The kinds of weakness, such as `CWE-79`. Empty ones, which Harbor writes for "none", are
    /// left out.
    pub fn cwe_ids(&self) -> impl Iterator<Item = &str> {
        self.content.list(CWE_IDS)
    }

    /// Whether its identifier is this one, whole and whatever the capitals: `CVE-2020-1234` is not the identifier of
    /// `CVE-2020-12345`. To have capitals count, compare [`id`](Self::id) itself.
    #[must_use]
    pub fn has_id(&self, id: &str) -> bool {
        self.id().eq_ignore_ascii_case(id)
    }

    /// Whether it is in the package of this name, whole and whatever the capitals: in some ecosystems they do not
    /// count, and a finding that is missed is worse than one too many. To have them count, compare
    /// [`package`](Self::package) itself.
    #[must_use]
    pub fn is_in_package(&self, name: &str) -> bool {
        self.package().eq_ignore_ascii_case(name)
    }

    /// Whether it is of this kind of weakness, such as `CWE-79`, whole and whatever the capitals.
    #[must_use]
    pub fn has_cwe_id(&self, id: &str) -> bool {
        self.cwe_ids().any(|cwe_id| cwe_id.eq_ignore_ascii_case(id))
    }

    /// Whether the text stands anywhere in the description, whatever the capitals. It is no pattern, and may run over
    /// the ends of lines. Without a description nothing stands in it, not even the empty text.
    #[must_use]
    pub fn description_contains(&self, text: &str) -> bool {
        !self.description().is_empty() && text::contains(self.description(), text)
    }

    /// The CVSS score to work with, from 0.0 to 10.0, chosen as [`Cvss::score`] does; `None` where
    /// it is unknown.
    #[must_use]
    pub fn cvss_score(&self) -> Option<f64> {
        self.cvss_score
    }

    /// The severity that stands for the score that a preference chooses; the one that the scanner
    /// [gave](Self::severity) where there is no such score.
    #[must_use]
    pub fn severity_by_cvss_or_given(&self, preference: &Preference) -> Severity {
        self.cvss().score_with(preference).map_or(self.severity, Score::severity)
    }

    /// The worst of the severity that the scanner [gave](Self::severity) and of those that stand for the scores of the
    /// single sources of a preference.
    #[must_use]
    pub fn highest_severity(&self, preference: &Preference) -> Severity {
        self.cvss().scores(preference).map(Score::severity).fold(self.severity, Severity::max)
    }

    /// All CVSS ratings of the finding. They are read anew at each call, since few callers need
    /// more than [`cvss_score`](Self::cvss_score).
    #[must_use]
    pub fn cvss(&self) -> Cvss {
        self.content.cvss()
    }

    /// The JSON of a member that this type does not know, or that has another type than it knows.
    #[must_use]
    pub fn other(&self, member: &str) -> Option<&str> {
        self.content.other(member)
    }
}

impl From<Content> for Finding {
    fn from(content: Content) -> Self {
        Self { severity: Severity::parse(content.text(SEVERITY)), cvss_score: content.cvss_score(), content }
    }
}

impl PartialEq for Finding {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for Finding {}

impl Hash for Finding {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.content.hash(state);
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.content.serialize_members(&mut map)?;
        map.end()
    }
}

/// Reads what was serialised, from JSON alone. A finding of a report that lies in `artifact_digests` has them among the
/// members that it does not know.
impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let members = json::members(json.get()).map_err(|_| D::Error::custom("a finding is not an object"))?;
        let content = Content::new(json.get(), members, None);
        content.map(Self::from).ok_or_else(|| D::Error::custom("a finding has 4 GiB or more"))
    }
}

#[cfg(test)]
mod tests;
