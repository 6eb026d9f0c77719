//! The body of the vulnerability addition: the report of an image, or the merged ones of an index.

use std::collections::HashMap;
use std::sync::Arc;

use super::finding::{Key, StoredFinding, push_member};
use super::report::{Findings, MEDIA_TYPE, Report, rank};
use super::rows::Rows;

/// A finding with the digests it is served with.
type WithDigests<'a> = (&'a Arc<StoredFinding>, Vec<&'a str>);

/// Writes the body for an image: the report under its media type, without a newline.
pub(crate) fn image(report: &Report, digest: &str, rows: &Rows, with_status: bool) -> String {
    match &report.findings {
        Findings::Verbatim(text) => {
            let mut out = open(&report.before, text.len());
            push_member(&mut out, "vulnerabilities", text);
            close(out, &report.after)
        }
        _ => {
            let findings = rows.served(report).into_iter();
            body(report, &findings.map(|finding| (finding, vec![digest])).collect::<Vec<_>>(), with_status)
        }
    }
}

/// Writes the body for an index: the union of the reports of its images, with the digests of each
/// finding's images.
pub(crate) fn index(reports: &[(&str, &Report)], rows: &Rows, with_status: bool) -> String {
    let Some((_, first)) = reports.first() else {
        return "{}".to_owned();
    };
    let severities = reports.iter().map(|(_, report)| report.severity());
    let worst = severities.max_by_key(|severity| rank(severity)).unwrap_or_default();
    let times = reports.iter().filter_map(|(_, report)| report.member("generated_at"));
    let latest = times.max().unwrap_or_default();
    let merged = Report::clone(first).with_severity(worst).with_member("generated_at", latest);
    body(&merged, &union(reports, rows), with_status)
}

/// The findings of several images, each once, in the order in which they come first.
pub(crate) fn union<'a>(reports: &[(&'a str, &'a Report)], rows: &'a Rows) -> Vec<WithDigests<'a>> {
    let mut findings: Vec<WithDigests<'a>> = Vec::new();
    let mut positions: HashMap<&Key, usize> = HashMap::new();
    for (digest, report) in reports {
        for finding in rows.served(report) {
            let known = finding.key.as_ref().map(|key| (key, positions.get(key).copied()));
            match known {
                // Twice in the same image: only a registry that serves duplicates has that.
                Some((_, Some(position))) if findings[position].1.last() == Some(digest) => {
                    findings.push((finding, vec![*digest]));
                }
                Some((_, Some(position))) => findings[position].1.push(digest),
                known => {
                    if let Some((key, _)) = known {
                        positions.insert(key, findings.len());
                    }
                    findings.push((finding, vec![*digest]));
                }
            }
        }
    }
    findings
}

fn body(report: &Report, findings: &[WithDigests<'_>], with_status: bool) -> String {
    let size = findings.iter().map(|(finding, digests)| finding.len() + digests.len() * 76 + 1).sum();
    let mut out = open(&report.before, size);
    push_member(&mut out, "vulnerabilities", "[");
    for (position, (finding, digests)) in findings.iter().enumerate() {
        if position > 0 {
            out.push(',');
        }
        finding.push_to(&mut out, digests, with_status);
    }
    out.push(']');
    close(out, &report.after)
}

fn open(before: &[(String, String)], size: usize) -> String {
    let mut out = String::with_capacity(size + 512);
    out.push_str("{\"");
    out.push_str(MEDIA_TYPE);
    out.push_str("\":{");
    for (name, value) in before {
        push_member(&mut out, name, value);
    }
    out
}

fn close(mut out: String, after: &[(String, String)]) -> String {
    for (name, value) in after {
        push_member(&mut out, name, value);
    }
    out.push_str("}}");
    out
}
