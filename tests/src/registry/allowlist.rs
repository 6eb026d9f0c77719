//! Lists of vulnerabilities that someone has accepted.

use chrono::{DateTime, Utc};

use super::Registry;

/// The vulnerabilities that a project, or the whole registry, accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowlist {
    pub(crate) items: Vec<String>,
    /// When the list ends, in seconds since 1970; never without it.
    pub(crate) expires: Option<i64>,
    /// When the list was set, where it is known.
    pub(crate) set: Option<DateTime<Utc>>,
}

impl Allowlist {
    /// A list of vulnerabilities, such as `CVE-2024-0001`, that does not end.
    #[must_use]
    pub fn new<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Self {
        Self { items: items.into_iter().map(Into::into).collect(), ..Self::default() }
    }

    /// Lets the list end.
    #[must_use]
    pub fn until(mut self, end: DateTime<Utc>) -> Self {
        self.expires = Some(end.timestamp());
        self
    }

    /// Whether a vulnerability is on the list more than once, which the database does not take.
    pub(crate) fn has_duplicates(&self) -> bool {
        let mut items: Vec<_> = self.items.iter().collect();
        items.sort();
        items.windows(2).any(|pair| pair[0] == pair[1])
    }
}

impl Registry {
    /// Sets the list that counts in every project without one of its own.
    #[must_use]
    pub fn with_allowlist(mut self, allowlist: Allowlist) -> Self {
        self.set_allowlist(allowlist);
        self
    }

    /// Sets the list that counts in every project without one of its own, while serving too.
    pub fn set_allowlist(&mut self, mut allowlist: Allowlist) {
        allowlist.set = Some(self.ids.now());
        self.allowlist = allowlist;
    }

    pub(crate) fn allowlist(&self) -> &Allowlist {
        &self.allowlist
    }
}
