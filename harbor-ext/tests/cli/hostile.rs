//! Text from images that wants to do something to whoever reads it.

use harbor_testkit::{Artifact, Finding, Project, Registry, Report, Repository};

use crate::support::{ADMINISTRATOR, Folder, program, serve};

const ESCAPES: &str = "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{202e}txt\r\nsecond line\t";

fn hostile() -> Registry {
    let finding = Finding::new("CVE-2026-0001", format!("=cmd|' /C calc'!A0{ESCAPES}"), format!("1.0{ESCAPES}"))
        .with_fix(format!("2.0{ESCAPES}"))
        .with_severity(format!("High{ESCAPES}"));
    let report = Report::new().with_finding(&finding);
    let artifact = Artifact::image().with_content("hostile").with_tag("v1").with_report(report);
    Registry::new().with_project(Project::new("p").with_repository(Repository::new("r").with_artifact(artifact)))
}

#[test]
fn nothing_reaches_a_terminal_but_text() {
    let server = serve(hostile());
    let folder = Folder::new();
    let archive = folder.path("hostile.ndjson.zst").display().to_string();
    program(&format!("crawl --output {archive}")).asks(&server, ADMINISTRATOR).run().with(0);
    for question in [
        "report",
        "find cve CVE-2026-0001",
        "find package *",
        "top packages",
        "top cves",
        "top images",
        "fixes",
        "find cve CVE-2026-0001 --json",
        "find cve CVE-2026-0001 --ndjson",
        "find cve CVE-2026-0001 --csv",
        "gate --severity unknown",
    ] {
        let ended = program(&format!("{question} --from {archive}")).run();
        let shown = format!("{}{}", ended.output, ended.messages);
        assert!(shown.contains("calc") || question.contains("top"), "{question}: {shown}");
        let active = |character: char| {
            (character.is_control() && !['\n', '\r', '\t'].contains(&character))
                || ('\u{202a}'..='\u{202e}').contains(&character)
        };
        assert!(!shown.contains(active), "{question}: {shown:?}");
    }
}

#[test]
fn spreadsheets_see_no_formula() {
    let server = serve(hostile());
    let ended = program("find cve CVE-2026-0001 --csv").asks(&server, ADMINISTRATOR).run().with(0);
    let mut csv = csv::Reader::from_reader(ended.output.as_bytes());
    let row = csv.records().next().unwrap().unwrap();
    assert!(row.iter().any(|cell| cell.starts_with("'=cmd|")), "{row:?}");
    assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
}
