//! Scanners: those that are registered, the one that a project uses, and whether it is there.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{BEGINNING, Project, Registry};

/// A scanner adapter that is registered with Harbor.
#[derive(Clone, Debug)]
pub struct Scanner {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) description: String,
    /// The version that it says it has.
    pub(crate) version: String,
    pub(crate) authorization: String,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) disabled: bool,
    pub(crate) use_internal_address: bool,
    pub(crate) skip_certificate: bool,
}

/// The scanners of a registry.
#[derive(Clone, Debug)]
pub(crate) struct Scanners {
    pub(crate) registered: Vec<Scanner>,
    default: Option<String>,
    healthy: bool,
}

/// The name and the vendor that every scanner of the simulator says it has.
pub(crate) const ADAPTER: (&str, &str) = ("Trivy", "Aqua Security");

/// The version of every scanner that is not told otherwise.
const VERSION: &str = "v0.65.0";

impl Scanner {
    /// A scanner of a name, reached at an address; its number follows from the order in which scanners are added.
    #[must_use]
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            uuid: String::new(),
            name: name.into(),
            url: url.into(),
            description: String::new(),
            version: VERSION.to_owned(),
            authorization: String::new(),
            created: BEGINNING,
            updated: BEGINNING,
            disabled: false,
            use_internal_address: false,
            skip_certificate: false,
        }
    }

    /// Says what the scanner is.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Switches the scanner off: it starts no scan.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }

    /// What reports and SBOMs say of the scanner that made them.
    pub(crate) fn usual_identity() -> Value {
        let (name, vendor) = ADAPTER;
        json!({"name": name, "vendor": vendor, "version": VERSION})
    }

    /// The number that Harbor gave; empty before the scanner is part of a registry.
    #[must_use]
    pub fn uuid(&self) -> &str {
        &self.uuid
    }
}

impl Default for Scanners {
    fn default() -> Self {
        let trivy = Scanner { use_internal_address: true, ..Scanner::new("Trivy", "http://trivy-adapter:8080") };
        let mut scanners = Self { registered: Vec::new(), default: None, healthy: true };
        scanners.add(trivy.with_description("The Trivy scanner adapter"));
        scanners
    }
}

impl Scanners {
    /// Forgets the scanners for others, and the default for one of those or none.
    pub(crate) fn replace(&mut self, scanners: Vec<Scanner>, default: Option<String>) {
        self.default = default;
        self.registered = scanners;
    }

    /// Takes a scanner in; the first one is the default.
    pub(crate) fn add(&mut self, mut scanner: Scanner) {
        scanner.uuid = format!("7d5c1b86-0000-4000-8000-{:012}", self.registered.len() + 1);
        self.default.get_or_insert_with(|| scanner.uuid.clone());
        self.registered.push(scanner);
    }

    pub(crate) fn get(&self, uuid: &str) -> Option<&Scanner> {
        self.registered.iter().find(|scanner| scanner.uuid == uuid)
    }

    pub(crate) fn is_default(&self, scanner: &Scanner) -> bool {
        self.default.as_deref() == Some(&scanner.uuid)
    }

    /// The scanner of all projects that have none of their own.
    pub(crate) fn default_scanner(&self) -> Option<&Scanner> {
        self.get(self.default.as_deref()?)
    }

    /// Makes a scanner the default, and tells whether there is one.
    pub(crate) fn set_default(&mut self, uuid: &str) -> bool {
        let known = self.get(uuid).is_some();
        if known {
            self.default = Some(uuid.to_owned());
        }
        known
    }
}

impl Registry {
    /// Registers another scanner; projects use the first one unless told otherwise.
    #[must_use]
    pub fn with_scanner(mut self, scanner: Scanner) -> Self {
        self.scanners.add(scanner);
        self
    }

    /// Takes away all scanners, as in a Harbor that was installed without one.
    #[must_use]
    pub fn without_scanners(mut self) -> Self {
        self.scanners.replace(Vec::new(), None);
        self
    }

    /// Makes the scanners healthy, which they are at first, or unreachable. This is known at once, where a real server takes
    /// up to 30 s.
    pub fn set_scanner_healthy(&mut self, healthy: bool) {
        self.scanners.healthy = healthy;
    }

    /// Whether the scanners can be reached.
    #[must_use]
    pub fn is_scanner_healthy(&self) -> bool {
        self.scanners.healthy
    }

    pub(crate) fn scanners(&self) -> &Scanners {
        &self.scanners
    }

    /// The scanner that a project uses: its own, or else the default.
    pub(crate) fn scanner_of(&self, project: &Project) -> Option<&Scanner> {
        let own = project.scanner.as_deref().and_then(|uuid| self.scanners.get(uuid));
        own.or_else(|| self.scanners.default_scanner())
    }
}
