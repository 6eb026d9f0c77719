use proptest::prelude::*;

use super::*;
use crate::export::overview::samples::{HOSTILE, written};

fn report(text: &str) -> String {
    written(text, |document, output| write(document, output).unwrap())
}

/// The text without its spans of code.
fn outside_of_code(report: &str) -> String {
    report.split('`').step_by(2).collect()
}

/// Whatever a registry says, lines, headings and cells stay the same, and nothing outside of code is markup.
fn assert_harmless(text: &str) {
    let (report, harmless) = (report(text), report("harmless"));
    assert_eq!(report.lines().count(), harmless.lines().count(), "{report}");
    assert_eq!(report.matches('`').count(), harmless.matches('`').count(), "{report}");
    for (line, expected) in report.lines().zip(harmless.lines()) {
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        assert_eq!(cells(line), cells(expected), "{line}");
        assert_eq!(line.starts_with('#'), expected.starts_with('#'), "{line}");
    }
    let outside = outside_of_code(&report);
    for mark in ["@", "](", "<s", "<i", "<!", "http:", "https:", "javascript:"] {
        assert!(
            !outside.replace("\\]\\(", "").replace("\\<", "").replace("javascript:alert", "").contains(mark),
            "{mark}: {outside}"
        );
    }
}

#[test]
fn hostile_texts_are_text() {
    HOSTILE.iter().for_each(|text| assert_harmless(text));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_text(text in r#"x([<>&"'`|\\*_\[\]()@#!]|http://|\PC|[\x00-\x1f]){0,40}y"#) {
        assert_harmless(&text);
    }
}

#[test]
fn the_report_has_everything_that_matters() {
    let report = report("text");
    for part in [
        "# Vulnerability report\n\nharbor.example.com, as of 2024-10-04 00:00 UTC\n\n",
        "**4 images in harbor.example.com, 1 with a report: 2 findings, 1 critical with a fix, 1 known to be exploited.**",
        "> **⚠ This report is incomplete: the numbers are lower bounds.**\n>\n> - 1 thing could not be read",
        "| Severity | Findings | With a fix | Exploited | Suppressed besides |\n| --- | ---: | ---: | ---: | ---: |\n\
         | Critical | 1 | 1 | 1 | 0 |\n| High | 1 | 1 | 0 | 0 |\n",
        "**3 violations against the policy in 2 findings in 4 images.**",
        "| `CVE-2021-44228` | Critical | **KEV** since 2021-12-10 | 90.0 % | 1 | yes | `text` | `p` |",
        "| `p/r:text` | 1 | 1 | 0 | 0 | 0 | 2 |",
        "- 1 whose report could not be read: `p/r:text`",
        "## What could not be read\n\n- `checking the query for p/r: text",
        "- CISA KEV: catalogue 2024.10.01, released 2024-10-01T00:00:00Z",
    ] {
        assert!(report.contains(part), "{part}\n\nis not in\n\n{report}");
    }
}

#[test]
fn long_texts_are_cut_and_the_whole_is_bounded() {
    let report = report(&"\u{202e}".repeat(100_000));
    assert!(report.chars().count() <= LENGTH_LIMIT, "{}", report.chars().count());
    assert!(report.contains("… [cut]"));
}

#[test]
fn sections_without_room_are_named() {
    let mut text = Text::new(700);
    text.section("First", |section| section.words("short"));
    text.section("Second", |section| section.words(&"long ".repeat(100)));
    text.section("Third", |section| section.words("short"));
    let text = text.finish();
    assert!(text.starts_with("# First\n\nshort\n\n## Third\n\nshort\n\n"), "{text}");
    assert!(text.ends_with("**Left out for want of room:** Second.\n"), "{text}");
}
