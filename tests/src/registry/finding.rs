//! Findings: made by hand or taken from a file, and kept as the text that goes on the wire.

use std::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::wire::json::{compact, push_html_escaped};

/// A vulnerability of a package, made by hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    id: String,
    package: String,
    version: String,
    fix_version: String,
    severity: String,
    status: String,
    description: String,
    links: Vec<String>,
    cwe_ids: Vec<String>,
    preferred_score: Option<f64>,
    cvss: Map<String, Value>,
}

/// A finding as it goes on the wire, cut where the digests of the artifact come in.
///
/// Nothing of the text is interpreted beyond what the lists need, so that odd findings are served
/// as they are.
#[derive(Clone, Debug)]
pub(crate) struct StoredFinding {
    head: String,
    /// `None` where the element has no members, and so no place for digests.
    tail: Option<String>,
    pub(crate) key: Option<Key>,
    pub(crate) severity: String,
    pub(crate) fixable: bool,
    /// Where the member `status` is in `head`, with the comma that goes with it; empty where it is not there.
    status: Range<usize>,
}

/// What makes a finding unique in a report.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) package: String,
    pub(crate) version: String,
}

/// The members before the digests, while they are being written.
struct Head {
    text: String,
    status: Range<usize>,
}

/// The members of a JSON object in the order of the text.
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl Finding {
    /// A finding of unknown severity, without a fix.
    #[must_use]
    pub fn new(id: impl Into<String>, package: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            package: package.into(),
            version: version.into(),
            fix_version: String::new(),
            severity: "Unknown".to_owned(),
            status: "affected".to_owned(),
            description: String::new(),
            links: Vec::new(),
            cwe_ids: Vec::new(),
            preferred_score: None,
            cvss: Map::new(),
        }
    }

    /// Sets the version that mends it, and the status `fixed`.
    #[must_use]
    pub fn with_fix(mut self, version: impl Into<String>) -> Self {
        self.fix_version = version.into();
        self.with_status("fixed")
    }

    /// Sets the severity; any word is served as it is.
    #[must_use]
    pub fn with_severity(mut self, severity: impl Into<String>) -> Self {
        self.severity = severity.into();
        self
    }

    /// Sets the status that the distribution gives, such as `will_not_fix`.
    #[must_use]
    pub fn with_status(mut self, status: impl Into<String>) -> Self {
        self.status = status.into();
        self
    }

    /// Sets the description.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds a link.
    #[must_use]
    pub fn with_link(mut self, link: impl Into<String>) -> Self {
        self.links.push(link.into());
        self
    }

    /// Adds the id of a weakness, such as `CWE-79`.
    #[must_use]
    pub fn with_cwe(mut self, id: impl Into<String>) -> Self {
        self.cwe_ids.push(id.into());
        self
    }

    /// Sets `preferred_cvss.score_v3`, which Harbor often sends as `null` or 0 although a vendor
    /// gives a score.
    #[must_use]
    pub fn with_preferred_score(mut self, score: f64) -> Self {
        self.preferred_score = Some(score);
        self
    }

    /// Adds the CVSS 3 score and vector of a vendor.
    #[must_use]
    pub fn with_cvss(mut self, vendor: impl Into<String>, score: f64, vector: impl Into<String>) -> Self {
        let entry = json!({"V3Score": score, "V3Vector": vector.into()});
        self.cvss.insert(vendor.into(), entry);
        self
    }

    /// Adds the CVSS 2 score and vector of a vendor that gives no other.
    #[must_use]
    pub fn with_cvss_2(mut self, vendor: impl Into<String>, score: f64, vector: impl Into<String>) -> Self {
        let entry = json!({"V2Score": score, "V2Vector": vector.into()});
        self.cvss.insert(vendor.into(), entry);
        self
    }

    /// The text that goes on the wire, with the members in Harbor's order and without the digests.
    pub(crate) fn to_stored(&self) -> StoredFinding {
        let attributes = match self.cvss.is_empty() {
            true => Value::Null,
            false => json!({"CVSS": self.cvss}),
        };
        let mut head = Head::default();
        for (name, value) in [
            ("id", json!(self.id)),
            ("package", json!(self.package)),
            ("version", json!(self.version)),
            ("fix_version", json!(self.fix_version)),
            ("severity", json!(self.severity)),
            ("status", json!(self.status)),
            ("description", json!(self.description)),
            ("links", list(&self.links)),
        ] {
            head.push(name, &value.to_string());
        }
        head.push("artifact_digests", "");
        let score = json!(self.preferred_score);
        let preferred = format!("{{\"score_v3\":{score},\"score_v2\":null,\"vector_v3\":\"\",\"vector_v2\":\"\"}}");
        let mut tail = String::from(",");
        push_member(&mut tail, "preferred_cvss", &preferred);
        push_member(&mut tail, "cwe_ids", &list(&self.cwe_ids).to_string());
        push_member(&mut tail, "vendor_attributes", &attributes.to_string());
        tail.push('}');
        let Self { id, package, version, severity, .. } = self.clone();
        let key = Some(Key { id, package, version });
        let Head { text: head, status } = head;
        StoredFinding { head, tail: Some(tail), key, severity, fixable: !self.fix_version.is_empty(), status }
    }
}

