//! The file of an export: which findings it holds, and how they are written.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use serde_json::Value;

use super::Criteria;
use crate::registry::{Artifact, ExportContent, Label, Project, Record, Records, Registry, Repository, Tag};
use crate::wire::doublestar::Pattern;
use crate::wire::json;

const HEADER: &str = "Repository,Artifact Digest,CVE,Package,Current Version,Fixed in version,Severity,CWE Ids,\
                      Additional Data,Scanner\n";

/// An artifact that may have findings, with its repository.
type Image<'a> = (&'a Repository, &'a Artifact);

/// The patterns and labels of an export.
struct Filter<'a> {
    repositories: Pattern,
    tags: Pattern,
    cve_ids: Pattern,
    labels: &'a [i64],
}

/// An artifact of which findings are wanted. The images of an index have its tags and labels.
struct Candidate<'a> {
    repository: &'a Repository,
    artifact: &'a Artifact,
    tags: &'a [Tag],
    labels: &'a [Label],
}

/// Writes the findings of a project that the criteria select.
pub(super) fn write(registry: &Registry, project: &Project, criteria: &Criteria) -> ExportContent {
    let Some(filter) = Filter::new(criteria) else {
        return ExportContent::Failed;
    };
    let images = select(project, &filter);
    let mut records = Records::new(registry);
    let mut rows = Vec::new();
    for (image, (_, artifact)) in images.iter().enumerate() {
        let positions = records.of(artifact).into_iter();
        let wanted = positions.filter(|position| filter.cve_ids.matches(&records.get(*position).id));
        rows.extend(wanted.map(|record| (image, record)));
    }
    if rows.is_empty() {
        return ExportContent::Nothing;
    }
    // The database groups the rows by these columns, and so sorts them.
    let key = |(image, record): &(usize, usize)| {
        let ((repository, artifact), record) = (images[*image], records.get(*record));
        (&record.package, &record.severity, &record.id, artifact.digest(), repository.id, &record.version)
    };
    rows.sort_by(|left, right| key(left).cmp(&key(right)));
    ExportContent::File(Bytes::from(file(registry, &images, &records, &rows)))
}

/// Writes rows of images and their records, each part that rows share only once.
fn file(registry: &Registry, images: &[Image<'_>], records: &Records<'_>, rows: &[(usize, usize)]) -> String {
    let names = images.iter().map(|(repository, artifact)| {
        (cells(&[&repository.full_name, artifact.digest()]), cells(&[&registry.scanner_name(artifact)]))
    });
    let names: Vec<_> = names.collect();
    let mut findings = HashMap::new();
    let mut file = String::from(HEADER);
    for (image, record) in rows {
        let (name, scanner) = &names[*image];
        let finding: &String = findings.entry(record).or_insert_with(|| finding(records.get(*record)));
        for (part, end) in [(name, ','), (finding, ','), (scanner, '\n')] {
            file.push_str(part);
            file.push(end);
        }
    }
    file
}

impl<'a> Filter<'a> {
    /// Reads the patterns, or tells that one is malformed.
    fn new(criteria: &'a Criteria) -> Option<Self> {
        let pattern = |text: &Option<String>| Pattern::parse(text.as_deref().unwrap_or_default());
        Some(Self {
            repositories: pattern(&criteria.repositories)?,
            tags: pattern(&criteria.tags)?,
            cve_ids: pattern(&criteria.cve_ids)?,
            labels: criteria.labels.as_deref().unwrap_or_default(),
        })
    }

    /// Whether one of the tags is wanted; what has none is always.
    fn wants_tags(&self, tags: &[Tag]) -> bool {
        tags.is_empty() || tags.iter().any(|tag| self.tags.matches(&tag.name))
    }

    fn wants_labels(&self, labels: &[Label]) -> bool {
        self.labels.is_empty() || labels.iter().any(|label| self.labels.contains(&label.id))
    }
}

/// The artifacts that the criteria select, each once.
fn select<'a>(project: &'a Project, filter: &Filter<'_>) -> Vec<Image<'a>> {
    let repositories = project.repositories().iter().filter(|known| filter.repositories.matches(known.name()));
    let candidates: Vec<_> = repositories.flat_map(candidates).collect();
    // Tags select digests, wherever in the project they are.
    let tagged = candidates.iter().filter(|candidate| filter.wants_tags(candidate.tags));
    let digests: HashSet<_> = tagged.map(|candidate| candidate.artifact.digest()).collect();
    let selected = candidates
        .iter()
        .filter(|candidate| digests.contains(candidate.artifact.digest()) && filter.wants_labels(candidate.labels));
    let mut seen = HashSet::new();
    let once = selected.filter(|candidate| seen.insert(candidate.artifact.id));
    once.map(|candidate| (candidate.repository, candidate.artifact)).collect()
}

/// The artifacts that a list shows, and behind each index its images.
fn candidates(repository: &Repository) -> impl Iterator<Item = Candidate<'_>> {
    repository.listed().flat_map(move |listed| {
        let children = listed.references.iter().filter_map(|child| repository.artifact(&child.child_digest));
        let (tags, labels) = (listed.tags.as_slice(), listed.labels.as_slice());
        children.chain([listed]).map(move |artifact| Candidate { repository, artifact, tags, labels })
    })
}

