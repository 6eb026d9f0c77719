//! The findings of a report, with the artifacts that they are in.

use std::collections::{HashMap, HashSet};
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::model::Finding;
use crate::model::json::{self, Json, Members};

/// One finding of a report. Derefs to the [`Finding`], so that its accessors can be called directly;
/// [`get`](Self::get) gives what lives as long as the report.
///
/// Serialises as the finding, with its `artifact_digests` as they came. Two are equal if the findings are, and the
/// artifacts that they are in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FindingRef<'a> {
    finding: &'a Arc<Finding>,
    digests: &'a Digests,
}

/// Findings in the order in which they came, with the artifacts that they are in.
///
/// Most findings of a report are in the same artifacts: the sets of digests that occur are held
/// once, and findings refer to them only if there is more than one.
#[derive(Debug, Default)]
pub(in crate::model) struct Findings {
    pub(super) findings: Box<[Arc<Finding>]>,
    pub(super) digest_sets: Box<[Digests]>,
    /// For each finding its set; empty if there is one set for all of them.
    pub(super) set_of: Box<[u32]>,
}

/// The artifacts that a finding is in.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::model) struct Digests {
    /// Each once, and none empty.
    digests: Vec<Box<str>>,
    written: Written,
}

/// How a report says which artifacts a finding is in.
#[derive(Clone, Debug, PartialEq)]
enum Written {
    /// Not at all.
    Nowhere,
    /// As `null`.
    Null,
    /// As one text, as in reports of 1.0 from before Harbor 2.2.
    Text,
    /// As a list of each of them.
    List,
    /// As this list, which has repetitions or empty texts. Harbor repeats a digest where it has merged two equal
    /// findings of one child.
    ThisList(Json),
}

impl Findings {
    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = FindingRef<'_>> {
        self.findings.iter().enumerate().map(|(index, finding)| self.at(index, finding))
    }

    pub(super) fn get(&self, index: usize) -> Option<FindingRef<'_>> {
        self.findings.get(index).map(|finding| self.at(index, finding))
    }

    fn at<'a>(&'a self, index: usize, finding: &'a Arc<Finding>) -> FindingRef<'a> {
        static NOWHERE: Digests = Digests::none(Written::Nowhere);
        let set = self.set_of.get(index).map_or(0, |set| *set as usize);
        FindingRef { finding, digests: self.digest_sets.get(set).unwrap_or(&NOWHERE) }
    }
}

/// How the digests are held does not count.
impl PartialEq for Findings {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a> FindingRef<'a> {
    /// The finding, borrowed from the report.
    #[must_use]
    pub fn get(self) -> &'a Finding {
        self.finding
    }

    /// The finding, to be kept beyond the report.
    #[must_use]
    pub fn shared(self) -> &'a Arc<Finding> {
        self.finding
    }

    /// The digests of the artifacts that the finding is in, as the report gives them: for an index
    /// those of its children, each once; for an image usually none, which means the image itself.
    #[must_use]
    pub fn artifact_digests(self) -> impl ExactSizeIterator<Item = &'a str> {
        self.digests.digests.iter().map(|digest| &**digest)
    }
}

impl Deref for FindingRef<'_> {
    type Target = Finding;

    fn deref(&self) -> &Finding {
        self.finding
    }
}

impl Serialize for FindingRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.finding.content.serialize_members(&mut map)?;
        self.digests.serialize_member(&mut map)?;
        map.end()
    }
}

/// The member that says which artifacts a finding is in.
pub(in crate::model) const ARTIFACT_DIGESTS: &str = "artifact_digests";
/// The same before Harbor 2.2.
const SINGULAR: &str = "artifact_digest";

/// Puts [`Findings`] together, one after another.
#[derive(Debug, Default)]
pub(in crate::model) struct FindingsBuilder {
    findings: Vec<Arc<Finding>>,
    digest_sets: Vec<Digests>,
    set_of: Vec<u32>,
    /// The sets by the text that they were read from.
    sets_by_text: HashMap<Box<str>, u32>,
    /// The last list and its set, which are those of most findings.
    last_list: (Box<[u8]>, u32),
}

