//! A short report for a merge request, a chat or a wiki.

mod document;
mod escape;

use std::io;

use self::document::Text;
use super::overview::{
    CveRow, FindingRow, ImageRow, Overview, Remainder, SeverityLine, SuppressedRow, UpgradeRow, failures, knowledge,
    minute, sources, title, without_report,
};
use super::{Document, ExportError};
use crate::text::Count;

/// How many characters the text has at most. GitHub takes comments of 65,536.
pub const LENGTH_LIMIT: usize = 60_000;

/// How many lines a list has.
const TOP: usize = 10;
/// How many images are named for each reason to have no report.
const NAMES: usize = 5;

/// Writes a short report in Markdown, as GitHub has it: the numbers, the worst, and what is missing in the data.
///
/// Whatever comes from a registry stands in spans of code, where nothing of it is markup, a link, a mention of a person or
/// a number of an issue. Backticks, pipes and characters that cannot be seen are shown by their numbers, and long texts are
/// cut with a mark. Lists have ten lines, and say how many are left out; the whole has no more than [`LENGTH_LIMIT`]
/// characters, and names the sections for which there was no room.
///
/// # Errors
///
/// Where the output fails.
pub fn write(document: &Document<'_>, mut output: impl io::Write) -> Result<(), ExportError> {
    let overview = Overview::new(document, 0, TOP);
    output.write_all(text(&overview).as_bytes())?;
    Ok(output.flush()?)
}

fn text(overview: &Overview<'_>) -> String {
    let mut text = Text::new(LENGTH_LIMIT);
    head(&mut text, overview);
    severities(&mut text, overview);
    policy(&mut text, overview);
    cves(&mut text, overview);
    images(&mut text, overview);
    upgrades(&mut text, overview);
    missing(&mut text, overview);
    suppressed(&mut text, overview);
    made_of(&mut text, overview);
    text.finish()
}

fn head(text: &mut Text, overview: &Overview<'_>) {
    text.section("Vulnerability report", |section| {
        let time = minute(overview.document.assessment.time());
        section.words(&format!("{}, as of {time}", title(overview.inventory())));
        section.strong(&overview.headline());
        if overview.is_complete() {
            section.words(overview.completeness());
        } else {
            section.warning(overview.completeness(), &overview.gaps.sentences);
        }
    });
}

fn severities(text: &mut Text, overview: &Overview<'_>) {
    text.section("By severity", |section| {
        let mut table = section.table(&["Severity", "Findings:", "With a fix:", "Exploited:", "Suppressed besides:"]);
        for line in overview.tally.severities.iter().filter(|line| !line.is_empty()) {
            let exploited =
                if overview.exploited().is_some() { number(line.exploited) } else { "not known".to_owned() };
            let SeverityLine { severity, fixable, suppressed, .. } = line;
            table.row(&[
                severity.as_str().to_owned(),
                number(line.total()),
                number(*fixable),
                exploited,
                number(*suppressed),
            ]);
        }
    });
}

fn policy(text: &mut Text, overview: &Overview<'_>) {
    let Some(violations) = &overview.violations else { return };
    text.section("Policy", |section| {
        section.strong(&violations.decision());
        section.list(violations.verdict.notes.iter().take(TOP));
        let notes = Remainder { shown: violations.verdict.notes.len().min(TOP), total: violations.verdict.notes.len() };
        section.remainder(&notes, "note");
        if violations.findings.is_empty() {
            return;
        }
        let mut table = section.table(&["Rule", "Severity", "Vulnerability", "Package", "Fixed in", "Image"]);
        for violation in &violations.findings {
            let row = FindingRow::of_violation(overview, violation);
            let rule = row.rule.map(|(rule, _)| rule).unwrap_or_default();
            let package = format!("{} {}", row.package, row.version);
            let [rule, id, package, fix, image] =
                [&rule, &row.id, &package, &row.fix, &row.image].map(|text| code(text));
            table.row(&[rule, row.severity.as_str().to_owned(), id, package, fix, image]);
        }
        let all = Remainder { shown: violations.findings.len(), total: violations.all_findings };
        section.remainder(&all, "finding");
    });
}

fn cves(text: &mut Text, overview: &Overview<'_>) {
    if overview.cves.is_empty() {
        return;
    }
    text.section("Vulnerabilities to look at first", |section| {
        let mut table = section.table(&[
            "Vulnerability",
            "Severity",
            "Exploited",
            "EPSS:",
            "Images:",
            "Fix",
            "Packages",
            "Projects",
        ]);
        for line in overview.cves.iter().take(TOP) {
            let row = CveRow::of(line);
            let exploited = match (&row.exploited, overview.exploited()) {
                (Some(since), _) => format!("**KEV** {since}"),
                (None, Some(_)) => "not listed".to_owned(),
                (None, None) => "not known".to_owned(),
            };
            table.row(&[
                code(&row.id),
                row.severity.as_str().to_owned(),
                exploited,
                row.epss.unwrap_or_default(),
                row.images.to_string(),
                if row.fixable { "yes" } else { "none" }.to_owned(),
                code(&row.packages),
                code(&row.projects),
            ]);
        }
        section.remainder(&Remainder { shown: overview.cves.len().min(TOP), total: overview.cves.len() }, "CVE");
    });
}

