//! The rows that findings are stored in: one for each id, package and version, shared by all images.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use super::Report;
use super::finding::{Key, Members, StoredFinding, push_member};
use super::report::Findings;

/// What becomes of findings with the same id, package and version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// They are stored, and so served, once: what Harbor does. All images share that row, so that a later scan of one
    /// image changes what the reports of the others say.
    #[default]
    StoredOnce,
    /// They are served as often as the scanner sent them, and as it sent them, for tests of robust readers.
    Served,
}

/// The findings of all reports, where they differ from what the scanner said of the single image.
///
/// A severity or a status that a later scan gives replaces what the row has, together with the version that mends it;
/// the preferred score is then lost, because scanners send none and it is computed at the first sighting only. All
/// else stays that of the first sighting. This is the rule of 2.14, for older releases too: there, a status alone changed
/// nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub(super) duplicates: Duplicates,
    first: HashMap<Key, Arc<StoredFinding>>,
    /// The rows that some report tells otherwise. Without any, reports are served as they are.
    changed: HashMap<Key, Arc<StoredFinding>>,
    /// The tables that reports draw from. Their findings become rows when something may differ from them.
    tables: Vec<Arc<[Arc<StoredFinding>]>>,
    tables_read: usize,
}

impl Rows {
    /// Stores the findings of a scan that has ended.
    pub(super) fn store(&mut self, report: &Report) {
        match &report.findings {
            Findings::Verbatim(_) => {}
            Findings::Drawn { table, .. } => {
                if !self.tables.iter().any(|known| Arc::ptr_eq(known, table)) {
                    self.tables.push(Arc::clone(table));
                }
            }
            Findings::Listed(_) if self.duplicates == Duplicates::Served => {}
            Findings::Listed(_) => {
                self.read_tables();
                for finding in report.served(Duplicates::StoredOnce) {
                    self.store_finding(finding);
                }
            }
        }
    }

    /// The findings of a report as they are served.
    pub(crate) fn served<'a>(&'a self, report: &'a Report) -> Vec<&'a Arc<StoredFinding>> {
        let mut served = report.served(self.duplicates);
        if self.duplicates == Duplicates::StoredOnce && !self.changed.is_empty() {
            for finding in &mut served {
                if let Some(row) = finding.key.as_ref().and_then(|key| self.changed.get(key)) {
                    *finding = row;
                }
            }
        }
        served
    }

    fn read_tables(&mut self) {
        for table in &self.tables[self.tables_read..] {
            for finding in table.iter() {
                if let Some(key) = &finding.key {
                    self.first.entry(key.clone()).or_insert_with(|| Arc::clone(finding));
                }
            }
        }
        self.tables_read = self.tables.len();
    }

    fn store_finding(&mut self, finding: &Arc<StoredFinding>) {
        let Some(key) = &finding.key else { return };
        match self.changed.get(key).or_else(|| self.first.get(key)) {
            None => {
                self.first.insert(key.clone(), Arc::clone(finding));
            }
            Some(row) if Arc::ptr_eq(row, finding) || row.text() == finding.text() => {}
            Some(row) => {
                let row = match row.severity == finding.severity && row.status() == finding.status() {
                    true => Arc::clone(row),
                    false => Arc::new(overwritten(row, finding)),
                };
                self.changed.insert(key.clone(), row);
            }
        }
    }
}

/// The row after a later scan told another severity or status.
fn overwritten(row: &StoredFinding, later: &StoredFinding) -> StoredFinding {
    let (text, later_text) = (row.text(), later.text());
    let later_members = members(&later_text);
    let replaced = replaced(&text, |name, value| match name {
        "severity" | "status" | "fix_version" => {
            let later = later_members.iter().find(|(known, _)| known == name);
            later.map_or(value, |(_, value)| value.get()).to_owned()
        }
        "preferred_cvss" => self::replaced(value, |name, value| match name {
            "score_v3" => "null".to_owned(),
            _ => value.to_owned(),
        }),
        _ => value.to_owned(),
    });
    match RawValue::from_string(replaced) {
        Ok(element) => StoredFinding::from_json(&element),
        // Members of an object make an object, so that this does not happen.
        Err(_) => row.clone(),
    }
}

/// An object with other values; what is no object stays as it is.
fn replaced(object: &str, value_of: impl Fn(&str, &str) -> String) -> String {
    let members = members(object);
    if members.is_empty() {
        return object.to_owned();
    }
    let mut out = String::from("{");
    for (name, value) in &members {
        push_member(&mut out, name, &value_of(name, value.get()));
    }
    out.push('}');
    out
}

fn members(object: &str) -> Vec<(String, &RawValue)> {
    serde_json::from_str(object).map_or_else(|_| Vec::new(), |Members(members)| members)
}