impl FindingsBuilder {
    /// A builder with room for the findings of most images.
    pub(in crate::model) fn new() -> Self {
        const USUAL: usize = 128;
        Self { findings: Vec::with_capacity(USUAL), set_of: Vec::with_capacity(USUAL), ..Self::default() }
    }

    /// The text of the list that was read last; the next finding is likely to have the same.
    pub(in crate::model) fn last_list(&self) -> &[u8] {
        &self.last_list.0
    }

    /// The set that is meant by the value of `artifact_digests`, a list or `null`; `None` where it is neither.
    pub(in crate::model) fn set_of_list(&mut self, json: &[u8]) -> Option<u32> {
        if !json.is_empty() && *self.last_list.0 == *json {
            return Some(self.last_list.1);
        }
        let set = self.set_of(ARTIFACT_DIGESTS, str::from_utf8(json).ok()?)?;
        self.last_list = (json.into(), set);
        Some(set)
    }

    /// The set of a finding that says nothing of artifacts.
    pub(in crate::model) fn set_of_nothing(&mut self) -> u32 {
        self.known_or("", || Some(Digests::none(Written::Nowhere))).unwrap_or_default()
    }

    /// Takes out of the members of an element which artifacts it is in; gives the number of that set.
    ///
    /// What is not of the expected type stays with the finding, so that it is not lost.
    pub(in crate::model) fn take_digests(&mut self, members: &mut Members<'_>) -> u32 {
        for name in [ARTIFACT_DIGESTS, SINGULAR] {
            let Some(value) = members.get(name) else { continue };
            // `null` says nothing where the other member does.
            if value.get() == "null" && members.get(SINGULAR).is_some() {
                continue;
            }
            if let Some(set) = self.set_of(name, value.get()) {
                members.remove(name);
                return set;
            }
        }
        self.set_of_nothing()
    }

    /// Adds a finding that is in the artifacts of a set.
    pub(in crate::model) fn push(&mut self, finding: Arc<Finding>, set: u32) {
        self.findings.push(finding);
        self.set_of.push(set);
    }

    pub(in crate::model) fn finish(self) -> Findings {
        let one_for_all = self.digest_sets.len() <= 1;
        Findings {
            findings: self.findings.into(),
            digest_sets: self.digest_sets.into(),
            set_of: if one_for_all { Box::default() } else { self.set_of.into() },
        }
    }

    /// The set that the JSON of a member means; `None` where it is not of the expected type.
    fn set_of(&mut self, name: &str, json: &str) -> Option<u32> {
        match (name, json.as_bytes().first()) {
            (ARTIFACT_DIGESTS, Some(b'n')) => self.known_or(json, || Some(Digests::none(Written::Null))),
            (ARTIFACT_DIGESTS, Some(b'[')) => self.known_or(json, || Digests::read_list(json)),
            (SINGULAR, Some(b'"')) => self.known_or(json, || Digests::read_text(json)),
            _ => None,
        }
    }

    fn known_or(&mut self, text: &str, read: impl FnOnce() -> Option<Digests>) -> Option<u32> {
        if let Some(set) = self.sets_by_text.get(text) {
            return Some(*set);
        }
        let set = self.digest_sets.len() as u32;
        self.digest_sets.push(read()?);
        self.sets_by_text.insert(text.into(), set);
        Some(set)
    }
}

impl Digests {
    /// Where the text of an element with these members says which artifacts it is in: an empty place at its end where it
    /// says nothing. `None` where it does so in another way than Harbor, so that its text may mean more than that.
    pub(in crate::model) fn place(members: &Members<'_>, element: &str) -> Option<Range<usize>> {
        if members.get(SINGULAR).is_some() {
            return None;
        }
        let mut places = members.0.iter().filter(|(name, _)| name == ARTIFACT_DIGESTS).map(|(_, value)| value.get());
        match (places.next(), places.next()) {
            (None, _) => Some(element.len()..element.len()),
            (Some(value), None) if value == "null" || value.starts_with('[') => {
                let start = value.as_ptr() as usize - element.as_ptr() as usize;
                Some(start..start + value.len())
            }
            _ => None,
        }
    }

