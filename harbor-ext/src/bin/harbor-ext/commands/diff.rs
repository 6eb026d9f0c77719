//! What changed between two archives.

use comfy_table::Cell;
use harbor_ext::analysis::ArtifactReport;
use harbor_ext::analysis::diff::{ArtifactChange, Diff, FindingChange};
use harbor_ext::model::{FindingPool, Severity};
use harbor_ext::schema::{self, Schema};

use super::missing;
use crate::arguments::{self, When};
use crate::ending::{Ending, Problem};
use crate::output::listing::{self, Shown};
use crate::output::messages::Messages;
use crate::output::row::row;
use crate::output::table;
use crate::source;

row! {
    /// A finding that changed.
    struct ChangeRow<'a> {
        change: String,
        registry: Option<&'a str>,
        repository: &'a str,
        digest: &'a str,
        tags: Vec<&'a str>,
        cve: &'a str,
        package: &'a str,
        version: &'a str,
        fix_version: Option<&'a str>,
        severity: Severity,
        severity_before: Option<Severity>,
        image: String,
    }
}

pub(super) fn run(arguments: &arguments::Diff, messages: Messages, color: When) -> Result<Ending, Problem> {
    let pool = FindingPool::new();
    let [old, new] = [&arguments.old, &arguments.new].map(|path| source::archive(path, &arguments.selection, &pool));
    let (old, new) = (old?, new?);
    if old.source.registry != new.source.registry {
        let hosts = format!("{} and {}", old.source.registry, new.source.registry);
        messages.warn(&format!("the archives are of two registries, {hosts}: nothing in them is the same"));
    }
    if old.source.started_at > new.source.started_at {
        messages.warn("the first archive is the later one: what reads as new is what was there before");
    }
    if old.source.selection != new.source.selection {
        messages.warn("the archives were asked for different images: what only one was asked for reads as new or gone");
    }
    let complete = old.is_complete() && new.is_complete();
    for snapshot in [&old, &new] {
        missing::tell_source(&snapshot.source, &snapshot.collected.failures, messages);
    }
    let [old, new] = [old, new].map(|snapshot| ArtifactReport::from(snapshot.collected.items));
    let diff = Diff::between(&old, &new);
    let rows: Vec<ChangeRow<'_>> = diff.findings().map(|(artifact, change)| ChangeRow::new(artifact, change)).collect();
    listing::write(&rows, arguments.format, color, || in_words(&diff))?;
    missing::tell_without_report(&new, messages);
    let is_empty = old.is_empty() && new.is_empty();
    if complete && is_empty {
        messages.warn(missing::NO_IMAGE);
    }
    Ok(Ending::of(complete && !is_empty))
}

fn in_words(diff: &Diff) -> String {
    if diff.is_empty() {
        return "Nothing changed.\n".to_owned();
    }
    let mut text = String::new();
    for (class, count) in diff.counts() {
        text.push_str(&format!("{count:>8}  {class}\n"));
    }
    if !diff.tags.is_empty() {
        let tags = if diff.tags.len() == 1 { "tag" } else { "tags" };
        text.push_str(&format!("{:>8}  {tags} on another image than before\n", diff.tags.len()));
    }
    text
}

impl<'a> ChangeRow<'a> {
    fn new(artifact: &'a ArtifactChange, change: &'a FindingChange) -> Self {
        let image = artifact.new.as_ref().or(artifact.old.as_ref());
        let finding = &change.finding;
        Self {
            change: change.class.to_string(),
            registry: artifact.registry.as_deref(),
            repository: artifact.repository.full(),
            digest: image.map(|image| image.digest.as_str()).unwrap_or_default(),
            tags: image.map(|image| image.tags.iter().map(|tag| &**tag).collect()).unwrap_or_default(),
            cve: finding.id(),
            package: finding.package(),
            version: finding.version(),
            fix_version: Some(finding.fix_version()).filter(|version| !version.is_empty()),
            severity: finding.severity(),
            severity_before: change.severity_change().map(|(before, _)| before),
            image: artifact.relation.to_string(),
        }
    }
}

impl Shown for ChangeRow<'_> {
    const HEADERS: &'static [&'static str] =
        &["CHANGE", "IMAGE", "CVE", "PACKAGE", "VERSION", "FIXED IN", "SEVERITY", "BEFORE"];

    fn shown(&self) -> Vec<Cell> {
        vec![
            table::text(&self.change),
            table::text(table::image(self.registry, self.repository, &self.tags, self.digest)),
            table::text(self.cve),
            table::text(self.package),
            table::text(self.version),
            table::text(self.fix_version.unwrap_or("-")),
            table::severity(self.severity),
            table::text(self.severity_before.map_or("", Severity::as_str)),
        ]
    }
}

/// What is written as JSON.
pub(super) fn schemas() -> [(&'static str, Schema); 1] {
    [schema::of::<ChangeRow<'_>>("Change")]
}
