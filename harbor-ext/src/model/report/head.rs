//! What a report says apart from its findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use super::Scanner;
use crate::model::decode::{MEDIA_TYPE_1_0, MEDIA_TYPE_1_1};
use crate::model::json::{self, Json, Members};

/// What a report says apart from its findings, kept such that it can be given back as it came.
#[derive(Debug, PartialEq)]
pub(in crate::model) struct Head {
    pub(super) media_type: Cow<'static, str>,
    /// Where it is a text.
    generated_at: Option<Box<str>>,
    /// Where it is anything but `null`.
    pub(super) scanner: Option<Scanner>,
    /// Where it is a text.
    severity: Option<Box<str>>,
    /// Whether there are any, though they be `null`.
    has_vulnerabilities: bool,
    /// The unknown members, and the known ones that the fields above do not say in full. Hardly any report has one.
    others: BTreeMap<Box<str>, Json>,
}

impl Head {
    /// Reads the members of a report that came under a media type.
    pub(in crate::model) fn read(media_type: &str, members: &Members<'_>) -> Self {
        let known = [MEDIA_TYPE_1_1, MEDIA_TYPE_1_0].into_iter().find(|known| *known == media_type);
        let mut head = Self {
            media_type: known.map_or_else(|| media_type.to_owned().into(), Cow::Borrowed),
            generated_at: None,
            scanner: None,
            severity: None,
            has_vulnerabilities: false,
            others: BTreeMap::new(),
        };
        for (name, value) in &members.0 {
            head.set(name, value);
        }
        head
    }

    /// When the report was made, as text: the JSON of what is none, empty for `null` and for none.
    pub(super) fn generated_at(&self) -> &str {
        self.text("generated_at", self.generated_at.as_deref())
    }

    /// The severity of the artifact, as text: the JSON of what is none, empty for `null` and for none.
    pub(super) fn severity(&self) -> &str {
        self.text("severity", self.severity.as_deref())
    }

    /// The JSON of a member that is not said in full elsewhere.
    pub(super) fn other(&self, name: &str) -> Option<&str> {
        self.others.get(name).map(Json::get)
    }

    /// Writes every member as it came, by the name that `named` gives it, but the list of vulnerabilities.
    pub(super) fn serialize_members<M: SerializeMap>(
        &self,
        map: &mut M,
        named: fn(&str) -> Cow<'_, str>,
    ) -> Result<(), M::Error> {
        if let Some(generated_at) = &self.generated_at {
            map.serialize_entry("generated_at", generated_at)?;
        }
        if let Some(scanner) = self.scanner.as_ref().filter(|_| self.other("scanner").is_none()) {
            map.serialize_entry("scanner", scanner)?;
        }
        if let Some(severity) = &self.severity {
            map.serialize_entry("severity", severity)?;
        }
        for (name, value) in &self.others {
            map.serialize_entry(&named(name), value)?;
        }
        Ok(())
    }

    /// Whether the vulnerabilities are a list, though it be an empty one.
    pub(super) fn has_list(&self) -> bool {
        self.has_vulnerabilities && self.other("vulnerabilities").is_none()
    }

    /// Sets a member. A later member of the same name replaces an earlier one.
    fn set(&mut self, name: &str, value: &RawValue) {
        let json = value.get();
        let text = || json::text(json).map(|text| text.into());
        let is_said_in_full = match name {
            "generated_at" => {
                self.generated_at = text();
                self.generated_at.is_some()
            }
            "severity" => {
                self.severity = text();
                self.severity.is_some()
            }
            "scanner" => {
                let read = Scanner::read(Json::from(value).get());
                let is_plain = read.as_ref().is_some_and(|(_, is_plain)| *is_plain);
                self.scanner = read.map(|(scanner, _)| scanner);
                is_plain
            }
            "vulnerabilities" => {
                self.has_vulnerabilities = true;
                json != "null"
            }
            _ => false,
        };
        if is_said_in_full {
            self.others.remove(name);
        } else {
            self.others.insert(name.into(), value.into());
        }
    }

    fn text<'a>(&'a self, name: &str, text: Option<&'a str>) -> &'a str {
        text.or_else(|| self.other(name).filter(|json| *json != "null")).unwrap_or_default()
    }
}

impl Scanner {
    /// Reads a scanner, and whether its three names are all that is said of it; `None` for `null`.
    fn read(json: &str) -> Option<(Self, bool)> {
        if json == "null" {
            return None;
        }
        let Ok(members) = json::members(json) else {
            return Some((Self { name: json.to_owned(), ..Self::default() }, false));
        };
        let text = |name: &str| members.get(name).and_then(|value| json::text(value.get()));
        let [name, vendor, version] = ["name", "vendor", "version"].map(|name| (name, text(name)));
        let is_plain = members.0.len() == 3 && [&name, &vendor, &version].iter().all(|(_, text)| text.is_some());
        let [name, vendor, version] = [name, vendor, version].map(|(name, text)| match (text, members.get(name)) {
            (Some(text), _) => text.into_owned(),
            (None, Some(other)) if other.get() != "null" => other.get().to_owned(),
            (None, _) => String::new(),
        });
        Some((Self { name, vendor, version }, is_plain))
    }
}
