//! CISA's catalogue of known exploited vulnerabilities.

use std::io;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::identifiers::ById;
use super::knowledge::{self, KnowledgeError};
use crate::model::time;
use crate::text::Quoted;

/// CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Kev {
    /// The version that the catalogue gives itself, such as `2026.11.20`.
    pub version: String,
    /// When it was released, as it says.
    pub released: String,
    entries: ById<KevEntry>,
}

/// What the catalogue says of a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct KevEntry {
    /// When it was added.
    pub added: NaiveDate,
    /// Until when agencies of the United States have to act.
    pub due: Option<NaiveDate>,
    /// Whether it is known to be used for ransomware.
    pub ransomware: bool,
    /// Who makes the product.
    pub vendor: String,
    /// The product that is exploited.
    pub product: String,
    /// What the vulnerability is called, such as `Apache Log4j2 Remote Code Execution Vulnerability`.
    pub name: String,
    /// What agencies have to do.
    pub required_action: String,
}

/// What this should be, in messages.
const WHAT: &str = "CISA's catalogue of known exploited vulnerabilities (known_exploited_vulnerabilities.json)";

impl Kev {
    /// Reads the catalogue, as CISA gives it out as JSON.
    ///
    /// # Errors
    ///
    /// Fails for what is something else, for a catalogue without entries, for an entry without an identifier or the date
    /// on which it was added, and where there are more or fewer entries than the catalogue says.
    ///
    /// ```
    /// # use harbor_ext::judge::Kev;
    /// let kev = Kev::parse(
    ///     br#"{
    ///         "catalogVersion": "2026.11.20", "dateReleased": "2026-11-20T17:00:00.0000Z", "count": 1,
    ///         "vulnerabilities": [{"cveID": "CVE-2021-44228", "dateAdded": "2021-12-10", "dueDate": "2021-12-24"}]
    ///     }"#
    ///     .as_slice(),
    /// )?;
    /// assert!(kev.get("CVE-2021-44228").is_some() && kev.get("CVE-2021-44229").is_none());
    /// # Ok::<(), harbor_ext::judge::KnowledgeError>(())
    /// ```
    pub fn parse(from: impl io::Read) -> Result<Self, KnowledgeError> {
        let Catalogue { version, released, count, vulnerabilities } =
            knowledge::read_json(WHAT, &knowledge::read(WHAT, from)?)?;
        let unfit = |reason: String| Err(KnowledgeError::unfit(WHAT, reason));
        if vulnerabilities.is_empty() {
            return unfit("it lists nothing".into());
        }
        if vulnerabilities.len() as u64 != count {
            return unfit(format!("it says that it lists {count} and lists {}: get it again", vulnerabilities.len()));
        }
        let mut entries = ById::default();
        for vulnerability in vulnerabilities {
            let id = vulnerability.id.trim().to_owned();
            if id.is_empty() || entries.insert(&id, vulnerability.into()).is_some() {
                return unfit(format!("it lists \"{}\" twice, or one without an identifier", Quoted(&id)));
            }
        }
        Ok(Self { version, released, entries })
    }

    /// What the catalogue says of a vulnerability; `None` where it is not listed. Capitals do not count.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&KevEntry> {
        self.entries.get(id)
    }

    /// The number of vulnerabilities that are listed; never 0.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it never is")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// How old it is at a time; `None` where it does not say when it was released.
    #[must_use]
    pub fn age_at(&self, time: DateTime<Utc>) -> Option<TimeDelta> {
        Some(time - time::parse(&self.released)?)
    }
}

