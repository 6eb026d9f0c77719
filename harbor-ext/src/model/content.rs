//! The members of a finding, kept such that they can be given back as they came.

use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use serde::ser::SerializeMap;

use self::builder::Builder;
use self::span::Span;
use super::cvss::Cvss;
use super::json::{JsonText, Members};

mod builder;
mod span;

/// What the wire says of a finding. Everything else about a finding follows from it.
///
/// It is the text of the element that was read, and where in it what stands. So a finding takes little more memory than
/// on the wire, is made with two allocations, and is recognised by its text.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// The element without its digests, and behind it what had to be written in another way: strings without their
    /// escapes, JSON without white space.
    text: Arc<str>,
    element: Element,
    /// The members of [`TEXTS`], in that order, that are strings.
    texts: [Option<Span>; TEXTS.len()],
    /// The members of [`LISTS`], in that order, that are arrays of strings: which of the parts they are.
    lists: [Option<Span>; LISTS.len()],
    /// The members of [`OBJECTS`], in that order, whatever they are.
    objects: [Option<Span>; OBJECTS.len()],
    /// Unknown members, and those of the first two kinds that are of another type: which of the parts they are, by
    /// turns the name and the JSON of one, sorted by name.
    others: Option<Span>,
    parts: Box<[Span]>,
}

/// The element at the beginning of a text.
#[derive(Clone, Copy, Debug, Default)]
struct Element {
    length: u32,
    /// Where the digests were taken out; nothing if the element cannot be recognised by the rest.
    digests: Option<Place>,
}

/// A place in a text.
type Place = u32;

// The members by kind, each followed by the places of its members.
const TEXTS: [&str; 7] = ["id", "package", "version", "fix_version", "severity", "status", "description"];
pub(super) const ID: usize = 0;
pub(super) const PACKAGE: usize = 1;
pub(super) const VERSION: usize = 2;
pub(super) const FIX_VERSION: usize = 3;
pub(super) const SEVERITY: usize = 4;
pub(super) const STATUS: usize = 5;
pub(super) const DESCRIPTION: usize = 6;

const LISTS: [&str; 2] = ["links", "cwe_ids"];
pub(super) const LINKS: usize = 0;
pub(super) const CWE_IDS: usize = 1;

const OBJECTS: [&str; 2] = ["preferred_cvss", "vendor_attributes"];
const PREFERRED_CVSS: usize = 0;
const VENDOR_ATTRIBUTES: usize = 1;

/// The text of an element and where its digests were taken out, by which it is recognised.
pub(super) struct ElementText {
    text: Arc<str>,
    length: Place,
    digests: Place,
}

impl ElementText {
    /// What stands before and behind the digests; nothing behind where there are none.
    pub(super) fn parts(&self) -> (&[u8], &[u8]) {
        self.text.as_bytes()[..self.length as usize].split_at(self.digests as usize)
    }
}

impl Content {
    /// The content of a finding with these members, cut from the text of an element. `digests` is where the text says
    /// which artifacts the finding is in, if the rest of it means the same for any other list there; that member must not
    /// be among the others.
    ///
    /// `None` where the text has 4 GiB or more.
    pub(super) fn new(element: &str, members: Members<'_>, digests: Option<Range<usize>>) -> Option<Self> {
        let mut builder = Builder::new(element, digests);
        for (name, value) in members.0 {
            builder.set(name, value);
        }
        builder.finish()
    }

    /// By what the element can be recognised, if it can.
    pub(super) fn element_text(&self) -> Option<ElementText> {
        let Element { length, digests } = self.element;
        Some(ElementText { text: Arc::clone(&self.text), length, digests: digests? })
    }

    /// A member of [`TEXTS`]: the JSON text of what is not a string, empty for `null` and for none.
    pub(super) fn text(&self, index: usize) -> &str {
        match self.texts[index] {
            Some(span) => span.of(&self.text),
            None => self.unfitting(TEXTS[index]).unwrap_or_default(),
        }
    }

    /// What is not empty in a member of [`LISTS`]: the JSON text of what is not a list of strings.
    pub(super) fn list(&self, index: usize) -> impl Iterator<Item = &str> {
        let texts = self.lists[index].into_iter().flat_map(|list| self.parts(list));
        texts.filter(|text| !text.is_empty()).chain(self.unfitting(LISTS[index]))
    }

    /// The JSON of an unknown member.
    pub(super) fn other(&self, name: &str) -> Option<&str> {
        self.others().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    pub(super) fn cvss(&self) -> Cvss {
        Cvss::read(self.object(PREFERRED_CVSS), self.object(VENDOR_ATTRIBUTES))
    }

    /// The score by the default preference.
    pub(super) fn cvss_score(&self) -> Option<f64> {
        Cvss::usual_score(self.object(PREFERRED_CVSS), self.object(VENDOR_ATTRIBUTES))
    }

    /// Writes every member as it came.
    pub(super) fn serialize_members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        serialize_present(map, &TEXTS, self.texts.map(|text| Some(text?.of(&self.text))))?;
        serialize_present(map, &LISTS, self.lists.map(|list| Some(self.parts(list?).collect::<Vec<_>>())))?;
        serialize_present(map, &OBJECTS, self.objects.map(|object| Some(JsonText(object?.of(&self.text)))))?;
        for (name, value) in self.others() {
            map.serialize_entry(name, &JsonText(value))?;
        }
        Ok(())
    }

    fn object(&self, index: usize) -> Option<&str> {
        self.objects[index].map(|object| object.of(&self.text))
    }

    /// The JSON text of a known member whose value is of another type; `None` for `null`.
    fn unfitting(&self, name: &str) -> Option<&str> {
        self.other(name).filter(|json| *json != "null")
    }

    fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        let spans = self.others.map_or(&[][..], |others| &self.parts[others.range()]);
        spans.chunks_exact(2).map(|other| (other[0].of(&self.text), other[1].of(&self.text)))
    }

    /// Some of the parts.
    fn parts(&self, which: Span) -> impl ExactSizeIterator<Item = &str> {
        self.parts[which.range()].iter().map(|part| part.of(&self.text))
    }

    /// Every value that counts, in an order that does not depend on the text.
    fn values(&self) -> impl Iterator<Item = Option<&str>> {
        let single = self.texts.iter().chain(&self.objects).map(|span| Some(span.as_ref()?.of(&self.text)));
        // Something that no list holds tells where one ends.
        let listed = self.lists.iter().flat_map(|list| {
            let texts = list.iter().flat_map(|list| self.parts(*list)).map(Some);
            texts.chain([None, list.map(|_| "")])
        });
        let others = self.others().flat_map(|(name, value)| [Some(name), Some(value)]);
        single.chain(listed).chain(others)
    }
}

/// How the element was written does not count.
impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.values().eq(other.values())
    }
}

impl Eq for Content {}

impl Hash for Content {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values().for_each(|value| value.hash(state));
    }
}

fn serialize_present<M: SerializeMap, T: Serialize, const N: usize>(
    map: &mut M,
    names: &[&str; N],
    values: [Option<T>; N],
) -> Result<(), M::Error> {
    for (name, value) in names.iter().zip(values) {
        if let Some(value) = value {
            map.serialize_entry(name, &value)?;
        }
    }
    Ok(())
}