/// The cells of a finding.
fn finding(record: &Record) -> String {
    cells(&[
        &record.id,
        &record.package,
        &record.version,
        &record.fix_version,
        &record.severity,
        &record.cwe_ids.join(","),
        &attributes(&record.vendor_attributes),
    ])
}

fn cells(cells: &[&str]) -> String {
    let mut out = String::new();
    for (position, cell) in cells.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        push_cell(&mut out, cell);
    }
    out
}

/// Quotes a cell where it has to be, as Go's writer does.
fn push_cell(file: &mut String, cell: &str) {
    let is_quoted = cell == r"\." || cell.contains([',', '"', '\r', '\n']) || cell.starts_with(char::is_whitespace);
    match is_quoted {
        true => {
            file.push('"');
            file.push_str(&cell.replace('"', "\"\""));
            file.push('"');
        }
        false => file.push_str(cell),
    }
}

/// The attributes in the database's own form; without any the cell is empty.
fn attributes(value: &Value) -> String {
    let mut text = String::new();
    if !value.is_null() {
        push_json(&mut text, value);
    }
    text
}

/// Writes JSON as PostgreSQL does: short keys first, and a space behind each comma and colon.
fn push_json(out: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| (key.len(), *key));
            out.push('{');
            for (position, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if position > 0 { ", " } else { "" });
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push_str(": ");
                push_json(out, value);
            }
            out.push('}');
        }
        Value::Array(elements) => {
            out.push('[');
            for (position, element) in elements.iter().enumerate() {
                out.push_str(if position > 0 { ", " } else { "" });
                push_json(out, element);
            }
            out.push(']');
        }
        Value::Number(number) => {
            let number = number.as_f64().map_or_else(|| value.clone(), json::without_empty_fraction);
            out.push_str(&number.to_string());
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{attributes, push_cell};

    #[test]
    fn cells_are_quoted_where_they_have_to_be() {
        for (cell, written) in [
            ("", ""),
            ("plain text", "plain text"),
            (" front", "\" front\""),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (r"\.", "\"\\.\""),
            ("=SUM(1)", "=SUM(1)"),
        ] {
            let mut file = String::new();
            push_cell(&mut file, cell);
            assert_eq!(file, written);
        }
    }

    #[test]
    fn attributes_are_written_as_the_database_writes_them() {
        let value = json!({"CVSS": {"redhat": {"V3Vector": "x<y"}, "nvd": {"V3Score": 5.0, "V2Score": 4.6}}, "A": []});
        let expected = "{\"A\": [], \"CVSS\": {\"nvd\": {\"V2Score\": 4.6, \"V3Score\": 5}, \
                        \"redhat\": {\"V3Vector\": \"x<y\"}}}";
        assert_eq!(attributes(&value), expected);
        assert_eq!(attributes(&json!(null)), "");
    }
}
