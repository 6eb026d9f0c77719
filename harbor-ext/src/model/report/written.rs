//! Reports as JSON: as they are, and in Harbor's envelope.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::{Findings, Report};
use crate::model::decode::{self, MEDIA_TYPE_1_1};
use crate::model::{FindingPool, SharesFindings};

/// A report as Harbor answers it: an object whose only member has the media type for a name, and the report for a value.
///
/// Made by [`Report::envelope`]. It is written by `serde_json`, or as one line of JSON by `Display`, and read again by
/// [`decode::report`](crate::model::decode::report). Programs that import reports of Harbor, such as DefectDojo, want
/// this form.
///
/// ```
/// # use harbor_ext::model::decode::{self, Body};
/// # use harbor_ext::model::FindingPool;
/// let body = r#"{"application/vnd.security.vulnerability.report; version=1.1":{"vulnerabilities":[{"id":"CVE-1"}]}}"#;
/// let Body::Report(report) = decode::report(body.as_bytes(), &FindingPool::new())? else { panic!("there is a report") };
/// assert_eq!(report.envelope().to_string(), body);
/// # Ok::<(), decode::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    report: &'a Report,
}

impl Report {
    /// The report as Harbor answers it, to be written.
    ///
    /// Nothing is lost: it has every member of the report, of its scanner and of its findings with the value that it
    /// had, so that the JSON equals what was decoded; only the order of members may differ. Of members with the same
    /// name there is the last one.
    #[must_use]
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope { report: self }
    }

    fn serialize_members<M: SerializeMap>(&self, map: &mut M, named: fn(&str) -> Cow<'_, str>) -> Result<(), M::Error> {
        self.head.serialize_members(map, named)?;
        if self.head.has_list() {
            map.serialize_entry("vulnerabilities", &List(&self.findings))?;
        }
        Ok(())
    }
}

/// The members that the report came with, and `media_type` where that is not today's.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.media_type() != MEDIA_TYPE_1_1 {
            map.serialize_entry(MEDIA_TYPE_MEMBER, self.media_type())?;
        }
        self.serialize_members(&mut map, guarded)?;
        map.end()
    }
}

impl<'de> SharesFindings<'de> for Report {
    fn deserialize_sharing<D: Deserializer<'de>>(deserializer: D, pool: &FindingPool) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        decode::bare_report(json.get(), pool).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Report {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize_sharing(deserializer, &FindingPool::new())
    }
}

impl Serialize for Envelope<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.report.media_type(), &AsItCame(self.report))?;
        map.end()
    }
}

impl fmt::Display for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// The member of a serialised report that no report of Harbor has.
pub(in crate::model) const MEDIA_TYPE_MEMBER: &str = "media_type";

/// The name of a member of the report: one more underscore before what would be taken for [`MEDIA_TYPE_MEMBER`].
fn guarded(name: &str) -> Cow<'_, str> {
    match name.trim_start_matches('_') == MEDIA_TYPE_MEMBER {
        true => format!("_{name}").into(),
        false => name.into(),
    }
}

/// The name that was guarded; `None` where it was not.
pub(in crate::model) fn unguarded(name: &str) -> Option<&str> {
    name.strip_prefix('_').filter(|name| name.trim_start_matches('_') == MEDIA_TYPE_MEMBER)
}

/// The members of a report and nothing else.
struct AsItCame<'a>(&'a Report);

impl Serialize for AsItCame<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.serialize_members(&mut map, |name| name.into())?;
        map.end()
    }
}

/// The findings one after another, without a copy of them.
struct List<'a>(&'a Findings);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

#[cfg(test)]
mod tests;