    /// Writes the member of a finding that says which artifacts it is in, as it came.
    pub(super) fn serialize_member<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let Self { digests, written } = self;
        match written {
            Written::Nowhere => Ok(()),
            Written::Null => map.serialize_entry(ARTIFACT_DIGESTS, &()),
            Written::Text => map.serialize_entry(SINGULAR, &digests.first()),
            Written::List => map.serialize_entry(ARTIFACT_DIGESTS, digests),
            Written::ThisList(list) => map.serialize_entry(ARTIFACT_DIGESTS, list),
        }
    }

    const fn none(written: Written) -> Self {
        Self { digests: Vec::new(), written }
    }

    /// A list of one digest, as in the report of an image.
    pub(super) fn of(digest: &str) -> Self {
        Self { digests: vec![digest.into()], written: Written::List }
    }

    /// Whether it is a list of nothing but this digest.
    pub(super) fn is_only(&self, digest: &str) -> bool {
        self.written == Written::List && matches!(&self.digests[..], [only] if **only == *digest)
    }

    fn read_list(json: &str) -> Option<Self> {
        let texts = json::texts(json)?;
        let mut seen = HashSet::with_capacity(texts.len());
        let all = texts.iter().map(|digest| &**digest);
        let digests: Vec<Box<str>> =
            all.filter(|digest| !digest.is_empty() && seen.insert(*digest)).map(Box::from).collect();
        let is_whole = digests.len() == texts.len();
        let written = if is_whole { Written::List } else { Written::ThisList(Json::read(json)?) };
        Some(Self { digests, written })
    }

    fn read_text(json: &str) -> Option<Self> {
        let digest = json::text(json).filter(|digest| !digest.is_empty())?;
        Some(Self { digests: vec![digest.into()], written: Written::Text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::content::Content;

    fn sizes(elements: &[&'static str]) -> [usize; 3] {
        let mut builder = FindingsBuilder::default();
        for element in elements {
            let digests = builder.take_digests(&mut json::members(element).unwrap());
            builder.push(Arc::new(Finding::from(Content::default())), digests);
        }
        let findings = builder.finish();
        [findings.findings.len(), findings.digest_sets.len(), findings.set_of.len()]
    }

    #[test]
    fn findings_of_one_image_do_not_repeat_whose_they_are() {
        let [a, b] = [r#"{"artifact_digests":["a"]}"#, r#"{"artifact_digests":["b"]}"#];
        assert_eq!(sizes(&[a; 100]), [100, 1, 0]);
        assert_eq!(sizes(&["{}"; 100]), [100, 1, 0]);
        assert_eq!(sizes(&[a, b, a, b]), [4, 2, 4]);
        assert_eq!(sizes(&[]), [0, 0, 0]);
    }

    #[test]
    fn the_layout_of_a_list_does_not_make_findings_differ() {
        let findings = |json: &'static str| {
            let mut builder = FindingsBuilder::default();
            let digests = builder.take_digests(&mut json::members(json).unwrap());
            builder.push(Arc::new(Finding::from(Content::default())), digests);
            builder.finish()
        };
        for (one, two) in [
            (r#"{"artifact_digests":["a","b"]}"#, r#"{"artifact_digests": [ "a", "\u0062" ]}"#),
            (r#"{"artifact_digests":["a","a"]}"#, r#"{"artifact_digests": [ "a", "a" ]}"#),
        ] {
            assert_eq!(findings(one), findings(two));
        }
        assert_ne!(findings(r#"{"artifact_digests":["a"]}"#), findings(r#"{"artifact_digests":["a","a"]}"#));
        assert_ne!(findings(r#"{"artifact_digests":[]}"#), findings(r#"{"artifact_digests":null}"#));
    }

    #[test]
    fn null_does_not_hide_who_has_a_finding() {
        let element = r#"{"artifact_digests":null,"artifact_digest":"a"}"#;
        let mut builder = FindingsBuilder::default();
        let mut members = json::members(element).unwrap();
        let digests = builder.take_digests(&mut members);
        builder.push(Arc::new(Content::new(element, members, None).unwrap().into()), digests);
        let findings = builder.finish();
        let finding = findings.get(0).unwrap();
        assert_eq!(finding.artifact_digests().collect::<Vec<_>>(), ["a"]);
        let json = serde_json::to_value(finding).unwrap();
        assert_eq!(json, serde_json::json!({"artifact_digests": null, "artifact_digest": "a"}));
    }
}