/// The members of the file that are read; it has others.
#[derive(Deserialize)]
struct Catalogue {
    #[serde(rename = "catalogVersion")]
    version: String,
    #[serde(rename = "dateReleased")]
    released: String,
    count: u64,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vulnerability {
    #[serde(rename = "cveID")]
    id: String,
    date_added: NaiveDate,
    #[serde(default)]
    due_date: Option<String>,
    #[serde(default)]
    known_ransomware_campaign_use: String,
    #[serde(default)]
    vendor_project: String,
    #[serde(default)]
    product: String,
    #[serde(default)]
    vulnerability_name: String,
    #[serde(default)]
    required_action: String,
}

impl From<Vulnerability> for KevEntry {
    fn from(vulnerability: Vulnerability) -> Self {
        Self {
            added: vulnerability.date_added,
            // Nothing depends on it, so that an odd one is no reason to refuse the catalogue.
            due: vulnerability.due_date.and_then(|date| date.trim().parse().ok()),
            ransomware: vulnerability.known_ransomware_campaign_use.eq_ignore_ascii_case("Known"),
            vendor: vulnerability.vendor_project,
            product: vulnerability.product,
            name: vulnerability.vulnerability_name,
            required_action: vulnerability.required_action,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn entry(id: &str) -> Value {
        json!({
            "cveID": id,
            "vendorProject": "Apache",
            "product": "Log4j2",
            "vulnerabilityName": "Remote code execution",
            "dateAdded": "2021-12-10",
            "shortDescription": "…",
            "requiredAction": "Update it.",
            "dueDate": "2021-12-24",
            "knownRansomwareCampaignUse": "Known",
            "notes": "",
            "cwes": ["CWE-20"],
        })
    }

    fn catalogue(count: u64, entries: &[Value]) -> Value {
        json!({
            "title": "CISA Catalog of Known Exploited Vulnerabilities",
            "catalogVersion": "2026.11.20",
            "dateReleased": "2026-11-20T18:00:00.1234Z",
            "count": count,
            "vulnerabilities": entries,
        })
    }

    fn parse(value: &Value) -> Result<Kev, KnowledgeError> {
        Kev::parse(value.to_string().as_bytes())
    }

    #[test]
    fn what_it_says_is_kept() {
        let mut other = entry("CVE-2020-0001");
        other["knownRansomwareCampaignUse"] = json!("Unknown");
        other["dueDate"] = json!("");
        let kev = parse(&catalogue(2, &[entry("CVE-2021-44228"), other])).unwrap();
        assert_eq!((&*kev.version, kev.len()), ("2026.11.20", 2));
        let log4shell = kev.get("cve-2021-44228").unwrap();
        assert!(log4shell.ransomware && log4shell.due == NaiveDate::from_ymd_opt(2021, 12, 24));
        assert_eq!((&*log4shell.vendor, &*log4shell.required_action), ("Apache", "Update it."));
        let other = kev.get("CVE-2020-0001").unwrap();
        assert!(!other.ransomware && other.due.is_none());
        assert_eq!(kev.get("CVE-2021-4422"), None);
        let time = "2026-11-23T18:00:01Z".parse().unwrap();
        assert_eq!(kev.age_at(time).map(|age| age.num_days()), Some(3));
    }

    #[test]
    fn what_is_something_else_is_never_an_empty_catalogue() {
        let mut without_date = entry("CVE-1999-0001");
        without_date["dateAdded"] = json!("soon");
        let whole = catalogue(1, &[entry("CVE-2021-44228")]).to_string();
        for (text, says) in [
            (String::new(), "empty"),
            (" \n".into(), "empty"),
            ("<!DOCTYPE html><p>Proxy".into(), "HTML"),
            ("cve,epss,percentile".into(), "not a JSON object"),
            ("[]".into(), "not a JSON object"),
            ("\u{1f}\u{8b}".into(), "compressed"),
            (json!({"vulnerabilities": []}).to_string(), "catalogVersion"),
            (catalogue(0, &[]).to_string(), "lists nothing"),
            (catalogue(2, &[entry("CVE-2021-44228")]).to_string(), "says that it lists 2 and lists 1"),
            (catalogue(2, &[entry("CVE-2021-44228"), entry("cve-2021-44228")]).to_string(), "twice"),
            (catalogue(1, &[entry("")]).to_string(), "without an identifier"),
            (catalogue(1, &[without_date]).to_string(), "line 1"),
            (whole[..whole.len() - 9].into(), "breaks off"),
        ] {
            let error = Kev::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("CISA"), "{error}");
        }
    }
}