impl StoredFinding {
    /// Takes an element of `vulnerabilities` as it is; only its digests are replaced when it is
    /// served.
    pub(crate) fn from_json(element: &RawValue) -> Self {
        let Ok(Members(members)) = serde_json::from_str(element.get()) else {
            let mut head = String::new();
            push_html_escaped(&mut head, &compact(element.get()));
            return Self { head, tail: None, key: None, severity: String::new(), fixable: false, status: 0..0 };
        };
        let place = digests_place(&members);
        let mut head = Head::default();
        for (name, value) in &members[..place] {
            head.push(name, &compact(value.get()));
        }
        head.push("artifact_digests", "");
        let mut tail = String::new();
        for (name, value) in members[place..].iter().filter(|(name, _)| name != "artifact_digests") {
            if tail.is_empty() {
                tail.push(',');
            }
            push_member(&mut tail, name, &compact(value.get()));
        }
        tail.push('}');
        let text = |name: &str| text_of(&members, name);
        let key = match (text("id"), text("package"), text("version")) {
            (Some(id), Some(package), Some(version)) => Some(Key { id, package, version }),
            _ => None,
        };
        let severity = text("severity").unwrap_or_default();
        let fixable = text("fix_version").is_some_and(|version| !version.is_empty());
        let Head { text: head, status } = head;
        Self { head, tail: Some(tail), key, severity, fixable, status }
    }

    /// The text without digests, which is an element of `vulnerabilities` again.
    pub(crate) fn text(&self) -> String {
        match &self.tail {
            Some(tail) => format!("{}[]{tail}", self.head),
            None => self.head.clone(),
        }
    }

    /// The member `status` as it is written; empty where it is not there.
    pub(crate) fn status(&self) -> &str {
        self.head[self.status.clone()].trim_matches(',')
    }

    /// The size on the wire without the digests.
    pub(crate) fn len(&self) -> usize {
        self.head.len() + self.tail.as_ref().map_or(0, String::len)
    }

    /// Appends the finding with the digests of the artifacts it was found in, and without its status for releases that
    /// know of none.
    pub(crate) fn push_to(&self, out: &mut String, digests: &[&str], with_status: bool) {
        match with_status {
            true => out.push_str(&self.head),
            false => {
                out.push_str(&self.head[..self.status.start]);
                out.push_str(&self.head[self.status.end..]);
            }
        }
        let Some(tail) = &self.tail else { return };
        for (position, digest) in digests.iter().enumerate() {
            out.push_str(if position == 0 { "[\"" } else { "\",\"" });
            out.push_str(digest);
        }
        out.push_str("\"]");
        out.push_str(tail);
    }
}

impl Default for Head {
    fn default() -> Self {
        Self { text: "{".to_owned(), status: 0..0 }
    }
}

impl Head {
    fn push(&mut self, name: &str, json: &str) {
        let start = self.text.len();
        push_member(&mut self.text, name, json);
        if name == "status" {
            // The first member has its comma behind it.
            self.status = start..self.text.len() + usize::from(start == 1);
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// The text of a member, if it is a text.
pub(crate) fn text_of(members: &[(String, &RawValue)], name: &str) -> Option<String> {
    let (_, value) = members.iter().find(|(key, _)| key == name)?;
    serde_json::from_str(value.get()).ok()
}

/// Appends a member of an object, after a comma where one is due.
pub(crate) fn push_member(out: &mut String, name: &str, json: &str) {
    if !out.ends_with(['{', ',']) {
        out.push(',');
    }
    push_html_escaped(out, &Value::from(name).to_string());
    out.push(':');
    push_html_escaped(out, json);
}

/// Where Harbor writes the digests: in their own place, else behind the links, else at the end.
fn digests_place(members: &[(String, &RawValue)]) -> usize {
    let position = |name: &str| members.iter().position(|(key, _)| key == name);
    let own = position("artifact_digests");
    own.or_else(|| position("links").map(|links| links + 1)).unwrap_or(members.len())
}

/// Harbor stores a list as one text, so that an empty list comes back as one empty string.
fn list(texts: &[String]) -> Value {
    match texts.is_empty() {
        true => json!([""]),
        false => json!(texts),
    }
}