fn images(text: &mut Text, overview: &Overview<'_>) {
    let bad: Vec<_> = overview.tally.images.iter().filter(|image| image.total() > 0).collect();
    if bad.is_empty() {
        return;
    }
    text.section("Worst images", |section| {
        let mut table = section.table(&["Image", "Critical:", "High:", "Medium:", "Low:", "Other:", "With a fix:"]);
        for image in bad.iter().take(TOP) {
            let ImageRow { name, critical, high, medium, low, other, fixable, .. } = ImageRow::of(overview, image);
            let counts = [critical, high, medium, low, other, fixable].map(|count| count.to_string());
            table.row(&[&[code(&name)], counts.as_slice()].concat());
        }
        section.remainder(&Remainder { shown: bad.len().min(TOP), total: bad.len() }, "image");
    });
}

fn upgrades(text: &mut Text, overview: &Overview<'_>) {
    let upgrades = &overview.plan.upgrades;
    if upgrades.is_empty() {
        return;
    }
    text.section("Upgrades that remove most findings", |section| {
        let mut table = section.table(&["Package", "From", "To", "Findings removed:", "Images:", "Worst severity"]);
        for upgrade in upgrades.iter().take(TOP) {
            let row = UpgradeRow::of(upgrade);
            let [package, version, target] = [&row.package, &row.version, &row.target].map(|text| code(text));
            let [findings, images] = [row.findings, row.images].map(|count| count.to_string());
            table.row(&[package, version, target, findings, images, row.severity.as_str().to_owned()]);
        }
        section.remainder(&Remainder { shown: upgrades.len().min(TOP), total: upgrades.len() }, "upgrade");
        let incomparable = overview.plan.not_comparable.iter().map(|apart| apart.affected.findings).sum();
        let (incomparable, unfixable) = (number(incomparable), number(overview.plan.not_fixable));
        section.words(&format!(
            "Suppressed findings are in these numbers. Fixes that cannot be compared with what is installed: \
             {incomparable}. Findings without a fix: {unfixable}.",
        ));
    });
}

fn missing(text: &mut Text, overview: &Overview<'_>) {
    let groups = without_report(overview, NAMES);
    if !groups.is_empty() {
        text.section("Images without a report", |section| {
            for group in &groups {
                let names: Vec<_> = group.names.iter().map(|name| code(name)).collect();
                let more = group.total - group.names.len();
                let more = if more == 0 { String::new() } else { format!(" and {} more", number(more)) };
                section.item(&format!("{} {}: {}{more}", number(group.total), group.reason, names.join(", ")));
            }
        });
    }
    let (failures, all) = failures(overview.inventory(), TOP);
    if !failures.is_empty() {
        text.section("What could not be read", |section| {
            failures.iter().for_each(|failure| section.item(&code(failure)));
            section.remainder(&all, "kind");
        });
    }
}

fn suppressed(text: &mut Text, overview: &Overview<'_>) {
    let suppressed = &overview.tally.suppressed;
    if suppressed.is_empty() {
        return;
    }
    text.section("Suppressed findings", |section| {
        let mut table = section.table(&["Vulnerability", "Findings:", "By", "Reason", "Ends"]);
        for line in suppressed.iter().take(TOP) {
            let row = SuppressedRow::of(line);
            table.row(&[code(&row.id), row.findings.to_string(), code(&row.source), code(&row.reason), row.ends]);
        }
        section.remainder(&Remainder { shown: suppressed.len().min(TOP), total: suppressed.len() }, "reason");
    });
}

fn made_of(text: &mut Text, overview: &Overview<'_>) {
    text.section("What this report is made of", |section| {
        let sources = sources(overview.inventory());
        for line in sources.iter().take(TOP) {
            let source = &line.current.source;
            let version = source.harbor_version.as_deref().unwrap_or("of a version that it does not tell");
            let [registry, version] = [&source.registry, version].map(code);
            section.item(&format!("{registry}, Harbor {version}, read {}: {}", line.read, line.states));
        }
        section.remainder(&Remainder { shown: sources.len().min(TOP), total: sources.len() }, "registry");
        for (name, words) in knowledge(overview.document.assessment.knowledge()) {
            section.item(&format!("{name}: {}", escape::prose(&words)));
        }
        let notes = overview.document.assessment.notes();
        section.list(notes.iter().take(TOP));
        section.remainder(&Remainder { shown: notes.len().min(TOP), total: notes.len() }, "note");
    });
}

fn code(text: &str) -> String {
    escape::code(text)
}

fn number(count: usize) -> String {
    Count(count).to_string()
}

#[cfg(test)]
mod tests;
