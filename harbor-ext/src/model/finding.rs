//! One finding: a vulnerability in one version of one package.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::Severity;
use super::cvss::Cvss;
use super::json::{self, Json, Members};

/// A vulnerability in one version of one package, as the scanner reported it.
///
/// Harbor holds one row for the same vulnerability, package, version and scanner, whatever the
/// number of images that have it; so does a [`FindingPool`](super::FindingPool). Which children of
/// an index a finding is in is therefore not part of it, see
/// [`FindingRef::artifact_digests`](super::FindingRef::artifact_digests).
///
/// Decoding never fails on a member: a value of an unexpected type is kept, and an accessor gives
/// its JSON text; what is missing or `null` is empty. Serialising gives back every member with its
/// value, unknown ones too (as JSON only). Findings are equal if all their members are; arrays and
/// objects other than lists of strings are compared as JSON text, apart from white space.
#[derive(Clone, Debug)]
pub struct Finding {
    content: Content,
    severity: Severity,
    /// Computed when first asked for: of the many equal findings that are decoded, most are dropped
    /// in favour of the one that a pool already has.
    cvss_score: OnceLock<Option<f64>>,
}

/// What the wire said. Everything else about a finding follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Content {
    /// The members of [`TEXTS`], in that order, that are strings.
    texts: [Option<Box<str>>; TEXTS.len()],
    /// The members of [`LISTS`], in that order, that are arrays of strings.
    lists: [Option<Box<[Box<str>]>>; LISTS.len()],
    /// The members of [`OBJECTS`], in that order, whatever they are.
    objects: [Option<Json>; OBJECTS.len()],
    /// Unknown members, and those of the first two kinds that are of another type.
    others: BTreeMap<Box<str>, Json>,
}

const TEXTS: [&str; 7] = [
    "id",
    "package",
    "version",
    "fix_version",
    "severity",
    "status",
    "description",
];
const ID: usize = 0;
const PACKAGE: usize = 1;
const VERSION: usize = 2;
const FIX_VERSION: usize = 3;
const SEVERITY: usize = 4;
const STATUS: usize = 5;
const DESCRIPTION: usize = 6;

const LISTS: [&str; 2] = ["links", "cwe_ids"];
const LINKS: usize = 0;
const CWE_IDS: usize = 1;

const OBJECTS: [&str; 2] = ["preferred_cvss", "vendor_attributes"];
const PREFERRED_CVSS: usize = 0;
const VENDOR_ATTRIBUTES: usize = 1;

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

    /// The version that mends it, as the scanner wrote it: empty where there is none, and several
    /// versions separated by commas where there are several lines of releases.
    #[must_use]
    pub fn fix_version(&self) -> &str {
        self.content.text(FIX_VERSION)
    }

    /// The single versions of [`fix_version`](Self::fix_version), in its order.
    pub fn fix_versions(&self) -> impl Iterator<Item = &str> {
        self.fix_version()
            .split(',')
            .map(str::trim)
            .filter(|version| !version.is_empty())
    }

    /// Whether there is a version that mends it.
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

    /// The CVSS score to work with, from 0.0 to 10.0, chosen as [`Cvss::score`] does; `None` where
    /// it is unknown.
    #[must_use]
    pub fn cvss_score(&self) -> Option<f64> {
        *self.cvss_score.get_or_init(|| self.cvss().score())
    }

    /// All CVSS ratings of the finding. They are read anew at each call, since few callers need
    /// more than [`cvss_score`](Self::cvss_score).
    #[must_use]
    pub fn cvss(&self) -> Cvss {
        let json = |index: usize| self.content.objects[index].as_ref().map(Json::get);
        Cvss::read(json(PREFERRED_CVSS), json(VENDOR_ATTRIBUTES))
    }

    /// The JSON of a member that this type does not know.
    #[must_use]
    pub fn other(&self, member: &str) -> Option<&str> {
        self.content.others.get(member).map(Json::get)
    }

    /// Makes a finding of the members of its JSON object.
    pub(super) fn from_members(members: Members<'_>) -> Self {
        let mut content = Content {
            texts: Default::default(),
            lists: Default::default(),
            objects: Default::default(),
            others: BTreeMap::new(),
        };
        for (name, value) in members.0 {
            content.set(&name, value);
        }
        Self {
            severity: Severity::parse(content.text(SEVERITY)),
            cvss_score: OnceLock::new(),
            content,
        }
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
        self.serialize_members(&mut map)?;
        map.end()
    }
}

impl Finding {
    pub(super) fn serialize_members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let Content {
            texts,
            lists,
            objects,
            others,
        } = &self.content;
        serialize_present(map, &TEXTS, texts)?;
        serialize_present(map, &LISTS, lists)?;
        serialize_present(map, &OBJECTS, objects)?;
        for (name, value) in others {
            map.serialize_entry(name, value)?;
        }
        Ok(())
    }
}

fn serialize_present<M: SerializeMap, T: Serialize>(
    map: &mut M,
    names: &[&str],
    values: &[Option<T>],
) -> Result<(), M::Error> {
    for (name, value) in names.iter().zip(values) {
        if let Some(value) = value {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}

impl Content {
    /// Sets a member. A later member of the same name replaces an earlier one.
    fn set(&mut self, name: &str, value: &RawValue) {
        let index_in = |names: &[&str]| names.iter().position(|known| *known == name);
        if let Some(index) = index_in(&OBJECTS) {
            self.objects[index] = Some(value.into());
            return;
        }
        let mut fits = false;
        if let Some(index) = index_in(&TEXTS) {
            self.texts[index] = json::text(value.get()).map(|text| text.into());
            fits = self.texts[index].is_some();
        }
        if let Some(index) = index_in(&LISTS) {
            let texts = json::texts(value.get());
            self.lists[index] = texts.map(|texts| texts.into_iter().map(Into::into).collect());
            fits = self.lists[index].is_some();
        }
        if fits {
            self.others.remove(name);
        } else {
            self.others.insert(name.into(), value.into());
        }
    }

    fn text(&self, index: usize) -> &str {
        match &self.texts[index] {
            Some(text) => text,
            None => self.unfitting(TEXTS[index]).unwrap_or_default(),
        }
    }

    fn list(&self, index: usize) -> impl Iterator<Item = &str> {
        let texts = self.lists[index].iter().flatten().map(|text| &**text);
        texts
            .filter(|text| !text.is_empty())
            .chain(self.unfitting(LISTS[index]))
    }

    /// The JSON text of a known member whose value is of another type; `None` for `null`.
    fn unfitting(&self, name: &str) -> Option<&str> {
        let json = self.others.get(name)?.get();
        (json != "null").then_some(json)
    }
}

#[cfg(test)]
mod tests;
