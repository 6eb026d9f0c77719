//! CISA's catalogue of known exploited vulnerabilities.

use std::collections::HashMap;

use chrono::NaiveDate;

/// CISA's catalogue of known exploited vulnerabilities.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Kev {
    /// The version that the catalogue gives itself, such as `2026.11.20`.
    pub version: String,
    /// When it was released, as it says.
    pub released: String,
    pub(super) entries: HashMap<String, KevEntry>,
}

/// What the catalogue says of a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl Kev {
    /// What the catalogue says of a vulnerability; `None` where it is not listed. Capitals do not count.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&KevEntry> {
        self.entries.get(&id.to_ascii_uppercase())
    }
}
