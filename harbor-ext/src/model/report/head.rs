//! What a report says apart from its findings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde_json::value::RawValue;

use super::Scanner;
use crate::model::FindingPool;
use crate::model::decode::MEDIA_TYPE_1_1;
use crate::model::json::{self, Json, Members};
use crate::version::Distribution;

/// What a report says apart from its findings, kept such that it can be given back as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::model) struct Head {
    /// Where it is a text.
    generated_at: Option<Box<str>>,
    /// Where it is anything but `null`. Hardly ever another one than in all other reports.
    pub(super) scanner: Option<Arc<Scanner>>,
    /// Where it is a text, which is one of a few.
    severity: Option<Arc<str>>,
    /// Absent where there is nothing of it, so that nearly all reports are spared its size.
    rare: Option<Box<Rare>>,
}

/// What hardly any report has.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rare {
    /// Where it is not today's.
    media_type: Option<Box<str>>,
    lacks_vulnerabilities: bool,
    /// That of the report that this one was narrowed from.
    distribution: Option<Option<Distribution>>,
    /// The unknown members, and the known ones that the fields of [`Head`] do not say in full.
    members: BTreeMap<Box<str>, Json>,
}

impl Head {
    /// Reads the members of a report that came under a media type. What other reports say as well is shared by the pool.
    pub(in crate::model) fn read(media_type: &str, members: &Members<'_>, pool: &FindingPool) -> Self {
        let mut head = Self::default();
        let mut rare = Rare {
            media_type: (media_type != MEDIA_TYPE_1_1).then(|| media_type.into()),
            lacks_vulnerabilities: members.get("vulnerabilities").is_none(),
            ..Rare::default()
        };
        for (name, value) in &members.0 {
            // A later member of the same name replaces an earlier one.
            if head.says_in_full(name, value, pool) {
                rare.members.remove(&**name);
            } else {
                rare.members.insert((&**name).into(), (*value).into());
            }
        }
        head.rare = (rare != Rare::default()).then(|| Box::new(rare));
        head
    }

    /// The media type that the report came under.
    pub(super) fn media_type(&self) -> &str {
        self.rare.as_ref().and_then(|rare| rare.media_type.as_deref()).unwrap_or(MEDIA_TYPE_1_1)
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
        self.rare.as_ref()?.members.get(name).map(Json::get)
    }

    /// What the image is made of by a whole report, if this is part of one.
    pub(super) fn distribution(&self) -> Option<Option<Distribution>> {
        self.rare.as_ref()?.distribution
    }

    pub(super) fn remember_distribution(&mut self, distribution: Option<Distribution>) {
        self.rare.get_or_insert_default().distribution = Some(distribution);
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
        if let Some(scanner) = self.scanner.as_deref().filter(|_| self.other("scanner").is_none()) {
            map.serialize_entry("scanner", scanner)?;
        }
        if let Some(severity) = &self.severity {
            map.serialize_entry("severity", severity)?;
        }
        for (name, value) in self.rare.iter().flat_map(|rare| &rare.members) {
            map.serialize_entry(&named(name), value)?;
        }
        Ok(())
    }

    /// Whether the vulnerabilities are a list, though it be an empty one.
    pub(super) fn has_list(&self) -> bool {
        !self
            .rare
            .as_ref()
            .is_some_and(|rare| rare.lacks_vulnerabilities || rare.members.contains_key("vulnerabilities"))
    }

    /// Sets a field to a known member; gives whether that is all that there is to say of it.
    fn says_in_full(&mut self, name: &str, value: &RawValue, pool: &FindingPool) -> bool {
        let json = value.get();
        match name {
            "generated_at" => {
                self.generated_at = json::text(json).map(|text| text.into());
                self.generated_at.is_some()
            }
            "severity" => {
                self.severity = json::text(json).map(|text| pool.share_word(&text));
                self.severity.is_some()
            }
            "scanner" => {
                let read = Scanner::read(Json::from(value).get());
                let is_plain = read.as_ref().is_some_and(|(_, is_plain)| *is_plain);
                self.scanner = read.map(|(scanner, _)| pool.share_scanner(scanner));
                is_plain
            }
            // What is a list is read elsewhere.
            "vulnerabilities" => json != "null",
            _ => false,
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
