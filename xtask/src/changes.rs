//! What changes for callers between two clients.

use std::{collections::BTreeMap, fmt};

use crate::surface::{Entry, Surface, named};

/// Operations and types that were added, removed or changed.
#[derive(Debug)]
pub(crate) struct Changes {
    lines: Vec<String>,
    counts: [(&'static str, Count); 2],
}

#[derive(Debug, Default)]
struct Count {
    added: usize,
    removed: usize,
    changed: usize,
}

impl Changes {
    /// Compares the client before with the client after.
    pub(crate) fn between(before: &Surface, after: &Surface) -> Self {
        let mut changes =
            Self { lines: Vec::new(), counts: [("operations", Count::default()), ("types", Count::default())] };
        for (name, old, new) in pairs(&before.entries, &after.entries) {
            changes.compare(name, old, new);
        }
        changes
    }

    fn compare(&mut self, name: &str, old: Option<&Entry>, new: Option<&Entry>) {
        if old == new {
            return;
        }
        let count = &mut self.counts[usize::from(!name.starts_with("fn "))].1;
        match (old, new) {
            (None, Some(new)) => {
                count.added += 1;
                self.lines.push(format!("+ {}", named(name, &new.detail)));
            }
            (Some(old), None) => {
                count.removed += 1;
                self.lines.push(format!("- {}", named(name, &old.detail)));
            }
            (Some(old), Some(new)) => {
                count.changed += 1;
                self.lines.push(format!("~ {name}{}", became(&old.detail, &new.detail)));
                self.compare_members(old, new);
            }
            (None, None) => {}
        }
    }

    fn compare_members(&mut self, old: &Entry, new: &Entry) {
        for (member, old, new) in pairs(&old.members, &new.members) {
            match (old, new) {
                (None, Some(new)) => self.lines.push(format!("    + {}", named(member, new))),
                (Some(old), None) => self.lines.push(format!("    - {}", named(member, old))),
                (Some(old), Some(new)) if old != new => {
                    self.lines.push(format!("    ~ {member}{}", became(old, new)));
                }
                _ => {}
            }
        }
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.lines.is_empty() {
            return formatter.write_str("Nothing changes for callers.");
        }
        writeln!(formatter, "Changes for callers (+ added, - removed, ~ changed):")?;
        for line in &self.lines {
            writeln!(formatter, "  {line}")?;
        }
        for (index, (what, Count { added, removed, changed })) in self.counts.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(formatter, "{separator}{what}: {added} added, {removed} removed, {changed} changed")?;
        }
        Ok(())
    }
}

fn became(old: &str, new: &str) -> String {
    if old == new { String::new() } else { format!(": {old} became {new}") }
}

/// The values of both maps under every key of either.
fn pairs<'a, V>(
    before: &'a BTreeMap<String, V>,
    after: &'a BTreeMap<String, V>,
) -> impl Iterator<Item = (&'a String, Option<&'a V>, Option<&'a V>)> {
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| (name, before.get(name), after.get(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "fn a: GET /a\n    -> Box\n    page: Option<i64>\nfn b: GET /b\nstruct Box\n    id: i64\n";

    fn changes(after: &str) -> String {
        Changes::between(&Surface::parse(BEFORE), &Surface::parse(after)).to_string()
    }

    #[test]
    fn no_change_is_said_so() {
        assert_eq!(changes(BEFORE), "Nothing changes for callers.");
    }

    #[test]
    fn operations_and_members_are_told_apart() {
        let after = "fn a: GET /v2/a\n    -> Vec<Box>\n    size: i64\nfn c: GET /c\nstruct Box\n    id: i64\n    kind: String\n";
        let expected = "Changes for callers (+ added, - removed, ~ changed):\n\
            \x20 ~ fn a: GET /a became GET /v2/a\n\
            \x20     ~ ->: Box became Vec<Box>\n\
            \x20     - page: Option<i64>\n\
            \x20     + size: i64\n\
            \x20 - fn b: GET /b\n\
            \x20 + fn c: GET /c\n\
            \x20 ~ struct Box\n\
            \x20     + kind: String\n\
            operations: 1 added, 1 removed, 1 changed; types: 0 added, 0 removed, 1 changed";
        assert_eq!(changes(after), expected);
    }
}
