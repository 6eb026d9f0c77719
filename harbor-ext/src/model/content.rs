//! The members of a finding, kept such that they can be given back as they came.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use super::cvss::Cvss;
use super::json::{self, Json, Members};

/// What the wire says of a finding. Everything else about a finding follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Content {
    /// The members of [`TEXTS`], in that order, that are strings.
    texts: [Option<Box<str>>; TEXTS.len()],
    /// The members of [`LISTS`], in that order, that are arrays of strings.
    lists: [Option<Box<[Box<str>]>>; LISTS.len()],
    /// The members of [`OBJECTS`], in that order, whatever they are.
    objects: [Option<Json>; OBJECTS.len()],
    /// Unknown members, and those of the first two kinds that are of another type.
    others: BTreeMap<Box<str>, Json>,
}

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

impl Content {
    /// The content of a finding with these members.
    pub(super) fn new(members: Members<'_>) -> Self {
        let mut content = Self::default();
        for (name, value) in members.0 {
            content.set(&name, value);
        }
        content
    }

    /// A member of [`TEXTS`]: the JSON text of what is not a string, empty for `null` and for none.
    pub(super) fn text(&self, index: usize) -> &str {
        match &self.texts[index] {
            Some(text) => text,
            None => self.unfitting(TEXTS[index]).unwrap_or_default(),
        }
    }

    /// What is not empty in a member of [`LISTS`]: the JSON text of what is not a list of strings.
    pub(super) fn list(&self, index: usize) -> impl Iterator<Item = &str> {
        let texts = self.lists[index].iter().flatten().map(|text| &**text);
        texts.filter(|text| !text.is_empty()).chain(self.unfitting(LISTS[index]))
    }

    /// The JSON of an unknown member.
    pub(super) fn other(&self, name: &str) -> Option<&str> {
        self.others.get(name).map(Json::get)
    }

    pub(super) fn cvss(&self) -> Cvss {
        let json = |index: usize| self.objects[index].as_ref().map(Json::get);
        Cvss::read(json(PREFERRED_CVSS), json(VENDOR_ATTRIBUTES))
    }

    /// Writes every member as it came.
    pub(super) fn serialize_members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        serialize_present(map, &TEXTS, &self.texts)?;
        serialize_present(map, &LISTS, &self.lists)?;
        serialize_present(map, &OBJECTS, &self.objects)?;
        for (name, value) in &self.others {
            map.serialize_entry(name, value)?;
        }
        Ok(())
    }

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

    /// The JSON text of a known member whose value is of another type; `None` for `null`.
    fn unfitting(&self, name: &str) -> Option<&str> {
        let json = self.others.get(name)?.get();
        (json != "null").then_some(json)
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
